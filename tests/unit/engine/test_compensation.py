"""Compensation: what was completed is undone, once, in reverse order."""

import pytest
from engine_kit import (
    MESSAGE,
    drawing,
    el,
    els,
    error,
    event_sub,
    flows,
    loop,
    mapping,
    multi,
    timer,
    zeebe,
)

from workflows import engine

UNDO = "<bpmn:compensateEventDefinition/>"


def undo(activity):
    return f'<bpmn:compensateEventDefinition activityRef="{activity}"/>'


def association(source, target):
    return el("association", f"as_{source}", sourceRef=source, targetRef=target)


def undone(host, handler, tag="userTask", inner=""):
    """The compensation event of `host`, and what undoes it."""
    event = f"c_{host}"
    return (
        el("boundaryEvent", event, UNDO, attachedToRef=host)
        + el(tag, handler, inner, isForCompensation="true")
        + association(event, handler)
    )


def throw(definition=UNDO):
    return el("intermediateThrowEvent", "th", definition)


TWO = (
    els("startEvent:s userTask:a,b,z endEvent:e")
    + undone("a", "ua")
    + undone("b", "ub")
)


def test_completed_activities_are_undone_the_last_first(run):
    case = run(TWO + throw() + flows("s->a->b->th->z->e"))

    assert case.do("a").do("b").open() == ["ub"]
    assert case.case.waiting == ("th", "ub")
    assert case.do("ub").open() == ["ua"]
    assert case.do("ua").open() == ["z"]
    assert case.completed() == ["s", "a", "b", "ub", "ua", "th"]
    assert case.do("z").case.completed


def test_a_compensation_end_undoes_and_ends(run):
    body = TWO.replace(els("endEvent:e"), "")
    case = run(body + el("endEvent", "th", UNDO) + flows("s->a->b->z->th"))

    assert case.do("a").do("b").do("z").do("ub").do("ua").case.completed
    assert case.completed()[-1] == "th"


def test_only_what_was_completed_is_undone(run):
    case = run(
        TWO
        + els("parallelGateway:f")
        + throw()
        + flows("s->f", "f->a->th->z->e", "f->b->e")
    )

    assert case.do("a").open() == ["b", "ua"]
    assert case.do("ua").open() == ["b", "z"]
    assert case.do("b").do("z").case.completed
    assert "ub" not in case.entered()


def test_nothing_to_undo_is_passed(run):
    assert run(TWO + throw() + flows("s->th->a->b->z->e")).open() == ["a"]


def test_one_activity_may_be_named(run):
    case = run(TWO + throw(undo("a")) + flows("s->a->b->th->z->e"))

    assert case.do("a").do("b").open() == ["ua"]
    assert case.do("ua").open() == ["z"]


def test_each_time_is_undone_once(run):
    case = run(
        TWO
        + throw()
        + el("exclusiveGateway", "x", default="x_z")
        + els("exclusiveGateway:m")
        + flows("s->m->a->x", "x->m ? =n < 2", "x->z", "z->th", "th->b->e"),
        {"n": 0},
    )
    case.do("a", n=1).do("a", n=2).do("z")

    assert case.open() == ["ua"]
    assert case.do("ua").open() == ["ua"]
    assert case.do("ua").open() == ["b"]


def test_what_was_undone_is_not_undone_again(run):
    again = el("intermediateThrowEvent", "th2", UNDO)
    case = run(TWO + throw() + again + flows("s->a->th->th2->z->b->e"))

    assert case.do("a").do("ua").open() == ["z"]


def test_what_was_interrupted_is_not_undone(run):
    case = run(
        TWO
        + throw()
        + el("boundaryEvent", "t", timer(), attachedToRef="b")
        + flows("s->a->b->z->e", "t->th->e")
    )

    assert case.do("a").fire("t").open() == ["ua"]
    assert case.do("ua").case.completed


def test_handlers_are_jobs_scripts_and_sub_processes_too(run):
    script = zeebe('<zeebe:script expression="=n * 2" resultVariable="n"/>')
    inner = els("startEvent:s1 userTask:u endEvent:e1") + flows("s1->u->e1")
    mapped = zeebe(
        '<zeebe:taskDefinition type="undo"/>' + mapping("amount<-n", "back<-r")
    )
    case = run(
        els("startEvent:s task:a,b,c userTask:z endEvent:e")
        + undone("a", "ua", "scriptTask", script)
        + undone("b", "ub", "subProcess", inner)
        + undone("c", "uc", "serviceTask", mapped)
        + throw()
        + flows("s->a->b->c->th->z->e"),
        {"n": 1},
    )
    assert case.effects(engine.JobOpened)[0].variables == {"amount": 1}

    assert case.do("uc", r="ok").open() == ["u"]
    assert case.do("u", n=5).open() == ["z"]
    assert case.variables == {"n": 10, "back": "ok"}


def test_a_handler_that_fails_waits_for_help(run):
    wrong = zeebe('<zeebe:script expression="=boom" resultVariable="n"/>')
    case = run(
        els("startEvent:s task:a userTask:z endEvent:e")
        + undone("a", "ua", "scriptTask", wrong)
        + throw()
        + flows("s->a->th->z->e")
    )

    assert case.held() == ["ua"]
    assert case.retry("ua", boom=1).open() == ["z"]


def test_a_sub_process_is_undone_as_a_whole(run):
    inner = (
        els("startEvent:s1 userTask:u endEvent:e1")
        + undone("u", "uu")
        + flows("s1->u->e1")
    )
    case = run(
        els("startEvent:s userTask:z endEvent:e")
        + el("subProcess", "sp", inner)
        + undone("sp", "usp")
        + throw()
        + flows("s->sp->th->z->e")
    )

    assert case.do("u").open() == ["usp"]
    assert case.do("usp").open() == ["z"]


