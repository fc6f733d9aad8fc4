"""Dates, times and durations as text and in arithmetic, zones told apart from offsets.

A local date-time (without zone) compared with one that has a zone is read in
Asia/Almaty, the implicit zone that the standard asks for; their difference is refused.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workflows.feel.errors import WrongValue
from workflows.feel.values import Range, Value, YearsMonths

Built = TypeVar("Built")

HOME = ZoneInfo("Asia/Almaty")

_DATE = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
TIME = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
    r"(?:\.(?P<fraction>[0-9]{1,9}))?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_+/-]+)?"
)
_DATE_TEXT = re.compile(_DATE)
_TIME_TEXT = re.compile(TIME)
_DATETIME_TEXT = re.compile(f"{_DATE}(?:T{TIME})?")
_YEARS_MONTHS = re.compile(r"(-)?P(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?")
_DAYS_TIME = re.compile(
    r"(?P<sign>-)?P(?:(?P<days>[0-9]{1,9})D)?(?:T(?:(?P<hours>[0-9]{1,12})H)?"
    r"(?:(?P<minutes>[0-9]{1,12})M)?"
    r"(?:(?P<seconds>[0-9]{1,12})(?:\.(?P<fraction>[0-9]{0,9}))?S)?)?"
)


def parse_date(text: str) -> date:
    """A date as ISO 8601 writes it; years 1 to 9999."""
    if match := _DATE_TEXT.fullmatch(text):
        return _built(lambda: _date_of(match), text, "date")
    raise _unreadable(text, "date")


def parse_time(text: str) -> time:
    """A time with seconds and, if wanted, an offset, `Z` or a zone: `@Asia/Almaty`."""
    if match := _TIME_TEXT.fullmatch(text):
        return _built(lambda: _time_of(match), text, "time")
    raise _unreadable(text, "time")


def parse_datetime(text: str) -> datetime:
    """A date, `T` and a time; a date alone is its midnight."""
    match = _DATETIME_TEXT.fullmatch(text)
    if match is None:
        raise _unreadable(text, "date and time")
    if match["hour"] is None:
        return _built(
            lambda: datetime.combine(_date_of(match), time()), text, "date and time"
        )
    return _built(lambda: _datetime_of(match), text, "date and time")


def parse_duration(text: str) -> timedelta | YearsMonths:
    """A duration of days and time, or of years and months; never of both."""
    if text[-1:] in ("P", "T"):
        raise _unreadable(text, "duration")
    if match := _YEARS_MONTHS.fullmatch(text):
        sign, years, months = match.groups()
        total = 12 * int(years or 0) + int(months or 0)
        return YearsMonths(-total if sign else total)
    if match := _DAYS_TIME.fullmatch(text):
        return _built(lambda: _days_time_of(match), text, "duration")
    raise _unreadable(text, "duration")


def parse_at_literal(text: str) -> Value:
    """What `@"..."` means: the form of the text tells the type."""
    if text.lstrip("-").startswith("P"):
        return parse_duration(text)
    if "T" in text.partition("@")[0]:
        return parse_datetime(text)
    return parse_time(text) if ":" in text[:3] else parse_date(text)


def format_time(value: time) -> str:
    return _format_clock(value) + _format_zone(value.tzinfo)


def format_datetime(value: datetime) -> str:
    """As FEEL writes it: a zone by its name, an offset by its hours and minutes."""
    return f"{value.date().isoformat()}T{format_time(value.timetz())}"


def format_duration(value: timedelta) -> str:
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{value.microseconds:06}".rstrip("0") if value.microseconds else ""
    clock = (
        (f"{hours}H" if hours else "")
        + (f"{minutes}M" if minutes else "")
        + (f"{seconds}{fraction}S" if seconds or fraction else "")
    )
    days = f"{value.days}D" if value.days else ""
    if not days and not clock:
        return "PT0S"
    return f"{sign}P{days}" + (f"T{clock}" if clock else "")


def instant(moment: datetime) -> datetime:
    """The moment in UTC; a local one is read in Asia/Almaty."""
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=HOME)
    try:
        return zoned.astimezone(UTC)
    except OverflowError as error:
        text = format_datetime(moment)
        raise WrongValue(f"{text} is not within the years 1 to 9999 of UTC") from error


def shift(moment: datetime, duration: timedelta) -> datetime:
    """`duration` of real time later: over a change of the clocks the wall differs."""
    if moment.tzinfo is None:
        return moment + duration
    return (moment.astimezone(UTC) + duration).astimezone(moment.tzinfo)


def elapsed(start: datetime, end: datetime) -> timedelta:
    """Real time from `start` to `end`; WrongValue if only one of them has a zone."""
    if start.tzinfo is None and end.tzinfo is None:
        return end - start
    if start.tzinfo is None or end.tzinfo is None:
        raise WrongValue(
            f"{format_datetime(end)} and {format_datetime(start)} have no difference:"
            " only one of them has a zone"
        )
    return instant(end) - instant(start)


def since_midnight(value: time) -> timedelta:
    """How far the clock has gone; of a time with offset, the clock of UTC."""
    wall = timedelta(
        hours=value.hour,
        minutes=value.minute,
        seconds=value.second,
        microseconds=value.microsecond,
    )
    return wall - (value.utcoffset() or timedelta())


def comparable(left: time, right: time) -> tuple[timedelta, timedelta]:
    """Both on one scale; a zone's offset depends on the day, so zones must be the same.

    WrongValue when one has an offset and the other has none.
    """
    if left.tzinfo != right.tzinfo and not (_is_fixed(left) and _is_fixed(right)):
        raise WrongValue(
            f"the times {format_time(left)} and {format_time(right)} are on different"
            " clocks"
        )
    return since_midnight(left), since_midnight(right)


def shift_time(value: time, duration: timedelta) -> time:
    """Around the clock: 23:00 and two hours is 01:00."""
    wall = datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None))
    part = timedelta(seconds=duration.seconds, microseconds=duration.microseconds)
    return (wall + part).time().replace(tzinfo=value.tzinfo)


def fixed_zone(offset: timedelta) -> timezone:
    return timezone(offset) if offset else UTC


def whole_days(duration: timedelta) -> timedelta:
    """The duration, if it can be added to a date; a date has no clock."""
    if duration.seconds or duration.microseconds:
        raise WrongValue(
            f"a date takes whole days, not {format_duration(duration)}; use a date and"
            " time"
        )
    return duration


def _unreadable(text: str, wanted: str) -> WrongValue:
    return WrongValue(f'"{text[:80]}" is not a {wanted}')


def _built(build: Callable[[], Built], text: str, wanted: str) -> Built:
    try:
        return build()
    except (ValueError, OverflowError, ZoneInfoNotFoundError) as error:
        raise _unreadable(text, wanted) from error


def _date_of(match: re.Match[str]) -> date:
    return date(int(match["year"]), int(match["month"]), int(match["day"]))


def time_of_parts(match: re.Match[str], microsecond: int = 0) -> time:
    """Of a match of TIME, whose fraction is left to the caller."""
    return time(
        int(match["hour"]),
        int(match["minute"]),
        int(match["second"]),
        microsecond,
        tzinfo=_zone_of(match["zone"]),
    )


def _time_of(match: re.Match[str]) -> time:
    return time_of_parts(match, _microseconds(match["fraction"]))


def _datetime_of(match: re.Match[str]) -> datetime:
    """`24:00:00` is the end of a day: the midnight of the next."""
    clock = match["hour"], match["minute"], match["second"]
    if clock == ("24", "00", "00") and not _microseconds(match["fraction"]):
        following = _date_of(match) + timedelta(days=1)
        return datetime.combine(following, time(tzinfo=_zone_of(match["zone"])))
    return datetime.combine(_date_of(match), _time_of(match))


def _days_time_of(match: re.Match[str]) -> timedelta:
    value = timedelta(
        days=int(match["days"] or 0),
        hours=int(match["hours"] or 0),
        minutes=int(match["minutes"] or 0),
        seconds=int(match["seconds"] or 0),
        microseconds=_microseconds(match["fraction"]),
    )
    return -value if match["sign"] else value


def _microseconds(fraction: str | None) -> int:
    """Finer than a microsecond is refused, not cut off in silence."""
    digits = (fraction or "").ljust(6, "0")
    if digits[6:].strip("0"):
        raise ValueError(fraction)
    return int(digits[:6])


def _zone_of(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    if text.startswith("@"):
        return ZoneInfo(text[1:])
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if hours > 18 or minutes > 59:
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return fixed_zone(-offset if text[0] == "-" else offset)


def _format_clock(value: time) -> str:
    text = value.replace(tzinfo=None).isoformat()
    return text.rstrip("0") if value.microsecond else text


def _format_zone(zone: tzinfo | None) -> str:
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(None)
    if not offset:
        return "Z"
    return time(tzinfo=zone).isoformat()[8:]


def _is_fixed(value: time) -> bool:
    return value.tzinfo is not None and value.utcoffset() is not None


def _truncated(value: timedelta) -> tuple[int, int]:
    """Sign and whole seconds, cut towards zero."""
    sign = -1 if value < timedelta() else 1
    magnitude = abs(value)
    return sign, magnitude.days * 86400 + magnitude.seconds


def _duration_part(unit: int, modulus: int | None) -> Callable[[timedelta], Decimal]:
    def part(value: timedelta) -> Decimal:
        sign, seconds = _truncated(value)
        whole = seconds // unit
        return Decimal(sign * (whole % modulus if modulus else whole))

    return part


def _years_months(value: YearsMonths) -> tuple[int, int]:
    years, months = divmod(abs(value.months), 12)
    return (-years, -months) if value.months < 0 else (years, months)


def _second(value: time | datetime) -> Decimal:
    return Decimal(value.second) + Decimal(value.microsecond).scaleb(-6)


_DATE_PROPERTIES: Mapping[str, Callable[[Value], Value]] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(value.isoweekday()),
}
_TIME_PROPERTIES: Mapping[str, Callable[[Value], Value]] = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": _second,
    "time offset": lambda value: value.utcoffset(),
    "timezone": lambda value: getattr(value.tzinfo, "key", None),
}
PROPERTIES: Mapping[type, Mapping[str, Callable[[Value], Value]]] = {
    date: _DATE_PROPERTIES,
    time: _TIME_PROPERTIES,
    datetime: {**_DATE_PROPERTIES, **_TIME_PROPERTIES},
    timedelta: {
        "days": _duration_part(86400, None),
        "hours": _duration_part(3600, 24),
        "minutes": _duration_part(60, 60),
        "seconds": _duration_part(1, 60),
    },
    YearsMonths: {
        "years": lambda value: Decimal(_years_months(value)[0]),
        "months": lambda value: Decimal(_years_months(value)[1]),
    },
    Range: {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}
