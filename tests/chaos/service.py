"""The service under fire: one `rasim up` in its own folder, and whom to kill in it."""

import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from server.leash import Leash
from server.postgres import url_of_running

HOST = "127.0.0.1"
WORKERS = 2
START_SECONDS = 90.0
STOP_SECONDS = 60.0
TARGET_SECONDS = 20.0  # who is dead just now is waited for, to be killed again
KINDS = ("web", "web process", "worker", "postgres", "backend")


class NotUp(Exception):
    """The service, or a part of it, did not come up in time."""


class Service:
    """`rasim up` with a manual clock, its log in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "up.log"
        self.port = _free_port()
        self.base = f"http://{HOST}:{self.port}"
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
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > until:
                raise NotUp(f"`rasim up` did not start; see {self.log}")
            time.sleep(0.2)

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

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def rasim(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command of the command line, beside the running service."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "server.cli", *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def token(self, login: str) -> str:
        made = self.rasim("token", "create", login)
        if made.returncode:
            raise NotUp(f"no token for {login}: {made.stderr.strip()}")
        return made.stdout.strip()

    @property
    def database_url(self) -> str | None:
        """None while no database runs."""
        return url_of_running(self.data)

    @property
    def simulators_url(self) -> str:
        pid = self._pids()["simulators"]
        port = _command_line(pid)[-1]  # rasim simulators --host HOST --port PORT
        return f"http://{HOST}:{port}"

    def kill(self, kind: str, dice: random.Random) -> int:
        """SIGKILL to one process of this kind, as soon as there is one; its number."""
        until = time.monotonic() + TARGET_SECONDS
        while time.monotonic() < until:
            found = sorted(self._targets(kind))
            if found:
                pid = dice.choice(found)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    return pid
            time.sleep(0.05)
        raise NotUp(f"no {kind} to kill within {TARGET_SECONDS:.0f} s")

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
            case "postgres":
                return [postgres] if postgres else []
            case _:
                return [
                    pid
                    for pid in (_children(postgres) if postgres else [])
                    if "rasim rasim" in " ".join(_command_line(pid))
                ]

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
        return bare | {"RASIM_DATA": str(self.data), "RASIM_MANUAL_CLOCK": "1"}


@contextlib.contextmanager
def running() -> Iterator[Service]:
    """A service with the demonstration's people; its folder goes if all is well."""
    folder = Path(tempfile.mkdtemp(prefix="rasim-chaos-"))
    folder.chmod(0o711)  # root lends PostgreSQL another user
    service = Service(folder)
    try:
        service.start()
        seeded = service.rasim("demo", "seed")
        if seeded.returncode:
            raise NotUp(f"no people: {seeded.stderr.strip()}")
        yield service
    finally:
        service.stop()
    shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


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
