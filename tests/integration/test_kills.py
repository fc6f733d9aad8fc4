"""What a kill leaves behind, and how the service goes on; many at once: tests/chaos."""

import asyncio
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from pgqueuer.adapters.drivers.psycopg import PsycopgDriver
from pgqueuer.domain.types import JOB_STATUS, QueueEntrypoint, QueueManagerId
from pgqueuer.ports.repository import EntrypointExecutionParameter

from integrations.people import Story
from integrations.simulators import build, serving
from integrations.simulators.app import Simulators
from integrations.simulators.faults import Fault, Mode
from server import bootstrap
from server.worker import HEARTBEAT, Entries
from tests.integration.conftest import SCHOOL
from tests.integration.desk import Desk, answers
from workflows import due, instances, jobs
from workflows.model import DatabaseUnavailable
from workflows.people import Caller
from workflows.ports import Call, ConnectorFault, SystemClock
from workflows.store.prepared import Prepared, driver_of
from workflows.store.queue import enqueue
from workflows.store.session import Store
from workflows.store.tables import (
    due_work,
    incidents,
    message_subscriptions,
    process_instances,
)
from workflows.world import World

pytestmark = pytest.mark.usefixtures("admission")

PATIENCE_SECONDS = 30.0


class Killed(BaseException):
    """A worker that is no more: nothing of ours may catch it."""


def test_a_killed_workers_entry_does_not_cut_a_jobs_pause_short(desk: Desk) -> None:
    desk.outside.answers["nobd.preschool"] = _fault
    case = desk.apply()
    (job,) = desk.waiting(case)
    jobs.perform(desk.store, desk.world, desk.outside, job)

    # Killed before it could tell the queue: the entry is given to another worker.
    jobs.perform(desk.store, desk.world, desk.outside, job)
    calls = len(desk.outside.calls)
    desk.outside.answers = answers()
    desk.clock.advance(seconds=5)
    due.run(desk.store, desk.world)
    desk.work(case)

    assert calls == 1
    assert desk.task(case).element_id == "decide"
    assert _count(desk.store, incidents, case) == 0


def test_a_killed_workers_job_goes_on_when_its_case_is_resumed(desk: Desk) -> None:
    desk.outside.answers["nobd.preschool"] = _killed
    case = desk.apply()
    (job,) = desk.waiting(case)
    with pytest.raises(Killed):
        jobs.perform(desk.store, desk.world, desk.outside, job)
    _steer(desk, instances.suspend, case)
    desk.outside.answers = answers()
    # A worker finds the stale entry and leaves the suspended case alone: it goes.
    jobs.perform(desk.store, desk.world, desk.outside, job)
    with desk.store.transaction() as tx:
        tx.execute(sa.text("DELETE FROM pgqueuer"))

    _steer(desk, instances.resume, case)

    with desk.store.transaction() as tx:
        queued = tx.scalars(sa.text("SELECT payload FROM pgqueuer")).all()
    assert [uuid.UUID(bytes=payload) for payload in queued] == [job]
    jobs.perform(desk.store, desk.world, desk.outside, job)
    assert "find_preschool" in desk.passed(case)


