"""Workers: one silent system holds up no other, no job ends worker after worker."""

import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from server import bootstrap
from server.bulkheads import Gates, NotNow
from tests.drawn import job, line
from tests.integration.conftest import ToldConnectors
from tests.integration.events import at, catch, keyed, on, publish
from tests.integration.house import House
from tests.integration.odd import PATIENCE_SECONDS, THREADS, Odd
from tests.integration.odd_worker import MOST_DEATHS
from workflows import gates, job_claims, jobs
from workflows.people import Caller
from workflows.ports import Call, ConnectorFault, SystemClock
from workflows.store.session import Store
from workflows.world import World

MANY = 30


@pytest.fixture
def house(store: Store, owner: Store, callers: Mapping[str, Caller]) -> House:
    """The service by the real clock, and nothing left of the test before."""
    with owner.transaction() as tx:
        for table in ("pgqueuer", "outside_systems", "workers", "paused_job_types"):
            tx.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 named here
        tx.execute(sa.text("UPDATE due_work SET state = 'canceled'"))
    return House(store, World(SystemClock(), bootstrap.queue_of), callers)


@pytest.fixture
def key() -> str:
    return f"p{uuid.uuid4().hex[:8]}"


@pytest.fixture
def odd(database_url: str, tmp_path: Path) -> Odd:
    return Odd(database_url, tmp_path)


def test_a_silent_system_holds_up_no_other(house: House, odd: Odd, key: str) -> None:
    silent, sound = f"{key}a", f"{key}b"
    house.release(
        a__bpmn=line(silent, job("j", "nobd.check")),
        b__bpmn=line(sound, job("j", "persons.check")),
    )
    odd.tell(nobd__check="stay")
    with odd.running():
        waiting = [house.start(silent) for _ in range(MANY)]
        _wait(lambda: len(odd.calls()) == THREADS)  # all of the system's are taken
        others = [house.start(sound) for _ in range(MANY)]
        _wait(lambda: all(house.case(one).state == "completed" for one in others))
        silent_calls = sum(odd.calls().values()) - MANY
        odd.tell(nobd__check="fault")
        _wait(lambda: _opened(house) == ["nobd"])
        odd.tell()
        _wait(lambda: all(house.case(one).state == "completed" for one in waiting))
        _wait(lambda: _opened(house) == [])

    assert silent_calls == THREADS
    # While nobody reached it, most of its jobs spent none of their attempts.
    assert sum(odd.calls().values()) < 3 * MANY
    assert not any(house.incidents(one) for one in waiting)


def test_a_job_that_ends_its_worker_is_an_incident(
    house: House, odd: Odd, key: str
) -> None:
    poison, sound = f"{key}a", f"{key}b"
    house.release(
        a__bpmn=line(poison, job("j", "nobd.check")),
        b__bpmn=line(sound, job("j", "persons.check")),
    )
    case = house.start(poison)
    odd.tell(nobd__check="die")
    for _ in range(MOST_DEATHS + 1):
        odd.die()
        _heartbeats_passed(house)
    other = house.start(sound)
    with odd.running() as worker:
        _wait(lambda: bool(house.incidents(case)))
        _wait(lambda: house.case(other).state == "completed")
        assert worker.ended() is None
        (found,) = house.incidents(case)
        odd.tell()
        house.retry(case)
        _wait(lambda: house.case(case).state == "completed")

    assert found.kind == "job"
    assert "died" in found.message
    assert sorted(odd.calls().values()) == [1, MOST_DEATHS + 2]


