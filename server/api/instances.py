"""Cases: start, look at, cancel, suspend, resume."""

import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from server.api import answers, reading, schemas, step_schemas
from server.api.blueprints import instances as blueprint
from server.api.idempotency import Subject, once
from server.auth import authenticated
from server.context import caller, transaction, world
from workflows import history, instances
from workflows.instances import InstanceRow
from workflows.model import Page
from workflows.people import Caller
from workflows.world import World


@blueprint.post("")
@authenticated
@blueprint.arguments(schemas.InstanceStart())
@blueprint.response(201, answers.InstanceOut())
@blueprint.says(refuses=(403, 404))
def start(body: dict[str, Any]) -> InstanceRow:
    """Start a case; `office` sets calendar and rights, by default the caller's."""
    return once(
        lambda tx: instances.start(tx, world(), caller(), **body),
        subject=_subject,
        again=_again,
    )


@blueprint.get("")
@authenticated
@blueprint.arguments(schemas.InstanceQuery(), location="query")
@blueprint.response(200, answers.InstanceList())
def search(query: dict[str, Any]) -> Page[InstanceRow]:
    """The cases of the caller's offices, the newest first."""
    with transaction() as tx:
        return instances.search(tx, caller(), **query)


@blueprint.get("/<uuid:instance_id>")
@authenticated
@blueprint.response(200, answers.InstanceOut())
def show(instance_id: uuid.UUID) -> InstanceRow:
    """One case with its variables."""
    with transaction() as tx:
        return instances.get(tx, caller(), instance_id)


@blueprint.get("/<uuid:instance_id>/history")
@authenticated
@blueprint.arguments(reading.ListQuery(), location="query")
@blueprint.response(200, answers.EventList())
def events(query: dict[str, Any], instance_id: uuid.UUID) -> Page[history.EventRow]:
    """What happened to a case, in order, chained by hash."""
    with transaction() as tx:
        instances.get(tx, caller(), instance_id)
        return history.events(tx, caller(), instance_id, **query)


@blueprint.post("/<uuid:instance_id>/cancel")
@authenticated
@blueprint.arguments(
    step_schemas.Steering(), required=False, example=step_schemas.STEERING_EXAMPLE
)
@blueprint.response(200, answers.InstanceOut())
@blueprint.says(roles=instances.LEADERS, refuses=(409,))
def cancel(body: dict[str, Any], instance_id: uuid.UUID) -> InstanceRow:
    """End a case for good."""
    return _steer(instances.cancel, instance_id, body["reason"])


@blueprint.post("/<uuid:instance_id>/suspend")
@authenticated
@blueprint.arguments(
    step_schemas.Steering(), required=False, example=step_schemas.STEERING_EXAMPLE
)
@blueprint.response(200, answers.InstanceOut())
@blueprint.says(roles=instances.LEADERS, refuses=(409,))
def suspend(body: dict[str, Any], instance_id: uuid.UUID) -> InstanceRow:
    """Hold a case until it is resumed."""
    return _steer(instances.suspend, instance_id, body["reason"])


@blueprint.post("/<uuid:instance_id>/resume")
@authenticated
@blueprint.arguments(
    step_schemas.Steering(), required=False, example=step_schemas.STEERING_EXAMPLE
)
@blueprint.response(200, answers.InstanceOut())
@blueprint.says(roles=instances.LEADERS, refuses=(409,))
def resume(body: dict[str, Any], instance_id: uuid.UUID) -> InstanceRow:
    """Let a suspended case go on."""
    return _steer(instances.resume, instance_id, body["reason"])


def _steer(
    move: Callable[[sa.Connection, World, Caller, uuid.UUID, str | None], InstanceRow],
    instance_id: uuid.UUID,
    reason: str | None,
) -> InstanceRow:
    return once(
        lambda tx: move(tx, world(), caller(), instance_id, reason),
        subject=_subject,
        again=_again,
    )


def _subject(instance: InstanceRow) -> Subject:
    return {"instance": str(instance.id)}


def _again(tx: sa.Connection, subject: Subject) -> InstanceRow:
    return instances.get(tx, caller(), uuid.UUID(subject["instance"]))
