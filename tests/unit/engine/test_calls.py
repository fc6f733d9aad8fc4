"""Call activities: what the called process is given, and what comes back of it."""

import pytest
from engine_kit import (
    MESSAGE,
    TERMINATE,
    Run,
    drawing,
    el,
    els,
    error,
    event_sub,
    flows,
    late_body,
    loop,
    mapping,
    multi,
    timer,
    with_task,
    zeebe,
)

from workflows import engine

CALLED = els("startEvent:s userTask:u endEvent:e") + flows("s->u->e")


def call(process="q", mappings="", repeated="", **attributes):
    named = {"processId": process, **attributes}
    written = "".join(f' {name}="{value}"' for name, value in named.items())
    called = zeebe(f"<zeebe:calledElement{written}/>{mappings}")
    return el("callActivity", "a", called + repeated)


def calling(activity, extra="", ways=()):
    return (
        els("startEvent:s userTask:z endEvent:e")
        + activity
        + extra
        + flows("s->a->z->e", *ways)
    )


def test_a_called_process_runs_to_its_end(run):
    case = run(calling(call()), {"n": 1}, called={"q": CALLED})
    assert case.open() == ["u"]
    assert case.case.waiting == ("a",)

    case.do("u", r=2)

    assert case.open() == ["z"]
    assert case.variables == {"n": 1, "r": 2}
    entered = [
        (one.element_id, one.process) for one in case.effects(engine.ElementEntered)
    ]
    inside = [("s", "q"), ("u", "q"), ("e", "q")]
    assert entered == [("s", None), ("a", None), *inside, ("z", None)]
    assert [one.process for one in case.effects(engine.TaskOpened)] == ["q", None]
    assert case.do("z").case.completed


def test_the_process_may_be_named_by_an_expression(run):
    body = els("startEvent:s userTask:v endEvent:e") + flows("s->v->e")
    case = run(calling(call("=which")), {"which": "r"}, called={"q": CALLED, "r": body})

    assert case.open() == ["v"]


@pytest.mark.parametrize("which", ["nowhere", 5, None])
def test_a_process_that_is_not_there_is_an_incident(run, which):
    case = run(calling(call("=which")), {"which": which}, called={"q": CALLED})

    assert (case.open(), case.held()) == ([], ["a"])
    assert case.retry("a", which="q").open() == ["u"]


@pytest.mark.parametrize(
    ("attributes", "inputs", "seen"),
    [
        ({}, "", {"key": "K", "n": 1}),
        ({}, "k<-n + 1", {"key": "K", "n": 1, "k": 2}),
        ({"propagateAllParentVariables": "true"}, "", {"key": "K", "n": 1}),
        ({"propagateAllParentVariables": "false"}, "k<-n + 1", {"k": 2}),
        ({"propagateAllParentVariables": "false"}, "", {}),
    ],
)
def test_what_a_called_process_is_given(run, attributes, inputs, seen):
    activity = call(mappings=mapping(inputs), **attributes)
    case = run(calling(activity), {"n": 1}, called={"q": CALLED})

    assert case.case.visible(case.token("u")) == seen


@pytest.mark.parametrize(
    ("attributes", "outputs", "left"),
    [
        ({}, "", {"n": 5, "r": 2}),
        ({"propagateAllChildVariables": "false"}, "", {"n": 1}),
        ({}, "got<-r + n", {"n": 1, "got": 7}),
        ({"propagateAllChildVariables": "false"}, "got<-r + n", {"n": 1, "got": 7}),
    ],
)
def test_what_comes_back_of_a_called_process(run, attributes, outputs, left):
    activity = call(mappings=mapping(outputs=outputs), **attributes)
    case = run(calling(activity), {"n": 1}, called={"q": CALLED})

    assert case.do("u", r=2, n=5).variables == left