@pytest.mark.parametrize("repeated", [multi(), multi("true"), loop(loopMaximum="2")])
def test_inside_a_sub_process_that_repeats_each_time_is_its_own(run, repeated):
    inner = (
        els("startEvent:s1 userTask:u endEvent:e1")
        + undone("u", "uu")
        + throw()
        + flows("s1->u->th->e1")
    )
    case = run(
        els("startEvent:s userTask:z endEvent:e")
        + el("subProcess", "sp", repeated + inner)
        + flows("s->sp->z->e"),
        {"xs": [1, 2]},
    )

    for _ in range(2):
        case.do("u").do("uu")

    assert case.open() == ["z"]


def test_an_interruption_takes_the_handler_away(run):
    inner = (
        els("startEvent:s1 userTask:u endEvent:e1")
        + undone("u", "uu")
        + throw()
        + flows("s1->u->th->e1")
    )
    case = run(
        els("startEvent:s userTask:z,b endEvent:e,e2")
        + el("subProcess", "sp", inner)
        + el("boundaryEvent", "t", timer(), attachedToRef="sp")
        + flows("s->sp->z->e", "t->b->e2")
    )

    assert case.do("u").open() == ["t", "uu"]
    assert case.fire("t").open() == ["b"]
    assert sorted(case.canceled()) == ["sp", "th", "uu"]


def test_the_error_of_a_handler_goes_outward(run):
    inner = (
        els("startEvent:s1 userTask:u endEvent:e1")
        + undone("u", "uu", "serviceTask")
        + throw()
        + flows("s1->u->th->e1")
    )
    case = run(
        els("startEvent:s userTask:z,b endEvent:e,e2")
        + el("subProcess", "sp", inner)
        + el("boundaryEvent", "t", error(), attachedToRef="sp")
        + flows("s->sp->z->e", "t->b->e2")
    )

    assert case.do("u").throw("uu", "E1")
    assert case.open() == ["b"]


def test_a_handler_does_not_hold_an_inclusive_join(run):
    case = run(
        TWO
        + els("inclusiveGateway:g,j")
        + throw()
        + flows("s->a->g", "g->th ? =true", "g->b ? =true", "th->j", "b->j", "j->z->e")
    )

    assert case.do("a").do("b").open() == ["ua"]
    assert case.do("ua").open() == ["z"]


def test_handlers_are_no_loose_ends(parser):
    body = TWO + throw() + flows("s->a->b->th->z->e")

    assert engine.read(drawing(body), "d.bpmn", parser)[0].findings == []


ONE = els("startEvent:s userTask:a,z endEvent:e") + flows("s->a->z->e")
WRONG = {
    "no handler": ONE + el("boundaryEvent", "c", UNDO, attachedToRef="a"),
    "handler that is none": ONE
    + els("userTask:h")
    + el("boundaryEvent", "c", UNDO, attachedToRef="a")
    + association("c", "h"),
    "handler without event": ONE + el("userTask", "h", isForCompensation="true"),
    "handler with a flow": ONE + undone("a", "h") + flows("h->e"),
    "handler with a boundary": ONE
    + undone("a", "h")
    + el("boundaryEvent", "t", timer(), attachedToRef="h")
    + flows("t->e"),
    "handler that repeats": ONE + undone("a", "h", inner=multi()),
    "event with a flow": ONE + undone("a", "h") + flows("c_a->e"),
    "event with mappings": ONE
    + undone("a", "h").replace(UNDO, zeebe(mapping(outputs="x<-1")) + UNDO),
    "two events": ONE
    + undone("a", "h")
    + undone("a", "h2").replace('"c_a"', '"c2"').replace("as_c_a", "as2"),
    "host that repeats": els("startEvent:s endEvent:e")
    + el("userTask", "a", multi())
    + undone("a", "h")
    + flows("s->a->e"),
    "unknown activity": TWO + throw(undo("z")) + flows("s->a->b->th->z->e"),
    "thrown by event": ONE
    + event_sub(MESSAGE, "true", el("endEvent", "th", UNDO) + flows("es->th")),
    "undone by event": ONE
    + event_sub(
        MESSAGE,
        "true",
        els("userTask:h endEvent:ee") + undone("h", "uh") + flows("es->h->ee"),
    ),
    "further inside": els("startEvent:s endEvent:e")
    + el(
        "subProcess",
        "sp",
        els("startEvent:s1 userTask:u") + undone("u", "uu") + flows("s1->u"),
    )
    + throw()
    + flows("s->sp->th->e"),
    "in a call": els("startEvent:s endEvent:e")
    + el("callActivity", "ca", zeebe('<zeebe:calledElement processId="q"/>'))
    + throw()
    + flows("s->ca->th->e"),
}


@pytest.mark.parametrize("what", WRONG)
def test_compensation_that_cannot_run_is_refused(refused, what):
    # What is no handler for want of its mark also has no flow that leads to it.
    found = {one.rule for one in refused(drawing(WRONG[what]))} - {"flow-missing"}

    assert found == {"compensation-invalid"}


def test_compensation_that_is_not_waited_for_is_refused(refused):
    event = '<bpmn:compensateEventDefinition waitForCompletion="false"/>'
    found = refused(drawing(TWO + throw(event) + flows("s->a->b->th->z->e")))

    assert [one.rule for one in found] == ["attribute-not-run"]
