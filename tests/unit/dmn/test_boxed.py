"""Every boxed expression, and how it fails."""

import pytest

from tests.decisions import Bench, decision, entry, function, knowledge, text
from tests.models import given


def part(name: str, logic: str) -> str:
    return f"<{name}>{logic}</{name}>"


def conditional(condition: str) -> str:
    parts = part("if", text(condition))
    parts += part("then", text('"yes"')) + part("else", text('"no"'))
    return f"<conditional>{parts}</conditional>"


def loop(word: str, source: str, body: str, name: str = "each one") -> str:
    last = "return" if word == "for" else "satisfies"
    parts = part("in", text(source)) + part(last, text(body))
    return f'<{word} iteratorVariable="{name}">{parts}</{word}>'


def filtered(source: str, match: str) -> str:
    return f"<filter>{part('in', text(source))}{part('match', text(match))}</filter>"


A = text('"A"')
RELATION = (
    "<relation>"
    '<column name="name" typeRef="string"/><column name="age" typeRef="number"/>'
    f"<row>{A}{text('3 * 2')}</row><row>{text('null')}{text('null')}</row>"
    "</relation>"
)
ONE = entry("a", text("1"))
SQUARE = entry("square", function({"n": "number"}, text("n * n")))


@pytest.mark.parametrize(
    ("logic", "value"),
    [
        (text("1 + 1"), 2),
        (conditional("1 = 1"), "yes"),
        (conditional("1 = 2"), "no"),
        (f"<list>{text('1')}{A}<list/></list>", [1, "A", []]),
        (RELATION, [{"name": "A", "age": 6}, {"name": None, "age": None}]),
        (loop("for", "[1, 2]", "each one * 2"), [2, 4]),
        (loop("for", "[1..3]", "each one"), [1, 2, 3]),
        (loop("for", "(1..3]", "each one"), [2, 3]),
        (loop("for", "[1, 2, 3]", "count(partial) + each one"), [1, 3, 5]),
        (loop("some", "[1, 2]", "each one > 1"), True),
        (loop("some", "[]", "each one > 1"), False),
        (loop("every", "[1, 2]", "each one > 1"), False),
        (loop("every", "[]", "each one > 1"), True),
        (filtered("[1, 2, 3]", "item > 1"), [2, 3]),
        (filtered('[{"a b": 1}, {"a b": 2}]', "a b = 2"), [{"a b": 2}]),
        (f"<context>{ONE}{entry('b', text('a + 1'))}</context>", {"a": 1, "b": 2}),
        (f"<context>{ONE}{entry(None, text('a + 1'))}</context>", 2),
        (f"<context>{SQUARE}{entry(None, text('square(3)'))}</context>", 9),
        (f"<context>{SQUARE}{entry(None, text('square(n: 3)'))}</context>", 9),
    ],
)
def test_a_boxed_expression_gives(bench: Bench, logic, value) -> None:
    assert bench.value(decision(logic), "asked") == value
    assert bench.value(decision(logic), "asked", lenient=True) == value


@pytest.mark.parametrize(
    ("logic", "reason"),
    [
        (conditional('"abc"'), "if takes a boolean, not a string"),
        (loop("for", "null", "1"), "goes through a list, not a null"),
        (loop("some", "[1, 2]", 'if each one = 2 then true else "x"'), "some takes"),
        (loop("every", "[1]", '"x"'), "every takes booleans, not a string"),
        (filtered("[1]", '"x"'), "match takes a boolean, not a string"),
        (text("1 + missing"), "missing"),
        (text('"a" + 1', "number"), "string"),
        (text('"a"', "number"), "it gives a string, which is no number"),
    ],
)
def test_what_goes_wrong_is_an_error_or_leniently_null(
    bench: Bench, logic, reason
) -> None:
    error = bench.refusal(decision(logic), "asked")

    assert reason in str(error)
    assert (error.decision_id, error.decision_name) == ("asked", "asked")
    assert bench.value(decision(logic), "asked", lenient=True) is None


def invoked(function_: str, **bindings: str) -> str:
    bound = "".join(
        f'<binding><parameter name="{name}"/>{text(value)}</binding>'
        for name, value in bindings.items()
    )
    return f"<invocation>{text(function_)}{bound}</invocation>"


