"""Cases that a timer starts: when, how often, and until which version."""

import threading
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.drawn import ask, line
from tests.integration.conftest import MONDAY, HeldClock
from tests.integration.events import (
    at,
    cases,
    start,
)
from tests.integration.house import House
from workflows import deployments, listening
from workflows.model import DeploymentRefused
from workflows.people import Caller
from workflows.store import pruning
from workflows.store.session import Store
from workflows.store.tables import due_work, start_subscriptions
from workflows.world import World


@pytest.fixture
def house(store: Store, world: World, callers: Mapping[str, Caller]) -> House:
    return House(store, world, callers)


@pytest.fixture
def key() -> str:
    """A key of this test's own, for the database is the module's."""
    return f"p{uuid.uuid4().hex[:8]}"


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


def test_what_has_started_a_case_starts_none_again_weeks_later(
    house: House, clock: HeldClock, key: str
) -> None:
    """What was done is dropped after some days: not what a later version asks for."""
    date = at("timeDate", "2026-05-01T09:00:00+05:00")
    daily = at("timeCycle", "R2/2026-05-01T09:00:00+05:00/P1D")
    for timer, name in ((date, key), (daily, f"{key}r")):
        house.release(a__bpmn=by_timer(name, timer))
    house.sweep()
    clock.advance(days=30)
    pruning.prune(house.store, clock.now(), queue_log_days=7, idempotency_days=7)

    for timer, name in ((date, key), (daily, f"{key}r")):
        house.release(a__bpmn=by_timer(name, timer, ask("b")))
    house.sweep()

    assert [len(cases(house, name)) for name in (key, f"{key}r")] == [1, 2]


def test_a_cycle_without_end_begins_when_it_is_released(
    house: House, clock: HeldClock, key: str
) -> None:
    """Nobody waited for what it would have started in the years before."""
    daily = at("timeCycle", "R/2020-01-01T09:30:00+05:00/P1D")
    house.release(a__bpmn=by_timer(key, daily))
    first = armed(house, key)
    house.sweep()
    before = len(cases(house, key))
    clock.advance(days=2)  # nobody sweeps
    house.release(a__bpmn=by_timer(key, daily, ask("b")))
    house.sweep()

    assert before == 0
    assert clock.now() - timedelta(days=2) <= first[0]
    assert first[0] < clock.now() - timedelta(days=1)
    assert moments(house, key) == [first[0], first[0] + timedelta(days=1)]


def test_a_cycle_that_began_an_age_ago_is_refused(house: House, key: str) -> None:
    with pytest.raises(DeploymentRefused) as refused:
        house.release(
            a__bpmn=by_timer(key, at("timeCycle", "R/1970-01-01T00:00:00Z/PT1S"))
        )

    (found,) = refused.value.data["findings"]
    assert (found.element_id, found.rule) == ("start", "start-timer")
    assert "later" in found.message


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


def test_releases_among_sweeps_leave_one_timer_and_start_no_moment_twice(
    house: House, clock: HeldClock, key: str
) -> None:
    """Whoever is first: a version that is replaced does not arm its timer again."""
    house.release(a__bpmn=by_timer(key, at("timeCycle", "R/PT1H")))
    for turn in range(8):
        clock.advance(minutes=61)
        together = threading.Barrier(3)

        def sweep(together: threading.Barrier = together) -> None:
            together.wait()
            house.sweep()

        threads = [threading.Thread(target=sweep) for _ in range(2)]
        for thread in threads:
            thread.start()
        together.wait()
        drawn = by_timer(key, at("timeCycle", "R/PT1H"), ask(f"a{turn}"))
        house.release(a__bpmn=drawn)
        for thread in threads:
            thread.join()

    told = moments(house, key)
    assert armed(house, key) == [clock.now() + timedelta(hours=1)]
    assert len(told) == len(set(told)) <= 8


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
