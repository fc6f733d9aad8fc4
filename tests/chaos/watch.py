"""What the database shows meanwhile: how long a job stays open, when all is quiet."""

import threading
import time
from collections.abc import Callable

import psycopg

LOOK_SECONDS = 0.5

# What could go on by itself this very moment: each attempt of a job that nothing keeps
# back, and what is due. A job whose outside system was dead waits for its next attempt.
MOVABLE = """
    SELECT j.type || ' ' || j.id || ', attempt ' || j.attempts FROM jobs j
    WHERE j.state IN ('todo', 'doing')
      AND (j.next_at IS NULL OR j.next_at <= (SELECT now FROM manual_clock))
    UNION ALL
    SELECT 'due work ' || d.id || ' (' || d.queue || ')' FROM due_work d
    WHERE d.state = 'waiting' AND d.due_at <= (SELECT now FROM manual_clock)"""
OPEN_JOBS = "SELECT id::text FROM jobs WHERE state IN ('todo', 'doing')"
OPEN_QUEUE = "SELECT count(*) FROM pgqueuer"
OPEN_TASKS = """
    SELECT p.business_key FROM user_tasks t
    JOIN process_instances p ON p.id = t.instance_id
    WHERE t.state IN ('created', 'claimed')"""
KEPT_MESSAGES = "SELECT count(*) FROM buffered_messages"
DUE = """
    SELECT count(*) FROM due_work
    WHERE state = 'waiting' AND due_at <= (SELECT now FROM manual_clock)"""


class Watch:
    """Sees what could move, twice a second by a real clock, whatever is dead now."""

    def __init__(self, database_url: Callable[[], str | None]) -> None:
        self._database_url = database_url
        self._first_seen: dict[str, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.longest_seconds = 0.0
        self.longest = ""  # what that was

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)

    def unquiet(self, may_wait: set[str]) -> str | None:
        """What still moves, or None; tasks of the cases `may_wait` may stay open."""
        url = self._database_url()
        if url is None:
            return "no database"
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                return _unquiet(connection, may_wait)
        except psycopg.OperationalError:
            return "no database"

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            url = self._database_url()
            if url is None:
                continue
            try:
                with psycopg.connect(url, connect_timeout=3) as connection:
                    found = {row[0] for row in connection.execute(MOVABLE)}
            except psycopg.OperationalError:
                continue
            self._see(found, time.monotonic())

    def _see(self, found: set[str], now: float) -> None:
        self._first_seen = {
            one: self._first_seen.get(one, now - LOOK_SECONDS) for one in found
        }
        for one, since in self._first_seen.items():
            if now - since > self.longest_seconds:
                self.longest_seconds, self.longest = now - since, one


def _unquiet(connection: psycopg.Connection, may_wait: set[str]) -> str | None:
    jobs = len(connection.execute(OPEN_JOBS).fetchall())
    if jobs:
        return f"{jobs} jobs"
    for query, what in ((OPEN_QUEUE, "queued"), (DUE, "due")):
        (count,) = connection.execute(query).fetchone() or (0,)
        if count:
            return f"{count} {what}"
    (kept,) = connection.execute(KEPT_MESSAGES).fetchone() or (0,)
    if kept:
        return f"{kept} kept messages"
    waiting = {row[0] for row in connection.execute(OPEN_TASKS)} - may_wait
    return f"{len(waiting)} tasks" if waiting else None
