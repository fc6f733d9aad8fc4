"""The doctor names every fault that a test makes, and finds none in a sound service."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.drawn import ask, job, line
from tests.integration.conftest import HeldClock, ToldConnectors
from tests.integration.house import House
from workflows import doctor, doctor_mending, gates, queue_care
from workflows.people import Caller
from workflows.ports import Call, ConnectorFault, ConnectorRefusal
from workflows.store.session import Store
from workflows.world import World

HOUR = timedelta(hours=1)


@dataclass
class OwnedHouse(House):
    owner: Store  # what the service itself could not break


@pytest.fixture
def house(
    store: Store, owner: Store, world: World, callers: Mapping[str, Caller]
) -> OwnedHouse:
    """Every table as empty of cases as it was: a fault must not meet another one."""
    with owner.transaction() as tx:
        tx.execute(sa.text("TRUNCATE process_instances, pgqueuer, events CASCADE"))
    return OwnedHouse(store, world, callers, owner)


@pytest.fixture
def key(house: OwnedHouse) -> str:
    """A procedure that asks a clerk, then an outside system, then a clerk again."""
    key = f"p{uuid.uuid4().hex[:8]}"
    house.release(
        a__bpmn=line(key, ask("first"), job("tell", "notify.email"), ask("last"))
    )
    return key


@pytest.fixture
def case(house: OwnedHouse, key: str) -> uuid.UUID:
    return house.start(key)


@pytest.fixture
def telling(house: OwnedHouse, case: uuid.UUID) -> uuid.UUID:
    """The job of a case that has come to it."""
    house.complete(case, "first")
    with house.store.transaction() as tx:
        found = tx.scalar(
            sa.text("SELECT id FROM jobs WHERE instance_id = :id"), {"id": case}
        )
    assert isinstance(found, uuid.UUID)
    return found


def found(house: OwnedHouse, **options: bool) -> dict[str, list[str]]:
    ills = doctor.examine(house.store, house.world.clock.now(), **options)
    return {ill.code: ill.ids for ill in ills}


def break_(house: OwnedHouse, statement: str, **values: Any) -> None:
    with house.owner.transaction() as tx:
        assert tx.execute(sa.text(statement), values).rowcount > 0


def put_back_an_hour(house: OwnedHouse) -> None:
    """What waits on its queue has waited for so long."""
    break_(
        house,
        "UPDATE pgqueuer SET created = now() - interval '1 hour',"
        " execute_after = now() - interval '1 hour'",
    )


def test_a_sound_service_has_nothing(
    house: OwnedHouse, key: str, case: uuid.UUID, telling: uuid.UUID, clock: HeldClock
) -> None:
    house.work(case, ToldConnectors({"notify.email": lambda _: {}}))
    house.complete(case, "last")
    failing = house.start(key)
    house.complete(failing, "first")
    house.work(failing, ToldConnectors({"notify.email": refuse}))
    pausing = house.start(key)
    house.complete(pausing, "first")
    house.work(pausing, ToldConnectors({"notify.email": fail}))
    house.start(key)

    clock.advance(seconds=3)

    assert found(house, all_histories=True) == {}


def refuse(_: Call) -> dict[str, Any]:
    raise ConnectorRefusal("no")


def fail(_: Call) -> dict[str, Any]:
    raise ConnectorFault("not now")


def test_a_case_in_which_nothing_waits_is_stuck(
    house: OwnedHouse, case: uuid.UUID
) -> None:
    break_(house, "DELETE FROM user_tasks WHERE instance_id = :id", id=case)

    assert found(house) == {"case-stuck": [str(case)]}


def test_a_suspended_case_is_not_stuck(house: OwnedHouse, case: uuid.UUID) -> None:
    break_(house, "DELETE FROM user_tasks WHERE instance_id = :id", id=case)
    break_(
        house,
        "UPDATE process_instances SET state = 'suspended' WHERE id = :id",
        id=case,
    )

    assert found(house) == {}


def test_a_job_on_no_queue_is_lost_and_put_back(
    house: OwnedHouse, telling: uuid.UUID, case: uuid.UUID, clock: HeldClock
) -> None:
    clock.advance(minutes=2)
    assert found(house) == {}
    break_(house, "DELETE FROM pgqueuer")

    assert found(house) == {"job-lost": [str(telling)]}
    assert mended(house) == {"job-lost": 1}
    assert found(house) == {}
    assert house.told(case, "case.mended") == [(None, "tell")]
    assert queued(house) == [telling.bytes]


def test_a_pause_without_an_end_is_lost_and_ends(
    house: OwnedHouse, telling: uuid.UUID, case: uuid.UUID, clock: HeldClock
) -> None:
    house.work(case, ToldConnectors({"notify.email": fail}))
    break_(house, "DELETE FROM due_work WHERE instance_id = :id", id=case)
    break_(house, "DELETE FROM pgqueuer")
    clock.advance(minutes=2)

    assert found(house) == {"job-lost": [str(telling)]}
    assert mended(house) == {"job-lost": 1}
    house.sweep()
    assert queued(house) == [telling.bytes]


def test_a_failed_job_that_nobody_is_told_of_gets_its_incident(
    house: OwnedHouse, telling: uuid.UUID, case: uuid.UUID
) -> None:
    house.work(case, ToldConnectors({"notify.email": refuse}))
    break_(house, "DELETE FROM incidents WHERE instance_id = :id", id=case)
    break_(house, "DELETE FROM pgqueuer")

    assert found(house) == {"job-silent": [str(telling)]}
    assert mended(house) == {"job-silent": 1}
    assert found(house) == {}
    house.retry(case)
    assert house.incidents(case) == []


def test_a_job_that_ends_its_workers_is_poison(
    house: OwnedHouse, telling: uuid.UUID
) -> None:
    break_(house, "UPDATE jobs SET attempts = retries + 6, state = 'doing'")

    assert found(house) == {"job-poison": [str(telling)]}


@pytest.mark.parametrize(
    "left",
    [
        "UPDATE user_tasks SET state = 'created' WHERE instance_id = :id",
        "UPDATE jobs SET state = 'todo', ended_at = NULL WHERE instance_id = :id",
        (
            "INSERT INTO due_work (queue, due_at, state, instance_id, subject_id)"
            " VALUES ('timer', now() + interval '100 years', 'waiting', :id, :id)"
        ),
        (
            "INSERT INTO message_subscriptions"
            " (token, instance_id, element_id, name, correlation_key, created_at)"
            " VALUES (:id, :id, 'x', 'x', 'x', now())"
        ),
        (
            "INSERT INTO signal_subscriptions"
            " (token, instance_id, element_id, name, created_at)"
            " VALUES (:id, :id, 'x', 'x', now())"
        ),
    ],
    ids=["task", "job", "timer", "message", "signal"],
)
def test_what_an_ended_case_left_open_is_named_and_closed(
    house: OwnedHouse, case: uuid.UUID, telling: uuid.UUID, left: str
) -> None:
    house.work(case, ToldConnectors({"notify.email": lambda _: {}}))
    house.complete(case, "last")
    break_(house, left, id=case)

    assert found(house) == {"left-over": [str(case)]}
    assert mended(house) == {"left-over": 1}
    assert found(house, all_histories=True) == {}
    assert house.told(case, "case.mended") == [(None, None)]


def test_a_timer_that_nobody_fires_is_late(
    house: OwnedHouse, case: uuid.UUID, clock: HeldClock
) -> None:
    break_(
        house,
        "INSERT INTO due_work (queue, due_at, state, instance_id, subject_id)"
        " VALUES ('timer', :at, 'waiting', :id, :id)",
        at=clock.now() - HOUR,
        id=case,
    )

    assert list(found(house)) == ["due-late"]
    clock.moment -= HOUR
    assert found(house) == {}


def test_an_incident_of_yesterday_is_old(
    house: OwnedHouse, case: uuid.UUID, telling: uuid.UUID, clock: HeldClock
) -> None:
    house.work(case, ToldConnectors({"notify.email": refuse}))
    (incident,) = house.incidents(case)
    assert found(house) == {}

    clock.advance(hours=25)

    assert found(house) == {"incident-old": [str(incident.id)]}


def test_a_queue_that_nobody_takes_from_stands(
    house: OwnedHouse, telling: uuid.UUID
) -> None:
    put_back_an_hour(house)

    assert found(house) == {"queue-stands": [house.world.queue_of("notify.email")]}


def test_what_is_held_back_is_named_and_does_not_stand(
    house: OwnedHouse, telling: uuid.UUID
) -> None:
    put_back_an_hour(house)
    queue = house.world.queue_of("notify.email")
    gates.open_circuit(house.store, queue, "it is silent")
    silent = found(house)
    gates.close_circuit(house.store, queue)
    admin = house.callers["admin"]
    world = replace(house.world, job_types=frozenset({queue}))
    with house.store.transaction() as tx:
        queue_care.pause(tx, world, admin, queue, "It sends each letter twice.")
    paused = found(house)
    with house.store.transaction() as tx:
        queue_care.resume(tx, world, admin, queue)

    assert silent == {"system-silent": [queue]}
    assert paused == {"type-paused": [queue]}
    assert found(house) == {"queue-stands": [queue]}


def test_an_entry_of_no_job_is_dropped(house: OwnedHouse, telling: uuid.UUID) -> None:
    break_(
        house,
        "UPDATE pgqueuer SET payload = :no, status = 'picked',"
        " created = now() - interval '1 hour'",
        no=uuid.uuid4().bytes,
    )

    assert list(found(house)) == ["queue-unknown"]
    assert mended(house) == {"queue-unknown": 1}
    assert queued(house) == []


@pytest.mark.parametrize("all_", [False, True], ids=["a sample", "all"])
def test_a_history_that_was_changed_is_broken(
    house: OwnedHouse, case: uuid.UUID, all_: bool
) -> None:
    with house.owner.transaction() as tx:
        tx.exec_driver_sql("ALTER TABLE events DISABLE TRIGGER events_append_only")
        change = "UPDATE events SET actor = 'x' WHERE instance_id = :id AND seq = 2"
        tx.execute(sa.text(change), {"id": case})
        tx.exec_driver_sql("ALTER TABLE events ENABLE TRIGGER events_append_only")

    named = found(house, all_histories=all_)

    assert named == {"history-broken": [f"{case} (2: the event was changed)"]}


def test_findings_say_since_when_and_count_to_a_thousand(
    house: OwnedHouse, case: uuid.UUID, clock: HeldClock
) -> None:
    break_(
        house,
        "INSERT INTO due_work (queue, due_at, state, instance_id, subject_id)"
        " SELECT 'timer', :at, 'waiting', :id, gen_random_uuid()"
        " FROM generate_series(1, 1500)",
        at=clock.now() - HOUR,
        id=case,
    )

    (ill,) = doctor.examine(house.store, clock.now())

    assert (ill.count, len(ill.ids), ill.since) == (1000, 10, clock.now() - HOUR)


def test_nothing_is_mended_in_a_sound_service(
    house: OwnedHouse, telling: uuid.UUID
) -> None:
    assert mended(house) == {}


def mended(house: OwnedHouse) -> dict[str, int]:
    done = doctor_mending.mend(house.store, house.world)
    return {one.code: one.count for one in done}


def queued(house: OwnedHouse) -> list[bytes]:
    with house.store.transaction() as tx:
        found = tx.scalars(sa.text("SELECT payload FROM pgqueuer")).all()
    return [bytes(one) for one in found]
