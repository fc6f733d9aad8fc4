"""A restore: into a new folder or an empty database, whole and verified, or not at all.

A folder becomes a RASIM_DATA for `rasim up`; that of a server of somebody's own holds a
cluster for that server's programs. A database gets what a cluster, brought back in a
temporary folder, holds of Rásim.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import psycopg

from server import bootstrap, secret_keys
from server.backup import documents as backup_documents
from server.backup import source as backup_source
from server.backup import store as backup_store
from server.backup import verify as backup_verify
from server.backup.recovery import Recovery
from server.backup.store import DUMP, Backup
from server.backup.verify import Check
from server.holding import Taken, held, take
from server.postgres.embedded import SUPERUSER, keep_password, service_role
from server.postgres.place import Place, fallback, find_place
from server.settings import Settings
from workflows.model import DatabaseUnavailable, RasimError
from workflows.ports import DocumentsUnavailable
from workflows.store import schema
from workflows.store.session import Store

BESIDE = "rasim-restore-"
MARK = "restoring"  # while a restore is under way, or was killed


class NotEmpty(RasimError):
    """{place} is not empty: a restore overwrites nothing. Name a new place."""


class IsDump(RasimError):
    """{name} is a dump: it goes into an empty database. Make one and name it: rasim
    restore --into postgresql://..."""


class PlaceRefused(RasimError):
    """{place} cannot be restored into: {why}."""


class DocumentsRefused(RasimError):
    """The database was restored, but not its documents: {why}. Mend that, make another
    empty database, and restore into it."""


@dataclass(frozen=True)
class Restored:
    checks: list[Check]
    place: str  # of the cluster or the database, without its password
    is_served_elsewhere: bool  # by a PostgreSQL of somebody's own, of this release
    major: int

    @property
    def is_sound(self) -> bool:
        return not any(check.wrong for check in self.checks)


def into_folder(
    settings: Settings, backup: Backup, folder: Path, to: datetime | None
) -> Restored:
    """A new RASIM_DATA. Raises NotEmpty, IsDump, BackupDamaged, RecoveryFailed and
    others; then nothing is left there."""
    if backup.manifest.kind == DUMP:
        raise IsDump(name=backup.name)
    require_empty(folder)
    backup_store.verify(backup)
    with _building(folder) as place:
        recovery = Recovery(backup, place, to)
        documents = replace(settings.documents, folder=folder / "documents")
        target = replace(settings, data=folder, documents=documents)
        with recovery.recovered() as url:
            checks = _bring_documents_and_verify(target, backup, url, None)
            if backup.manifest.is_embedded:
                _take_over(place, url)
        (place.folder / "restore.hba").unlink()
        _bring_secret(settings, backup, folder)
        recovery.data.rename(place.data)
        backup_store.sync_folder(place.folder)
    is_foreign = not backup.manifest.is_embedded
    return Restored(checks, str(place.data), is_foreign, backup.manifest.major)


def into_database(
    settings: Settings, backup: Backup, url: str, to: datetime | None
) -> Restored:
    """The database must have no tables; its documents go where these settings say."""
    require_no_tables(url)
    backup_store.verify(backup)
    major = backup.manifest.major
    with ExitStack() as stack:
        dump = backup.database
        if backup.manifest.kind != DUMP:
            folder = stack.enter_context(_beside())
            place = find_place(folder / "data")
            if not place.folder.is_relative_to(folder):
                stack.callback(shutil.rmtree, place.folder.parent, ignore_errors=True)
            with Recovery(backup, place, to).recovered() as source:
                dump = folder / "database.dump"
                _dump(source, dump, major, place)
        _load(url, dump, major)
    try:
        service = _service_there(settings, url)
        checks = _bring_documents_and_verify(settings, backup, url, service)
    except (OSError, DocumentsUnavailable) as error:
        cause = error.__cause__ or error
        raise DocumentsRefused(why=str(cause)) from error
    name = psycopg.conninfo.conninfo_to_dict(backup_source.plain(url)).get("dbname")
    return Restored(checks, f"database {name}", False, major)


def require_empty(folder: Path) -> None:
    """Leftovers of a restore that was killed are cleared away; anything else refused"""
    if folder.exists() and not folder.is_dir():
        raise PlaceRefused(place=str(folder), why="it is a file")
    left = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if left and MARK not in left:
        raise NotEmpty(place=str(folder))
    elsewhere = fallback(folder / "postgres")
    if elsewhere.exists() and MARK not in left:
        raise NotEmpty(place=str(elsewhere))


def require_no_tables(url: str) -> None:
    """Raises NotEmpty, and DatabaseUnavailable where nobody answers."""
    try:
        with psycopg.connect(backup_source.plain(url), connect_timeout=5) as link:
            row = link.execute(
                "SELECT count(*), current_database() FROM pg_class"
                " WHERE relkind IN ('r', 'p', 'v', 'S')"
                " AND relnamespace NOT IN (SELECT oid FROM pg_namespace"
                " WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')"
            ).fetchone()
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable from error
    if row is not None and row[0]:
        raise NotEmpty(place=f"the database {row[1]}")


