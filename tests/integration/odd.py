"""Workers in processes of their own, told what happens around them."""

import json
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.integration import odd_worker

PATIENCE_SECONDS = 120.0
THREADS = 4  # of one system
# A worker takes seconds to load: one program loads it once and is forked.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([odd_worker.__name__])


class Worker:
    """A worker's process."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    def ended(self) -> int | None:
        """What its exit says; None while it lives."""
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join(PATIENCE_SECONDS)
        return self.ended()

    def stop(self) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, signal.SIGTERM)


class Odd:
    """The plan that workers read, what they did, and how they are run."""

    def __init__(self, database_url: str, data: Path) -> None:
        self.plan = data / "plan.json"
        self.environment = {
            "DATABASE_URL": database_url,
            "RASIM_DATA": str(data),
            "RASIM_CALLS_PER_SYSTEM": str(THREADS),
        }
        self.tell()

    def tell(self, **plan: str) -> None:
        fresh = self.plan.with_suffix(".new")
        fresh.write_text(
            json.dumps({name.replace("__", "."): how for name, how in plan.items()})
        )
        fresh.replace(self.plan)

    def calls(self) -> Counter[str]:
        """How often each job was called for."""
        told = self.plan.with_suffix(".calls")
        lines = told.read_text().splitlines() if told.exists() else []
        return Counter(one.split()[1] for one in lines)

    def is_stopping(self) -> bool:
        """Whether a worker has heard that it shall end."""
        return self.plan.with_suffix(".stopping").exists()

    @contextmanager
    def running(self, **settings: str) -> Iterator[Worker]:
        told: Mapping[str, str] = {**os.environ, **self.environment, **settings}
        process = FORKS.Process(target=odd_worker.main, args=(self.plan, told))
        process.start()
        try:
            yield Worker(process)
        finally:
            process.kill()
            process.join(PATIENCE_SECONDS)

    def die(self) -> None:
        """Run until it ends by itself, as by a kill."""
        with self.running() as worker:
            assert worker.wait() == odd_worker.ENDED
