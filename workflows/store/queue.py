"""The queue on our own transaction: a job exists exactly when its step does.

Entries are written as PgQueuer's own `enqueue` writes them, but for its log: it takes a
statement of its own, for which a step that opens jobs would wait.
"""

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSON, JSONB, UUID

from workflows.model import JobState
from workflows.store.prepared import Prepared, array_of, constant
from workflows.store.tables import jobs

entries = sa.table(
    "pgqueuer",
    sa.column("priority"),
    sa.column("entrypoint"),
    sa.column("payload"),
    sa.column("status"),
)
WRITTEN = [column.name for column in entries.columns]
PRIORITY: sa.ColumnElement[int] = sa.literal_column("0")
QUEUED: sa.ColumnElement[str] = sa.literal_column("'queued'::pgqueuer_status")


def _enqueue() -> sa.Insert:
    asked = sa.func.unnest(
        sa.bindparam("entrypoints", type_=ARRAY(sa.Text)),
        sa.bindparam("payloads", type_=ARRAY(BYTEA)),
    ).table_valued(sa.column("entrypoint", sa.Text), sa.column("payload", BYTEA))
    row = asked.render_derived(name="asked")
    chosen = sa.select(PRIORITY, row.c.entrypoint, row.c.payload, QUEUED)
    return sa.insert(entries).from_select(WRITTEN, chosen)


def _open_jobs() -> sa.Insert:
    """Adds the jobs of `jobs`, a JSON list, and puts each on the queue it names."""
    given = (
        sa.column("id", UUID),
        sa.column("element_id", sa.Text),
        sa.column("called_process", sa.Text),
        sa.column("type", sa.Text),
        sa.column("variables", sa.Text),
        sa.column("headers", JSONB),
        sa.column("retries", sa.Integer),
    )
    opened = sa.func.json_to_recordset(sa.bindparam("jobs", type_=JSON)).table_valued(
        *given, sa.column("queue", sa.Text), name="opened"
    )
    row = opened.render_derived(with_types=True)
    added = sa.insert(jobs).from_select(
        ["instance_id", "state", "created_at", *(one.name for one in given)],
        sa.select(
            sa.bindparam("case_id", type_=jobs.c.instance_id.type),
            constant(JobState.TODO),
            sa.bindparam("now", type_=jobs.c.created_at.type),
            *(row.c[one.name] for one in given),
        ),
    )
    chosen = sa.select(PRIORITY, row.c.queue, sa.func.uuid_send(row.c.id), QUEUED)
    put = sa.insert(entries).from_select(WRITTEN, chosen)
    return put.add_cte(added.cte("added"))


ENQUEUE = Prepared(_enqueue())
# As PgQueuer itself puts back what a worker held that it no longer hears of; sooner.
RELEASE = sa.text(
    """
    UPDATE pgqueuer SET status = 'queued', queue_manager_id = NULL, updated = now()
    WHERE status = 'picked' AND queue_manager_id = ANY (CAST(:holders AS uuid[]))
        AND payload <> ALL (:kept)
    RETURNING payload
    """
)
OPEN_JOBS = Prepared(_open_jobs())


def enqueue(tx: sa.Connection, entries: Iterable[tuple[str, bytes]]) -> None:
    """Put (entrypoint, payload) entries on the queue, in the transaction `tx`."""
    pairs = list(entries)
    if pairs:
        entrypoints, payloads = map(list, zip(*pairs, strict=True))
        ENQUEUE.run(tx, {"entrypoints": entrypoints, "payloads": payloads})


def release(
    tx: sa.Connection,
    holders: Iterable[uuid.UUID],
    kept: Iterable[uuid.UUID] = (),
) -> list[uuid.UUID]:
    """Put back what these workers held, but the jobs `kept`; the jobs of the others."""
    asked = {"holders": array_of(holders), "kept": [each.bytes for each in kept]}
    return [uuid.UUID(bytes=each) for each in tx.scalars(RELEASE, asked)]
