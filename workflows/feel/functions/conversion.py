"""FEEL's functions that make a value of one type from another."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any

from workflows.feel import temporal, wide
from workflows.feel.errors import WrongType, WrongValue
from workflows.feel.functions.registry import builtin
from workflows.feel.operators import NUMBERS
from workflows.feel.values import (
    PLACES_PER_STEP,
    Function,
    Range,
    Run,
    Value,
    WideDate,
    WideDateTime,
    WideTime,
    YearsMonths,
)

_NO_BREAK = re.compile(r"[\xa0\u2007\u202f]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


def reader(run: Run) -> ModuleType:
    """What reads dates and times: lenient, also those that Python cannot hold."""
    return wide if run.environment.lenient else temporal


@builtin("number(from: string)")
def number_of(run: Run, text: str) -> Value:
    if not _NUMBER.fullmatch(text):
        raise WrongValue(f'"{text[:80]}" is not a number')
    return NUMBERS.create_decimal(text)


@builtin(
    "number(from: string, grouping separator: string|null,"
    " decimal separator: string|null)"
)
def number_grouped(
    run: Run, text: str, grouping: str | None, point: str | None
) -> Value:
    if grouping not in (" ", ",", ".", None) or point not in (".", ",", None):
        raise WrongValue('separators are " ", "," or "." for groups, "." or "," else')
    if grouping is not None and grouping == point:
        raise WrongValue("both separators are the same")
    # Spreadsheets and Word put no-break spaces where a person types a plain one.
    told = _NO_BREAK.sub(" ", text) if grouping == " " else text
    plain = told.replace(grouping, "") if grouping else told
    return number_of(run, plain.replace(point, ".") if point else plain)


@builtin("string(from: any)")
def string_of(run: Run, value: Value) -> Value:
    """Null stays null."""
    if value is None or type(value) is str:
        return value
    return run.sized(shown(value, run))


@builtin("date(from: string)")
def date_of(run: Run, text: str) -> Value:
    return reader(run).parse_date(text)


@builtin("date(from: date|date and time)")
def date_part(run: Run, value: date) -> Value:
    """The day on the clock of the date-time's own zone."""
    return value.date() if isinstance(value, datetime) else value


@builtin("date(year: number, month: number, day: number)")
def date_from_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> Value:
    numbers = (_whole(part) for part in (year, month, day))
    return wide.date_from(*numbers) if run.environment.lenient else date(*numbers)


@builtin("time(from: string)")
def time_of(run: Run, text: str) -> Value:
    return reader(run).parse_time(text)


@builtin("time(from: time|date and time)")
def time_part(run: Run, value: time | datetime) -> Value:
    return value.timetz() if isinstance(value, datetime) else value


@builtin("time(from: date)", lenient=True)
def time_of_date(run: Run, value: date) -> Value:
    """A date stands for its midnight in UTC."""
    return time(tzinfo=UTC)


@builtin(
    "time(hour: number, minute: number, second: number,"
    " offset?: days and time duration|null)"
)
def time_from_parts(
    run: Run,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: timedelta | None = None,
) -> Value:
    whole, fraction = divmod(second, 1)
    zone = None if offset is None else temporal.fixed_zone(offset)
    microsecond = _whole(fraction.scaleb(6))
    clock = (_whole(hour), _whole(minute), int(whole), microsecond)
    return time(*clock, tzinfo=zone)


@builtin("date and time(from: string)")
def datetime_of(run: Run, text: str) -> Value:
    return reader(run).parse_datetime(text)


@builtin("date and time(date: date|date and time, time: time)")
def datetime_from_parts(run: Run, day: date, clock: time) -> Value:
    return datetime.combine(day, clock)


@builtin("duration(from: string)")
def duration_of(run: Run, text: str) -> Value:
    return temporal.parse_duration(text)


@builtin("years and months duration(from: date|date and time, to: date|date and time)")
def years_months_between(run: Run, start: date, end: date) -> Value:
    """Whole months, cut towards zero; by dates alone, as the standard says."""
    first, last = date_part(run, start), date_part(run, end)
    sign = -1 if last < first else 1
    first, last = sorted((first, last))
    months = (last.year - first.year) * 12 + last.month - first.month
    return YearsMonths(sign * (months - (last.day < first.day)))


def shown(value: Value, run: Run) -> str:
    """The value as FEEL writes it; strings inside of lists and contexts are quoted."""
    run.spend()
    show = _SHOWN.get(type(value))
    if show is None:
        return str(type(value).__name__)
    text = show(value, run)
    run.spend(len(text) // PLACES_PER_STEP)
    return text


def shown_number(value: Decimal) -> str:
    """By its value alone: 1.50 is 1.5, with no exponent; 0 times -1 is 0."""
    text = f"{value:f}"
    short = (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
    return "0" if short == "-0" else short


def _inner(value: Value, run: Run) -> str:
    if type(value) is str:
        run.spend(1 + len(value) // PLACES_PER_STEP)
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return shown(value, run)


def _shown_list(items: list[Value], run: Run) -> str:
    return "[" + ", ".join(_inner(item, run) for item in items) + "]"


def _shown_context(context: dict[str, Value], run: Run) -> str:
    entries = (f"{key}: {_inner(item, run)}" for key, item in context.items())
    return "{" + ", ".join(entries) + "}"


def _shown_range(span: Range, run: Run) -> str:
    opening = "[" if span.start_included and span.start is not None else "("
    closing = "]" if span.end_included and span.end is not None else ")"
    return f"{opening}{_inner(span.start, run)}..{_inner(span.end, run)}{closing}"


def _shown_function(function: Function, run: Run) -> str:
    raise WrongType("string", "a value", "a function")


_SHOWN: Mapping[type, Callable[[Any, Run], str]] = {
    type(None): lambda value, run: "null",
    bool: lambda value, run: "true" if value else "false",
    Decimal: lambda value, run: shown_number(value),
    str: lambda value, run: value,
    date: lambda value, run: value.isoformat(),
    time: lambda value, run: temporal.format_time(value),
    datetime: lambda value, run: temporal.format_datetime(value),
    WideDate: lambda value, run: wide.format_date(value),
    WideTime: lambda value, run: wide.format_time(value),
    WideDateTime: lambda value, run: wide.format_datetime(value),
    timedelta: lambda value, run: temporal.format_duration(value),
    YearsMonths: lambda value, run: str(value),
    list: _shown_list,
    dict: _shown_context,
    Range: _shown_range,
    Function: _shown_function,
}


def _whole(part: Decimal) -> int:
    if part != part.to_integral_value() or part.adjusted() > 9:
        raise WrongValue(f"{part} is not a whole number of a date or time")
    return int(part)
