"""Cases that a message, a signal or a timer starts: which version, when, for whom."""

import threading
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.drawn import ask, line, step
from tests.integration.conftest import MONDAY, SCHOOL, HeldClock
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
from workflows import deployments, due, listening
from workflows.model import DeploymentRefused, InputRefused
from workflows.people import Caller
from workflows.store.session import Store
from workflows.store.tables import due_work, start_subscriptions
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


def moments(house: House, key: str) -> list[datetime]:
    """The moments for which the cases of a process were due."""
    found = []
    for case in cases(house, key):
        (begun,) = (e for e in house.events(case.id) if e.type == "instance.started")
        assert begun.detail is not None
        found.append(datetime.fromisoformat(begun.detail["due_at"]))
    return sorted(found)


def armed(house: House, key: str) -> list[datetime]:
    with house.store.transaction() as tx:
        rows = tx.scalars(
            sa.select(due_work.c.due_at)
            .join(
                start_subscriptions, start_subscriptions.c.id == due_work.c.subject_id
            )
            .where(
                start_subscriptions.c.process_key == key, due_work.c.state == "waiting"
            )
            .order_by(due_work.c.due_at)
        )
        return list(rows)


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


# --- timers -------------------------------------------------------------------------


def test_a_cycle_runs_as_often_as_it_says_though_the_clock_jumps(
    house: House, clock: HeldClock, key: str
) -> None:
    house.release(a__bpmn=by_timer(key, at("timeCycle", "R3/PT1H")))
    before = clock.now()
    clock.advance(hours=5)

    house.sweep()
    house.sweep()

    hours = [before + timedelta(hours=n) for n in (1, 2, 3)]
    assert moments(house, key) == hours
    assert armed(house, key) == []
    begun = house.events(cases(house, key)[0].id)[0]
    assert (begun.actor, begun.element_id) == ("clock", "start")


def test_a_cycle_without_end_counts_from_when_it_was_due(
    house: House, clock: HeldClock, key: str
) -> None:
    house.release(a__bpmn=by_timer(key, at("timeCycle", "R/PT1H")))
    before = clock.now()
    for minutes in (30, 50, 50):  # the sweep comes late, each time by more
        clock.advance(minutes=minutes)
        house.sweep()

    assert moments(house, key) == [before + timedelta(hours=n) for n in (1, 2)]
    assert armed(house, key) == [before + timedelta(hours=3)]


def test_a_new_version_takes_the_timers_of_the_old_one_away(
    house: House, clock: HeldClock, key: str
) -> None:
    house.release(a__bpmn=by_timer(key, at("timeCycle", "R/PT1H")))
    clock.advance(minutes=90)
    house.sweep()

    house.release(a__bpmn=by_timer(key, at("timeDuration", "P1D"), ask("b")))
    told = armed(house, key)
    clock.advance(days=2)
    house.sweep()

    assert told == [MONDAY + timedelta(minutes=90, days=1)]
    assert [case.version for case in cases(house, key)] == [1, 2]
    assert armed(house, key) == []


def test_a_release_that_leaves_the_process_as_it_was_leaves_its_timer(
    house: House, clock: HeldClock, key: str
) -> None:
    drawn = by_timer(key, at("timeDuration", "PT1H"))
    first = house.release(a__bpmn=drawn)
    clock.advance(minutes=30)

    second = house.release(a__bpmn=drawn, b__bpmn=line(f"{key}b", ask("a")))
    told = armed(house, key)
    clock.advance(minutes=45)
    house.sweep()

    assert first.id != second.id
    assert told == [MONDAY + timedelta(hours=1)]
    assert len(cases(house, key)) == 1


def test_a_date_that_has_passed_starts_one_case_and_no_later_version_another(
    house: House, key: str
) -> None:
    date = at("timeDate", "2026-05-01T09:00:00+05:00")
    house.release(a__bpmn=by_timer(key, date))
    house.sweep()

    house.release(a__bpmn=by_timer(key, date, ask("b")))
    house.sweep()

    assert [case.version for case in cases(house, key)] == [1]


def test_many_sweeps_at_once_start_one_case(
    house: House, clock: HeldClock, key: str
) -> None:
    house.release(a__bpmn=by_timer(key, at("timeCycle", "R4/PT1H")))
    clock.advance(hours=3)
    threads = [threading.Thread(target=house.sweep) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.sweep()

    assert moments(house, key) == [MONDAY + timedelta(hours=n) for n in (1, 2, 3)]
    assert armed(house, key) == [MONDAY + timedelta(hours=4)]


def test_a_timer_that_gives_no_time_is_refused_at_its_element(
    house: House, key: str
) -> None:
    with pytest.raises(DeploymentRefused) as refused:
        house.release(a__bpmn=by_timer(key, at("timeDuration", "= nothing.here")))

    (found,) = refused.value.findings
    assert (found.file, found.element_id, found.rule) == (
        "a.bpmn",
        "start",
        "start-timer",
    )
    with house.store.transaction() as tx:
        assert key not in {row.key for row in deployments.definitions(tx).items}


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


def test_a_procedure_tells_every_way_in_which_it_starts(
    house: House, clock: HeldClock, key: str
) -> None:
    house.release(a__bpmn=by_timer(key, at("timeCycle", "R/PT1H")))
    clock.advance(minutes=61)
    house.sweep()

    with house.store.transaction() as tx:
        shown = deployments.definition(tx, key)
        (told,) = listening.of(tx, shown.id, shown.summary["starts"])

    assert (told.kind, told.timer) == ("timer", "R/PT1H")
    assert told.next_at == MONDAY + timedelta(hours=2)


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
