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


MAPPED = zeebe(mapping(outputs="got<-body.text;twice<-got + got"))


def test_only_what_a_start_maps_becomes_variables_of_the_case(run):
    body = el("startEvent", "m", MAPPED + MESSAGE) + els("userTask:a endEvent:e")
    values = {"body": {"text": "T"}, "other": 1}
    case = run(body + flows("m->a->e"), values, start_event="m")

    assert case.open() == ["a"]
    assert case.case.variables == {"got": "T", "twice": "TT"}
    assert case.do("a").case.completed


def test_what_the_case_was_given_beside_the_event_stays(define):
    body = el("startEvent", "m", MAPPED + MESSAGE) + els("endEvent:e") + flows("m->e")
    environment = feel.Environment(clock=TestClock())
    for drawn, left in (
        (body, {"k": 1, "got": "T", "twice": "TT"}),
        (body.replace(MAPPED, ""), {"k": 1, "body": {"text": "T"}}),
    ):
        case = engine.Case.start(
            define(drawn), {"body": {"text": "T"}}, environment, "m", {"k": 1}
        )
        assert case.variables == left


def test_a_start_whose_mapping_fails_keeps_what_came(run):
    body = el("startEvent", "m", MAPPED + SIGNAL) + els("userTask:a endEvent:e")
    case = run(body + flows("m->a->e"), {"other": 1}, start_event="m")
    assert (case.open(), case.held()) == ([], ["m"])
    assert case.case.variables == {}

    case.retry("m", body={"text": "T"})

    assert case.open() == ["a"]
    assert case.variables == {"body": {"text": "T"}, "got": "T", "twice": "TT"}


def test_what_came_waits_while_the_process_cannot_listen(run):
    body = el("startEvent", "m", MAPPED + OTHER_MESSAGE) + els("userTask:a endEvent:e")
    body += flows("m->a->e") + event_sub(MESSAGE, "true")
    case = run(body, {"body": {"text": "T"}}, start_event="m")
    assert case.held() == ["p"]

    case.retry("p", key="A")

    assert case.open() == ["a", "es"]
    assert case.variables == {"got": "T", "twice": "TT"}


def test_a_timer_start_may_set_variables(run):
    start = el("startEvent", "t", zeebe(mapping(outputs="n<-1 + 1")) + timer("P1D"))
    case = run(start + els("endEvent:e") + flows("t->e"), start_event="t")

    assert case.variables == {"n": 2}


@pytest.mark.parametrize("interrupting", ["true", "false"])
@pytest.mark.parametrize("event", [MESSAGE, SIGNAL])
def test_the_start_of_an_event_sub_process_may_map(run, event, interrupting):
    body = els("startEvent:s userTask:a endEvent:e") + flows("s->a->e")
    case = run(body + event_sub(MAPPED + event, interrupting))

    case.message("es", body={"text": "T"}, other=1)

    assert case.open() == (["h"] if interrupting == "true" else ["a", "es", "h"])
    assert case.variables == {"got": "T", "twice": "TT"}


def test_a_failing_mapping_of_an_event_sub_process_keeps_what_came(run):
    body = els("startEvent:s userTask:a endEvent:e") + flows("s->a->e")
    case = run(body + event_sub(MAPPED + MESSAGE, "true"))
    case.message("es", other=1)
    assert (case.open(), case.held()) == ([], ["es"])

    assert case.retry("es", body={"text": "T"}).open() == ["h"]
    assert case.do("h").case.completed


def test_what_an_error_brings_may_be_mapped_by_an_event_sub_process(run):
    caught = zeebe(mapping(outputs="why<-reason")) + error()
    inside = els("startEvent:s1 serviceTask:w endEvent:e1") + flows("s1->w->e1")
    body = els("startEvent:s endEvent:e") + flows("s->sp->e")
    case = run(body + el("subProcess", "sp", inside + event_sub(caught, "true")))

    assert case.throw("w", "E1", reason="x", other=1)

    assert case.open() == ["h"]
    assert case.variables == {"why": "x"}
    assert case.do("h").case.completed


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
        engine.first_start(define(timed("=abs(5)", "timeDate")), "t", environment)


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