def test_what_a_called_process_writes_stays_in_it_until_its_end(run):
    body = els("startEvent:s userTask:u,v endEvent:e") + flows("s->u->v->e")
    case = run(calling(call()), {"n": 1}, called={"q": body})

    case.do("u", n=2, r=3)

    assert case.variables == {"n": 1}
    assert case.case.visible(case.token("v")) == {"key": "K", "n": 2, "r": 3}
    assert case.do("v").variables == {"n": 2, "r": 3}


def test_a_called_process_does_not_undo_what_other_branches_wrote(run):
    case = run(
        els("startEvent:s parallelGateway:f,j userTask:b,z endEvent:e")
        + call()
        + flows("s->f", "f->a->j", "f->b->j", "j->z->e"),
        {"n": 1},
        called={"q": CALLED},
    )

    case.do("b", n=2).do("u", r=3)

    assert case.variables == {"n": 2, "r": 3}


def test_a_result_with_the_name_of_an_input_stays_in_the_activity(run):
    case = run(calling(call(mappings=mapping("k<-n"))), {"n": 1}, called={"q": CALLED})

    assert case.do("u", k=5).variables == {"n": 1}


def test_a_called_process_may_write_in_its_sub_processes(run):
    inner = els("startEvent:s1 userTask:u endEvent:e1") + flows("s1->u->e1")
    body = (
        els("startEvent:s endEvent:e")
        + el("subProcess", "sp", inner)
        + flows("s->sp->e")
    )
    case = run(calling(call()), called={"q": body})

    assert case.do("u", r=1).variables == {"r": 1}


def test_ids_of_the_called_drawing_may_be_those_of_the_caller(run):
    inner = els("startEvent:s1 userTask:u endEvent:e1") + flows("s1->u->e1")
    sub = el("subProcess", "sp", inner)
    other = el("subProcess", "sp", els("startEvent:s1 userTask:v") + flows("s1->v"))
    case = run(
        els("startEvent:s endEvent:e") + call() + sub + flows("s->sp->a->e"),
        called={"q": els("startEvent:s endEvent:e") + other + flows("s->sp->e")},
    )

    assert case.do("u").open() == ["v"]
    assert case.do("v").case.completed


def test_a_call_is_interrupted_with_all_that_it_runs(run):
    body = late_body("false") + event_sub(MESSAGE, "false")
    case = run(
        calling(
            call(),
            els("userTask:late endEvent:e2")
            + el("boundaryEvent", "out", timer(), attachedToRef="a"),
            ["out->late->e2"],
        ),
        called={"q": body},
    )
    case.fire("t").message("es")
    assert case.open() == ["a", "b", "es", "h", "out"]

    assert case.fire("out").open() == ["late"]
    assert case.do("late").case.completed
    canceled = [
        (one.element_id, one.process) for one in case.effects(engine.ElementCanceled)
    ]
    assert ("a", "q") in canceled
    assert ("a", None) in canceled


@pytest.mark.parametrize("by_job", [True, False])
def test_an_error_goes_outward_through_a_call(run, by_job):
    end = el("endEvent", "er", error())
    task = "serviceTask" if by_job else "userTask"
    body = els(f"startEvent:s {task}:u") + end + flows("s->u->er")
    case = run(
        calling(
            call(),
            els("userTask:b endEvent:e2")
            + el("boundaryEvent", "be", error(), attachedToRef="a"),
            ["be->b->e2"],
        ),
        called={"q": body},
    )

    if by_job:
        assert case.throw("u", "E1", why="x")
    else:
        case.do("u")

    assert case.open() == ["b"]
    assert case.variables == ({"why": "x"} if by_job else {})
    assert case.do("b").case.completed


def test_an_error_of_a_call_that_nothing_catches_ends_the_case(run):
    body = els("startEvent:s userTask:u") + el("endEvent", "er", error())
    case = run(calling(call()), called={"q": body + flows("s->u->er")})

    case.do("u")

    assert case.case.ended_by["code"] == "E1"
    raised = case.effects(engine.IncidentRaised)[0]
    assert (raised.element_id, raised.process) == ("er", "q")


