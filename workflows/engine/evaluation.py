"""Expressions of the drawing, evaluated in the scope of a token; faults are incidents.

A text that begins with `=` is FEEL; anything else is a literal.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine

from workflows import calendars, feel
from workflows.engine import scopes
from workflows.engine.errors import Fault
from workflows.engine.tokens import Token

LONGEST_TOLD = 200


def is_expression(text: str | None) -> bool:
    return text is not None and text.lstrip().startswith("=")


def body(text: str) -> str:
    """The FEEL text of an expression: what follows `=`. Trees are stored under it."""
    return text.strip()[1:].strip()


def literal_duration(text: str) -> calendars.Elapsed | None:
    """An ISO 8601 duration; None when `text` is none."""
    try:
        term = calendars.parse_term(text)
    except calendars.TermError:
        return None
    return term if isinstance(term, calendars.Elapsed) else None


def literal_moment(text: str) -> datetime | None:
    """An ISO 8601 date and time, aware or local; None when `text` is none."""
    if not _MOMENT.match(text.strip()):
        return None
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


# More repeats than a century has weeks: what begins earlier is to begin later.
MOST_PASSED = 20_000


class Cycle(NamedTuple):
    """A literal like R3/PT10M or R/2026-09-01T09:00:00+05:00/P1D."""

    times: int | None
    start: datetime | None
    every: str


def literal_cycle(text: str) -> Cycle | None:
    """An ISO 8601 repeating interval; None when `text` is none, or goes nowhere."""
    match = _CYCLE.fullmatch(text.strip())
    if match is None:
        return None
    times, start_text, every = match.groups()
    start = literal_moment(start_text) if start_text else None
    duration = literal_duration(every)
    if (start_text and start is None) or duration is None or (times and not int(times)):
        return None
    if duration.months < 0 or duration.duration < timedelta(0):
        return None
    if not duration.months and not duration.duration:
        return None
    return Cycle(int(times) if times else None, start, every)


_CYCLE = re.compile(r"R(\d{0,6})/(?:([^/]+)/)?(P[^/]+)")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


class Evaluator(PythonScriptEngine):
    """Takes the place of SpiffWorkflow's script engine; runs FEEL and nothing else."""

    def __init__(self, environment: feel.Environment) -> None:
        # The parent would set up an environment that is plain `exec` of Python.
        self.environment = environment

    def evaluate(
        self, task: Token, expression: str, external_context: object = None
    ) -> Any:
        return self.value(task, expression)

    def execute(
        self, task: Token, script: str, external_context: object = None
    ) -> None:
        raise Fault("engine", "scripts other than FEEL do not run")

    def value(
        self,
        token: Token,
        text: str,
        *,
        kind: str = "expression",
        over: dict[str, Any] | None = None,
        own: bool = True,
    ) -> Any:
        """The value of an expression, or the literal itself."""
        if not is_expression(text):
            return text
        variables = scopes.view(token, over, own=own)
        try:
            compiled = token.workflow.home.expression(body(text))
            return compiled.evaluate(variables, self.environment)
        except feel.FeelError as error:
            raise Fault(
                kind, str(error), expression=text, reason=error.reason
            ) from error

    def condition(
        self, token: Token, flow_id: str, text: str, over: dict[str, Any]
    ) -> bool:
        """Whether a flow's condition holds; neither true nor false is a fault."""
        value = self.value(token, text, over=over, own=False)
        if value is True or value is False:
            return value
        raise Fault(
            "expression",
            f'The condition "{text}" of flow {flow_id} behind element '
            f"{token.task_spec.bpmn_id} gave {told(value)}, neither true nor false.",
            expression=text,
            value=told(value),
            flow_id=flow_id,
        )

    def truth(self, token: Token, text: str, over: dict[str, Any]) -> bool:
        """Whether a condition of the element itself holds; see `condition`."""
        value = self.value(token, text, over=over)
        if value is True or value is False:
            return value
        raise _wrong("condition", text, value, "true or false")

    def sequence(self, token: Token, what: str, text: str) -> list[Any]:
        value = self.value(token, text)
        if isinstance(value, list):
            return value
        raise _wrong(what, text, value, "a list")

    def string(self, token: Token, what: str, text: str | None) -> str | None:
        if text is None:
            return None
        value = self.value(token, text)
        if value is None or isinstance(value, str):
            return value or None
        raise _wrong(what, text, value, "a string")

    def strings(self, token: Token, what: str, text: str | None) -> tuple[str, ...]:
        """A list of strings; a literal has commas between them."""
        if text is None:
            return ()
        value = self.value(token, text)
        if value is None:
            return ()
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",")]
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(one for one in value if one)
        raise _wrong(what, text, value, "a list of strings")

    def whole(
        self, token: Token, what: str, text: str | None, default: int, least: int = 0
    ) -> int:
        if text is None:
            return default
        value = self.value(token, text)
        try:
            number = Decimal(value)
        except (ArithmeticError, TypeError, ValueError):
            raise _wrong(what, text, value, "a number") from None
        if number == number.to_integral_value() and least <= number <= 2**31:
            return int(number)
        raise _wrong(what, text, value, f"a whole number of at least {least}")

    def schedule(self, token: Token, what: str, text: str | None) -> datetime | None:
        """A moment that may be absent: not drawn, or null by the author's will."""
        if text is None or self.value(token, text) is None:
            return None
        return self.moment(token, what, text)

    def moment(self, token: Token, what: str, text: str) -> datetime:
        """An aware date-time in UTC; a local one is read in the office's zone."""
        value = self.value(token, text)
        if isinstance(value, str):
            value = literal_moment(value) or value
        if isinstance(value, datetime):
            return self.environment.calendar.local(value).astimezone(UTC)
        raise _wrong(what, text, value, "a date and time")

    def after(self, token: Token, what: str, text: str) -> datetime:
        """The moment that lies a duration after now; a negative one lies before."""
        value = self.value(token, text)
        if isinstance(value, str):
            value = literal_duration(value) or value
        if isinstance(value, timedelta):
            value = calendars.Elapsed(0, value)
        elif isinstance(value, feel.YearsMonths):
            value = calendars.Elapsed(value.months, timedelta(0))
        if not isinstance(value, calendars.Elapsed):
            raise _wrong(what, text, value, "a duration")
        now = self.environment.clock.now()
        try:
            return calendars.term_end(value, now, self.environment.calendar).at
        except calendars.TermError as error:
            raise _wrong(what, text, value, "a duration within reach") from error

    def cycle(self, token: Token, what: str, text: str) -> dict[str, Any]:
        """The first moment of a repeating interval, and what is left of it."""
        value = self.value(token, text)
        cycle = literal_cycle(value) if isinstance(value, str) else None
        if cycle is None:
            raise _wrong(what, text, value, "a repeating interval like R3/PT10M")
        if cycle.start is None:
            due = self.later(self.environment.clock.now(), cycle.every)
        else:
            due = self.environment.calendar.local(cycle.start).astimezone(UTC)
        left = None if cycle.times is None else cycle.times - 1
        return {"due": due, "every": cycle.every, "left": left}

    def later(self, moment: datetime, duration: str) -> datetime:
        """The moment that lies an ISO 8601 duration after another."""
        elapsed = literal_duration(duration)
        if elapsed is None:
            raise Fault("engine", f"{duration} is no duration")
        try:
            return calendars.term_end(elapsed, moment, self.environment.calendar).at
        except calendars.TermError as error:
            raise Fault("expression", str(error), expression=duration) from error

    def not_before(self, since: datetime, due: datetime, every: str) -> datetime:
        """The first moment of an endless cycle from `since` on; `due` is its first.

        It may have begun years ago; a Fault where it repeated too often by then.
        """
        for _ in range(MOST_PASSED):
            if due >= since:
                return due
            due = self.later(due, every)
        raise Fault(
            "expression",
            f"It would have repeated over {MOST_PASSED} times by now: let it begin"
            " later",
            expression=every,
        )

    def deadline(self, token: Token, text: str | None) -> str | datetime | None:
        """A term's text as it is, or the moment that an expression gives."""
        value = None if text is None else self.value(token, text)
        if text is None or value is None:
            return None
        if isinstance(value, str):
            moment = literal_moment(value)
            if moment is None:
                return value
            value = moment
        if isinstance(value, datetime):
            return self.environment.calendar.local(value).astimezone(UTC)
        raise _wrong("deadline", text, value, "a date and time or the text of a term")


def told(value: Any) -> str:
    """A value as a person may read it in an incident, cut where it is long."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_TOLD else text[:LONGEST_TOLD] + "…"


def _wrong(what: str, text: str, value: Any, expected: str) -> Fault:
    return Fault(
        "expression",
        f'{what}: "{text}" gave {told(value)}, not {expected}.',
        expression=text,
        value=told(value),
    )
