"""One outside system that is slow or silent takes no other's share of a worker.

Each system has threads of its own, and one that fails again and again is left alone
until a single job may try it; see docs/decisions/0017.
"""

import logging
import os
import socket
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from server import bootstrap
from server.turns import outlived
from workflows import gates, job_claims
from workflows.gates import LeftAlone, Worker
from workflows.model import RasimError
from workflows.ports import BusinessError, Call, ConnectorFault, Connectors
from workflows.store.session import Store

# Entries that a worker holds of one system beyond those that its threads have: the next
# are at hand when one ends, and no more of them wait here than another could take.
AHEAD = 20
FAILURES = 5  # in a row: it is left alone
LOOK_SECONDS = 1.0
BEAT_EVERY = 5  # looks

log = logging.getLogger(__name__)


class NotNow(Exception):
    """The job goes back on the queue: its system is left alone, or the worker ends."""


class Gates:
    """What this worker may take and call at this moment; safe between threads."""

    def __init__(self, store: Store, calls_per_system: int) -> None:
        self.worker = Worker(uuid.uuid4(), socket.gethostname(), os.getpid())
        self.is_stopping = False
        self._store = store
        self._calls = calls_per_system
        self._lock = threading.Lock()
        self._left_alone = LeftAlone()
        self._probes: dict[str, float] = {}  # system: until when one job may try it
        self._held: Counter[str] = Counter()  # entries of the queue, by system
        self._running: Counter[str] = Counter()  # jobs in threads, by system
        self._done: Counter[str] = Counter()  # by type, since the last beat
        self._failures: Counter[str] = Counter()  # in a row, by system
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._thread = threading.local()  # probe: until when its job is one, or 0
        self.under_way: set[uuid.UUID] = set()

    def is_open(self, queue: str) -> bool:
        """Whether jobs of this queue may be done now."""
        system = bootstrap.system_of(queue)
        with self._lock:
            if queue in self._left_alone.types:
                return False
            return system not in self._left_alone.systems or system in self._probes

    def has_room(self, queue: str) -> bool:
        """Whether this worker may take more of them."""
        with self._lock:
            return self._held[bootstrap.system_of(queue)] < self._calls + AHEAD

    def submit(
        self, queue: str, work: Callable[..., None], *told: object
    ) -> Future[None]:
        """Have a thread of the queue's system do it; NotNow when the worker ends."""
        system = bootstrap.system_of(queue)
        with self._lock:
            if self.is_stopping:
                raise NotNow
            if system not in self._pools:
                name = f"job-{system}"
                self._pools[system] = ThreadPoolExecutor(self._calls, name)
            return self._pools[system].submit(work, queue, *told)

    @contextmanager
    def holding(self, queue: str) -> Iterator[None]:
        """An entry of the queue is ours."""
        system = bootstrap.system_of(queue)
        with self._lock:
            self._held[system] += 1
        try:
            yield
        finally:
            with self._lock:
                self._held[system] -= 1

    @contextmanager
    def doing(self, queue: str, job_id: uuid.UUID) -> Iterator[None]:
        """A thread does the job; NotNow where it should not begin.

        One that may try a silent system, and asks it nothing after all (what its entry
        wants is done already), leaves the try to the next.
        """
        system = bootstrap.system_of(queue)
        with self._lock:
            if self.is_stopping or queue in self._left_alone.types:
                raise NotNow
            probe = self._probes.pop(system, 0)
            if system in self._left_alone.systems and not probe:
                raise NotNow
            self._thread.probe = probe
            self._running[system] += 1
            self.under_way.add(job_id)
        try:
            yield
        finally:
            with self._lock:
                self._running[system] -= 1
                self.under_way.discard(job_id)
                if self._thread.probe:
                    self._probes[system] = self._thread.probe

    def answered(self, call_type: str) -> None:
        """The system answered: it is called as before."""
        system = bootstrap.system_of(call_type)
        with self._lock:
            self._failures[system] = 0
            self._done[call_type] += 1
            self._thread.probe = 0
            was_left_alone = system in self._left_alone.systems
        if was_left_alone:
            log.warning("%s answers again", system)
            gates.close_circuit(self._store, system)
            self._look()

    def failed(self, call_type: str, reason: str) -> None:
        """It did not; after some times in a row nobody calls it for a while."""
        system = bootstrap.system_of(call_type)
        with self._lock:
            self._failures[system] += 1
            is_probe = bool(getattr(self._thread, "probe", 0))
            self._thread.probe = 0
            is_known = system in self._left_alone.systems
            is_over = not is_known and self._failures[system] >= FAILURES
        if is_probe or is_over:
            log.warning("%s is left alone for a while: %s", system, reason)
            gates.open_circuit(self._store, system, reason, is_probe=is_probe)
            self._look()

    def firing(self, ids: Sequence[uuid.UUID]) -> None:
        gates.firing(self._store, self.worker, ids)

    def begin(self) -> None:
        """Say that we live, and see who has died here; before anything is taken."""
        self._beat()
        gates.bury(self._store, self.worker, _lives)
        self._look()

    def put_back(self) -> None:
        """What we held when the queue was lost goes back on it, but what still runs."""
        with self._lock:
            kept = self.under_way.copy()
        job_claims.put_back(self._store, self.worker.id, kept)

    def watch(self, stop: threading.Event) -> None:
        """Say that we live and see what is left alone, until `stop`."""
        turn = 0
        while not stop.wait(LOOK_SECONDS):
            turn += 1
            with outlived("the look at what is left alone"):
                self._look()
                if turn % BEAT_EVERY == 0 or self.is_stopping:
                    self._beat()
                    gates.bury(self._store, self.worker, _lives)

    def leave(self) -> None:
        """Take our name off the list; what was done is counted first."""
        self._beat()
        gates.leave(self._store, self.worker)

    def stop_taking(self) -> None:
        """Nothing begins any more: what waits for a thread goes back on the queue."""
        with self._lock:
            self.is_stopping = True
            pools = list(self._pools.values())
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)

    def _beat(self) -> None:
        with self._lock:
            done, self._done = self._done, Counter()
            running = {each: count for each, count in self._running.items() if count}
        try:
            gates.beat(
                self._store, self.worker, running, done, is_stopping=self.is_stopping
            )
        except BaseException:
            with self._lock:
                self._done.update(done)
            raise

    def _look(self) -> None:
        left_alone = gates.look(self._store)
        now = time.monotonic()
        won = {
            system: now + gates.PROBE_LEASE_SECONDS
            for system, may_be_tried in left_alone.systems.items()
            if may_be_tried and gates.may_probe(self._store, system)
        }
        with self._lock:
            for system in self._left_alone.systems.keys() - left_alone.systems.keys():
                # Another worker may have heard the answer: our faults were before it.
                self._failures[system] = 0
            self._left_alone = left_alone
            kept = {
                system: until
                for system, until in self._probes.items()
                if system in left_alone.systems and until > now
            }
            self._probes = kept | won


class Guarded:
    """Connectors that tell the gates what became of each call.

    A question that was refused as wrong (ConnectorRefusal) says nothing of the system.
    """

    def __init__(self, connectors: Connectors, gates_: Gates) -> None:
        self._connectors = connectors
        self._gates = gates_

    def types(self) -> frozenset[str]:
        return self._connectors.types()

    def call(self, call: Call) -> dict[str, Any]:
        try:
            answer = self._connectors.call(call)
        except ConnectorFault as fault:
            self._tell(self._gates.failed, call.type, str(fault))
            raise
        except BusinessError:
            self._tell(self._gates.answered, call.type)
            raise
        self._tell(self._gates.answered, call.type)
        return answer

    def _tell(self, what: Any, *told: str) -> None:
        """The answer is worth more than what the gates make of it."""
        try:
            what(*told)
        except RasimError as error:
            log.warning("an answer was not counted: %s", type(error).__name__)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it is another user's
    return True
