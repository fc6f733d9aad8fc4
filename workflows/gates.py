"""What workers tell each other: who lives, whom nobody reaches, what is paused.

All moments are the database's own (`clock_timestamp()`): machines' clocks differ, and
the clock that tests hold still says nothing of an outside system.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from workflows.store import queue
from workflows.store.prepared import array_of
from workflows.store.session import Store
from workflows.store.tables import workers

# A worker that has said nothing for so long is dead.
SILENT_SECONDS = 15
FIRST_PROBE_SECONDS = 2
LONGEST_PROBE_SECONDS = 15
# Whoever tries a system has so long before another one may.
PROBE_LEASE_SECONDS = 15
COUNTS_HOURS = 3
# Of the dead: silent ones anywhere, and those of this machine whose process is no more.
BURY = sa.text(
    """
    DELETE FROM workers
    WHERE id <> :own AND (
        seen_at < clock_timestamp() - make_interval(secs => :silent)
        OR (host = :host AND pid = ANY (:gone)))
    RETURNING id, firing
    """
)
OTHERS_HERE = sa.text("SELECT pid FROM workers WHERE host = :host AND id <> :own")
BEAT = sa.text(
    """
    INSERT INTO workers AS known (id, host, pid, started_at, seen_at, running)
    VALUES (:own, :host, :pid, clock_timestamp(), clock_timestamp(),
            CAST(:running AS jsonb))
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at,
        running = excluded.running, is_stopping = :is_stopping
    """
)
FIRING = sa.text(
    """
    UPDATE workers SET firing = CAST(:ids AS uuid[]) WHERE id = :own
    RETURNING set_config('synchronous_commit', 'off', true)
    """
)
COUNT = sa.text(
    """
    INSERT INTO job_counts AS known (type, minute, done)
    VALUES (:type, date_trunc('minute', clock_timestamp()), :done)
    ON CONFLICT (type, minute) DO UPDATE SET done = known.done + excluded.done
    """
)
FORGET_COUNTS = sa.text(
    "DELETE FROM job_counts"
    " WHERE minute < clock_timestamp() - make_interval(hours => :hours)"
)
# Its moment has come, or is further off than any that we set: the clock was set back.
MAY_BE_TRIED = """
    (probe_at <= clock_timestamp()
     OR probe_at > clock_timestamp() + make_interval(secs => :longest + 1))
