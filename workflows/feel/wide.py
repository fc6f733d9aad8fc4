"""Dates and times that Python's own cannot hold: far years, and nanoseconds.

Lenient mode alone has them, for the standard does. In a procedure a year of five digits
is a slip of the pen, and is refused. What Python's types hold is never one of these.
"""

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfoNotFoundError

from workflows.feel import temporal
from workflows.feel.errors import WrongType, WrongValue
from workflows.feel.values import (
    Value,
    WideDate,
    WideDateTime,
    WideTime,
    YearsMonths,
    kind,
)

LAST_YEAR = 999_999_999
NANOSECONDS = 10**9
DAY = 86_400 * NANOSECONDS

# The calendar of Gregory comes again after 400 years, weekdays and all.
CYCLE_YEARS, CYCLE_DAYS = 400, 146_097

_YEAR = r"(?P<year>-?(?:[1-9][0-9]{4,8}|[0-9]{4}))"
_DAY = r"(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_DATE = re.compile(f"{_YEAR}-{_DAY}")
_TIME = re.compile(temporal.TIME)
_DATETIME = re.compile(f"{_YEAR}-{_DAY}(?:T{temporal.TIME})?")


AnyDate: TypeAlias = date | WideDate
AnyTime: TypeAlias = time | WideTime
AnyDateTime: TypeAlias = datetime | WideDateTime

TYPES = frozenset({WideDate, WideTime, WideDateTime})


def is_wide(left: Value, right: Value) -> bool:
    return type(left) in TYPES or type(right) in TYPES


def parse_date(text: str) -> AnyDate:
    try:
        return temporal.parse_date(text)
    except WrongValue:
        if match := _DATE.fullmatch(text):
            return _date_of(match)
        raise


def parse_time(text: str) -> AnyTime:
    try:
        return temporal.parse_time(text)
    except WrongValue:
        if match := _TIME.fullmatch(text):
            return _time_of(match)
        raise


def parse_datetime(text: str) -> AnyDateTime:
    try:
        return temporal.parse_datetime(text)
    except WrongValue:
        match = _DATETIME.fullmatch(text)
        if match is None:
            raise
        return combine(_date_of(match), _time_of(match) if match["hour"] else time())


def parse_at_literal(text: str) -> Any:
    if text.lstrip("-").startswith("P"):
        return temporal.parse_duration(text)
    if "T" in text.partition("@")[0]:
        return parse_datetime(text)
    return parse_time(text) if ":" in text[:3] else parse_date(text)


def date_from(year: int, month: int, day: int) -> AnyDate:
    """WrongValue for a day that is not in the calendar; the year 0 is, before 1."""
    if not (1 <= month <= 12 and -LAST_YEAR <= year <= LAST_YEAR):
        raise WrongValue(f"there is no day {year}-{month}-{day}")
    if not 1 <= day <= calendar.monthrange(_twin_year(year), month)[1]:
        raise WrongValue(f"there is no day {year}-{month}-{day}")
    return date(year, month, day) if 1 <= year <= 9999 else WideDate(year, month, day)


def combine(day: AnyDate, clock: AnyTime) -> AnyDateTime:
    if isinstance(day, WideDate) or isinstance(clock, WideTime):
        return WideDateTime(day, clock)
    return datetime.combine(day, clock)


def day_of(value: Any) -> AnyDate:
    """Of a date, itself; of a date and time, its day."""
    if isinstance(value, datetime):
        return value.date()
    return value.date if isinstance(value, WideDateTime) else value


def clock_of(value: Any) -> AnyTime:
    """Of a time, itself; of a date and time, its clock."""
    if isinstance(value, datetime):
        return value.timetz()
    return value.time if isinstance(value, WideDateTime) else value


def ordinal(day: AnyDate) -> int:
    """As `date.toordinal`, for every year."""
    cycles = (day.year - 1) // CYCLE_YEARS
    early = date(day.year - cycles * CYCLE_YEARS, day.month, day.day)
    return early.toordinal() + cycles * CYCLE_DAYS


def weekday(day: AnyDate) -> int:
    return (ordinal(day) - 1) % 7 + 1


def place(value: Any) -> int:
    """Where it lies among all of its kind: days, or nanoseconds of UTC.

    A local date and time is read in Asia/Almaty, a time without offset as it is.
    """
    if type(value) is date or isinstance(value, WideDate):
        return ordinal(value)
    if isinstance(value, datetime | WideDateTime):
        zone = value.tzinfo or temporal.HOME
        return _wall(value) - _offset(zone, value)
    offset = value.tzinfo.utcoffset(None) if value.tzinfo else None
    return _nanoseconds(value) - _of(offset or timedelta())


