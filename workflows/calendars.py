"""Working days: when an office works, how terms of the law run, when they end. Pure."""

import calendar as gregorian
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from holidays.countries.kazakhstan import Kazakhstan

from workflows.model import RasimError

Day = TypeVar("Day", date, datetime)

ONE_DAY = timedelta(days=1)

# About forty years; a longer term is a slip of the pen, and would keep a worker busy.
LONGEST_TERM = 10_000

# Kurban-ait follows the moon: an estimated date has been off by one day either way.
ESTIMATE_ERROR = ONE_DAY


class TermError(RasimError):
    """The term "{text}" cannot be read. Allowed: "5 working days", "10 calendar days",
    or an ISO 8601 duration such as "PT8H" or "P30D"."""

    text: str


class WorkingDaysError(RasimError):
    """{n} working days cannot be counted: it takes a number from 1 to {longest}."""

    n: int


@dataclass(frozen=True)
class OfficeHours:
    """When an office opens and closes on a working day, by its own clock."""

    opens: time = time(9, 0)
    closes: time = time(18, 30)


@dataclass(frozen=True)
class WorkingCalendar:
    """The working days of one office.

    `overrides` are days set by decree or by the office: True works, False is off. They
    beat the public holidays and the weekend, and settle an estimated date.
    """

    hours: OfficeHours = field(default_factory=OfficeHours)
    overrides: Mapping[date, bool] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Almaty"))

    def is_working(self, day: date) -> bool:
        decreed = self.overrides.get(day)
        if decreed is not None:
            return decreed
        return day.weekday() < 5 and day not in _holidays(day.year)

    def is_estimated(self, day: date) -> bool:
        """Whether `day` is off only by a forecast that may still move."""
        if day in self.overrides:
            return False
        return _holidays(day.year).get(day, False)

    def add_working_days(self, start: datetime | date, n: int) -> datetime | date:
        """The n-th working day after `start`, whose own day is not counted.

        A date gives a date. A date-time gives the closing hour of that day, aware, in
        the calendar's zone; a date-time without a zone is read in that zone. `n` runs
        from 1 to LONGEST_TERM, else WorkingDaysError.
        """
        if not isinstance(start, datetime):
            return self._nth_working_day(start, n)
        return self.closing(self._nth_working_day(self.local(start).date(), n))

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days come after `start` up to and with `end`.

        The mirror of `add_working_days`: for a positive result n, `end` is on or after
        the n-th working day from `start`. Negative when `end` is before `start`.
        """
        if end < start:
            return -self.working_days_between(end, start)
        if (end - start).days > 2 * LONGEST_TERM:
            raise WorkingDaysError(n=(end - start).days, longest=LONGEST_TERM)
        return sum(self.is_working(day) for day in _days_after(start, end))

    def closing(self, day: date) -> datetime:
        return datetime.combine(day, self.hours.closes, tzinfo=self.zone)

    def local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            return moment.replace(tzinfo=self.zone)
        return moment.astimezone(self.zone)

    def _nth_working_day(self, day: date, n: int) -> date:
        if not 1 <= n <= LONGEST_TERM:
            raise WorkingDaysError(n=n, longest=LONGEST_TERM)
        try:
            while n:
                day += ONE_DAY
                n -= self.is_working(day)
        except OverflowError as overflow:
            raise WorkingDaysError(n=n, longest=LONGEST_TERM) from overflow
        return day


@dataclass(frozen=True)
class WorkingDays:
    """`n` working days: ends at the closing hour of the n-th one."""

    n: int


@dataclass(frozen=True)
class CalendarDays:
    """`n` calendar days: ends at the closing hour of the n-th day, working or not."""

    n: int


@dataclass(frozen=True)
class Elapsed:
    """An ISO 8601 duration: years and months by the calendar, the rest by the clock."""

    months: int
    duration: timedelta


Term = WorkingDays | CalendarDays | Elapsed


@dataclass(frozen=True)
class TermEnd:
    """When a term ends, in UTC; `estimated` if an estimated holiday may move it."""

    at: datetime
    estimated: bool


def parse_term(text: str) -> Term:
    """Read "5 working days", "10 calendar days" or "PT8H"; else a TermError."""
    if match := _COUNTED.fullmatch(text.strip()):
        n = int(match["n"])
        if not 1 <= n <= LONGEST_TERM:
            raise TermError(text=text)
        return WorkingDays(n) if match["kind"] == "working" else CalendarDays(n)
    match = _ISO.fullmatch(text.strip())
    if match is None or text.strip()[-1] in "PT":
        raise TermError(text=text)
    parts = {name: int(digits or 0) for name, digits in match.groupdict().items()}
    if not any(parts.values()) or max(parts.values()) > LONGEST_TERM * 24 * 60:
        raise TermError(text=text)
    months = 12 * parts.pop("years") + parts.pop("months")
    return Elapsed(months, timedelta(**parts))


def term_end(term: Term, start: datetime, calendar: WorkingCalendar) -> TermEnd:
    """When `term` from `start` ends; its own day is not counted (architecture: Time).

    A term of working or calendar days ends at the closing hour. `start` is taken as it
    is: what came late is first put through `arrival`.
    """
    begun = calendar.local(start)
    try:
        end = _end(term, begun, calendar)
    except OverflowError as overflow:
        raise TermError(text=str(term)) from overflow
    estimated = isinstance(term, WorkingDays) and _rests_on_estimate(
        begun.date(), end.date(), calendar
    )
    return TermEnd(end.astimezone(UTC), estimated)


def arrival(start: datetime, calendar: WorkingCalendar) -> datetime:
    """When something sent at `start` counts as arrived, in the calendar's zone.

    After closing or on a day off: the opening hour of the next working day. Before the
    opening hour of a working day it has arrived on that day.
    """
    moment = calendar.local(start)
    day = moment.date()
    if calendar.is_working(day) and moment.time() <= calendar.hours.closes:
        return moment
    next_day = calendar.add_working_days(day, 1)
    return datetime.combine(next_day, calendar.hours.opens, tzinfo=calendar.zone)


def add_months(day: Day, months: int) -> Day:
    """The same day of the month `months` later, or the last day of a shorter month.

    A date-time keeps its clock and zone. OverflowError outside of years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError(year)
    last = gregorian.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


