"""Webhooks: programs that are told of events, made and ended by who may see them.

A webhook is its owner's: it tells what the owner may see at the moment, no more.
"""

import base64
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from workflows import listing, people
from workflows.callers import Caller
from workflows.model import InputRefused, MoveRefused, NotFound, Page, Role
from workflows.people_list import administered
from workflows.ports import Clock
from workflows.sealing import Sealer
from workflows.store.tables import offices, users, webhook_deliveries, webhooks
from workflows.webhook_addresses import Network, checked
from workflows.webhook_outbox import EVENTS

SECRET_PREFIX = "whsec_"  # noqa: S105 - that of Standard Webhooks
SEALED_FOR = "webhook"  # the purpose of the key that seals it
SECRET_BYTES = 32
MOST_OF_ONE = 20  # webhooks of one owner
ROLES = (Role.ADMINISTRATOR, Role.SERVICE)
NEED: sa.ColumnElement[Any] = sa.case(
    (webhooks.c.disabled_at.is_not(None), 0),
    (webhooks.c.failing_since.is_not(None), 1),
    else_=2,
)
SORTS: Mapping[str, list[sa.UnaryExpression[Any]]] = {
    "-created_at": [webhooks.c.created_at.desc()],
    "state": [NEED.asc(), webhooks.c.created_at.desc()],
}


@dataclass(frozen=True)
class WebhookRow:
    """A webhook as its owner and administrators see it; never its secret.

    `state`: "active", "failing" (nothing has arrived since `failing_since`) or
    "disabled", `because` of "failing", "gone" (the receiver answered 410) or "rights"
    (its owner may see nothing there any more).
    """

    id: uuid.UUID
    owner: str  # login
    owner_name: str
    url: str
    events: list[str]
    process_key: str | None
    offices: list[str]
    state: str
    because: str | None
    failing_since: datetime | None
    waiting: int
    failed: int
    created_at: datetime


@dataclass(frozen=True)
class DeliveryRow:
    """One event that one webhook is told."""

    id: uuid.UUID
    event: str
    instance_id: uuid.UUID
    at: datetime
    state: str
    attempts: int
    next_at: datetime | None
    last_status: int | None
    last_error: str | None
    ended_at: datetime | None


def add(
    tx: sa.Connection,
    clock: Clock,
    sealer: Sealer,
    caller: Caller,
    *,
    url: str,
    events: Sequence[str],
    process_key: str | None = None,
    office: str | None = None,
    own_networks: Sequence[Network] = (),
) -> WebhookRow:
    """A new webhook of the caller, for their offices or one of them (with all below).

    InputRefused, and NotFound for an office that they do not see.
    """
    checked(url, own_networks)
    unknown = sorted(set(events) - set(EVENTS))
    if unknown or not events:
        raise InputRefused(field="events", reason=f"some of {', '.join(EVENTS)}")
    _check_room(tx, caller)
    secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    id_ = tx.scalar(
        sa.insert(webhooks)
        .values(
            owner_id=caller.user_id,
            url=url,
            sealed_secret=sealer.seal(SECRET_PREFIX + secret, clock.now()),
            events=[name for name in EVENTS if name in events],
            process_key=process_key,
            office_ids=_offices(tx, caller, office),
            created_at=clock.now(),
        )
        .returning(webhooks.c.id)
    )
    return get(tx, caller, uuid.UUID(str(id_)))


def secret(
    tx: sa.Connection,
    clock: Clock,
    sealer: Sealer,
    caller: Caller,
    webhook_id: uuid.UUID,
) -> str | None:
    """What signs its deliveries: for the answer that made it, and the repeats of that.

    None where it was sealed with another key than the service has now.
    """
    sealed = tx.scalar(
        sa.select(webhooks.c.sealed_secret).where(
            webhooks.c.id == webhook_id, webhooks.c.owner_id == caller.user_id
        )
    )
    return None if sealed is None else sealer.open(sealed, clock.now())


def search(
    tx: sa.Connection,
    caller: Caller,
    *,
    sort: str = "-created_at",
    limit: int = 20,
    cursor: str | None = None,
) -> Page[WebhookRow]:
    """The caller's webhooks, and those of the offices that they administer.

    `sort`: one of SORTS; by "state" those that need somebody come first.
    """
    order = [*SORTS[sort], webhooks.c.id.asc()]
    return listing.page(tx, _seen(caller), order, _row, limit, cursor)


def get(tx: sa.Connection, caller: Caller, webhook_id: uuid.UUID) -> WebhookRow:
    """NotFound for a webhook that is not the caller's to see."""
    row = tx.execute(_seen(caller).where(webhooks.c.id == webhook_id)).one_or_none()
    if row is None:
        raise NotFound(kind="webhook", key=webhook_id)
    return _row(row)


def remove(
    tx: sa.Connection, clock: Clock, caller: Caller, webhook_id: uuid.UUID
) -> None:
    """It is told nothing more, not even what waits; its secret is forgotten."""
    get(tx, caller, webhook_id)
    now = clock.now()
    tx.execute(
        sa.update(webhooks)
        .where(webhooks.c.id == webhook_id)
        .values(
            deleted_at=now,
            disabled_at=now,
            disabled_because="deleted",
            sealed_secret="",
        )
    )
    tx.execute(
        sa.update(webhook_deliveries)
        .where(
            webhook_deliveries.c.webhook_id == webhook_id,
            webhook_deliveries.c.state == "waiting",
        )
        .values(state="dropped", next_at=None, ended_at=now)
    )


