"""Messages that a case waits for, and those that came before anybody waited: a case
that begins to wait takes them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from workflows import engine, feel, people
from workflows.engine import effects as engine_effects
from workflows.model import InstanceState
from workflows.store.prepared import Prepared
from workflows.store.tables import buffered_messages, message_subscriptions

if TYPE_CHECKING:
    from workflows.steps import Step

AWAIT = Prepared(
    sa.insert(message_subscriptions),
    "token",
    "instance_id",
    "element_id",
    "called_process",
    "name",
    "correlation_key",
    "created_at",
)


def _oldest() -> sa.Select[Any]:
    """The oldest message that is kept and that an office sees; locked."""
    rows = buffered_messages.c
    office_id = sa.bindparam("office_id", type_=UUID)
    return (
        sa.select(rows.id, rows.variables)
        .where(
            rows.name == sa.bindparam("name", type_=rows.name.type),
            rows.correlation_key == sa.bindparam("key", type_=rows.name.type),
            rows.expires_at > sa.bindparam("now", type_=rows.expires_at.type),
            people.is_visible_to(rows.published_by, office_id),
        )
        .order_by(rows.published_at)
        .limit(sa.literal_column("1"))
        .with_for_update(skip_locked=True, of=buffered_messages)
    )


OLDEST = Prepared(_oldest())


def await_(
    step: Step,
    awaited: list[engine_effects.MessageAwaited],
    forgotten: list[engine_effects.MessageForgotten],
) -> None:
    """Wait for messages, and take those that are kept; wait no longer for others."""
    gone = {effect.token for effect in forgotten}
    lasting = [effect for effect in awaited if effect.token not in gone]
    rows = [
        {
            "token": effect.token,
            "instance_id": step.id,
            "element_id": effect.element_id,
            "called_process": effect.process,
            "name": effect.name,
            "correlation_key": effect.correlation_key or "",
            "created_at": step.now,
        }
        for effect in lasting
    ]
    AWAIT.run_each(step.tx, rows)
    if gone:
        step.tx.execute(
            sa.delete(message_subscriptions).where(
                message_subscriptions.c.token.in_(gone)
            )
        )
    if step.instance.state == InstanceState.SUSPENDED:
        return  # moved by hand: the sweep brings them together when it goes on
    taken = False
    for effect in lasting:
        key = effect.correlation_key or ""
        where = effect.element_id, effect.name, key, effect.process
        try:
            taken |= from_buffer(step, effect.token, *where)
        except engine.TokenNotWaiting:
            if not taken:
                raise  # else the message before this one ended the wait


def take(
    current: Step,
    token: uuid.UUID,
    element_id: str,
    variables: Mapping[str, Any],
    process: str | None = None,
) -> None:
    """The case takes a message that it waited for.

    `process` is the called process whose drawing has the element.
    """
    current.case.deliver(token, dict(variables))
    current.record("message.received", element_id, process=process)


def from_buffer(
    current: Step,
    token: uuid.UUID,
    element_id: str,
    name: str,
    key: str,
    process: str | None = None,
) -> bool:
    """A case has begun to wait: it takes the oldest message kept for it, if any."""
    asked = {"name": name, "key": key, "now": current.now}
    asked["office_id"] = current.instance.office_id
    kept = OLDEST.run(current.tx, asked).fetchone()
    if kept is None:
        return False
    take(current, token, element_id, feel.loads(kept.variables), process)
    for table, column, value in (
        (buffered_messages, buffered_messages.c.id, kept.id),
        (message_subscriptions, message_subscriptions.c.token, token),
    ):
        current.tx.execute(sa.delete(table).where(column == value))
    return True
