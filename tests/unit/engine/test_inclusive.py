"""Inclusive gateways: every flow that holds, a join that waits for what can come."""

import pytest
from engine_kit import MESSAGE, Run, el, els, event_sub, flows, timer
from work_kit import steps_in

from workflows import engine

SPLIT = ["g->a ? =x > 0", "g->b ? =x > 1", "g->c ? =x > 2"]


def pair(default="", nodes="a,b,c", ways=()):
    attributes = {"default": default} if default else {}
    return (
        els(f"startEvent:s inclusiveGateway:j userTask:{nodes},z endEvent:e")
        + el("inclusiveGateway", "g", **attributes)
        + flows("s->g", *(ways or [*SPLIT, "a->j", "b->j", "c->j"]), "j->z->e")
    )


@pytest.mark.parametrize(
    ("x", "ways"), [(1, ["a"]), (2, ["a", "b"]), (3, ["a", "b", "c"])]
)
def test_every_flow_that_holds_is_taken_and_awaited(run, x, ways):
    case = run(pair(), {"x": x})
    assert case.open() == ways

    for way in reversed(ways):
        assert "z" not in case.open()
        case.do(way, **{f"by_{way}": 1})

    assert case.open() == ["z"]
    assert case.entered().count("j") == 1
    assert case.variables == {"x": x, **{f"by_{way}": 1 for way in ways}}
    assert case.do("z").case.completed


def test_the_default_is_taken_when_nothing_holds_and_only_then(run):
    ways = [*SPLIT[:2], "g->c", "a->j", "b->j", "c->j"]

    assert run(pair("g_c", ways=ways), {"x": 0}).open() == ["c"]
    assert run(pair("g_c", ways=ways), {"x": 2}).open() == ["a", "b"]


def test_nothing_that_holds_is_an_incident(run):
    case = run(pair(), {"x": 0})

    assert case.held() == ["g"]
    assert case.retry("g", x=2).do("a").do("b").open() == ["z"]


def test_a_condition_that_fails_takes_no_flow_at_all(run):
    ways = ["g->a ? =x > 0", "g->b ? =missing", "a->j", "b->j"]
    case = run(pair(nodes="a,b", ways=ways), {"x": 1})

    assert (case.open(), case.held()) == ([], ["g"])
    assert case.retry("g", missing=True).open() == ["a", "b"]


def test_a_join_waits_for_a_token_however_far_it_is(run):
    case = run(
        els("startEvent:s inclusiveGateway:g,j userTask:a,b,k,m,n,z endEvent:e")
        + el("exclusiveGateway", "x1", default="x1_m")
        + els("exclusiveGateway:x2")
        + flows("s->g", "g->a ? =x > 0", "g->b ? =x > 1", "a->j", "b->x1")
        + flows("x1->k ? =y > 0", "x1->m", "k->x2", "m->x2", "x2->n->j", "j->z->e"),
        {"x": 2, "y": 0},
    )

    case.do("a")
    for name in ("b", "m", "n"):
        assert case.open() == [name]
        case.do(name)

    assert case.open() == ["z"]
    assert case.entered().count("j") == 1


def test_a_token_that_leaves_for_good_lets_the_join_fire(run):
    case = run(
        els("startEvent:s inclusiveGateway:g,j userTask:a,b,z endEvent:e,e2")
        + el("exclusiveGateway", "x", default="x_e2")
        + flows("s->g", "g->a ? =true", "g->b ? =true", "a->j", "b->x")
        + flows("x->j ? =back", "x->e2", "j->z->e"),
    )

    case.do("a")
    assert case.open() == ["b"]

    assert case.do("b", back=False).open() == ["z"]


def test_a_running_sub_process_is_waited_for(run):
    inner = els("startEvent:s1 userTask:u endEvent:e1") + flows("s1->u->e1")
    case = run(
        els("startEvent:s inclusiveGateway:g,j userTask:a,z endEvent:e")
        + el("subProcess", "sp", inner)
        + flows("s->g", "g->a ? =true", "g->sp ? =true", "a->j", "sp->j", "j->z->e")
    )

    assert case.do("a").open() == ["u"]
    assert case.do("u").open() == ["z"]


def watched(cancel):
    return (
        els("startEvent:s inclusiveGateway:g,j userTask:a,b,k,z endEvent:e,e2")
        + el("boundaryEvent", "t", timer(), attachedToRef="b", cancelActivity=cancel)
        + flows("s->g", "g->a ? =true", "g->b ? =true", "a->j", "b->e2")
        + flows("t->k->j", "j->z->e")
    )


@pytest.mark.parametrize("cancel", ["true", "false"])
def test_a_way_behind_a_boundary_event_is_waited_for(run, cancel):
    case = run(watched(cancel))
    assert case.do("a").open() == ["b", "t"]

    case.fire("t")
    if cancel == "false":
        case.do("b")
    assert case.open() == ["k"]

    assert case.do("k").open() == ["z"]


def test_a_boundary_event_that_cannot_come_any_more_is_not(run):
    assert run(watched("true")).do("a").do("b").open() == ["z"]


