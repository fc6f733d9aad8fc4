"""FEEL's functions on dates and times that Python cannot hold; for lenient mode."""

from decimal import Decimal

from workflows.feel import wide
from workflows.feel.functions import dates
from workflows.feel.functions.registry import builtin
from workflows.feel.values import Run, Value, YearsMonths

_DAY = "date|wide date|date and time|wide date and time"
_FAR = "wide date|wide date and time"


@builtin(f"date(from: {_FAR})", lenient=True)
def date_part(run: Run, value: Value) -> Value:
    return wide.day_of(value)


@builtin("time(from: wide time|wide date and time)", lenient=True)
def time_part(run: Run, value: Value) -> Value:
    return wide.clock_of(value)


@builtin(f"date and time(date: {_DAY}, time: time|wide time)", lenient=True)
def from_parts(run: Run, day: Value, clock: wide.AnyTime) -> Value:
    return wide.combine(wide.day_of(day), clock)


@builtin("date and time(from: wide date and time)", lenient=True)
def itself(run: Run, value: Value) -> Value:
    return value


@builtin(f"years and months duration(from: {_DAY}, to: {_DAY})", lenient=True)
def months_between(run: Run, start: Value, end: Value) -> Value:
    return YearsMonths(wide.months_between(wide.day_of(start), wide.day_of(end)))


@builtin(f"day of year(date: {_FAR})", lenient=True)
def day_of_year(run: Run, day: Value) -> Value:
    return dates.day_of_year(run, wide.twin(wide.day_of(day)))


@builtin(f"day of week(date: {_FAR})", lenient=True)
def day_of_week(run: Run, day: Value) -> Value:
    return dates.DAYS[wide.weekday(wide.day_of(day)) - 1]


@builtin(f"month of year(date: {_FAR})", lenient=True)
def month_of_year(run: Run, day: Value) -> Value:
    return dates.MONTHS[wide.day_of(day).month - 1]


@builtin(f"week of year(date: {_FAR})", lenient=True)
def week_of_year(run: Run, day: Value) -> Value:
    return Decimal(wide.twin(wide.day_of(day)).isocalendar().week)
