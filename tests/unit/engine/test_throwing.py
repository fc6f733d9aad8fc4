"""Events that throw: signals, escalations, messages, links; and timers that repeat."""

from datetime import timedelta

import pytest
from engine_kit import (
    ANY_ESCALATION,
    ESCALATION,
    JOB,
    MESSAGE,
    NOON,
    OTHER_SIGNAL,
    SIGNAL,
    drawing,
    el,
    els,
    event_sub,
    flows,
    mapping,
    multi,
    timer,
    with_event,
    with_task,
    zeebe,
)

from workflows import engine

LINK = '<bpmn:linkEventDefinition name="{}"/>'


def throw(definition, node_id="th"):
    return el("intermediateThrowEvent", node_id, definition)


def test_a_none_event_is_passed(run):
    case = run(
        els("startEvent:s intermediateThrowEvent:th endEvent:e") + flows("s->th->e")
    )

    assert case.case.completed
    assert case.completed() == ["s", "th", "e"]


@pytest.mark.parametrize("tag", ["intermediateThrowEvent", "endEvent"])
def test_a_message_is_thrown_by_a_connector(run, tag):
    event = el(tag, "th", zeebe(JOB + mapping("x<-n + 1", "got<-r")) + MESSAGE)
    follow = "" if tag == "endEvent" else els("userTask:z") + flows("th->z")
    case = run(els("startEvent:s") + event + follow + flows("s->th"), {"n": 1})
    assert case.effects(engine.JobOpened)[0].variables == {"x": 2}
    assert case.effects(engine.MessageAwaited) == []

    case.do("th", r="done")

    assert case.variables == {"n": 1, "got": "done"}
    assert case.open() == ([] if tag == "endEvent" else ["z"])
    assert case.case.completed == (tag == "endEvent")


def test_a_link_goes_on_where_it_is_caught(run):
    case = run(
        els("startEvent:s userTask:a,b,z endEvent:e parallelGateway:f")
        + throw(LINK.format("L"), "t1")
        + throw(LINK.format("L"), "t2")
        + throw(LINK.format("M"), "t3")
        + el("intermediateCatchEvent", "c1", LINK.format("L"))
        + el("intermediateCatchEvent", "c2", LINK.format("M"))
        + flows("s->f", "f->a->t1", "f->b->t2", "f->t3", "c1->z->e", "c2->e")
    )
    assert case.open() == ["a", "b"]
    assert case.completed()[-3:] == ["t3", "c2", "e"]

    assert case.do("a").do("b").open() == ["z", "z"]
    assert case.do("z").do("z").case.completed


def test_an_inclusive_join_looks_through_links(run):
    case = run(
        els("startEvent:s userTask:a,b,z endEvent:e inclusiveGateway:g,j")
        + throw(LINK.format("L"))
        + el("intermediateCatchEvent", "c", LINK.format("L"))
        + flows("s->g", "g->a ? =true", "g->b ? =true", "a->j", "b->th", "c->j->z->e")
    )

    assert case.do("a").open() == ["b"]
    assert case.do("b").open() == ["z"]


def test_a_signal_event_waits_and_writes_what_comes(run):
    case = run(
        els("startEvent:s userTask:z endEvent:e")
        + el("intermediateCatchEvent", "c", zeebe(mapping(outputs="got<-p")) + SIGNAL)
        + flows("s->c->z->e")
    )
    assert case.effects(engine.SignalAwaited)[0].name == "S1"

    assert case.message("c", p="x", q="y").open() == ["z"]
    assert case.variables == {"got": "x"}


def listeners(throwing):
    """Whoever can hear S1 and S2, in one case."""
    return (
        els("startEvent:s parallelGateway:f userTask:go,u,v,w,x endEvent:e")
        + throwing
        + el("intermediateCatchEvent", "c", SIGNAL)
        + el("intermediateCatchEvent", "d", OTHER_SIGNAL)
        + el("boundaryEvent", "b1", SIGNAL, attachedToRef="u")
        + el("boundaryEvent", "b2", SIGNAL, attachedToRef="v", cancelActivity="false")
        + event_sub(SIGNAL, "false")
        + flows("s->f", "f->go->th", "f->c->e", "f->d->e", "f->u->e", "f->v->e")
        + flows("b1->w->e", "b2->x->e")
    )


@pytest.mark.parametrize("tag", ["intermediateThrowEvent", "endEvent"])
def test_a_signal_is_heard_by_all_that_wait_for_it(run, tag):
    thrown = el(tag, "th", zeebe(mapping("n<-k + 1")) + SIGNAL)
    case = run(listeners(thrown), {"k": 1})
    assert case.open() == ["b1", "b2", "c", "d", "es", "go", "u", "v"]

    case.do("go")

    assert case.open() == ["b2", "d", "es", "h", "v", "w", "x"]
    assert case.variables == {"k": 1, "n": 2}
    thrown = case.effects(engine.SignalThrown)
    assert [(one.element_id, one.name, one.variables) for one in thrown] == [
        ("th", "S1", {"n": 2})
    ]
    for name in ("h", "v", "w", "x"):
        case.do(name)
    assert case.message("d").case.completed


