"""An administrator moves, repeats or skips a step: what goes, what is left behind."""

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

from workflows import engine

LINE = els("startEvent:s userTask:a,b,c endEvent:e") + flows("s->a->b->c->e")
FORK = (
    els("startEvent:s userTask:a,b1,b2,c1,d,z endEvent:e")
    + els("parallelGateway:f,j")
    + flows("s->a->f->b1->b2->j->d->z->e", "f->c1->j")
)
SUB = (
    els("startEvent:s userTask:a,z endEvent:e")
    + el(
        "subProcess",
        "sp",
        els("startEvent:ss userTask:x,y endEvent:se") + flows("ss->x->y->se"),
    )
    + flows("s->a->sp->z->e")
)


def stand(case, element_id, index=0):
    found = [one for one in case.case.standing if one.element_id == element_id]
    return found[index].token


def skip(case, element_id, index=0, **variables):
    case.case.skip(stand(case, element_id, index), variables)
    return case.after()


def move(case, element_id, to):
    case.case.move(stand(case, element_id), to)
    return case.after()


def repeat(case, element_id):
    case.case.repeat(element_id)
    return case.after()


def stood(case):
    return [(one.kind, one.element_id) for one in case.case.standing]


def may_go(case, element_id):
    return set(case.case.targets(stand(case, element_id)))


def refuses(case, kind, action, *args):
    before = case.case.save()
    with pytest.raises(kind) as refusal:
        action(case, *args)
    assert case.case.save() == before
    assert case.case.take_effects() == []
    return refusal.value


# --- where a case stands ----------------------------------------------------------


def test_a_case_tells_each_place_where_it_stands_and_what_is_around_it(run):
    case = run(SUB).do("a")

    sub, inside = case.case.standing

    assert (sub.kind, sub.element_id, sub.path) == ("sub_process", "sp", ())
    assert (inside.kind, inside.element_id, inside.path) == ("task", "x", ("sp",))
    assert inside.token == case.token("x")


def test_what_only_listens_is_no_place_where_a_case_stands(run):
    case = run(late_body("true"))

    assert stood(case) == [("task", "a")]


def test_a_token_at_a_join_stands_there(run):
    case = run(FORK).do("a").do("c1")

    assert stood(case) == [("task", "b1"), ("join", "j")]


def test_a_called_process_and_the_items_of_an_activity_are_told(define):
    body = els("startEvent:s endEvent:e") + flows("s->c->m->e")
    called = zeebe('<zeebe:calledElement processId="q"/>')
    body += el("callActivity", "c", called)
    body += el("userTask", "m", multi(cardinality="=2"))
    case = Run(define(body, called={"q": LINE}))

    call, inside = case.case.standing
    case.do("a").do("b").do("c")

    assert (call.kind, call.process) == ("call", None)
    assert (inside.element_id, inside.process, inside.path) == ("a", "q", ("c",))
    assert stood(case) == [("several", "m"), ("task", "m"), ("task", "m")]
    assert [one.is_item for one in case.case.standing] == [False, True, True]


# --- skip -------------------------------------------------------------------------


def test_a_skipped_task_is_canceled_and_the_case_goes_on(run):
    case = skip(run(LINE), "a", found="yes")

    assert case.open() == ["b"]
    assert case.canceled() == ["a"]
    assert case.completed() == ["s"]
    assert case.variables == {"found": "yes"}


def test_a_skip_takes_the_listeners_along(run):
    case = skip(run(late_body("false")), "a")

    assert case.open() == ["z"]


def test_a_skip_does_not_ask_the_output_mappings(run):
    task = el("userTask", "a", zeebe(mapping("own<-1", "out<-result.value")))
    case = run(BASE + task + flows("s->a->e"))

    skip(case, "a", own="x", out="y")

    assert case.case.completed
    assert case.variables == {"own": "x", "out": "y"}


def test_the_skipped_last_step_of_a_sub_process_completes_it(run):
    case = run(SUB).do("a").do("x")

    assert skip(case, "y").open() == ["z"]


def test_a_skipped_sub_process_ends_all_that_is_open_inside(run):
    case = run(BASE + withdrawal() + flows("s->held->e"))

    skip(case, "held")

    assert case.case.completed


def test_the_given_variables_decide_the_way_behind(run):
    ways = flows("s->a->g", "g->b ? =ok", "g->c", "b->e", "c->e2")
    ways = ways.replace('id="g_c"', 'id="g_c"')
    body = els("startEvent:s userTask:a,b,c endEvent:e,e2") + ways
    body += el("exclusiveGateway", "g", default="g_c")

    assert skip(run(body), "a", ok=True).open() == ["b"]
    assert skip(run(body), "a", ok=False).open() == ["c"]


def test_an_incident_of_a_gateway_is_skipped_with_what_it_asks_for(run):
    body = els("startEvent:s userTask:a,b endEvent:e exclusiveGateway:g")
    case = run(body + flows("s->a->g", "g->b ? =ok", "b->e")).do("a")
    assert case.held() == ["g"]

    refuses(case, engine.MoveNotPossible, skip, "g")
    skip(case, "g", 0, ok=True)

    assert case.held() == []
    assert case.open() == ["b"]


def test_one_of_several_items_is_skipped(run):
    kept = multi(outputCollection="rs", outputElement="=r")
    body = BASE + el("userTask", "a", kept) + flows("s->a->e")
    case = run(body, {"xs": [1, 2]})

    skip(case, "a", 1)
    assert case.open() == ["a"]
    case.do("a", r="done")

    assert case.variables["rs"] == [None, "done"]


def test_a_sequential_item_skipped_lets_the_next_one_begin(run):
    body = BASE + el("userTask", "a", multi("true")) + flows("s->a->e")
    case = run(body, {"xs": [1, 2]})

    skip(case, "a", 1)
    assert case.open() == ["a"]
    skip(case, "a", 1)

    assert case.case.completed


def test_all_items_are_skipped_together(run):
    body = BASE + el("userTask", "a", multi()) + flows("s->a->e")
    case = run(body, {"xs": [1, 2, 3]})

    assert skip(case, "a").case.completed


def test_a_join_and_a_gateway_of_events_cannot_be_skipped(run):
    race = els("startEvent:s eventBasedGateway:g endEvent:e,e2") + flows(
        "s->g->m->e", "g->t->e2"
    )
    race += el("intermediateCatchEvent", "m", MESSAGE)
    race += el("intermediateCatchEvent", "t", timer())

    refuses(run(FORK).do("a").do("c1"), engine.MoveNotPossible, skip, "j")
    refuses(run(race), engine.MoveNotPossible, skip, "g")


def test_a_skipped_timer_and_message_leave_nothing_that_is_awaited(run):
    body = els("startEvent:s endEvent:e") + flows("s->t->m->e")
    body += el("intermediateCatchEvent", "m", MESSAGE)
    body += el("intermediateCatchEvent", "t", timer())

    case = skip(skip(run(body), "t"), "m")

    assert case.case.completed


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
