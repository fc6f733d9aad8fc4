"""The embedded PostgreSQL of a laptop, a demo and the tests: set up, start, stop."""

import logging
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from server.holding import Taken, take
from server.leash import Leash, Owner
from server.postgres.place import (
    FolderRefused,
    Place,
    bare_environment,
    find_place,
    give,
    run_as,
)
from server.postgres.sockets import close_sockets, open_sockets
from server.settings import Settings
from workflows.model import RasimError

SUPERUSER = "postgres"
USER = DATABASE = "rasim"  # owns the tables: migrations, backups
SERVICE = "rasim_service"  # web and workers: rows alone
READY_SECONDS = 120  # replaying the log after a crash counts in
STOP_SECONDS = 30
LOG_BYTES = 10_000_000

# For a machine of two cores and a few gigabytes; nothing here gives up a commit.
TUNING = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    # Whoever follows the log for backups and is gone must not fill the disk.
    "max_slot_wal_keep_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "5min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A statement and its DETAIL hold people's data: neither belongs in a log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
# For tests that throw the database away: a power cut may cost it, a crash does not.
THROW_AWAY = {"fsync": "off", "full_page_writes": "off"}

log = logging.getLogger(__name__)


class PostgresFailed(RasimError):
    """The embedded PostgreSQL did not {step}: {reason}"""


class NoDatabase(RasimError):
    """No database is running. Start `rasim up`, or set DATABASE_URL."""


class EmbeddedPostgres:
    """One PostgreSQL in one folder, a child of this process that ends with it."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.place: Place = find_place(data)
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    @property
    def url(self) -> str:
        """As who owns the tables."""
        return url_in(self.place)

    @property
    def service_url(self) -> str:
        return url_in(self.place, SERVICE)

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> str:
        """Set up what is missing, start, and give the URL; from the main thread only.

        What an earlier server left behind in the folder is ended first. Raises
        PostgresFailed, also if another process has the folder.
        """
        if not self.is_running():
            self._hold()
            set_up(self.place)
            end_leftovers(self.place.data)
            open_sockets(self.place)
            self.process = self._spawn()
            self._wait_until_ready()
            try:
                ensure_database(self.place)
            except psycopg.OperationalError as error:  # it died again at once
                self.stop()
                raise PostgresFailed(step="stay up", reason=str(error)) from error
        return self.url

    def _hold(self) -> None:
        if self._lock is None:
            try:
                self._lock = take(self.place.folder / "lock")
            except Taken as error:
                reason = f"another process uses {self.place.folder}"
                raise PostgresFailed(step="start", reason=reason) from error

    def stop(self) -> None:
        """Fast shutdown: clients are dropped, what was committed stays."""
        if self.process is not None:
            self._end(self.process)
        if self._lock is not None:
            close_sockets(self.place)
            os.close(self._lock)
            self._lock = None

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        steps = (
            (signal.SIGINT, STOP_SECONDS),
            (signal.SIGQUIT, 5),
            (signal.SIGKILL, 5),
        )
        for number, seconds in steps:
            if process.poll() is not None:
                return
            process.send_signal(number)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                log.warning("PostgreSQL did not stop in %s s", seconds)

    def _spawn(self) -> subprocess.Popen[bytes]:
        tuning = TUNING if self.durable else TUNING | THROW_AWAY
        tuning = tuning | {"unix_socket_directories": str(self.place.sockets)}
        program = str(self.place.programs / "postgres")
        place = self.place
        return spawn(program, place.data, tuning, place.owner, place.log)

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while self.is_running() and time.monotonic() < until:
            if self.pid == postmaster(self.place.data, status="ready"):
                return
            time.sleep(0.02)
        self.stop()
        raise PostgresFailed(step="start", reason=last_lines(self.place.log))


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The service's URL, for one command; an embedded PostgreSQL runs that long."""
    with _running(settings, SERVICE, settings.database_url) as url:
        yield url


@contextmanager
def owner_url(settings: Settings) -> Iterator[str]:
    """The URL of who owns the tables, likewise; else the service's."""
    with _running(settings, USER, _named_for_owner(settings)) as url:
        yield url


@contextmanager
def _running(settings: Settings, user: str, named: str | None) -> Iterator[str]:
    running = named or url_of_running(settings.data, user)
    if running:
        yield running
        return
    server = EmbeddedPostgres(settings.data)
    try:
        server.start()
        yield url_in(server.place, user)
    finally:
        server.stop()


def require_url(settings: Settings) -> str:
    """The service's URL, for a lasting process; raises NoDatabase rather than start
    one."""
    url = settings.database_url or url_of_running(settings.data)
    if not url:
        raise NoDatabase
    return url


def require_owner_url(settings: Settings) -> str:
    url = _named_for_owner(settings) or url_of_running(settings.data, USER)
    if not url:
        raise NoDatabase
    return url


def _named_for_owner(settings: Settings) -> str | None:
    return settings.database_owner_url or settings.database_url


