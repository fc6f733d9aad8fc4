"""Jobs: automatic work of one service or send task, done with no lock held.

A worker claims a job, calls the outside system, and comes back with the answer. The id
of the job is the idempotency key outside, so that a repeat has no second effect.
"""

import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from workflows import feel, instances, job_claims, job_list, people
from workflows.model import (
    DueState,
    IncidentState,
    InstanceState,
    JobState,
    MoveRefused,
    NotFound,
)
from workflows.ports import (
    BusinessError,
    Call,
    ConnectorFault,
    ConnectorRefusal,
    Connectors,
)
from workflows.steps import Step, locked, step
from workflows.store.prepared import Prepared
from workflows.store.queue import enqueue
from workflows.store.session import Store
from workflows.store.tables import due_work, incidents, jobs, process_instances
from workflows.world import World

FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 3600.0
# Of jobs that worker after worker died of, a process does one at a time: the others
# must not be taken for what killed it.
ALONE = threading.Lock()


JOB_ID = sa.bindparam("job_id", type_=jobs.c.id.type)
# The case and its job, both locked: the case first, as everybody does who has both.
LOCK = Prepared(
    sa.select(
        process_instances,
        jobs.c.state.label("job_state"),
        jobs.c.next_at.label("job_next_at"),
        jobs.c.element_id,
        jobs.c.called_process,
    )
    .join(jobs, jobs.c.instance_id == process_instances.c.id)
    .where(
        process_instances.c.id
        == sa.bindparam("case_id", type_=process_instances.c.id.type),
        jobs.c.id == JOB_ID,
    )
    .with_for_update(key_share=True, of=[process_instances, jobs])
)


def perform(
    store: Store,
    world: World,
    connectors: Connectors,
    job_id: uuid.UUID,
    *,
    is_again: bool = False,
) -> None:
    """Do one job from claim to answer; a job that is over, or not ours, is left alone.

    A fault is written down and tried again later; only the database may raise here.
    One that worker after worker died of is done alone, and becomes an incident at last;
    `is_again`: we have claimed it before, and live.
    """
    call = job_claims.claim(store, job_id, is_again=is_again)
    if call is not None:
        _do(store, world, connectors, call)
        return
    deaths = job_claims.deaths(store, job_id)
    if not deaths or is_again:
        return
    with ALONE:
        call = job_claims.claim(
            store, job_id, job_claims.MOST_DEATHS, is_again=is_again
        )
        if call is not None:
            _do(store, world, connectors, call)
        elif deaths >= job_claims.MOST_DEATHS:
            reason = f"{deaths + 1} workers in a row died while they did this job"
            crash(store, world, job_id, reason)


def _do(store: Store, world: World, connectors: Connectors, call: Call) -> None:
    try:
        answer = connectors.call(call)
    except ConnectorFault as fault:
        with store.transaction() as tx:
            _try_again(tx, world, call, str(fault), fault.retry_after_seconds)
    except ConnectorRefusal as refusal:
        with store.transaction() as tx:
            _give_up(tx, world, call, str(refusal), "refused")
    except BusinessError as error:
        with store.transaction() as tx:
            _throw(tx, world, call, error)
    else:
        with store.transaction() as tx:
            _succeed(tx, world, call, answer)


def crash(store: Store, world: World, job_id: uuid.UUID, reason: str) -> None:
    """A job that our own code cannot do becomes an incident that tells why."""
    with store.transaction() as tx:
        row = tx.execute(sa.select(jobs).where(jobs.c.id == job_id)).one_or_none()
        if row is None:
            return
        call = Call(job_id, row.type, row.attempts, {}, instance_id=row.instance_id)
        _give_up(tx, world, call, reason)


def retry(
    tx: sa.Connection, world: World, caller: people.Caller, job_id: uuid.UUID
) -> job_list.JobRow:
    """Give a failed job its attempts again; its incident is resolved."""
    found = job_list.get(tx, caller, job_id)
    instances.check_led(tx, caller, found.instance_id, "retry")
    with step(tx, world, found.instance_id, people.actor(caller)) as current:
        again(current, job_id, people_id=caller.user_id)
    return job_list.row(tx.execute(sa.select(jobs).where(jobs.c.id == job_id)).one())


def again(
    current: Step,
    job_id: uuid.UUID,
    *,
    people_id: uuid.UUID | None,
    variables: Mapping[str, Any] | None = None,
) -> None:
    """A failed job goes back on its queue, with `variables` laid over its input."""
    row = current.tx.execute(
        sa.select(jobs).where(jobs.c.id == job_id).with_for_update()
    ).one()
    if row.state != JobState.FAILED:
        raise MoveRefused(kind="job", state=row.state, move="retried")
    values: dict[str, Any] = {}
    if variables:
        values["variables"] = feel.dumps({**feel.loads(row.variables), **variables})
    current.tx.execute(
        sa.update(jobs)
        .where(jobs.c.id == job_id)
        .values(state=JobState.TODO, attempts=0, deaths=0, next_at=None, **values)
    )
    current.tx.execute(
        sa.update(incidents)
        .where(incidents.c.token == job_id, incidents.c.state == IncidentState.OPEN)
        .values(
            state=IncidentState.RESOLVED,
            resolved_at=current.now,
            resolved_by=people_id,
        )
    )
    current.record("job.retried", row.element_id, process=row.called_process)
    enqueue(current.tx, [(current.world.queue_of(row.type), job_id.bytes)])


def requeue(tx: sa.Connection, world: World, job_id: uuid.UUID) -> None:
    """The pause of a job is over: a worker may have it again."""
    type_ = tx.scalar(
        sa.update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == JobState.TODO)
        .values(next_at=None)
        .returning(jobs.c.type)
    )
    if type_ is not None:
        enqueue(tx, [(world.queue_of(type_), job_id.bytes)])


