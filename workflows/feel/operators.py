"""What FEEL's operators do with two values: equality, order, arithmetic, membership."""

import decimal
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from workflows.calendars import add_months
from workflows.feel import temporal, wide
from workflows.feel.errors import WrongType, WrongValue
from workflows.feel.values import KINDS, Function, Range, Run, Value, YearsMonths, kind

# IEEE decimal128, as the standard asks. Shared by all threads: only its methods are
# used, never the thread's own context, and what they set in it (flags) is not read.
NUMBERS = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)

MICROSECOND = timedelta(microseconds=1)

Operator = Callable[[Any, Any], Value]


def equal(left: Value, right: Value, run: Run | None = None) -> bool:
    """Of one kind, or one of them null; else WrongType. `run` pays for large ones."""
    kept = type(left)
    if kept is type(right):
        return _same(left, right, run)
    if (left is None or right is None) and Function not in (kept, type(right)):
        return False
    raise WrongType("=", f"two values of one type, here {kind(left)}", kind(right))


def same(left: Value, right: Value, run: Run | None = None) -> bool:
    """Equality for finding one value among others: another kind is another value."""
    return type(left) is type(right) and _same(left, right, run)


def less(left: Value, right: Value) -> bool:
    """Of one ordered kind, else WrongType."""
    order = ORDERS.get(type(left)) if type(left) is type(right) else None
    if order is None:
        if wide.is_wide(left, right) and kind(left) == kind(right):
            return wide.place(left) < wide.place(right)
        raise _unordered(left, right)
    answer: bool = order(left, right)
    return answer


def not_equal(left: Value, right: Value) -> bool:
    return not equal(left, right)


def greater(left: Value, right: Value) -> bool:
    return less(right, left)


def at_most(left: Value, right: Value) -> bool:
    return not less(right, left)


def at_least(left: Value, right: Value) -> bool:
    return not less(left, right)


def in_range(value: Value, span: Range) -> bool:
    """Both ends are compared always: a wrong type at one of them must not hide."""
    if span.start is None and span.end is None:
        raise WrongType("in", "a range with a start or an end", "null..null")
    after = before = True
    if span.start is not None:
        after = (at_least if span.start_included else greater)(value, span.start)
    if span.end is not None:
        before = (at_most if span.end_included else less)(value, span.end)
    return after and before


def matches(value: Value, test: Value, run: Run | None = None) -> bool:
    """Whether `value` is in `test`: a range, a list of values and ranges, a value."""
    if type(test) is Range and type(value) is not Range:
        return in_range(value, test)
    if type(test) is list:
        if type(value) is list and same(value, test, run):
            return True
        found = [
            same(value, item, run) if type(value) is list else matches(value, item, run)
            for item in test
        ]
        return any(found)
    return equal(value, test, run)


def add(left: Value, right: Value) -> Value:
    return _arithmetic("+", ADDITIONS, left, right)


def subtract(left: Value, right: Value) -> Value:
    return _arithmetic("-", SUBTRACTIONS, left, right)


def multiply(left: Value, right: Value) -> Value:
    return _arithmetic("*", MULTIPLICATIONS, left, right)


def divide(left: Value, right: Value) -> Value:
    return _arithmetic("/", DIVISIONS, left, right)


def power(left: Value, right: Value) -> Value:
    return _arithmetic("**", POWERS, left, right)


def negate(value: Value) -> Value:
    if type(value) is Decimal:
        return NUMBERS.minus(value)
    if type(value) is timedelta:
        return -value
    if type(value) is YearsMonths:
        return YearsMonths(-value.months)
    raise WrongType("-", "a number or a duration", kind(value))


def _arithmetic(
    sign: str, table: Mapping[tuple[type, type], Operator], left: Value, right: Value
) -> Value:
    operator = table.get((type(left), type(right)))
    if operator is None:
        raise WrongType(sign, _expected(table, left), f"{kind(left)} and {kind(right)}")
    try:
        return operator(left, right)
    except (ArithmeticError, ValueError) as error:
        if sign == "/" and right in (Decimal(0), timedelta(), YearsMonths(0)):
            raise WrongValue("it divides by zero") from error
        raise WrongValue(f"the result of {sign} is not within bounds") from error


def _expected(table: Mapping[tuple[type, type], Operator], left: Value) -> str:
    fitting = [
        f"{KINDS[one]} and {KINDS[other]}" for one, other in table if one is type(left)
    ]
    pairs = fitting or [f"{KINDS[one]} and {KINDS[other]}" for one, other in table]
    return ", ".join(pairs)


def _same(left: Any, right: Any, run: Run | None = None) -> bool:
    """`left` and `right` are of one Python type."""
    kept = type(left)
    if kept is datetime or kept is time:
        return not (ORDERS[kept](left, right) or ORDERS[kept](right, left))
    if kept is list or kept is dict:
        return _same_parts(left, right, run)
    if kept is Function:
        raise WrongType("=", "values that can be compared", "functions")
    return bool(left == right)


def _same_parts(left: Any, right: Any, run: Run | None) -> bool:
    """Each pair of containers once: parts that are shared are not compared again."""
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[Any, Any]] = [(left, right)]
    while waiting:
        one, other = waiting.pop()
        if type(one) is not type(other):
            return False
        if type(one) is not list and type(one) is not dict:
            if not _same(one, other):
                return False
            continue
        if run is not None:
            run.spend()
            run.charge(one)
        if one is other or (id(one), id(other)) in seen:
            continue
        seen.add((id(one), id(other)))
        if len(one) != len(other):
            return False
        if isinstance(one, list):
            waiting += zip(one, other, strict=True)
            continue
        if one.keys() != other.keys():
            return False
        waiting += ((part, other[key]) for key, part in one.items())
    return True


