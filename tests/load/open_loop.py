"""`make load`: what clerks and parents do, for ten minutes at half of what is possible.

First the most that the service does is looked for, with more and more callers who each
wait for their answer. Then calls come at half of that rate by a fixed timetable,
whether those before are answered or not; each is counted from the moment at which it
was due.
RASIM_LOAD_SECONDS makes it shorter. It is an error if a promise falls short.
"""

import os
import sys
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psutil  # type: ignore[import-untyped]  # it has none
import psycopg

from tests.load import bench, service
from tests.load.cast import Cast, cast_in
from tests.load.deeds import Deeds
from tests.load.flatness import Flatness
from tests.load.promises import Findings, at, milliseconds

SECONDS = float(os.environ.get("RASIM_LOAD_SECONDS", "600"))
ANSWERED_MS = 60.0  # at most, p95
SHARE = 0.5  # of the most that was measured
CALLERS = (1, 2, 4, 6)  # each is tried so long, and until the workers are done
LEVEL_SECONDS = 10.0
DRAIN_SECONDS = 120.0
BACKLOG = 60  # cases that wait for a clerk when it begins
THREADS = 48  # calls that may wait for an answer at once
LOOK_SECONDS = 2.0
TOLD_ERRORS = 5
OPEN_JOBS = "SELECT count(*) FROM jobs WHERE state IN ('todo', 'doing')"


@dataclass
class Seen:
    """What became of the calls of one stretch of time."""

    spent: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    late: list[float] = field(default_factory=list)  # until a call was sent at all
    errors: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def calls(self) -> int:
        return len(self.all)

    @property
    def all(self) -> list[float]:
        return [one for each in self.spent.values() for one in each]

    def do(self, deeds: Deeds, due: float | None = None) -> None:
        """One call, counted from `due`, or from now."""
        sent = time.perf_counter()
        due = sent if due is None else due
        try:
            what = deeds.next()
        except (RuntimeError, OSError) as error:
            with self._lock:
                self.errors[str(error)[:200]] += 1
            return
        with self._lock:
            self.spent[what].append(time.perf_counter() - due)
            self.late.append(sent - due)


def main() -> None:
    found = Findings()
    with (
        bench.server() as (postgres, folder),
        service.running(folder, postgres.url, postgres.pid or 0) as running,
        psycopg.connect(postgres.url, autocommit=True) as database,
    ):
        cast = cast_in(postgres, folder, running.url)
        deeds = _ready(cast, database)
        found.part(f"open loop: {service.PROCESSES}")
        found.told(f"load of the machine before: {psutil.getloadavg()[0]:.1f}")
        most = _most(found, deeds, database)
        rate = most * SHARE
        _say(f"{rate:.1f} calls a second for {SECONDS:.0f} s")
        flat = Flatness(running, postgres.url)
        busy = service.machine_seconds(), running.cpu_seconds()
        seen = _by_timetable(deeds, rate, flat)
        _tell_cpu(found, running, *busy)
        _judge(found, seen, rate)
        flat.judge(found)
        left = _drained(database)
        found.true("workers are done with what was filed", left == 0)
    found.show()
    if found.short:
        raise SystemExit(f"falls short: {'; '.join(found.short)}")


def _ready(cast: Cast, database: psycopg.Connection[Any]) -> Deeds:
    """Cases that wait for a clerk, so that there is something to do at once."""
    deeds = Deeds(cast)
    _say("the first cases")
    for _ in range(BACKLOG):
        deeds.start()
    _drained(database)
    return deeds


def _most(found: Findings, deeds: Deeds, database: psycopg.Connection[Any]) -> float:
    """Calls a second, of the best number of callers; the workers' part is in it."""
    rates: list[float] = []
    for callers in CALLERS:
        _say(f"{callers} callers who wait")
        seen, began = Seen(), time.perf_counter()

        def call(seen: Seen = seen, until: float = began + LEVEL_SECONDS) -> None:
            while time.perf_counter() < until:
                seen.do(deeds)

        with ThreadPoolExecutor(callers) as pool:
            for each in [pool.submit(call) for _ in range(callers)]:
                each.result()
        left = _drained(database)
        if left or seen.errors:
            raise SystemExit(f"{left} jobs are left, errors: {seen.errors}")
        rates.append(seen.calls / (time.perf_counter() - began))
        p95 = milliseconds(at(seen.all, 0.95))
        found.told(f"{callers} callers: {rates[-1]:.1f} calls a second, p95 {p95}")
    return max(rates)


def _by_timetable(deeds: Deeds, rate: float, flat: Flatness) -> Seen:
    seen, began = Seen(), time.perf_counter()
    stop = threading.Event()
    looking = threading.Thread(target=flat.look_until, args=(stop, LOOK_SECONDS))
    looking.start()
    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(int(rate * SECONDS)):
            due = began + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            pool.submit(seen.do, deeds, due)
    stop.set()
    looking.join()
    return seen


def _judge(found: Findings, seen: Seen, rate: float) -> None:
    for what, spent in sorted(seen.spent.items()):
        p50, p95, p99 = (milliseconds(at(spent, share)) for share in (0.5, 0.95, 0.99))
        found.told(f"{what}: {len(spent)} calls, p50 {p50}, p95 {p95}, p99 {p99}")
    late = milliseconds(at(seen.late, 0.95))
    found.told(f"a call was sent late by (p95): {late}; that is counted, too")
    name = f"{rate:.1f} calls/s for {SECONDS:.0f} s, p95 of {seen.calls}"
    found.most(name, at(seen.all, 0.95) * 1000, ANSWERED_MS, " ms")
    found.most("errors", seen.errors.total(), 0)
    for error, count in seen.errors.most_common(TOLD_ERRORS):
        found.told(f"{count} x {error}")


def _tell_cpu(
    found: Findings,
    running: service.Service,
    machine: float,
    before: dict[str, float],
) -> None:
    """Whose the processor was: others on the machine make every answer later."""
    spent = {
        kind: seconds - before[kind] for kind, seconds in running.cpu_seconds().items()
    }
    all_ = service.machine_seconds() - machine
    own = sum(spent.values())
    told = ", ".join(f"{kind} {seconds:.0f}" for kind, seconds in spent.items())
    found.told(f"seconds of CPU: {told}; driver and others {all_ - own:.0f}")


def _drained(database: psycopg.Connection[Any]) -> int:
    """Wait for the workers; how many jobs are open still."""
    until = time.monotonic() + DRAIN_SECONDS
    while left := int((database.execute(OPEN_JOBS).fetchone() or (0,))[0]):
        if time.monotonic() > until:
            break
        time.sleep(0.1)
    return left


def _say(line: str) -> None:
    sys.stderr.write(f"load: {line} ...\n")


if __name__ == "__main__":
    main()
