"""Nothing is silently wrong: unknown names and wrong types are errors with a place."""

import pytest

from workflows.feel import (
    EvaluationError,
    FeelError,
    FeelSyntaxError,
    UnknownFunction,
    UnknownName,
    WrongType,
    WrongValue,
    compile_tree,
)

CASE = {"child": {"age": 6, "name": None}, "marks": [{"n": 5}, {"m": 4}], "x": None}


@pytest.mark.parametrize(
    ("text", "name", "position"),
    [
        ('mising = "ok"', "mising", 0),
        ('"ok" = mising', "mising", 7),
        ("if mising then 1 else 2", "mising", 3),
        ("mising != null", "mising", 0),
        ("[1, mising]", "mising", 4),
        ("{a: mising}", "mising", 4),
        ("child.agee > 5", "agee", 6),
        ("child.name.first", "first", 11),
        ("child.age.years", "years", 10),
        ("marks.n", "n", 6),
        ("marks[n > 4]", "n", 6),
        ("5 in (1, mising)", "mising", 9),
        ("for m in marks return mising", "mising", 22),
        ('get value(child, "nope")', "nope", 0),
    ],
)
def test_an_unknown_name_is_an_error_wherever_it_is_used(
    evaluate, text, name, position
):
    with pytest.raises(UnknownName) as refusal:
        evaluate(text, CASE)

    assert refusal.value.name == name
    assert refusal.value.position == position
    assert refusal.value.expression == text
    assert name in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ('child.age = "6"', 10),
        ("child.age > null", 10),
        ('child.age + "1"', 10),
        ("x + 1", 2),
        ("-child", 0),
        ("x and true", 0),
        ("true and x", 9),
        ("child.age or false", 0),
        ("if x then 1 else 2", 3),
        ("upper case(5)", 0),
        ("count(child.age)", 0),
        ("child[age > 5]", 6),
        ("marks[x]", 6),
        ("for i in child return i", 0),
        ("some i in [1] satisfies i", 0),
        ("x in [1..3]", 2),
        ('5 in (5, "a")', 2),
        ('[1.. "a"]', 0),
        ('date("2026-01-01") < now()', 19),
        ("child.age(1)", 0),
        ('{f: function(n: number) n}.f("a")', 0),
        ("sum([1, null])", 0),
        ("not(null)", 0),
        ("true < false", 5),
        ("2 between null and 3", 2),
        ("2 between 1 and null", 2),
        ("2 in [1..null]", 5),
        ("floor(1.5, null)", 0),
    ],
)
def test_a_wrong_type_is_an_error_wherever_it_is_used(evaluate, text, position):
    with pytest.raises(WrongType) as refusal:
        evaluate(text, CASE)

    assert refusal.value.position == position


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0",
        "0 / 0",
        "9e6000 * 9e6000",
        "[5..1]",
        'number("five")',
        "date(text)",
        "date(2026, month, 30)",
        "substring(text, 9)",
        "sqrt(-1)",
        'date("2026-01-01") + duration("PT1H")',
        'date("9999-12-31") + duration("P1D")',
        'matches(text, "(")',
        "add working days(today(), 0)",
        "add working days(today(), 1.5)",
        'time("10:00:00") < time("10:00:00Z")',
        "modulo(5, 0)",
        '@"2026-04-01T09:00:00" - now()',
    ],
)
def test_a_value_without_result_is_an_error(evaluate, text):
    with pytest.raises(WrongValue) as refusal:
        evaluate(text, {"text": "abc", "month": 2})

    assert refusal.value.position is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is defined(child)", True),
        ("is defined(child.name)", True),
        ("is defined(child.nope)", False),
        ("is defined(child.name.first)", False),
        ("is defined(mising)", False),
        ("is defined(mising.too)", False),
        ("is defined(date)", False),
        ("is defined(mising) and mising.x = 1", False),
        ("get or else(mising, 1)", 1),
        ("get or else(child.nope, 1)", 1),
        ("get or else(child.name, 1)", 1),
        ("get or else(child.age, 1)", 6),
        ("x = null", True),
        ("x != null", False),
    ],
)
def test_the_author_can_say_that_something_may_be_missing(evaluate, text, expected):
    assert evaluate(text, CASE) == expected


def test_a_wrong_type_is_not_excused_by_get_or_else(evaluate):
    with pytest.raises(WrongType):
        evaluate('get or else(child.age + "1", 0)', CASE)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("1 +", 3),
        ("a =", 3),
        ("[1, 2", 5),
        ("if a then b", 11),
        ('"open', 0),
        ("1 2", 2),
        ('{"a" 1}', 5),
        ("x ? y", 2),
        ('"😀" +', 5),
        ("f(a, b: 1)", 6),
        ("{a: 1, a: 2}", 7),
        ('date("2026-02-30")', 0),
        ('1 + @"2026-13-01"', 4),
        ("x instance of nonsense", 14),
        ("function(a) external {}", 12),
        ("substring(wrong: 1)", 0),
        ("count()", 0),
        ("all()", 0),
        ("floor(scale: 1)", 0),
        ("is defined(1)", 0),
        ("1e9999", 0),
        ('"\\uD800"', 0),
    ],
)
def test_what_cannot_run_is_refused_before_it_runs(parser, text, position):
    with pytest.raises(FeelSyntaxError) as refusal:
        compile_tree(parser.parse(text), text)

    assert refusal.value.position == position
    assert refusal.value.expression == text
    assert str(position + 1) in str(refusal.value)


def test_an_unknown_function_is_refused_with_its_name(parser):
    with pytest.raises(UnknownFunction) as refusal:
        compile_tree(parser.parse("1 + adult(x)"), "1 + adult(x)")

    assert refusal.value.name == "adult"
    assert refusal.value.position == 4


def test_a_function_in_a_variable_must_be_announced(parser, evaluate, environment):
    double = evaluate("function(n) n * 2")
    text = "double(21)"

    expression = compile_tree(parser.parse(text), text, functions=["double"])

    assert expression.evaluate({"double": double}, environment) == 42


@pytest.mark.parametrize("text", ["(" * 400 + "1" + ")" * 400, "1" + "+1" * 15000])
def test_an_expression_too_deep_or_too_long_is_refused(parser, text):
    with pytest.raises(FeelSyntaxError):
        compile_tree(parser.parse(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "mising",
        "child.nope",
        "1 / 0",
        '1 + "a"',
        "null and true",
        "x > 1",
        'date("2026-02-30")',
        "adult(1)",
        "count()",
    ],
)
def test_lenient_mode_gives_null_where_the_standard_does(lenient, evaluate, text):
    assert lenient(text, CASE) is None
    with pytest.raises((EvaluationError, FeelSyntaxError)):
        evaluate(text, CASE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("false and x", False),
        ("x and false", False),
        ("x and x", None),
        ("x or x", None),
        ("true or x", True),
        ("if x then 1 else 2", 2),
        ("5[item > 3]", [5]),
        ("count(5)", 1),
        ('upper case(["a"])', "A"),
        ("[1, null, 3][item > 1]", [3]),
        ("is defined(mising)", False),
        ("get or else(mising, 1)", 1),
    ],
)
def test_lenient_mode_follows_the_standard(lenient, text, expected):
    assert lenient(text, CASE) == expected


def test_a_python_number_among_the_variables_is_refused(parser, environment):
    expression = compile_tree(parser.parse("n + 1"), "n + 1")

    with pytest.raises(FeelError, match="int of Python"):
        expression.evaluate({"n": 1}, environment)