def test_a_branch_that_is_interrupted_away_lets_the_join_fire(run):
    case = run(
        els("startEvent:s inclusiveGateway:g,j userTask:a,b,z endEvent:e,e2")
        + el("boundaryEvent", "t", timer(), attachedToRef="b")
        + flows("s->g", "g->a ? =true", "g->b ? =true", "a->j", "b->j")
        + flows("t->e2", "j->z->e")
    )

    assert case.do("a").open() == ["b", "t"]
    assert case.fire("t").open() == ["z"]


def test_an_element_with_an_incident_is_waited_for(run):
    case = run(
        els("startEvent:s inclusiveGateway:g,j userTask:a,b,z endEvent:e")
        + el("exclusiveGateway", "x", default="x_b")
        + flows("s->g", "g->a ? =true", "g->x ? =true", "x->j ? =late", "x->b")
        + flows("a->j", "b->j", "j->z->e")
    )

    assert case.do("a").open() == []
    assert case.held() == ["x"]
    assert case.retry("x", late=True).open() == ["z"]


def test_a_token_that_also_reaches_a_filled_input_does_not_block(run):
    """BPMN 2.0.2, table 13.3, the second half of the second condition."""
    case = run(
        els("startEvent:s parallelGateway:f userTask:a,b,z inclusiveGateway:j")
        + els("exclusiveGateway:m endEvent:e")
        + el("exclusiveGateway", "x", default="x_m")
        + flows("s->f", "f->a->m->j", "f->b->x", "x->m", "x->j ? =y", "j->z->e"),
        {"y": False},
    )

    # b may come on the flow from m, which has a token, or on the empty one from x.
    assert case.do("a").open() == ["b", "z"]
    assert case.do("b").open() == ["z", "z"]


def test_a_boundary_event_blocks_no_more_than_its_activity_does(run):
    case = run(
        els("startEvent:s parallelGateway:f userTask:a,b,k,z inclusiveGateway:j")
        + els("exclusiveGateway:m endEvent:e")
        + el("boundaryEvent", "t", timer(), attachedToRef="b")
        + flows("s->f", "f->a->m->j", "f->b->m", "t->k->j", "j->z->e")
    )

    assert case.do("a").open() == ["b", "t", "z"]
    assert case.fire("t").do("k").open() == ["z", "z"]


def test_a_second_token_on_a_flow_waits_for_the_next_turn(run):
    case = run(
        els("startEvent:s parallelGateway:f userTask:a,b,c,z inclusiveGateway:j")
        + els("exclusiveGateway:m endEvent:e")
        + flows("s->f", "f->a->m", "f->b->m", "f->c->j", "m->j", "j->z->e")
    )

    assert case.do("a").do("b").open() == ["c"]
    assert case.do("c").open() == ["z", "z"]


def test_a_join_in_a_loop_fires_once_a_turn(run):
    case = run(
        els("startEvent:s inclusiveGateway:g,j userTask:a,b endEvent:e task:m")
        + el("exclusiveGateway", "x", default="x_e")
        + flows("s->m->g", "g->a ? =true", "g->b ? =n < 5", "a->j", "b->j")
        + flows("j->x", "x->m ? =n < 3", "x->e"),
        {"n": 0},
    )

    for turn in (1, 2, 3):
        assert case.do("a", n=turn).open() == ["b"]
        case.do("b")

    assert case.case.completed
    assert case.entered().count("j") == 3


def test_joins_in_a_row_fire_one_after_the_other(run):
    case = run(
        els("startEvent:s inclusiveGateway:g,i,j userTask:a,b,c,k,z endEvent:e")
        + flows("s->g", *SPLIT, "a->i", "b->i", "i->k->j", "c->j", "j->z->e"),
        {"x": 3},
    )

    assert case.do("c").do("b").open() == ["a"]
    assert case.do("a").open() == ["k"]
    assert case.do("k").open() == ["z"]
    assert [case.entered().count(one) for one in "ij"] == [1, 1]


def test_what_interrupts_a_scope_takes_the_waiting_tokens_of_its_joins(run):
    inner = (
        els("startEvent:s1 inclusiveGateway:g,j userTask:a,b endEvent:e1")
        + flows("s1->g", "g->a ? =true", "g->b ? =true", "a->j", "b->j", "j->e1")
        + event_sub(MESSAGE, "true")
    )
    case = run(
        els("startEvent:s userTask:z endEvent:e")
        + el("subProcess", "sp", inner)
        + flows("s->sp->z->e")
    )

    assert case.do("a").message("es").open() == ["h"]
    assert case.do("h").do("z").case.completed
    assert "j" not in case.entered()
    assert case.effects(engine.CaseEnded) != []


def test_one_more_token_at_a_join_of_a_thousand_costs_no_more_than_the_first(define):
    names = [f"a{n}" for n in range(1000)]
    case = Run(
        define(
            els("startEvent:s parallelGateway:f inclusiveGateway:j userTask:z")
            + els("userTask:" + ",".join(names))
            + flows("s->f", "j->z", *(f"f->{name}->j" for name in names))
        ),
        keep=True,
    )
    case.do(names.pop())  # reachability is worked out once for a version
    tokens = [case.token(name) for name in names]
    spent = []
    for number, token in enumerate(tokens):
        if number in (0, 500):
            spent.append(steps_in(lambda: case.case.finish(token, {})))  # noqa: B023
        else:
            case.case.finish(token, {})
    case.after()

    assert case.open() == ["z"]
    assert spent[1] < 2 * spent[0]
