"""Cases that a message or a signal starts: which version, and whose they are."""

import threading
import uuid
from collections.abc import Mapping

import pytest

from tests.drawn import ask, line, step
from tests.integration.conftest import SCHOOL
from tests.integration.events import (
    at,
    cases,
    catch,
    give,
    keyed,
    named,
    on,
    publish,
    start,
)
from tests.integration.house import House
from workflows import deployments, due
from workflows.model import DeploymentRefused, InputRefused
from workflows.people import Caller
from workflows.store.session import Store
from workflows.world import World

PROCEDURE = """
process: {key}
names: {{kk: Сынақ, ru: Проба, en: Trial}}
act: {{id: act, title: {{kk: А, ru: А, en: A}}, numbers: ["1"], dates: ["2026-01-01"]}}
norms: []
office: "{office}"
"""


@pytest.fixture
def house(store: Store, world: World, callers: Mapping[str, Caller]) -> House:
    return House(store, world, callers)


@pytest.fixture
def key() -> str:
    """A key of this test's own, for the database is the module's."""
    return f"p{uuid.uuid4().hex[:8]}"


def by_message(key: str, *steps: str) -> bytes:
    name = f"{key}.come"
    event, beside = on("message", name), named("message", name)
    return line(key, *(steps or [ask("a")]), start=start(event), besides=beside)


def by_timer(key: str, timer: str, *steps: str) -> bytes:
    return line(key, *(steps or [ask("a")]), start=start(timer))


# --- messages -----------------------------------------------------------------------


def test_a_message_starts_a_case_of_the_newest_version(house: House, key: str) -> None:
    house.release(a__bpmn=by_message(key))
    house.release(a__bpmn=by_message(key, ask("b")))

    taken = publish(house, f"{key}.come", "N-1", login="clerk", who={"age": 7})

    (case,) = cases(house, key)
    begun = house.events(case.id)[0]
    assert taken == 1
    assert (case.version, case.business_key, case.office) == (2, "N-1", SCHOOL)
    assert case.variables == {"who": {"age": 7}}
    assert (begun.type, begun.element_id, begun.actor) == (
        "instance.started",
        "start",
        "clerk",
    )
    assert begun.detail == {"business_key": "N-1", "message": f"{key}.come"}
    assert house.open(case.id) == [(None, "b")]


def test_a_message_for_a_waiting_case_starts_no_other_of_its_process(
    house: House, key: str
) -> None:
    """The case that takes it may have been started by it: the message is for that."""
    other, name = f"{key}o", f"{key}.come"
    waits = catch("w", on("message", name))
    house.release(
        a__bpmn=line(
            key, waits, start=start(on("message", name)), besides=keyed(name, "= n")
        ),
        b__bpmn=by_message(other).replace(other.encode() + b".come", name.encode()),
    )

    first = publish(house, name, "7", n=7)
    second = publish(house, name, "7", n=7)
    third = publish(house, name, "8", n=8)

    assert (first, second, third) == (2, 2, 2)
    assert sorted(c.state for c in cases(house, key)) == ["active", "completed"]
    assert len(cases(house, other)) == 3


def test_a_message_is_not_kept_for_a_process_that_is_released_later(
    house: House, key: str
) -> None:
    kept = publish(house, f"{key}.come", ttl=3600)

    house.release(a__bpmn=by_message(key))
    house.sweep()

    assert kept == 0
    assert cases(house, key) == []
    assert publish(house, f"{key}.come") == 1


def test_two_alike_messages_at_once_are_two_cases(house: House, key: str) -> None:
    house.release(a__bpmn=by_message(key))
    together = threading.Barrier(2)

    def send() -> None:
        together.wait()
        publish(house, f"{key}.come", "same")

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [case.business_key for case in cases(house, key)] == ["same", "same"]


# --- whose cases --------------------------------------------------------------------


def test_a_case_that_nobody_asks_for_is_of_the_office_that_the_procedure_names(
    house: House, key: str
) -> None:
    drawn = by_timer(key, at("timeDate", "2026-05-01T09:00:00+05:00"))
    named_office = PROCEDURE.format(key=key, office=SCHOOL).encode()
    house.release(a__bpmn=drawn, procedure__yaml=named_office)

    house.sweep()

    assert [case.office for case in cases(house, key)] == [SCHOOL]


