"""Standard loops, repetitions that are refused, and what repetition costs."""

from decimal import Decimal

import pytest
from engine_kit import (
    MESSAGE,
    RESULTS,
    Run,
    drawing,
    el,
    els,
    event_sub,
    flows,
    loop,
    mapping,
    multi,
    with_task,
    zeebe,
)
from repetition_kit import behind, interrupted, sub
from work_kit import steps_in

from workflows import engine


def test_a_loop_runs_once_and_on_while_its_condition_holds(run):
    case = run(behind(el("userTask", "a", loop("=again"))))

    case.do("a", again=True).do("a", again=True)
    assert case.case.visible(case.token("a"))["loopCounter"] == 3
    case.do("a", again=False)

    assert case.open() == ["z"]
    assert case.entered().count("a") == case.completed().count("a") == 1
    assert case.variables == {"again": False}


@pytest.mark.parametrize(("again", "open_"), [(True, ["a"]), (False, ["z"])])
def test_a_loop_may_ask_before_the_first_time(run, again, open_):
    case = run(
        behind(el("userTask", "a", loop("=again", testBefore="true"))), {"again": again}
    )

    assert case.open() == open_
    if again:
        assert case.do("a", again=False).open() == ["z"]


def test_a_loop_ends_at_its_maximum(run):
    body = behind(el("userTask", "a", loop("=true", loopMaximum="2")))

    assert run(body).do("a").open() == ["a"]
    assert run(body).do("a").do("a").open() == ["z"]
    body = behind(el("userTask", "a", loop(loopMaximum="1")))
    assert run(body).do("a").open() == ["z"]


def test_a_loop_over_a_sub_process_begins_anew_each_time(run):
    body = behind(sub(loop("=loopCounter &lt; 2"), extensions=zeebe(mapping("k<-1"))))
    case = run(body)

    case.do("u", k=5)
    assert case.case.visible(case.token("u"))["k"] == 1

    assert case.do("u").open() == ["z"]
    assert case.variables == {}


def test_a_loop_is_interrupted_as_a_whole(run):
    case = run(interrupted(sub(loop("=true"))))

    case.do("u").do("u")
    assert case.open() == ["t", "u"]

    assert case.fire("t").open() == ["b"]


def test_an_endless_loop_without_a_person_is_stopped(define):
    case = Run(define(behind(el("task", "a", loop("=true")))))

    assert [one.kind for one in case.incidents.values()] == ["budget"]


WRONG = {
    "neither list nor number": multi(inputCollection="", inputElement=""),
    "list and number": multi(cardinality="=2", inputCollection="=xs"),
    "list that is no FEEL": multi(inputCollection="xs"),
    "number that is none": multi(cardinality="two"),
    "item without list": multi(cardinality="=2", inputElement="it"),
    "outputs without name": multi(outputElement="=r"),
    "outputs without value": multi(outputCollection="rs"),
    "output that is no FEEL": multi(outputCollection="rs", outputElement="r"),
    "condition that is no FEEL": multi(condition="enough"),
    "endless loop": loop(),
    "loop condition that is no FEEL": loop("again"),
    "item named like the counter": multi(inputElement="loopCounter"),
    "maximum of none": loop(loopMaximum="0"),
    "maximum below none": loop(loopMaximum="-1"),
}


@pytest.mark.parametrize("what", WRONG)
def test_repetitions_that_cannot_run_are_refused(refused, what):
    found = refused(drawing(with_task(el("userTask", "a", WRONG[what]))))

    assert {(one.rule, one.element_id) for one in found} == {
        ("repetition-invalid", "a")
    }


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (with_task(el("userTask", "a", multi() + loop("=x"))), "repetition-misplaced"),
        (
            with_task(el("userTask", "a", multi(inputElement="a.b"))),
            "variable-name-invalid",
        ),
        (
            with_task(el("exclusiveGateway", "a", multi())),
            "element-misplaced",
        ),
        (
            with_task(
                el("userTask", "a", multi().replace("><", ' behavior="None"><', 1))
            ),
            "attribute-not-run",
        ),
        (with_task(el("userTask", "a", multi(condition="=1 +"))), "feel-syntax"),
    ],
)
def test_repetitions_out_of_place_are_refused(refused, body, rule):
    assert rule in {one.rule for one in refused(drawing(body))}


def test_an_event_sub_process_cannot_repeat(refused):
    repeated = event_sub(MESSAGE, "true").replace(
        "</bpmn:subProcess>", multi() + "</bpmn:subProcess>"
    )
    body = els("startEvent:s endEvent:e") + repeated + flows("s->e")

    assert [one.rule for one in refused(drawing(body))] == ["repetition-misplaced"]


def test_the_last_of_a_thousand_items_costs_no_more_than_the_first(define):
    """Save and restore included."""
    task = el("userTask", "a", multi("true", **RESULTS))
    values = {"xs": [Decimal(n) for n in range(1000)]}
    case = Run(define(behind(task)), values)
    spent = {}
    for number in range(1000):
        token = case.token("a")

        def step(token=token):
            case.case = engine.Case.restore(
                case.definition, case.case.save(), case.environment
            )
            case.case.finish(token, {"r": Decimal(1)})

        if number in (5, 995):  # not the very first, which works things out for all
            spent[number] = steps_in(step)
        else:
            step()
        case.after()

    assert case.open() == ["z"]
    assert spent[995] < 1.2 * spent[5]


def test_one_of_five_hundred_parallel_items_costs_little_more_than_one_of_ten(define):
    """The step itself; a save is as large as what is open."""
    task = el("userTask", "a", multi(**RESULTS))

    def cost(count):
        values = {"xs": [Decimal(n) for n in range(count)]}
        case = Run(define(behind(task)), values, keep=True)
        tokens = case.tokens("a")
        case.case.finish(tokens[0], {"r": Decimal(1)})
        return steps_in(lambda: case.case.finish(tokens[1], {"r": Decimal(1)}))

    assert cost(500) < 2 * cost(10)
