"""The queue as those who look after it see it: types, systems, workers; what they do.

Jobs are counted for the caller's offices; systems, workers and pauses are everybody's.
"""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forms import letters
from workflows import gates, jobs, listing, people
from workflows.model import (
    InputRefused,
    JobState,
    NotAllowed,
    NotFound,
    Page,
    RasimError,
    Role,
)
from workflows.store.session import Store
from workflows.store.tables import (
    job_counts,
    offices,
    outside_systems,
    paused_job_types,
    process_instances,
    queue_changes,
    users,
    workers,
)
from workflows.store.tables import jobs as job_rows
from workflows.world import World

LEADERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
OPEN_STATES = (JobState.TODO, JobState.DOING, JobState.FAILED)
REASON_MAX = 500
CHANGES_SHOWN = 10
# What one request tries again; the rest at the next press.
RETRIED_AT_MOST = 500
RETRY_SECONDS = 10.0


@dataclass(frozen=True)
class TypeRow:
    """The jobs of one type that have not ended; `done` is of the last hour."""

    type: str
    waiting: int = 0
    running: int = 0
    later: int = 0
    failed: int = 0
    next_at: datetime | None = None  # when the first of the later ones is tried again
    oldest_at: datetime | None = None  # of those that wait or run
    done: int = 0
    pause_reason: str | None = None
    paused_at: datetime | None = None
    paused_by: str | None = None  # login
    paused_by_name: str | None = None


@dataclass(frozen=True)
class QueuedJob:
    """One job that has not ended, with whose case it is."""

    id: uuid.UUID
    instance_id: uuid.UUID
    business_key: str | None
    subject: str | None
    state: str
    attempts: int
    next_at: datetime | None
    last_error: str | None
    created_at: datetime


@dataclass(frozen=True)
class SystemRow:
    """An outside system; `opened_at` None: it answers, as far as anybody knows."""

    system: str
    opened_at: datetime | None = None
    probe_at: datetime | None = None
    last_error: str | None = None

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None


@dataclass(frozen=True)
class WorkerRow:
    """A worker process; one that is silent is dead, or cannot reach the database."""

    host: str
    pid: int
    started_at: datetime
    seen_at: datetime
    is_silent: bool
    is_stopping: bool
    running: Mapping[str, int]

    @property
    def state(self) -> str:
        if self.is_silent:
            return "silent"
        return "stopping" if self.is_stopping else "working"


@dataclass(frozen=True)
class ChangeRow:
    """What somebody did to the queue."""

    at: datetime
    name: str
    change: str
    type: str
    reason: str | None
    jobs: int | None


@dataclass(frozen=True)
class Queue:
    """All of it at one moment."""

    types: list[TypeRow]
    systems: list[SystemRow]
    workers: list[WorkerRow]


def look(tx: sa.Connection, world: World, caller: people.Caller) -> Queue:
    """The queue now: jobs of the caller's offices, the rest as it is for all."""
    return Queue(_types(tx, world, caller), _systems(tx, world), _workers(tx))


def keeps(tx: sa.Connection, caller: people.Caller) -> bool:
    """Whether the caller administrates every office: a pause holds up all of them."""
    own = caller.offices_as(Role.ADMINISTRATOR)
    left = sa.select(offices.c.id).where(
        offices.c.parent_id.is_(None), offices.c.id.not_in(own)
    )
    return bool(own) and tx.scalar(left.limit(1)) is None


def pause(
    tx: sa.Connection, world: World, caller: people.Caller, type_: str, reason: str
) -> None:
    """No worker takes jobs of this type until somebody resumes it."""
    _check(tx, world, caller, type_, "pause")
    told = letters.said(reason)
    if not 0 < len(told) <= REASON_MAX:
        raise InputRefused(field="reason", reason=f"1 to {REASON_MAX} characters")
    made = tx.execute(
        sa.text(
            "INSERT INTO paused_job_types (type, reason, paused_by, paused_at)"
            " VALUES (:type, :reason, :by, clock_timestamp()) ON CONFLICT DO NOTHING"
        ),
        {"type": type_, "reason": told, "by": caller.user_id},
    )
    if made.rowcount:
        _record(tx, caller, "paused", type_, reason=told)


def resume(tx: sa.Connection, world: World, caller: people.Caller, type_: str) -> None:
    """Workers take its jobs again, within a second or two."""
    _check(tx, world, caller, type_, "resume")
    gone = tx.execute(
        sa.delete(paused_job_types).where(paused_job_types.c.type == type_)
    )
    if gone.rowcount:
        _record(tx, caller, "resumed", type_)


def retry_all(
    store: Store, world: World, caller: people.Caller, type_: str
) -> tuple[int, int]:
    """Try the failed jobs of a type again, each by itself: how many, how many not.

    Those of the offices that the caller leads, the oldest first; at most so many as
    one request has time for.
    """
    until = time.monotonic() + RETRY_SECONDS
    retried = refused = 0
    with store.transaction() as tx:
        waiting = tx.scalars(_failed(caller, type_)).all()
    for job_id in waiting:
        if time.monotonic() > until:
            break
        try:
            with store.transaction() as tx:
                jobs.retry(tx, world, caller, job_id)
            retried += 1
        except RasimError:  # its case has ended, or somebody has it
            refused += 1
    if retried:
        with store.transaction() as tx:
            _record(tx, caller, "retried", type_, count=retried)
    return retried, refused


