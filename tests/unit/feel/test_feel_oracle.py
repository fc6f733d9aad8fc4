"""FEEL beside Python's own decimal, fractions and strings, on random values."""

import decimal
import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as some

from tests.unit.feel import evaluating
from tests.unit.feel.evaluating import ENVIRONMENT, feel
from workflows.feel import Parser, WrongValue, compile_tree, dumps, loads

DECIMAL128 = decimal.Context(
    prec=34, rounding=decimal.ROUND_HALF_EVEN, Emin=-6143, Emax=6144
)

numbers = some.decimals(
    allow_nan=False,
    allow_infinity=False,
    min_value=-(10**20),
    max_value=10**20,
    places=6,
) | some.integers(-(10**15), 10**15).map(Decimal)
small = some.integers(-60, 60).map(Decimal)
texts = some.text(
    some.sampled_from('abcАБВәіңғүұқөһӘІ \n"\\.-😀'), min_size=0, max_size=12
)


@pytest.fixture(scope="module", autouse=True)
def _opened(parser: Parser) -> Iterator[None]:
    evaluating.open_with(parser)
    yield
    evaluating.close()


@given(numbers, numbers)
@example(Decimal("0.1"), Decimal("0.2"))
@settings(deadline=None)
def test_arithmetic_is_that_of_decimal128(a, b):
    assert feel("a + b", a=a, b=b) == DECIMAL128.add(a, b)
    assert feel("a - b", a=a, b=b) == DECIMAL128.subtract(a, b)
    assert feel("a * b", a=a, b=b) == DECIMAL128.multiply(a, b)
    if b:
        assert feel("a / b", a=a, b=b) == DECIMAL128.divide(a, b)
    else:
        with pytest.raises(WrongValue):
            feel("a / b", a=a, b=b)


@given(small, some.integers(0, 12))
@settings(deadline=None)
def test_a_power_is_repeated_multiplication(a, n):
    assert feel("a ** n", a=a, n=Decimal(n)) == math.prod([Fraction(a)] * n)


@given(numbers, numbers)
@settings(deadline=None)
def test_comparisons_are_those_of_fractions(a, b):
    one, other = Fraction(a), Fraction(b)

    assert feel("a < b", a=a, b=b) is (one < other)
    assert feel("a <= b", a=a, b=b) is (one <= other)
    assert feel("a = b", a=a, b=b) is (one == other)
    assert feel("a != b", a=a, b=b) is (one != other)
    assert feel("a between b and b + 5", a=a, b=b) is (other <= one <= other + 5)


@given(numbers, some.integers(-3, 8))
@settings(deadline=None)
def test_rounding_is_told_by_the_nearest_whole(a, scale):
    unit = Fraction(10) ** -scale
    exact = Fraction(a) / unit
    low = math.floor(exact)
    rest = exact - low
    away = low + (rest > 0) if a > 0 else low
    towards = math.trunc(exact)
    expected = {
        "floor": low,
        "ceiling": math.ceil(exact),
        "round up": away,
        "round down": towards,
        "round half up": low
        + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and a > 0)),
        "round half down": low
        + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and a < 0)),
        "decimal": round(exact),
    }

    for name, whole in expected.items():
        result = feel(f"{name}(a, scale)", a=a, scale=Decimal(scale))
        assert Fraction(result) == whole * unit, name


@given(some.integers(-(10**9), 10**9), some.integers(-(10**6), 10**6))
@settings(deadline=None)
def test_modulo_has_the_sign_of_the_divisor(a, b):
    assume(b)

    assert feel("modulo(a, b)", a=Decimal(a), b=Decimal(b)) == a % b


