"""The values of one input of a table, in regions on which every test is constant.

The constants of a column's tests cut its values: `< 18` and `[18..65]` leave five
regions. A test is known by what it says of one value of each, really evaluated.
"""

import contextlib
import decimal
import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from workflows import feel
from workflows.dmn.constants import NotAnalysed, UnaryTests, compared
from workflows.feel import Value, YearsMonths
from workflows.feel.operators import NUMBERS, ORDERS, add, less, same, subtract
from workflows.ports import SystemClock

MOST_REGIONS = 5_000
MOST_WHOLE = Decimal(10) ** 30  # beyond it, one more is no whole step

# The clocks first: of two dates an hour apart, no whole day lies between.
_CLOCK = (
    timedelta(hours=1),
    timedelta(minutes=1),
    timedelta(seconds=1),
    timedelta(microseconds=1),
)
_STEPS: Mapping[str, Sequence[Value]] = {
    "date": (timedelta(days=1),),
    "time": _CLOCK,
    "date and time": _CLOCK,
    "days and time duration": (timedelta(days=1), *_CLOCK),
    "years and months duration": (YearsMonths(1),),
}
_SAMPLES: Mapping[str, Value] = {
    "number": Decimal(1),
    "string": "a",
    "date": date(2026, 9, 1),
    "time": time(9),
    "date and time": datetime(2026, 9, 1, 9),  # noqa: DTZ001 FEEL's local date-time
    "days and time duration": timedelta(days=1),
    "years and months duration": YearsMonths(12),
}


@dataclass(frozen=True)
class Cell:
    """The regions in which a test may hold, and those in which it surely holds."""

    at_most: int
    at_least: int


@dataclass(frozen=True)
class Column:
    """The regions of an input as one value of each, and its tests as regions.

    `space` are the regions that the input may have. `unknown` are the texts of tests
    that were not understood.
    """

    values: tuple[str, ...]
    space: int
    cells: tuple[Cell, ...]
    unknown: tuple[str, ...]

    def example(self, side: int) -> str:
        """A FEEL literal of the first region of a side."""
        return self.values[(side & -side).bit_length() - 1]


def column(
    rules: Sequence[Sequence[UnaryTests]],
    allowed: Sequence[UnaryTests],
    type_name: str | None,
) -> Column:
    """`rules` are the tests that each rule makes of the input: all of them must hold.

    `allowed` are unary tests that every value of the input passes, all of them.
    """
    asked = {test.text: test for tests in rules for test in tests if not test.is_any}
    try:
        constants = _Constants()
        for test in allowed:
            constants.read(test)
        read = {text: test for text, test in asked.items() if constants.takes(test)}
        values = constants.representatives(type_name)
        space = functools.reduce(
            int.__and__, (_mask(test, values) for test in allowed), _all(values)
        )
        if not space:
            raise NotAnalysed
    except (NotAnalysed, feel.FeelError):
        read, space = {}, 1
        values = [_sample(type_name)]
    masks = _masks(read, values, space)
    return Column(
        tuple(literal(value) for value in values),
        space,
        tuple(_cell(tests, masks, space) for tests in rules),
        tuple(text for text in asked if text not in masks),
    )


def literal(value: Value) -> str:
    """The value as FEEL writes it."""
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < 20 else str(value)
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f'@"{feel.plain(value)}"'


class _Constants:
    """What the tests of a column compare its values with."""

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.ordered = False

    def takes(self, test: UnaryTests) -> bool:
        try:
            self.read(test)
        except (NotAnalysed, feel.FeelError):
            return False
        return True

    def read(self, test: UnaryTests) -> None:
        """NotAnalysed, and nothing changed, where the test is no matter of regions."""
        found, ordered = compared(test)
        self.ordered = self.ordered or ordered
        self.values += found
        if 2 * len(self.values) > MOST_REGIONS:
            raise NotAnalysed

    def representatives(self, type_name: str | None) -> list[Value]:
        """One value of each region; null is a region only where a test names it."""
        kinds = {feel.kind(value) for value in self.values} - {"null"}
        if type_name and type_name != "Any":
            kinds.add(type_name)
        if len(kinds) > 1:
            raise NotAnalysed
        found = _of_kind(kinds.pop() if kinds else None, self._sorted(), self.ordered)
        return [*found, None] if None in self.values else found

    def _sorted(self) -> list[Value]:
        given = [value for value in self.values if value is not None]
        if given and (isinstance(given[0], bool) or type(given[0]) not in ORDERS):
            return _distinct(given)
        return _distinct(sorted(given, key=functools.cmp_to_key(_order)))