def test_who_died_of_a_job_is_counted_until_it_answers(house: House, key: str) -> None:
    house.release(a__bpmn=line(key, job("j", "nobd.check")))
    case = house.start(key)
    (id_,) = _jobs(house, case)
    with house.store.transaction() as tx:
        tx.execute(sa.text("UPDATE jobs SET retries = 20"))
    ends = ToldConnectors({"nobd.check": _killed})
    fails = ToldConnectors({"nobd.check": _fault})
    for _ in range(job_claims.MOST_DEATHS):
        with pytest.raises(Killed):
            jobs.perform(house.store, house.world, ends, id_)
    jobs.perform(house.store, house.world, fails, id_)
    deaths = "SELECT deaths FROM jobs WHERE id = :id"
    after_an_answer = _scalar(house, deaths, id=id_)
    with house.store.transaction() as tx:
        jobs.requeue(tx, house.world, id_)
    for _ in range(job_claims.MOST_DEATHS + 1):
        with pytest.raises(Killed):
            jobs.perform(house.store, house.world, ends, id_)
    jobs.perform(house.store, house.world, ends, id_)

    (found,) = house.incidents(case)
    assert after_an_answer == 0
    assert "4 workers in a row died" in found.message
    assert len(ends.calls) == 2 * job_claims.MOST_DEATHS + 1


def test_who_still_lives_is_no_death(house: House, key: str) -> None:
    house.release(a__bpmn=line(key, job("j", "nobd.check")))
    (id_,) = _jobs(house, house.start(key))
    ends = ToldConnectors({"nobd.check": _killed})
    for is_again in (False, True, True):
        with pytest.raises(Killed):
            jobs.perform(house.store, house.world, ends, id_, is_again=is_again)

    assert _scalar(house, "SELECT deaths FROM jobs WHERE id = :id", id=id_) == 0


def test_a_timer_that_ends_its_worker_is_an_incident(
    house: House, odd: Odd, key: str
) -> None:
    house.release(a__bpmn=line(key, catch("t", at("timeDuration", "PT1S"))))
    cases = [house.start(key) for _ in range(2)]
    time.sleep(1.1)
    odd.tell(due="die")
    # Together first, then each of them alone.
    for _ in range(1 + 2 * (MOST_DEATHS + 1)):
        if all(house.incidents(one) for one in cases):
            break
        with odd.running() as worker:
            _wait(
                lambda: (
                    worker.ended() is not None
                    or all(house.incidents(one) for one in cases)
                )
            )
    (found,) = house.incidents(cases[0])
    odd.tell()
    with odd.running():
        for one in cases:
            house.retry(one)
        _wait(lambda: all(house.case(one).state == "completed" for one in cases))

    assert "died" in found.message


def test_what_runs_is_finished_and_the_rest_goes_back(
    house: House, odd: Odd, key: str
) -> None:
    house.release(a__bpmn=line(key, job("j", "nobd.check")))
    odd.tell(nobd__check="stay")
    cases = [house.start(key) for _ in range(12)]
    with odd.running() as worker:
        _wait(lambda: len(odd.calls()) == THREADS)
        worker.stop()
        _wait(odd.is_stopping)
        odd.tell()
        assert worker.wait() == 0
    done = sum(house.case(one).state == "completed" for one in cases)
    queued = _scalar(house, "SELECT count(*) FROM pgqueuer WHERE status = 'queued'")
    alive = _scalar(house, "SELECT count(*) FROM workers")
    odd.tell()
    with odd.running():
        _wait(lambda: all(house.case(one).state == "completed" for one in cases))

    assert (done, queued, alive) == (THREADS, 12 - THREADS, 0)
    assert set(odd.calls().values()) == {1}


def test_what_does_not_end_in_time_is_left_to_another(
    house: House, odd: Odd, key: str
) -> None:
    house.release(a__bpmn=line(key, job("j", "nobd.check")))
    odd.tell(nobd__check="stay")
    case = house.start(key)
    with odd.running(RASIM_STOP_SECONDS="1") as worker:
        _wait(lambda: len(odd.calls()) == 1)
        worker.stop()
        assert worker.wait() == 0
    _heartbeats_passed(house)
    odd.tell()
    with odd.running():
        _wait(lambda: house.case(case).state == "completed")

    deaths = "SELECT max(deaths) FROM jobs WHERE instance_id = :case"
    assert _scalar(house, deaths, case=case) == 0


