"""Due work: all that happens later by our clock, found by one sweep.

A row is fired in the transaction that does its work, with its case locked: it happens
once, or is still waiting. Several workers may sweep at the same time.
"""

import logging
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from workflows import deadlines, jobs
from workflows.model import DatabaseUnavailable, DueState, InstanceState
from workflows.steps import Step, locked
from workflows.store.prepared import Prepared, array_of, constant
from workflows.store.session import Store
from workflows.store.tables import due_work, process_instances
from workflows.world import World

BATCH = 100
log = logging.getLogger(__name__)


def _find() -> sa.Select[Any]:
    """The earliest rows that are due `now`, without the rows `passed`."""
    now = sa.bindparam("now", type_=due_work.c.due_at.type)
    passed = sa.bindparam("passed", type_=ARRAY(UUID))
    return (
        sa.select(
            due_work.c.id,
            due_work.c.queue,
            due_work.c.instance_id,
            due_work.c.subject_id,
        )
        .join(process_instances, process_instances.c.id == due_work.c.instance_id)
        .where(
            due_work.c.state == constant(DueState.WAITING),
            due_work.c.due_at <= now,
            due_work.c.id != sa.all_(passed),
            process_instances.c.state == constant(InstanceState.ACTIVE),
        )
        .order_by(due_work.c.due_at)
        .limit(sa.literal_column(str(BATCH)))
    )


def _claim() -> sa.Select[Any]:
    """The case of a row, locked, and the row marked as fired; or nothing, at once."""
    case_id = sa.bindparam("case_id", type_=process_instances.c.id.type)
    held = (
        sa.select(process_instances)
        .where(
            process_instances.c.id == case_id,
            process_instances.c.state == constant(InstanceState.ACTIVE),
        )
        .with_for_update(skip_locked=True)
        .cte("held")
    )
    fired = (
        sa.update(due_work)
        .where(
            due_work.c.id == sa.bindparam("row_id", type_=due_work.c.id.type),
            due_work.c.instance_id == held.c.id,
            due_work.c.state == constant(DueState.WAITING),
        )
        .values(state=constant(DueState.FIRED))
        .returning(due_work.c.instance_id)
        .cte("fired")
    )
    return sa.select(held).join(fired, fired.c.instance_id == held.c.id)


FIND = Prepared(_find())
CLAIM = Prepared(_claim())


def run(store: Store, world: World) -> int:
    """Fire all that is due by the clock, earliest first; how many rows were fired.

    What becomes due by firing (a timer behind a timer) is fired too. A row that fails
    is written down and left for the next call, as is one that somebody else has at
    this moment: the others must not wait for it.
    """
    fired = 0
    passed: set[uuid.UUID] = set()
    while found := _waiting(store, world, passed):
        for row in found:
            try:
                done = _fire(store, world, row)
            except DatabaseUnavailable:
                raise
            except Exception:
                log.exception("due work %s of case %s fails", row.id, row.instance_id)
                done = False
            if done:
                fired += 1
            else:
                passed.add(row.id)
    return fired


def _waiting(store: Store, world: World, passed: set[uuid.UUID]) -> list[Any]:
    with store.statement() as connection:
        asked = {"now": world.clock.now(), "passed": array_of(passed)}
        return FIND.run(connection, asked).fetchall()


def _fire(store: Store, world: World, row: Any) -> bool:
    """False if somebody else did or does it, or its case moved on."""
    with store.transaction() as tx:
        asked = {"row_id": row.id, "case_id": row.instance_id}
        case = CLAIM.run(tx, asked).fetchone()
        if case is None:
            return False
        if row.queue == "retry":
            jobs.requeue(tx, world, row.subject_id)
        else:
            with locked(tx, world, case, "clock") as current:
                _happen(current, row.queue, row.subject_id)
    return True


def _happen(current: Step, queue: str, subject_id: uuid.UUID) -> None:
    if queue == "timer":
        current.case.fire(subject_id)
    else:
        deadlines.miss(current, subject_id)
