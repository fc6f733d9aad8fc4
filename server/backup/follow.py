"""Following: the log of changes and new documents go into the backup as they come.

`pg_receivewal` streams the log from a replication slot, so that nothing is skipped
while it is away. Every few seconds what has come is brought to the disk and written
down as the moment up to which one can recover.
"""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from server.backup import documents as backup_documents
from server.backup import source as backup_source
from server.backup import store as backup_store
from server.backup.source import Source, one_row
from server.backup.store import Followed
from server.backup.taking import SLOT
from server.i18n import TIME_ZONE
from server.leash import Leash
from server.postgres.embedded import require_owner_url
from server.settings import Settings
from workflows.model import DatabaseUnavailable, RasimError

LOOK_SECONDS = 1.0
PAUSE_SECONDS = 5.0
LOOK_AT_ALL_EVERY = 1800  # turns
# A commit has its moment a little before its place in the log.
SLACK = timedelta(seconds=1)

log = logging.getLogger(__name__)


class SlotLost(RasimError):
    """Nobody followed the log for too long: it has a gap now, and recovery to a minute
    ends there. Make a new backup: rasim backup"""


@dataclass
class Follower:
    """What one run of `rasim backup --follow` holds."""

    settings: Settings
    source: Source
    receiver: subprocess.Popen[bytes] | None = None
    series: Path | None = None
    documents_until: datetime | None = None
    pending: Followed | None = None
    backed_up_on: date | None = None
    daily: subprocess.Popen[bytes] | None = None
    told: set[str] = field(default_factory=set)
    turns: int = 0

    def turn(self, link: psycopg.Connection[Any]) -> None:
        """One look at everything that may have to be done."""
        self._make_daily()
        series = self._find_series(link)
        if series is None:
            return
        if series != self.series:
            self.close()
            self.series = series
        if self.receiver is None or self.receiver.poll() is not None:
            self.receiver = self._spawn(series)
        self._write_down(link, series)
        self._copy_documents()

    def _copy_documents(self) -> None:
        """What is new; now and then all, for an upload may take as long as it likes."""
        since = self.documents_until if self.turns % LOOK_AT_ALL_EVERY else None
        self.turns += 1
        copied = backup_documents.copy_all(self.settings, self.source.url, since=since)
        self.documents_until = copied.until

    def close(self) -> None:
        for process in (self.receiver, self.daily):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGINT)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(PAUSE_SECONDS)
        self.receiver, self.pending = None, None

    def _find_series(self, link: psycopg.Connection[Any]) -> Path | None:
        """The series of this cluster, once there is a first backup."""
        rows = link.execute(
            "SELECT slot_name AS name, wal_status = 'lost' AS is_lost"
            " FROM pg_replication_slots WHERE slot_name LIKE %s ORDER BY 1",
            [f"{SLOT}%"],
        ).fetchall()
        for row in rows:
            series: Path = self.settings.backup.folder / row.name.removeprefix(SLOT)
            if not series.is_dir():
                continue
            if not row.is_lost:
                return series
            if row.name not in self.told:
                self.told.add(row.name)
                log.error("%s", SlotLost())
        return None

    def _spawn(self, series: Path) -> subprocess.Popen[bytes]:
        told, environment = backup_source.environment_for(self.source.admin)
        program = backup_source.newest("pg_receivewal", self.source.place)
        slot = f"--slot={SLOT}{series.name}"
        options = ["--no-password", "--status-interval=1", "--no-loop", slot]
        command = [program, "-d", told, "-D", str(series / "wal"), *options]
        return subprocess.Popen(
            Leash(signal.SIGINT).hold(command),
            env=environment,
            stdin=subprocess.DEVNULL,
        )

    def _write_down(self, link: psycopg.Connection[Any], series: Path) -> None:
        """What the server had a moment ago is here now: on the disk, and noted."""
        if self.receiver is None:
            return
        row = one_row(
            link,
            "SELECT clock_timestamp() AS at,"
            " pg_current_wal_flush_lsn() - '0/0'::pg_lsn AS flushed,"
            " (SELECT max(write_lsn) - '0/0'::pg_lsn FROM pg_stat_replication"
            " JOIN pg_replication_slots ON active_pid = pid WHERE slot_name = %s)"
            " AS received",
            f"{SLOT}{series.name}",
        )
        pending = self.pending
        if pending and row.received is not None and row.received >= pending.lsn:
            sync_last(series / "wal")
            backup_store.write_followed(series, pending)
            self.pending = None
        if self.pending is None:
            self.pending = Followed(row.at - SLACK, int(row.flushed))

    def _make_daily(self) -> None:
        at, now = self.settings.backup.at, datetime.now(ZoneInfo(TIME_ZONE))
        if at is None:
            return
        if self.backed_up_on is None:
            self.backed_up_on = _last_on(self.settings.backup.folder, now)
        if self.daily is not None and self.daily.poll() is None:
            return
        if now.time() >= at and self.backed_up_on < now.date():
            self.backed_up_on = now.date()
            command = [sys.executable, "-P", "-m", "server.cli", "backup"]
            self.daily = subprocess.Popen(Leash(signal.SIGINT).hold(command))


def run(settings: Settings) -> None:
    """Follow until SIGTERM or SIGINT; from the main thread only."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    follower: Follower | None = None
    try:
        while not stop.is_set():
            started = time.monotonic()
            try:
                if follower is None:
                    url = require_owner_url(settings)
                    source = backup_source.found(settings, url)
                    follower = Follower(settings, source)
                with follower.source.connected() as link:
                    _while_it_lasts(follower, link, stop)
            except (RasimError, psycopg.Error, OSError) as error:
                if not isinstance(error, DatabaseUnavailable):
                    log.warning("backups wait: %s", error)
            spent = time.monotonic() - started
            stop.wait(max(0.0, PAUSE_SECONDS - spent))
    finally:
        if follower is not None:
            follower.close()


def _while_it_lasts(
    follower: Follower, link: psycopg.Connection[Any], stop: threading.Event
) -> None:
    while not stop.is_set():
        follower.turn(link)
        stop.wait(LOOK_SECONDS)


def sync_last(wal: Path) -> None:
    """Bring to the disk what the receiver has written; whole files it does itself."""
    for path in _partial(wal):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    backup_store.sync_folder(wal)


def _partial(wal: Path) -> Iterator[Path]:
    for path in wal.glob("*.partial"):
        if path.exists():
            yield path


def _last_on(folder: Path, now: datetime) -> date:
    """The day of the last backup; a first one is made at once."""
    known = backup_store.backups(folder)
    if not known:
        return date.min
    return known[-1].manifest.ended_at.astimezone(now.tzinfo).date()