def test_terminate_ends_the_called_process_alone(run):
    body = (
        els("startEvent:s parallelGateway:f userTask:u,v endEvent:e")
        + el("endEvent", "t", TERMINATE)
        + flows("s->f", "f->u->t", "f->v->e")
    )
    case = run(calling(call()), called={"q": body})

    assert case.do("u").open() == ["z"]


def test_an_incident_in_a_called_process_is_tried_again_there(run):
    task = el("userTask", "u", zeebe(mapping("x<-boom")))
    body = els("startEvent:s endEvent:e") + task + flows("s->u->e")
    case = run(calling(call()), called={"q": body})
    raised = case.effects(engine.IncidentRaised)[0]
    assert (raised.element_id, raised.process) == ("u", "q")

    assert case.retry("u", boom=1).open() == ["u"]
    assert "boom" not in case.variables
    assert case.do("u").variables == {"boom": 1}


def test_a_failing_output_of_a_call_is_tried_again_without_running_it(run):
    activity = call(mappings=mapping(outputs="got<-r + late"))
    case = run(calling(activity), called={"q": CALLED})

    assert case.do("u", r=1).held() == ["a"]
    assert case.retry("a", late=2).variables == {"late": 2, "got": 3}


def test_a_called_process_calls_another(run):
    middle = els("startEvent:s endEvent:e") + call("q") + flows("s->a->e")
    case = run(calling(call("m")), called={"q": CALLED, "m": middle})

    assert case.effects(engine.TaskOpened)[0].process == "q"
    assert case.do("u", r=1).variables == {"r": 1}
    assert case.open() == ["z"]


def test_a_process_may_call_itself_but_not_without_end(define):
    body = (
        els("startEvent:s userTask:u endEvent:e")
        + el("exclusiveGateway", "x", default="x_u")
        + call("q", mapping("n<-n + 1"))
        + flows("s->x", "x->a ? =n < 3", "x->u", "u->e", "a->e")
    )
    case = Run(define(calling(call()), called={"q": body}), {"n": 0})

    assert case.open() == ["u"]
    assert case.case.visible(case.token("u"))["n"] == 3
    assert case.do("u").open() == ["z"]

    endless = els("startEvent:s endEvent:e") + call("q") + flows("s->a->e")
    case = Run(define(calling(call()), called={"q": endless}))
    assert [one.kind for one in case.incidents.values()] == ["budget"]


@pytest.mark.parametrize("written", ["q", "tns:q"])
def test_a_process_may_be_named_as_the_standard_writes_it(run, written):
    activity = el("callActivity", "a", calledElement=written)
    case = run(calling(activity), {"n": 1}, called={"q": CALLED})

    case.do("u", r=2).do("z")

    assert case.case.completed
    assert case.variables == {"n": 1, "r": 2}


def test_a_drawing_tells_what_it_calls(parser):
    body = calling(call("q"), call("=w").replace('"a"', '"b"'), ["z->b"])
    summary = engine.read(drawing(body), "d.bpmn", parser)[0].summary

    assert summary["called"] == ["q"]
    assert summary["calls_by_expression"] is True


WRONG = {
    "called-missing": el("callActivity", "a"),
    "called-twice": call("q").replace(
        "<bpmn:callActivity", '<bpmn:callActivity calledElement="q"'
    ),
    "called-not-fixed": el("callActivity", "a", calledElement="=x"),
    "attribute-not-run": call(bindingType="latest"),
    "attribute-unknown": call(versionTag="1"),
    "repetition-misplaced": call(repeated=multi() + loop("=x")),
}


@pytest.mark.parametrize("rule", WRONG)
def test_calls_that_cannot_run_are_refused(refused, rule):
    found = refused(drawing(with_task(WRONG[rule])))

    assert {one.rule for one in found} == {rule.strip()}
