"""The functions of FEEL, and ours for working days."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflows.calendars import WorkingCalendar
from workflows.feel import Environment, YearsMonths, plain

ALMATY = ZoneInfo("Asia/Almaty")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('string length("бала😀")', 5),
        ('upper case("әіңғүұқөһ")', "ӘІҢҒҮҰҚӨҺ"),
        ('lower case("ӘІ")', "әі"),
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", 3, 2)', "ob"),
        ('substring("foobar", -2)', "ar"),
        ('substring(start position: 2, string: "ab")', "b"),
        ('substring before("foobar", "bar")', "foo"),
        ('substring after("foobar", "ob")', "ar"),
        ('contains("foobar", "oba")', True),
        ('starts with("foobar", "fo")', True),
        ('ends with("foobar", "ar")', True),
        ('matches("870", "^[0-9]{3}$")', True),
        ('matches("a\\nb", "a.b")', False),
        ('matches("a\\nb", "a.b", "s")', True),
        ('matches("ABC", "b", "i")', True),
        ('matches("O", "[A-Z-[OI]]")', False),
        ('matches("a.c", "a.c", "q")', True),
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
        ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
        ('string join(["a", null, "b"], ", ")', "a, b"),
        ("string(1.50)", "1.5"),
        ("string(0 * -1)", "0"),
        ("string(1e20)", "100000000000000000000"),
        ("string(true)", "true"),
        ("string(null)", None),
        ('string({a: [1, "x"], b: null})', '{a: [1, "x"], b: null}'),
        (
            'string(@"2026-04-01T09:00:00@Asia/Almaty")',
            "2026-04-01T09:00:00@Asia/Almaty",
        ),
        ('string(@"10:00:00+05:00")', "10:00:00+05:00"),
        ('string(@"P1DT90M")', "P1DT1H30M"),
        ('string(@"P14M")', "P1Y2M"),
        ('number("-1.5e2")', -150),
        ('number("1 000,5", " ", ",")', 1000.5),
        ('number("1\xa0000\u202f000,5", " ", ",")', 1000000.5),  # of a spreadsheet
        ("decimal(1/3, 2)", 0.33),
        ("decimal(2.5, 0)", 2),
        ("floor(-1.5)", -2),
        ("floor(1.56, 1)", 1.5),
        ("ceiling(1.2)", 2),
        ("round up(5.5, 0)", 6),
        ("round down(-5.5, 0)", -5),
        ("round half up(5.5, 0)", 6),
        ("round half down(5.5, 0)", 5),
        ("abs(-5)", 5),
        ("modulo(-12, 5)", 3),
        ("modulo(12, -5)", -3),
        ("sqrt(16)", 4),
        ("odd(5)", True),
        ("even(5)", False),
        ("count([1, 2])", 2),
        ("min([3, 1, 2])", 1),
        ("max(3, 1, 2)", 3),
        ('max(["a", "c", "b"])', "c"),
        ("min([])", None),
        ("sum([0.1, 0.2])", 0.3),
        ("mean(1, 2, 3)", 2),
        ("median([8, 2, 5, 3, 4])", 4),
        ("median([6, 1, 2, 3])", 2.5),
        ("stddev([2, 4, 7, 5])", 2.0816659994661326),
        ("mode([6, 3, 9, 6, 6])", [6]),
        ("product([2, 3, 4])", 24),
        ("all([true, true])", True),
        ("any([false, true])", True),
        ("any([])", False),
        ("list contains([1, null], null)", True),
        ('list contains([1, "1"], "1")', True),
        ("index of([1, 2, 2], 2)", [2, 3]),
        ("sublist([1, 2, 3], 2)", [2, 3]),
        ("sublist([1, 2, 3], 1, 2)", [1, 2]),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("concatenate([1], [2], [3])", [1, 2, 3]),
        ("insert before([1, 3], 2, 2)", [1, 2, 3]),
        ("remove([1, 2, 3], 2)", [1, 3]),
        ("reverse([1, 2])", [2, 1]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ('distinct values([1, 2, 1, "1"])', [1, 2, "1"]),
        ("flatten([[1, [2]], 3])", [1, 2, 3]),
        ("sort([3, 1, 2])", [1, 2, 3]),
        ("list replace([2, 4, 7], 3, 6)", [2, 4, 6]),
        ("list replace([2, 4, 7], function(item, new) item < new, 5)", [5, 5, 7]),
        ('get value({a: 1}, "a")', 1),
        ('get value({a: {b: 2}}, ["a", "b"])', 2),
        ("get entries({a: 1})", [{"key": "a", "value": 1}]),
        ('context([{key: "a", value: 1}])', {"a": 1}),
        ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": 2}}),
        ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
        ('day of week(@"2026-04-01")', "Wednesday"),
        ('day of year(@"2026-02-01")', 32),
        ('month of year(@"2026-02-01")', "February"),
        ('week of year(@"2026-01-01")', 1),
        ('is(@"2026-01-01T10:00:00Z", @"2026-01-01T10:00:00+00:00")', True),
        ('is(@"2026-01-01T10:00:00Z", @"2026-01-01T11:00:00+01:00")', False),
        ('is(1, "1")', False),
        ('is(@"10:00:00", @"10:00:00Z")', False),
        ('string(@"10:00:00.500")', "10:00:00.5"),
        ("floor(scale: 1, n: 1.56)", 1.5),
    ],
)
def test_a_function_gives_what_the_standard_says(evaluate, text, expected):
    assert plain(evaluate(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date(@"2026-04-01T23:00:00Z")', date(2026, 4, 1)),
        (
            'date and time(@"2026-04-01", @"09:00:00@Asia/Almaty")',
            datetime(2026, 4, 1, 9, tzinfo=ALMATY),
        ),
        (
            'years and months duration(@"2020-09-15", @"2026-09-14")',
            YearsMonths(71),
        ),
        (
            'years and months duration(@"2026-09-14", @"2020-09-15")',
            YearsMonths(-71),
        ),
        ('abs(@"-P1D")', timedelta(days=1)),
    ],
)
def test_a_function_gives_a_date_or_a_duration(evaluate, text, expected):
    assert evaluate(text) == expected


def test_working_days_from_a_date_give_a_date(evaluate):
    # Friday; Nauryz is 21-23 March, moved off to 24 and 25.
    assert evaluate('add working days(@"2026-03-20", 1)') == date(2026, 3, 26)
    assert evaluate('is working day(@"2026-03-24")') is False
    assert evaluate('working days between(@"2026-03-20", @"2026-03-27")') == 2


def test_working_days_from_a_moment_end_at_the_closing_hour(evaluate):
    end = evaluate("add working days(now(), 1)")

    assert end == datetime(2026, 4, 2, 18, 30, tzinfo=ALMATY)
    assert end.tzinfo == ALMATY


def test_the_day_of_a_moment_is_that_of_almaty(evaluate):
    # 20:00 in UTC on Friday is Saturday in Almaty.
    assert evaluate('is working day(@"2026-04-03T20:00:00Z")') is False


def test_working_days_follow_the_calendar_of_the_office(evaluate, environment):
    decreed = WorkingCalendar(overrides={date(2026, 4, 2): False})
    office = Environment(environment.clock, decreed)

    assert evaluate("add working days(today(), 1)", environment=office) == date(
        2026, 4, 3
    )
