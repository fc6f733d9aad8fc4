"""Mending what the doctor finds, where nothing can be lost by it: written down in the
history of each case that it concerns."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from workflows import doctor, follow_ups
from workflows.model import DueState, IncidentState, InstanceState, JobState
from workflows.steps import Step, step
from workflows.store.queue import enqueue
from workflows.store.session import Store
from workflows.store.tables import due_work, incidents, jobs
from workflows.world import World

ACTOR = "doctor"
MENDED = "case.mended"
ANY_STATE = frozenset(InstanceState)


@dataclass(frozen=True)
class Mended:
    """What was done to how many."""

    code: str
    count: int


def mend(store: Store, world: World) -> list[Mended]:
    """Close what ended cases have left open, queue lost jobs anew, tell of failed ones.

    A thousand of a kind at a time; each case is a transaction of its own.
    """
    now, done = world.clock.now(), []
    for code, each in (
        ("left-over", _close),
        ("job-lost", _queue_anew),
        ("job-silent", _tell),
    ):
        ids = _ids(store, code, now)
        count = sum(each(store, world, one) for one in ids)
        if count:
            done.append(Mended(code, count))
    if count := _drop_unknown(store, now):
        done.append(Mended("queue-unknown", count))
    return done


def _ids(store: Store, code: str, now: datetime) -> list[uuid.UUID]:
    with store.transaction() as tx:
        return doctor.rows(tx, code, now)


def _close(store: Store, world: World, case_id: uuid.UUID) -> bool:
    with (
        store.transaction() as tx,
        step(tx, world, case_id, ACTOR, states=ANY_STATE) as current,
    ):
        if current.instance.state in (InstanceState.ACTIVE, InstanceState.SUSPENDED):
            return False
        follow_ups.close(current)
        current.record(MENDED, detail={"finding": "left-over"})
        return True


def _queue_anew(store: Store, world: World, job_id: uuid.UUID) -> bool:
    """As its lost entry would have: at once, or at the end of its pause."""
    with store.transaction() as tx:
        found = _case_of(tx, job_id)
        if found is None:
            return False
        with step(tx, world, found, ACTOR, states=ANY_STATE) as current:
            job = tx.execute(
                sa.select(jobs).where(jobs.c.id == job_id).with_for_update()
            ).one()
            is_open = job.state in (JobState.TODO, JobState.DOING)
            if current.instance.state != InstanceState.ACTIVE or not is_open:
                return False
            if job.next_at is None:
                enqueue(tx, [(world.queue_of(job.type), job_id.bytes)])
            else:
                tx.execute(
                    sa.insert(due_work).values(
                        queue="retry",
                        due_at=job.next_at,
                        state=DueState.WAITING,
                        instance_id=current.id,
                        subject_id=job_id,
                    )
                )
            _record(current, job, "job-lost")
            return True


def _tell(store: Store, world: World, job_id: uuid.UUID) -> bool:
    """A failed job without its incident: nobody could try it again."""
    with store.transaction() as tx:
        found = _case_of(tx, job_id)
        if found is None:
            return False
        with step(tx, world, found, ACTOR, states=ANY_STATE) as current:
            job = tx.execute(sa.select(jobs).where(jobs.c.id == job_id)).one()
            if job.state != JobState.FAILED:
                return False
            tx.execute(
                sa.insert(incidents).values(
                    instance_id=current.id,
                    token=job_id,
                    element_id=job.element_id,
                    called_process=job.called_process,
                    kind="job",
                    message=job.last_error or "",
                    detail={"type": job.type, "attempts": job.attempts},
                    state=IncidentState.OPEN,
                    opened_at=current.now,
                )
            )
            _record(current, job, "job-silent")
            return True


def _record(current: Step, job: sa.Row[tuple[object, ...]], finding: str) -> None:
    told = {"finding": finding, "job": str(job.id)}
    current.record(MENDED, job.element_id, told, process=job.called_process)


def _case_of(tx: sa.Connection, job_id: uuid.UUID) -> uuid.UUID | None:
    found: uuid.UUID | None = tx.scalar(
        sa.select(jobs.c.instance_id).where(jobs.c.id == job_id)
    )
    return found


def _drop_unknown(store: Store, now: datetime) -> int:
    """Entries of the queue whose job is in no table: a worker would pass over them."""
    with store.transaction() as tx:
        ids = doctor.rows(tx, "queue-unknown", now)
        if not ids:
            return 0
        gone = sa.text("DELETE FROM pgqueuer WHERE id = ANY(:ids)")
        return tx.execute(gone, {"ids": ids}).rowcount
