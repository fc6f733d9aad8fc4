"""FEEL values as JSON: nothing is lost in a row, nothing strange comes in."""

import json
import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.feel import (
    NotAValue,
    Range,
    YearsMonths,
    dumps,
    from_plain,
    loads,
    plain,
)

ALMATY = ZoneInfo("Asia/Almaty")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

texts = st.text() | st.sampled_from(["$feel", '"$feel":', "v", "$feel\\"])
numbers = st.decimals(allow_nan=False, allow_infinity=False) | st.integers().map(
    Decimal
)
zones = st.sampled_from([UTC, ALMATY, timezone(timedelta(hours=-3, minutes=-30))])
instants = st.integers(0, 4 * 10**15).map(
    lambda microseconds: EPOCH + timedelta(microseconds=microseconds)
)
moments = st.datetimes() | st.builds(datetime.astimezone, instants, zones)
scalars = (
    st.none()
    | st.booleans()
    | numbers
    | texts
    | st.dates()
    | st.times()
    | st.timedeltas()
    | moments
    | st.integers(-9999, 9999).map(YearsMonths)
    | st.builds(Range, numbers, st.none() | numbers, st.booleans(), st.booleans())
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(values)
def test_a_value_survives_a_row(value):
    restored = loads(dumps(value))

    assert _described(restored) == _described(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal(5), "5"),
        (Decimal("5.00"), "5"),
        (Decimal("0.1"), "0.1"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.12345678901234567890"), None),
        (Decimal("1E+6000"), None),
        (Decimal("1E-400"), None),
        ({"а": [None, True, "ә"]}, '{"а":[null,true,"ә"]}'),
    ],
)
def test_a_number_is_a_json_number_when_that_loses_nothing(value, written):
    text = dumps(value)

    assert loads(text) == value
    assert (text == written) if written else text.startswith('{"$feel":"number"')


def test_a_user_cannot_forge_a_tag():
    forged = {"$feel": "date", "v": "2026-01-01"}

    assert loads(dumps(forged)) == forged
    assert loads(dumps([forged, date(2026, 1, 1)])) == [forged, date(2026, 1, 1)]


def test_the_moment_of_a_repeated_hour_is_kept():
    # Almaty had 23:30 twice on 29 February 2024.
    first = datetime(2024, 2, 29, 23, 30, tzinfo=ALMATY)
    second = first.replace(fold=1)

    assert loads(dumps(first)).utcoffset() == timedelta(hours=6)
    assert loads(dumps(second)).utcoffset() == timedelta(hours=5)


@pytest.mark.parametrize(
    "value", [{1}, b"x", math.inf, Decimal("NaN"), [float("nan")], {"$feel": {1}}]
)
def test_what_is_no_feel_value_cannot_be_kept(value):
    with pytest.raises(NotAValue):
        dumps(value)


def test_a_function_cannot_be_kept(evaluate):
    with pytest.raises(NotAValue, match="function"):
        dumps({"f": evaluate("function(x) x")})


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"$feel":"evil","v":1}'])
def test_a_damaged_row_is_an_error(text):
    with pytest.raises(NotAValue):
        loads(text)


def test_plain_json_becomes_feel_values():
    value = from_plain({"a": [1, 2.5, True, None, "ә"], "b": {"c": Decimal("0.1")}})

    assert _described(value) == _described(
        {
            "a": [Decimal(1), Decimal("2.5"), True, None, "ә"],
            "b": {"c": Decimal("0.1")},
        }
    )


@pytest.mark.parametrize(
    "obj",
    [
        math.nan,
        -math.inf,
        Decimal("NaN"),
        {1: 2},
        {"a\0": 1},
        "a\0b",
        "\ud800",
        {1, 2},
        date(2026, 1, 1),
        json.loads("[" * 200 + "]" * 200),
    ],
)
def test_what_is_no_value_does_not_come_in(obj):
    with pytest.raises(NotAValue):
        from_plain([obj])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("2.0"), 2),
        (Decimal("2.5"), 2.5),
        (date(2026, 4, 1), "2026-04-01"),
        (time(9, 0), "09:00:00"),
        (datetime(2026, 4, 1, 9, tzinfo=ALMATY), "2026-04-01T09:00:00+05:00"),
        (timedelta(days=1, hours=2), "P1DT2H"),
        (YearsMonths(14), "P1Y2M"),
        (
            Range(Decimal(1), None, True, False),
            {"start": 1, "end": None, "start included": True, "end included": False},
        ),
    ],
)
def test_values_go_out_as_json_and_iso_text(value, expected):
    assert plain([{"v": value}]) == [{"v": expected}]


def _described(value):
    """The value with its types: `True == Decimal(1)`, and two zones can be equal."""
    if isinstance(value, list):
        return [_described(item) for item in value]
    if isinstance(value, dict):
        return {key: _described(item) for key, item in value.items()}
    if isinstance(value, Range):
        return (_described(value.start), _described(value.end), repr(value)[-60:])[:2]
    if isinstance(value, datetime):
        return (str(value.tzinfo), value.isoformat())
    return (type(value), value)
