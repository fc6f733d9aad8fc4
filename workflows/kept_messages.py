"""Messages that came before anybody waited: a case that begins to wait takes them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workflows import feel, people
from workflows.store.tables import buffered_messages, message_subscriptions

if TYPE_CHECKING:
    from workflows.steps import Step


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
    current.record("message.received", element_id, process=process)
    current.case.deliver(token, dict(variables))


def from_buffer(
    current: Step,
    token: uuid.UUID,
    element_id: str,
    name: str,
    key: str,
    process: str | None = None,
) -> None:
    """A case has begun to wait: it takes the oldest message kept for it, if any."""
    kept = current.tx.execute(
        sa.delete(buffered_messages)
        .where(
            buffered_messages.c.id.in_(
                sa.select(buffered_messages.c.id)
                .where(
                    buffered_messages.c.name == name,
                    buffered_messages.c.correlation_key == key,
                    buffered_messages.c.expires_at > current.now,
                    people.is_visible_to(
                        buffered_messages.c.published_by, current.instance.office_id
                    ),
                )
                .order_by(buffered_messages.c.published_at)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
        )
        .returning(buffered_messages.c.variables)
    ).one_or_none()
    if kept is None:
        return
    current.tx.execute(
        sa.delete(message_subscriptions).where(message_subscriptions.c.token == token)
    )
    take(current, token, element_id, feel.loads(kept.variables), process)
