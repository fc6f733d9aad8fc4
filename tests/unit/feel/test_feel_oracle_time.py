"""FEEL's dates, times and durations beside Python's own, over changes of the clocks."""

import calendar
import decimal
import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.unit.feel import evaluating
from tests.unit.feel.evaluating import feel
from workflows.feel import Parser, WrongType, WrongValue, YearsMonths, dumps, loads

DECIMAL128 = decimal.Context(
    prec=34, rounding=decimal.ROUND_HALF_EVEN, Emin=-6143, Emax=6144
)

# Changes of the clocks in both directions, of half an hour, and of the law (2024).
ZONES = [
    ZoneInfo(name)
    for name in (
        "Asia/Almaty",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    )
]

days = some.dates(date(1900, 1, 1), date(2200, 12, 31))
walls = some.datetimes(datetime(1975, 1, 1), datetime(2035, 1, 1))  # noqa: DTZ001 walls
durations = some.timedeltas(timedelta(days=-4000), timedelta(days=4000))
offsets = some.integers(-14 * 60, 14 * 60).map(lambda m: timedelta(minutes=m))
zones = some.sampled_from(ZONES) | offsets.map(timezone)


@pytest.fixture(scope="module", autouse=True)
def _opened(parser: Parser) -> Iterator[None]:
    evaluating.open_with(parser)
    yield
    evaluating.close()


@given(days, some.integers(-40_000, 40_000))
@settings(deadline=None)
def test_a_date_moves_by_days(day, count):
    duration = timedelta(days=count)
    expected = date.fromordinal(day.toordinal() + count)

    assert feel("d + p", d=day, p=duration) == expected
    assert feel("d - p", d=expected, p=duration) == day
    assert feel("e - d", d=day, e=expected) == duration
    assert feel("d < e", d=day, e=expected) is (count > 0)


@given(days, some.integers(-1200, 1200))
@settings(deadline=None)
def test_a_date_moves_by_months_within_the_month(day, count):
    years, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = calendar.monthrange(years, month + 1)[1]

    found = feel("d + p", d=day, p=YearsMonths(count))

    assert found == date(years, month + 1, min(day.day, last))


@given(days, days)
@settings(deadline=None)
def test_months_between_dates_are_whole(one, other):
    found = feel("years and months duration(a, b)", a=one, b=other)
    first, last = sorted((one, other))
    months = 0
    while _months_later(first, months + 1) is not None and (
        _months_later(first, months + 1) <= (last.year, last.month, last.day)
    ):
        months += 1

    assert found == YearsMonths(months if one <= other else -months)


def _months_later(day: date, count: int) -> tuple[int, int, int]:
    years, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return years, month + 1, day.day


@given(days)
@settings(deadline=None)
def test_a_date_tells_its_place_in_the_calendar(day):
    first = date(day.year, 1, 1)

    assert feel("day of year(d)", d=day) == (day - first).days + 1
    assert feel("day of week(d)", d=day) == calendar.day_name[day.weekday()]
    assert feel("month of year(d)", d=day) == calendar.month_name[day.month]
    assert feel("week of year(d)", d=day) == int(day.strftime("%V"))
    assert feel("date(string(d))", d=day) == day
    assert feel("[d.year, d.month, d.day, d.weekday]", d=day) == [
        *(day.year, day.month, day.day, day.isoweekday())
    ]


@given(walls, zones, zones, durations)
@settings(max_examples=300, deadline=None)
def test_time_passes_the_same_in_every_zone(wall, zone, other_zone, duration):
    """Over a change of the clocks, and over a change of the law."""
    moment = wall.replace(tzinfo=zone)
    instant = moment.astimezone(UTC)

    later = feel("m + p", m=moment, p=duration)
    elsewhere = instant.astimezone(other_zone)

    assert later.astimezone(UTC) == instant + duration
    assert later.tzinfo == zone
    assert feel("n - m", m=moment, n=later) == duration
    assert feel("m - p", m=later, p=duration).astimezone(UTC) == instant
    assert feel("m = n", m=moment, n=elsewhere) is True
    assert feel("n - m", m=elsewhere, n=later) == duration
    assert feel("m < n", m=moment, n=later) is (duration > timedelta())
    assert loads(dumps(later)).astimezone(UTC) == later.astimezone(UTC)


@given(walls, zones)
@settings(deadline=None)
def test_a_moment_reads_as_it_is_written(wall, zone):
    moment = wall.replace(tzinfo=zone)

    again = feel("date and time(string(m))", m=moment)

    assert feel("is(a, b)", a=again, b=moment) is True
    assert feel("time(string(time(m)))", m=wall) == wall.time()


@given(walls, durations)
@settings(deadline=None)
def test_a_local_moment_has_no_zone_to_cross(wall, duration):
    assert feel("m + p", m=wall, p=duration) == wall + duration
    with pytest.raises((WrongValue, WrongType)):
        feel("m - n", m=wall, n=wall.replace(tzinfo=UTC))


@given(some.times(), durations)
@settings(deadline=None)
def test_a_time_of_day_goes_around_the_clock(clock, duration):
    start = datetime.combine(date(2000, 1, 1), clock)
    expected = (start + duration % timedelta(days=1)).time()

    assert feel("c + p", c=clock, p=duration) == expected


@given(durations, durations, some.decimals(-50, 50, places=3))
@settings(deadline=None)
def test_durations_are_exact_to_the_microsecond(a, b, factor):
    micro = timedelta(microseconds=1)
    product = Fraction(a // micro) * Fraction(factor)

    assert feel("a + b", a=a, b=b) == a + b
    assert feel("a - b", a=a, b=b) == a - b
    assert feel("-a", a=a) == -a
    assert feel("abs(a)", a=a) == abs(a)
    assert feel("a < b", a=a, b=b) is (a < b)
    assert feel("a * n", a=a, n=factor) == round(product) * micro
    assert feel("duration(string(a))", a=a) == a
    if b:
        ratio = feel("a / b", a=a, b=b)
        assert ratio == DECIMAL128.divide(Decimal(a // micro), Decimal(b // micro))


@given(durations)
@settings(deadline=None)
def test_the_parts_of_a_duration_make_it_up(a):
    parts = [feel(f"a.{name}", a=a) for name in ("days", "hours", "minutes", "seconds")]
    whole = sum(
        int(part) * unit for part, unit in zip(parts, (86400, 3600, 60, 1), strict=True)
    )

    assert whole == math.trunc(Fraction(a // timedelta(microseconds=1), 10**6))
    assert all(part * parts[0] >= 0 for part in parts)


@given(some.integers(-5000, 5000), some.integers(-5000, 5000))
@settings(deadline=None)
def test_months_are_added_and_read(a, b):
    one, other = YearsMonths(a), YearsMonths(b)

    assert feel("a + b", a=one, b=other) == YearsMonths(a + b)
    assert feel("duration(string(a))", a=one) == one
    assert feel("a.years * 12 + a.months", a=one) == a
    assert feel("a < b", a=one, b=other) is (a < b)


@given(some.times(), offsets)
@settings(deadline=None)
def test_times_with_offsets_compare_by_utc(clock, offset):
    fixed = clock.replace(tzinfo=timezone(offset))
    utc = (datetime.combine(date(2000, 1, 2), clock) - offset).time()
    day = timedelta(days=1)

    between = feel("a - b", a=fixed, b=utc.replace(tzinfo=UTC))

    assert between % day == timedelta()
    assert feel("a = a", a=fixed) is True
    assert feel("string(a)", a=time(9, 5, tzinfo=UTC)) == "09:05:00Z"
