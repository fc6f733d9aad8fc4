"""Whether memory and connections stay what they are, however long it takes."""

import threading
import time
from collections import defaultdict
from collections.abc import Sequence

import psutil  # type: ignore[import-untyped]  # it has none
import psycopg

from server import bootstrap, webhook_delivery, worker
from tests.load import service
from tests.load.promises import Findings

GROWTH = 0.02  # of a kind's memory in the second half, at most
LONG_SECONDS = 300.0  # before that, a process still fills its caches
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
OWN = 2  # of this program
OVERFLOW = 2  # more than its size that a pool may open
MIB = 1024 * 1024


class Flatness:
    """Looks at a running service now and then."""

    def __init__(self, running: service.Service, database_url: str) -> None:
        self._running = running
        self._url = database_url
        self._at: list[float] = []
        self._bytes: dict[str, list[int]] = defaultdict(list)
        self._connections: list[int] = []

    def look_until(self, stop: threading.Event, every_seconds: float) -> None:
        with psycopg.connect(self._url, autocommit=True) as database:
            while not stop.wait(every_seconds):
                self._at.append(time.monotonic())
                for kind, pid in self._running.roots.items():
                    if kind == "web" or kind.startswith("worker"):
                        self._bytes[kind].append(resident(pid))
                (count,) = database.execute(CONNECTIONS).fetchone() or (0,)
                self._connections.append(count)

    def judge(self, found: Findings) -> None:
        """A run that is too short to tell is told, and promises nothing."""
        half = len(self._at) // 2
        at = self._at[half:]
        is_long = self._at[-1] - self._at[0] >= LONG_SECONDS
        for kind, seen in self._bytes.items():
            grown = growth(at, seen[half:])
            first, last = seen[half] / MIB, seen[-1] / MIB
            told = f"memory of {kind}: {first:.0f} MiB, then {last:.0f}"
            if is_long:
                found.most(f"{told}; grew", 100 * grown, 100 * GROWTH, " %")
            else:
                found.told(f"{told}; grew {100 * grown:.1f} % in the second half")
        found.most("database connections", max(self._connections), pooled() + OWN)


def pooled() -> int:
    """The connections that all pools of the service may open together."""
    told = {name: int(value) for name, value in service.PROCESSES.items()}
    web = told["RASIM_WEB_THREADS"] + bootstrap.SPARE_CONNECTIONS + OVERFLOW
    threads = worker.THREADS + worker.SWEEP_THREADS + webhook_delivery.CONNECTIONS
    queue = 1
    working = threads + 2 + OVERFLOW + queue
    return told["RASIM_WEB_PROCESSES"] * web + told["RASIM_WORKERS"] * working


def resident(root: int) -> int:
    """Bytes of a process and all below it, what they share counted for each."""
    total = 0
    for process in [psutil.Process(root), *psutil.Process(root).children(True)]:
        try:
            total += int(process.memory_info().rss)
        except psutil.NoSuchProcess:
            continue  # it has just ended
    return total


def growth(at: Sequence[float], seen: Sequence[int]) -> float:
    """By how much a straight line through what was seen rises, of where it begins."""
    middle, level = sum(at) / len(at), sum(seen) / len(seen)
    spread = sum((moment - middle) ** 2 for moment in at)
    both = zip(at, seen, strict=True)
    slope = sum((moment - middle) * (size - level) for moment, size in both) / spread
    first = level + slope * (at[0] - middle)
    return slope * (at[-1] - at[0]) / first
