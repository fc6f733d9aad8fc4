"""Webhooks: programs that are told of events instead of asking again and again."""

import uuid
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from flask import Response

from server.api import webhook_schemas as schemas
from server.api.blueprints import webhooks as blueprint
from server.api.idempotency import Subject, once
from server.api.reading import ListQuery
from server.auth import require
from server.context import caller, sealer, services, transaction
from workflows import webhooks
from workflows.model import Page
from workflows.webhooks import SEALED_FOR, DeliveryRow, WebhookRow


@blueprint.post("")
@require(*webhooks.ROLES)
@blueprint.arguments(schemas.WebhookCreation(), example=schemas.CREATION_EXAMPLE)
@blueprint.response(201, schemas.NewWebhookOut(), example=schemas.NEW_EXAMPLE)
@blueprint.says(refuses=(404,))
def add(body: dict[str, Any]) -> dict[str, Any]:
    """Be told of events from now on; the secret that signs them is in this answer.

    Told are ids, keys, states and times; who it is about, the receiver asks us. It is
    signed as Standard Webhooks says, sent again with growing pauses for three days, and
    may arrive twice: `webhook-id` stays the same.
    """
    return once(
        lambda tx: _told(
            tx,
            webhooks.add(
                tx,
                services().clock,
                sealer(SEALED_FOR),
                caller(),
                **body,
                own_networks=services().settings.webhook_networks,
            ),
        ),
        subject=lambda told: {"webhook": str(told["id"])},
        again=lambda tx, subject: _told(
            tx, webhooks.get(tx, caller(), uuid.UUID(subject["webhook"]))
        ),
    )


@blueprint.get("")
@require(*webhooks.ROLES)
@blueprint.arguments(ListQuery(), location="query")
@blueprint.response(200, schemas.WebhookList(), example=schemas.LIST_EXAMPLE)
def search(query: dict[str, Any]) -> Page[WebhookRow]:
    """One's own webhooks, and those of the offices that one administers."""
    with transaction() as tx:
        return webhooks.search(tx, caller(), **query)


@blueprint.get("/<uuid:webhook_id>")
@require(*webhooks.ROLES)
@blueprint.response(200, schemas.WebhookOut(), example=schemas.WEBHOOK_EXAMPLE)
def get(webhook_id: uuid.UUID) -> WebhookRow:
    """One webhook, and how it fares."""
    with transaction() as tx:
        return webhooks.get(tx, caller(), webhook_id)


@blueprint.delete("/<uuid:webhook_id>")
@require(*webhooks.ROLES)
@blueprint.response(204)
def remove(webhook_id: uuid.UUID) -> Response:
    """It is told nothing more, not even what waits."""

    def end(tx: sa.Connection) -> None:
        webhooks.remove(tx, services().clock, caller(), webhook_id)

    once(end, subject={"webhook": str(webhook_id)}, again=lambda _, __: None)
    response = Response(status=204)
    del response.headers["Content-Type"]  # of nothing
    return response


@blueprint.post("/<uuid:webhook_id>/enable")
@require(*webhooks.ROLES)
@blueprint.response(200, schemas.WebhookOut(), example=schemas.WEBHOOK_EXAMPLE)
def enable(webhook_id: uuid.UUID) -> WebhookRow:
    """A webhook that was disabled is told again, of what waits too."""
    return once(
        lambda tx: webhooks.enable(tx, services().clock, caller(), webhook_id),
        subject=lambda row: {"webhook": str(row.id)},
        again=lambda tx, subject: webhooks.get(
            tx, caller(), uuid.UUID(subject["webhook"])
        ),
    )


@blueprint.get("/<uuid:webhook_id>/deliveries")
@require(*webhooks.ROLES)
@blueprint.arguments(schemas.DeliveryQuery(), location="query")
@blueprint.response(200, schemas.DeliveryList(), example=schemas.DELIVERIES_EXAMPLE)
def deliveries(query: dict[str, Any], webhook_id: uuid.UUID) -> Page[DeliveryRow]:
    """What a webhook was told and is to be told, the newest first; kept for 30 days."""
    with transaction() as tx:
        return webhooks.deliveries(tx, caller(), webhook_id, **query)


@blueprint.post("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/redeliver")
@require(*webhooks.ROLES)
@blueprint.response(200, schemas.DeliveryOut(), example=schemas.DELIVERY_EXAMPLE)
@blueprint.says(refuses=(409,))
def redeliver(webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> DeliveryRow:
    """Send it once more, now, under the same id."""
    return once(
        lambda tx: webhooks.redeliver(
            tx, services().clock, caller(), webhook_id, delivery_id
        ),
        subject=lambda _: {"webhook": str(webhook_id), "delivery": str(delivery_id)},
        again=_same_delivery,
    )


def _same_delivery(tx: sa.Connection, subject: Subject) -> DeliveryRow:
    ids = (uuid.UUID(subject[name]) for name in ("webhook", "delivery"))
    return webhooks.delivery(tx, caller(), *ids)


def _told(tx: sa.Connection, row: WebhookRow) -> dict[str, Any]:
    secret = webhooks.secret(tx, services().clock, sealer(SEALED_FOR), caller(), row.id)
    return asdict(row) | {"secret": secret}
