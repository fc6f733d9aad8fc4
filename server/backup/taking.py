"""One backup: the database, and the documents that it names; the oldest ones go."""

import secrets
import shutil
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from server import bootstrap, secret_keys
from server.backup import documents as backup_documents
from server.backup import source as backup_source
from server.backup import store as backup_store
from server.backup.source import ProgramFailed, Source, one_row
from server.backup.store import (
    DUMP,
    PHYSICAL,
    Backup,
    BackupFolderRefused,
    Manifest,
)
from server.holding import held
from server.settings import Settings
from workflows import doctor
from workflows.model import RasimError
from workflows.ports import DocumentsUnavailable
from workflows.store import schema
from workflows.store.session import Store

SLOT = "rasim_backup_"
OLDEST_SERVER = 150_000


class AlreadyBackingUp(RasimError):
    """Another backup into {folder} is under way. Wait until it has ended."""


class MayNotCopy(RasimError):
    """The role {role} may not copy the whole server: {why}. For recovery to any
    minute let an administrator of the server run ALTER ROLE {role} REPLICATION, and
    admit it in pg_hba.conf: "hostssl replication {role} ADDRESS scram-sha-256". Or take
    a dump, which is restored as of its own moment alone: rasim backup --dump."""


class Unsuitable(RasimError):
    """This server cannot be copied: {why}."""


def take_one(settings: Settings, source: Source, *, dump: bool) -> Backup:
    """Make a backup, whole or not at all. Raises RasimErrors that say what to mend."""
    folder = backup_store.make_folder(settings.backup.folder)
    with _alone(folder), source.connected() as link:
        if not dump:
            require_replication(link)
        series = series_of(link, folder) if not dump else dumps_of(folder)
        _clear_leftovers(folder)
        started_at = _beginning(link, series)
        made = backup_store.make_folder(
            series / f"{backup_store.name_of(started_at)}.new"
        )
        try:
            path = _copy(source, link, made, dump=dump)
            manifest = _describe(settings, source, link, path, started_at, series.name)
            backup_store.write_manifest(made, manifest)
            place = made.with_suffix("")
            made.replace(place)
        except BaseException as error:
            shutil.rmtree(made, ignore_errors=True)
            if isinstance(error, OSError | DocumentsUnavailable):  # a full disk
                reason = str(error.__cause__ or error)
                refused = BackupFolderRefused(folder=str(folder), reason=reason)
                raise refused from error
            raise
        backup_store.sync_folder(series)
        if source.is_embedded:
            _keep_secret(settings)
        return Backup(place, manifest)


def prune(settings: Settings, source: Source) -> list[str]:
    """Drop what is beyond the number to keep, with documents that nothing names."""
    folder = settings.backup.folder
    with _alone(folder):
        dropped = backup_store.prune(folder, settings.backup.kept)
        known = backup_store.backups(folder)
        if dropped and known:
            horizon = min(one.manifest.started_at for one in known)
            backup_documents.drop_unneeded(settings, source.url, horizon)
    with source.connected() as link:
        _drop_slots(link, folder)
    return dropped


def _alone(folder: Path) -> AbstractContextManager[None]:
    """Nobody else makes or drops backups here meanwhile."""
    lock = backup_store.make_folder(folder) / "lock"
    return held(lock, AlreadyBackingUp(folder=str(folder)))


def require_replication(link: psycopg.Connection[Any]) -> None:
    """Raises MayNotCopy, and Unsuitable for a server that keeps no log to follow."""
    row = one_row(
        link,
        "SELECT rolname AS role, rolsuper OR rolreplication AS may,"
        " current_setting('wal_level') AS level,"
        " current_setting('server_version_num')::int AS version,"
        " pg_is_in_recovery() AS is_copy"
        " FROM pg_roles WHERE rolname = current_user",
    )
    if row.is_copy:
        raise Unsuitable(why="it is a standby; name the primary in DATABASE_URL")
    if row.version < OLDEST_SERVER:
        raise Unsuitable(why="PostgreSQL 15 or newer is needed")
    if not row.may:
        raise MayNotCopy(role=row.role, why="it has not the right REPLICATION")
    if row.level == "minimal":
        raise Unsuitable(why="set wal_level = replica and restart it")


def series_of(link: psycopg.Connection[Any], folder: Path) -> Path:
    """The series of this cluster; a new one, with its slot, if it has none here.

    A slot that has lost its log (nobody followed for too long) is given up: what
    follows it cannot be joined to what was there.
    """
    rows = link.execute(
        "SELECT slot_name AS name, wal_status = 'lost' AS is_lost, active"
        " FROM pg_replication_slots WHERE slot_name LIKE %s ORDER BY active DESC, 1",
        [f"{SLOT}%"],
    ).fetchall()
    for row in rows:
        series: Path = folder / row.name.removeprefix(SLOT)
        if series.is_dir():
            if not row.is_lost:
                return series
            link.execute("SELECT pg_drop_replication_slot(%s)", [row.name])
    name = secrets.token_hex(4)
    backup_store.make_folder(folder / name / "wal")
    link.execute(
        "SELECT pg_create_physical_replication_slot(%s, true)", [f"{SLOT}{name}"]
    )
    return folder / name


