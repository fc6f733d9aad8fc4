"""FEEL's functions on the calendar, and ours on working days."""

from datetime import date, datetime, time
from decimal import Decimal

from workflows.calendars import WorkingDaysError, arrival
from workflows.feel.errors import WrongValue
from workflows.feel.functions.conversion import shown
from workflows.feel.functions.numbers import integer
from workflows.feel.functions.registry import builtin
from workflows.feel.operators import same
from workflows.feel.values import Run, Value

DAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@builtin("now()")
def now(run: Run) -> Value:
    """The moment of the evaluation, on the clock of Asia/Almaty."""
    return run.now()


@builtin("today()")
def today(run: Run) -> Value:
    return run.now().date()


@builtin("day of year(date: date|date and time)")
def day_of_year(run: Run, day: date) -> Value:
    return Decimal(day.timetuple().tm_yday)


@builtin("day of week(date: date|date and time)")
def day_of_week(run: Run, day: date) -> Value:
    return DAYS[day.weekday()]


@builtin("month of year(date: date|date and time)")
def month_of_year(run: Run, day: date) -> Value:
    return MONTHS[day.month - 1]


@builtin("week of year(date: date|date and time)")
def week_of_year(run: Run, day: date) -> Value:
    """By ISO 8601: the first week is the one with the year's first Thursday."""
    return Decimal(day.isocalendar().week)


@builtin("is(value1: any, value2: any)")
def identical(run: Run, value1: Value, value2: Value) -> Value:
    """The same value on the same clock: equal moments in different zones are not."""
    if type(value1) is type(value2) and isinstance(value1, time | datetime):
        return shown(value1, run) == shown(value2, run)
    return same(value1, value2, run)


@builtin("is(value1: any)", lenient=True)
@builtin("is(value2: any)", lenient=True)
def identical_to_null(run: Run, value: Value) -> Value:
    return value is None


@builtin("add working days(from: date|date and time, n: number)")
def add_working_days(run: Run, start: date, n: Decimal) -> Value:
    """The n-th working day after `from`, whose own day is not counted; n is at least 1.

    A date gives a date. A date and time gives the closing hour of that day at the
    instance's office, in Asia/Almaty: the end of a term of n working days. What is
    later than closing, or on a day off, counts from the next working day.
    """
    days = integer(run, n, "n")
    run.spend(max(days, 0))
    calendar = run.environment.calendar
    begun = arrival(start, calendar) if isinstance(start, datetime) else start
    try:
        return calendar.add_working_days(begun, days)
    except WorkingDaysError as error:
        raise WrongValue(str(error).rstrip(".")) from error


@builtin("working days between(from: date|date and time, to: date|date and time)")
def working_days_between(run: Run, start: date, end: date) -> Value:
    """How many working days come after `from`, up to and with `to`."""
    calendar = run.environment.calendar
    first, last = _local_day(run, start), _local_day(run, end)
    run.spend(abs((last - first).days))
    try:
        return Decimal(calendar.working_days_between(first, last))
    except WorkingDaysError as error:
        raise WrongValue("the dates are too far apart") from error


@builtin("is working day(date: date|date and time)")
def is_working_day(run: Run, day: date) -> Value:
    return run.environment.calendar.is_working(_local_day(run, day))


def _local_day(run: Run, day: date) -> date:
    if isinstance(day, datetime):
        return run.environment.calendar.local(day).date()
    return day
