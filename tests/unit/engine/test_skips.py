"""Where a case stands, and a step of it skipped: what goes, what is left behind."""

from engine_kit import (
    BASE,
    MESSAGE,
    Run,
    el,
    els,
    flows,
    late_body,
    mapping,
    multi,
    timer,
    withdrawal,
    zeebe,
)
from moves_kit import FORK, LINE, SUB, refuses, skip, stood

from workflows import engine

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
