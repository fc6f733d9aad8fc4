"""Keeps programs alive: starts them, restarts what dies, stops all of them in order."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from server.leash import Leash
from workflows.model import RasimError

LOOK_SECONDS = 0.1
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
STEADY_SECONDS = 10.0  # who lived this long is not in a loop of crashes
STOP_SECONDS = 15.0  # what RASIM_STOP_SECONDS is where it is not said
PATIENCE_SECONDS = 10.0  # beyond it
LAST_WORDS_SECONDS = 2.0
EARLY_DEATHS = 5

log = logging.getLogger(__name__)


class StartFailed(RasimError):
    """{name} did not start; its messages are above."""


class Stopped(RasimError):
    """Rásim was told to stop."""


class Service(Protocol):
    """Something that should run until it is told to stop."""

    @property
    def pid(self) -> int | None: ...

    def start(self) -> object: ...

    def is_running(self) -> bool: ...

    def stop(self) -> None: ...


class Program:
    """A program of ours as a service: on a leash, its output marked with its name."""

    def __init__(
        self, name: str, command: list[str], environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.command = command
        self.environment = dict(environment)
        self.process: subprocess.Popen[str] | None = None
        self.reader: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def start(self) -> None:
        self._sweep()
        # SIGKILL: what a worker holds in memory may be lost at any moment anyway.
        self.process = subprocess.Popen(
            Leash().hold(self.command),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        arguments = (self.name, self.process.stdout)
        self.reader = threading.Thread(target=pass_on, args=arguments, daemon=True)
        self.reader.start()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.process and self.is_running():
            self.process.terminate()

    def stop(self) -> None:
        if self.process is None:
            return
        self.ask_to_stop()
        told = float(self.environment.get("RASIM_STOP_SECONDS") or STOP_SECONDS)
        seconds = told + PATIENCE_SECONDS
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop in %g s: killed", self.name, seconds)
            self.process.kill()
            self.process.wait()
        self._sweep()
        if self.reader is not None:
            self.reader.join(LAST_WORDS_SECONDS)

    def _sweep(self) -> None:
        """End what a dead process left of its group: web workers keep its port."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # nobody is left


@dataclass
class Watched:
    name: str
    service: Service
    started_at: float = field(default_factory=time.monotonic)
    deaths: int = 0  # in a row
    back_at: float | None = None  # when to restart it; None while it runs

    def pause_seconds(self) -> float:
        longer = FIRST_PAUSE_SECONDS * float(2**self.deaths)
        return min(longer, LONGEST_PAUSE_SECONDS)


class Supervisor:
    """Runs in the main thread of its process.

    `register` gets {name: pid} as JSON, `say` a line for every change of state.
    """

    def __init__(self, register: Path, say: Callable[[str], None]) -> None:
        self.register = register
        self.say = say
        self.watched: list[Watched] = []
        self.stopping = False
        self._registered: dict[str, int] | None = None
        self.settled = False  # before that, a service that keeps dying ends us

    def take_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)

    def _told_to_stop(self, _number: int, _frame: object) -> None:
        self.stopping = True

    def add(self, name: str, service: Service) -> None:
        """Start it now and keep it running; an error of this first start is raised."""
        if self.stopping:
            raise Stopped
        service.start()
        self.watched.append(Watched(name, service))
        begun = f"started (process {service.pid})" if service.pid else "waits"
        self.say(f"{name}: {begun}")
        self._write_register()

    def once(self, program: Program) -> None:
        """Run a program to its end; StartFailed unless it ends well."""
        program.start()
        try:
            self.wait(lambda: not program.is_running())
        finally:
            program.stop()
        if program.process is None or program.process.returncode:
            raise StartFailed(name=program.name)

    def wait(self, done: Callable[[], bool], seconds: float = float("inf")) -> bool:
        """Keep all alive until `done`, False when time is up; Stopped when told to."""
        until = time.monotonic() + seconds
        while not self.stopping:
            self.look()
            if done():
                return True
            if time.monotonic() > until:
                return False
            time.sleep(LOOK_SECONDS)
        raise Stopped

    def look(self) -> None:
        """See who died, and bring back those whose pause is over."""
        now = time.monotonic()
        for each in self.watched:
            if each.back_at is not None:
                if now >= each.back_at:
                    self._restart(each)
            elif not each.service.is_running():
                self._note_death(each, now)
        self._write_register()

    def stop(self) -> None:
        """Last started, first stopped. Programs are asked together, to stop sooner."""
        for each in reversed(self.watched):
            if isinstance(each.service, Program):
                each.service.ask_to_stop()
        while self.watched:
            each = self.watched.pop()
            each.service.stop()
            self.say(f"{each.name}: stopped")
        self.register.unlink(missing_ok=True)

    def _note_death(self, each: Watched, now: float) -> None:
        each.deaths = 0 if now - each.started_at > STEADY_SECONDS else each.deaths + 1
        pause = each.pause_seconds()
        each.back_at = now + pause
        self.say(f"{each.name}: died, back in {pause:.1f} s")
        if each.deaths >= EARLY_DEATHS and not self.settled:
            raise StartFailed(name=each.name)

    def _restart(self, each: Watched) -> None:
        try:
            each.service.start()
        except RasimError as error:
            each.deaths += 1
            each.back_at = time.monotonic() + each.pause_seconds()
            self.say(f"{each.name}: {error}")
            return
        each.started_at, each.back_at = time.monotonic(), None
        self.say(f"{each.name}: restarted (process {each.service.pid})")
        self._write_register()

    def _write_register(self) -> None:
        found = ((each.name, each.service.pid) for each in self.watched)
        pids = {name: pid for name, pid in found if pid is not None}
        if pids == self._registered:
            return
        self._registered = pids
        fresh = self.register.with_suffix(".new")
        fresh.write_text(json.dumps(pids, indent=2) + "\n")
        fresh.replace(self.register)


def pass_on(name: str, lines: IO[str]) -> None:
    """Copy a program's output line by line, each with its name in front."""
    with lines:
        for line in lines:
            tell(f"{name}: {line.rstrip()}")


def tell(line: str) -> None:
    """One line on standard output; a reader who has gone away stops nobody."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        pass