_COUNTED = re.compile(r"(?P<n>[0-9]{1,6}) +(?P<kind>working|calendar) +days?")
_ISO = re.compile(
    r"P(?:(?P<years>[0-9]{1,9})Y)?(?:(?P<months>[0-9]{1,9})M)?"
    r"(?:(?P<weeks>[0-9]{1,9})W)?(?:(?P<days>[0-9]{1,9})D)?"
    r"(?:T(?:(?P<hours>[0-9]{1,9})H)?(?:(?P<minutes>[0-9]{1,9})M)?"
    r"(?:(?P<seconds>[0-9]{1,9})S)?)?"
)


def _end(term: Term, begun: datetime, calendar: WorkingCalendar) -> datetime:
    if isinstance(term, WorkingDays):
        last = calendar.add_working_days(begun.date(), term.n)
        return calendar.closing(last)
    if isinstance(term, CalendarDays):
        return calendar.closing(begun.date() + timedelta(days=term.n))
    shifted = add_months(begun.date(), term.months)
    moment = datetime.combine(shifted, begun.timetz())
    return moment.astimezone(UTC) + term.duration


def _rests_on_estimate(start: date, end: date, calendar: WorkingCalendar) -> bool:
    window = _days_after(start - ESTIMATE_ERROR - ONE_DAY, end + ESTIMATE_ERROR)
    return any(calendar.is_estimated(day) for day in window)


def _days_after(start: date, end: date) -> Iterator[date]:
    for days in range(1, (end - start).days + 1):
        yield start + timedelta(days=days)


@functools.lru_cache(maxsize=256)
def _holidays(year: int) -> Mapping[date, bool]:
    """The public holidays of a year, moved days off with them: day -> is estimated.

    `holidays` marks an estimate only in the name, in the name's own language; a day
    whose name changes when the marks are switched off is one.
    """
    marked = Kazakhstan(years=year, language="kk")
    bare = Kazakhstan(years=year, language="kk", islamic_show_estimated=False)
    return {day: marked[day] != bare[day] for day in marked if day.year == year}