def requeue_all(current: Step) -> None:
    """A suspended case goes on: its jobs go back on their queues.

    Those that are `doing` too: the worker that had one may have died meanwhile, and
    the queue forgot it, because jobs of a suspended case are not taken. If it lives,
    its answer is taken all the same, and whoever takes the job too counts no death.
    A job that pauses comes back with its due work.
    """
    rows = current.tx.execute(
        sa.update(jobs)
        .where(
            jobs.c.instance_id == current.id,
            jobs.c.state.in_([JobState.TODO, JobState.DOING]),
            jobs.c.next_at.is_(None),
        )
        .values(state=JobState.TODO)
        .returning(jobs.c.id, jobs.c.type)
    ).all()
    enqueue(
        current.tx,
        [(current.world.queue_of(row.type), row.id.bytes) for row in rows],
    )


def _succeed(
    tx: sa.Connection, world: World, call: Call, answer: Mapping[str, Any]
) -> None:
    with _answered(tx, world, call, did=True) as current:
        if current is not None:
            current.case.finish(
                call.job_id,
                {name: feel.from_plain(value) for name, value in answer.items()},
            )


def _throw(tx: sa.Connection, world: World, call: Call, error: BusinessError) -> None:
    with _answered(tx, world, call) as current:
        if current is None:
            return
        variables = {
            name: feel.from_plain(value) for name, value in error.variables.items()
        }
        if not current.case.throw_error(call.job_id, error.code, variables):
            _fail(current, call, f"error {error.code} is caught nowhere: {error}")


def _give_up(
    tx: sa.Connection, world: World, call: Call, reason: str, cause: str = "broken"
) -> None:
    with _answered(tx, world, call) as current:
        if current is not None:
            _fail(current, call, reason, cause)


def _try_again(
    tx: sa.Connection,
    world: World,
    call: Call,
    reason: str,
    wanted_pause_seconds: float | None,
) -> None:
    """Put the job off, twice as long each time; after its last attempt give up."""
    with _answered(tx, world, call) as current:
        if current is None:
            return
        row = tx.execute(sa.select(jobs).where(jobs.c.id == call.job_id)).one()
        if row.attempts >= max(row.retries, 1):
            _fail(current, call, reason, "unanswered")
            return
        pause = wanted_pause_seconds or min(
            FIRST_PAUSE_SECONDS * 2 ** (row.attempts - 1), LONGEST_PAUSE_SECONDS
        )
        next_at = current.now + timedelta(seconds=pause)
        tx.execute(
            sa.update(jobs)
            .where(jobs.c.id == call.job_id)
            .values(state=JobState.TODO, deaths=0, next_at=next_at, last_error=reason)
        )
        tx.execute(
            sa.insert(due_work).values(
                queue="retry",
                due_at=next_at,
                state=DueState.WAITING,
                instance_id=current.id,
                subject_id=call.job_id,
            )
        )
        told = {"attempt": row.attempts, "reason": reason}
        current.record("job.failed", row.element_id, told, process=row.called_process)


def _fail(current: Step, call: Call, reason: str, cause: str = "broken") -> None:
    job = current.tx.execute(
        sa.update(jobs)
        .where(jobs.c.id == call.job_id)
        .values(state=JobState.FAILED, last_error=reason)
        .returning(jobs.c.id, jobs.c.element_id, jobs.c.called_process)
    ).one()
    told = {"type": call.type, "attempts": call.attempt, "cause": cause}
    open_incident(current, job, reason, told)
    told = {"kind": "job", "cause": cause, "message": reason}
    current.record("incident.opened", job.element_id, told, process=job.called_process)


def open_incident(
    current: Step, job: sa.Row[Any], reason: str, detail: Mapping[str, Any]
) -> None:
    """Tell that a job has failed for good, so that somebody may try it again."""
    current.tx.execute(
        sa.insert(incidents).values(
            instance_id=current.id,
            token=job.id,
            element_id=job.element_id,
            called_process=job.called_process,
            kind="job",
            message=reason,
            detail=dict(detail),
            state=IncidentState.OPEN,
            opened_at=current.now,
        )
    )


@contextmanager
def _answered(
    tx: sa.Connection, world: World, call: Call, *, did: bool = False
) -> Iterator[Step | None]:
    """The step in which an answer arrives; None when the job is over meanwhile.

    A job may be `todo` though it was claimed: a claim does not wait for the disk, and
    may be lost with the database's last moments. One that pauses takes no answer.

    An answer that comes while its case is suspended is dropped: the job goes back to
    the queue on resume, and the outside system repeats its answer.

    What a system `did` though nobody waits for it any more, it did: the history says
    so, for whoever must undo it.
    """
    if call.instance_id is None:
        raise NotFound(kind="case", key="of the job")
    asked = {"case_id": call.instance_id, "job_id": call.job_id}
    row = LOCK.run(tx, asked).fetchone()
    if row is None:
        raise NotFound(kind="job", key=call.job_id)
    with locked(tx, world, row, f"job:{call.type}") as current:
        suspended = row.state == InstanceState.SUSPENDED
        if suspended and row.job_state == JobState.DOING:
            tx.execute(
                sa.update(jobs)
                .where(jobs.c.id == call.job_id)
                .values(state=JobState.TODO)
            )
        unclaimed = row.job_state == JobState.TODO and row.job_next_at is None
        waits = row.job_state == JobState.DOING or unclaimed
        if did and row.job_state == JobState.CANCELED:
            current.record("job.late", row.element_id, process=row.called_process)
        yield current if waits and not suspended else None
