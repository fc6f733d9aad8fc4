"""Events that throw: nothing, messages, links and signals."""

import pytest
from engine_kit import (
    JOB,
    MESSAGE,
    OTHER_SIGNAL,
    SIGNAL,
    el,
    els,
    event_sub,
    flows,
    mapping,
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