@pytest.mark.parametrize(
    ("login", "office"), [("supervisor", "region"), (None, "root")]
)
def test_else_of_the_office_that_released_it_or_of_the_root(
    house: House, key: str, login: str | None, office: str
) -> None:
    drawn = by_timer(key, at("timeDate", "2026-05-01T09:00:00+05:00"))
    caller = house.callers[login] if login else None
    with house.store.transaction() as tx:
        deployments.release(tx, house.world, caller, {"a.bpmn": drawn})

    house.sweep()

    assert [case.office for case in cases(house, key)] == [office]


def test_an_office_that_is_not_there_is_refused(house: House, key: str) -> None:
    drawn = by_timer(key, at("timeDuration", "PT1H"))
    file = PROCEDURE.format(key=key, office="nowhere").encode()

    with pytest.raises(DeploymentRefused) as refused:
        house.release(a__bpmn=drawn, procedure__yaml=file)

    assert [one.rule for one in refused.value.findings] == ["office-unknown"]


# --- several ways -------------------------------------------------------------------


def test_what_only_an_event_starts_is_not_started_by_an_application(
    house: House, key: str
) -> None:
    house.release(a__bpmn=by_message(key))

    with pytest.raises(InputRefused, match=f"by an event alone: message {key}.come"):
        house.start(key)


def test_each_pool_of_a_file_listens_and_one_that_does_not_run_is_a_picture(
    house: House, key: str
) -> None:
    """Three pools: one starts by application, one by message, one is not ours."""
    name = f"{key}.come"
    drawn = line(f"{key}a", ask("x")).decode()
    second = by_message(f"{key}b").decode().replace(f"{key}b.come", name)
    message, _, rest = second.partition("<bpmn:process")
    message = message[message.index("<bpmn:message") :]
    process = "<bpmn:process" + rest.replace("</bpmn:definitions>", "")
    pools = (
        '<bpmn:collaboration id="c">'
        f'<bpmn:participant id="pa" processRef="{key}a"/>'
        f'<bpmn:participant id="pb" processRef="{key}b"/>'
        f'<bpmn:participant id="pc" processRef="{key}c"/></bpmn:collaboration>'
    )
    picture = (
        f'<bpmn:process id="{key}c" isExecutable="false"><bpmn:startEvent id="theirs"/>'
        "</bpmn:process>"
    )
    for old, new in (('"start"', '"begin"'), ('"end"', '"stop"'), ('"a"', '"y"')):
        process = process.replace(old, new)
    whole = drawn.replace("</bpmn:definitions>", process + picture)
    whole = whole.replace("<bpmn:process", message + pools + "<bpmn:process", 1)

    release = house.release(a__bpmn=(whole + "</bpmn:definitions>").encode())
    house.start(f"{key}a")
    publish(house, name, login="clerk")

    assert {one.key for one in release.definitions} == {f"{key}a", f"{key}b"}
    assert [house.open(c.id) for c in cases(house, f"{key}a")] == [[(None, "x")]]
    assert [house.open(c.id) for c in cases(house, f"{key}b")] == [[(None, "y")]]


def test_a_signal_starts_the_version_that_listened_when_it_was_thrown(
    house: House, key: str
) -> None:
    name = f"{key}.go"
    drawn = {
        mark: line(
            key,
            ask(mark),
            start=start(on("signal", name)),
            besides=named("signal", name),
        )
        for mark in ("a", "b")
    }
    house.release(a__bpmn=drawn["a"])

    give(house, name, n=1)
    house.release(a__bpmn=drawn["b"])
    house.sweep()
    give(house, name, n=2)
    due.run(house.store, house.world)

    heard = sorted((c.version, c.variables["n"]) for c in cases(house, key))
    assert heard == [(1, 1), (2, 2)]
    assert {house.events(c.id)[0].actor for c in cases(house, key)} == {"signal"}


def test_a_start_maps_what_comes_with_its_event(house: House, key: str) -> None:
    name = f"{key}.come"
    mapping = (
        '<zeebe:ioMapping><zeebe:output source="= a + 1" target="b"/></zeebe:ioMapping>'
    )
    begins = step("startEvent", "start", mapping, body=on("message", name))
    house.release(
        a__bpmn=line(key, ask("t"), start=begins, besides=named("message", name))
    )

    publish(house, name, a=1)

    assert [case.variables for case in cases(house, key)] == [{"b": 2}]