PLUS = knowledge("plus", {"a": "number", "b": "number"}, text("a + b"))


def test_an_invocation_binds_by_name(bench: Bench) -> None:
    body = PLUS + decision(invoked("plus", b="2", a="1"), "Knowledge=plus")

    assert bench.value(body, "asked") == 3


def test_an_invocation_may_be_of_a_function_of_feel(bench: Bench) -> None:
    logic = invoked("substring", string='"abc"', **{"start position": "2"})

    assert bench.value(decision(logic), "asked") == "bc"
    assert bench.value(decision(invoked("sum", list="[1, 2]")), "asked") == 3
    assert "sum takes" in str(bench.refusal(decision(invoked("sum", a="1")), "asked"))


@pytest.mark.parametrize(
    ("logic", "reason"),
    [
        (invoked("plus", a="1", c="2"), "plus takes a, b, and is given a, c"),
        (invoked("plus", a="1"), "plus takes a, b, and is given a"),
        (invoked("plus", a="1", b='"x"'), "parameter b, takes number, not string"),
        (invoked("1", a="1"), "it calls a number"),
        (text("plus(1)"), "plus takes 2 arguments, not 1"),
        (text('plus(1, "x")'), "parameter b, takes number, not string"),
    ],
)
def test_a_call_that_does_not_fit_is_refused(bench: Bench, logic, reason) -> None:
    body = PLUS + decision(logic, "Knowledge=plus")

    assert reason in str(bench.refusal(body, "asked"))
    assert bench.value(body, "asked", lenient=True) is None


def test_functions_call_functions_and_themselves(bench: Bench) -> None:
    body = (
        knowledge(
            "factorial",
            {"n": "number"},
            text("if n < 2 then 1 else n * factorial(n - 1)"),
            "factorial",
        )
        + knowledge("doubled", {"n": "number"}, text("2 * factorial(n)"), "factorial")
        + decision(text("doubled(5)"), "Knowledge=doubled")
    )

    assert bench.value(body, "asked") == 240
    assert bench.value(body, "factorial", {"n": 4}) == 24


def test_a_function_of_a_context_calls_itself(bench: Bench) -> None:
    body = function({"n": "number"}, text("if n < 2 then 1 else n * f(n - 1)"))
    logic = f"<context>{entry('f', body)}{entry(None, text('f(5)'))}</context>"

    assert bench.value(decision(logic), "asked") == 120


@pytest.mark.parametrize("lenient", [False, True])
def test_a_function_of_the_model_hides_that_of_feel(bench: Bench, lenient) -> None:
    own = knowledge("sum", {"a": "number"}, text("a + 100"))
    body = own + decision(text("sum(1)"), "Knowledge=sum")
    named = own + decision(text("sum(a: 1)"), "Knowledge=sum")
    variable = given("sum") + decision(text("sum([1, 2])"), "Input=in_sum")

    assert bench.value(body, "asked", lenient=lenient) == 101
    assert bench.value(named, "asked", lenient=lenient) == 101
    assert bench.value(variable, "asked", {"sum": 5}, lenient=lenient) == 3


def test_a_function_keeps_the_names_around_it(bench: Bench) -> None:
    body = (
        given("rate", "number")
        + decision(text("function(a) a * rate"), "Input=in_rate", id_="scaled")
        + decision(text("scaled(2)"), "Decision=scaled")
    )

    assert bench.value(body, "asked", {"rate": 5}) == 10


def test_a_decision_sees_only_what_it_requires(bench: Bench) -> None:
    body = given("rate", "number") + decision(text("rate"))

    assert "rate" in str(bench.refusal(body, "asked", {"rate": 5}))
    assert bench.value(body, "asked", {"rate": 5}, lenient=True) is None


def test_a_decision_without_logic_is_null(bench: Bench) -> None:
    assert bench.value(decision(""), "asked") is None
    assert bench.value(knowledge("empty", {}, ""), "empty") is None


