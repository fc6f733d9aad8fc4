"""Names of messages and signals, and codes that are thrown, given as FEEL."""

import pytest
from engine_kit import (
    DECLARED,
    ESCALATION,
    JOB,
    MESSAGE,
    SIGNAL,
    Run,
    drawing,
    el,
    els,
    error,
    event_sub,
    flows,
    multi,
    with_event,
    with_task,
    zeebe,
)
from test_calls import call
from test_escalations import caught
from test_events import late_body

from workflows import engine

NAMED = (
    DECLARED.replace('name="M1"', 'name="=kind + &#34;.filed&#34;"')
    .replace('name="S1"', 'name="=kind + &#34;.ended&#34;"')
    .replace('errorCode="E2"', 'errorCode="=code"')
    .replace('escalationCode="X2"', 'escalationCode="=code"')
)
K = {"kind": "a"}


def awaited(case):
    found = case.effects(engine.MessageAwaited) + case.effects(engine.SignalAwaited)
    return [one.name for one in found]


@pytest.mark.parametrize(("event", "name"), [(MESSAGE, "a.filed"), (SIGNAL, "a.ended")])
def test_a_name_is_worked_out_when_the_wait_begins(run, event, name):
    body = with_event("intermediateCatchEvent", event)
    case = run(body.replace("endEvent", "userTask"), K, declared=NAMED)
    assert awaited(case) == [name]

    assert case.message("a", p=1).open() == ["e"]
    assert case.variables == {**K, "p": 1}
    assert case.do("e").case.completed


@pytest.mark.parametrize("value", [None, 5, "", " "])
def test_what_is_no_name_is_an_incident(run, value):
    body = with_event(
        "intermediateCatchEvent", '<bpmn:signalEventDefinition signalRef="sig1"/>'
    )
    declared = NAMED.replace("=kind + &#34;.ended&#34;", "=kind")
    case = run(body, {"kind": value}, declared=declared)
    assert (case.open(), case.held()) == ([], ["a"])

    assert case.retry("a", kind="b").open() == ["a"]
    assert awaited(case) == ["b"]


def test_a_receive_task_has_its_name_for_each_item(run):
    repeated = multi(inputElement="kind")
    task = el("receiveTask", "a", repeated, messageRef="msg1")
    case = run(with_task(task), {"xs": ["a", "b"]}, declared=NAMED)

    assert awaited(case) == ["a.filed", "b.filed"]
    assert case.message("a").message("a").case.completed


@pytest.mark.parametrize(("event", "name"), [(MESSAGE, "a.filed"), (SIGNAL, "a.ended")])
def test_a_boundary_event_listens_on_under_its_name(run, event, name):
    body = late_body("false").replace(
        late_body("false")
        .split('cancelActivity="false">')[1]
        .split("</bpmn:boundary")[0],
        event,
    )
    case = run(body, K, declared=NAMED)

    case.message("t", kind="changed").message("t")

    assert case.open() == ["a", "b", "b", "t"]
    assert awaited(case) == [name] * 3


def test_an_event_sub_process_and_a_gateway_wait_by_name(run):
    body = els("startEvent:s eventBasedGateway:g endEvent:e") + event_sub(
        MESSAGE, "true"
    )
    body += el("intermediateCatchEvent", "c1", SIGNAL)
    body += el("receiveTask", "c2", messageRef="msg2")
    case = run(body + flows("s->g", "g->c1->e", "g->c2->e"), K, declared=NAMED)
    assert sorted(awaited(case)) == ["M2", "a.ended", "a.filed"]

    assert case.message("es").open() == ["h"]
    assert case.do("h").case.completed


def test_a_signal_is_thrown_by_name_and_heard_in_its_own_case(run):
    body = els("startEvent:s parallelGateway:f userTask:u endEvent:e")
    body += el("intermediateCatchEvent", "c", SIGNAL)
    body += el("intermediateCatchEvent", "d", SIGNAL.replace("sig1", "sig2"))
    body += el("endEvent", "t", SIGNAL)
    body += flows("s->f", "f->u->t", "f->c->e", "f->d->e")
    declared = NAMED.replace('name="S2"', 'name="b.ended"')
    case = run(body, K, declared=declared)

    assert case.do("u", kind="b").open() == ["c"]
    assert case.effects(engine.SignalThrown)[0].name == "b.ended"
    assert case.message("c").case.completed


def test_a_name_that_cannot_be_worked_out_throws_nothing(run):
    body = els("startEvent:s userTask:z endEvent:e")
    body += el("intermediateThrowEvent", "t", SIGNAL) + flows("s->t->z->e")
    case = run(body, declared=NAMED)
    assert (case.open(), case.held()) == ([], ["t"])
    assert case.effects(engine.SignalThrown) == []

    assert case.retry("t", kind="b").open() == ["z"]
    assert [one.name for one in case.effects(engine.SignalThrown)] == ["b.ended"]