"""
LOOK = sa.text(
    f"""
    SELECT system, {MAY_BE_TRIED} AS may_be_tried
    FROM outside_systems WHERE opened_at IS NOT NULL
    """  # noqa: S608 a part of it stands above
).bindparams(longest=LONGEST_PROBE_SECONDS)
PAUSED = sa.text("SELECT type FROM paused_job_types")
# Twice as long each time that a probe fails.
OPEN = sa.text(
    """
    INSERT INTO outside_systems AS known
        (system, opened_at, probe_at, openings, last_error)
    VALUES (:system, clock_timestamp(),
            clock_timestamp() + make_interval(secs => :first), 1, :error)
    ON CONFLICT (system) DO UPDATE SET
        opened_at = coalesce(known.opened_at, clock_timestamp()),
        openings = known.openings + 1,
        last_error = excluded.last_error,
        probe_at = clock_timestamp() + make_interval(
            secs => least(:first * power(2, least(known.openings, 10)), :longest))
    WHERE known.opened_at IS NULL OR :is_probe
    """
)
CLOSE = sa.text(
    """
    UPDATE outside_systems SET opened_at = NULL, probe_at = NULL, openings = 0
    WHERE system = :system
    """
)
PROBE = sa.text(
    f"""
    UPDATE outside_systems
    SET probe_at = clock_timestamp() + make_interval(secs => :lease)
    WHERE system = :system AND opened_at IS NOT NULL AND {MAY_BE_TRIED}
    """  # noqa: S608 a part of it stands above
).bindparams(longest=LONGEST_PROBE_SECONDS)


@dataclass(frozen=True)
class LeftAlone:
    """What workers leave alone at this moment."""

    systems: Mapping[str, bool] = field(default_factory=dict)  # may one job try it?
    types: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Worker:
    """A worker process, as it tells of itself."""

    id: uuid.UUID
    host: str
    pid: int


def beat(
    store: Store,
    worker: Worker,
    running: Mapping[str, int],
    done: Mapping[str, int],
    *,
    is_stopping: bool = False,
) -> None:
    """The worker lives: what it runs by system, what it has done since by type."""
    with store.transaction() as tx:
        _no_disk(tx)
        tx.execute(
            BEAT,
            {
                "own": worker.id,
                "host": worker.host,
                "pid": worker.pid,
                "running": json.dumps(dict(running)),
                "is_stopping": is_stopping,
            },
        )
        # In one order: two workers that count the same must not wait for each other.
        counted = [{"type": type_, "done": done[type_]} for type_ in sorted(done)]
        if counted:
            tx.execute(COUNT, counted)
            tx.execute(FORGET_COUNTS, {"hours": COUNTS_HOURS})


def bury(store: Store, worker: Worker, lives: Callable[[int], bool]) -> int:
    """Forget who died; what they held is queued anew at once. How many they were.

    What they were about to fire has one death more.
    `lives` says whether this machine has a process of that number.
    """
    here = {"own": worker.id, "host": worker.host}
    with store.transaction() as tx:
        others = tx.scalars(OTHERS_HERE, here).all()
        # A process of our own number, and not us: it had it before.
        gone = [pid for pid in others if pid == worker.pid or not lives(pid)]
        dead = tx.execute(BURY, here | {"gone": gone, "silent": SILENT_SECONDS}).all()
        if dead:
            queue.release(tx, [each.id for each in dead])
        for _, about in dead:
            for table, key in (("due_work", "id"), ("message_subscriptions", "token")):
                tx.execute(
                    sa.text(
                        f"UPDATE {table} SET deaths = deaths + 1"  # noqa: S608 both are named above
                        f" WHERE {key} = ANY (CAST(:ids AS uuid[]))"
                    ),
                    {"ids": array_of(about)},
                )
    return len(dead)


def firing(store: Store, worker: Worker, ids: Sequence[uuid.UUID]) -> None:
    """What the worker is about to see to; nothing again when it has survived it."""
    with store.statement() as tx:
        tx.execute(FIRING, {"own": worker.id, "ids": array_of(ids)})


def leave(store: Store, worker: Worker) -> None:
    """The worker ends in order."""
    with store.transaction() as tx:
        tx.execute(sa.text("DELETE FROM workers WHERE id = :own"), {"own": worker.id})


def silent() -> sa.ColumnElement[bool]:
    """Of a row of `workers`: it has said nothing for too long."""
    since = sa.func.make_interval(0, 0, 0, 0, 0, 0, SILENT_SECONDS)
    return workers.c.seen_at < sa.func.clock_timestamp() - since


def look(store: Store) -> LeftAlone:
    """What is left alone at this moment."""
    with store.transaction() as tx:
        systems = {row.system: bool(row.may_be_tried) for row in tx.execute(LOOK)}
        return LeftAlone(systems, frozenset(tx.scalars(PAUSED)))


def open_circuit(
    store: Store, system: str, error: str, *, is_probe: bool = False
) -> None:
    """Nobody reaches this system: it is left alone until a job may try it."""
    with store.transaction() as tx:
        tx.execute(
            OPEN,
            {
                "system": system,
                "error": error[:500],
                "first": FIRST_PROBE_SECONDS,
                "longest": LONGEST_PROBE_SECONDS,
                "is_probe": is_probe,
            },
        )


def close_circuit(store: Store, system: str) -> None:
    """It answers again."""
    with store.transaction() as tx:
        tx.execute(CLOSE, {"system": system})


def may_probe(store: Store, system: str) -> bool:
    """Whether a job of ours may try it now; then nobody else's may for a while."""
    with store.transaction() as tx:
        asked = {"system": system, "lease": PROBE_LEASE_SECONDS}
        return tx.execute(PROBE, asked).rowcount == 1


def _no_disk(tx: sa.Connection) -> None:
    """A word on who lives is worth no wait for the disk."""
    tx.execute(sa.text("SET LOCAL synchronous_commit = off"))
