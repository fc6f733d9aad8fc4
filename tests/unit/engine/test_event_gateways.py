"""Event-based gateways: the first event decides, the others are forgotten."""

import pytest
from engine_kit import (
    MESSAGE,
    NOON,
    OTHER_MESSAGE,
    SIGNAL,
    drawing,
    el,
    els,
    flows,
    mapping,
    multi,
    timer,
    zeebe,
)

from workflows import engine


def arms(c1=MESSAGE, extra=""):
    return (
        els("startEvent:s eventBasedGateway:g userTask:a,b,c endEvent:e")
        + el("intermediateCatchEvent", "c1", c1)
        + el("intermediateCatchEvent", "c2", timer())
        + el("intermediateCatchEvent", "c3", SIGNAL)
        + extra
        + flows("s->g", "g->c1->a->e", "g->c2->b->e", "g->c3->c->e")
    )


@pytest.mark.parametrize(
    ("event", "follows", "written"),
    [("c1", "a", {"p": "x"}), ("c2", "b", {}), ("c3", "c", {"p": "x"})],
)
def test_the_first_event_decides(run, event, follows, written):
    case = run(arms())
    assert case.open() == ["c1", "c2", "c3"]
    assert case.case.waiting == ("g",)
    assert case.effects(engine.MessageAwaited)[0].correlation_key == "K"
    assert case.effects(engine.TimerArmed)[0].due_at > NOON

    case.fire(event) if event == "c2" else case.message(event, p="x")

    assert case.open() == [follows]
    assert case.variables == written
    assert case.completed() == ["s", "g", event]
    assert case.entered()[-2:] == [event, follows]
    assert case.canceled() == []
    gateway = case.effects(engine.ElementCompleted)[1]
    assert gateway.flows == (f"g_{event}",)
    assert case.do(follows).case.completed


def test_the_arms_may_be_receive_tasks_with_mappings(run):
    got = zeebe(mapping(outputs="got<-body"))
    case = run(
        els("startEvent:s eventBasedGateway:g userTask:a,b endEvent:e")
        + el("receiveTask", "r1", got, messageRef="msg1")
        + el("receiveTask", "r2", messageRef="msg2")
        + flows("s->g", "g->r1->a->e", "g->r2->b->e")
    )

    case.message("r1", body="x", junk="y")

    assert case.open() == ["a"]
    assert case.variables == {"got": "x"}


def test_the_inputs_of_an_arm_are_its_own(run):
    mapped = zeebe(mapping("key<-n + 1;k<-key", "got<-k + p")) + MESSAGE
    case = run(arms(mapped), {"n": 1})
    assert case.effects(engine.MessageAwaited)[0].correlation_key == "2"

    case.message("c1", p=5)

    assert case.open() == ["a"]
    assert case.variables == {"n": 1, "got": 7}


def test_a_failing_input_of_an_arm_holds_the_gateway_and_opens_nothing(run):
    late = zeebe(mapping("k<-late")) + SIGNAL
    case = run(arms().replace(SIGNAL, late))

    assert (case.open(), case.held()) == ([], ["g"])
    assert case.effects(engine.MessageAwaited) == []
    assert case.retry("g", late=1).open() == ["c1", "c2", "c3"]
    assert case.message("c3").do("c").case.completed


def test_a_key_that_cannot_be_read_holds_the_gateway_and_opens_nothing(run):
    case = run(arms(), {"key": None})

    assert (case.open(), case.held()) == ([], ["g"])
    assert case.retry("g", key="A").open() == ["c1", "c2", "c3"]


def test_a_failing_mapping_behind_an_event_keeps_what_came(run):
    case = run(arms(zeebe(mapping(outputs="got<-body.text")) + MESSAGE))

    case.message("c1", other="x")
    assert (case.open(), case.held()) == ([], ["c1"])

    assert case.retry("c1", body={"text": "T"}).open() == ["a"]
    assert case.variables["got"] == "T"


