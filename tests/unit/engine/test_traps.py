"""The traps of SpiffWorkflow 3.2, row by row of the dialect.

A test for each, named after its row; what is around them is tested where it belongs.
"""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from engine_kit import (
    ANY_ERROR,
    BASE,
    ESCALATION,
    MESSAGE,
    NOON,
    RESULTS,
    SIGNAL,
    Run,
    drawing,
    el,
    els,
    error,
    event_sub,
    flows,
    late_body,
    multi,
    timer,
    with_event,
    with_task,
    zeebe,
)
from repetition_kit import behind, interrupted, sub
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskIterator
from SpiffWorkflow.workflow import Workflow

from workflows import engine

FORK = "startEvent:s parallelGateway:f,j"
LINK = '<bpmn:linkEventDefinition name="L"/>'
COMPENSATE = "<bpmn:compensateEventDefinition/>"


def test_prediction(define):
    gateways = "".join(
        els(f"parallelGateway:f{n},j{n} task:a{n},b{n}") for n in range(12)
    )
    ways = [
        way
        for n in range(12)
        for way in (f"f{n}->a{n}->j{n}", f"f{n}->b{n}->j{n}", f"j{n}->f{n + 1}")
    ]
    body = els("startEvent:s userTask:u endEvent:f12") + gateways
    case = Run(define(body + flows("s->u->f0", *ways)))

    assert len(case.case._process.tasks) == 2  # the root, and the task that waits
    assert case.do("u").case.completed


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_parallel_join(run, order):
    body = els(FORK + " userTask:a,b,z") + flows("s->f", "f->a->j", "f->b->j", "j->z")
    case = run(body, {"status": "new"})

    for name in order:
        case.do(name, **({"status": "done"} if name == "a" else {}))

    assert case.variables == {"status": "done"}


def test_data_on_tokens(define):
    body = els("startEvent:s userTask:a,b exclusiveGateway:m endEvent:e")
    body += el("exclusiveGateway", "x", default="x_e")
    body += flows("s->m->a->x", "x->b ? =more", "b->m", "x->e")
    case = Run(define(body), {"grown": [], "more": True})
    for n in range(200):
        grown = [*case.case.variables["grown"], Decimal(1000 + n)]
        case.do("a", grown=grown).do("b")
        tokens = case.case._process.tasks.values()
        assert all(token.data == {} for token in tokens)

    assert len(case.case.save()) < 200 * len("1000,") + 200


def test_tree_walks(run, monkeypatch):
    def walk(*_, **__):
        pytest.fail("the whole tree is walked")

    for owner, name in (
        (TaskIterator, "__init__"),
        (Workflow, "get_tasks"),
        (Workflow, "get_tasks_iterator"),
        (Workflow, "get_next_task"),
        (Workflow, "is_completed"),
        (Workflow, "refresh_waiting_tasks"),
        (Task, "_drop_children"),
    ):
        if name in vars(owner):
            monkeypatch.setattr(owner, name, walk)
    inner = els("startEvent:s1 userTask:u endEvent:e1") + flows("s1->u->e1")
    body = (
        els(FORK + " userTask:a endEvent:e")
        + el("userTask", "m", multi())
        + el("subProcess", "sp", inner)
        + el("boundaryEvent", "t", timer(), attachedToRef="sp")
        + flows("s->f", "f->a->j", "f->m->j", "f->sp->j", "j->e", "t->e")
        + event_sub(MESSAGE, "false")
    )
    case = run(body, {"xs": [1, 2]})
    case.do("m").fire("t").message("es").do("a").do("m").do("h")
    assert case.open() == ["es"]

    case.case.cancel()
    case.after()

    assert case.open() == []


def test_recursion(define):
    names = [f"t{n}" for n in range(2000)]
    tasks = els("startEvent:s userTask:z task:" + ",".join(names))
    case = Run(define(tasks + flows("->".join(["s", *names, "z"]))), keep=True)

    assert case.open() == ["z"]


