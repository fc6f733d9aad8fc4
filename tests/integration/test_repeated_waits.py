"""Twenty offices are asked at once: calls and messages for each item of a list."""

import uuid
from collections.abc import Mapping

import pytest

from tests.drawn import ask, line
from tests.integration.events import keyed, publish
from tests.integration.house import House
from workflows.people import Caller
from workflows.store.session import Store
from workflows.world import World

MULTI = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="false">'
    "<bpmn:extensionElements><zeebe:loopCharacteristics"
    ' inputCollection="=akimats" inputElement="akimat" outputCollection="answers"'
    ' outputElement="=answer"/></bpmn:extensionElements>'
    "</bpmn:multiInstanceLoopCharacteristics>"
)
TWENTY = [f"KZ-{number}" for number in range(20)]


@pytest.fixture
def house(store: Store, world: World, callers: Mapping[str, Caller]) -> House:
    return House(store, world, callers)


@pytest.fixture
def key() -> str:
    """A key of this test's own, for the database is the module's."""
    return f"p{uuid.uuid4().hex[:8]}"


def waits(name: str) -> str:
    return f'<bpmn:receiveTask id="w" messageRef="{name}">{MULTI}</bpmn:receiveTask>'


def test_each_item_waits_for_the_message_of_its_own_key(house: House, key: str) -> None:
    name = f"{key}.answered"
    besides = keyed(name, "= akimat")
    house.release(a__bpmn=line(key, waits(name), ask("after"), besides=besides))
    case = house.start(key, akimats=TWENTY)

    for akimat in reversed(TWENTY):
        assert house.open(case) == []
        assert publish(house, name, akimat, answer=f"of {akimat}") == 1
        house = house.begun_anew()

    assert house.open(case) == [(None, "after")]
    assert house.case(case).variables["answers"] == [f"of {one}" for one in TWENTY]


def test_a_message_is_taken_once_by_the_case_that_has_waited_longest(
    house: House, key: str
) -> None:
    name = f"{key}.answered"
    besides = keyed(name, f"= &quot;{key}&quot;")
    house.release(a__bpmn=line(key, waits(name), ask("after"), besides=besides))
    case = house.start(key, akimats=["a", "b"])
    house.world.clock.advance(minutes=1)
    other = house.start(key, akimats=["c"])

    assert publish(house, name, key, answer=1) == 1
    assert house.open(case) == house.open(other) == []
    assert publish(house, name, key, answer=2) == 1
    assert house.open(case) == [(None, "after")]
    assert sorted(house.case(case).variables["answers"]) == [1, 2]
    assert house.open(other) == []
    assert publish(house, name, key, answer=3) == 1
    assert house.open(other) == [(None, "after")]


def test_a_process_is_called_for_each_item(house: House, key: str) -> None:
    called = f"{key}q"
    calls = (
        '<bpmn:callActivity id="c"><bpmn:extensionElements>'
        f'<zeebe:calledElement processId="{called}"/></bpmn:extensionElements>'
        f"{MULTI}</bpmn:callActivity>"
    )
    house.release(
        a__bpmn=line(key, calls, ask("after")), q__bpmn=line(called, ask("it"))
    )
    case = house.start(key, akimats=TWENTY)
    assert house.open(case) == [(called, "it")] * 20

    for number in range(20):
        house.complete(case, "it", answer=number)
        house = house.begun_anew()

    assert house.open(case) == [(None, "after")]
    assert sorted(house.case(case).variables["answers"]) == list(range(20))
    house.complete(case, "after")
    assert house.case(case).state == "completed"
