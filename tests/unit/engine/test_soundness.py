"""Drawings whose tokens wait for ever, meet, or never come."""

import random

import pytest
from engine_kit import (
    BASE,
    MESSAGE,
    TERMINATE,
    Run,
    drawing,
    el,
    els,
    event_sub,
    flows,
    timer,
)
from lxml import etree
from test_random_drawings import DEPTH, Drawn
from test_random_graphs import GRAPHS, Graph

from workflows import engine
from workflows.engine.markings import Game
from workflows.engine.nets import Net
from workflows.engine.reduction import reduce
from workflows.engine.rules import ScopeDrawing

RULES = {
    "join-never-full",
    "join-stuck",
    "tokens-pile-up",
    "never-runs",
    "circle-without-end",
}
XOR = "exclusiveGateway"
AND = "parallelGateway"
OR = "inclusiveGateway"


@pytest.fixture
def found(parser):
    """The findings of soundness: (element, rule, severity)."""

    def read(body, **options):
        drawings = engine.read(drawing(body, **options), "d.bpmn", parser)
        return sorted(
            (one.element_id, one.rule, one.severity)
            for one in drawings[0].findings
            if one.rule in RULES
        )

    return read


def block(opens, closes, inner="userTask:a,b"):
    """Two ways between two gateways."""
    first, second = ("", "") if opens == AND else (" ? =x", " ? =y")
    return (
        BASE
        + els(f"{opens}:g {closes}:j {inner}")
        + flows("s->g", f"g->a{first}", f"g->b{second}", "a->j", "b->j", "j->e")
    )


@pytest.mark.parametrize("kind", [XOR, AND, OR])
def test_ways_that_are_joined_as_they_part_are_sound(found, kind):
    assert found(block(kind, kind)) == []


@pytest.mark.parametrize("kind", [XOR, AND])
def test_an_inclusive_gateway_joins_whatever_parts(found, kind):
    assert found(block(kind, OR)) == []


def test_a_parallel_join_of_exclusive_ways_is_an_error_as_no_case_can_end(found):
    assert found(block(XOR, AND)) == [("j", "join-never-full", "error")]


def test_a_parallel_join_of_exclusive_ways_is_a_warning_where_a_case_can_end(found):
    body = block(XOR, AND) + els("endEvent:other") + flows("g->other ? =z")

    assert found(body) == [("j", "join-never-full", "warning")]


def test_a_parallel_join_of_inclusive_ways_is_stuck_in_some_cases(found):
    assert found(block(OR, AND)) == [("j", "join-stuck", "warning")]


def test_a_join_with_a_way_that_nothing_takes_is_never_full(found):
    body = BASE + els(f"{AND}:j userTask:a,lost") + flows("s->a->j->e", "lost->lost->j")

    assert found(body) == [("j", "join-never-full", "error")]


def test_an_event_may_end_what_is_stuck(found):
    body = block(XOR, AND) + event_sub(MESSAGE, "true")

    assert found(body) == [("j", "join-never-full", "warning")]


@pytest.mark.parametrize("opens", [AND, OR])
def test_parallel_ways_that_are_not_joined_run_the_step_behind_twice(found, opens):
    body = block(opens, XOR).replace(
        flows("j->e"), els("userTask:c") + flows("j->c->e")
    )

    assert found(body) == [("c", "tokens-pile-up", "warning")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("x", "not(x)"),
        ("x &gt; 1", "x &lt;= 1"),
        ('k = "a"', 'k = "b"'),
        ("a.b = 1 and c", "a.b != 1"),
    ],
)
@pytest.mark.parametrize("opens", ["userTask", OR])
def test_conditions_that_exclude_each_other_let_one_token_go_on(
    found, opens, first, second
):
    ways = flows("s->g", f"g->a ? ={first}", f"g->b ? ={second}", "a->c->e", "b->c")

    assert found(BASE + els(f"{opens}:g userTask:a,b,c") + ways) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("x", "y"),
        ("x &gt; 1", "x &gt; 2"),
        ('k = "a"', 'l = "b"'),
        ("k = 1", "k &gt; 0"),
    ],
)
def test_conditions_that_do_not_exclude_each_other(found, first, second):
    ways = flows("s->g", f"g->a ? ={first}", f"g->b ? ={second}", "a->c->e", "b->c")

    assert found(BASE + els("userTask:g,a,b,c") + ways) == [
        ("c", "tokens-pile-up", "warning")
    ]


def test_parallel_ways_that_each_end_for_themselves_are_sound(found):
    body = BASE + els(f"{AND}:g userTask:a,b") + flows("s->g->a->e", "g->b->e")

    assert found(body) == []


def test_a_step_with_two_flows_in_joins_nothing(found):
    body = BASE + els(f"{AND}:g userTask:a,b,c") + flows("s->g->a->c->e", "g->b->c")

    assert found(body) == [("c", "tokens-pile-up", "warning")]


def test_a_way_back_out_of_a_parallel_region_piles_up_tokens(found):
    body = (
        BASE
        + els(f"{XOR}:m {AND}:f,j userTask:a,b")
        + el(XOR, "again", default="again_j")
        + flows("s->m->f->a->again->j->e", "f->b->j", "again->m ? =x")
    )

    assert "tokens-pile-up" in {rule for _, rule, _ in found(body)}


def test_a_step_beside_a_terminate_event_that_comes_first_never_runs(found):
    body = (
        BASE
        + els(f"{AND}:g userTask:a,b,c")
        + el("endEvent", "stop", TERMINATE)
        + flows("s->g->stop", "g->a->b->c->e")
    )

    assert found(body) == [("b", "never-runs", "warning")]


