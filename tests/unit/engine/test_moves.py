"""An administrator moves or repeats a step: what goes, what is left behind."""

import pytest
from engine_kit import (
    BASE,
    JOB,
    MESSAGE,
    Run,
    el,
    els,
    event_sub,
    flows,
    late_body,
    mapping,
    multi,
    timer,
    withdrawal,
    zeebe,
)
from moves_kit import FORK, LINE, SUB, may_go, move, refuses, repeat, stand

from workflows import engine

# --- move -------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["a", "b", "c"])
def test_a_token_goes_ahead_back_or_begins_again(run, to):
    case = move(run(LINE).do("a"), "b", to)

    assert case.open() == [to]
    assert case.canceled() == ["b"]


def test_a_case_may_go_to_its_end(run):
    assert move(run(LINE), "a", "e").case.completed


def test_a_step_that_is_gone_is_not_moved(run):
    case = run(LINE)
    token = stand(case, "a")
    case.do("a")

    with pytest.raises(engine.TokenNotWaiting):
        case.case.move(token, "c")
    with pytest.raises(engine.TokenNotWaiting):
        case.case.skip(token, {})


def test_within_a_branch_a_token_goes_where_it_likes(run):
    case = run(FORK).do("a").do("b1")

    assert may_go(case, "b2") == {"b1", "b2"}
    assert move(case, "b2", "b1").open() == ["b1", "c1"]


def test_a_branch_is_not_left_while_another_one_is_open(run):
    case = run(FORK).do("a")

    refusal = refuses(case, engine.MoveNotPossible, move, "b1", "d")

    assert refusal.data["other"] == "c1"


def test_a_branch_is_not_entered_where_the_others_would_be_missing(run):
    case = run(FORK)

    refusal = refuses(case, engine.MoveNotPossible, move, "a", "b2")

    assert refusal.data["other"] == "j"
    assert may_go(case, "a") == {"a", "d", "f", "z", "e"}


def test_a_token_that_waits_at_a_join_goes_back_into_its_branch(run):
    case = run(FORK).do("a").do("c1")

    move(case, "j", "c1")

    assert case.open() == ["b1", "c1"]
    assert case.do("c1").do("b1").do("b2").open() == ["d"]


@pytest.mark.parametrize("to", ["s", "t", "j", "nowhere", "es", "h", "esp"])
def test_what_is_no_step_is_no_target(run, to):
    body = FORK + el("boundaryEvent", "t", timer(), attachedToRef="a")
    case = run(body + els("endEvent:te") + flows("t->te") + event_sub(MESSAGE, "true"))

    refuses(case, engine.MoveNotPossible, move, "a", to)


def test_the_arms_of_a_gateway_of_events_are_no_targets(run):
    race = els("startEvent:s userTask:a eventBasedGateway:g endEvent:e,e2")
    race += flows("s->a->g->m->e", "g->t->e2")
    race += el("intermediateCatchEvent", "m", MESSAGE)
    race += el("intermediateCatchEvent", "t", timer())
    case = run(race)

    assert may_go(case, "a") == {"a", "g", "e", "e2"}
    assert move(move(case, "a", "g"), "g", "a").open() == ["a"]


def test_a_sub_process_is_entered_in_the_middle_and_listens(run):
    body = BASE + els("userTask:a") + withdrawal() + flows("s->a->held->e")
    case = run(body)

    move(case, "a", "until")

    assert case.open() == ["es", "until"]
    assert case.fire("until").case.completed


def test_sub_processes_inside_of_each_other_are_opened(run):
    inner = els("startEvent:is userTask:q,r endEvent:ie") + flows("is->q->r->ie")
    outer = els("startEvent:os userTask:o endEvent:oe") + el("subProcess", "in", inner)
    body = BASE + els("userTask:a") + flows("s->a->out->e")
    body += el("subProcess", "out", outer + flows("os->o->in->oe"))
    case = run(body)

    move(case, "a", "r")
    assert case.open() == ["r"]
    assert [one.path for one in case.case.standing] == [(), ("out",), ("out", "in")]

    assert move(case, "r", "o").open() == ["o"]
    assert case.do("o").do("q").do("r").case.completed


def test_a_sub_process_is_left_by_a_move_outwards_and_not_completed(run):
    case = run(BASE + els("userTask:a") + withdrawal() + flows("s->a->held->e"))
    case.do("a")

    move(case, "until", "a")

    assert case.open() == ["a"]
    assert "held" in case.canceled()
    assert "held" not in case.completed()


