"""Signals: thrown by programs and cases, heard by every case that waits and by starts.

Who begins to wait after a throw does not hear it: a signal is not kept.
"""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from workflows import engine, feel, people, starts, thrown_signals
from workflows.steps import Step
from workflows.store.tables import (
    signal_deliveries,
    signal_subscriptions,
    signals,
)
from workflows.world import World


def publish(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    *,
    name: str,
    variables: Mapping[str, Any],
) -> uuid.UUID:
    """Throw a signal (plain JSON variables) to the cases that the caller may see, and
    to starts; `due.hear` lets them hear it, else the next sweep does."""
    values = {key: feel.from_plain(value) for key, value in variables.items()}
    return thrown_signals.throw(tx, name, values, world.clock.now(), caller=caller)


def hear(current: Step) -> None:
    """The case hears the oldest signal that was thrown to it, wherever it waits."""
    delivery = signal_deliveries.c
    oldest = (
        sa.select(delivery.id)
        .where(delivery.instance_id == current.id)
        .order_by(delivery.seq)
        .limit(1)
        .scalar_subquery()
    )
    row = _taken(current.tx, delivery.id == oldest)
    current.signal_depth = row.depth + 1
    variables = feel.loads(row.variables)
    heard = False
    for waiting in _still_waiting(current, row.subscription_ids):
        current.heard.append(waiting)
        try:
            current.case.deliver(waiting.token, variables)
        except engine.TokenNotWaiting:
            if not heard:  # then the row says what the case does not
                raise
            continue  # what heard it first went another way
        heard = True
        current.record(
            "signal.received",
            waiting.element_id,
            {"signal": row.name},
            process=waiting.called_process,
        )


def start(tx: sa.Connection, world: World, delivery_id: uuid.UUID) -> None:
    """A start event hears a signal: a new case."""
    row = _taken(tx, signal_deliveries.c.id == delivery_id)
    starts.by_signal(
        tx,
        world,
        row.start_id,
        variables=feel.loads(row.variables),
        depth=row.depth + 1,
    )


def _taken(tx: sa.Connection, which: sa.ColumnElement[bool]) -> people.AnyRow:
    return tx.execute(
        sa.delete(signal_deliveries)
        .where(which, signals.c.id == signal_deliveries.c.signal_id)
        .returning(
            signal_deliveries.c.subscription_ids,
            signal_deliveries.c.start_id,
            signals.c.name,
            signals.c.variables,
            signals.c.depth,
        )
    ).one()


def _still_waiting(current: Step, ids: list[uuid.UUID]) -> list[people.AnyRow]:
    """The subscriptions that are left, outermost scope first; they end by this."""
    waiting = signal_subscriptions.c
    rows = current.tx.execute(
        sa.select(
            waiting.id,
            waiting.seq,
            waiting.token,
            waiting.element_id,
            waiting.called_process,
            waiting.name,
        )
        .where(waiting.id.in_(ids), waiting.instance_id == current.id)
        .order_by(waiting.seq)
    ).all()
    if rows:
        current.tx.execute(
            sa.delete(signal_subscriptions).where(
                waiting.id.in_([row.id for row in rows])
            )
        )
    return list(rows)
