"""Events that are known and still cannot run."""

import pytest
from engine_kit import (
    ANY_ESCALATION,
    ESCALATION,
    JOB,
    MESSAGE,
    OTHER_SIGNAL,
    SIGNAL,
    drawing,
    el,
    els,
    event_sub,
    flows,
    timer,
    with_event,
    with_task,
    zeebe,
)
from test_cycles import repeating
from test_escalations import caught, escalating

from workflows import engine

LINK = '<bpmn:linkEventDefinition name="{}"/>'


def throw(definition, node_id="th"):
    return el("intermediateThrowEvent", node_id, definition)


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
    "boundary-never error": TWO
    + el("boundaryEvent", "b", "<bpmn:errorEventDefinition/>", attachedToRef="a")
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

    # Where a link is broken, no way leads to what stands behind it.
    found = {one.rule for one in refused(drawing(WRONG[what]))} - {"flow-missing"}

    assert found == {rule}


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
