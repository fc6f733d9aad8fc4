"""Escalations: who hears them, and what goes on."""

import pytest
from engine_kit import (
    ANY_ESCALATION,
    ESCALATION,
    el,
    els,
    event_sub,
    flows,
    multi,
)


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
