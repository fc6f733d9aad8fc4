"""What a table gives of the rules that match, for every policy (DMN 8.2.10)."""

import pytest

from tests.decision_tables import Input, Output, model
from tests.decisions import Bench

AGE = [Input("age", "number")]


def table(policy: str, *rows: tuple[str, str], values=None, default=None) -> bytes:
    return model(policy, AGE, Output("price", values, default), rows)


LEVELS = (("> 1", "100"), ("> 2", "200"), ("> 3", "300"))


@pytest.mark.parametrize(
    ("policy", "age", "value"),
    [
        ("F", 5, 100),
        ("R", 5, [100, 200, 300]),
        ("R", 2, [100]),
        ("C", 5, [100, 200, 300]),
        ("C", 0, []),
        ("R", 0, []),
        ("C+", 5, 600),
        ("C<", 5, 100),
        ("C>", 5, 300),
        ("C#", 5, 3),
        ("C#", 0, 0),
        ("C+", 0, None),
        ("C<", 0, None),
        ("C>", 0, None),
        ("U", 2, 100),
        ("U", 0, None),
        ("F", 0, None),
        ("A", 0, None),
    ],
)
def test_a_policy_gives(bench: Bench, policy, age, value) -> None:
    assert bench.value(table(policy, *LEVELS), "price", {"age": age}) == value


@pytest.mark.parametrize(
    ("policy", "value"),
    [("P", "high"), ("O", ["high", "middle", "low"])],
)
def test_priority_goes_by_the_order_of_the_output_values(bench: Bench, policy, value):
    source = table(
        policy,
        ("> 1", '"low"'),
        ("> 2", '"high"'),
        ("> 3", '"middle"'),
        values='"high", "middle", "low"',
    )

    assert bench.value(source, "price", {"age": 5}) == value


def test_output_values_may_be_ranges(bench: Bench) -> None:
    source = table(
        "O", ("> 1", "5"), ("> 2", "50"), ("> 3", "7"), values="[10..99], [0..9]"
    )

    assert bench.value(source, "price", {"age": 5}) == [50, 5, 7]


GRADES = (
    '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues>'
    '<text>"high", "middle", "low"</text></allowedValues></itemDefinition>'
    '<itemDefinition name="tPair"><itemComponent name="grade"><typeRef>tGrade</typeRef>'
    '</itemComponent><itemComponent name="n"/></itemDefinition>'
)
RULE = (
    "<rule><outputEntry><text>&quot;{}&quot;</text></outputEntry>"
    "<outputEntry><text>1</text></outputEntry></rule>"
)
PAIR = (
    '<decision id="d" name="d"><variable name="d" typeRef="tPair"/>'
    '<decisionTable hitPolicy="PRIORITY"><output name="grade"/><output name="n"/>'
    f"{RULE.format('low')}{RULE.format('high')}</decisionTable></decision>"
)


def test_priority_goes_by_the_values_that_a_type_allows(bench: Bench) -> None:
    single = table("P", ("> 1", '"low"'), ("> 2", '"high"')).decode()
    bare = '<variable name="price"/>'
    single = single.replace(bare, bare.replace("/>", ' typeRef="tGrade"/>'))
    single = single.replace("<inputData", f"{GRADES}<inputData", 1)

    assert bench.value(single.encode(), "price", {"age": 5}) == "high"
    assert bench.value(GRADES + PAIR, "d") == {"grade": "high", "n": 1}


def test_priority_without_output_values_is_refused(bench: Bench) -> None:
    source = table("P", *LEVELS)

    error = bench.refusal(source, "price", {"age": 5})

    assert error.element_id == "table"
    assert "PRIORITY goes by output values" in str(error)
    assert bench.value(source, "price", {"age": 5}, lenient=True) == 100


def test_unique_refuses_two_rules_and_names_them(bench: Bench) -> None:
    error = bench.refusal(table("U", *LEVELS), "price", {"age": 3})

    assert (error.decision_id, error.element_id) == ("decision", "table")
    assert "rule_1 and rule_2" in str(error)
    assert bench.value(table("U", *LEVELS), "price", {"age": 3}, lenient=True) is None


def test_any_takes_rules_that_agree(bench: Bench) -> None:
    rows = (("> 1", "7"), ("> 2", "7.0"), ("> 3", "8"))

    assert bench.value(table("A", *rows), "price", {"age": 3}) == 7
    error = bench.refusal(table("A", *rows), "price", {"age": 4})

    assert "rule_1 and rule_3" in str(error)
    assert bench.value(table("A", *rows), "price", {"age": 4}, lenient=True) is None


@pytest.mark.parametrize(
    ("policy", "value"), [("U", 9), ("C", [9]), ("C+", 9), ("R", [9])]
)
def test_a_default_stands_for_no_match(bench: Bench, policy, value) -> None:
    source = table(policy, *LEVELS, default="3 * 3")

    assert bench.value(source, "price", {"age": 0}) == value
    assert bench.value(source, "price", {"age": 2}) != value


