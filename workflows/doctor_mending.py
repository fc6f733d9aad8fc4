"""Mending what the doctor finds, where nothing can be lost by it: written down in the
history of each case that it concerns."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from workflows import doctor, follow_ups
from workflows.jobs import open_incident
from workflows.model import DueState, InstanceState, JobState
from workflows.steps import Step, step
from workflows.store.queue import enqueue
from workflows.store.session import Store
from workflows.store.tables import due_work, jobs
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
        ("job-lost", partial(_job_mended, _queue_anew, "job-lost")),
        ("job-silent", partial(_job_mended, _tell, "job-silent")),
    ):
        ids = _ids(store, code, now)
        count = sum(each(store, world, one) for one in ids)
        if count:
            done.append(Mended(code, count))
    if count := _drop_unknown(store, now):
        done.append(Mended("queue-unknown", count))
    return done


def _ids(store: Store, code: str, now: datetime) -> list[uuid.UUID]:
    with doctor.patient(store) as tx:
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


def _job_mended(
    act: Callable[[Step, Any], bool],
    finding: str,
    store: Store,
    world: World,
    job_id: uuid.UUID,
) -> bool:
    """Whether `act` found the job as the doctor did, and mended it."""
    with store.transaction() as tx:
        case_id = tx.scalar(sa.select(jobs.c.instance_id).where(jobs.c.id == job_id))
        if case_id is None:
            return False
        with step(tx, world, case_id, ACTOR, states=ANY_STATE) as current:
            job = tx.execute(
                sa.select(jobs).where(jobs.c.id == job_id).with_for_update()
            ).one()
            if not act(current, job):
                return False
            told = {"finding": finding, "job": str(job_id)}
            current.record(MENDED, job.element_id, told, process=job.called_process)
            return True


def _queue_anew(current: Step, job: Any) -> bool:
    """As its lost entry would have: at once, or at the end of its pause."""
    is_open = job.state in (JobState.TODO, JobState.DOING)
    if current.instance.state != InstanceState.ACTIVE or not is_open:
        return False
    if job.next_at is None:
        entry = (current.world.queue_of(job.type), job.id.bytes)
        enqueue(current.tx, [entry])
    else:
        current.tx.execute(
            sa.insert(due_work).values(
                queue="retry",
                due_at=job.next_at,
                state=DueState.WAITING,
                instance_id=current.id,
                subject_id=job.id,
            )
        )
    return True


def _tell(current: Step, job: Any) -> bool:
    """A failed job without its incident: nobody could try it again."""
    if job.state != JobState.FAILED:
        return False
    told = {"type": job.type, "attempts": job.attempts}
    open_incident(current, job, job.last_error or "", told)
    return True


def _drop_unknown(store: Store, now: datetime) -> int:
    """Entries of the queue whose job is in no table: a worker would pass over them."""
    with doctor.patient(store) as tx:
        ids = doctor.rows(tx, "queue-unknown", now)
        if not ids:
            return 0
        gone = sa.text("DELETE FROM pgqueuer WHERE id = ANY(:ids)")
        return tx.execute(gone, {"ids": ids}).rowcount