def test_names_with_signs_and_keywords_are_read(bench: Bench) -> None:
    names = ("pre-bureau risk", "income or loss", "Түсім мен шығыс")
    body = "".join(
        given(name, "number").replace(f'id="in_{name}"', f'id="in_{place}"')
        for place, name in enumerate(names)
    ) + decision(text(" + ".join(names)), "Input=in_0", "Input=in_1", "Input=in_2")

    assert bench.value(body, "asked", dict(zip(names, (1, 2, 4), strict=True))) == 7


CHILD = (
    '<itemDefinition name="tChild">'
    '<itemComponent name="pre-school"><typeRef>number</typeRef></itemComponent>'
    '<itemComponent name="ата-ана"><typeRef>tAge</typeRef></itemComponent>'
    '</itemDefinition><itemDefinition name="tAge"><itemComponent name="in years">'
    "<typeRef>number</typeRef></itemComponent></itemDefinition>"
    '<itemDefinition name="tChildren" isCollection="true"><typeRef>tChild</typeRef>'
    "</itemDefinition>"
)
ONE_CHILD = {"pre-school": 1, "ата-ана": {"in years": 2}}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("child.pre-school + 1", 2),
        ("child.ата-ана.in years", 2),
        ("child.pre-school - child.ата-ана.in years", -1),
        ("children[pre-school = 1][1].`pre-school`", 1),
        ("for one in children return one.pre-school", [1]),
        ("some one in children satisfies one.ата-ана.in years = 2", True),
        ("children.pre-school", [1]),
    ],
)
def test_names_of_components_may_hold_signs_and_keywords(
    bench: Bench, expression, value
) -> None:
    body = (
        CHILD
        + given("child", "tChild")
        + given("children", "tChildren")
        + decision(text(expression), "Input=in_child", "Input=in_children")
    )
    variables = {"child": ONE_CHILD, "children": [ONE_CHILD]}

    assert bench.value(body, "asked", variables) == value


SERVICE = (
    given("base", "number")
    + decision(text("base + 1"), "Input=in_base", id_="hidden")
    + decision(text("7"), id_="replaced", type_="number")
    + decision(
        text("hidden * replaced"), "Decision=hidden", "Decision=replaced", id_="shown"
    )
    + '<decisionService id="service" name="service"><variable name="service"/>'
    '<outputDecision href="#shown"/><encapsulatedDecision href="#hidden"/>'
    '<inputDecision href="#replaced"/><inputData href="#in_base"/></decisionService>'
)


def test_a_service_takes_its_input_decisions_from_the_caller(bench: Bench) -> None:
    given_ = {"base": 1, "replaced": 10}

    assert bench.value(SERVICE, "service", given_) == 20
    assert bench.value(SERVICE, "shown", given_) == 14


def test_a_service_is_a_function_of_inputs_then_decisions(bench: Bench) -> None:
    body = SERVICE + decision(text("service(1, 10)"), "Knowledge=service")
    wrong = SERVICE + decision(text('service(1, "x")'), "Knowledge=service")

    assert bench.value(body, "asked") == 20
    assert "parameter replaced, takes number" in str(bench.refusal(wrong, "asked"))
    assert bench.value(wrong, "asked", lenient=True) is None


def test_a_service_without_an_input_decision_is_refused(bench: Bench) -> None:
    error = bench.refusal(SERVICE, "service", {"base": 1})

    assert "it is called without replaced" in str(error)


def test_several_output_decisions_give_a_context(bench: Bench) -> None:
    body = SERVICE.replace(
        '<outputDecision href="#shown"/>',
        '<outputDecision href="#shown"/><outputDecision href="#hidden"/>',
    )

    assert bench.value(body, "service", {"base": 1, "replaced": 10}) == {
        "shown": 20,
        "hidden": 2,
    }


def test_the_explanation_tells_of_every_decision_once(bench: Bench) -> None:
    body = (
        decision(text("2"), id_="base")
        + decision(text("base + 1"), "Decision=base", id_="more")
        + decision(text("base * more"), "Decision=base", "Decision=more")
    )

    told = bench.outcome(body, "asked").explanation["decisions"]

    assert [one["id"] for one in told] == ["base", "more", "asked"]
    assert told[-1]["inputs"] == {"base": 2, "more": 3}
    assert told[-1]["result"] == 6
