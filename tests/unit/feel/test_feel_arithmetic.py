"""FEEL's arithmetic against Python's decimal and datetime, on made-up values."""

import decimal
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.feel import compile_tree

DECIMAL128 = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN)
ALMATY = ZoneInfo("Asia/Almaty")

amounts = st.decimals(min_value=-(10**20), max_value=10**20, places=6, allow_nan=False)
days = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 1, 1))
moments = st.integers(0, 2 * 10**9).map(
    lambda seconds: datetime.fromtimestamp(seconds, ALMATY)
)
spans = st.timedeltas(min_value=timedelta(days=-900), max_value=timedelta(days=900))

few = settings(max_examples=100, deadline=None)


@pytest.fixture(scope="session")
def apply(parser, environment):
    """`apply("a + b", a, b)`; compiled once for each text."""
    compiled = {}

    def run(text, a, b):
        if text not in compiled:
            compiled[text] = compile_tree(parser.parse(text), text)
        return compiled[text].evaluate({"a": a, "b": b}, environment)

    return run


@few
@given(a=amounts, b=amounts)
def test_numbers_are_decimals_of_34_digits(apply, a, b):
    assert apply("a + b", a, b) == DECIMAL128.add(a, b)
    assert apply("a - b", a, b) == DECIMAL128.subtract(a, b)
    assert apply("a * b", a, b) == DECIMAL128.multiply(a, b)
    if b:
        assert apply("a / b", a, b) == DECIMAL128.divide(a, b)
        rest = apply("modulo(a, b)", a, b)
        assert rest == 0 or (rest < 0) == (b < 0)
        assert abs(rest) < abs(b)


@few
@given(a=amounts, b=amounts)
def test_order_is_total_and_agrees_with_equality(apply, a, b):
    assert apply("a < b", a, b) is (a < b)
    assert apply("a <= b", a, b) is not apply("a > b", a, b)
    assert apply("a = b", a, b) is (apply("a <= b", a, b) and apply("a >= b", a, b))
    assert apply("a in [b..b]", a, b) is apply("a = b", a, b)


@few
@given(a=st.integers(-(10**6), 10**6), b=st.integers(0, 12))
def test_a_power_is_repeated_multiplication(apply, a, b):
    power = Decimal(1)
    for _ in range(b):
        power = DECIMAL128.multiply(power, Decimal(a))

    computed = apply("a ** b", Decimal(a), Decimal(b)) if a or b else power

    assert abs(computed - power) <= abs(power) * Decimal("1E-32")


@few
@given(a=days, b=days)
def test_the_difference_of_dates_leads_from_one_to_the_other(apply, a, b):
    assert apply("a - b", a, b) == a - b
    assert apply("b + (a - b)", a, b) == a


@few
@given(a=moments, b=spans)
def test_real_time_passes_whatever_the_clocks_do(apply, a, b):
    later = apply("a + b", a, b)

    assert later.astimezone(UTC) == a.astimezone(UTC) + b
    assert apply("a - b", later, a) == b