def test_compensation_signal_end_event_link_events(run):
    body = (
        els("startEvent:s userTask:a,z endEvent:e1")
        + el("userTask", "undo", isForCompensation="true")
        + el("boundaryEvent", "c", COMPENSATE, attachedToRef="a")
        + el("association", "x", sourceRef="c", targetRef="undo")
        + el("intermediateThrowEvent", "th", COMPENSATE)
        + el("intermediateThrowEvent", "out", LINK)
        + el("intermediateCatchEvent", "back", LINK)
        + el("endEvent", "e", SIGNAL)
        + flows("s->a->th->out", "back->z->e")
        + event_sub(SIGNAL, "false")
    )
    case = run(body)

    assert case.do("a").open() == ["es", "undo"]
    assert case.do("undo").open() == ["es", "z"]
    assert case.do("z").open() == ["es", "h"]
    assert [one.name for one in case.effects(engine.SignalThrown)] == ["S1"]
    assert case.do("h").case.completed


@pytest.mark.parametrize("event", [error(), ESCALATION, timer("P30D"), MESSAGE])
def test_event_sub_process(run, event):
    begins = els("startEvent:s userTask:u endEvent:e") + flows("s->u->e")
    case = run(begins + event_sub(event, "true"))

    assert "h" not in case.open()  # it does not run of itself
    assert "esp" not in case.entered()
    assert case.do("u").case.completed  # nor does it hold the case


def test_event_sub_process_that_does_not_interrupt(run):
    begins = els("startEvent:s userTask:u endEvent:e") + flows("s->u->e")

    assert run(begins + event_sub(SIGNAL, "false")).message("es").open() == [
        "es",
        "h",
        "u",
    ]
    assert run(begins + event_sub(SIGNAL, "true")).message("es").open() == ["h"]


def test_attributes_without_prefix(define, parser):
    """`triggeredByEvent` is seen where BPMN is the default namespace."""
    body = BASE + flows("s->e") + event_sub(SIGNAL, "true")
    plain = drawing(body).replace(b"bpmn:", b"").replace(b"xmlns:bpmn=", b"xmlns=")
    read = engine.read(plain, "d.bpmn", parser)[0]
    case = Run(engine.load(plain, read.key, read.trees))

    assert case.case.completed
    assert case.entered() == ["s", "e"]
    assert len(case.effects(engine.SignalForgotten)) == 1


def test_several_outgoing_flows_of_a_task_and_conditional_ones(run):
    body = els("startEvent:s userTask:b,c,d") + el("userTask", "a", default="a_d")
    body += flows("s->a", "a->b ? =x > 1", "a->c ? =x > 2", "a->d")

    assert run(body).do("a", x=3).open() == ["b", "c"]
    assert run(body).do("a", x=0).open() == ["d"]
    both = els("startEvent:s userTask:a,b,c") + flows("s->a", "a->b", "a->c")
    assert run(both).do("a").open() == ["b", "c"]


def test_top_level_error_end_event(run):
    body = els("startEvent:s parallelGateway:f userTask:u,v")
    body += el("endEvent", "x", error()) + flows("s->f", "f->u->x", "f->v")
    case = run(body).do("u")

    assert case.case.ended_by == {"kind": "error", "code": "E1", "element_id": "x"}
    assert [one.kind for one in case.effects(engine.IncidentRaised)] == ["error"]
    assert case.open() == []


def test_dmn(refused):
    """Nothing of SpiffWorkflow's DMN runs: what cannot be right is refused."""
    rule = el("businessRuleTask", "a")
    named = el("businessRuleTask", "a", implementation="a.dmn")

    for task in (rule, named):
        found = refused(drawing(with_task(task)))
        assert {one.element_id for one in found} == {"a"}


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("PT30M", timedelta(minutes=30)),
        ('=duration("-PT30M")', timedelta(minutes=-30)),
        ('=duration("PT0.5S")', timedelta(seconds=0.5)),
    ],
)
def test_timers(run, text, after):
    case = run(with_event("intermediateCatchEvent", timer(text)))

    assert case.effects(engine.TimerArmed)[0].due_at == NOON + after


@pytest.mark.parametrize("text", ["-PT30M", "P0.5M", "&quot;PT30M&quot;", "later()"])
def test_timers_that_cannot_be_read(refused, text):
    body = with_event("intermediateCatchEvent", timer(text))

    assert [one.rule for one in refused(drawing(body))] == ["timer-invalid"]