def dumps_of(folder: Path) -> Path:
    """Dumps have no log, and so one series for all of them."""
    return backup_store.make_folder(folder / "00000000")


def _drop_slots(link: psycopg.Connection[Any], folder: Path) -> None:
    """Of series that were dropped with their last backup: they would hold the log."""
    rows = link.execute(
        "SELECT slot_name AS name FROM pg_replication_slots"
        " WHERE slot_name LIKE %s AND NOT active",
        [f"{SLOT}%"],
    ).fetchall()
    series = [folder / row.name.removeprefix(SLOT) for row in rows]
    for row, path in zip(rows, series, strict=True):
        if path.is_dir() and not any(path.glob("*/manifest.json")):
            link.execute("SELECT pg_drop_replication_slot(%s)", [row.name])


def _clear_leftovers(folder: Path) -> None:
    for left in folder.glob("*/*.new"):
        if left.is_dir():
            shutil.rmtree(left)


def _copy(
    source: Source, link: psycopg.Connection[Any], made: Path, *, dump: bool
) -> Path:
    """The database as it is now; the file that vouches for all of it."""
    if dump:
        path = made / "database.dump"
        major = link.info.server_version // 10_000
        told, environment = backup_source.environment_for(source.url)
        program = backup_source.program("pg_dump", major, place=source.place)
        command = [program, "-Fc", "--no-password", "-d", told, "-f", str(path)]
        backup_source.run(command, environment)
        return path
    told, environment = backup_source.environment_for(source.admin)
    program = backup_source.newest("pg_basebackup", source.place)
    database = made / "database"
    options = ["-Fp", "-Xstream", "--checkpoint=fast", "--no-password"]
    checked = "--manifest-checksums=SHA256"
    command = [program, "-d", told, "-D", str(database), *options, checked]
    try:
        backup_source.run(command, environment)
    except ProgramFailed as failed:
        reason = str(failed.data["reason"])
        if "pg_hba.conf" not in reason:
            raise
        raise MayNotCopy(role=link.info.user, why=reason) from failed
    return database / "backup_manifest"


def _describe(
    settings: Settings,
    source: Source,
    link: psycopg.Connection[Any],
    path: Path,
    started_at: datetime,
    series: str,
) -> Manifest:
    """Documents are copied after the database: what it names is there by then, and is
    not deleted for a day after the last that names it has gone."""
    copied = backup_documents.copy_all(settings, source.url)
    row = one_row(
        link,
        "SELECT (SELECT rolname FROM pg_roles WHERE oid = 10) AS superuser,"
        " (SELECT setting::int FROM pg_settings WHERE name = 'wal_segment_size')"
        " AS segment_bytes, current_database() AS database",
    )
    is_dump = path.suffix == ".dump"
    return Manifest(
        kind=DUMP if is_dump else PHYSICAL,
        series=series,
        started_at=started_at,
        ended_at=_now(link),
        server_version=link.info.server_version,
        segment_bytes=row.segment_bytes,
        database=row.database,
        superuser=row.superuser,
        is_embedded=source.is_embedded,
        **_state_of(settings, source.url),
        size=path.stat().st_size if is_dump else backup_store.size_of(path.parent),
        sha256=backup_store.digest_of(path),
        documents=copied.count,
        document_bytes=copied.size,
        documents_kept=settings.documents.bucket is None,
    )


def _keep_secret(settings: Settings) -> None:
    """What seals second factors: without it people could not sign in again.

    Older backups are sealed with the keys of their time: those are kept, too.
    """
    secret_keys.copy(settings.data, settings.backup.folder)


def _state_of(settings: Settings, url: str) -> dict[str, Any]:
    """Which migration it has, and what the doctor says of its cases already."""
    store = Store(url, pool_size=1)
    try:
        with store.transaction() as tx:
            found, wanted = schema.versions(tx)
        known: list[doctor.Ill] = []
        if found == wanted:
            clock = bootstrap.make_clock(replace(settings, database_url=url))
            known = doctor.examine(store, clock.now())
        return {"schema": found, "findings": sorted({one.code for one in known})}
    finally:
        store.close()


def _beginning(link: psycopg.Connection[Any], series: Path) -> datetime:
    """Now, in a second in which no other began: a backup has its name of it."""
    while (series / backup_store.name_of(moment := _now(link))).exists():
        time.sleep(0.1)
    return moment


def _now(link: psycopg.Connection[Any]) -> datetime:
    moment: datetime = one_row(link, "SELECT clock_timestamp() AS now").now
    return moment
