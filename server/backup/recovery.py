"""A cluster out of a physical backup: copied, its log replayed to a moment, promoted.

Everything happens in a folder beside the one that it is to become, by a PostgreSQL that
listens nowhere but on a socket which its own user alone can reach.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from server.backup import source as backup_source
from server.backup import store as backup_store
from server.backup.choice import said
from server.backup.store import Backup
from server.postgres.embedded import postmaster, spawn
from server.postgres.place import Place, give
from server.postgres.sockets import close_sockets, open_sockets
from workflows.model import RasimError

NOT_REACHED = "recovery ended before configured recovery target"
SEGMENT = re.compile(r"([0-9A-F]{24})(\.partial)?")
STOP_SECONDS = 60
LOOK_SECONDS = 0.1
# Of the log of changes: xlogrecord.h and xlog_internal.h of PostgreSQL.
ALIGNMENT, PAGE_BYTES = 8, 8192
HEADER_BYTES, LONG_HEADER_BYTES = 24, 40
LONGEST_ENTRY = 1 << 30
READY = "ready"


class RecoveryFailed(RasimError):
    """PostgreSQL could not replay the log of changes: {reason}"""


class SegmentMissing(RasimError):
    """The log of changes has a gap: {segment} is missing in {folder}. What was before
    it can be restored: choose an earlier moment with --to."""


class SegmentDamaged(RasimError):
    """The log of changes is damaged in {segment}: {told} cannot be reached. Choose an
    earlier moment with --to."""


@dataclass(frozen=True)
class Log:
    """The files of the log that follow a backup without a gap."""

    files: list[Path]
    missing: str | None  # the first that is not there, though later ones are


@dataclass
class Recovery:
    """A cluster that is being brought back in `data`, which is `place.data` later."""

    backup: Backup
    place: Place
    to: datetime | None

    @property
    def data(self) -> Path:
        return self.place.folder / "data.restoring"

    @property
    def messages(self) -> Path:
        return self.place.folder / "restore.log"

    @property
    def url(self) -> str:
        told = self.backup.manifest
        user, name = quote(told.superuser, safe=""), quote(told.database, safe="")
        host = quote(str(self.place.sockets), safe="")
        return f"postgresql://{user}@/{name}?host={host}"

    @contextmanager
    def recovered(self) -> Iterator[str]:
        """The URL of the cluster at the moment wanted; it is stopped on leaving."""
        log = log_of(self.backup)
        self._lay_out(log)
        open_sockets(self.place)
        process = self._start(self._target())
        try:
            if not self._wait(process):
                # Nothing was committed between the last entry and the moment wanted:
                # or a part of the log is missing, which its end then tells.
                if NOT_REACHED not in self._last_words():
                    raise RecoveryFailed(reason=self._last_words())
                process = self._start({})
                if not self._wait(process):
                    raise RecoveryFailed(reason=self._last_words())
                self._check_end(log)
            elif self.to is None:
                self._check_end(log)
            yield self.url
        finally:
            end(process)
            close_sockets(self.place)
        self.messages.unlink(missing_ok=True)

    def _lay_out(self, log: Log) -> None:
        """Base and log where PostgreSQL finds them; files of its user's own."""
        shutil.copytree(self.backup.database, self.data, symlinks=True)
        for path in log.files:
            name = path.name.removesuffix(".partial")
            shutil.copyfile(path, self.data / "pg_wal" / name)
        for name in ("postgresql.conf", "pg_ident.conf", "recovery.signal"):
            (self.data / name).touch()  # where a distribution keeps them elsewhere
        self._admission.write_text("local all all trust\n")
        self._admission.chmod(0o600)
        self.data.chmod(0o700)
        give(self._admission, self.place.owner)
        for path in (self.data, *self.data.rglob("*")):
            give(path, self.place.owner)

    @property
    def _admission(self) -> Path:
        return self.place.folder / "restore.hba"

    def _target(self) -> dict[str, str]:
        if self.to is None:
            return {}
        return {
            "recovery_target_time": self.to.isoformat(sep=" "),
            "recovery_target_action": "promote",
        }

    def _start(self, target: dict[str, str]) -> subprocess.Popen[bytes]:
        settings = {
            **target,
            "restore_command": "/bin/false",  # all that there is lies in pg_wal
            "recovery_target_timeline": "current",
            "archive_mode": "off",
            "hot_standby": "off",
            "listen_addresses": "",
            "unix_socket_directories": str(self.place.sockets),
            "unix_socket_permissions": "0700",
            "hba_file": str(self._admission),
            "shared_preload_libraries": "",
            "ssl": "off",
            "logging_collector": "off",
            "log_destination": "stderr",
            "timezone": "UTC",
        }
        major = self.backup.manifest.major
        program = backup_source.program("postgres", major, place=self.place)
        self.messages.unlink(missing_ok=True)
        return spawn(program, self.data, settings, self.place.owner, self.messages)

    def _wait(self, process: subprocess.Popen[bytes]) -> bool:
        """Until it takes connections, however long the log is; False if it ended."""
        while process.poll() is None:
            if process.pid == postmaster(self.data, status=READY):
                return True
            time.sleep(LOOK_SECONDS)
        return False

    def _check_end(self, log: Log) -> None:
        """Raise unless all was replayed that is known to have been followed."""
        followed = backup_store.read_followed(self.backup.folder.parent)
        wanted = backup_store.wal_range(self.backup)[2]
        if followed is not None:
            wanted = max(wanted, followed.lsn)
        with psycopg.connect(self.url, autocommit=True) as link:
            row: Any = link.execute(
                "SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn"
            ).fetchone()
        reached = int(row[0] or 0)
        size = self.backup.manifest.segment_bytes
        if reached >= wanted or is_cut_short(log, reached, wanted, size):
            return
        if log.missing is not None:
            folder = str(self.backup.wal)
            raise SegmentMissing(segment=log.missing, folder=folder)
        timeline = backup_store.wal_range(self.backup)[0]
        segment = backup_store.segment(timeline, reached, size)
        told = said(self.to) if self.to else "its end"
        raise SegmentDamaged(segment=segment, told=told)

    def _last_words(self) -> str:
        words = self.messages.read_text(errors="replace")
        told = re.findall(r"(?:FATAL|PANIC|ERROR):\s+(.*)", words)
        return " / ".join(told[-3:]) or words[-300:].strip()


