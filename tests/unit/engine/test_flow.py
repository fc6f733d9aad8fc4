"""Which elements run, in which order, and how large the tree gets."""

import pytest
from engine_kit import (
    Run,
    el,
    els,
    flows,
    zeebe,
)

from workflows import engine


@pytest.mark.parametrize("first", ["a", "b"])
def test_branches_that_write_different_variables_keep_both_at_the_join(run, first):
    case = run(
        els("startEvent:s parallelGateway:f,j userTask:a,b,z endEvent:e")
        + flows("s->f", "f->a->j", "f->b->j", "j->z->e"),
        {"status": "new"},
    )
    second = {"a": "b", "b": "a"}[first]
    written = {"a": {"status": "done", "p": 1}, "b": {"q": 2}}

    case.do(first, **written[first])
    case.do(second, **written[second])

    assert case.open() == ["z"]
    assert case.variables == {"status": "done", "p": 1, "q": 2}


def test_every_step_is_reported_in_order(run):
    case = run(els("startEvent:s task:t userTask:a endEvent:e") + flows("s->t->a->e"))

    case.do("a")

    assert case.entered() == ["s", "t", "a", "e"]
    assert case.completed() == ["s", "t", "a", "e"]
    taken = [one.flows for one in case.effects(engine.ElementCompleted)]
    assert taken == [("s_t",), ("t_a",), ("a_e",), ()]
    assert isinstance(case.log[-1], engine.CaseEnded)
    assert case.log[-1].ended_by is None
    assert case.case.completed


@pytest.mark.parametrize(("x", "way"), [(0, "c"), (1, "a"), (5, "a")])
def test_an_exclusive_gateway_takes_the_first_flow_that_holds(run, x, way):
    case = run(
        els("startEvent:s userTask:a,b,c endEvent:e")
        + el("exclusiveGateway", "g", default="g_c")
        + flows("s->g", "g->a ? =x > 0", "g->b ? =x > 3", "g->c")
        + flows("a->e", "b->e", "c->e"),
        {"x": x},
    )

    assert case.open() == [way]


@pytest.mark.parametrize(("x", "ways"), [(0, ["d"]), (2, ["b"]), (3, ["b", "c"])])
def test_conditional_flows_of_a_task(run, x, ways):
    case = run(
        els("startEvent:s userTask:b,c,d endEvent:e")
        + el("userTask", "a", default="a_d")
        + flows("s->a", "a->b ? =x > 1", "a->c ? =x > 2", "a->d")
        + flows("b->e", "c->e", "d->e")
    )

    assert case.do("a", x=x).open() == ways


def test_unconditional_flows_of_a_task_are_always_taken(run):
    body = els("startEvent:s userTask:a,b,d endEvent:e") + flows(
        "s->a", "a->b ? =x > 1", "a->d", "b->e", "d->e"
    )

    assert run(body).do("a", x=2).open() == ["b", "d"]
    assert run(body).do("a", x=0).open() == ["d"]


def test_several_flows_split_and_merge_without_gateways(run):
    case = run(
        els("startEvent:s userTask:a,b,c,z endEvent:e")
        + flows("s->a", "a->b->z", "a->c->z", "z->e")
    )

    assert case.do("a").open() == ["b", "c"]
    assert case.do("b").do("c").open() == ["z", "z"]
    assert not case.do("z").case.completed
    assert case.do("z").case.completed


def test_a_second_token_on_one_flow_of_a_join_waits_for_the_next_turn(run):
    case = run(
        els("startEvent:s parallelGateway:f,j userTask:a,b,c,d,k endEvent:e")
        + els("task:m1,m2")
        + flows("s->f", "f->a->m1", "f->b->m1", "m1->j")
        + flows("f->c->m2", "f->d->m2", "m2->j", "j->k->e")
    )

    assert case.do("a").do("b").open() == ["c", "d"]
    assert case.do("c").open() == ["d", "k"]
    assert case.do("d").open() == ["k", "k"]
    assert case.do("k").do("k").case.completed


def test_a_join_in_a_loop_fires_once_a_turn(run):
    case = run(
        els("startEvent:s parallelGateway:f,j userTask:a,b endEvent:e task:m")
        + el("exclusiveGateway", "x", default="x_e")
        + flows("s->m->f", "f->a->j", "f->b->j", "j->x", "x->m ? =n < 3", "x->e"),
        {"n": 0},
    )

    for turn in (1, 2, 3):
        case.do("a", n=turn).do("b")

    assert case.case.completed
    assert case.entered().count("j") == 3


def test_the_tree_and_the_save_do_not_grow_with_the_turns_of_a_loop(define):
    case = Run(
        define(
            els("startEvent:s userTask:a endEvent:e task:m")
            + el("exclusiveGateway", "x", default="x_e")
            + flows("s->m->a->x", "x->m ? =n < 1000", "x->e")
        ),
        {"n": 100},
    )
    before = len(case.case.save())

    for turn in range(101, 1000):
        case.do("a", n=turn)

    assert len(case.case.save()) == before
    assert len(case.case._process.tasks) == 2
    assert case.do("a", n=1000).case.completed


def test_a_thousand_turns_without_a_person_need_no_recursion(define):
    script = zeebe('<zeebe:script expression="=n + 1" resultVariable="n"/>')
    case = Run(
        define(
            els("startEvent:s userTask:z endEvent:e")
            + el("scriptTask", "c", script)
            + el("exclusiveGateway", "x", default="x_z")
            + flows("s->c->x", "x->c ? =n < 1000", "x->z", "z->e")
        ),
        {"n": 0},
        keep=True,
    )

    assert case.variables["n"] == 1000
    assert case.open() == ["z"]


def test_twelve_pairs_of_parallel_gateways_start_with_few_tokens(define):
    gateways = "".join(
        els(f"parallelGateway:f{n},j{n} task:a{n},b{n}") for n in range(12)
    )
    chains = [
        chain
        for n in range(12)
        for chain in (f"f{n}->a{n}->j{n}", f"f{n}->b{n}->j{n}", f"j{n}->f{n + 1}")
    ]
    last = chains.pop()
    assert last == "j11->f12"
    case = Run(
        define(
            els("startEvent:s userTask:u endEvent:e")
            + gateways
            + flows("s->u->f0", *chains, "j11->e")
        )
    )

    assert len(case.case._process.tasks) <= 30
    assert case.do("u").case.completed


def test_two_thousand_elements_in_a_row_are_read_and_run(define):
    names = [f"t{n}" for n in range(2000)]
    case = Run(
        define(
            els("startEvent:s userTask:z endEvent:e")
            + els("task:" + ",".join(names))
            + flows("->".join(["s", *names, "z", "e"]))
        ),
        keep=True,
    )

    assert case.open() == ["z"]
    assert len(case.case._process.tasks) == 2