def test_a_boundary_event_that_interrupts_is_no_second_token(found):
    body = (
        BASE
        + els("userTask:a,b")
        + el("boundaryEvent", "t", timer(), attachedToRef="a")
        + flows("s->a->b->e", "t->b")
    )

    assert found(body) == []


def test_a_join_that_waits_for_a_boundary_event_can_be_stuck(found):
    body = (
        BASE
        + els(f"userTask:a {AND}:j")
        + el("boundaryEvent", "t", timer(), attachedToRef="a", cancelActivity="false")
        + flows("s->a->j->e", "t->j")
    )

    assert found(body) == [("j", "join-stuck", "warning")]


CIRCLE = BASE + els(f"{XOR}:m userTask:a,b") + flows("s->m->a->b->m")


def test_a_circle_without_a_way_out_never_ends(found):
    assert found(CIRCLE.replace(els("endEvent:e"), "")) == [
        ("m", "circle-without-end", "warning")
    ]


@pytest.mark.parametrize(
    "way_out",
    [
        event_sub(MESSAGE, "true"),
        el("boundaryEvent", "t", timer(), attachedToRef="a") + flows("t->e"),
        el(AND, "f") + el("endEvent", "stop", TERMINATE) + flows("b->f->stop"),
    ],
)
def test_a_circle_with_a_way_out_ends(found, way_out):
    rules = {rule for _, rule, _ in found(CIRCLE + way_out)}

    assert "circle-without-end" not in rules


def test_two_inclusive_joins_that_wait_for_each_other_are_stuck(found):
    body = (
        BASE
        + els(f"{AND}:f {OR}:o,q userTask:a,b")
        + el(XOR, "x", default="x_q")
        + el(XOR, "y", default="y_e")
        + flows("s->f->a->o->x->q->y->e", "f->b->q", "x->e ? =v", "y->o ? =w")
    )
    told = {(rule, severity) for _, rule, severity in found(body)}

    assert told <= {("join-stuck", "warning"), ("tokens-pile-up", "warning")}
    assert told


def test_links_lead_on(found):
    link = '<bpmn:linkEventDefinition name="L"/>'
    body = (
        els(f"startEvent:s endEvent:e {AND}:g,j userTask:a,b")
        + el("intermediateThrowEvent", "t", link)
        + el("intermediateCatchEvent", "c", link)
        + flows("s->g->a->t", "c->j", "g->b->j->e")
    )

    assert found(body) == []


def test_each_message_names_the_flows_and_the_mend(parser):
    read = engine.read(drawing(block(XOR, AND)), "d.bpmn", parser)
    message = next(one.message for one in read[0].findings if one.element_id == "j")

    assert "a_j" in message
    assert "b_j" in message
    assert "exclusive gateway" in message


@pytest.mark.parametrize("seed", range(150))
def test_block_structured_drawings_have_no_finding(found, seed):
    drawn = Drawn(seed)
    body, _ = drawn.scope(DEPTH)

    assert [found(one) for one in (body, *drawn.called.values()) if found(one)] == []


@pytest.mark.parametrize("seed", range(60))
def test_large_block_structured_drawings_are_reduced_and_have_no_finding(found, seed):
    drawn = Drawn(seed)
    body, _ = drawn.scope(DEPTH + 3)

    assert found(body) == []


def net_of(graph):
    root = etree.fromstring(drawing(graph.body()))
    return Net(ScopeDrawing(root.find("{*}process")))


@pytest.mark.parametrize("seed", [*range(GRAPHS), 1188])
def test_the_reduced_net_says_what_the_whole_one_does(seed):
    graph = Graph(seed)
    whole = Game(net_of(graph)).explore(20_000)
    net = net_of(graph)
    reduce(net)
    reduced = Game(net).explore(20_000)

    assert not reduced.piled or whole.piled
    if net.exact:
        assert bool(whole.piled) == bool(reduced.piled)
    if net.exact and whole.complete:
        assert reduced.complete
        assert (bool(whole.stuck), whole.ends) == (bool(reduced.stuck), reduced.ends)


def play(define, graph, dice):
    """A case to its end, with random choices at the gateways."""
    for node in graph.picks:
        ways = range(len(graph.outgoing(node)))
        count = 1 if node[0] == "x" else dice.randint(1, len(ways))
        graph.picks[node] = dice.sample(ways, count)
    case = Run(define(graph.body()), {"pick": graph.picks}, keep=True)
    while case.open():
        case.do(dice.choice(case.open()))
    return case


@pytest.mark.parametrize("seed", range(GRAPHS))
def test_the_engine_does_what_the_findings_say(define, found, seed):
    graph, dice = Graph(seed), random.Random(seed)
    told = found(graph.body())
    rules = {rule for _, rule, _ in told}

    for _ in range(5):
        case = play(define, graph, dice)
        entered, completed = case.entered(), case.completed()
        for node, rule, severity in told:
            if rule == "join-never-full":
                assert node not in completed
            if rule == "never-runs":
                assert node not in entered
            if severity == "error":
                assert not case.case.completed
        if not rules & {"join-stuck", "join-never-full", "tokens-pile-up"}:
            assert case.case.completed
        if "tokens-pile-up" not in rules:
            # A gateway may be passed twice by tokens that then just end.
            tasks = [one for one in entered if one[0] == "u"]
            assert len(set(tasks)) == len(tasks)
