"""The worker: takes jobs from the queue, and fires what falls due.

PgQueuer hands out the jobs and takes back those of a dead worker; each is done in a
thread, because calls and the database block. A second thread sweeps the due work.
"""

import asyncio
import gc
import logging
import signal
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import psycopg
from pgqueuer.adapters.drivers.psycopg import PsycopgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.models import Job, TracebackRecord
from pgqueuer.domain.types import JOB_STATUS

from server import bootstrap, webhook_delivery
from server.settings import Settings
from workflows import depot as depots
from workflows import documents, due, jobs, messages
from workflows.depot import Depot
from workflows.model import DatabaseUnavailable
from workflows.ports import Connectors, DocumentsUnavailable
from workflows.store import pruning, schema
from workflows.store.session import Store
from workflows.world import World

THREADS = 10
# What falls due waits for the disk more than it computes, and a busy machine makes each
# of its statements wait: several at once are late no longer than one.
SWEEP_THREADS = 4
BATCH = 10
# Taken from the queue at a time by one worker; an entry counts until its end is written
# down, a batch or a tenth of a second later.
UNDER_WAY = 8 * BATCH
# A job whose worker is silent for this long is given to another one.
HEARTBEAT = timedelta(seconds=10)
IDLE_POLL = timedelta(seconds=5)
PAUSE_SECONDS = 1.0
STOP_SECONDS = 10.0
SWEEP_SECONDS = 0.5
MATCH_EVERY = 10  # sweeps
UPKEEP_EVERY = 7200  # sweeps: about an hour
SCAN_SECONDS = 15.0
PRUNE_EVERY = 240  # looks at documents: about an hour
DONE: JOB_STATUS = "successful"

log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished first."""
    # What start-up made lives as long as the process: never collected, never looked at.
    gc.freeze()
    threads = THREADS + SWEEP_THREADS + webhook_delivery.THREADS
    store = bootstrap.make_store(settings, pool_size=threads + 2)
    world = bootstrap.make_world(settings, store)
    connectors = bootstrap.make_connectors(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sweeper = threading.Thread(
        target=sweep, args=(store, world, settings, stop), name="due-work", daemon=True
    )
    depot = bootstrap.make_depot(settings)
    # A thread of its own: a scanner or bucket that is slow makes no deadline late.
    keeper = threading.Thread(
        target=keep_documents,
        args=(store, world, depot, stop),
        name="documents",
        daemon=True,
    )
    sweeper.start()
    keeper.start()
    webhook_delivery.start(store, world, settings, stop)
    try:
        asyncio.run(take_jobs(store, world, connectors, stop))
    finally:
        stop.set()
        sweeper.join(timeout=10)
        keeper.join(timeout=1)
        store.close()


async def take_jobs(
    store: Store, world: World, connectors: Connectors, stop: threading.Event
) -> None:
    """Take jobs until `stop`; a lost database is waited for."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="job") as threads:
        while not stop.is_set():
            try:
                await _take_until_lost(store, world, connectors, stop, threads)
            except (psycopg.OperationalError, FailingListenerError) as error:
                log.warning("the queue is lost, trying again: %s", type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)


class Entries(Queries):
    """PgQueuer's queue, where only a job that was done takes its entry away.

    An entry that failed, or was canceled because its worker ends, stays picked without
    a heartbeat, so that it is taken again; whether a job has failed, our tables say.
    """

    async def log_jobs(
        self, job_status: list[tuple[Job, JOB_STATUS, TracebackRecord | None]]
    ) -> None:
        await super().log_jobs([each for each in job_status if each[1] == DONE])


async def _take_until_lost(
    store: Store,
    world: World,
    connectors: Connectors,
    stop: threading.Event,
    threads: ThreadPoolExecutor,
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
        manager = QueueManager(Entries(driver))
        for queue in bootstrap.queues():
            manager.entrypoint(queue)(_taker(store, world, connectors, threads, stop))
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
        # It listens for a second at a time and does not always hear of the end.
        driver.shutdown.set()
        try:
            await asyncio.wait_for(running, STOP_SECONDS)
        except TimeoutError:
            log.warning("jobs under way were left to another worker")
    if not stop.is_set():
        raise psycopg.OperationalError("the queue's connection ended")


def _taker(
    store: Store,
    world: World,
    connectors: Connectors,
    threads: ThreadPoolExecutor,
    stop: threading.Event,
) -> Callable[[Job], Awaitable[None]]:
    async def take(job: Job) -> None:
        job_id = uuid.UUID(bytes=job.payload)
        loop = asyncio.get_running_loop()
        while True:
            try:
                await loop.run_in_executor(
                    threads, perform, store, world, connectors, job_id
                )
                return
            except DatabaseUnavailable as error:
                if stop.is_set():
                    raise RetryRequested(timedelta(seconds=PAUSE_SECONDS)) from error
            # A lost database is waited for here: the outside system repeats its
            # answer, and the case goes on sooner than by another worker.
            await asyncio.sleep(PAUSE_SECONDS)

    return take


def perform(
    store: Store, world: World, connectors: Connectors, job_id: uuid.UUID
) -> None:
    """One job; a fault of our own code becomes an incident, never a lost job."""
    try:
        jobs.perform(store, world, connectors, job_id)
    except DatabaseUnavailable:
        raise
    except Exception as error:
        log.exception("job %s failed by a fault of ours", job_id)
        jobs.crash(store, world, job_id, f"{type(error).__name__}: {error}")


@contextmanager
def _outlived(what: str) -> Iterator[None]:
    """Whatever happens in a turn of a loop, its next turn comes."""
    try:
        yield
    except (DatabaseUnavailable, DocumentsUnavailable) as error:
        log.warning("%s waits: %s", what, type(error).__name__)
    except Exception:
        # One bad row must not stop every deadline of the country.
        log.exception("%s failed; it goes on with the next turn", what)


def sweep(
    store: Store, world: World, settings: Settings, stop: threading.Event
) -> None:
    """Fire due work and match messages until `stop`; outlives a lost database."""
    turn, is_behind = 0, False
    with ThreadPoolExecutor(SWEEP_THREADS, thread_name_prefix="due-work") as threads:
        while not stop.is_set():
            started = time.monotonic()
            with _outlived("the sweep"):
                due.run(store, world, threads.map)
                if turn % MATCH_EVERY == 0:
                    messages.match(store, world)
                if is_behind or turn % UPKEEP_EVERY == 0:
                    is_behind = keep_up(store, world, settings)
            turn += 1
            stop.wait(max(0.05, SWEEP_SECONDS - (time.monotonic() - started)))


def keep_documents(
    store: Store, world: World, depot: Depot, stop: threading.Event
) -> None:
    """Scan what waits for it and drop what nothing refers to, until `stop`."""
    turn = 0
    while not stop.is_set():
        with _outlived("looking after documents"):
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
