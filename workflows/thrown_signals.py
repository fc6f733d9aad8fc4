"""Signals as rows: who waits for one, and who is to hear one that was thrown.

A throw writes one piece of due work for each hearer, in the transaction of whoever
throws: a crash loses none, and none is heard twice.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workflows import feel, people
from workflows.engine import effects as engine_effects
from workflows.model import DueState
from workflows.store.prepared import Prepared
from workflows.store.tables import (
    due_work,
    process_instances,
    signal_deliveries,
    signal_subscriptions,
    signals,
    start_subscriptions,
)

if TYPE_CHECKING:
    from workflows.steps import Step

# A procedure whose start hears what it throws would go round for ever: from this many
# signals in a chain on, each waits, so that all others are served between them.
DEPTH_AT_ONCE = 100
PAUSE = timedelta(minutes=1)
Ended = sa.Row[Any, Any, Any]  # id, name, element_id of a subscription
log = logging.getLogger(__name__)

AWAIT = Prepared(
    sa.insert(signal_subscriptions),
    "id",
    "token",
    "instance_id",
    "element_id",
    "called_process",
    "name",
    "created_at",
)


def throw(
    tx: sa.Connection,
    name: str,
    variables: Mapping[str, Any],
    now: datetime,
    *,
    thrower: uuid.UUID | None = None,
    caller: people.Caller | None = None,
    depth: int = 0,
) -> uuid.UUID:
    """Leave a signal for all cases that wait for it now, and for starts; its id.

    `thrower` is a case that has heard it already. A `caller` reaches the cases that
    they may see. `variables` are FEEL values; `depth` counts the signals before it.
    """
    id_ = uuid.uuid4()
    tx.execute(
        sa.insert(signals).values(
            id=id_,
            name=name,
            variables=feel.dumps(dict(variables)),
            depth=depth,
            thrown_at=now,
        )
    )
    _to_cases(tx, id_, name, thrower, caller)
    _to_starts(tx, id_, name)
    due_at = now
    if depth >= DEPTH_AT_ONCE:
        log.warning("signal %s is the %sth in a chain: it waits a while", name, depth)
        due_at += PAUSE
    _make_due(tx, id_, due_at)
    return id_


def write(
    step: Step,
    awaited: list[engine_effects.SignalAwaited],
    forgotten: list[engine_effects.SignalForgotten],
    thrown: list[engine_effects.SignalThrown],
) -> None:
    """What a step waits for now and no longer, and what it has thrown to the others.

    A wait that follows on one that ended goes on under its id: a signal that was thrown
    between the two is heard, just as if each had been dealt with at once.
    """
    gone = {effect.token for effect in forgotten}
    ended = _end(step, gone) if gone else []
    # What the case threw it has heard itself, wherever it waited.
    own = {effect.name for effect in thrown}
    step.heard += [row for row in ended if row.name in own]
    left = [row for row in ended if row.name not in own]
    rows = [
        {
            "id": _place_of(effect, step.heard, left),
            "token": effect.token,
            "instance_id": step.id,
            "element_id": effect.element_id,
            "called_process": effect.process,
            "name": effect.name,
            "created_at": step.now,
        }
        for effect in awaited
        if effect.token not in gone
    ]
    AWAIT.run_each(step.tx, rows)
    for each in thrown:
        throw(
            step.tx,
            each.name,
            each.variables,
            step.now,
            thrower=step.id,
            depth=step.signal_depth,
        )


def clean(tx: sa.Connection) -> None:
    """Signals that everybody has heard are gone."""
    heard = ~sa.exists().where(signal_deliveries.c.signal_id == signals.c.id)
    tx.execute(sa.delete(signals).where(heard))


def _end(step: Step, tokens: Collection[uuid.UUID]) -> Sequence[Ended]:
    waiting = signal_subscriptions.c
    return step.tx.execute(
        sa.delete(signal_subscriptions)
        .where(waiting.token.in_(tokens))
        .returning(waiting.id, waiting.name, waiting.element_id)
    ).all()


def _place_of(
    effect: engine_effects.SignalAwaited, heard: list[Ended], left: list[Ended]
) -> uuid.UUID:
    """Of a wait at the same element, else of one that has just heard this signal."""
    for ended in (heard, left):
        for row in ended:
            if (row.name, row.element_id) == (effect.name, effect.element_id):
                ended.remove(row)
                return uuid.UUID(str(row.id))
    for row in heard:
        if row.name == effect.name:
            heard.remove(row)
            return uuid.UUID(str(row.id))
    return uuid.uuid4()


def _to_cases(
    tx: sa.Connection,
    signal_id: uuid.UUID,
    name: str,
    thrower: uuid.UUID | None,
    caller: people.Caller | None,
) -> None:
    waiting = signal_subscriptions.c
    query = (
        sa.select(
            sa.literal(signal_id, type_=signals.c.id.type),
            waiting.instance_id,
            sa.func.array_agg(
                sa.dialects.postgresql.aggregate_order_by(waiting.id, waiting.seq)
            ),
        )
        .where(waiting.name == name)
        .group_by(waiting.instance_id)
        .order_by(waiting.instance_id)
    )
    if thrower is not None:
        query = query.where(waiting.instance_id != thrower)
    if caller is not None:
        query = query.join(
            process_instances, process_instances.c.id == waiting.instance_id
        ).where(process_instances.c.office_id.in_(people.visible(caller)))
    tx.execute(
        sa.insert(signal_deliveries).from_select(
            ["signal_id", "instance_id", "subscription_ids"], query
        )
    )


def _to_starts(tx: sa.Connection, signal_id: uuid.UUID, name: str) -> None:
    starts = start_subscriptions.c
    query = sa.select(sa.literal(signal_id, type_=signals.c.id.type), starts.id).where(
        starts.kind == "signal", starts.name == name, starts.retired_at.is_(None)
    )
    tx.execute(
        sa.insert(signal_deliveries).from_select(["signal_id", "start_id"], query)
    )


def _make_due(tx: sa.Connection, signal_id: uuid.UUID, due_at: datetime) -> None:
    delivery = signal_deliveries.c
    tx.execute(
        sa.insert(due_work).from_select(
            ["queue", "due_at", "state", "instance_id", "subject_id"],
            sa.select(
                sa.literal("signal"),
                sa.literal(due_at, type_=due_work.c.due_at.type),
                sa.literal(str(DueState.WAITING)),
                delivery.instance_id,
                delivery.id,
            ).where(delivery.signal_id == signal_id),
        )
    )
