"""The values of FEEL in Python, their kinds, and the state of one evaluation."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from time import thread_time
from typing import Any, TypeAlias

from workflows.calendars import WorkingCalendar
from workflows.feel.errors import LimitReached
from workflows.ports import Clock

# None, bool, Decimal (every number), str, date, time, datetime (aware, or naive for a
# local one), timedelta (days and time duration), YearsMonths, list, dict with str keys
# (context), Range, Function. FEEL is typed at run time: `kind` is its type check.
Value: TypeAlias = Any


@dataclass(frozen=True, order=True)
class YearsMonths:
    """A years and months duration, signed, in months."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.months < 0 else "") + "P" + (text or "0M")


@dataclass(frozen=True)
class WideDate:
    """A day outside of the years 1 to 9999."""

    year: int
    month: int
    day: int


@dataclass(frozen=True)
class WideTime:
    """A time of day finer than a microsecond; `nanosecond` is the whole fraction."""

    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: tzinfo | None


@dataclass(frozen=True)
class WideDateTime:
    """A date and time of which one does not fit into Python's."""

    date: date | WideDate
    time: time | WideTime

    @property
    def tzinfo(self) -> tzinfo | None:
        return self.time.tzinfo


@dataclass(frozen=True)
class Range:
    """The values from `start` to `end`; None is an open end, as in `> 5`."""

    start: Value
    end: Value
    start_included: bool = True
    end_included: bool = True


@dataclass(frozen=True, eq=False)
class Function:
    """Something that an expression can call; `call` gets the run and the arguments."""

    name: str
    parameters: tuple[str, ...]
    call: Callable[["Run", Sequence[Value]], Value]


@dataclass(frozen=True)
class Environment:
    """What an evaluation may ask of the world, and how far it may go.

    `lenient` gives null where the standard does, for the conformance tests and the
    evaluation of a decision by an administrator; no procedure runs so. `max_steps`
    counts turns of loops, filters and calls, and what they go through; `max_size`
    bounds the items of a list and the characters of a string; `max_seconds` is time of
    the processor, so that a busy machine stops nothing that runs elsewhere.
    """

    clock: Clock
    calendar: WorkingCalendar = dataclasses.field(default_factory=WorkingCalendar)
    lenient: bool = False
    max_steps: int = 100_000
    max_size: int = 1_000_000
    max_seconds: float = 1.0


# What Python's own loops go through in about the time of one of our steps.
PLACES_PER_STEP = 100

# Steps between two looks at the time: a look costs about a third of a microsecond.
STEPS_PER_LOOK = 100


class Run:
    """One evaluation: its environment, its single reading of the clock, its budget.

    It belongs to the thread that made it: the time that counts is that thread's.
    """

    __slots__ = ("_look_at", "_now", "_started", "environment", "steps_left")

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.steps_left = environment.max_steps
        self._look_at = max(environment.max_steps - STEPS_PER_LOOK, 0)
        self._started: float | None = None
        self._now: datetime | None = None

    def now(self) -> datetime:
        """The same moment throughout an evaluation, in the zone of the calendar."""
        if self._now is None:
            zone = self.environment.calendar.zone
            self._now = self.environment.clock.now().astimezone(zone)
        return self._now

    def spend(self, steps: int = 1) -> None:
        self.steps_left -= steps
        if self.steps_left < self._look_at:
            self._look()

    def charge(self, value: Value) -> None:
        """Steps for going through a list, a context or a string once."""
        if type(value) is list or type(value) is str or type(value) is dict:
            self.spend(len(value) // PLACES_PER_STEP)

    def sized(self, value: Value, size: int | None = None) -> Value:
        """`value` itself, if it is small enough to keep; costs steps by its size."""
        count = len(value) if size is None else size
        if count > self.environment.max_size:
            raise LimitReached(self.environment.max_size, "items or characters")
        self.spend(count // PLACES_PER_STEP)
        return value

    def _look(self) -> None:
        if self.steps_left < 0:
            raise LimitReached(self.environment.max_steps, "steps")
        self._look_at = max(self.steps_left - STEPS_PER_LOOK, 0)
        if self._started is None:
            # Not before: most expressions are done long before the first look.
            self._started = thread_time()
        elif thread_time() - self._started > self.environment.max_seconds:
            limit = int(self.environment.max_seconds * 1000)
            raise LimitReached(limit, "milliseconds")


class Scope:
    """Names that hold while a part of an expression is evaluated.

    `values` is the caller's mapping at the root, the item's context in a filter (whose
    `item` is the item itself), and a dict of local names elsewhere.
    """

    __slots__ = ("item", "parent", "run", "values")

    def __init__(
        self,
        values: Mapping[str, Value],
        run: Run,
        parent: "Scope | None" = None,
        item: Value = None,
    ) -> None:
        self.values = values
        self.run = run
        self.parent = parent
        self.item = item


KINDS: Mapping[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    WideDate: "date",
    WideTime: "time",
    WideDateTime: "date and time",
    date: "date",
    time: "time",
    datetime: "date and time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
    Function: "function",
}


def kind(value: Value) -> str:
    """The FEEL type of a value; what is no FEEL value says so by its Python type."""
    known = KINDS.get(type(value))
    return known or f"{type(value).__name__} of Python, which FEEL does not know"