def test_an_interruption_forgets_all_events(run):
    inner = (
        els("startEvent:s1 eventBasedGateway:g task:a,b")
        + el("intermediateCatchEvent", "c1", OTHER_MESSAGE)
        + el("intermediateCatchEvent", "c2", timer("P9D"))
        + flows("s1->g", "g->c1->a", "g->c2->b")
    )
    case = run(
        els("startEvent:s userTask:b1 endEvent:e,e2")
        + el("subProcess", "sp", inner)
        + el("boundaryEvent", "t", timer(), attachedToRef="sp")
        + flows("s->sp->e", "t->b1->e2")
    )

    assert case.fire("t").open() == ["b1"]
    assert sorted(case.canceled()) == ["g", "sp"]
    assert case.do("b1").case.completed


def test_a_gateway_in_a_loop_waits_anew(run):
    case = run(
        els("startEvent:s exclusiveGateway:m eventBasedGateway:g userTask:a endEvent:e")
        + el("intermediateCatchEvent", "c1", MESSAGE)
        + el("intermediateCatchEvent", "c2", timer())
        + flows("s->m->g", "g->c1->a->m", "g->c2->e")
    )

    case.message("c1").do("a").message("c1").do("a")

    assert case.open() == ["c1", "c2"]
    assert case.fire("c2").case.completed


def test_an_inclusive_join_waits_for_what_the_events_may_bring(run):
    case = run(
        els("startEvent:s inclusiveGateway:f,j eventBasedGateway:g userTask:a,z")
        + els("endEvent:e,e2")
        + el("intermediateCatchEvent", "c1", MESSAGE)
        + el("intermediateCatchEvent", "c2", timer())
        + flows("s->f", "f->a ? =true", "f->g ? =true", "a->j", "g->c1->j")
        + flows("g->c2->e2", "j->z->e")
    )

    assert case.do("a").open() == ["c1", "c2"]
    assert case.fire("c2").open() == ["z"]


def gateway(body, *ways):
    return els("startEvent:s eventBasedGateway:g endEvent:e") + body + flows(*ways)


C1 = el("intermediateCatchEvent", "c1", MESSAGE)
C2 = el("intermediateCatchEvent", "c2", timer())
WRONG = {
    "one arm": gateway(C1, "s->g->c1->e"),
    "a task": gateway(C1 + els("userTask:a"), "s->g", "g->c1->e", "g->a->e"),
    "another way in": gateway(
        C1 + C2 + els("parallelGateway:f"), "s->f", "f->g", "f->c1", "g->c1->e"
    )
    + flows("g->c2->e"),
    "mixed": gateway(
        C1 + el("receiveTask", "r", messageRef="msg1"), "s->g", "g->c1->e", "g->r->e"
    ),
    "watched": gateway(
        C2
        + el("receiveTask", "r", messageRef="msg1")
        + el("boundaryEvent", "b", timer(), attachedToRef="r"),
        "s->g",
        "g->c2->e",
        "g->r->e",
        "b->e",
    ),
    "repeated": gateway(
        C2 + el("receiveTask", "c1", multi(), messageRef="msg1"),
        "s->g",
        "g->c1->e",
        "g->c2->e",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_gateways_that_cannot_decide_are_refused(refused, what):
    found = refused(drawing(WRONG[what]))

    assert {one.rule for one in found} == {"event-gateway-invalid"}


@pytest.mark.parametrize(
    "attributes", [{"instantiate": "true"}, {"eventGatewayType": "Parallel"}]
)
def test_other_kinds_of_gateway_are_refused(refused, attributes):
    body = gateway(C1 + C2, "s->g", "g->c1->e", "g->c2->e")
    body = body.replace(
        els("eventBasedGateway:g"), el("eventBasedGateway", "g", **attributes)
    )

    assert {one.rule for one in refused(drawing(body))} == {"attribute-not-run"}