def service_role(settings: Settings, owner: str) -> str | None:
    """The role of the service, if it has one that is not that of the URL `owner`."""
    if settings.database_url is None:
        return SERVICE
    role, owning = (
        psycopg.conninfo.conninfo_to_dict(
            url.replace("postgresql+psycopg://", "postgresql://", 1)
        ).get("user")
        for url in (settings.database_url, owner)
    )
    return None if role is None or role == owning else str(role)


def url_of_running(data: Path, user: str = SERVICE) -> str | None:
    if not (data / "postgres").exists():
        return None
    place = find_place(data)
    pid = postmaster(place.data, status="ready")
    return url_in(place, user) if pid in processes_in(place.data) else None


def set_up(place: Place) -> None:
    """Make the cluster, once. A half-made one of a killed start is thrown away."""
    if (place.data / "PG_VERSION").exists():
        return
    fresh = place.folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    command = [
        str(place.programs / "initdb"),
        f"--pgdata={fresh}",
        f"--username={SUPERUSER}",
        f"--pwfile={keep_password(place, SUPERUSER)}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # Folds Kazakh case, and sorts alike on every machine and glibc.
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    answer = run_as(place.owner, command)
    if answer.returncode:
        reason = (answer.stderr or answer.stdout).strip()
        raise PostgresFailed(step="set itself up", reason=reason)
    fresh.rename(place.data)


def ensure_database(place: Place) -> None:
    """The service's own users and database; none of them is the superuser."""
    with psycopg.connect(url_in(place, SUPERUSER, SUPERUSER), autocommit=True) as link:
        for user, rights in ((USER, "LOGIN CREATEDB"), (SERVICE, "LOGIN")):
            known = "SELECT 1 FROM pg_roles WHERE rolname = %s"
            verb = "ALTER" if link.execute(known, [user]).fetchone() else "CREATE"
            role = sql.SQL(f"{verb} ROLE {{}} {rights} PASSWORD {{}}")
            password = sql.Literal(read_password(place, user))
            link.execute(role.format(sql.Identifier(user), password))
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not link.execute(known, [DATABASE]).fetchone():
            made = sql.SQL("CREATE DATABASE {} OWNER {}")
            link.execute(made.format(*map(sql.Identifier, (DATABASE, USER))))


def url_in(place: Place, user: str = USER, database: str = DATABASE) -> str:
    password, host = read_password(place, user), quote(str(place.sockets), safe="")
    return f"postgresql://{user}:{password}@/{database}?host={host}"


def read_password(place: Place, user: str) -> str:
    try:
        return keep_password(place, user).read_text()
    except OSError as error:
        reason = error.strerror or str(error)
        raise FolderRefused(folder=str(place.folder), reason=reason) from error


def keep_password(place: Place, user: str) -> Path:
    path = place.folder / f"{user}.password"
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(24))
        give(fresh, place.owner)
        fresh.rename(path)
    return path


def postmaster(data: Path, status: str = "") -> int | None:
    """The process that `postmaster.pid` names, if it says to be in this state."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not lines or not lines[0].isdecimal():
        return None
    said = lines[7].strip() if len(lines) > 7 else ""
    return int(lines[0]) if status in ("", said) else None


def end_leftovers(data: Path) -> None:
    """End the processes of an earlier server, so that two never share one folder.

    After a kill -9 its backends live on until they notice; a new postmaster would
    refuse to start beside them, and `postmaster.pid` may name a stranger by now.
    """
    number = postmaster(data)
    if number is not None and number in processes_in(data):
        os.kill(number, signal.SIGINT)
    if not wait_until_gone(data, STOP_SECONDS / 2):
        for pid in processes_in(data):
            os.kill(pid, signal.SIGKILL)
        if not wait_until_gone(data, STOP_SECONDS / 2):
            raise PostgresFailed(step="start", reason=f"another one is in {data}")
    (data / "postmaster.pid").unlink(missing_ok=True)


def wait_until_gone(data: Path, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while processes_in(data):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def processes_in(data: Path) -> set[int]:
    """Every process that works in the folder: all of PostgreSQL changes into it."""
    found: set[int] = set()
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.samefile(data):
                found.add(int(link.parent.name))
        except OSError:
            continue  # it ended meanwhile, or is another user's
    return found


def spawn(
    program: str, data: Path, settings: Mapping[str, str], owner: Owner, output: Path
) -> subprocess.Popen[bytes]:
    """Start `program` on the folder; what it says is added to the file `output`."""
    options = [part for name in settings for part in ("-c", f"{name}={settings[name]}")]
    # SIGINT is its fast shutdown: if we are killed, it still ends in order.
    leash = Leash(signal.SIGINT, owner)
    with _opened(output) as file:
        return subprocess.Popen(
            leash.hold([program, "-D", str(data), *options]),
            cwd="/",
            env=bare_environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    big = path.exists() and path.stat().st_size > LOG_BYTES
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if big else 0)
    file = os.open(path, flags, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def last_lines(path: Path) -> str:
    lines = path.read_text(errors="replace").splitlines()[-5:]
    return " / ".join(re.sub(r"^.*?(?=[A-Z]+:  )", "", line) for line in lines)
