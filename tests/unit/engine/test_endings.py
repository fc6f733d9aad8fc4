"""Errors, terminate, cancellation, and what a save holds."""

from datetime import timedelta
from decimal import Decimal

import pytest
from engine_kit import (
    ANY_ERROR,
    JOB,
    MESSAGE,
    NOON,
    TERMINATE,
    Run,
    el,
    els,
    error,
    event_sub,
    flows,
    late_body,
    timer,
    withdrawal,
    zeebe,
)

from workflows import engine, feel


def job_with(boundaries, follow):
    return (
        els("startEvent:s serviceTask:a userTask:z endEvent:e,e2")
        + boundaries
        + flows("s->a->z->e", *follow)
    )


def test_the_error_of_a_job_is_caught_by_its_exact_code_first(run):
    case = run(
        job_with(
            el("boundaryEvent", "any", ANY_ERROR, attachedToRef="a")
            + el("boundaryEvent", "b2", error("err2"), attachedToRef="a")
            + els("userTask:x,y"),
            ["any->x->e2", "b2->y->e2"],
        )
    )

    assert case.throw("a", "E2", why="late")

    assert case.open() == ["y"]
    assert case.variables == {"why": "late"}
    closed = case.effects(engine.JobClosed)
    assert [one.canceled for one in closed] == [False]
    assert case.canceled() == ["a"]


def test_an_error_that_nothing_catches_changes_nothing(run):
    case = run(
        job_with(
            el("boundaryEvent", "b1", error("err1"), attachedToRef="a")
            + els("userTask:y"),
            ["b1->y->e2"],
        )
    )
    before = case.case.save()

    assert not case.throw("a", "E2")

    assert case.case.save() == before
    assert case.open() == ["a"]
    assert case.do("a").open() == ["z"]


def failing_sub(extra="", end="err1"):
    return el(
        "subProcess",
        "sp",
        els("startEvent:s1 parallelGateway:f userTask:u,x1 endEvent:se,se2")
        + el("serviceTask", "w", zeebe(JOB))
        + el("boundaryEvent", "bw", error("err1"), attachedToRef="w")
        + el("endEvent", "er", error(end))
        + flows("s1->f", "f->u->er", "f->w->se", "bw->x1->se2")
        + extra,
    )


def test_an_error_end_goes_outward_past_a_neighbour_that_would_catch_it(run):
    case = run(
        els("startEvent:s userTask:b,z endEvent:e,e2")
        + failing_sub()
        + el("boundaryEvent", "be", error("err1"), attachedToRef="sp")
        + flows("s->sp->z->e", "be->b->e2")
    )

    assert case.do("u").open() == ["b"]
    assert "er" in case.completed()
    assert sorted(case.canceled()) == ["sp", "w"]


def test_an_error_event_sub_process_handles_inside_the_scope(run):
    case = run(
        els("startEvent:s userTask:z endEvent:e")
        + failing_sub(event_sub(error("err1"), "true"))
        + flows("s->sp->z->e")
    )

    assert case.do("u").open() == ["h"]
    assert case.do("h").open() == ["z"]
    assert case.do("z").case.completed


def test_what_a_handler_throws_is_not_caught_beside_it(run):
    again = els("userTask:h") + el("endEvent", "ee", error("err1")) + flows("es->h->ee")
    case = run(
        els("startEvent:s userTask:b,z endEvent:e,e2")
        + failing_sub(event_sub(error("err1"), "true", again))
        + el("boundaryEvent", "be", error("err1"), attachedToRef="sp")
        + flows("s->sp->z->e", "be->b->e2")
    )

    assert case.do("u").do("h").open() == ["b"]


def test_a_handler_beside_the_rest_is_part_of_the_scope_whose_errors_are_caught(run):
    """BPMN 2.0.2, section 10.5.6: the innermost enclosing scope that can catch it."""
    by_message = (
        els("userTask:h1") + el("endEvent", "x1", error("err1")) + flows("ms->h1->x1")
    )
    inner = (
        els("startEvent:s1 userTask:u")
        + flows("s1->u")
        + event_sub(MESSAGE, "false", by_message, "esp1", "ms")
        + event_sub(error("err1"), "true")
    )
    case = run(
        els("startEvent:s userTask:b,z")
        + el("subProcess", "sp", inner)
        + el("boundaryEvent", "be", error("err1"), attachedToRef="sp")
        + flows("s->sp->z", "be->b")
    )

    assert case.message("ms").do("h1").open() == ["h"]
    assert sorted(case.canceled()) == ["esp1", "u"]
    assert case.do("h").open() == ["z"]


def test_an_error_caught_nowhere_ends_the_case_and_tells_a_person(run):
    case = run(
        els("startEvent:s userTask:z endEvent:e") + failing_sub() + flows("s->sp->z->e")
    )

    case.do("u")

    assert case.case.completed
    assert case.case.ended_by == {"kind": "error", "code": "E1", "element_id": "er"}
    raised = case.effects(engine.IncidentRaised)
    assert [(one.kind, one.element_id) for one in raised] == [("error", "er")]
    assert [one.ended_by["code"] for one in case.effects(engine.CaseEnded)] == ["E1"]


