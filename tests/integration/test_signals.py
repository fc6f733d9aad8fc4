"""Signals: who hears them, once each, and in which order."""

import threading
import uuid
from collections.abc import Iterator, Mapping

import pytest
import sqlalchemy as sa

from tests.drawn import ask, line
from tests.integration.conftest import HeldClock
from tests.integration.events import (
    catch,
    count,
    give,
    named,
    on,
    received,
    start,
    throw,
    waiter,
    waiting,
)
from tests.integration.house import House
from workflows import instances, thrown_signals
from workflows.people import Caller
from workflows.store.session import Store
from workflows.store.tables import (
    due_work,
    process_instances,
    signal_deliveries,
)
from workflows.store.tables import signals as signal_rows
from workflows.world import World


@pytest.fixture
def house(store: Store, world: World, callers: Mapping[str, Caller]) -> House:
    return House(store, world, callers)


@pytest.fixture
def key() -> str:
    """A key of this test's own, for the database is the module's."""
    return f"p{uuid.uuid4().hex[:8]}"


@pytest.fixture(autouse=True)
def nothing_is_left(store: Store) -> Iterator[None]:
    """What everybody has heard leaves no row behind."""
    yield
    with store.transaction() as tx:
        due_ids = sa.select(due_work.c.subject_id).where(due_work.c.state == "waiting")
        orphans = tx.scalar(
            sa.select(sa.func.count()).where(signal_deliveries.c.id.not_in(due_ids))
        )
        thrown_signals.clean(tx)
        kept = tx.scalar(sa.select(sa.func.count()).select_from(signal_rows))
        wanted = tx.scalar(
            sa.select(sa.func.count(signal_deliveries.c.signal_id.distinct()))
        )
    assert orphans == 0
    assert kept == wanted


# --- who hears ----------------------------------------------------------------------


def test_every_case_that_waits_goes_on_with_what_the_signal_brings(
    house: House, key: str
) -> None:
    name = f"{key}.go"
    house.release(a__bpmn=waiter(key, name))
    first, second = house.start(key), house.start(key)

    give(house, name, who={"age": 7})
    house.sweep()

    for case in (first, second):
        assert house.open(case) == [(None, "after")]
        assert house.case(case).variables == {"who": {"age": 7}}
        assert received(house, case) == ["w"]
        assert waiting(house, case) == 0


def test_who_begins_to_wait_after_the_throw_does_not_hear_it(
    house: House, key: str
) -> None:
    name = f"{key}.go"
    house.release(a__bpmn=waiter(key, name))
    early = house.start(key)

    give(house, name)
    late = house.start(key)
    house.sweep()

    assert received(house, early) == ["w"]
    assert received(house, late) == []
    assert waiting(house, late) == 1


def test_a_program_reaches_the_cases_that_it_may_see_and_a_case_reaches_all(
    house: House, key: str
) -> None:
    name, loud = f"{key}.go", f"{key}l"
    house.release(a__bpmn=waiter(key, name))
    thrower = line(loud, throw("t", on("signal", name)), besides=named("signal", name))
    house.release(b__bpmn=thrower)
    case = house.start(key)

    give(house, name, login="stranger")
    house.sweep()
    unheard = received(house, case)
    with house.store.transaction() as tx:
        instances.start(
            tx,
            house.world,
            house.callers["stranger"],
            process_key=loud,
            variables={},
        )
    house.sweep()

    assert unheard == []
    assert received(house, case) == ["w"]


def test_what_a_case_throws_carries_its_mapped_variables_and_is_told(
    house: House, key: str
) -> None:
    name, loud = f"{key}.go", f"{key}l"
    mapping = (
        '<zeebe:ioMapping><zeebe:input source="= n + 1" target="m"/></zeebe:ioMapping>'
    )
    house.release(
        a__bpmn=waiter(key, name),
        b__bpmn=line(
            loud,
            throw("t", on("signal", name), mapping),
            besides=named("signal", name),
        ),
    )
    case = house.start(key)

    thrower = house.start(loud, n=1)
    house.sweep()

    told = [e for e in house.events(thrower) if e.type == "signal.thrown"]
    assert [(e.element_id, e.detail) for e in told] == [("t", {"signal": name})]
    assert house.case(case).variables == {"m": 2}
    assert house.events(case)[-1].actor == "signal"


