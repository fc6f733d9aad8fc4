"""The service under fire: one `rasim up` in its own folder, and whom to kill in it."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from server.leash import Leash
from server.postgres.embedded import SERVICE, url_of_running
from server.up import find_port, is_ready

HOST = "127.0.0.1"
WORKERS = 2
START_SECONDS = 90.0
STOP_SECONDS = 60.0
TARGET_SECONDS = 20.0  # who is dead just now is waited for, to be killed again
# `restart` is an immediate shutdown of the database, all the others are SIGKILL.
RESTART = "database restart"
KINDS = (
    "web",
    "web process",
    "worker",
    "simulators",
    "postgres",
    "backend",
    "database's own process",
    RESTART,
)
TOKEN_DAYS = "366"  # the longest that there is; the clock jumps for a year
# User and database, as PostgreSQL names the backend of a client: of web and workers.
OURS = f"{SERVICE} rasim"


class NotUp(Exception):
    """The service, or a part of it, did not come up in time."""


class Service:
    """`rasim up` with a manual clock, its log in a file; `told` goes before all."""

    def __init__(self, folder: Path, told: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._told = dict(told or {})
        self.data = folder / "data"
        self.log = folder / "up.log"
        self.port = find_port(HOST, 0)
        self.base = f"http://{HOST}:{self.port}"
        self._names: set[str] = set()
        self._simulators_port = ""
        self._log_file: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until the pages can serve. From the main thread only."""
        command = [sys.executable, "-P", "-m", "server.cli", "up"]
        told = ["--port", str(self.port), "--workers", str(WORKERS), "--manual-clock"]
        self._log_file = self.log.open("wb")
        self._process = subprocess.Popen(
            # If this program is killed, all of the service ends too.
            Leash(signal.SIGTERM).hold([*command, *told]),
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=self._log_file,
            stderr=subprocess.STDOUT,
        )
        until = time.monotonic() + START_SECONDS
        while not is_ready(HOST, self.port):
            if self._process.poll() is not None or time.monotonic() > until:
                raise NotUp(f"`rasim up` did not start; see {self.log}")
            time.sleep(0.2)
        self._names = {*self._pids()}

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._log_file is not None:
            self._log_file.close()

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def rasim(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command of the command line, beside the service when all of it runs."""
        self.wait_until_whole()
        return subprocess.run(
            [sys.executable, "-P", "-m", "server.cli", *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def token(self, login: str) -> str:
        made = self.rasim("token", "create", login, "--days", TOKEN_DAYS)
        if made.returncode:
            raise NotUp(f"no token for {login}: {made.stderr.strip()}")
        return made.stdout.strip()

    @property
    def database_url(self) -> str | None:
        """None while no database runs."""
        return self._told.get("DATABASE_URL") or url_of_running(self.data)

    @property
    def simulators_url(self) -> str:
        """Their address, which stays when they die and come back."""
        until = time.monotonic() + TARGET_SECONDS
        while not self._simulators_port:
            if time.monotonic() > until:
                raise NotUp("no simulators")
            # rasim simulators --host HOST --port PORT
            words = _command_line(self._pids().get("simulators", -1))
            self._simulators_port = words[-1] if words else ""
        return f"http://{HOST}:{self._simulators_port}"

    def kill(self, kind: str, dice: random.Random) -> int:
        """End one process of this kind, as soon as there is one; its number."""
        number = signal.SIGQUIT if kind == RESTART else signal.SIGKILL
        until = time.monotonic() + TARGET_SECONDS
        while time.monotonic() < until:
            found = sorted(self._targets(kind))
            if found:
                pid = dice.choice(found)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
                    return pid
            time.sleep(0.05)
        raise NotUp(f"no {kind} to kill within {TARGET_SECONDS:.0f} s")

    def wait_until_whole(self) -> None:
        """Until everybody is back, if that does not take too long."""
        until = time.monotonic() + TARGET_SECONDS
        while time.monotonic() < until:
            pids = self._pids()
            # Who ran when all was well is meant; the backup runs as it likes.
            whole = self._names - {"backup"} <= pids.keys()
            alive = all(map(self._is_ours, pids.values()))
            if whole and alive and is_ready(HOST, self.port):
                return
            time.sleep(0.1)

    def _targets(self, kind: str) -> list[int]:
        pids = {name: pid for name, pid in self._pids().items() if self._is_ours(pid)}
        workers = [pid for name, pid in pids.items() if name.startswith("worker-")]
        web, postgres = pids.get("web"), pids.get("postgres")
        match kind:
            case "web":
                return [web] if web else []
            case "web process":
                return _children(web) if web else []
            case "worker":
                return workers
            case "simulators":
                return [pids[kind]] if kind in pids else []
            case _:
                return _of_database(kind, postgres) if postgres else []

    def _pids(self) -> dict[str, int]:
        try:
            found: dict[str, int] = json.loads(
                (self.data / "processes.json").read_text()
            )
        except FileNotFoundError:
            return {}
        return found

    def _is_ours(self, pid: int) -> bool:
        """Alive, and a child of our `rasim up`: a number may be a stranger's by now."""
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return False
        state, parent = fields[0], int(fields[1])
        return (
            state != "Z" and self._process is not None and parent == self._process.pid
        )

    def _environment(self) -> dict[str, str]:
        bare = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("RASIM_") and name != "DATABASE_URL"
        }
        own = {"RASIM_DATA": str(self.data), "RASIM_MANUAL_CLOCK": "1"}
        return bare | own | self._told


@contextlib.contextmanager
def running(
    folder: Path | None = None, told: Mapping[str, str] | None = None
) -> Iterator[Service]:
    """A service with the demonstration's people; its folder goes if all is well.

    A folder that is given stays.
    """
    is_given = folder is not None
    folder = folder or make_folder()
    service = Service(folder, told)
    try:
        service.start()
        seeded = service.rasim("demo", "seed")
        if seeded.returncode:
            raise NotUp(f"no people: {seeded.stderr.strip()}")
        yield service
    finally:
        service.stop()
    if not is_given:
        shutil.rmtree(folder)


def make_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="rasim-chaos-"))
    folder.chmod(0o711)  # root lends PostgreSQL another user
    return folder


def _of_database(kind: str, postgres: int) -> list[int]:
    """The server's first process, a client's backend, or one that it has for itself:
    who writes the log, the pages, the checkpoints."""
    if kind in ("postgres", RESTART):
        return [postgres]
    return [
        pid
        for pid in _children(postgres)
        if (OURS in " ".join(_command_line(pid))) == (kind == "backend")
    ]


def _children(pid: int) -> list[int]:
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for child in told.split()]


def _command_line(pid: int) -> list[str]:
    try:
        told = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [part.decode(errors="replace") for part in told.split(b"\0") if part]