def add(left: Value, right: Value) -> Value:
    """A date, a time or both, and a duration, in any order; else WrongType."""
    if isinstance(left, timedelta | YearsMonths):
        left, right = right, left
    moved = None
    if isinstance(right, YearsMonths):
        moved = add_months(left, right.months) if "date" in kind(left) else None
    elif isinstance(right, timedelta):
        shifting = _SHIFTS.get(kind(left))
        moved = shifting(left, right) if shifting else None
    if moved is None:
        wanted = "a date, a time or both, and a duration"
        raise WrongType("+", wanted, f"{kind(left)} and {kind(right)}")
    return moved


def subtract(left: Value, right: Value) -> Value:
    """A duration from any of them, or one from another; a date is its UTC midnight."""
    if isinstance(right, YearsMonths):
        return add(left, YearsMonths(-right.months))
    if isinstance(right, timedelta):
        return add(left, -right)
    kinds = kind(left), kind(right)
    if kinds[0] != kinds[1] and set(kinds) == {"date", "date and time"}:
        left, right = _as_moment(left), _as_moment(right)
    elif kinds[0] != kinds[1]:
        raise WrongType("-", "two of one kind", f"{kinds[0]} and {kinds[1]}")
    return difference(left, right)


def _as_moment(value: Any) -> AnyDateTime:
    if isinstance(value, datetime | WideDateTime):
        return value
    return combine(value, time(tzinfo=UTC))


def shift(moment: AnyDateTime, duration: timedelta) -> AnyDateTime:
    """`duration` of real time later, as `temporal.shift`."""
    if moment.tzinfo is None:
        return _at_wall(_wall(moment) + _of(duration), None)
    return _at_instant(place(moment) + _of(duration), moment.tzinfo)


def shift_date(day: AnyDate, duration: timedelta) -> AnyDate:
    return _day_at(ordinal(day) + duration.days)


def shift_time(clock: AnyTime, duration: timedelta) -> AnyTime:
    return _clock_at((_nanoseconds(clock) + _of(duration)) % DAY, clock.tzinfo)


def add_months(value: Any, months: int) -> Any:
    """To the same day of another month, or to its last."""
    day = day_of(value)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(_twin_year(year), month + 1)[1]
    moved = date_from(year, month + 1, min(day.day, last))
    if isinstance(value, datetime | WideDateTime):
        return combine(moved, clock_of(value))
    return moved