@contextmanager
def _building(folder: Path) -> Iterator[Place]:
    """A place of our own; what was made in it is gone if anything goes wrong."""
    clear: list[Callable[[], None]] = []
    was_there = folder.exists()
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        (folder / MARK).touch()
        for left in folder.iterdir():
            if left.name != MARK:
                _remove(left)
        shutil.rmtree(fallback(folder / "postgres"), ignore_errors=True)
        place = find_place(folder)
        clear.append(lambda: shutil.rmtree(place.folder, ignore_errors=True))
        with _locked(place):
            yield place
            (folder / MARK).unlink()
    except BaseException as error:
        for each in clear:
            each()
        if was_there and folder.exists():
            for left in folder.iterdir():
                _remove(left)
        else:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise PlaceRefused(place=str(folder), why=reason) from error
        raise


@contextmanager
def _beside() -> Iterator[Path]:
    """A folder of our own (of TMPDIR) while a database is restored, gone afterwards;
    so are those of restores that were killed: all that is known of people is there."""
    for left in Path(tempfile.gettempdir()).glob(f"{BESIDE}*"):
        with suppress(OSError, Taken):
            found = left.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
                continue  # somebody else's, or a way to somewhere else
            lock = take(left / "lock")
            shutil.rmtree(left, ignore_errors=True)
            os.close(lock)
    folder = Path(tempfile.mkdtemp(prefix=BESIDE))
    try:
        folder.chmod(0o711)
        taken = PlaceRefused(place=str(folder), why="another process uses it")
        with held(folder / "lock", taken):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(place: Place) -> Iterator[None]:
    """No `rasim up` starts in it meanwhile."""
    lock = place.folder / "lock"
    why = "another process uses it"
    with held(lock, PlaceRefused(place=str(place.folder), why=why)):
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _bring_documents_and_verify(
    settings: Settings, backup: Backup, url: str, service: str | None
) -> list[Check]:
    files = bootstrap.make_depot(settings).files
    store = Store(url, pool_size=2)
    try:
        now = bootstrap.make_clock(replace(settings, database_url=url)).now()
        _bring_up(store, now, service)
        if backup.manifest.documents_kept:
            backup_documents.bring_back(settings, store, files)
        return backup_verify.verify(store, files, now, backup.manifest)
    finally:
        store.close()


def _bring_up(store: Store, now: datetime, service: str | None) -> None:
    """Tables of an earlier release become those of this one, as at a start, and the
    service's account has its rights to them."""
    with store.transaction() as tx:
        found, wanted = schema.versions(tx)
    if found in schema.releases() and (found != wanted or service is not None):
        schema.upgrade(store, now, service)


def _service_there(settings: Settings, url: str) -> str | None:
    """The service's role, if these settings name one, and the server has it."""
    if settings.database_url is None:
        return None
    role = service_role(settings, url)
    with psycopg.connect(backup_source.plain(url), connect_timeout=5) as link:
        known = "SELECT FROM pg_roles WHERE rolname = %s"
        return role if link.execute(known, [role]).fetchone() is not None else None


def _take_over(place: Place, url: str) -> None:
    """Passwords of this place's own: those of the lost one were lost with it."""
    password = psycopg.sql.Literal(keep_password(place, SUPERUSER).read_text())
    with psycopg.connect(url, autocommit=True) as link:
        role = psycopg.sql.Identifier(SUPERUSER)
        set_ = psycopg.sql.SQL("ALTER ROLE {} PASSWORD {}")
        link.execute(set_.format(role, password))
        link.execute("CHECKPOINT")


def _bring_secret(settings: Settings, backup: Backup, folder: Path) -> None:
    """The keys that second factors are sealed with, where the backup has any."""
    if backup.manifest.is_embedded:
        secret_keys.copy(settings.backup.folder, folder)


def _dump(url: str, path: Path, major: int, place: Place) -> None:
    program = backup_source.program("pg_dump", major, place=place)
    path.touch(mode=0o600)
    told, environment = backup_source.environment_for(url)
    options = ["-Fc", "--no-owner", "--no-privileges", "-f", str(path)]
    backup_source.run([program, *options, "-d", told], environment)


def _load(url: str, dump: Path, major: int) -> None:
    """In one transaction: all of it, or nothing."""
    with psycopg.connect(backup_source.plain(url), connect_timeout=5) as link:
        target = link.info.server_version // 10_000
    if target < major:
        reason = f"it is PostgreSQL {target}, the backup is of {major}"
        raise PlaceRefused(place="the database", why=reason)
    program = backup_source.program("pg_restore", target)
    told, environment = backup_source.environment_for(url)
    options = ["--no-owner", "--no-privileges", "--single-transaction"]
    command = [program, *options, "-d", told, str(dump)]
    backup_source.run(command, environment)