def test_the_thrower_hears_its_own_signal_once(house: House, key: str) -> None:
    """The engine serves the case itself; the broadcast is for the others."""
    name = f"{key}.go"
    listens = (
        '<bpmn:subProcess id="e" triggeredByEvent="true">'
        f'<bpmn:startEvent id="es" isInterrupting="false">{on("signal", name)}'
        '</bpmn:startEvent><bpmn:task id="et"/><bpmn:endEvent id="ee"/>'
        '<bpmn:sequenceFlow id="e1" sourceRef="es" targetRef="et"/>'
        '<bpmn:sequenceFlow id="e2" sourceRef="et" targetRef="ee"/></bpmn:subProcess>'
    )
    drawn = line(
        key,
        throw("t", on("signal", name)),
        ask("a") + listens,
        besides=named("signal", name),
    )
    house.release(a__bpmn=drawn)
    other, thrower = house.start(key), house.start(key)

    house.sweep()

    passed = [
        e.element_id for e in house.events(thrower) if e.type == "element.completed"
    ]
    assert passed.count("et") == 1
    # The other threw when it began, and heard its own and that of the second.
    assert house.told(other, "element.completed").count((None, "et")) == 2


def test_a_suspended_case_hears_it_when_it_is_resumed(house: House, key: str) -> None:
    name = f"{key}.go"
    house.release(a__bpmn=waiter(key, name))
    case = house.start(key)
    with house.store.transaction() as tx:
        instances.suspend(tx, house.world, house.callers["admin"], case)

    give(house, name, n=1)
    house.sweep()
    held = received(house, case)
    with house.store.transaction() as tx:
        instances.resume(tx, house.world, house.callers["admin"], case)
    house.sweep()

    assert held == []
    assert received(house, case) == ["w"]


def test_a_case_that_ended_meanwhile_is_left_alone(house: House, key: str) -> None:
    name = f"{key}.go"
    house.release(a__bpmn=waiter(key, name))
    case = house.start(key)

    give(house, name)
    with house.store.transaction() as tx:
        instances.cancel(tx, house.world, house.callers["admin"], case)
    house.sweep()

    assert received(house, case) == []
    assert house.case(case).state == "canceled"
    assert waiting(house, case) == 0


# --- the order of things ------------------------------------------------------------