def test_a_sub_process_is_not_left_while_more_is_open_inside(run):
    inner = els("startEvent:is userTask:q,r endEvent:ie,ie2") + flows(
        "is->q->ie", "is->r->ie2"
    )
    body = BASE + els("userTask:z") + el("subProcess", "sp", inner)
    case = run(body + flows("s->sp->z->e"))

    refuses(case, engine.MoveNotPossible, move, "q", "z")

    assert move(case, "sp", "z").open() == ["z"]


def test_what_an_event_interrupted_is_gone_back_to_and_hears_it_again(run):
    body = BASE + els("userTask:a,b") + flows("s->a->b->e")
    case = run(body + event_sub(MESSAGE, "true"))
    case.message("es")
    assert case.open() == ["h"]

    move(case, "h", "a")

    assert case.open() == ["a", "es"]
    assert case.message("es").do("h").case.completed


def test_an_item_is_not_moved_and_none_is_entered(run):
    inner = els("startEvent:is userTask:q,r endEvent:ie") + flows("is->q->r->ie")
    body = BASE + els("userTask:z") + el("subProcess", "m", multi() + inner)
    case = run(body + flows("s->m->z->e"), {"xs": [1, 2]})

    assert may_go(case, "q") == {"q", "r", "ie"}
    refuses(case, engine.MoveNotPossible, move, "q", "z")
    refuses(move(case, "m", "z"), engine.MoveNotPossible, move, "z", "q")
    assert case.open() == ["z"]


def test_a_called_process_is_moved_within_itself(define):
    body = BASE + els("userTask:z") + flows("s->c->z->e")
    body += el("callActivity", "c", zeebe('<zeebe:calledElement processId="q"/>'))
    case = Run(define(body, called={"q": LINE.replace('"c"', '"d"')}))

    assert may_go(case, "a") == {"a", "b", "d", "e"}
    move(case, "a", "b")
    refuses(case, engine.MoveNotPossible, move, "b", "z")
    move(case, "c", "z")

    assert case.open() == ["z"]


def test_the_handler_of_a_boundary_event_is_not_moved_into_the_main_way(run):
    case = run(late_body("false")).fire("t")

    refuses(case, engine.MoveNotPossible, move, "b", "z")

    assert case.open() == ["a", "b"]


def test_an_incident_goes_with_the_step_that_it_held(run):
    job = zeebe(JOB + mapping("x<-missing"))
    body = BASE + els("userTask:a") + el("serviceTask", "w", job)
    case = run(body + flows("s->a->w->e")).do("a")
    assert case.held() == ["w"]

    move(case, "w", "a")

    assert case.held() == []
    assert case.open() == ["a"]


# --- repeat -----------------------------------------------------------------------


def test_a_case_goes_back_to_a_step(run):
    case = run(LINE).do("a").do("b")

    assert repeat(case, "a").open() == ["a"]
    assert case.canceled() == ["c"]


def test_all_branches_go_back_to_what_they_came_from(run):
    case = run(FORK).do("a").do("c1")

    repeat(case, "a")

    assert case.open() == ["a"]
    assert case.do("a").do("b1").do("b2").do("c1").do("d").do("z").case.completed


def test_a_branch_goes_back_alone(run):
    case = run(FORK).do("a").do("b1")

    assert repeat(case, "b1").open() == ["b1", "c1"]


def test_a_case_does_not_go_back_into_one_branch_only(run):
    case = run(FORK).do("a").do("b1").do("b2").do("c1")

    refuses(case, engine.MoveNotPossible, repeat, "b1")

    assert set(case.case.repeatable()) == {"a", "d", "e", "f", "z"}


def test_nothing_is_added_beside_what_is_open(run):
    case = run(late_body("false"))

    refuses(case, engine.MoveNotPossible, repeat, "b")


def test_a_case_goes_back_into_a_sub_process_that_is_over(run):
    case = run(SUB).do("a").do("x").do("y")

    assert repeat(case, "y").open() == ["y"]
    assert case.do("y").do("z").case.completed


def test_a_case_goes_back_inside_of_a_sub_process_that_runs(run):
    case = run(SUB).do("a").do("x")

    assert repeat(case, "x").open() == ["x"]
    assert repeat(case, "a").open() == ["a"]
