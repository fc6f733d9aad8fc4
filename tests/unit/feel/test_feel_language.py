"""What FEEL expressions mean: every construct of the language that runs."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from workflows.feel import LimitReached, Range, YearsMonths, compile_tree, plain

ALMATY = ZoneInfo("Asia/Almaty")
LOCAL = datetime.fromisoformat("2026-08-25T09:30:00")
PEOPLE = [{"name": "Әлия", "age": 6}, {"name": "Нұрлан", "age": 11}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 - -2", 9),
        ("-2 ** 2", 4),
        ("2 ** -1", 0.5),
        ("10 / 4", 2.5),
        ("1.5e2 + .5", 150.5),
        ('"Қаз" + "ақстан"', "Қазақстан"),
        ('"a\\u0301\\n\\"\\\\"', 'a\u0301\n"\\'),
        ('"\\uD83D\\uDC0E"', "🐎"),
        ("null", None),
        ("true", True),
        ("// why\n1 /* what */ + 1", 2),
        ('if 1 < 2 then "yes" else "no"', "yes"),
        ("if 1 > 2 then 1 else if 2 > 2 then 2 else 3", 3),
        ("[1, 2, 3]", [1, 2, 3]),
        ("[]", []),
        ("{}", {}),
        ('{a: 1, "b c": a + 1, d: b c * 2}', {"a": 1, "b c": 2, "d": 4}),
        ("{a: {b: 5}}.a.b", 5),
        ("for i in 1..3 return i * i", [1, 4, 9]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in (1..4) return i", [2, 3]),
        ("for a in [1, 2], b in [a, 10] return a * b", [1, 10, 4, 20]),
        ("for i in 1..4 return if i < 3 then 1 else partial[-1] + i", [1, 1, 4, 8]),
        ("some x in [1, 2], y in [2, 3] satisfies x > y", False),
        ("some x in [1, 5] satisfies x > 4", True),
        ("every x in [1, 5] satisfies x > 4", False),
        ("every x in [] satisfies x > 4", True),
        ("[1, 2, 3, 4][item > 2]", [3, 4]),
        ("[1, 2, 3][2]", 2),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][7]", None),
        ("[[1, 2], [3]][2][1]", 3),
        ("(function(a, b) a - b)(5, 3)", 2),
        ("{less: function(a: number, b: number) a < b}.less(b: 1, a: 2)", False),
        ("sort([3, 1, 2], function(x, y) x > y)", [3, 2, 1]),
    ],
)
def test_an_expression_has_the_value_of_the_standard(evaluate, text, expected):
    assert plain(evaluate(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2 = 0.3", True),
        ("1 = 1.0", True),
        ("1 != 2", True),
        ("null = null", True),
        ("null != 1", True),
        ('"a" < "b"', True),
        ("2 between 1 and 3", True),
        ("4 between 1 and 3 or true", True),
        ("5 in [1..5]", True),
        ("5 in [1..5)", False),
        ("1 in ]1..5]", False),
        ("5 in (1, 2, >= 5)", True),
        ("5 in (< 3, [6..7])", False),
        ("5 in > 4", True),
        ("5 in [4, 5, 6]", True),
        ("5 in [[1..3], [4..6]]", True),
        ("5 in (? > 3 and ? < 6)", True),
        ("[1, 2] = [1, 2]", True),
        ("[1, 2] = [2, 1]", False),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ('1 instance of number and "a" instance of string', True),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ('duration("P1D") instance of days and time duration', True),
        ("{a: 1} instance of context<a: number>", True),
        ("null instance of Any", False),
        ("false and true", False),
        ("true or false", True),
        ("not(false)", True),
    ],
)
def test_a_condition_is_true_or_false(evaluate, text, expected):
    assert evaluate(text) is expected


@pytest.mark.parametrize(
    ("text", "tested", "expected"),
    [
        ("-", 5, True),
        ("5", 5, True),
        ("1, 5, 7", 5, True),
        ("[1..10]", 5, True),
        ("> 5, < 2", 5, False),
        ("not(5)", 5, False),
        ("not(6, 7)", 5, True),
        ('"egov", "oqu"', "oqu", True),
        ("null", None, True),
        ("? * 2 = 10", 5, True),
        ("limit", 5, True),
    ],
)
def test_unary_tests_ask_about_the_input(evaluate, text, tested, expected):
    assert evaluate(text, {"?": tested, "limit": 5}, unary=True) is expected


def test_names_may_be_kazakh_of_several_words_or_in_backticks(evaluate):
    variables = {"мектеп": {"БСН": "1", "толық атауы": "№ 5"}, "біздің БСН": "1"}

    assert evaluate("мектеп.БСН = біздің БСН", variables) is True
    assert evaluate("`біздің БСН`", variables) == "1"
    assert evaluate("мектеп.толық атауы", variables) == "№ 5"
    assert evaluate("мектеп.`толық атауы`", variables) == "№ 5"


def test_a_name_with_a_keyword_or_a_sign_must_be_known_beforehand(parser, environment):
    text = "pre-school + profit or loss"
    tree = parser.parse(text, known_names=["pre-school", "profit or loss"])
    expression = compile_tree(tree, text)

    value = expression.evaluate(
        {"pre-school": Decimal(1), "profit or loss": Decimal(2)}, environment
    )

    assert value == 3
    assert expression.names == {"pre-school", "profit or loss"}


def test_the_names_of_an_expression_are_those_it_reads_from_outside(parser):
    text = "for a in children return {b: a.age, c: b + limit}.c + count(children)"

    assert compile_tree(parser.parse(text), text).names == {"children", "limit"}


def test_a_filter_sees_the_names_of_the_item_before_those_outside(evaluate):
    variables = {"people": PEOPLE, "age": 1, "limit": 10}

    assert evaluate("people[age > limit].name", variables) == ["Нұрлан"]
    assert evaluate("people[item.age < limit][1].name", variables) == "Әлия"
    assert evaluate("people.age", variables) == [6, 11]


def test_shared_parts_are_compared_once(evaluate):
    doubling = "for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]"

    assert evaluate(f"{{a: {doubling}, b: {doubling}, same: a = b}}.same") is True


def test_an_inner_name_hides_an_outer_one(evaluate):
    assert evaluate("for x in [1] return x + y", {"x": 5, "y": 2}) == [3]
    assert evaluate("{x: 1, y: {x: 2, z: x}.z}.y", {"x": 5}) == 2
    assert evaluate("[1, 2][some x in [item] satisfies x > 1]", {"x": 5}) == [2]


def test_a_range_is_a_value_with_properties(evaluate):
    span = evaluate("[1..5)")

    assert span == Range(Decimal(1), Decimal(5), True, False)
    assert evaluate("s.end", {"s": span}) == 5
    assert evaluate("s.end included", {"s": span}) is False
    assert evaluate("4 in s", {"s": span}) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-08-25")', date(2026, 8, 25)),
        ('@"2026-08-25"', date(2026, 8, 25)),
        ("date(2026, 8, 25)", date(2026, 8, 25)),
        ("date(day: 25, month: 8, year: 2026)", date(2026, 8, 25)),
        ('time("09:30:00")', time(9, 30)),
        ('date and time("2026-08-25T09:30:00")', LOCAL),
        (
            '@"2026-08-25T09:30:00@Asia/Almaty"',
            datetime(2026, 8, 25, 9, 30, tzinfo=ALMATY),
        ),
        ('duration("P1DT2H")', timedelta(days=1, hours=2)),
        ('@"-P1Y2M"', YearsMonths(-14)),
        ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)),
        ('date("2026-01-31") - duration("P1D")', date(2026, 1, 30)),
        ('date("2026-03-01") - date("2026-02-01")', timedelta(days=28)),
        ('time("23:00:00") + duration("PT2H")', time(1, 0)),
        ('duration("PT1H") * 2.5', timedelta(hours=2, minutes=30)),
        ('duration("P1D") / duration("PT6H")', Decimal(4)),
        ('duration("P1Y") / 2', YearsMonths(6)),
        ('-duration("P1D")', timedelta(days=-1)),
        ('date("2026-08-25").weekday', Decimal(2)),
        ('duration("P1DT2H3M4S").minutes', Decimal(3)),
        ('duration("-P14M").years', Decimal(-1)),
        ('time("10:00:00+05:00").time offset', timedelta(hours=5)),
        ("today()", date(2026, 4, 1)),
        ("now().hour", Decimal(9)),
        ("now().timezone", "Asia/Almaty"),
    ],
)
def test_dates_times_and_durations(evaluate, text, expected):
    value = evaluate(text)

    assert value == expected
    assert type(value) is type(expected)


def test_a_day_when_the_clocks_went_back_has_25_hours(evaluate):
    # Almaty went from UTC+6 to UTC+5 on 1 March 2024.
    start = '@"2024-02-29T12:00:00@Asia/Almaty"'

    later = evaluate(f'{start} + duration("P1D")')

    assert later.isoformat() == "2024-03-01T11:00:00+05:00"
    assert evaluate(f'@"2024-03-01T12:00:00@Asia/Almaty" - {start}') == timedelta(
        hours=25
    )


def test_a_local_moment_is_compared_as_one_of_almaty(evaluate):
    # It is 09:00 there.
    assert evaluate('@"2026-04-01T08:59:59" < now()') is True
    assert evaluate('@"2026-04-01T09:00:00" = now()') is True
    assert evaluate('@"2026-04-01T04:00:00Z" = now()') is True


def test_one_evaluation_reads_the_clock_once(parser, environment):
    class RunningClock:
        moment = environment.clock.now()

        def now(self):
            self.moment += timedelta(seconds=1)
            return self.moment

    expression = compile_tree(parser.parse("now() = now()"), "now() = now()")
    running = type(environment)(RunningClock())

    assert expression.evaluate({}, running) is True


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..100000000 return i",
        "for i in 1..2000, j in 1..2000 return i",
        "some i in 1..1000, j in 1..1000 satisfies i + j < 0",
        'for i in 1..99 return if i = 1 then "a" else partial[-1] + partial[-1]',
        "for i in 1..99 return concatenate([1], flatten(partial), flatten(partial))",
        "for i in 1..99 return if i = 1 then [1] else [partial[-1], partial[-1]]",
        'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", "(a|aa)+b")',
        "(function(f) f(f))(function(f) f(f))",
        "for i in 1..99000 return reverse(big)",
        "for i in 1..99000 return -1 in big",
        "for i in 1..99000 return big = big",
        "for i in 1..99000 return contexts.a",
        "for i in 1..200 return [partial[-1]]",
    ],
)
def test_what_runs_too_long_or_grows_too_large_is_stopped(evaluate, text):
    big = [Decimal(n) for n in range(20_000)]
    variables = {"big": big, "contexts": [{"a": n} for n in big]}

    with pytest.raises(LimitReached) as refusal:
        evaluate(text, variables)

    assert refusal.value.expression == text