def test_two_throws_at_once_are_two_signals_for_who_listens_on(
    house: House, key: str
) -> None:
    """A listener that does not interrupt hears each, though no case moved between."""
    name = f"{key}.go"
    task = ask("a")
    listener = (
        '<bpmn:boundaryEvent id="b" attachedToRef="a" cancelActivity="false">'
        f'{on("signal", name)}</bpmn:boundaryEvent><bpmn:task id="bt"/>'
        '<bpmn:endEvent id="be"/><bpmn:sequenceFlow id="b1" sourceRef="b"'
        ' targetRef="bt"/><bpmn:sequenceFlow id="b2" sourceRef="bt" targetRef="be"/>'
    )
    house.release(a__bpmn=waiter(key, name, task + listener))
    case = house.start(key)
    together = threading.Barrier(2)

    def send(n: int) -> None:
        together.wait()
        give(house, name, n=n)

    threads = [threading.Thread(target=send, args=(n,)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.sweep()

    assert received(house, case) == ["b", "b"]
    assert house.told(case, "element.completed").count((None, "bt")) == 2
    assert waiting(house, case) == 1


def test_two_signals_take_a_case_past_two_events_in_a_row(
    house: House, key: str
) -> None:
    """As if each had been dealt with when it was thrown."""
    name = f"{key}.go"
    steps = (
        catch("w1", on("signal", name)),
        catch("w2", on("signal", name)),
        catch("w3", on("signal", name)),
    )
    house.release(a__bpmn=waiter(key, name, *steps))
    case = house.start(key)

    give(house, name, n=1)
    give(house, name, n=2)
    house.sweep()

    assert received(house, case) == ["w1", "w2"]
    assert house.case(case).variables == {"n": 2}
    assert waiting(house, case) == 1


def test_signals_come_in_the_order_in_which_they_were_thrown(
    house: House, key: str
) -> None:
    """All at one moment of the clock: the order of rows decides, not their ids."""
    names = [f"{key}.s{n}" for n in range(6)]
    listeners = "".join(
        f'<bpmn:boundaryEvent id="b{n}" attachedToRef="a" cancelActivity="false">'
        f'{on("signal", name)}</bpmn:boundaryEvent><bpmn:endEvent id="be{n}"/>'
        f'<bpmn:sequenceFlow id="f{n}" sourceRef="b{n}" targetRef="be{n}"/>'
        for n, name in enumerate(names)
    )
    beside = "".join(named("signal", name) for name in names)
    house.release(a__bpmn=line(key, ask("a") + listeners, besides=beside))
    case = house.start(key)
    order = [3, 0, 5, 1, 4, 2]

    for n in order:
        give(house, names[n])
    house.sweep()

    assert received(house, case) == [f"b{n}" for n in order]


def test_cases_that_throw_to_each_other_at_once_do_not_wait_for_each_other(
    house: House, key: str
) -> None:
    """Each is locked by its own step while it throws to the other."""
    name = f"{key}.go"
    listener = (
        '<bpmn:boundaryEvent id="b" attachedToRef="stay" cancelActivity="false">'
        f'{on("signal", name)}</bpmn:boundaryEvent><bpmn:endEvent id="be"/>'
        '<bpmn:sequenceFlow id="b1" sourceRef="b" targetRef="be"/>'
    )
    fork = '<bpmn:parallelGateway id="fork"/>'
    drawn = line(
        key,
        fork,
        ask("a"),
        throw("t", on("signal", name)),
        besides=named("signal", name),
    ).replace(
        b"</bpmn:process>",
        (
            ask("stay") + listener + '<bpmn:endEvent id="end2"/>'
            '<bpmn:sequenceFlow id="p1" sourceRef="fork" targetRef="stay"/>'
            '<bpmn:sequenceFlow id="p2" sourceRef="stay" targetRef="end2"/>'
            "</bpmn:process>"
        ).encode(),
    )
    house.release(a__bpmn=drawn)
    pair = [house.start(key) for _ in range(2)]
    together = threading.Barrier(2)
    failed: list[BaseException] = []

    def go(case: uuid.UUID) -> None:
        together.wait()
        try:
            house.complete(case, "a")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=go, args=(case,)) for case in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.sweep()

    assert failed == []
    # By the broadcast each heard the other's; the engine told each its own.
    assert [len(received(house, case)) for case in pair] == [1, 1]


def test_a_procedure_that_starts_itself_does_not_hold_up_the_others(
    house: House, clock: HeldClock, key: str
) -> None:
    name = f"{key}.again"
    drawn = line(
        key,
        throw("t", on("signal", name)),
        start=start(on("signal", name)),
        besides=named("signal", name),
    )
    house.release(a__bpmn=drawn)

    give(house, name)
    house.sweep()
    first = count(house, process_instances.c.process_key == key)
    clock.advance(seconds=61)
    house.sweep()
    second = count(house, process_instances.c.process_key == key)
    house.release(a__bpmn=line(key, ask("a")))
    clock.advance(seconds=61)
    house.sweep()
    clock.advance(seconds=61)
    house.sweep()

    assert first == thrown_signals.DEPTH_AT_ONCE
    assert second == first + 1
    assert count(house, process_instances.c.process_key == key) == second + 1
