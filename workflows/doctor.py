"""The doctor: what stands still, is left over or was tampered with in the database.

Each check is one statement over indexes that stops at the first thousand; none changes
anything (`doctor_mending` does). What to do about a finding, `server/doctor` says.
"""

import random
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from workflows import history
from workflows.ids import earliest_at
from workflows.store.session import Store
from workflows.store.tables import process_instances

COUNTED_AT_MOST = 1_000
NAMED_AT_MOST = 10
SAMPLE = 200  # histories
OLDEST_BITS = 28  # of seconds: eight years
# A check reads all that is open; what takes longer than this is ill itself.
PATIENCE = "10min"
LATE = timedelta(minutes=5)
STANDING = timedelta(minutes=15)
LONG_OPEN = timedelta(days=1)
SETTLING = timedelta(minutes=1)  # what is younger may still be under way
CLAIMS_OF_A_SOUND_JOB = 5  # beyond its attempts: one for each worker that died
# What is so only while no worker runs, and passes when one does.
OF_THE_SERVICE = frozenset(
    {"due-late", "queue-stands", "incident-old", "system-silent", "type-paused"}
)


@dataclass(frozen=True)
class Ill:
    """One thing wrong: `ids` are the first few of `count`, which stops at a thousand.

    `since` is when the oldest of them became so, where that is known.
    """

    code: str
    count: int = 1
    ids: list[str] = field(default_factory=list)
    since: datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)


# Materialized where it is used: so it is read once, by the indexes of what is open, and
# hashed. To look for each case at all that it ever had takes minutes among millions.
OPEN = """
        SELECT instance_id FROM user_tasks WHERE state IN ('created', 'claimed')
        UNION ALL
        SELECT instance_id FROM jobs
        WHERE state IN ('todo', 'doing', 'failed') AND ended_at IS NULL
        UNION ALL SELECT instance_id FROM message_subscriptions
        UNION ALL SELECT instance_id FROM signal_subscriptions"""
CASE_STUCK = f"""
    WITH moving AS MATERIALIZED ({OPEN}
        UNION ALL
        SELECT instance_id FROM due_work
        WHERE state = 'waiting' AND queue <> 'deadline'
        UNION ALL SELECT instance_id FROM incidents WHERE state = 'open')
    SELECT p.id, coalesce(
        (SELECT max(e.at) FROM events e
         WHERE e.instance_id = p.id AND e.at >= p.started_at), p.started_at) AS since
    FROM process_instances p
    WHERE p.state = 'active'
      AND NOT EXISTS (SELECT FROM moving m WHERE m.instance_id = p.id)
    LIMIT :most"""  # noqa: S608 - made of our own
# On no queue, and with no moment at which it comes back to one.
JOB_LOST = """
    SELECT j.id, coalesce(j.next_at, j.created_at) AS since FROM jobs j
    JOIN process_instances p ON p.id = j.instance_id AND p.state = 'active'
    WHERE j.state IN ('todo', 'doing') AND j.ended_at IS NULL
      AND j.created_at < :settled
      AND CASE WHEN j.next_at IS NULL
          THEN NOT EXISTS (SELECT FROM pgqueuer q WHERE q.payload = uuid_send(j.id))
          ELSE NOT EXISTS (SELECT FROM due_work d WHERE d.queue = 'retry'
                           AND d.subject_id = j.id AND d.state = 'waiting') END
    LIMIT :most"""
JOB_SILENT = """
    SELECT j.id, j.created_at AS since FROM jobs j
    JOIN process_instances p ON p.id = j.instance_id
      AND p.state IN ('active', 'suspended')
    WHERE j.state = 'failed' AND j.ended_at IS NULL AND NOT EXISTS (
        SELECT FROM incidents i WHERE i.token = j.id AND i.state = 'open')
    LIMIT :most"""
JOB_POISON = """
    SELECT j.id, j.created_at AS since FROM jobs j
    WHERE j.state IN ('todo', 'doing') AND j.ended_at IS NULL
      AND j.attempts > greatest(j.retries, 1) + :claims
    LIMIT :most"""
# Cases that have ended, and what is open of them all the same.
LEFT_OVER = f"""
    WITH open AS MATERIALIZED ({OPEN}
        UNION ALL SELECT instance_id FROM due_work WHERE state = 'waiting')
    SELECT DISTINCT p.id, coalesce(p.ended_at, p.started_at) AS since
    FROM open JOIN process_instances p ON p.id = open.instance_id
      AND p.state IN ('completed', 'canceled')
    LIMIT :most"""  # noqa: S608 - made of our own
DUE_LATE = """
    SELECT d.id, d.due_at AS since FROM due_work d
    LEFT JOIN process_instances p ON p.id = d.instance_id
    WHERE d.state = 'waiting' AND d.incident_id IS NULL AND d.due_at < :late
      AND (d.instance_id IS NULL OR p.state = 'active')
    ORDER BY d.due_at LIMIT :most"""
