"""FEEL's ranges beside sets of points."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from tests.unit.feel import evaluating
from tests.unit.feel.evaluating import feel
from workflows.feel import Parser, Range

days = some.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.fixture(scope="module", autouse=True)
def _opened(parser: Parser) -> Iterator[None]:
    evaluating.open_with(parser)
    yield
    evaluating.close()


ends = some.integers(0, 6)


@some.composite
def ranges(draw: some.DrawFn) -> Range:
    low, high = sorted((draw(ends), draw(ends)))
    flags = (
        (True, True) if low == high else (draw(some.booleans()), draw(some.booleans()))
    )
    return Range(Decimal(low), Decimal(high), *flags)


def _points(span: Range) -> set[Fraction]:
    """Its points on a grid finer than its ends, so that open ends show."""
    grid = {Fraction(n, 4) for n in range(-4, 32)}
    after = {
        p for p in grid if p > span.start or (p == span.start and span.start_included)
    }
    return {p for p in after if p < span.end or (p == span.end and span.end_included)}


@given(ranges(), some.integers(-4, 31))
@settings(deadline=None)
def test_a_point_and_a_range_are_as_their_sets(span, quarter):
    point = Decimal(quarter) / 4
    inside = _points(span)
    told = {
        "p in r": Fraction(point) in inside,
        "includes(r, p)": Fraction(point) in inside,
        "during(p, r)": Fraction(point) in inside,
        "before(p, r)": all(Fraction(point) < one for one in inside),
        "after(p, r)": all(Fraction(point) > one for one in inside),
        "before(r, p)": all(one < Fraction(point) for one in inside),
        "after(r, p)": all(one > Fraction(point) for one in inside),
        "starts(p, r)": Fraction(point) == span.start and span.start_included,
        "finishes(p, r)": Fraction(point) == span.end and span.end_included,
        "started by(r, p)": Fraction(point) == span.start and span.start_included,
        "finished by(r, p)": Fraction(point) == span.end and span.end_included,
    }

    assert {text: feel(text, r=span, p=point) for text in told} == told


@given(ranges(), ranges())
@settings(max_examples=500, deadline=None)
def test_two_ranges_are_as_their_sets(one, other):
    first, second = _points(one), _points(other)
    before = max(first) < min(second)
    same_start = (one.start, one.start_included) == (other.start, other.start_included)
    same_end = (one.end, one.end_included) == (other.end, other.end_included)
    told = {
        "before(a, b)": before,
        "after(b, a)": before,
        "meets(a, b)": one.end == other.start
        and bool(first & second)
        and before_touch(one, other),
        "met by(b, a)": one.end == other.start
        and bool(first & second)
        and before_touch(one, other),
        "overlaps(a, b)": bool(first & second),
        "includes(a, b)": first >= second,
        "during(a, b)": first <= second,
        "coincides(a, b)": first == second,
        "starts(a, b)": same_start and first <= second,
        "started by(a, b)": same_start and first >= second,
        "finishes(a, b)": same_end and first <= second,
        "finished by(a, b)": same_end and first >= second,
        "overlaps before(a, b)": bool(first & second)
        and min(first) < min(second)
        and max(first) <= max(second),
        "overlaps after(a, b)": bool(first & second)
        and min(first) > min(second)
        and max(first) >= max(second),
    }

    assert {text: feel(text, a=one, b=other) for text in told} == told


def before_touch(one: Range, other: Range) -> bool:
    return one.end_included and other.start_included


@given(days, days, days)
@settings(deadline=None)
def test_ranges_of_dates_are_closed_or_open(day, start, end):
    assume(start <= end)

    assert feel("d in [s..e]", d=day, s=start, e=end) is (start <= day <= end)
    assert feel("d in (s..e)", d=day, s=start, e=end) is (start < day < end)
    assert feel("d in ]s..e]", d=day, s=start, e=end) is (start < day <= end)
    assert feel("d in [s..e[", d=day, s=start, e=end) is (start <= day < end)
    assert feel("d in (< s, > e)", d=day, s=start, e=end) is not (start <= day <= end)
    assert feel("range(string([s..e])) = [s..e]", s=Decimal(1), e=Decimal(2)) is True