def jobs_of(
    tx: sa.Connection,
    caller: people.Caller,
    type_: str,
    *,
    state: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[QueuedJob]:
    """The jobs of a type that have not ended, of the caller's offices, oldest first."""
    query = (
        sa.select(
            job_rows,
            process_instances.c.business_key,
            process_instances.c.subject,
        )
        .join(process_instances, process_instances.c.id == job_rows.c.instance_id)
        .where(
            job_rows.c.type == type_,
            job_rows.c.ended_at.is_(None),
            job_rows.c.state.in_([state] if state else OPEN_STATES),
            process_instances.c.office_id.in_(people.visible(caller, *LEADERS)),
        )
    )
    order = [job_rows.c.created_at.asc(), job_rows.c.id.asc()]
    return listing.page(tx, query, order, _queued, limit, cursor)


def _queued(row: sa.Row[Any]) -> QueuedJob:
    return listing.value(QueuedJob, row)


def _failed(caller: people.Caller, type_: str) -> sa.Select[Any]:
    return (
        sa.select(job_rows.c.id)
        .join(process_instances, process_instances.c.id == job_rows.c.instance_id)
        .where(
            job_rows.c.type == type_,
            job_rows.c.ended_at.is_(None),
            job_rows.c.state == JobState.FAILED,
            process_instances.c.office_id.in_(people.visible(caller, *LEADERS)),
        )
        .order_by(job_rows.c.created_at)
        .limit(RETRIED_AT_MOST)
    )


def _types(tx: sa.Connection, world: World, caller: people.Caller) -> list[TypeRow]:
    found: dict[str, dict[str, Any]] = {one: {} for one in world.job_types or ()}
    for row in tx.execute(_open_jobs(caller)):
        found.setdefault(row.type, {}).update(row._mapping)
    hour = sa.func.clock_timestamp() - sa.text("interval '1 hour'")
    done = (
        sa.select(job_counts.c.type, sa.func.sum(job_counts.c.done).label("done"))
        .where(job_counts.c.minute >= hour)
        .group_by(job_counts.c.type)
    )
    for row in tx.execute(done):
        found.setdefault(row.type, {})["done"] = row.done
    paused = sa.select(paused_job_types, users.c.login, users.c.name).join(
        users, users.c.id == paused_job_types.c.paused_by
    )
    for row in tx.execute(paused):
        found.setdefault(row.type, {}).update(
            pause_reason=row.reason,
            paused_at=row.paused_at,
            paused_by=row.login,
            paused_by_name=row.name,
        )
    return [TypeRow(**{**found[type_], "type": type_}) for type_ in sorted(found)]


def _open_jobs(caller: people.Caller) -> sa.Select[Any]:
    """Counted over the index of jobs that have not ended."""
    state, next_at = job_rows.c.state, job_rows.c.next_at
    later = sa.and_(state == JobState.TODO, next_at.is_not(None))
    waits = sa.and_(state == JobState.TODO, next_at.is_(None))
    count = sa.func.count()
    return (
        sa.select(
            job_rows.c.type,
            count.filter(waits).label("waiting"),
            count.filter(state == JobState.DOING).label("running"),
            count.filter(later).label("later"),
            count.filter(state == JobState.FAILED).label("failed"),
            sa.func.min(next_at).filter(later).label("next_at"),
            sa.func.min(job_rows.c.created_at)
            .filter(state != JobState.FAILED)
            .label("oldest_at"),
        )
        .join(process_instances, process_instances.c.id == job_rows.c.instance_id)
        .where(
            job_rows.c.ended_at.is_(None),
            state.in_(OPEN_STATES),
            process_instances.c.office_id.in_(people.visible(caller, *LEADERS)),
        )
        .group_by(job_rows.c.type)
    )


def _systems(tx: sa.Connection, world: World) -> list[SystemRow]:
    names = {type_.partition(".")[0] for type_ in world.job_types or ()}
    found = {name: SystemRow(name) for name in names}
    for row in tx.execute(sa.select(outside_systems)):
        found[row.system] = SystemRow(
            row.system, row.opened_at, row.probe_at, row.last_error
        )
    return [found[name] for name in sorted(found)]


def _workers(tx: sa.Connection) -> list[WorkerRow]:
    rows = tx.execute(
        sa.select(workers, gates.silent().label("is_silent")).order_by(
            workers.c.host, workers.c.started_at, workers.c.pid
        )
    )
    return [listing.value(WorkerRow, row) for row in rows]


def changes(
    tx: sa.Connection, *, limit: int = CHANGES_SHOWN, cursor: str | None = None
) -> Page[ChangeRow]:
    """What was done to the queue, the newest first; it is everybody's."""
    name = sa.func.coalesce(sa.func.nullif(users.c.name, ""), users.c.login)
    query = sa.select(queue_changes, name.label("name")).join(
        users, users.c.id == queue_changes.c.user_id
    )
    order = [queue_changes.c.at.desc(), queue_changes.c.id.desc()]
    return listing.page(tx, query, order, _change, limit, cursor)


def _change(row: sa.Row[Any]) -> ChangeRow:
    return listing.value(ChangeRow, row)


def _check(
    tx: sa.Connection, world: World, caller: people.Caller, type_: str, action: str
) -> None:
    if not keeps(tx, caller):
        raise NotAllowed(action=action, kind="job type")
    paused = sa.select(paused_job_types.c.type).where(paused_job_types.c.type == type_)
    if type_ not in (world.job_types or ()) and tx.scalar(paused) is None:
        raise NotFound(kind="job type", key=type_)


def _record(
    tx: sa.Connection,
    caller: people.Caller,
    change: str,
    type_: str,
    *,
    reason: str | None = None,
    count: int | None = None,
) -> None:
    tx.execute(
        sa.insert(queue_changes).values(
            at=sa.func.clock_timestamp(),
            user_id=caller.user_id,
            change=change,
            type=type_,
            reason=reason,
            jobs=count,
        )
    )