def _unordered(left: Value, right: Value) -> WrongType:
    ordered = "two numbers, strings, dates, times, date and times or durations"
    return WrongType("a comparison", ordered, f"{kind(left)} and {kind(right)}")


def _earlier(left: datetime, right: datetime) -> bool:
    if left.tzinfo is None and right.tzinfo is None:
        return left < right
    return temporal.instant(left) < temporal.instant(right)


def _earlier_in_day(left: time, right: time) -> bool:
    one, other = temporal.comparable(left, right)
    return one < other


def _plain_less(left: Any, right: Any) -> bool:
    return bool(left < right)


ORDERS: Mapping[type, Callable[[Any, Any], bool]] = {
    Decimal: _plain_less,
    str: _plain_less,
    date: _plain_less,
    timedelta: _plain_less,
    YearsMonths: _plain_less,
    datetime: _earlier,
    time: _earlier_in_day,
}


def _time_difference(left: time, right: time) -> timedelta:
    one, other = temporal.comparable(left, right)
    return one - other


def _scaled(duration: timedelta, factor: Decimal) -> timedelta:
    """To the microsecond nearest."""
    microseconds = NUMBERS.multiply(Decimal(duration // MICROSECOND), factor)
    return int(microseconds.to_integral_value(context=NUMBERS)) * MICROSECOND


def _scaled_months(duration: YearsMonths, factor: Decimal) -> YearsMonths:
    """Whole months, cut towards zero."""
    return _months(NUMBERS.multiply(Decimal(duration.months), factor))


def _months(months: Decimal) -> YearsMonths:
    if months.adjusted() > 10:
        raise ValueError(months)
    return YearsMonths(int(months))


def _ratio(left: timedelta, right: timedelta) -> Decimal:
    return NUMBERS.divide(Decimal(left // MICROSECOND), Decimal(right // MICROSECOND))


def _divided(duration: timedelta, divisor: Decimal) -> timedelta:
    microseconds = NUMBERS.divide(Decimal(duration // MICROSECOND), divisor)
    return int(microseconds.to_integral_value(context=NUMBERS)) * MICROSECOND


def _power(left: Decimal, right: Decimal) -> Decimal:
    """Anything to the power of nothing is 1, as IEEE 754 has it; also nothing."""
    return NUMBERS.power(left, right) if right else Decimal(1)


POWERS: Mapping[tuple[type, type], Operator] = {(Decimal, Decimal): _power}
ADDITIONS: Mapping[tuple[type, type], Operator] = {
    (Decimal, Decimal): NUMBERS.add,
    (str, str): lambda left, right: left + right,
    (timedelta, timedelta): lambda left, right: left + right,
    (YearsMonths, YearsMonths): lambda left, right: YearsMonths(
        left.months + right.months
    ),
    (date, timedelta): lambda left, right: left + temporal.whole_days(right),
    (timedelta, date): lambda left, right: right + temporal.whole_days(left),
    (date, YearsMonths): lambda left, right: add_months(left, right.months),
    (YearsMonths, date): lambda left, right: add_months(right, left.months),
    (datetime, timedelta): temporal.shift,
    (timedelta, datetime): lambda left, right: temporal.shift(right, left),
    (datetime, YearsMonths): lambda left, right: add_months(left, right.months),
    (YearsMonths, datetime): lambda left, right: add_months(right, left.months),
    (time, timedelta): temporal.shift_time,
    (timedelta, time): lambda left, right: temporal.shift_time(right, left),
}
SUBTRACTIONS: Mapping[tuple[type, type], Operator] = {
    (Decimal, Decimal): NUMBERS.subtract,
    (timedelta, timedelta): lambda left, right: left - right,
    (YearsMonths, YearsMonths): lambda left, right: YearsMonths(
        left.months - right.months
    ),
    (date, date): lambda left, right: left - right,
    (datetime, datetime): lambda left, right: temporal.elapsed(right, left),
    (time, time): _time_difference,
    (date, timedelta): lambda left, right: left - temporal.whole_days(right),
    (date, YearsMonths): lambda left, right: add_months(left, -right.months),
    (datetime, timedelta): lambda left, right: temporal.shift(left, -right),
    (datetime, YearsMonths): lambda left, right: add_months(left, -right.months),
    (time, timedelta): lambda left, right: temporal.shift_time(left, -right),
}
MULTIPLICATIONS: Mapping[tuple[type, type], Operator] = {
    (Decimal, Decimal): NUMBERS.multiply,
    (timedelta, Decimal): _scaled,
    (Decimal, timedelta): lambda left, right: _scaled(right, left),
    (YearsMonths, Decimal): _scaled_months,
    (Decimal, YearsMonths): lambda left, right: _scaled_months(right, left),
}
DIVISIONS: Mapping[tuple[type, type], Operator] = {
    (Decimal, Decimal): NUMBERS.divide,
    (timedelta, Decimal): _divided,
    (timedelta, timedelta): _ratio,
    (YearsMonths, Decimal): lambda left, right: _months(
        NUMBERS.divide(Decimal(left.months), right)
    ),
    (YearsMonths, YearsMonths): lambda left, right: NUMBERS.divide(
        Decimal(left.months), Decimal(right.months)
    ),
}
COMPARISONS: Mapping[str, Callable[[Value, Value], bool]] = {
    "=": equal,
    "!=": not_equal,
    "<": less,
    "<=": at_most,
    ">": greater,
    ">=": at_least,
}
ARITHMETIC: Mapping[str, Operator] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}