def _of_kind(kind: str | None, constants: list[Value], ordered: bool) -> list[Value]:
    if kind == "boolean":
        return [False, True]
    if not constants:
        return [_sample(kind)]
    if kind == "string" and not ordered:
        return [*constants, _other_string(constants)]
    if kind != "number" and kind != "string" and kind not in _STEPS:
        raise NotAnalysed
    inner = [
        value
        for low, high in itertools.pairwise(constants)
        for value in (*_between(low, high), high)
    ]
    return [
        *_between(None, constants[0]),
        constants[0],
        *inner,
        *_between(constants[-1], None),
    ]


def _masks(
    tests: Mapping[str, UnaryTests], values: Sequence[Value], space: int
) -> dict[str, int]:
    """By the text of a test its regions; without those that refuse a value."""
    masks = {}
    for text, test in tests.items():
        with contextlib.suppress(feel.FeelError):
            masks[text] = _mask(test, values) & space
    return masks


def _mask(test: UnaryTests, values: Sequence[Value]) -> int:
    """Between its own constants a test says one thing: it is asked once there."""
    assert test.tree is not None  # noqa: S101 it was read before
    expression = feel.compile_tree(test.tree, test.text)
    environment = feel.Environment(SystemClock())
    mask = 0
    for first, end in _runs(values, compared(test)[0]):
        value = values[first]
        try:
            verdict = expression.evaluate({"?": value}, environment)
        except feel.EvaluationError:
            # Null is told from other values by `null` alone; the order has no place
            # for it.
            if value is not None:
                raise
            continue
        if verdict is True:
            mask |= (1 << end) - (1 << first)
    return mask


def _runs(values: Sequence[Value], own: Sequence[Value]) -> Iterator[tuple[int, int]]:
    """The places of `values`, cut before and after those in `own` and null."""
    places = {value: place for place, value in enumerate(values)}
    known = {places.get(value) for value in own}
    # Equal moments in two zones are one region: its place is not known by both.
    cuts = (
        range(len(values))
        if None in known
        else [one for one in known if one is not None]
    )
    edges = {0, len(values), *cuts, *(cut + 1 for cut in cuts)}
    if values[-1] is None:
        edges.add(len(values) - 1)
    yield from itertools.pairwise(sorted(edges))


def _cell(tests: Sequence[UnaryTests], masks: Mapping[str, int], space: int) -> Cell:
    at_most = at_least = space
    for test in tests:
        if not test.is_any:
            at_most &= masks.get(test.text, space)
            at_least &= masks.get(test.text, 0)
    return Cell(at_most, at_least)


def _all(values: Sequence[Value]) -> int:
    return (1 << len(values)) - 1


def _sample(kind: str | None) -> Value:
    return _SAMPLES.get(kind or "")


def _distinct(values: Sequence[Value]) -> list[Value]:
    found: list[Value] = []
    for value in values:
        if not found or not same(found[-1], value):
            found.append(value)
    return found


def _order(one: Value, other: Value) -> int:
    return -1 if less(one, other) else int(less(other, one))


def _other_string(taken: Sequence[str]) -> str:
    return next(
        word
        for word in itertools.chain(
            ["other"], map("other {}".format, range(len(taken)))
        )
        if word not in taken
    )


def _between(low: Value, high: Value) -> list[Value]:
    """A value after `low` and before `high`, either of them open as None; or none."""
    fitting = (
        value
        for value in _candidates(low, high)
        if (low is None or less(low, value)) and (high is None or less(value, high))
    )
    return list(itertools.islice(fitting, 1))


def _candidates(low: Value, high: Value) -> Iterator[Value]:
    given = high if low is None else low
    if isinstance(given, Decimal):
        yield from _numbers(low, high)
    elif isinstance(given, str):
        yield from ("",) if low is None else (low + more for more in ("a", " ", "\0"))
    else:
        for step in _STEPS[feel.kind(given)]:
            with contextlib.suppress(feel.EvaluationError):
                yield subtract(high, step) if low is None else add(low, step)


def _numbers(low: Decimal | None, high: Decimal | None) -> Iterator[Decimal]:
    one = Decimal(1)
    if low is None or high is None:
        sign = one if high is None else -one
        given = low if high is None else high
        assert given is not None  # noqa: S101 one end is there
        yield NUMBERS.add(given, sign)
        yield NUMBERS.add(given, NUMBERS.multiply(abs(given), sign))
        return
    if abs(low) < MOST_WHOLE:
        yield NUMBERS.add(low.to_integral_value(decimal.ROUND_FLOOR), one)
    yield NUMBERS.divide(NUMBERS.add(low, high), Decimal(2))