def enable(
    tx: sa.Connection, clock: Clock, caller: Caller, webhook_id: uuid.UUID
) -> WebhookRow:
    """A webhook that was disabled is told again, of what waits too."""
    found = get(tx, caller, webhook_id)
    if found.state == "active":
        return found
    tx.execute(
        sa.update(webhooks)
        .where(webhooks.c.id == webhook_id)
        .values(disabled_at=None, disabled_because=None, failing_since=None)
    )
    tx.execute(
        sa.update(webhook_deliveries)
        .where(
            webhook_deliveries.c.webhook_id == webhook_id,
            webhook_deliveries.c.state == "waiting",
        )
        .values(next_at=clock.now(), attempts=0)
    )
    return get(tx, caller, webhook_id)


def deliveries(
    tx: sa.Connection,
    caller: Caller,
    webhook_id: uuid.UUID,
    *,
    state: str | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> Page[DeliveryRow]:
    """What it was told and is to be told, the newest first."""
    get(tx, caller, webhook_id)
    query = sa.select(webhook_deliveries).where(
        webhook_deliveries.c.webhook_id == webhook_id
    )
    if state is not None:
        query = query.where(webhook_deliveries.c.state == state)
    order = [webhook_deliveries.c.at.desc(), webhook_deliveries.c.id.desc()]
    return listing.page(tx, query, order, _delivery, limit, cursor)


def redeliver(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    webhook_id: uuid.UUID,
    delivery_id: uuid.UUID,
) -> DeliveryRow:
    """Send it once more, under the same id; what waits already is sent now."""
    found = get(tx, caller, webhook_id)
    which = (
        webhook_deliveries.c.id == delivery_id,
        webhook_deliveries.c.webhook_id == webhook_id,
    )
    there = tx.scalar(sa.select(webhook_deliveries.c.id).where(*which))
    if there is None:
        raise NotFound(kind="delivery", key=delivery_id)
    if found.state == "disabled":
        raise MoveRefused(kind="webhook", state="disabled", move="sent to")
    row = tx.execute(
        sa.update(webhook_deliveries)
        .where(*which)
        .values(state="waiting", attempts=0, next_at=clock.now(), ended_at=None)
        .returning(webhook_deliveries)
    ).one()
    return _delivery(row)


def delivery(
    tx: sa.Connection, caller: Caller, webhook_id: uuid.UUID, delivery_id: uuid.UUID
) -> DeliveryRow:
    """One delivery; NotFound for one that is not the caller's to see."""
    get(tx, caller, webhook_id)
    row = tx.execute(
        sa.select(webhook_deliveries).where(
            webhook_deliveries.c.id == delivery_id,
            webhook_deliveries.c.webhook_id == webhook_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound(kind="delivery", key=delivery_id)
    return _delivery(row)


def _check_room(tx: sa.Connection, caller: Caller) -> None:
    mine = sa.select(sa.func.count()).where(
        webhooks.c.owner_id == caller.user_id, webhooks.c.deleted_at.is_(None)
    )
    if (tx.scalar(mine) or 0) >= MOST_OF_ONE:
        reason = f"you have {MOST_OF_ONE} webhooks already: delete one"
        raise InputRefused(field="url", reason=reason)


def _offices(tx: sa.Connection, caller: Caller, office: str | None) -> list[uuid.UUID]:
    if office is None:
        return list(caller.offices_as(*ROLES))
    found = tx.scalar(
        sa.select(offices.c.id).where(
            offices.c.code == office, offices.c.id.in_(people.visible(caller, *ROLES))
        )
    )
    if found is None:
        raise NotFound(kind="office", key=office)
    return [found]


def _seen(caller: Caller) -> sa.Select[Any]:
    """Live webhooks of the caller, and those wholly at offices that they administer."""
    below = sa.func.array(people.below(administered(caller)).scalar_subquery())
    codes = (
        sa.select(sa.func.array_agg(offices.c.code))
        .where(offices.c.id == sa.any_(webhooks.c.office_ids))
        .scalar_subquery()
    )
    return (
        sa.select(
            webhooks,
            users.c.login.label("owner"),
            users.c.name.label("owner_name"),
            codes.label("codes"),
            _count("waiting"),
            _count("failed"),
        )
        .join(users, users.c.id == webhooks.c.owner_id)
        .where(
            webhooks.c.deleted_at.is_(None),
            sa.or_(
                webhooks.c.owner_id == caller.user_id,
                webhooks.c.office_ids.op("<@")(sa.cast(below, ARRAY(UUID))),
            ),
        )
    )


def _count(state: str) -> sa.Label[int]:
    return (
        sa.select(sa.func.count())
        .where(
            webhook_deliveries.c.webhook_id == webhooks.c.id,
            webhook_deliveries.c.state == state,
        )
        .scalar_subquery()
        .label(state)
    )


def _row(row: sa.Row[Any]) -> WebhookRow:
    state = "failing" if row.failing_since else "active"
    return WebhookRow(
        id=row.id,
        owner=row.owner,
        owner_name=row.owner_name,
        url=row.url,
        events=list(row.events),
        process_key=row.process_key,
        offices=sorted(row.codes or []),
        state="disabled" if row.disabled_at else state,
        because=row.disabled_because,
        failing_since=row.failing_since,
        waiting=row.waiting,
        failed=row.failed,
        created_at=row.created_at,
    )


def _delivery(row: sa.Row[Any]) -> DeliveryRow:
    return listing.value(DeliveryRow, row)