def test_a_probe_that_fails_waits_longer(house: House) -> None:
    for is_probe in (False, True, True, False):
        gates.open_circuit(house.store, "nobd", "it is silent", is_probe=is_probe)

    pause = "SELECT round(extract(epoch FROM probe_at - clock_timestamp())) FROM "
    assert _scalar(house, f"{pause} outside_systems") == 8
    assert not gates.may_probe(house.store, "nobd")
    assert gates.look(house.store).systems == {"nobd": False}
    gates.close_circuit(house.store, "nobd")
    assert gates.look(house.store).systems == {}


def test_one_worker_alone_tries_a_system(house: House) -> None:
    gates.open_circuit(house.store, "nobd", "it is silent")
    with house.store.transaction() as tx:
        tx.execute(sa.text("UPDATE outside_systems SET probe_at = clock_timestamp()"))

    tries = [gates.may_probe(house.store, "nobd") for _ in range(2)]

    assert tries == [True, False]


def test_a_try_that_asked_nothing_is_left_to_the_next_job(house: House) -> None:
    ours = Gates(house.store, 6)
    gates.open_circuit(house.store, "nobd", "it is silent")
    with house.store.transaction() as tx:
        tx.execute(sa.text("UPDATE outside_systems SET probe_at = clock_timestamp()"))
    ours.begin()
    with ours.doing("nobd.check", uuid.uuid4()):  # what its entry wants is done
        assert not ours.is_open("nobd.check")
        with pytest.raises(NotNow), ours.doing("nobd.check", uuid.uuid4()):
            pass

    assert ours.is_open("nobd.check")
    with ours.doing("nobd.check", uuid.uuid4()):
        ours.failed("nobd.check", "it is silent")
    assert not ours.is_open("nobd.check")


def test_a_message_that_ends_its_worker_is_an_incident(
    house: House, odd: Odd, key: str
) -> None:
    name = f"{key}.come"
    house.release(
        a__bpmn=line(key, catch("w", on("message", name)), besides=keyed(name))
    )
    case = house.start(key, n="1")
    suspend = "UPDATE process_instances SET state = :state WHERE id = :case"
    with house.store.transaction() as tx:  # as if the two had missed each other
        tx.execute(sa.text(suspend), {"state": "suspended", "case": case})
    publish(house, name, "1", ttl=600)
    with house.store.transaction() as tx:
        tx.execute(sa.text(suspend), {"state": "active", "case": case})
    odd.tell(message="die")
    for _ in range(MOST_DEATHS + 1):
        odd.die()
    with odd.running() as worker:
        _wait(lambda: bool(house.incidents(case)))
        assert worker.ended() is None
        odd.tell()
        house.retry(case)
        _wait(lambda: house.case(case).state == "completed")


class Killed(BaseException):
    """A worker that is no more: nothing of ours may catch it."""


def _killed(_: Call) -> dict[str, Any]:
    raise Killed


def _fault(_: Call) -> dict[str, Any]:
    raise ConnectorFault("nobd did not answer")


def _opened(house: House) -> list[str]:
    return sorted(gates.look(house.store).systems)


def _jobs(house: House, case: uuid.UUID) -> list[uuid.UUID]:
    with house.store.transaction() as tx:
        found = sa.text("SELECT id FROM jobs WHERE instance_id = :case")
        return list(tx.scalars(found, {"case": case}))


def _heartbeats_passed(house: House) -> None:
    with house.store.transaction() as tx:
        tx.execute(sa.text("UPDATE pgqueuer SET heartbeat = now() - '1h'::interval"))


def _scalar(house: House, query: str, **told: object) -> object:
    with house.store.transaction() as tx:
        return tx.scalar(sa.text(query), told)


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.1)
