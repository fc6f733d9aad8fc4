"""The worker: takes jobs from the queue, and fires what falls due.

PgQueuer hands out the jobs and takes back those of a dead worker; each is done in a
thread, because calls and the database block. A second thread sweeps the due work.
"""

import asyncio
import gc
import logging
import os
import signal
import threading
import time
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import psycopg
from pgqueuer.adapters.drivers.psycopg import PsycopgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.models import Job, TracebackRecord
from pgqueuer.domain.types import JOB_STATUS, QueueEntrypoint, QueueManagerId
from pgqueuer.ports.repository import EntrypointExecutionParameter

from server import bootstrap, webhook_delivery
from server.bulkheads import Gates, Guarded, NotNow
from server.settings import Settings
from server.turns import outlived
from workflows import depot as depots
from workflows import documents, due, job_claims, jobs, messages
from workflows.depot import Depot
from workflows.model import DatabaseUnavailable
from workflows.ports import Connectors
from workflows.store import pruning, schema
from workflows.store.session import Store
from workflows.world import World

THREADS = 10
# What falls due waits for the disk more than it computes, and a busy machine makes each
# of its statements wait: several at once are late no longer than one.
SWEEP_THREADS = 4
BATCH = 10
# Taken from the queue at a time by one worker, of all systems; an entry counts until
# its end is written down, a batch or a tenth of a second later.
UNDER_WAY = 20 * BATCH
# What was left alone is taken again without a word on the queue: so often it looks.
LEFT_ALONE_POLL = timedelta(seconds=1)
# A job whose worker is silent for this long is given to another one.
HEARTBEAT = timedelta(seconds=10)
IDLE_POLL = timedelta(seconds=5)
PAUSE_SECONDS = 1.0
LAST_SECONDS = 3.0  # for the queue itself and the sweep, after the jobs
SWEEP_SECONDS = 0.5
# However much is due, messages and upkeep have their turn.
LONGEST_SWEEP_SECONDS = 5.0
MATCH_SECONDS = 5.0
UPKEEP_SECONDS = 3600.0
UPKEEP_AGAIN_SECONDS = 1.0  # where there is more, or it failed
SCAN_SECONDS = 15.0
PRUNE_EVERY = 240  # looks at documents: about an hour
DONE: JOB_STATUS = "successful"

log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, then end the process.

    What is under way has `stop_seconds` to finish.
    """
    # What start-up made lives as long as the process: never collected, never looked at.
    gc.freeze()
    connections = THREADS + SWEEP_THREADS + webhook_delivery.CONNECTIONS
    store = bootstrap.make_store(settings, pool_size=connections + 2)
    world = bootstrap.make_world(settings, store)
    gates = Gates(store, settings.calls_per_system)
    connectors = Guarded(bootstrap.make_connectors(settings), gates)
    stop, ended = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _begin(gates, stop)
    sweeper = _thread("due-work", sweep, store, world, settings, stop, gates)
    # A thread of its own: a scanner or bucket that is slow makes no deadline late.
    depot = bootstrap.make_depot(settings)
    keeper = _thread("documents", keep_documents, store, world, depot, stop)
    watcher = _thread("gates", gates.watch, ended)
    webhook_delivery.start(store, world, settings, stop)
    try:
        asyncio.run(
            take_jobs(store, world, connectors, stop, gates, settings.stop_seconds)
        )
    finally:
        stop.set()
        ended.set()
        sweeper.join(timeout=LAST_SECONDS)
        keeper.join(timeout=1)
        watcher.join(timeout=1)  # else it might tell that we live when we do not
        _end(store, gates)
    logging.shutdown()
    os._exit(0)  # calls that are still waited for would hold us, however long they take


def _thread(name: str, work: Callable[..., None], *told: object) -> threading.Thread:
    started = threading.Thread(target=work, args=told, name=name, daemon=True)
    started.start()
    return started


def _begin(gates: Gates, stop: threading.Event) -> None:
    """Nothing is taken before it is known what is left alone, and who died of what."""
    while not stop.is_set():
        try:
            return gates.begin()
        except DatabaseUnavailable as error:
            log.warning("the database is waited for: %s", type(error).__name__)
            stop.wait(PAUSE_SECONDS)


def _end(store: Store, gates: Gates) -> None:
    """Jobs that do not end in time are another worker's, and none of its deaths."""
    left = gates.under_way.copy()
    with outlived("giving back what is left"):
        job_claims.give_back(store, left)
        gates.leave()
    if left:
        log.warning("%s jobs under way were left to another worker", len(left))
    store.close()