def log_of(backup: Backup) -> Log:
    """Whole files first: those of the archive, of the backup, then one under way."""
    timeline, first, last = backup_store.wal_range(backup)
    size = backup.manifest.segment_bytes
    there = _files_of(backup, f"{timeline:08X}")
    followed = backup_store.read_followed(backup.folder.parent)
    end_ = max(last, followed.lsn if followed else 0)
    files: list[Path] = []
    place = first - first % size
    while True:
        name = backup_store.segment(timeline, place, size)
        path = there.get(name)
        if path is None or path.stat().st_size != size:
            # At the very end of the log its next file has not begun.
            return Log(files, name if place < end_ else None)
        files.append(path)
        place += size


def is_cut_short(log: Log, reached: int, wanted: int, size: int) -> bool:
    """Whether the entry after `reached` goes on beyond `wanted`.

    The server writes whole pages while an entry is under way: the moment that was noted
    may lie in the middle of one, and nothing committed by then does.
    """
    place = reached + (-reached % ALIGNMENT)
    if place % PAGE_BYTES == 0:
        place += LONG_HEADER_BYTES if place % size == 0 else HEADER_BYTES
    first = int(log.files[0].name[8:16], 16) * (0x1_0000_0000 // size)
    first += int(log.files[0].name[16:24], 16)
    number = place // size - first
    if not 0 <= number < len(log.files):
        return False
    with log.files[number].open("rb") as file:
        file.seek(place % size)
        length = int.from_bytes(file.read(4), "little")
    return place + length > wanted and length < LONGEST_ENTRY


def _files_of(backup: Backup, timeline: str) -> dict[str, Path]:
    found: dict[str, tuple[int, Path]] = {}
    for rank, folder in enumerate((backup.wal, backup.database / "pg_wal")):
        for path in folder.glob(f"{timeline}*"):
            match = SEGMENT.fullmatch(path.name)
            if match is None:
                continue
            worth = 2 if match[2] else rank
            known = found.get(match[1])
            if known is None or worth < known[0]:
                found[match[1]] = (worth, path)
    return {name: path for name, (_, path) in found.items()}


def end(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown; harder if it takes a minute."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.kill(process.pid, number)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
