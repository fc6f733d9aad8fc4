"""What would run for minutes, or fill the memory, ends within its limit."""

import dataclasses
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.decisions import Bench, decision, entry, function, knowledge, text
from tests.models import given
from workflows import dmn, feel

ENDLESS = knowledge("f", {"n": "number"}, text("f(n + 1)"), "f")
TWICE = knowledge("f", {"n": "number"}, text("f(n + 1) + f(n + 2)"), "f")


def boxed_loop(inside: str, name: str) -> str:
    return (
        f'<for iteratorVariable="{name}"><in>{text("[1..1000]")}</in>'
        f"<return>{inside}</return></for>"
    )


LOOPS = boxed_loop(boxed_loop(boxed_loop(text("a + b + c"), "c"), "b"), "a")
CALLS = f"<context>{entry('g', function({'n': 'number'}, text('g(n) + g(n)')))}"
RULE = (
    "<rule><inputEntry><text>count(for i in [1..1000] return i) = 1</text>"
    "</inputEntry><outputEntry><text>1</text></outputEntry></rule>"
)
HEAVY = (
    "<decisionTable><input><inputExpression><text>1</text></inputExpression></input>"
    f"<output/>{RULE * 500}</decisionTable>"
)


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        ENDLESS + decision(text("f(1)"), "Knowledge=f"),
        TWICE + decision(text("f(1)"), "Knowledge=f"),
        decision(LOOPS),
        decision(f"{CALLS}{entry(None, text('g(1)'))}</context>"),
        decision(HEAVY),
        decision(text("for a in [1..1000], b in [1..1000] return a")),
        decision(text("for i in 1..100000000 return i")),
    ],
)
def test_an_endless_evaluation_ends_within_its_limit(bench: Bench, body, lenient):
    loaded = bench.load(body)
    environment = dataclasses.replace(bench.environment, lenient=lenient)
    started = time.process_time()

    with pytest.raises(dmn.DecisionError) as refused:
        loaded.evaluate("asked", {}, environment)

    assert isinstance(refused.value.error, feel.LimitReached)
    assert time.process_time() - started < 5


def test_the_budget_is_one_for_all_decisions(bench: Bench) -> None:
    costly = text("count(for i in [1..60000] return i)")
    body = (
        decision(costly, id_="one")
        + decision(costly, id_="two")
        + decision(text("one + two"), "Decision=one", "Decision=two")
    )

    assert bench.value(body, "one") == 60_000
    assert isinstance(bench.refusal(body, "asked").error, feel.LimitReached)


def test_one_evaluation_does_not_pay_for_another(bench: Bench) -> None:
    loaded = bench.load(decision(text("count(for i in [1..60000] return i)")))

    for _ in range(2):
        assert loaded.evaluate("asked", {}, bench.environment).value == 60_000


def test_a_long_explanation_is_cut(bench: Bench) -> None:
    body = given("many") + decision(text("many"), "Input=in_many")

    outcome = bench.outcome(body, "asked", {"many": [0] * 5_000})

    told = outcome.explanation["decisions"][0]["result"]
    assert len(outcome.value) == 5_000
    assert told[-1] == "… 4800 more"
    assert len(told) == 201


def test_threads_share_a_model(bench: Bench) -> None:
    body = (
        given("n", "number")
        + decision(text("n * 2"), "Input=in_n", id_="twice")
        + decision(
            text("sum(for i in [1..20] return i * twice)"),
            "Decision=twice",
            "Input=in_n",
        )
    )
    loaded = bench.load(body)

    def ask(number: int) -> object:
        given_ = {"n": Decimal(number)}
        return loaded.evaluate("asked", given_, bench.environment).value

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(200)))

    assert found == [420 * number for number in range(200)]


def chain(length: int, first: str = "1") -> str:
    return decision(text(first), id_="d0") + "".join(
        decision(text(f"d{one - 1} + 1"), f"Decision=d{one - 1}", id_=f"d{one}")
        for one in range(1, length)
    )


def test_a_chain_of_decisions_runs_as_deep_as_people_draw(bench: Bench) -> None:
    assert bench.value(chain(100), "d99") == 100


@pytest.mark.parametrize("lenient", [False, True])
def test_a_chain_that_is_too_long_is_a_limit(bench: Bench, lenient) -> None:
    loaded = bench.load(chain(2_000))
    environment = dataclasses.replace(bench.environment, lenient=lenient)

    with pytest.raises(dmn.DecisionError) as refused:
        loaded.evaluate("d1999", {}, environment)

    assert isinstance(refused.value.error, feel.LimitReached)


def test_what_requires_a_broken_decision_is_told_however_far(bench: Bench) -> None:
    told = bench.read(chain(2_000, "1 +")).decisions

    assert all(one.not_run and '"d0" is not run' in one.not_run for one in told)
    assert told[-1].not_run.count("It requires") == 1
