"""One step of a case: lock it, move it, write down what follows, in one transaction.

Every use case that moves a case goes through here, so that state, tasks, jobs, timers,
deadlines and history can only change together.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from workflows import (
    deadlines,
    engine,
    feel,
    follow_ups,
    history,
    task_words,
    webhook_outbox,
)
from workflows.model import InstanceState, JobState, MoveRefused, NotFound
from workflows.ports import FixedClock
from workflows.released import Released
from workflows.store import packing
from workflows.store.packing import saved_of
from workflows.store.prepared import Prepared, array_of, constant
from workflows.store.tables import jobs, process_instances
from workflows.world import World

OVER = (InstanceState.COMPLETED, InstanceState.CANCELED)
CASE_ID = sa.bindparam("case_id", type_=process_instances.c.id.type)
FIRST = (
    "id",
    "process_key",
    "definition_version_id",
    "release_id",
    "business_key",
    "subject",
    "office_id",
    "state",
    "started_at",
    "started_by",
)
HEAD = ("event_seq", "event_hash")


def _begin_statement() -> sa.Insert:
    values = {name: _new(name) for name in (*FIRST, "saved", *HEAD)}
    begun = sa.insert(process_instances).values(values)
    return history.INSERT_AND_TELL.add_cte(begun.cte("begun"))


def _save_statement(events: sa.Insert) -> sa.Insert:
    """What nearly every step writes; its parts touch tables of their own."""
    tokens = sa.bindparam("succeeded", type_=ARRAY(UUID))
    is_open = sa.or_(*(jobs.c.state == constant(one) for one in follow_ups.JOB_OPEN))
    succeeded = (
        sa.update(jobs)
        .where(jobs.c.id == sa.any_(tokens), is_open)
        .values(
            state=constant(JobState.SUCCEEDED),
            ended_at=sa.bindparam("now", type_=jobs.c.ended_at.type),
            variables=sa.null(),
            next_at=sa.null(),
        )
    )
    moved = (
        sa.update(process_instances)
        .where(process_instances.c.id == CASE_ID)
        .values({name: _new(name) for name in ("saved", "packed", *HEAD)})
    )
    return events.add_cte(succeeded.cte("succeeded"), moved.cte("moved"))


def _new(column: str) -> sa.BindParameter[Any]:
    return sa.bindparam(f"new_{column}", type_=process_instances.c[column].type)


READ = Prepared(sa.select(process_instances).where(process_instances.c.id == CASE_ID))
# Others may point to the case meanwhile: a signal thrown to it waits for nobody.
LOCK_ANY = sa.select(
    process_instances, webhook_outbox.somebody_waits().label("is_watched")
).with_for_update(key_share=True)
LOCK = Prepared(LOCK_ANY.where(process_instances.c.id == CASE_ID))
BEGIN = Prepared(_begin_statement())
SAVE = Prepared(_save_statement(history.INSERT))
SAVE_AND_TELL = Prepared(_save_statement(history.INSERT_AND_TELL))


@dataclass
class Step:
    """A case that is locked for us until the transaction ends."""

    tx: sa.Connection
    world: World
    actor: str
    instance: Any  # the locked row of process_instances
    now: datetime
    chain: history.Chain
    started: engine.Case | None = None
    is_new: bool = False  # the case has no row yet; `finish` makes it
    changes: dict[str, Any] = field(default_factory=dict)
    because: Mapping[str, str] = field(default_factory=dict)  # why a person ends it
    # Collected while rows are written, to be sent together with others.
    due: list[tuple[str, datetime, uuid.UUID, str]] = field(default_factory=list)
    succeeded: list[uuid.UUID] = field(default_factory=list)  # jobs
    # Subscriptions that have just heard a signal; see `thrown_signals.write`.
    heard: list[Any] = field(default_factory=list)
    searched: Mapping[str, Any] | None = None  # values that open tasks are found by
    # How many signals, each thrown by who heard another, led here.
    signal_depth: int = 0

    @cached_property
    def released(self) -> Released:
        return self.world.library.get(
            self.tx, self.instance.release_id, self.instance.definition_version_id
        )

    @cached_property
    def environment(self) -> feel.Environment:
        """FEEL's surroundings: one moment for the whole step, the office's calendar."""
        return feel.Environment(
            clock=FixedClock(self.now),
            calendar=self.world.calendars.of(self.tx, self.instance.office_id),
        )

    @cached_property
    def case(self) -> engine.Case:
        """The running case; restored at first use, saved when the step ends."""
        if self.started is not None:
            return self.started
        case = engine.Case.restore(
            self.released.definition, saved_of(self.instance), self.environment
        )
        self.searched = self.released.searched(case.variables)
        return case

    @property
    def id(self) -> uuid.UUID:
        return uuid.UUID(str(self.instance.id))

    def record(
        self,
        type_: str,
        element_id: str | None = None,
        detail: Mapping[str, Any] | None = None,
        *,
        process: str | None = None,
    ) -> None:
        """Add an event to the history of the case.

        `process` is the called process whose drawing has the element, if not the
        case's own.
        """
        self.chain.add(type_, self.now, self.actor, element_id, detail, process)


@contextmanager
def step(
    tx: sa.Connection,
    world: World,
    instance_id: uuid.UUID,
    actor: str,
    *,
    states: frozenset[InstanceState] = frozenset({InstanceState.ACTIVE}),
    move: str = "moved",
) -> Iterator[Step]:
    """Lock a case and do one step with it.

    Raises NotFound, and MoveRefused when its state is not one of `states`.
    """
    row = LOCK.run(tx, {"case_id": instance_id}).fetchone()
    if row is None:
        raise NotFound(kind="case", key=instance_id)
    if row.state not in states:
        raise MoveRefused(kind="case", state=row.state, move=move)
    with locked(tx, world, row, actor) as current:
        yield current


@contextmanager
def locked(tx: sa.Connection, world: World, row: Any, actor: str) -> Iterator[Step]:
    """A step of a case whose `row` the caller has locked already."""
    chain = history.Chain(row.id, row.event_seq, row.event_hash)
    current = Step(tx, world, actor, row, world.clock.now(), chain)
    yield current
    finish(current)


def peek(tx: sa.Connection, world: World, instance_id: uuid.UUID) -> Step:
    """A case to look at, neither locked nor saved."""
    row = READ.run(tx, {"case_id": instance_id}).fetchone()
    if row is None:
        raise NotFound(kind="case", key=instance_id)
    chain = history.Chain(instance_id, row.event_seq, row.event_hash)
    return Step(tx, world, "", row, world.clock.now(), chain)


def finish(current: Step) -> None:
    """Write what the step did: rows that follow, the case itself, its events."""
    values = current.changes
    if "case" in current.__dict__ or current.started is not None:
        case = current.case
        _follow(current)
        task_words.follow(current)
        values["saved"] = case.save()
        if case.completed and "state" not in values:
            values["state"] = InstanceState.COMPLETED
            values["ended_at"] = current.now
            values["ended_by"] = case.ended_by
    is_over = values.get("state") in OVER
    if is_over:
        told = {**(values.get("ended_by") or {}), **current.because}
        current.record(f"instance.{values['state']}", detail=told)
    _save(current)
    if is_over:  # what the step answered is saved by now, and stays as it is
        follow_ups.close(current)


def _follow(current: Step) -> None:
    """Events and rows for what happened; a kept message may move the case again."""
    while effects := current.case.take_effects():
        follow_ups.record(current, effects)
        if current.is_new:
            _begin(current)
        follow_ups.write(current, effects)


def _begin(current: Step) -> None:
    """The first row of a case, with what it has become already; others point to it."""
    row = vars(current.instance)
    row["saved"] = current.case.save()
    head = {"event_seq": current.chain.seq, "event_hash": current.chain.head}
    new = {f"new_{name}": value for name, value in (row | head).items()}
    BEGIN.run(
        current.tx,
        new
        | {"case_id": current.id, "events": current.chain.take()}
        | _told_of(current),
    )
    current.is_new = False
    deadlines.start_for_case(current)


def _save(current: Step) -> None:
    """One statement, or none where the step changed nothing."""
    row = current.instance
    saved, packed = current.changes.pop("saved", row.saved), row.packed
    if saved is not None and current.changes.get("state") in OVER:
        packed, saved = packing.packed(saved), None
    if current.changes:
        current.tx.execute(
            sa.update(process_instances)
            .where(process_instances.c.id == current.id)
            .values(**current.changes)
        )
    chain = current.chain
    if saved == row.saved and chain.is_written and not current.succeeded:
        return
    # A case that was locked elsewhere does not say whether webhooks watch it.
    save = SAVE_AND_TELL if getattr(row, "is_watched", True) else SAVE
    save.run(
        current.tx,
        {
            "case_id": current.id,
            "now": current.now,
            "succeeded": array_of(current.succeeded),
            "new_saved": saved,
            "new_packed": packed,
            "new_event_seq": chain.seq,
            "new_event_hash": chain.head,
            "events": chain.take(),
            **_told_of(current),
        },
    )


def _told_of(current: Step) -> dict[str, Any]:
    """What webhooks choose by."""
    row = current.instance
    return {"told_process": row.process_key, "told_office": row.office_id}
