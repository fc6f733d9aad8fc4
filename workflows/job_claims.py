"""Claims of jobs: a worker takes one, counts who died of it, or gives it back."""

import uuid
from collections.abc import Iterable

import sqlalchemy as sa

from workflows import feel
from workflows.model import InstanceState, JobState
from workflows.ports import Call
from workflows.store import queue
from workflows.store.prepared import Prepared, constant
from workflows.store.session import Store
from workflows.store.tables import jobs, process_instances

# Workers that may die in a row while they do a job; one is chance.
MOST_DEATHS = 3

JOB_ID = sa.bindparam("job_id", type_=jobs.c.id.type)
# A job is `doing` when its worker died: the claim counts the deaths, before it is done.
IS_LEFT = sa.and_(
    jobs.c.state == constant(JobState.DOING),
    sa.not_(sa.bindparam("is_again", type_=sa.Boolean)),
)
LEFT = Prepared(
    sa.select(jobs.c.deaths).where(
        jobs.c.id == JOB_ID,
        jobs.c.state == constant(JobState.DOING),
        jobs.c.deaths > sa.literal_column("0"),
    )
)
CLAIM = Prepared(
    sa.update(jobs)
    .where(
        sa.or_(
            sa.not_(IS_LEFT),
            jobs.c.deaths < sa.bindparam("most_deaths", type_=sa.Integer),
        ),
        jobs.c.id == JOB_ID,
        sa.or_(
            jobs.c.state == constant(JobState.TODO),
            jobs.c.state == constant(JobState.DOING),
        ),
        jobs.c.next_at.is_(None),
        process_instances.c.id == jobs.c.instance_id,
        process_instances.c.state == constant(InstanceState.ACTIVE),
    )
    .values(
        state=constant(JobState.DOING),
        attempts=jobs.c.attempts + sa.literal_column("1"),
        deaths=jobs.c.deaths
        + sa.case(
            (IS_LEFT, sa.literal_column("1")),
            else_=sa.literal_column("0"),
        ),
    )
    .returning(
        jobs.c.id,
        jobs.c.type,
        jobs.c.attempts,
        jobs.c.variables,
        jobs.c.headers,
        jobs.c.instance_id,
        process_instances.c.business_key,
        # Nothing waits for the disk: a claim that a power cut takes back is made again,
        # and an answer to it is taken all the same.
        sa.literal_column("set_config('synchronous_commit', 'off', true)"),
    )
)


def claim(
    store: Store, job_id: uuid.UUID, most_deaths: int = 1, *, is_again: bool = False
) -> Call | None:
    """Mark the job as ours; None when it is over, pauses, or its case does not move.

    A job that a dead worker had is `doing` still: it may be claimed again. One that
    pauses is put on the queue anew by its due work; an entry of the queue that was left
    behind by a worker that died just after putting the job off must not cut it short.
    """
    with store.statement() as tx:
        asked = {"job_id": job_id, "most_deaths": most_deaths, "is_again": is_again}
        row = CLAIM.run(tx, asked).fetchone()
    if row is None:
        return None
    return Call(
        job_id=row.id,
        type=row.type,
        attempt=row.attempts,
        variables=feel.plain(feel.loads(row.variables)),
        headers=row.headers,
        instance_id=row.instance_id,
        business_key=row.business_key,
    )


def deaths(store: Store, job_id: uuid.UUID) -> int:
    """How many workers died of a job that is `doing`; 0 if none, or it is not."""
    with store.statement() as tx:
        row = LEFT.run(tx, {"job_id": job_id}).fetchone()
    return row.deaths if row else 0


def put_back(store: Store, worker_id: uuid.UUID, kept: Iterable[uuid.UUID]) -> None:
    """What a worker holds goes back on the queue, but what it `kept` doing.

    It lives, and lost the queue: none of the jobs is why.
    """
    with store.transaction() as tx:
        _give_back(tx, queue.release(tx, [worker_id], kept))


def give_back(store: Store, job_ids: Iterable[uuid.UUID]) -> None:
    """A worker that ends leaves them to another; none of them is why it ends."""
    with store.transaction() as tx:
        _give_back(tx, job_ids)


def _give_back(tx: sa.Connection, job_ids: Iterable[uuid.UUID]) -> None:
    tx.execute(
        sa.update(jobs)
        .where(jobs.c.id.in_(list(job_ids)), jobs.c.state == JobState.DOING)
        .values(state=JobState.TODO)
    )
