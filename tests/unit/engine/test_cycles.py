"""Timers that repeat."""

from datetime import timedelta

import pytest
from engine_kit import (
    NOON,
    el,
    els,
    event_sub,
    flows,
    timer,
)

from workflows import engine


def repeating(cycle, cancel="false"):
    return (
        els("startEvent:s userTask:a,b endEvent:e,e2")
        + el(
            "boundaryEvent",
            "t",
            timer(cycle, "timeCycle"),
            attachedToRef="a",
            cancelActivity=cancel,
        )
        + flows("s->a->e", "t->b->e2")
    )


def dues(case):
    return [
        (one.due_at - NOON) / timedelta(minutes=1)
        for one in case.effects(engine.TimerArmed)
    ]


@pytest.mark.parametrize("cycle", ["R/PT1H", '="R/PT" + hours + "H"'])
def test_a_timer_repeats_without_end(run, cycle):
    case = run(repeating(cycle.replace('"', "&quot;")), {"hours": "1"})
    case.clock.pass_by(minutes=70)

    for _ in range(4):
        case.fire("t")

    assert dues(case) == [60, 120, 180, 240, 300]
    assert case.open() == ["a", "b", "b", "b", "b", "t"]
    case.do("a")
    assert len(case.effects(engine.TimerDisarmed)) == 1
    assert len({one.token for one in case.effects(engine.TimerArmed)}) == 5


def test_a_timer_repeats_as_often_as_it_says(run):
    case = run(repeating("R3/PT10M"))

    case.fire("t").fire("t").fire("t")

    assert dues(case) == [10, 20, 30]
    assert case.open() == ["a", "b", "b", "b"]
    assert case.effects(engine.TimerDisarmed) == []


def test_a_repeating_timer_may_have_a_beginning(run):
    case = run(repeating("R2/2026-08-20T13:00:00+05:00/PT10M"))

    assert dues(case.fire("t")) == [60, 70]


def test_a_cycle_without_end_that_began_long_ago_goes_on_from_now(run):
    case = run(repeating("R/2020-01-01T09:30:00+05:00/P1D"))

    assert dues(case.fire("t")) == [21.5 * 60, 45.5 * 60]


def test_a_cycle_that_began_an_age_ago_holds_its_host(run):
    case = run(repeating("R/1970-01-01T00:00:00Z/PT1S"))

    assert (case.open(), case.held()) == ([], ["a"])


def test_the_timer_of_an_event_sub_process_repeats(run):
    case = run(
        els("startEvent:s userTask:u endEvent:e")
        + event_sub(timer("R2/P1D", "timeCycle"), "false")
        + flows("s->u->e")
    )

    case.fire("es").fire("es")

    assert case.open() == ["h", "h", "u"]
    assert case.do("u").do("h").do("h").case.completed


def test_a_cycle_that_cannot_be_read_holds_its_host(run):
    case = run(repeating("=rhythm"), {"rhythm": "PT1H"})

    assert (case.open(), case.held()) == ([], ["a"])
    assert case.retry("a", rhythm="R1/PT1H").open() == ["a", "t"]
