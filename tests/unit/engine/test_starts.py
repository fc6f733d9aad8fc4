"""Start events: several of them, and those that an event triggers."""

from datetime import timedelta

import pytest
from engine_kit import (
    ESCALATION,
    MESSAGE,
    NOON,
    OTHER_MESSAGE,
    SIGNAL,
    TestClock,
    drawing,
    el,
    els,
    error,
    event_sub,
    flows,
    mapping,
    timer,
    zeebe,
)

from workflows import engine, feel

STARTS = (
    els("startEvent:s userTask:a,b,c,d endEvent:e")
    + el("startEvent", "m", MESSAGE)
    + el("startEvent", "g", SIGNAL)
    + el("startEvent", "t", timer("R3/P1D", "timeCycle"))
    + flows("s->a->e", "m->b->e", "g->c->e", "t->d->e")
)


@pytest.mark.parametrize(
    ("start", "open_"), [(None, "a"), ("s", "a"), ("m", "b"), ("g", "c"), ("t", "d")]
)
def test_a_case_begins_at_the_start_that_is_asked_for(run, start, open_):
    case = run(STARTS, {"n": 1}, start_event=start)

    assert case.open() == [open_]
    assert case.entered() == [start or "s", open_]
    assert case.variables == {"n": 1}
    assert case.effects(engine.MessageAwaited) == []
    assert case.do(open_).case.completed


def test_a_start_that_is_not_there_is_refused(define):
    environment = feel.Environment(clock=TestClock())
    definition = define(STARTS)
    with pytest.raises(engine.EngineError, match="no start x"):
        engine.Case.start(definition, {}, environment, start_event="x")

    only = el("startEvent", "m", MESSAGE) + els("endEvent:e") + flows("m->e")
    with pytest.raises(engine.EngineError, match="only an event"):
        engine.Case.start(define(only), {}, environment)
    assert define(only).start is None
    assert engine.Case.start(define(only), {}, environment, start_event="m").completed


def test_the_start_is_kept_while_the_process_cannot_listen(run):
    body = STARTS + event_sub(OTHER_MESSAGE, "false").replace("msg2", "msg1")
    case = run(body, {"key": None}, start_event="g")
    assert case.held() == ["p"]

    assert case.retry("p", key="A").open() == ["c", "es"]


def test_a_process_without_plain_start_cannot_be_called(run):
    body = el("startEvent", "m", MESSAGE) + els("endEvent:e") + flows("m->e")
    call = el("callActivity", "a", zeebe('<zeebe:calledElement processId="q"/>'))
    case = run(els("startEvent:s") + call + flows("s->a"), called={"q": body})

    assert case.held() == ["a"]


def test_a_drawing_tells_its_starts(parser):
    summary = engine.read(drawing(STARTS), "d.bpmn", parser)[0].summary

    cycle = {"kind": "timeCycle", "expression": "R3/P1D"}
    assert summary["starts"] == [
        {"id": "s", "kind": "none", "name": None, "timer": None},
        {"id": "m", "kind": "message", "name": "M1", "timer": None},
        {"id": "g", "kind": "signal", "name": "S1", "timer": None},
        {"id": "t", "kind": "timer", "name": None, "timer": cycle},
    ]


def timed(text, kind):
    return el("startEvent", "t", timer(text, kind)) + els("endEvent:e") + flows("t->e")


@pytest.mark.parametrize(
    ("text", "kind", "days"),
    [
        ("P1D", "timeDuration", [1]),
        ('=duration("P2D")', "timeDuration", [2]),
        ("=now() + duration(&quot;P3D&quot;)", "timeDate", [3]),
        ("R3/P1D", "timeCycle", [1, 2, 3]),
        ("R1/P1D", "timeCycle", [1]),
    ],
)
def test_timers_that_start_cases_tell_when(define, text, kind, days):
    environment = feel.Environment(clock=TestClock())
    definition = define(timed(text, kind))
    found = []

    start = engine.first_start(definition, "t", environment)
    while start is not None:
        found.append((start.due_at - NOON) / timedelta(days=1))
        start = engine.next_start(definition, start, environment)

    assert found == days


def test_a_timer_without_end_goes_on(define):
    environment = feel.Environment(clock=TestClock())
    definition = define(timed("R/P1D", "timeCycle"))
    start = engine.first_start(definition, "t", environment)
    for _ in range(5):
        start = engine.next_start(definition, start, environment)

    assert start == engine.TimedStart("t", NOON + timedelta(days=6), None)


def test_what_is_no_timer_or_no_time_is_an_error(define):
    environment = feel.Environment(clock=TestClock())
    with pytest.raises(engine.EngineError):
        engine.first_start(define(STARTS), "m", environment)
    with pytest.raises(engine.EngineError):
        engine.first_start(define(timed("=5", "timeDate")), "t", environment)


END = els("endEvent:e")
WRONG = {
    "start-several": els("startEvent:s,s2") + END + flows("s->e", "s2->e"),
    "start-several inside": els("startEvent:s")
    + END
    + el("subProcess", "sp", els("startEvent:x,y task:t") + flows("x->t", "y->t"))
    + flows("s->sp->e"),
    "element-not-run error": el("startEvent", "s", error()) + END + flows("s->e"),
    "element-not-run escalation": el("startEvent", "s", ESCALATION)
    + END
    + flows("s->e"),
    "element-not-run inside": els("startEvent:s")
    + END
    + el(
        "subProcess",
        "sp",
        el("startEvent", "x", SIGNAL) + els("task:t") + flows("x->t"),
    )
    + flows("s->sp->e"),
    "start-mapping": el("startEvent", "s", zeebe(mapping(outputs="x<-1")) + MESSAGE)
    + END
    + flows("s->e"),
    "attribute-not-run": el("startEvent", "s", MESSAGE, isInterrupting="false")
    + END
    + flows("s->e"),
    "event-several-triggers": el("startEvent", "s", MESSAGE + SIGNAL)
    + END
    + flows("s->e"),
}


@pytest.mark.parametrize("what", WRONG)
def test_starts_that_cannot_run_are_refused(refused, what):
    rule = what.split()[0]

    assert rule in {one.rule for one in refused(drawing(WRONG[what]))}
