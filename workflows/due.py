"""Due work: all that happens later by our clock, found by one sweep.

A row is fired in the transaction that does its work, with its case locked: it happens
once, or is still waiting. Several workers may sweep at the same time.
"""

import logging
import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from workflows import deadlines, jobs
from workflows.model import DatabaseUnavailable, DueState, InstanceState
from workflows.steps import Step, step
from workflows.store.session import Store
from workflows.store.tables import due_work, process_instances
from workflows.world import World

BATCH = 100
log = logging.getLogger(__name__)


def run(store: Store, world: World) -> int:
    """Fire all that is due by the clock, earliest first; how many rows were fired.

    What becomes due by firing (a timer behind a timer) is fired too. A row that fails
    is written down and left for the next call: the others must not wait for it.
    """
    fired = 0
    broken: set[uuid.UUID] = set()
    while found := _waiting(store, world, broken):
        before = fired + len(broken)
        for row in found:
            try:
                fired += _fire(store, world, row)
            except DatabaseUnavailable:
                raise
            except Exception:
                log.exception("due work %s of case %s fails", row.id, row.instance_id)
                broken.add(row.id)
        if fired + len(broken) == before:  # others hold all of them
            break
    return fired


def _waiting(
    store: Store, world: World, broken: Collection[uuid.UUID]
) -> list[sa.Row[Any]]:
    with store.statement() as connection:
        return list(
            connection.execute(
                sa.select(
                    due_work.c.id,
                    due_work.c.queue,
                    due_work.c.instance_id,
                    due_work.c.subject_id,
                )
                .join(
                    process_instances,
                    process_instances.c.id == due_work.c.instance_id,
                )
                .where(
                    due_work.c.state == DueState.WAITING,
                    due_work.c.due_at <= world.clock.now(),
                    due_work.c.id.not_in(broken),
                    process_instances.c.state == InstanceState.ACTIVE,
                )
                .order_by(due_work.c.due_at)
                .limit(BATCH)
            )
        )


def _fire(store: Store, world: World, row: sa.Row[Any]) -> int:
    """1 if this call fired it, 0 if somebody else did or its case moved on."""
    with store.transaction() as tx:
        free = tx.scalar(
            sa.select(process_instances.c.id)
            .where(
                process_instances.c.id == row.instance_id,
                process_instances.c.state == InstanceState.ACTIVE,
            )
            .with_for_update(skip_locked=True)
        )
        if free is None:
            return 0
        ours = tx.execute(
            sa.update(due_work)
            .where(due_work.c.id == row.id, due_work.c.state == DueState.WAITING)
            .values(state=DueState.FIRED)
        ).rowcount
        if not ours:
            return 0
        if row.queue == "retry":
            jobs.requeue(tx, world, row.subject_id)
            return 1
        with step(tx, world, row.instance_id, "clock") as current:
            _happen(current, row.queue, row.subject_id)
    return 1


def _happen(current: Step, queue: str, subject_id: uuid.UUID) -> None:
    if queue == "timer":
        current.case.fire(subject_id)
    else:
        deadlines.miss(current, subject_id)