def test_scripts(define, refused, monkeypatch):
    def python(*_, **__):
        pytest.fail("Python of a drawing is run")

    monkeypatch.setattr(TaskDataEnvironment, "execute", python)
    monkeypatch.setattr(TaskDataEnvironment, "evaluate", python)
    script = '<zeebe:script expression="={}" resultVariable="r"/>'
    task = el("scriptTask", "a", zeebe(script.format("1 + 1")))
    assert Run(define(with_task(task))).variables == {"r": 2}

    task = el("scriptTask", "a", zeebe(script.format("open(&quot;x&quot;)")))
    assert [one.rule for one in refused(drawing(with_task(task)))] == ["feel-syntax"]


def test_serializer(define):
    small = els("startEvent:s userTask:u endEvent:e") + flows("s->u->e")
    names = [f"a{n}" for n in range(100)]
    large = els("startEvent:s userTask:u endEvent:e task:" + ",".join(names))
    large += flows("->".join(["s", "u", *names, "e"]))
    one, other = (Run(define(body)).case.save() for body in (small, large))

    assert len(one) == len(other) < 100
    assert set(json.loads(one)) == {"v", "top"}


@pytest.mark.parametrize(("event", "follows"), [("c1", "a"), ("c2", "b"), ("c3", "c")])
def test_event_based_gateway(run, event, follows):
    body = els("startEvent:s eventBasedGateway:g userTask:a,b,c")
    body += el("intermediateCatchEvent", "c1", MESSAGE)
    body += el("intermediateCatchEvent", "c2", timer())
    body += el("intermediateCatchEvent", "c3", SIGNAL)
    case = run(body + flows("s->g", "g->c1->a", "g->c2->b", "g->c3->c"))
    assert case.open() == ["c1", "c2", "c3"]

    case.fire(event) if event == "c2" else case.message(event)

    assert case.open() == [follows]


def test_task_iterator_max_depth(run):
    """333 turns of three elements were the end, and counted as completed."""
    script = zeebe('<zeebe:script expression="=n + 1" resultVariable="n"/>')
    body = els("startEvent:s userTask:z exclusiveGateway:m")
    body += el("scriptTask", "c", script) + el("exclusiveGateway", "x", default="x_z")
    case = run(body + flows("s->m->c->x", "x->m ? =n < 400", "x->z"), {"n": 0})

    assert case.variables == {"n": 400}
    assert case.open() == ["z"]
    assert not case.case.completed


def test_inclusive_join(run):
    body = els("startEvent:s inclusiveGateway:g,j userTask:a,b,c,z task:m")
    body += flows("s->g", "g->a ? =true", "g->b ? =true", "a->j", "b->m->c->j", "j->z")
    case = run(body)

    assert case.do("a").open() == ["b"]
    assert case.do("b").open() == ["c"]
    assert case.do("c").open() == ["z"]
    assert case.entered().count("j") == 1


def test_sequential_multi_instance_with_an_input_item_and_no_output_collection(run):
    case = run(behind(el("userTask", "a", multi("true"))), {"xs": [1, 2, 3]})

    for item in (1, 2, 3):
        assert [case.case.visible(one)["it"] for one in case.tokens("a")] == [item]
        case.do("a")

    assert case.open() == ["z"]


def test_error_end_event(run):
    """A boundary event on a neighbour in the same scope does not catch it."""
    body = (
        els("startEvent:s parallelGateway:f userTask:u,h")
        + el("serviceTask", "n")
        + el("boundaryEvent", "b", ANY_ERROR, attachedToRef="n")
        + el("endEvent", "x", error())
        + flows("s->f", "f->u->x", "f->n", "b->h")
    )
    case = run(body).do("u")

    assert "b" not in case.entered()
    assert case.case.ended_by["kind"] == "error"
    assert case.open() == []


def test_interrupting_a_parallel_multi_instance_sub_process(run):
    case = run(interrupted(sub(multi(**RESULTS))), {"xs": [1, 2, 3]})
    case.do("u", 1, r=1)

    assert case.fire("t").open() == ["b"]
    assert case.case._process.subprocesses == {}


def test_two_tokens_on_one_flow(run):
    body = els("startEvent:s userTask:a,b,z exclusiveGateway:m parallelGateway:f")
    case = run(body + flows("s->f", "f->a->m", "f->b->m", "m->z"))

    assert case.do("a").do("b").open() == ["z", "z"]
    heard = run(late_body("false").replace(timer(), MESSAGE))
    assert heard.message("t").message("t").open() == ["a", "b", "b", "t"]


def test_abstract_task(run):
    assert run(BASE + els("task:a") + flows("s->a->e")).case.completed