def difference(end: Any, start: Any) -> timedelta:
    """Of two of one kind; WrongValue if only one has a zone, or if it is too fine."""
    if type(start) is date or isinstance(start, WideDate):
        return timedelta(days=ordinal(end) - ordinal(start))
    if (end.tzinfo is None) != (start.tzinfo is None):
        raise WrongValue("there is no difference: only one of them has a zone")
    if end.tzinfo is None and kind(end) != "time":
        nanoseconds = _wall(end) - _wall(start)
    else:
        nanoseconds = place(end) - place(start)
    if nanoseconds % 1000:
        raise WrongValue("a difference is told in microseconds, and this one is finer")
    return timedelta(microseconds=nanoseconds // 1000)


def months_between(start: AnyDate, end: AnyDate) -> int:
    """Whole months, cut towards zero."""
    sign = -1 if ordinal(end) < ordinal(start) else 1
    first, last = sorted((start, end), key=ordinal)
    months = (last.year - first.year) * 12 + last.month - first.month
    return sign * (months - (last.day < first.day))


def format_date(day: AnyDate) -> str:
    sign = "-" if day.year < 0 else ""
    return f"{sign}{abs(day.year):04}-{day.month:02}-{day.day:02}"


def format_time(clock: AnyTime) -> str:
    if isinstance(clock, time):
        return temporal.format_time(clock)
    fraction = f"{clock.nanosecond:09}".rstrip("0")
    zone = temporal.format_time(time(tzinfo=clock.tzinfo))[len("00:00:00") :]
    return f"{clock.hour:02}:{clock.minute:02}:{clock.second:02}.{fraction}{zone}"


def format_datetime(moment: WideDateTime) -> str:
    return f"{format_date(moment.date)}T{format_time(moment.time)}"


def offset_of(value: Any) -> timedelta | None:
    if value.tzinfo is None:
        return None
    if isinstance(value, WideTime):
        known: timedelta | None = value.tzinfo.utcoffset(None)
        return known
    return timedelta(microseconds=_offset(value.tzinfo, value) // 1000)


def nanosecond_of(clock: AnyTime) -> int:
    return clock.nanosecond if isinstance(clock, WideTime) else clock.microsecond * 1000


def _twin_year(year: int) -> int:
    """A year of Python's with the same days, early or late as the year itself."""
    first = 401 if year < 1 else 9201 if year > 9999 else 0
    return first + (year - first) % CYCLE_YEARS if first else year


def twin(day: AnyDate) -> date:
    """A day of Python's with the same place in its week and year."""
    return date(_twin_year(day.year), day.month, day.day)


def _twin(day: AnyDate, clock: time) -> datetime:
    """Where the zones of Python can tell an offset."""
    return datetime.combine(twin(day), clock)


def _offset(zone: tzinfo, value: Any) -> int:
    clock = clock_of(value)
    plain = time(clock.hour, clock.minute, clock.second, fold=getattr(clock, "fold", 0))
    return _of(zone.utcoffset(_twin(day_of(value), plain)) or timedelta())


def _of(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1) * 1000


def _nanoseconds(clock: AnyTime) -> int:
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second
    return seconds * NANOSECONDS + nanosecond_of(clock)


def _wall(moment: AnyDateTime) -> int:
    return ordinal(day_of(moment)) * DAY + _nanoseconds(clock_of(moment))


def _at_wall(nanoseconds: int, zone: tzinfo | None) -> AnyDateTime:
    days, rest = divmod(nanoseconds, DAY)
    return combine(_day_at(days), _clock_at(rest, zone))


def _at_instant(nanoseconds: int, zone: tzinfo) -> AnyDateTime:
    days, rest = divmod(nanoseconds, DAY)
    day, clock = _day_at(days), _clock_at(rest, None)
    plain = time(clock.hour, clock.minute, clock.second, tzinfo=UTC)
    offset = _twin(day, plain).astimezone(zone).utcoffset() or timedelta()
    return _at_wall(nanoseconds + _of(offset), zone)


def _day_at(days: int) -> AnyDate:
    cycles = (days - 1) // CYCLE_DAYS
    early = date.fromordinal(days - cycles * CYCLE_DAYS)
    return date_from(early.year + cycles * CYCLE_YEARS, early.month, early.day)


def _clock_at(nanoseconds: int, zone: tzinfo | None) -> AnyTime:
    seconds, fraction = divmod(nanoseconds, NANOSECONDS)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    if fraction % 1000:
        return WideTime(hour, minute, second, fraction, zone)
    return time(hour, minute, second, fraction // 1000, zone)


def _date_of(match: re.Match[str]) -> AnyDate:
    return date_from(int(match["year"]), int(match["month"]), int(match["day"]))


def _time_of(match: re.Match[str]) -> AnyTime:
    fraction = int((match["fraction"] or "").ljust(9, "0"))
    try:
        whole = temporal.time_of_parts(match)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise WrongValue(f'"{match[0][:80]}" is not a time') from error
    return _clock_at(_nanoseconds(whole) + fraction, whole.tzinfo)


_SHIFTS: Mapping[str, Callable[[Any, timedelta], Any]] = {
    "date": shift_date,
    "date and time": shift,
    "time": shift_time,
}
_DATE_PROPERTIES: Mapping[str, Callable[[Any], Value]] = {
    "year": lambda value: Decimal(day_of(value).year),
    "month": lambda value: Decimal(day_of(value).month),
    "day": lambda value: Decimal(day_of(value).day),
    "weekday": lambda value: Decimal(weekday(day_of(value))),
}
_TIME_PROPERTIES: Mapping[str, Callable[[Any], Value]] = {
    "hour": lambda value: Decimal(clock_of(value).hour),
    "minute": lambda value: Decimal(clock_of(value).minute),
    "second": lambda value: (
        Decimal(clock_of(value).second)
        + Decimal(nanosecond_of(clock_of(value))).scaleb(-9)
    ),
    "time offset": offset_of,
    "timezone": lambda value: getattr(value.tzinfo, "key", None),
}
PROPERTIES: Mapping[type, Mapping[str, Callable[[Any], Value]]] = {
    WideDate: _DATE_PROPERTIES,
    WideTime: _TIME_PROPERTIES,
    WideDateTime: {**_DATE_PROPERTIES, **_TIME_PROPERTIES},
}
