"""Messages that came before anybody waited, where a case waits for several at once."""

import uuid
from collections.abc import Mapping
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.drawn import ask, line
from tests.integration.events import catch, keyed, on, publish
from tests.integration.house import House
from workflows import messages
from workflows.people import Caller
from workflows.store.session import Store
from workflows.store.tables import (
    buffered_messages,
    message_subscriptions,
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


def _count(house: House, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
    with house.store.transaction() as tx:
        return (
            tx.scalar(sa.select(sa.func.count()).select_from(table).where(which)) or 0
        )


def test_the_first_of_two_kept_messages_decides_and_the_other_is_kept(
    house: House, key: str
) -> None:
    """An event-based gateway waits for both; one ends its wait for the other."""
    one, two = f"{key}.one", f"{key}.two"
    drawn = line(
        key,
        '<bpmn:eventBasedGateway id="g"/>',
        catch("c1", on("message", one)),
        ask("a"),
        besides=keyed(one) + keyed(two),
    ).replace(
        b"</bpmn:process>",
        (
            catch("c2", on("message", two)) + '<bpmn:endEvent id="other"/>'
            '<bpmn:sequenceFlow id="o1" sourceRef="g" targetRef="c2"/>'
            '<bpmn:sequenceFlow id="o2" sourceRef="c2" targetRef="other"/>'
            "</bpmn:process>"
        ).encode(),
    )
    house.release(a__bpmn=drawn)
    for name in (one, two):
        publish(house, name, "7", ttl=3600)

    case = house.start(key, n="7")

    assert len(house.told(case, "message.received")) == 1
    assert (
        _count(house, buffered_messages, buffered_messages.c.name.in_([one, two])) == 1
    )
    assert (
        _count(
            house, message_subscriptions, message_subscriptions.c.instance_id == case
        )
        == 0
    )


def test_two_kept_messages_take_a_case_past_two_events_in_a_row(
    house: House, key: str
) -> None:
    name = f"{key}.come"
    house.release(
        a__bpmn=line(
            key,
            catch("w1", on("message", name)),
            catch("w2", on("message", name)),
            besides=keyed(name),
        )
    )
    for n in (1, 2):
        publish(house, name, "7", ttl=3600, n="7", m=n)

    case = house.start(key, n="7")

    assert house.told(case, "message.received") == [(None, "w1"), (None, "w2")]
    assert house.case(case).state == "completed"
    assert house.case(case).variables == {"n": "7", "m": 2}


def test_of_those_that_missed_a_message_the_one_that_waited_longest_takes_it(
    house: House, key: str
) -> None:
    """Two cases began to wait while somebody published: nobody saw the others."""
    name = f"{key}.come"
    house.release(
        a__bpmn=line(key, catch("w", on("message", name)), besides=keyed(name))
    )
    *others, first = [house.start(key, n="1") for _ in range(4)]
    _suspended(house, first, *others)
    publish(house, name, "1", ttl=3600)
    with house.store.transaction() as tx:  # where it lies in the table says nothing
        tx.execute(
            sa.update(message_subscriptions)
            .where(message_subscriptions.c.instance_id == first)
            .values(created_at=house.world.clock.now() - timedelta(days=1))
        )
    _suspended(house, first, *others, state="active")
    messages.match(house.store, house.world)

    assert house.case(first).state == "completed"
    assert {house.case(one).state for one in others} == {"active"}


def _suspended(house: House, *cases: uuid.UUID, state: str = "suspended") -> None:
    with house.store.transaction() as tx:
        tx.execute(
            sa.update(process_instances)
            .where(process_instances.c.id.in_(cases))
            .values(state=state)
        )
