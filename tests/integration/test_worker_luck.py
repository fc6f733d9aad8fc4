"""What workers make of bad luck: a clock set back, a case held, faults of before."""

import asyncio
import uuid
from collections.abc import Mapping
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from pgqueuer.domain.errors import RetryRequested

from server import bootstrap, worker
from server.bulkheads import FAILURES, Gates
from tests.drawn import job, line
from tests.integration.conftest import ToldConnectors
from tests.integration.house import House
from workflows import gates, instances, job_claims, jobs
from workflows.model import DatabaseUnavailable
from workflows.people import Caller
from workflows.ports import Call, ConnectorFault, SystemClock
from workflows.store.session import Store
from workflows.store.tables import jobs as job_rows
from workflows.world import World


@pytest.fixture
def house(store: Store, owner: Store, callers: Mapping[str, Caller]) -> House:
    with owner.transaction() as tx:
        tx.execute(sa.text("DELETE FROM outside_systems"))
    return House(store, World(SystemClock(), bootstrap.queue_of), callers)


@pytest.fixture
def key() -> str:
    return f"p{uuid.uuid4().hex[:8]}"


def test_a_clock_of_the_database_that_is_set_back_leaves_nobody_alone_for_long(
    house: House,
) -> None:
    gates.open_circuit(house.store, "nobd", "it is silent")
    with house.store.transaction() as tx:
        tx.execute(
            sa.text("UPDATE outside_systems SET probe_at = probe_at + '1h'::interval")
        )

    assert gates.look(house.store).systems == {"nobd": True}
    assert gates.may_probe(house.store, "nobd")
    assert not gates.may_probe(house.store, "nobd")


def test_faults_before_another_worker_heard_an_answer_count_no_more(
    house: House,
) -> None:
    ours = Gates(house.store, 6)
    for _ in range(FAILURES):
        ours.failed("nobd.check", "it is silent")
    was_open = ours.is_open("nobd.check")
    gates.close_circuit(house.store, "nobd")  # its try was answered
    ours.begin()
    ours.failed("nobd.check", "it is silent")

    assert not was_open
    assert ours.is_open("nobd.check")


def test_a_case_that_is_held_and_goes_on_blames_no_worker(
    house: House, key: str
) -> None:
    house.release(a__bpmn=line(key, job("j", "nobd.check")))
    case = house.start(key)
    with house.store.transaction() as tx:
        found = sa.text("SELECT id FROM jobs WHERE instance_id = :case")
        id_ = tx.execute(found, {"case": case}).scalar_one()
    admin = house.callers["admin"]
    held = []
    for _ in range(job_claims.MOST_DEATHS + 1):
        held.append(job_claims.claim(house.store, id_))  # its worker is slow
        for how in (instances.suspend, instances.resume):
            with house.store.transaction() as tx:
                how(tx, house.world, admin, case)
    jobs.perform(
        house.store, house.world, ToldConnectors({"nobd.check": lambda _: {}}), id_
    )

    assert None not in held
    assert not house.incidents(case)
    assert house.case(case).state == "completed"


def test_what_a_system_did_after_its_case_was_canceled_is_told(
    house: House, key: str
) -> None:
    """A place that was given then is given: somebody must see to it."""
    house.release(a__bpmn=line(key, job("j", "nobd.enrol")))
    case = house.start(key)

    def meanwhile(_: Call) -> dict[str, Any]:
        cancel(house, case)
        return {"enrolment_id": "E-1"}

    house.work(case, ToldConnectors({"nobd.enrol": meanwhile}))

    assert house.case(case).state == "canceled"
    assert house.told(case, "job.late") == [(None, "j")]
    assert house.events(case)[-1].actor == "job:nobd.enrol"
    assert "enrolment_id" not in house.case(case).variables


def test_a_fault_after_the_case_was_canceled_is_nothing_to_tell(
    house: House, key: str
) -> None:
    house.release(a__bpmn=line(key, job("j", "nobd.enrol")))
    case = house.start(key)

    def meanwhile(_: Call) -> dict[str, Any]:
        cancel(house, case)
        raise ConnectorFault("nobd did not answer")

    house.work(case, ToldConnectors({"nobd.enrol": meanwhile}))

    assert house.told(case, "job.late") == []