def test_an_error_is_thrown_by_a_code_worked_out(run):
    body = els("startEvent:s userTask:u") + el("endEvent", "x", error("err2"))
    inner = body + flows("s->u->x")
    boundary = el("boundaryEvent", "b", error("err1"), attachedToRef="a")
    drawn = with_task(call()) + boundary + els("userTask:h") + flows("b->h")
    case = run(drawn, {"code": "E1"}, declared=NAMED, called={"q": inner})

    assert case.do("u").open() == ["h"]
    assert case.do("h").case.completed


def test_an_error_by_a_code_worked_out_that_nothing_catches_ends_the_case(run):
    body = els("startEvent:s") + el("endEvent", "x", error("err2")) + flows("s->x")
    case = run(body, {"code": "E9"}, declared=NAMED)

    assert case.case.ended_by == {"kind": "error", "code": "E9", "element_id": "x"}


def test_an_escalation_is_thrown_by_a_code_worked_out(run):
    definition = '<bpmn:escalationEventDefinition escalationRef="esc2"/>'
    inner = els("startEvent:s1 endEvent:e1 userTask:u")
    inner += el("intermediateThrowEvent", "th", definition) + flows("s1->u->th->e1")
    case = run(
        caught(el("subProcess", "sp", inner), "true"), {"code": "X1"}, declared=NAMED
    )

    case.do("u")

    assert "b" in case.open()


def test_a_drawing_tells_names_as_drawn(parser):
    body = els("startEvent:s endEvent:e") + el("intermediateCatchEvent", "c", MESSAGE)
    body += el("intermediateThrowEvent", "t", SIGNAL) + flows("s->c->t->e")
    summary = engine.read(drawing(body, declared=NAMED), "d.bpmn", parser)[0].summary

    assert summary["messages"] == ['=kind + ".filed"']
    assert summary["signals_thrown"] == ['=kind + ".ended"']


def test_the_name_of_a_message_that_is_thrown_decides_nothing(define):
    body = with_event("intermediateThrowEvent", zeebe(JOB) + MESSAGE)

    assert Run(define(body, declared=NAMED)).open() == ["a"]


@pytest.mark.parametrize(
    ("thrown", "caught_by"),
    [
        (error("err2"), error("err1")),
        ('<bpmn:escalationEventDefinition escalationRef="esc2"/>', ESCALATION),
    ],
)
def test_a_code_worked_out_may_be_any_that_is_caught(parser, thrown, caught_by):
    inner = els("startEvent:s1 userTask:u") + el("endEvent", "x", thrown)
    body = with_task(el("subProcess", "a", inner + flows("s1->u->x")))
    body += el("boundaryEvent", "b", caught_by, attachedToRef="a")
    body += els("userTask:h") + flows("b->h")
    found = engine.read(drawing(body, declared=NAMED), "d.bpmn", parser)[0].findings

    assert {one.rule for one in found if one.rule.startswith(("error", "esc"))} == set()


def starting(definition):
    return el("startEvent", "s", definition) + els("endEvent:e") + flows("s->e")


WRONG = {
    "message-unknown": starting(MESSAGE),
    "signal-unknown": starting(SIGNAL),
    "error-unknown": with_task(call())
    + el("boundaryEvent", "b", error("err2"), attachedToRef="a")
    + flows("b->e"),
    "escalation-unknown": with_task(call())
    + el(
        "boundaryEvent",
        "b",
        '<bpmn:escalationEventDefinition escalationRef="esc2"/>',
        attachedToRef="a",
    )
    + flows("b->e"),
}


@pytest.mark.parametrize("rule", WRONG)
def test_names_must_be_fixed_where_nothing_can_be_worked_out(refused, rule):
    found = refused(drawing(WRONG[rule], declared=NAMED))

    assert [one.rule for one in found] == [rule]
    assert "fixed" in found[0].message


def test_a_name_that_is_no_feel_is_refused(refused):
    declared = NAMED.replace("=kind + &#34;.filed&#34;", "=kind +")
    body = with_event("intermediateCatchEvent", MESSAGE)

    assert [one.rule for one in refused(drawing(body, declared=declared))] == [
        "feel-syntax"
    ]


def test_called_processes_work_out_names_of_their_own(run):
    body = els("startEvent:s endEvent:e") + el("intermediateCatchEvent", "c", MESSAGE)
    body += flows("s->c->e")
    repeated = multi(inputElement="kind")
    case = run(
        with_task(call(repeated=repeated)),
        {"xs": ["a", "b"]},
        declared=NAMED,
        called={"q": body},
    )

    assert awaited(case) == ["a.filed", "b.filed"]
    assert case.message("c").message("c").case.completed