async def take_jobs(
    store: Store,
    world: World,
    connectors: Connectors,
    stop: threading.Event,
    gates: Gates,
    stop_seconds: float,
) -> None:
    """Take jobs until `stop`; a lost database is waited for."""
    take = _taker(store, world, connectors, stop, gates)
    while not stop.is_set():
        with outlived("putting back what was held"):
            gates.put_back()
        try:
            await _take_until_lost(store, take, stop, gates, stop_seconds)
        except (psycopg.OperationalError, FailingListenerError) as error:
            log.warning("the queue is lost, trying again: %s", type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)


class Entries(Queries):
    """PgQueuer's queue, where only a job that was done takes its entry away.

    An entry that failed, or was canceled because its worker ends, stays picked without
    a heartbeat, so that it is taken again; whether a job has failed, our tables say.
    Entries that the gates keep back stay where they are.
    """

    gates: Gates | None = None

    async def log_jobs(
        self, job_status: list[tuple[Job, JOB_STATUS, TracebackRecord | None]]
    ) -> None:
        await super().log_jobs([each for each in job_status if each[1] == DONE])

    async def dequeue(
        self,
        batch_size: int,
        entrypoints: dict[QueueEntrypoint, EntrypointExecutionParameter],
        queue_manager_id: QueueManagerId,
        global_concurrency_limit: int | None,
        heartbeat_timeout: timedelta,
    ) -> list[Job]:
        if self.gates is not None:
            entrypoints = {
                queue: how
                for queue, how in entrypoints.items()
                if self.gates.is_open(queue) and self.gates.has_room(queue)
            }
        if not entrypoints:
            return []
        return await super().dequeue(
            batch_size,
            entrypoints,
            queue_manager_id,
            global_concurrency_limit,
            heartbeat_timeout,
        )

    async def eligible_queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        return await super().eligible_queued_work(self._opened(entrypoints))

    async def queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        return await super().queued_work(self._opened(entrypoints))

    async def next_deferred_eta(
        self, entrypoints: list[QueueEntrypoint]
    ) -> timedelta | None:
        opened = self._opened(entrypoints)
        eta = await super().next_deferred_eta(opened)
        if len(opened) == len(entrypoints):
            return eta
        return LEFT_ALONE_POLL if eta is None else min(eta, LEFT_ALONE_POLL)

    def _opened(self, entrypoints: list[QueueEntrypoint]) -> list[QueueEntrypoint]:
        if self.gates is None:
            return entrypoints
        return [queue for queue in entrypoints if self.gates.is_open(queue)]


async def _take_until_lost(
    store: Store,
    take: Callable[[Job], Awaitable[None]],
    stop: threading.Event,
    gates: Gates,
    stop_seconds: float,
) -> None:
    # Parts, not a URL: SQLAlchemy writes a space in a socket's path as "+", libpq does
    # not read it so.
    _, parts = store.engine.dialect.create_connect_args(store.engine.url)
    # Nothing here waits for the disk: jobs come onto the queue by other connections,
    # and an entry that a power cut brings back is found done.
    parts["options"] = "-c synchronous_commit=off"
    connection = await psycopg.AsyncConnection.connect(autocommit=True, **parts)
    async with connection:
        driver = PsycopgDriver(connection)
        entries = Entries(driver)
        entries.gates = gates
        manager = QueueManager(entries)
        manager.queue_manager_id = QueueManagerId(gates.worker.id)
        for queue in bootstrap.queues():
            manager.entrypoint(queue)(take)
        running = asyncio.create_task(
            manager.run(
                dequeue_timeout=IDLE_POLL,
                batch_size=BATCH,
                max_concurrent_tasks=UNDER_WAY,
                heartbeat_timeout=HEARTBEAT,
                shutdown_on_listener_failure=True,
            )
        )
        while not (running.done() or stop.is_set() or connection.closed):
            await asyncio.sleep(0.1)
        manager.shutdown.set()
        if stop.is_set():
            gates.stop_taking()
            await _finished(gates, stop_seconds)
        # It listens for a second at a time and does not always hear of the end.
        driver.shutdown.set()
        try:
            await asyncio.wait_for(running, LAST_SECONDS)
        except TimeoutError:
            log.warning("the queue did not end in time")
    if not stop.is_set():
        raise psycopg.OperationalError("the queue's connection ended")


