"""The service under load: `rasim up` as it runs in production, and what it costs."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has none

from server.up import LOOPBACK, find_port, is_ready

POSTGRES, UP = "postgres", "rasim up"
PEOPLE = 20_000  # families of the simulators, each of which applies once
READY_SECONDS = 90
STOP_SECONDS = 30
# For two cores: PostgreSQL, the simulators and the driver want their share of them too.
PROCESSES = {"RASIM_WEB_PROCESSES": "1", "RASIM_WEB_THREADS": "4", "RASIM_WORKERS": "1"}


@dataclass(frozen=True)
class Service:
    """A running service: its address, and the roots of its processes by kind."""

    url: str
    roots: Mapping[str, int]

    def cpu_seconds(self) -> dict[str, float]:
        """Seconds of CPU since the start, of each kind with all its descendants."""
        spent = {
            kind: cpu_seconds(pid) for kind, pid in self.roots.items() if kind != UP
        }
        alone = psutil.Process(self.roots[UP]).cpu_times()  # the others are below it
        return spent | {UP: float(alone.user + alone.system)}


@contextmanager
def running(folder: Path, database_url: str, postgres_pid: int) -> Iterator[Service]:
    """`rasim up` on a database that runs already; its output goes to a file."""
    port = find_port(LOOPBACK, 0)
    environment = {
        **os.environ,
        **PROCESSES,
        "DATABASE_URL": database_url,
        "RASIM_DATA": str(folder),
        "RASIM_HOST": LOOPBACK,
        "RASIM_PORT": str(port),
        "RASIM_DEMO": "0",
        "RASIM_MANUAL_CLOCK": "0",
        "RASIM_SIMULATORS_URL": "",
        "RASIM_SIMULATORS_PEOPLE": str(PEOPLE),
        "RASIM_LOG_LEVEL": "INFO",
    }
    command = [sys.executable, "-P", "-m", "server.cli", "up"]
    with (folder / "up.log").open("wb") as output:
        program = subprocess.Popen(
            command, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait(program, port, folder)
        kept = json.loads((folder / "processes.json").read_text())
        roots = {**kept, POSTGRES: postgres_pid, UP: program.pid}
        yield Service(f"http://{LOOPBACK}:{port}", roots)
    finally:
        program.terminate()
        try:
            program.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()


@contextmanager
def simulators(folder: Path) -> Iterator[str]:
    """The address of simulators of one's own, as a program."""
    port = find_port(LOOPBACK, 0)
    command = [sys.executable, "-P", "-m", "server.cli", "simulators"]
    program = subprocess.Popen(
        [*command, "--port", str(port), "--people", str(PEOPLE)],
        env={**os.environ, "RASIM_DATA": str(folder)},
    )
    try:
        until = time.monotonic() + READY_SECONDS
        while not _listens(port):
            if program.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the simulators did not start")
            time.sleep(0.1)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        program.terminate()
        program.wait(STOP_SECONDS)


def machine_seconds() -> float:
    """Seconds of CPU of all programs of the machine since its start."""
    spent = psutil.cpu_times()
    return float(sum(spent) - spent.idle - getattr(spent, "iowait", 0.0))


def cpu_seconds(pid: int) -> float:
    """Of a process, of its children that are gone, and of those that live."""
    process = psutil.Process(pid)
    spent = process.cpu_times()
    gone = float(spent.children_user + spent.children_system)
    own = float(spent.user + spent.system) + gone
    for child in process.children():
        try:
            own += cpu_seconds(child.pid)
        except psutil.NoSuchProcess:
            continue  # it ended just now, and is counted with the gone ones next time
    return own


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def _wait(program: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while not is_ready(LOOPBACK, port):
        if program.poll() is not None or time.monotonic() > until:
            log = (folder / "up.log").read_text(errors="replace")
            raise RuntimeError(f"the service did not start:\n{log[-2000:]}")
        time.sleep(0.2)