def test_a_job_put_back_after_the_database_was_away_blames_no_worker(
    house: House, key: str
) -> None:
    """It was claimed, the database went, and then its system was to be left alone."""
    house.release(a__bpmn=line(key, job("j", "nobd.check")))
    case = house.start(key)
    ours = Gates(house.store, 1)

    def away(_: Call) -> dict[str, Any]:
        for _ in range(FAILURES):
            ours.failed("nobd.check", "it is silent")
        raise DatabaseUnavailable

    outside = ToldConnectors({"nobd.check": away})
    take = worker._taker(house.store, house.world, outside, Event(), ours)
    (found,) = _jobs(house, case)
    entry = SimpleNamespace(entrypoint="nobd.check", payload=found.id.bytes)
    with pytest.raises(RetryRequested):
        asyncio.run(take(entry))

    assert [one.state for one in _jobs(house, case)] == ["todo"]


def _jobs(house: House, case: uuid.UUID) -> list[Any]:
    with house.store.transaction() as tx:
        found = sa.select(job_rows).where(job_rows.c.instance_id == case)
        return list(tx.execute(found).all())


def test_what_a_dead_worker_held_is_queued_at_once(house: House, key: str) -> None:
    house.release(a__bpmn=line(key, job("j", "nobd.check")))
    case = house.start(key)
    dead, ours = gates.Worker(uuid.uuid4(), "here", 1), Gates(house.store, 6)
    gates.beat(house.store, dead, {}, {})
    id_ = held(house, case, dead.id)
    gates.bury(house.store, gates.Worker(ours.worker.id, "here", 2), lambda _: False)
    again = job_claims.claim(house.store, id_)

    assert holder(house, id_) == ("queued", None)
    assert again is not None
    assert job_claims.deaths(house.store, id_) == 1


def test_what_a_worker_held_when_it_lost_the_queue_goes_back_without_blame(
    house: House, key: str
) -> None:
    house.release(a__bpmn=line(key, job("j", "nobd.check")))
    ours = Gates(house.store, 6)
    lost, runs, anothers = (
        held(house, house.start(key), who)
        for who in (ours.worker.id, ours.worker.id, uuid.uuid4())
    )
    with ours.doing("nobd.check", runs):
        ours.put_back()
    again = job_claims.claim(house.store, lost)

    assert holder(house, lost) == ("queued", None)
    assert holder(house, runs) == ("picked", ours.worker.id)
    assert holder(house, anothers)[0] == "picked"
    assert again is not None
    assert job_claims.deaths(house.store, lost) == 0


def cancel(house: House, case: uuid.UUID) -> None:
    with house.store.transaction() as tx:
        instances.cancel(tx, house.world, house.callers["admin"], case)


def held(house: House, case: uuid.UUID, worker_id: uuid.UUID) -> uuid.UUID:
    """The case's job, which this worker has taken from the queue and claimed."""
    with house.store.transaction() as tx:
        found = sa.select(job_rows.c.id).where(job_rows.c.instance_id == case)
        id_: uuid.UUID = tx.execute(found).scalar_one()
        tx.execute(
            sa.text(
                "UPDATE pgqueuer SET status = 'picked', queue_manager_id = :who"
                " WHERE payload = uuid_send(:id)"
            ),
            {"who": worker_id, "id": id_},
        )
    assert job_claims.claim(house.store, id_) is not None
    return id_


def holder(house: House, job_id: uuid.UUID) -> tuple[str, uuid.UUID | None]:
    """What the queue says of the job's entry: its state, and who has it."""
    query = sa.text(
        "SELECT status::text, queue_manager_id FROM pgqueuer"
        " WHERE payload = uuid_send(:id)"
    )
    with house.store.transaction() as tx:
        row = tx.execute(query, {"id": job_id}).one()
    return row.status, row.queue_manager_id
