"""Where lenient mode reads more into two values than strict FEEL lets it.

All of it is in the standard: a date stands for its midnight in UTC, a list of one value
for the value, and times are equal by their whole seconds.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from workflows.feel import wide
from workflows.feel.errors import EvaluationError, WrongValue
from workflows.feel.operators import ARITHMETIC, Operator, equal, matches
from workflows.feel.values import Function, Run, Value, YearsMonths, kind

TEMPORAL = frozenset({date, datetime})
DURATIONS = frozenset({timedelta, YearsMonths})


def lenient_equal(left: Value, right: Value, run: Run) -> bool | None:
    """Null where the two are of different kinds."""
    if type(left) is list and type(right) is not list and len(left) == 1:
        left = left[0]
    elif type(right) is list and type(left) is not list and len(right) == 1:
        right = right[0]
    if (left is None or right is None) and Function in (type(left), type(right)):
        return False
    try:
        if wide.is_wide(left, right) and kind(left) == kind(right):
            unit = 1 if kind(left) == "date" else wide.NANOSECONDS
            return wide.place(left) // unit == wide.place(right) // unit
        return equal(_in_seconds(left), _in_seconds(right), run)
    except EvaluationError:
        return None


def lenient_not_equal(left: Value, right: Value, run: Run) -> bool | None:
    verdict = lenient_equal(left, right, run)
    return None if verdict is None else not verdict


def lenient_matches(value: Value, test: Value, run: Run) -> bool | None:
    """As strict `in`, but what cannot be compared only leaves it unsure."""
    if type(test) is not list:
        try:
            return matches(value, test, run)
        except EvaluationError:
            return None
    if type(value) is list:
        return matches(value, test, run)
    verdicts = [lenient_matches(value, item, run) for item in test]
    if True in verdicts:
        return True
    return None if None in verdicts else False


def _in_seconds(value: Value) -> Value:
    if isinstance(value, datetime | time):
        return value.replace(microsecond=0)
    return value


def _add(left: Value, right: Value) -> Value:
    if type(left) is date and type(right) is timedelta:
        return _or_wide(ARITHMETIC["+"], wide.add, left, _days(right))
    if type(left) is timedelta and type(right) is date:
        return _or_wide(ARITHMETIC["+"], wide.add, right, _days(left))
    return _or_wide(ARITHMETIC["+"], wide.add, left, right)


def _subtract(left: Value, right: Value) -> Value:
    if type(left) is date and type(right) is timedelta:
        return _or_wide(ARITHMETIC["+"], wide.add, left, _days(-right))
    if type(left) is datetime and type(right) is date:
        right = _midnight(right)
    elif type(left) is date and type(right) is datetime:
        left = _midnight(left)
    return _or_wide(ARITHMETIC["-"], wide.subtract, left, right)


def _or_wide(narrow: Operator, wider: Operator, left: Value, right: Value) -> Value:
    """Where Python's types end, those of ours go on."""
    try:
        if wide.is_wide(left, right):
            return wider(left, right)
        try:
            return narrow(left, right)
        except WrongValue:
            if type(left) in TEMPORAL and type(right) in DURATIONS:
                return wider(left, right)
            raise
    except (ArithmeticError, ValueError) as error:
        raise WrongValue("the result is not within bounds") from error


def _days(duration: timedelta) -> timedelta:
    """From midnight, the part of a day does not reach the next one."""
    return timedelta(days=duration.days)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


LENIENT_ARITHMETIC: Mapping[str, Operator] = {
    **ARITHMETIC,
    "+": _add,
    "-": _subtract,
}