def test_what_waits_for_a_signal_later_does_not_hear_it(run):
    case = run(
        els("startEvent:s endEvent:e")
        + throw(SIGNAL)
        + el("intermediateCatchEvent", "c", SIGNAL)
        + flows("s->th->c->e")
    )

    assert case.open() == ["c"]


def test_a_signal_that_interrupts_its_own_scope_leaves_nothing_of_it(run):
    inner = (
        els("startEvent:s1 userTask:u,v parallelGateway:f")
        + throw(SIGNAL)
        + el("intermediateCatchEvent", "c", SIGNAL)
        + flows("s1->f", "f->u->th->v", "f->c")
        + event_sub(SIGNAL, "true")
    )
    case = run(
        els("startEvent:s userTask:z,b endEvent:e,e2")
        + el("subProcess", "sp", inner)
        + el("boundaryEvent", "bs", OTHER_SIGNAL, attachedToRef="sp")
        + flows("s->sp->z->e", "bs->b->e2")
    )

    assert case.do("u").open() == ["bs", "h"]
    assert case.do("h").open() == ["z"]
    assert case.do("z").case.completed


def escalating(tag="intermediateThrowEvent", extra="", ref="esc1"):
    """A sub-process `sp` that throws an escalation behind `u`, beside `v`."""
    definition = f'<bpmn:escalationEventDefinition escalationRef="{ref}"/>'
    follow = "" if tag == "endEvent" else els("userTask:w") + flows("th->w->e1")
    return el(
        "subProcess",
        "sp",
        els("startEvent:s1 parallelGateway:f userTask:u,v endEvent:e1")
        + el(tag, "th", definition)
        + follow
        + extra
        + flows("s1->f", "f->u->th", "f->v->e1"),
    )


def caught(sub, cancel, definition=ESCALATION):
    return (
        els("startEvent:s userTask:b,z endEvent:e,e2")
        + sub
        + el(
            "boundaryEvent",
            "x",
            definition,
            attachedToRef="sp",
            cancelActivity=cancel,
        )
        + flows("s->sp->z->e", "x->b->e2")
    )


@pytest.mark.parametrize("definition", [ESCALATION, ANY_ESCALATION])
@pytest.mark.parametrize("tag", ["intermediateThrowEvent", "endEvent"])
def test_an_escalation_is_heard_and_the_work_goes_on(run, tag, definition):
    case = run(caught(escalating(tag), "false", definition))

    assert case.do("u").open() == (["b", "v"] if tag == "endEvent" else ["b", "v", "w"])
    case.do("b").do("v")
    if tag != "endEvent":
        case.do("w")

    assert case.open() == ["z"]
    assert case.do("z").case.completed
    assert case.canceled() == []


@pytest.mark.parametrize("tag", ["intermediateThrowEvent", "endEvent"])
def test_an_escalation_may_interrupt(run, tag):
    case = run(caught(escalating(tag), "true"))

    assert case.do("u").open() == ["b"]
    assert sorted(case.canceled()) == ["sp", "v"]
    assert case.do("b").case.completed


def test_an_escalation_of_the_last_token_still_has_its_handler(run):
    case = run(caught(escalating("endEvent"), "false"))

    assert case.do("v").do("u").open() == ["b", "z"]


@pytest.mark.parametrize("ref", ["esc1", "esc2"])
def test_an_escalation_is_caught_by_its_code_or_goes_on_outward(run, ref):
    outer = el(
        "subProcess",
        "o",
        els("startEvent:s0 userTask:b endEvent:e0,e9")
        + escalating(ref=ref)
        + el(
            "boundaryEvent",
            "x",
            ESCALATION,
            attachedToRef="sp",
            cancelActivity="false",
        )
        + flows("s0->sp->e0", "x->b->e9"),
    )
    case = run(
        els("startEvent:s userTask:y endEvent:e,e2")
        + outer
        + el(
            "boundaryEvent",
            "any",
            ANY_ESCALATION,
            attachedToRef="o",
            cancelActivity="false",
        )
        + flows("s->o->e", "any->y->e2")
    )

    assert case.do("u").open() == (
        ["b", "v", "w"] if ref == "esc1" else ["v", "w", "y"]
    )


def test_an_escalation_that_nothing_catches_has_no_effect(run):
    case = run(
        els("startEvent:s userTask:z endEvent:e") + escalating() + flows("s->sp->z->e")
    )

    assert case.do("u").open() == ["v", "w"]
    assert case.held() == []
    assert case.do("v").do("w").open() == ["z"]


@pytest.mark.parametrize(
    ("interrupting", "open_"), [("true", ["h"]), ("false", ["h", "v", "w"])]
)
def test_an_event_sub_process_hears_the_escalations_of_its_scope(
    run, interrupting, open_
):
    case = run(
        els("startEvent:s userTask:z endEvent:e")
        + escalating(extra=event_sub(ESCALATION, interrupting))
        + flows("s->sp->z->e")
    )

    assert case.do("u").open() == open_
    for name in open_:
        case.do(name)
    assert case.do("z").case.completed