INCIDENT_OLD = """
    SELECT id, opened_at AS since FROM incidents
    WHERE state = 'open' AND opened_at < :long_open
    ORDER BY opened_at LIMIT :most"""
# PgQueuer dates by the machine's clock, whatever ours says.
QUEUE_STANDS = """
    SELECT entrypoint AS id, min(created) AS since FROM pgqueuer
    WHERE status = 'queued' AND created < :standing AND execute_after < :standing
      AND NOT EXISTS (SELECT FROM paused_job_types p WHERE p.type = entrypoint)
      AND NOT EXISTS (SELECT FROM outside_systems s WHERE s.opened_at IS NOT NULL
                      AND s.system = split_part(entrypoint, '.', 1))
    GROUP BY entrypoint LIMIT :most"""
TYPE_PAUSED = """
    SELECT type AS id, paused_at AS since FROM paused_job_types
    ORDER BY paused_at LIMIT :most"""
SYSTEM_SILENT = """
    SELECT system AS id, opened_at AS since FROM outside_systems
    WHERE opened_at IS NOT NULL ORDER BY opened_at LIMIT :most"""
QUEUE_UNKNOWN = """
    SELECT q.id, q.created AS since FROM pgqueuer q
    WHERE q.created < :standing AND NOT EXISTS (
        SELECT FROM jobs j WHERE uuid_send(j.id) = q.payload)
    LIMIT :most"""
CHECKS = {
    "case-stuck": CASE_STUCK,
    "job-lost": JOB_LOST,
    "job-silent": JOB_SILENT,
    "job-poison": JOB_POISON,
    "left-over": LEFT_OVER,
    "due-late": DUE_LATE,
    "incident-old": INCIDENT_OLD,
    "queue-stands": QUEUE_STANDS,
    "queue-unknown": QUEUE_UNKNOWN,
    "type-paused": TYPE_PAUSED,
    "system-silent": SYSTEM_SILENT,
}


def examine(store: Store, now: datetime, *, all_histories: bool = False) -> list[Ill]:
    """Everything that is wrong with cases; of their histories a sample, or all."""
    found = [ill for code in CHECKS if (ill := look(store, code, now))]
    broken = _histories(store, all_histories)
    return [*found, broken] if broken else found


@contextmanager
def patient(store: Store) -> Iterator[sa.Connection]:
    """A transaction whose statements may take longer than those of pages."""
    with store.transaction() as tx:
        tx.exec_driver_sql(f"SET LOCAL statement_timeout = '{PATIENCE}'")
        yield tx


def look(store: Store, code: str, now: datetime) -> Ill | None:
    """One check; None when all is well."""
    with patient(store) as tx:
        found = _found(tx, code, now)
    if not found:
        return None
    ids = [str(row.id) for row in found[:NAMED_AT_MOST]]
    return Ill(code, len(found), ids, min(row.since for row in found))


def rows(tx: sa.Connection, code: str, now: datetime) -> list[Any]:
    """The ids that a check finds, a thousand at most."""
    return [row.id for row in _found(tx, code, now)]


def _found(tx: sa.Connection, code: str, now: datetime) -> Sequence[sa.Row[Any]]:
    machine = datetime.now(UTC)
    asked = {
        "most": COUNTED_AT_MOST,
        "claims": CLAIMS_OF_A_SOUND_JOB,
        "settled": now - SETTLING,
        "late": now - LATE,
        "long_open": now - LONG_OPEN,
        "standing": machine - STANDING,
    }
    used = {name: asked[name] for name in asked if f":{name}" in CHECKS[code]}
    return tx.execute(sa.text(CHECKS[code]), used).all()


def _histories(store: Store, all_histories: bool) -> Ill | None:
    with patient(store) as tx:
        broken = list(history.verify(tx) if all_histories else _sampled(tx))
    if not broken:
        return None
    ids = [
        f"{link.instance_id} ({link.seq}: {link.reason})"
        for link in broken[:NAMED_AT_MOST]
    ]
    return Ill("history-broken", len(broken), ids)


def _sampled(tx: sa.Connection) -> Iterator[history.BrokenLink]:
    """The cases that began last, and as many anywhere, from two starts among all ids.

    Ids go by time, as far back as any age; those of earlier programs by chance alone.
    """
    ids = process_instances.c.id
    last = sa.select(ids).order_by(process_instances.c.started_at.desc())
    chosen = {*tx.scalars(last.limit(SAMPLE // 2))}
    age = 2 ** random.uniform(0, OLDEST_BITS)  # noqa: S311 - a sample, no secret
    for start in (earliest_at(time.time() - age), uuid.uuid4()):
        anywhere = sa.select(ids).where(ids >= start).order_by(ids)
        chosen |= {*tx.scalars(anywhere.limit(SAMPLE // 4))}
    for id_ in sorted(chosen):
        yield from history.verify(tx, id_)