def test_terminate_ends_the_case(run):
    sub = els("startEvent:s1 userTask:u endEvent:e1") + flows("s1->u->e1")
    case = run(
        els("startEvent:s parallelGateway:f userTask:a endEvent:e")
        + el("subProcess", "sp", sub)
        + el("endEvent", "t", TERMINATE)
        + event_sub(MESSAGE, "true")
        + flows("s->f", "f->sp->e", "f->a->t")
    )

    case.do("a")

    assert case.case.completed
    assert case.case.ended_by == {"kind": "terminate", "code": None, "element_id": "t"}
    assert sorted(case.canceled()) == ["sp", "u"]
    assert len(case.effects(engine.CaseEnded)) == 1


@pytest.mark.parametrize("activity", ["subProcess", "callActivity"])
def test_terminate_ends_what_has_not_yet_begun(run, activity):
    sub = els("startEvent:s1 userTask:u") + flows("s1->u")
    called = zeebe('<zeebe:calledElement processId="q"/>')
    case = run(
        els("startEvent:s parallelGateway:f")
        + el(activity, "a", called if activity == "callActivity" else sub)
        + el("endEvent", "t", TERMINATE)
        + flows("s->f->a", "f->t"),
        called={"q": sub},
    )

    assert case.case.completed
    assert case.open() == []
    assert case.case.ended_by["kind"] == "terminate"


def test_a_case_that_could_not_begin_can_be_canceled(run):
    body = els("startEvent:s userTask:a") + event_sub(MESSAGE, "true")
    case = run(body + flows("s->a"), {"key": None})
    assert case.held() == ["p"]

    case.case.cancel()
    case.after()

    assert case.case.completed
    assert case.held() == []


def test_terminate_in_a_sub_process_ends_that_alone(run):
    sub = (
        els("startEvent:s1 parallelGateway:f userTask:u,v endEvent:e1")
        + el("endEvent", "t", TERMINATE)
        + flows("s1->f", "f->u->t", "f->v->e1")
    )
    case = run(
        els("startEvent:s parallelGateway:g userTask:y,z endEvent:e")
        + el("subProcess", "sp", sub)
        + flows("s->g", "g->sp->z->e", "g->y->e")
    )

    assert case.do("u").open() == ["y", "z"]
    assert case.do("y").do("z").case.ended_by is None


def test_a_sub_process_without_end_event_is_done_with_its_last_token(run):
    sub = els("startEvent:s1 userTask:u") + flows("s1->u")
    case = run(
        els("startEvent:s userTask:z endEvent:e")
        + el("subProcess", "sp", sub)
        + flows("s->sp->z->e")
    )

    assert case.do("u").open() == ["z"]


def test_a_canceled_case_leaves_nothing_open(run):
    case = run(
        els("startEvent:s parallelGateway:f,j userTask:a,b endEvent:e,e2")
        + el("boundaryEvent", "t", timer(), attachedToRef="a", cancelActivity="false")
        + event_sub(MESSAGE, "false")
        + withdrawal("ws")
        + flows("s->f", "f->a->j", "f->held->j", "j->e", "t->b->e2")
    )
    case.fire("t").message("es")
    assert case.open() == ["a", "b", "es", "h", "until", "ws"]

    case.case.cancel()
    case.after()

    assert case.case.completed
    assert case.case.ended_by["kind"] == "cancel"
    assert case.effects(engine.CaseEnded) == []


def test_a_token_that_does_not_wait_is_refused_and_nothing_changes(run):
    case = run(late_body("true"))
    task, clock = case.token("a"), case.token("t")
    before = case.case.save()

    with pytest.raises(engine.TokenNotWaiting):
        case.case.finish(clock, {})
    with pytest.raises(engine.TokenNotWaiting):
        case.case.fire(task)
    with pytest.raises(engine.TokenNotWaiting):
        case.case.deliver(clock, {})
    with pytest.raises(engine.TokenNotWaiting):
        case.case.throw_error(task, "E1", {})
    with pytest.raises(engine.TokenNotWaiting):
        case.case.retry(task)
    assert case.case.save() == before

    case.do("a")
    with pytest.raises(engine.TokenNotWaiting):
        case.case.finish(task, {})


def test_a_save_of_another_format_is_refused(define):
    case = Run(define(els("startEvent:s userTask:a") + flows("s->a")))

    with pytest.raises(engine.SavedByOther):
        engine.Case.restore(case.definition, '{"v":"99"}', case.environment)
    with pytest.raises(engine.SavedByOther):
        engine.Case.restore(case.definition, "[]", case.environment)


def test_values_of_every_type_survive_a_save(run):
    values = {
        "day": NOON.date(),
        "moment": NOON,
        "term": timedelta(days=2, minutes=1),
        "months": feel.YearsMonths(14),
        "list": [Decimal("0.10"), None, True, {"тип": "мәтін"}],
    }
    case = run(els("startEvent:s userTask:a") + flows("s->a"), values)

    assert case.variables == values


def test_ids_that_spiffworkflow_uses_itself_are_only_names(run):
    case = run(
        els("startEvent:Start task:Root userTask:End,a endEvent:p.EndJoin")
        + flows("Start->Root->End->a->p.EndJoin")
    )

    assert case.do("End").open() == ["a"]
    assert case.do("a").case.completed