def test_due_work_that_fails_does_not_hold_up_what_is_due_after_it(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = (_held(desk) for _ in range(2))
    with desk.store.transaction() as tx:
        tx.execute(
            sa.update(process_instances)
            .where(process_instances.c.id == broken)
            .values(saved="{")
        )
        tx.execute(
            sa.update(due_work)
            .where(due_work.c.instance_id == broken)
            .values(due_at=desk.clock.now())
        )
    desk.clock.advance(days=365)

    due.run(desk.store, desk.world)

    assert desk.case(whole).state == "completed"
    assert str(broken) in caplog.text


@pytest.mark.parametrize("is_enqueued", [False, True])
def test_a_connection_that_is_cut_is_an_unavailable_database(
    store: Store, is_enqueued: bool
) -> None:
    with pytest.raises(DatabaseUnavailable):
        _write_on_a_cut_connection(store, is_enqueued)

    with store.statement() as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1


def test_only_the_first_request_meets_that_the_database_was_started_anew(
    store: Store, database_url: str
) -> None:
    ask = Prepared(sa.select(sa.func.now()))
    several = Store(database_url, pool_size=3)
    with several.statement() as one, several.statement() as two:
        for connection in (one, two):
            ask.run(connection, {})
        dead = [driver_of(connection).info.backend_pid for connection in (one, two)]
    with store.transaction() as tx:
        for process in dead:
            tx.execute(sa.select(sa.func.pg_terminate_backend(process, 5_000)))

    with pytest.raises(DatabaseUnavailable), several.statement() as connection:
        ask.run(connection, {})

    with several.statement() as connection:
        ask.run(connection, {})
    several.close()


@pytest.mark.parametrize(
    ("status", "left"), [("canceled", 1), ("exception", 1), ("successful", 0)]
)
def test_only_a_job_that_was_done_takes_its_entry_away(
    store: Store, status: JOB_STATUS, left: int
) -> None:
    payload = uuid.uuid4().bytes
    with store.transaction() as tx:
        enqueue(tx, [(status, payload)])

    asyncio.run(_take_and_log(store, status))

    with store.transaction() as tx:
        found = tx.scalars(sa.text("SELECT payload FROM pgqueuer")).all()
    assert found.count(payload) == left


def test_a_worker_killed_between_effect_and_answer_leaves_one_effect(
    store: Store, database_url: str, callers: Mapping[str, Caller], tmp_path: Path
) -> None:
    outside = build(seed=1, count=20)
    outside.faults.set(Fault("nobd", Mode.TIMEOUT, delay_ms=2_000))
    with serving(outside) as url:
        with _worker(database_url, url, tmp_path) as first:
            case, number = _file(store, callers["portal"], outside)
            _wait(lambda: "nobd.enrol" in _kinds(outside, number))
            first.kill()
        outside.faults.clear()
        with store.transaction() as tx:  # as if HEARTBEAT had passed
            tx.execute(
                sa.text("UPDATE pgqueuer SET heartbeat = now() - '1h'::interval")
            )
        with _worker(database_url, url, tmp_path):
            _wait(lambda: _count(store, message_subscriptions, case) == 1)

    assert _kinds(outside, number) == {"nobd.enrol": 2, "notify": 1}


def test_a_worker_outlives_the_loss_of_all_its_connections(
    store: Store, database_url: str, callers: Mapping[str, Caller], tmp_path: Path
) -> None:
    outside = build(seed=1, count=20)
    outside.faults.set(Fault("nobd", Mode.TIMEOUT, delay_ms=1_000))
    with serving(outside) as url, _worker(database_url, url, tmp_path) as worker:
        case, number = _file(store, callers["portal"], outside)
        _wait(lambda: "nobd.enrol" in _kinds(outside, number))
        _cut(store)
        store.engine.dispose()
        outside.faults.clear()
        _wait(lambda: _count(store, message_subscriptions, case) == 1)

        assert worker.poll() is None
    assert _kinds(outside, number).keys() == {"nobd.enrol", "notify"}


async def _take_and_log(store: Store, status: JOB_STATUS) -> None:
    """What PgQueuer does with an entry whose job ends so; its queue has that name."""
    _, parts = store.engine.dialect.create_connect_args(store.engine.url)
    async with await psycopg.AsyncConnection.connect(
        autocommit=True, **parts
    ) as connection:
        entries = Entries(PsycopgDriver(connection))
        taken = await entries.dequeue(
            batch_size=10,
            entrypoints={QueueEntrypoint(status): EntrypointExecutionParameter(0)},
            queue_manager_id=QueueManagerId(uuid.uuid4()),
            global_concurrency_limit=None,
            heartbeat_timeout=HEARTBEAT,
        )
        await entries.log_jobs([(job, status, None) for job in taken])


def _fault(_: Call) -> dict[str, Any]:
    raise ConnectorFault("nobd did not answer")


def _killed(_: Call) -> dict[str, Any]:
    raise Killed


def _held(desk: Desk) -> uuid.UUID:
    """A case that holds a place until the day of the order."""
    usual = answers(nobd__preschool={"completed": True, "bin": SCHOOL})
    desk.outside.answers = usual
    case = desk.apply(stays=True)
    desk.work(case)
    return case


def _steer(desk: Desk, move: Callable[..., Any], case: uuid.UUID) -> None:
    with desk.store.transaction() as tx:
        move(tx, desk.world, desk.callers["admin"], case)


def _count(store: Store, table: sa.Table, case: uuid.UUID) -> int:
    query = sa.select(sa.func.count()).where(table.c.instance_id == case)
    with store.transaction() as tx:
        return tx.scalar(query) or 0


def _write_on_a_cut_connection(store: Store, is_enqueued: bool) -> None:
    with store.transaction() as tx:
        _cut(store, tx.scalar(sa.text("SELECT pg_backend_pid()")))
        if is_enqueued:
            enqueue(tx, [("nobd", uuid.uuid4().bytes)])
        else:
            tx.execute(sa.text("SELECT 1"))


def _cut(store: Store, pid: int | None = None) -> None:
    """End one connection to the test's database, or all of them."""
    url = store.engine.url.set(drivername="postgresql")
    _, parts = store.engine.dialect.create_connect_args(url)
    with psycopg.connect(autocommit=True, **parts) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND (%s::int IS NULL OR pid = %s)",
            [pid, pid],
        )


@contextmanager
def _worker(
    database_url: str, simulators_url: str, data: Path
) -> Iterator[subprocess.Popen[bytes]]:
    told = {
        "DATABASE_URL": database_url,
        "RASIM_SIMULATORS_URL": simulators_url,
        "RASIM_DATA": str(data),
    }
    worker = subprocess.Popen(
        [sys.executable, "-P", "-m", "server.cli", "worker"],
        env=os.environ | told,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(PATIENCE_SECONDS)


def _file(store: Store, portal: Caller, outside: Simulators) -> tuple[uuid.UUID, str]:
    """An application that no clerk decides on (ADM-4.1), filed now; case and number."""
    clock = SystemClock()
    number = f"A-{uuid.uuid4().hex[:8]}"
    family = outside.world.population.told(Story.OWN_CLASS)
    with store.transaction() as tx:
        case = instances.start(
            tx,
            World(clock=clock, queue_of=bootstrap.queue_of),
            portal,
            process_key="first_grade_admission",
            variables=family.variables(number, clock.now()),
            business_key=number,
            office=SCHOOL,
        )
    return case.id, number


def _kinds(outside: Simulators, number: str) -> dict[str, int]:
    """How often each effect of an application was asked for; each happened once."""
    told = [each for each in outside.world.journal.effects if each.subject == number]
    kinds = {each.kind: each.requests for each in told}
    assert len(kinds) == len(told)
    return kinds


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.1)
