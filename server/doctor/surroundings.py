"""What is wrong around the cases: schema, server, this machine and its settings."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from server import bootstrap, database_link, secret_keys
from server.backup import choice as backup_choice
from server.backup import store as backup_store
from server.backup.check import OLD, SILENT
from server.backup.choice import NoBackup
from server.backup.store import PHYSICAL, BackupDamaged
from server.i18n import TIME_ZONE
from server.settings import Settings
from workflows import resealing, second_factors
from workflows.doctor import COUNTED_AT_MOST, NAMED_AT_MOST, Ill
from workflows.store import rights, schema
from workflows.store.session import Store

SKEW_SECONDS = 5.0
LEAST_FREE_BYTES, LEAST_FREE_PART = 1 << 30, 0.05
ALMATY_IS = timedelta(hours=5)  # since 1 March 2024; older lists of zones say six
HELD_BYTES = 1 << 30
MANY_ROWS = 100_000
LATE_PRUNING = timedelta(days=2)
OVERFLOW = 2  # connections beyond the size of a pool
OF_A_WORKER = 10 + 4 + 2 + OVERFLOW + 1  # jobs, sweep, upkeep, the queue's own
OF_COMMANDS = 10

CLOCK = "SELECT clock_timestamp()"
ROOM = """
    SELECT current_setting('max_connections')::int
      - current_setting('superuser_reserved_connections')::int"""
# By the planner's own counts: nothing is read.
TABLES = """
    SELECT relname AS name,
      n_dead_tup > :many AND n_dead_tup > n_live_tup AS is_bloated,
      n_mod_since_analyze > :many AND n_mod_since_analyze > n_live_tup AS is_unknown
    FROM pg_stat_user_tables ORDER BY relname"""
SLOTS = """
    SELECT slot_name AS name, wal_status = 'lost' AS is_lost, active,
      pg_current_wal_lsn() - restart_lsn AS held
    FROM pg_replication_slots WHERE slot_name LIKE 'rasim_backup_%'"""
OLDEST_LOG = "SELECT min(created) FROM pgqueuer_log"


def of_schema(store: Store) -> Ill | None:
    with store.transaction() as tx:
        found, wanted = schema.versions(tx)
    if found == wanted:
        return None
    return Ill("schema-behind", facts={"found": found or "-", "wanted": wanted})


def of_server(store: Store, settings: Settings) -> Iterator[Ill]:
    """What the database server says of itself."""
    with store.transaction() as tx:
        yield from _clock(tx)
        yield from _room(tx, settings)
        yield from _tables(tx)
        yield from _slots(tx)
        yield from _seals(tx, settings)
        yield from _passwords_alone(tx, settings)
        yield from _account(tx)
        oldest = tx.scalar(sa.text(OLDEST_LOG))
    kept = timedelta(days=settings.queue_log_days) + LATE_PRUNING
    if oldest is not None and oldest < datetime.now(UTC) - kept:
        yield Ill("queue-log-kept", since=oldest)


def of_machine(settings: Settings) -> Iterator[Ill]:
    """This machine and what its settings say."""
    offset = datetime.now(ZoneInfo(TIME_ZONE)).utcoffset()
    if offset != ALMATY_IS:
        yield Ill("zone-old", facts={"zone": TIME_ZONE, "offset": str(offset)})
    yield from _folders(settings)
    if not settings.secret_key:
        yield Ill("secret-missing")
    if not _is_loopback(settings.host) and settings.public is None:
        yield Ill("address-unset", facts={"host": settings.host})
    host = database_link.open_to(settings.database_url or "")
    if host is not None:
        yield Ill("database-open", facts={"host": host})
    told = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if told and not _is_writable(Path(told)):
        yield Ill("metrics-folder", facts={"folder": told})


def of_backups(settings: Settings, now: datetime) -> Iterator[Ill]:
    """Nothing of a demonstration is worth keeping; everything else is."""
    if settings.demo:
        return
    folder = settings.backup.folder
    try:
        last = backup_choice.choose(folder, None, None, now)
    except NoBackup:
        yield Ill("backup-none", facts={"folder": str(folder)})
        return
    except BackupDamaged as damaged:
        yield Ill("backup-damaged", ids=[str(damaged.data["name"])])
        return
    if now - last.manifest.ended_at > OLD:
        yield Ill("backup-old", since=last.manifest.ended_at)
    if last.manifest.kind == PHYSICAL and now - backup_choice.until(last) > SILENT:
        yield Ill("backup-silent", since=backup_choice.until(last))
    if not backup_store.is_private(folder):
        yield Ill("backup-open", facts={"folder": str(folder)})


def _account(tx: sa.Connection) -> Iterator[Ill]:
    mighty = rights.mighty(tx)
    if mighty is not None:
        yield Ill("database-owner", facts={"role": mighty})


def _clock(tx: sa.Connection) -> Iterator[Ill]:
    before = datetime.now(UTC)
    there = tx.scalar(sa.text(CLOCK))
    after = datetime.now(UTC)
    if there is None:
        return
    apart = max((before - there).total_seconds(), (there - after).total_seconds())
    if apart > SKEW_SECONDS:
        yield Ill("clock-skew", facts={"seconds": round(apart)})


def _room(tx: sa.Connection, settings: Settings) -> Iterator[Ill]:
    a_process = settings.web_threads + bootstrap.SPARE_CONNECTIONS + OVERFLOW
    needed = settings.web_processes * a_process + settings.workers * OF_A_WORKER
    needed += OF_COMMANDS
    allowed = tx.scalar(sa.text(ROOM))
    if allowed is not None and needed > allowed:
        facts = {"needed": needed, "allowed": allowed}
        yield Ill("connections-few", facts=facts)


def _tables(tx: sa.Connection) -> Iterator[Ill]:
    rows = tx.execute(sa.text(TABLES), {"many": MANY_ROWS}).all()
    for code, names in (
        ("table-bloated", [row.name for row in rows if row.is_bloated]),
        ("statistics-old", [row.name for row in rows if row.is_unknown]),
    ):
        if names:
            yield Ill(code, len(names), names)


def _slots(tx: sa.Connection) -> Iterator[Ill]:
    rows = tx.execute(sa.text(SLOTS)).all()
    lost = [row.name for row in rows if row.is_lost]
    held = [r.name for r in rows if not r.active and (r.held or 0) > HELD_BYTES]
    if lost:
        yield Ill("backup-gap", len(lost), lost)
    if held:
        yield Ill("slot-holds", len(held), held)


def _seals(tx: sa.Connection, settings: Settings) -> Iterator[Ill]:
    """What a change of RASIM_SECRET_KEY left behind, or lost."""
    if not settings.secret_key:
        return
    seals = resealing.look(tx, settings.secret_keys)
    for code, names in (("seal-old", seals.before), ("seal-unknown", seals.unknown)):
        if names:
            yield Ill(code, len(names), names[:NAMED_AT_MOST])
    changed = secret_keys.changed_at(settings.data)
    if changed is None or seals.before:
        return
    # Until then repeated requests are known by them.
    if changed < datetime.now(UTC) - timedelta(days=settings.idempotency_days):
        yield Ill("secret-old", since=changed)


def _passwords_alone(tx: sa.Connection, settings: Settings) -> Iterator[Ill]:
    """A demonstration has nothing to guard; where it is required, nobody gets by."""
    if settings.demo or settings.needs_second_factor:
        return
    logins = second_factors.missing(tx, COUNTED_AT_MOST)
    if logins:
        yield Ill("password-alone", len(logins), logins[:NAMED_AT_MOST])


def _folders(settings: Settings) -> Iterator[Ill]:
    folders = {"RASIM_DATA": settings.data}
    if settings.backup.folder.exists():
        folders["RASIM_BACKUP"] = settings.backup.folder
    for name, folder in folders.items():
        if not _is_writable(folder):
            yield Ill("folder-closed", ids=[str(folder)], facts={"name": name})
            continue
        usage = shutil.disk_usage(folder)
        if usage.free < min(LEAST_FREE_BYTES, usage.total * LEAST_FREE_PART):
            free = usage.free // 1_000_000
            yield Ill("disk-full", ids=[str(folder)], facts={"megabytes": free})


def _is_writable(folder: Path) -> bool:
    """Tried, not computed: there are access lists, full and read-only disks."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
