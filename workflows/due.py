"""Due work: all that happens later by our clock, found by one sweep.

A row is fired in the transaction that does its work, with its case locked: it happens
once, or is still waiting. Several workers may sweep at the same time.
"""

import logging
import math
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from workflows import deadlines, incidents, jobs, signals, starts
from workflows.incidents import WorkersDied
from workflows.job_claims import MOST_DEATHS
from workflows.model import DatabaseUnavailable, DueState, InstanceState
from workflows.steps import Step, locked
from workflows.store.prepared import Prepared, array_of, constant
from workflows.store.session import Store
from workflows.store.tables import due_work, process_instances, signal_deliveries
from workflows.world import World

BATCH = 100
EVER = datetime(1, 1, 2, tzinfo=UTC)  # before all that is due
# How long the caller of a signal waits for those that hear it; the sweep does the rest.
HEARING_SECONDS = 1.0
log = logging.getLogger(__name__)
Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
# Told which rows are about to be fired: one of them may be the worker's end.
About = Callable[[Sequence[uuid.UUID]], None]
ROW = (
    due_work.c.id,
    due_work.c.queue,
    due_work.c.instance_id,
    due_work.c.subject_id,
    due_work.c.element_id,
    due_work.c.deaths,
    due_work.c.due_at,
)


def _due(now: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Rows that are due, of cases that move or of none: those of starts."""
    return (
        sa.select(*ROW)
        .outerjoin(process_instances, process_instances.c.id == due_work.c.instance_id)
        .where(
            due_work.c.state == constant(DueState.WAITING),
            due_work.c.incident_id.is_(None),
            due_work.c.due_at <= now,
            sa.or_(
                # A start that workers died of has no case to tell it; the doctor does.
                sa.and_(
                    due_work.c.instance_id.is_(None),
                    due_work.c.deaths <= sa.literal_column(str(MOST_DEATHS)),
                ),
                process_instances.c.state == constant(InstanceState.ACTIVE),
            ),
        )
        .order_by(due_work.c.due_at)
    )


def _find() -> sa.Select[Any]:
    """The earliest rows due `now`, none before `after`, without the rows `passed`."""
    now = sa.bindparam("now", type_=due_work.c.due_at.type)
    after = sa.bindparam("after", type_=due_work.c.due_at.type)
    passed = sa.bindparam("passed", type_=ARRAY(UUID))
    query = _due(now).where(
        due_work.c.id != sa.all_(passed), due_work.c.due_at >= after
    )
    return query.limit(sa.literal_column(str(BATCH)))


def _claim() -> sa.Select[Any]:
    """The case of a row, locked, and the row marked as fired; or nothing, at once."""
    case_id = sa.bindparam("case_id", type_=process_instances.c.id.type)
    held = (
        sa.select(process_instances)
        .where(
            process_instances.c.id == case_id,
            process_instances.c.state == constant(InstanceState.ACTIVE),
        )
        .with_for_update(skip_locked=True, key_share=True)
        .cte("held")
    )
    fired = (
        sa.update(due_work)
        .where(
            due_work.c.id == sa.bindparam("row_id", type_=due_work.c.id.type),
            due_work.c.instance_id == held.c.id,
            due_work.c.state == constant(DueState.WAITING),
            due_work.c.incident_id.is_(None),
        )
        .values(state=constant(DueState.FIRED))
        .returning(due_work.c.instance_id)
        .cte("fired")
    )
    return sa.select(held).join(fired, fired.c.instance_id == held.c.id)


FIND = Prepared(_find())
CLAIM = Prepared(_claim())


def run(
    store: Store,
    world: World,
    each: Each = map,
    about: About | None = None,
    most_seconds: float = math.inf,
) -> int:
    """Fire all that is due by the clock, earliest first; how many rows were fired.

    After `most_seconds` what is left is left: there may be no end of it, as of a timer
    of no time in a circle.

    What becomes due by firing (a timer behind a timer) is fired too. A row that fails
    becomes an incident of its case and waits for help; one that somebody else has at
    this moment is left for the next call: the others must not wait for it.

    `each` may be the `map` of some threads: the rows of one case stay together. Rows
    that a worker died of are fired last and one at a time, after `about` was told.
    """
    fired = 0
    passed: set[uuid.UUID] = set()
    until = time.monotonic() + most_seconds
    after = EVER
    while time.monotonic() < until:
        found = _waiting(store, world, passed, after)
        if not found and after == EVER:
            break
        # Of many, those of suspended cases are passed over once, not for each batch.
        after = found[-1].due_at if len(found) == BATCH else EVER
        sound = [row for row in found if not row.deaths]
        if sound and about is not None:
            about([row.id for row in sound])
        done = list(
            chain.from_iterable(each(partial(_try_all, store, world), _by_case(sound)))
        )
        for row in found:
            if row.deaths:
                done.append((row.id, _try_alone(store, world, row, about)))
        for row_id, is_fired in done:
            if is_fired:
                fired += 1
            else:
                passed.add(row_id)
    if about is not None and (fired or passed):
        about([])
    return fired


def earliest(
    store: Store, until: datetime, *, after: datetime | None = None
) -> datetime | None:
    """The first moment, `until` with it, at which something is due that is not done."""
    coming = _due(sa.literal(until, type_=due_work.c.due_at.type))
    if after is not None:
        coming = coming.where(due_work.c.due_at > after)
    with store.statement() as connection:
        found: datetime | None = connection.scalar(
            coming.with_only_columns(due_work.c.due_at).limit(1)
        )
    return found


def _by_case(rows: list[Any]) -> list[list[Any]]:
    """The rows of each case together, by the earliest of each; starts have none."""
    found: dict[uuid.UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.instance_id or row.id, []).append(row)
    return list(found.values())


def _try_all(
    store: Store, world: World, rows: list[Any]
) -> list[tuple[uuid.UUID, bool]]:
    return [(row.id, _try(store, world, row)) for row in rows]


def _try_alone(store: Store, world: World, row: Any, about: About | None) -> bool:
    """Fire what workers died of; after some of them it is an incident instead."""
    if row.deaths > MOST_DEATHS:
        died = WorkersDied(f"{row.deaths} workers in a row died while they fired this")
        log.error("due work %s of case %s: %s", row.id, row.instance_id, died)
        _ask_for_help(store, world, row, died)
        return False
    if about is not None:
        about([row.id])
    return _try(store, world, row)


def hear(store: Store, world: World, signal_id: uuid.UUID | str) -> None:
    """Let those hear a signal to whom it was thrown, as many as a second allows.

    Never fails: what is left, the sweep does.
    """
    until = time.monotonic() + HEARING_SECONDS
    now = sa.literal(world.clock.now(), type_=due_work.c.due_at.type)
    query = _due(now).join(
        signal_deliveries, signal_deliveries.c.id == due_work.c.subject_id
    )
    try:
        with store.transaction() as tx:
            rows = tx.execute(
                query.where(signal_deliveries.c.signal_id == signal_id)
            ).all()
        for row in rows:
            if time.monotonic() > until:
                return
            _try(store, world, row)
    except DatabaseUnavailable:
        log.warning("signal %s is left to the sweep", signal_id)


def _waiting(
    store: Store, world: World, passed: set[uuid.UUID], after: datetime
) -> list[Any]:
    with store.statement() as connection:
        now = world.clock.now()
        asked = {"now": now, "after": after, "passed": array_of(passed)}
        return FIND.run(connection, asked).fetchall()


def _try(store: Store, world: World, row: Any) -> bool:
    """Fire a row; False if somebody else has it, or it fails by a fault of ours."""
    try:
        if row.instance_id is None:
            return _start(store, world, row)
        return _fire(store, world, row)
    except DatabaseUnavailable:
        raise
    except Exception as error:
        log.exception("due work %s of case %s fails", row.id, row.instance_id)
        _ask_for_help(store, world, row, error)
        return False


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
            actor = "signal" if row.queue == "signal" else "clock"
            with locked(tx, world, case, actor) as current:
                _happen(current, row.queue, row.subject_id)
    return True


def _happen(current: Step, queue: str, subject_id: uuid.UUID) -> None:
    if queue == "timer":
        current.case.fire(subject_id)
    elif queue == "signal":
        signals.hear(current)
    else:
        deadlines.miss(current, subject_id)


def _start(store: Store, world: World, row: Any) -> bool:
    """A new case; False if somebody else did or does it."""
    with store.transaction() as tx:
        if row.queue == "start":
            return starts.by_timer(tx, world, row.id)
        ours = tx.scalar(
            sa.select(due_work.c.id)
            .where(due_work.c.id == row.id, due_work.c.state == DueState.WAITING)
            .with_for_update(skip_locked=True)
        )
        if ours is None:
            return False
        tx.execute(
            sa.update(due_work)
            .where(due_work.c.id == row.id)
            .values(state=DueState.FIRED)
        )
        signals.start(tx, world, row.subject_id)
    return True


def _ask_for_help(store: Store, world: World, row: Any, error: Exception) -> None:
    """An incident of the case, which the row waits for; a start has no case yet."""
    if row.instance_id is None:
        return
    with incidents.of_ours(store, error) as (tx, told):
        incidents.of_due_work(tx, world, row, row.instance_id, told)
