"""FEEL's functions on numbers, in decimal128."""

import decimal
from decimal import Decimal

from workflows.feel.errors import WrongValue
from workflows.feel.functions.registry import builtin
from workflows.feel.operators import NUMBERS
from workflows.feel.values import Run, Value, YearsMonths, kind

LOWEST_SCALE = -6111
HIGHEST_SCALE = 6176


def integer(run: Run, value: Decimal, what: str) -> int:
    """The number as an int; WrongValue when it is not whole, or out of all reason.

    Lenient, what follows the point is cut off, as the standard's tests want it.
    """
    whole = value.adjusted() <= 18 and value == value.to_integral_value()
    if not whole and (value.adjusted() > 18 or not run.environment.lenient):
        raise WrongValue(f"{what} must be a whole number, not {value}")
    return int(value)


def rounded(run: Run, value: Decimal, scale: Decimal | None, mode: str) -> Decimal:
    """`value` with `scale` digits after the point, rounded as `decimal` names it."""
    digits = integer(run, scale, "scale") if scale is not None else 0
    if not LOWEST_SCALE <= digits <= HIGHEST_SCALE:
        raise WrongValue(f"scale runs from {LOWEST_SCALE} to {HIGHEST_SCALE}")
    exponent: object = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return value
    return value.quantize(Decimal(1).scaleb(-digits), rounding=mode, context=NUMBERS)


@builtin("decimal(n: number, scale: number)")
def to_scale(run: Run, n: Decimal, scale: Decimal) -> Value:
    return rounded(run, n, scale, decimal.ROUND_HALF_EVEN)


@builtin("floor(n: number, scale?: number)")
def floor(run: Run, n: Decimal, scale: Decimal | None = None) -> Value:
    return rounded(run, n, scale, decimal.ROUND_FLOOR)


@builtin("ceiling(n: number, scale?: number)")
def ceiling(run: Run, n: Decimal, scale: Decimal | None = None) -> Value:
    return rounded(run, n, scale, decimal.ROUND_CEILING)


@builtin("round up(n: number, scale?: number)")
def round_up(run: Run, n: Decimal, scale: Decimal | None = None) -> Value:
    return rounded(run, n, scale, decimal.ROUND_UP)


@builtin("round down(n: number, scale?: number)")
def round_down(run: Run, n: Decimal, scale: Decimal | None = None) -> Value:
    return rounded(run, n, scale, decimal.ROUND_DOWN)


@builtin("round half up(n: number, scale?: number)")
def round_half_up(run: Run, n: Decimal, scale: Decimal | None = None) -> Value:
    return rounded(run, n, scale, decimal.ROUND_HALF_UP)


@builtin("round half down(n: number, scale?: number)")
def round_half_down(run: Run, n: Decimal, scale: Decimal | None = None) -> Value:
    return rounded(run, n, scale, decimal.ROUND_HALF_DOWN)


@builtin("abs(n: number|days and time duration|years and months duration)")
def absolute(run: Run, n: Value) -> Value:
    if type(n) is YearsMonths:
        return YearsMonths(abs(n.months))
    return abs(n) if kind(n) != "number" else NUMBERS.abs(n)


@builtin("modulo(dividend: number, divisor: number)")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Value:
    """With the sign of the divisor, as the standard's floor says."""
    if not divisor:
        raise WrongValue("modulo divides by zero")
    rest = NUMBERS.remainder(dividend, divisor)
    if rest and (rest < 0) != (divisor < 0):
        return NUMBERS.add(rest, divisor)
    return rest


@builtin("sqrt(number: number)")
def square_root(run: Run, number: Decimal) -> Value:
    return NUMBERS.sqrt(number)


@builtin("log(number: number)")
def logarithm(run: Run, number: Decimal) -> Value:
    if number <= 0:
        raise WrongValue("log takes a number above zero")
    return NUMBERS.ln(number)


@builtin("exp(number: number)")
def exponential(run: Run, number: Decimal) -> Value:
    return NUMBERS.exp(number)


@builtin("odd(number: number)")
def odd(run: Run, number: Decimal) -> Value:
    return integer(run, number, "number") % 2 == 1


@builtin("even(number: number)")
def even(run: Run, number: Decimal) -> Value:
    return integer(run, number, "number") % 2 == 0