@given(some.lists(small, min_size=1, max_size=12))
@settings(deadline=None)
def test_lists_are_summed_sorted_and_counted(items):
    exact = [Fraction(item) for item in items]
    ordered = sorted(items)
    middle = len(items) // 2

    assert feel("sum(l)", l=items) == sum(exact)
    assert feel("sort(l)", l=items) == ordered
    assert feel("sort(l, function(a, b) a > b)", l=items) == ordered[::-1]
    assert (feel("min(l)", l=items), feel("max(l)", l=items)) == (
        ordered[0],
        ordered[-1],
    )
    assert feel("distinct values(l)", l=items) == list(dict.fromkeys(items))
    assert feel("l[item > 0]", l=items) == [item for item in items if item > 0]
    assert feel("count(l)", l=items) == len(items)
    assert feel("l[-1]", l=items) == items[-1]
    assert feel("l[1]", l=items) == items[0]
    if len(items) % 2:
        assert feel("median(l)", l=items) == ordered[middle]
    assert feel("some i in l satisfies i > 3", l=items) is any(i > 3 for i in items)
    assert feel("every i in l satisfies i > 3", l=items) is all(i > 3 for i in items)


@given(some.integers(-30, 30), some.integers(-30, 30))
@settings(deadline=None)
def test_a_loop_counts_up_or_down(a, b):
    step = 1 if b >= a else -1

    found = feel("for i in a..b return i", a=Decimal(a), b=Decimal(b))

    assert found == list(range(a, b + step, step))


@given(texts, some.integers(-14, 14), some.integers(1, 14))
@settings(deadline=None)
def test_strings_are_counted_by_characters(text, start, length):
    assert feel("string length(s)", s=text) == len(text)
    assert feel("s + s", s=text) == text + text
    if start and abs(start) <= len(text):
        begin = start - 1 if start > 0 else len(text) + start
        found = feel("substring(s, a, n)", s=text, a=Decimal(start), n=Decimal(length))
        assert found == text[begin : begin + length]


@given(texts, texts)
@settings(deadline=None)
def test_strings_are_searched_as_they_are(text, part):
    assert feel("contains(s, p)", s=text, p=part) is (part in text)
    assert feel("starts with(s, p)", s=text, p=part) is text.startswith(part)
    assert feel("ends with(s, p)", s=text, p=part) is text.endswith(part)
    if part and part in text:
        before, _, after = text.partition(part)
        assert feel("substring before(s, p)", s=text, p=part) == before
        assert feel("substring after(s, p)", s=text, p=part) == after


@given(texts)
@settings(deadline=None)
def test_a_string_in_a_list_reads_as_its_literal(text):
    shown = feel("string(l)", l=[text])
    again = evaluating.parse(shown.replace("\n", "\\n"))

    assert compile_tree(again, shown).evaluate({}, ENVIRONMENT) == [text]


@given(numbers)
@settings(deadline=None)
def test_a_number_reads_as_it_is_written(a):
    text = feel("string(a)", a=a)

    assert "E" not in text
    assert feel("number(t)", t=text) == a
    assert loads(dumps(a)) == a


@pytest.mark.parametrize(
    "name",
    [
        "балалар саны",
        "туған күні",
        "өтініш_нөмірі",
        "ұйым1",
        "дата рождения ребёнка",
        "Ёлка",
        "ИИН",
        "қысқа-атау",
        "орын / кезек",
        "родитель's",
    ],
)
@given(value=some.integers(-1000, 1000))
@settings(max_examples=5, deadline=None)
def test_names_are_kazakh_and_russian(name, value):
    """Known names as they are; in backticks, any name without being known."""
    case = {name: Decimal(value), "x": Decimal(1)}
    for text, known in ((f"{name} + x", [name]), (f"`{name}` + x", [])):
        tree = evaluating.parse(text, known_names=known)
        found = compile_tree(tree, text).evaluate(case, ENVIRONMENT)
        assert found == value + 1, text
    inner = {"c": {name: Decimal(value)}}
    text = f"c.`{name}`"
    tree = evaluating.parse(text)
    assert compile_tree(tree, text).evaluate(inner, ENVIRONMENT) == value


@pytest.mark.parametrize("name", ["балалар саны", "туған күні", "дата рождения", "ИИН"])
def test_a_name_of_letters_needs_no_announcement(name):
    case = {name: Decimal(2), "c": {name: Decimal(3)}}
    text = f"{name} * c.{name}"

    assert compile_tree(evaluating.parse(text), text).evaluate(case, ENVIRONMENT) == 6