MANY = """
<inputData id="in_age" name="age"><variable name="age"/></inputData>
<decision id="d" name="d"><variable name="d"/>
<informationRequirement><requiredInput href="#in_age"/></informationRequirement>
<decisionTable id="t" hitPolicy="{policy}"{more}>
<input><inputExpression><text>age</text></inputExpression></input>
<output name="way"><outputValues><text>"a", "b"</text></outputValues>
  <defaultOutputEntry><text>"none"</text></defaultOutputEntry></output>
<output name="price" typeRef="number">
  <outputValues><text>3, 2, 1</text></outputValues></output>
<rule id="r1"><inputEntry><text>&gt; 1</text></inputEntry>
  <outputEntry><text>"b"</text></outputEntry><outputEntry><text>3</text></outputEntry>
</rule>
<rule id="r2"><inputEntry><text>&gt; 2</text></inputEntry>
  <outputEntry><text>"a"</text></outputEntry><outputEntry><text>1</text></outputEntry>
</rule>
<rule id="r3"><inputEntry><text>&gt; 3</text></inputEntry>
  <outputEntry><text>"a"</text></outputEntry><outputEntry><text>2</text></outputEntry>
</rule>
</decisionTable></decision>
"""


@pytest.mark.parametrize(
    ("policy", "age", "value"),
    [
        ("UNIQUE", 2, {"way": "b", "price": 3}),
        ("UNIQUE", 0, {"way": "none", "price": None}),
        ("PRIORITY", 5, {"way": "a", "price": 2}),
        (
            "OUTPUT ORDER",
            5,
            [
                {"way": "a", "price": 2},
                {"way": "a", "price": 1},
                {"way": "b", "price": 3},
            ],
        ),
        ("COLLECT", 3, [{"way": "b", "price": 3}, {"way": "a", "price": 1}]),
    ],
)
def test_several_outputs_give_contexts(bench: Bench, policy, age, value) -> None:
    source = MANY.format(policy=policy, more="")

    assert bench.value(source, "d", {"age": age}) == value


def test_a_sum_of_several_outputs_is_refused(bench: Bench) -> None:
    source = MANY.format(policy="COLLECT", more=' aggregation="SUM"')

    assert "SUM is of one output" in str(bench.refusal(source, "d", {"age": 5}))
    assert bench.value(source, "d", {"age": 5}, lenient=True) is None


def test_the_explanation_names_inputs_and_matched_rules(bench: Bench) -> None:
    outcome = bench.outcome(table("C+", *LEVELS), "price", {"age": 3})

    assert outcome.matched_rules == ["rule_1", "rule_2"]
    assert outcome.explanation == {
        "decisions": [
            {
                "id": "decision",
                "name": "price",
                "inputs": {"age": 3},
                "tables": [
                    {
                        "id": "table",
                        "inputs": {"age": 3},
                        "matched_rules": ["rule_1", "rule_2"],
                    }
                ],
                "matched_rules": ["rule_1", "rule_2"],
                "result": 300,
            }
        ]
    }


@pytest.mark.parametrize(
    ("test", "age", "matches"),
    [
        ("-", 5, True),
        ("", 5, True),
        ("5", 5, True),
        ("4, 5", 5, True),
        ("[1..5)", 5, False),
        ("not(5)", 5, False),
        ("not(4, 6)", 5, True),
        ("? > limit", 5, True),
        ("> limit, 2", 2, True),
        ("odd(?)", 5, True),
        ("? in [1, 5]", 5, True),
        ("[1, 5]", 5, True),
        ("null", 5, False),
        ("? = 5 and limit = 3", 5, True),
        # A condition that does not read the input holds by itself.
        ("limit = 3", 5, True),
        ("limit = 4", 5, False),
        ("limit = 4, 5", 5, True),
    ],
)
def test_an_input_entry_is_a_unary_test(bench: Bench, test, age, matches) -> None:
    source = model(
        "U",
        [*AGE, Input("limit", "number")],
        Output("price"),
        [(test, "-", "1")],
    )

    got = bench.value(source, "price", {"age": age, "limit": 3})

    assert got == (1 if matches else None)


def test_a_column_of_booleans_compares_what_its_entries_say(bench: Bench) -> None:
    source = model(
        "C",
        [Input("stays", "boolean"), Input("limit", "number")],
        Output("price"),
        [("true", "-", "1"), ("false", "-", "2"), ("limit = 3", "-", "3")],
    )

    assert bench.value(source, "price", {"stays": True, "limit": 3}) == [1, 3]
    assert bench.value(source, "price", {"stays": False, "limit": 4}) == [2, 3]


def test_input_values_bound_the_input(bench: Bench) -> None:
    inputs = [Input("way", "string", '"a", "b"')]
    source = model("U", inputs, Output("price"), [("-", "1")])

    assert bench.value(source, "price", {"way": "a"}) == 1
    error = bench.refusal(source, "price", {"way": "c"})

    assert error.element_id == "input_0"
    assert "way is not one of its input values" in str(error)
    assert bench.value(source, "price", {"way": "c"}, lenient=True) is None


def test_output_values_bound_the_output(bench: Bench) -> None:
    source = table("U", ("> 1", "100"), ("<= 1", "5"), values="[0..9]")

    assert bench.value(source, "price", {"age": 1}) == 5
    assert bench.refusal(source, "price", {"age": 2}).element_id == "rule_1"


def test_the_type_of_an_input_column_is_checked(bench: Bench) -> None:
    source = model("U", [Input("age", "number")], Output("price"), [("-", "1")])
    untyped = source.replace(
        b'<variable name="age" typeRef="number"/>', b'<variable name="age"/>'
    )

    error = bench.refusal(untyped, "price", {"age": "5"})

    assert error.element_id == "input_0"
    assert "it gives a string, which is no number" in str(error)
    assert bench.value(untyped, "price", {"age": "5"}, lenient=True) == 1