def test_a_handler_does_not_hear_its_own_escalation(run):
    again = els("userTask:h") + el("endEvent", "ee", ESCALATION) + flows("es->h->ee")
    case = run(
        els("startEvent:s userTask:z endEvent:e")
        + escalating(extra=event_sub(ESCALATION, "false", again))
        + flows("s->sp->z->e")
    )

    assert case.do("u").do("h").open() == ["v", "w"]
    assert case.completed().count("ee") == 1


@pytest.mark.parametrize("cancel", ["true", "false"])
def test_the_escalation_of_one_item_is_heard_at_the_whole(run, cancel):
    sub = escalating().replace(">", ">" + multi(), 1)
    case = run(caught(sub, cancel), {"xs": [1, 2]})

    case.do("u")

    left = ["b"] if cancel == "true" else ["b", "u", "v", "v", "w"]
    assert case.open() == left


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


SP = el("subProcess", "sp", els("startEvent:s1"))
TWO = els("startEvent:s endEvent:e userTask:a")
WRONG = {
    "timer-cycle-misplaced": repeating("R/PT1H", "true"),
    "timer-cycle-misplaced ": with_event(
        "intermediateCatchEvent", timer("R/PT1H", "timeCycle")
    ),
    "timer-invalid": repeating("PT1H"),
    "timer-invalid never": repeating("R0/PT1H"),
    "timer-invalid at once": repeating("R/PT0S"),
    "timer-invalid backwards": repeating("R/-PT1H"),
    "timer-invalid cron": repeating("0 0 9 * * MON-FRI"),
    "signal-unknown": with_event(
        "intermediateCatchEvent", "<bpmn:signalEventDefinition/>"
    ),
    "escalation-unknown": with_event("intermediateThrowEvent", ANY_ESCALATION),
    "escalation-unknown end": els("startEvent:s")
    + el("endEvent", "e", ANY_ESCALATION)
    + flows("s->e"),
    "boundary-never": TWO
    + el("boundaryEvent", "b", ESCALATION, attachedToRef="a")
    + flows("s->a->e", "b->e"),
    "job-type-missing": with_event("intermediateThrowEvent", MESSAGE),
    "extension-misplaced": with_event("intermediateThrowEvent", zeebe(JOB) + SIGNAL),
    "extension-misplaced none": with_event("intermediateThrowEvent", zeebe(JOB)),
    "link-invalid uncaught": TWO + throw(LINK.format("L")) + flows("s->th", "a->e"),
    "link-invalid flow behind": with_event("intermediateThrowEvent", LINK.format("L"))
    + el("intermediateCatchEvent", "c", LINK.format("L"))
    + flows("c->e"),
    "link-invalid flow in front": TWO
    + throw(LINK.format("L"))
    + el("intermediateCatchEvent", "c", LINK.format("L"))
    + flows("s->th", "a->c->e"),
    "link-invalid twice": TWO
    + throw(LINK.format("L"))
    + el("intermediateCatchEvent", "c", LINK.format("L"))
    + el("intermediateCatchEvent", "d", LINK.format("L"))
    + flows("s->th", "c->e", "d->e"),
    "link-invalid nameless": TWO
    + throw("<bpmn:linkEventDefinition/>")
    + el("intermediateCatchEvent", "c", "<bpmn:linkEventDefinition/>")
    + flows("s->th", "c->e"),
    "event-doubled": caught(escalating(), "true")
    + el("boundaryEvent", "y", ESCALATION, attachedToRef="sp")
    + flows("y->b"),
    "event-doubled scope": with_task(els("userTask:a"))
    + event_sub(ESCALATION, "true")
    + event_sub(
        ESCALATION, "true", els("endEvent:oe") + flows("os->oe"), "other", "os"
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_events_that_cannot_run_are_refused(refused, what):
    rule = what.split()[0]

    assert {one.rule for one in refused(drawing(WRONG[what]))} == {rule}


def test_links_make_their_way_reachable(parser):
    body = (
        els("startEvent:s endEvent:e")
        + throw(LINK.format("L"))
        + el("intermediateCatchEvent", "c", LINK.format("L"))
        + flows("s->th", "c->e")
    )

    assert engine.read(drawing(body), "d.bpmn", parser)[0].findings == []


def test_what_is_thrown_is_not_awaited(parser):
    body = (
        els("startEvent:s endEvent:e")
        + throw(zeebe(JOB) + MESSAGE, "t1")
        + throw(SIGNAL, "t2")
        + el("intermediateCatchEvent", "c", OTHER_SIGNAL)
        + flows("s->t1->t2->c->e")
    )
    summary = engine.read(drawing(body), "d.bpmn", parser)[0].summary

    assert (summary["messages"], summary["signals"]) == ([], ["S2"])
