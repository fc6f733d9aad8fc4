"""What fails by a fault of ours asks for help, and goes on when it is mended."""

import uuid
from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from tests.drawn import ask, line, step
from tests.integration.conftest import HeldClock
from tests.integration.events import (
    at,
    catch,
    give,
    keyed,
    on,
    publish,
    received,
    waiter,
)
from tests.integration.house import House
from workflows import messages
from workflows.people import Caller
from workflows.store.session import Store
from workflows.store.tables import incidents as incident_rows
from workflows.store.tables import (
    process_instances,
)
from workflows.world import World


@pytest.fixture
def house(store: Store, world: World, callers: Mapping[str, Caller]) -> House:
    return House(store, world, callers)


@pytest.fixture
def key() -> str:
    """A key of this test's own, for the database is the module's."""
    return f"p{uuid.uuid4().hex[:8]}"


def test_due_work_that_fails_is_an_incident_until_it_is_tried_again(
    house: House, clock: HeldClock, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    house.release(a__bpmn=line(key, catch("t", at("timeDuration", "PT1H"))))
    case = house.start(key)
    saved = _break(house, case)
    clock.advance(hours=2)
    house.sweep()
    house.sweep()

    (found,) = house.incidents(case)
    tries = len(caplog.records)
    _mend(house, case, saved)
    house.sweep()
    still = house.case(case).state
    house.retry(case)
    house.sweep()

    assert (found.kind, found.element_id, found.detail) == (
        "engine",
        "t",
        {"failed_at": "timer"},
    )
    assert found.message
    assert tries == 1  # it is not tried at each sweep
    assert still == "active"
    assert house.case(case).state == "completed"
    assert house.incidents(case) == []


def test_an_expression_without_end_holds_its_case_and_no_other(
    house: House, key: str
) -> None:
    endless = "=count(for i in 1..n, j in 1..n return i * j)"
    script = f'<zeebe:script expression="{endless}" resultVariable="found"/>'
    house.release(a__bpmn=line(key, step("scriptTask", "c", script)))

    held, done = house.start(key, n=1000000), house.start(key, n=3)

    (found,) = house.incidents(held)
    assert (found.kind, found.element_id) == ("expression", "c")
    assert "100000 steps" in found.message
    assert house.case(held).state == "active"
    assert house.case(done).state == "completed"

    house.retry(held, n=4)
    assert house.case(held).state == "completed"


def test_a_signal_that_a_case_cannot_hear_waits_for_help_likewise(
    house: House, key: str
) -> None:
    name = f"{key}.go"
    house.release(a__bpmn=waiter(key, name))
    broken, whole = house.start(key), house.start(key)
    saved = _break(house, broken)

    give(house, name)
    house.sweep()
    (found,) = house.incidents(broken)
    _mend(house, broken, saved)
    house.retry(broken)
    house.sweep()

    assert received(house, whole) == ["w"]
    assert (found.kind, found.detail) == ("engine", {"failed_at": "signal"})
    assert received(house, broken) == ["w"]


def test_a_kept_message_that_a_case_cannot_take_waits_for_help_likewise(
    house: House, key: str
) -> None:
    name = f"{key}.come"
    house.release(
        a__bpmn=line(key, catch("w", on("message", name)), besides=keyed(name))
    )
    case = house.start(key, n="1")
    saved = _break(house, case)
    # As if the two had missed each other.
    with house.store.transaction() as tx:
        tx.execute(
            sa.update(process_instances)
            .where(process_instances.c.id == case)
            .values(state="suspended")
        )
    publish(house, name, "1", ttl=3600)
    with house.store.transaction() as tx:
        tx.execute(
            sa.update(process_instances)
            .where(process_instances.c.id == case)
            .values(state="active")
        )

    for _ in range(2):
        messages.match(house.store, house.world)
    (found,) = house.incidents(case)
    _mend(house, case, saved)
    house.retry(case)
    messages.match(house.store, house.world)

    assert (found.element_id, found.detail) == ("w", {"failed_at": "message"})
    assert house.case(case).state == "completed"


def test_the_incident_of_a_timer_goes_with_the_timer(
    house: House, clock: HeldClock, key: str
) -> None:
    timer = (
        '<bpmn:boundaryEvent id="b" attachedToRef="a">'
        f'{at("timeDuration", "PT1H")}</bpmn:boundaryEvent><bpmn:endEvent id="late"/>'
        '<bpmn:sequenceFlow id="b1" sourceRef="b" targetRef="late"/>'
    )
    house.release(a__bpmn=line(key, ask("a") + timer, ask("c")))
    case = house.start(key)
    saved = _break(house, case)
    clock.advance(hours=2)
    house.sweep()
    told = [one.element_id for one in house.incidents(case)]
    _mend(house, case, saved)

    house.complete(case, "a")

    assert told == ["b"]
    assert house.incidents(case) == []
    with house.store.transaction() as tx:
        states = tx.scalars(
            sa.select(incident_rows.c.state).where(incident_rows.c.instance_id == case)
        ).all()
    assert states == ["resolved"]


def _break(house: House, case: uuid.UUID) -> str:
    """The case cannot be read any more; what it was is given back."""
    with house.store.transaction() as tx:
        which = process_instances.c.id == case
        saved = tx.scalar(sa.select(process_instances.c.saved).where(which))
        tx.execute(sa.update(process_instances).where(which).values(saved="{"))
    return str(saved)


def _mend(house: House, case: uuid.UUID, saved: str) -> None:
    with house.store.transaction() as tx:
        tx.execute(
            sa.update(process_instances)
            .where(process_instances.c.id == case)
            .values(saved=saved)
        )