async def _finished(gates: Gates, seconds: float) -> None:
    """What is under way has so long."""
    until = time.monotonic() + seconds
    while gates.under_way and time.monotonic() < until:
        await asyncio.sleep(0.05)


def _taker(
    store: Store,
    world: World,
    connectors: Connectors,
    stop: threading.Event,
    gates: Gates,
) -> Callable[[Job], Awaitable[None]]:
    def do(queue: str, job_id: uuid.UUID, is_again: bool) -> None:
        with gates.doing(queue, job_id):
            perform(store, world, connectors, job_id, is_again=is_again)

    async def take(job: Job) -> None:
        queue, job_id = str(job.entrypoint), uuid.UUID(bytes=job.payload)
        is_again = False
        with gates.holding(queue):
            while True:
                try:
                    return await _done(gates.submit(queue, do, job_id, is_again))
                except DatabaseUnavailable as error:
                    if stop.is_set():
                        raise RetryRequested(LEFT_ALONE_POLL) from error
                except NotNow as error:
                    if is_again:  # it is ours still, and nobody died of it
                        with outlived("giving back a job"):
                            await asyncio.to_thread(
                                job_claims.give_back, store, [job_id]
                            )
                    pause = timedelta(0) if stop.is_set() else LEFT_ALONE_POLL
                    raise RetryRequested(pause) from error
                # A lost database is waited for here: the outside system repeats its
                # answer, and the case goes on sooner than by another worker.
                await asyncio.sleep(PAUSE_SECONDS)
                is_again = True

    return take


async def _done(doing: Future[None]) -> None:
    """Wait for a thread; NotNow when it did not begin before the worker's end."""
    try:
        await asyncio.wrap_future(doing)
    except asyncio.CancelledError:
        if doing.cancelled():
            raise NotNow from None
        raise


def perform(
    store: Store,
    world: World,
    connectors: Connectors,
    job_id: uuid.UUID,
    *,
    is_again: bool = False,
) -> None:
    """One job; a fault of our own code becomes an incident, never a lost job."""
    try:
        jobs.perform(store, world, connectors, job_id, is_again=is_again)
    except DatabaseUnavailable:
        raise
    except Exception as error:
        log.exception("job %s failed by a fault of ours", job_id)
        jobs.crash(store, world, job_id, f"{type(error).__name__}: {error}")


def sweep(
    store: Store,
    world: World,
    settings: Settings,
    stop: threading.Event,
    gates: Gates | None = None,
) -> None:
    """Fire due work and match messages until `stop`; outlives a lost database."""
    match_at = keep_at = time.monotonic()
    about = gates.firing if gates else None
    with ThreadPoolExecutor(SWEEP_THREADS, thread_name_prefix="due-work") as threads:
        while not stop.is_set():
            started = time.monotonic()
            with outlived("the sweep"):
                due.run(store, world, threads.map, about, LONGEST_SWEEP_SECONDS)
                if started >= match_at:
                    match_at = started + MATCH_SECONDS
                    messages.match(store, world, about)
                if started >= keep_at:
                    keep_at = started + UPKEEP_AGAIN_SECONDS
                    if not keep_up(store, world, settings):  # there is no more
                        keep_at = started + UPKEEP_SECONDS
            stop.wait(max(0.05, SWEEP_SECONDS - (time.monotonic() - started)))


def keep_documents(
    store: Store, world: World, depot: Depot, stop: threading.Event
) -> None:
    """Scan what waits for it and drop what nothing refers to, until `stop`."""
    turn = 0
    while not stop.is_set():
        with outlived("looking after documents"):
            for sha256 in depots.look_at_waiting(store, depot, world.clock):
                documents.tell_infected(store, world, sha256)
            if turn % PRUNE_EVERY == 0:
                depots.prune(store, depot, world.clock.now())
        turn += 1
        stop.wait(SCAN_SECONDS)


def keep_up(store: Store, world: World, settings: Settings) -> bool:
    """Make room for the events to come, drop what is kept long enough; is there more?

    A little at a time: what is due meanwhile must not wait.
    """
    now = world.clock.now()
    with store.transaction() as tx:
        schema.make_partitions(tx, now)
    return pruning.prune(
        store,
        now,
        queue_log_days=settings.queue_log_days,
        idempotency_days=settings.idempotency_days,
    )
