"""FEEL's functions on lists; positions count from 1, or from the end if negative."""

import functools
import itertools
from decimal import Decimal

from workflows.feel.errors import WrongType, WrongValue
from workflows.feel.functions.numbers import integer
from workflows.feel.functions.registry import builtin
from workflows.feel.operators import NUMBERS, less, same
from workflows.feel.values import Function, Run, Value, kind

Values = list[Value]


@builtin("count(list: list)")
def count(run: Run, items: Values) -> Value:
    return Decimal(len(items))


@builtin("list contains(list: list, element: any)")
def list_contains(run: Run, items: Values, element: Value) -> Value:
    return any(same(item, element, run) for item in items)


@builtin("index of(list: list, match: any)")
def index_of(run: Run, items: Values, match: Value) -> Value:
    return [Decimal(n) for n, item in enumerate(items, 1) if same(item, match, run)]


@builtin("min(list: list)")
def minimum(run: Run, items: Values) -> Value:
    """Null for an empty list, as the standard says."""
    return functools.reduce(_lesser, items) if items else None


@builtin("min(values...: any)")
def minimum_of(run: Run, *items: Value) -> Value:
    return functools.reduce(_lesser, items) if items else None


@builtin("max(list: list)")
def maximum(run: Run, items: Values) -> Value:
    return functools.reduce(_greater, items) if items else None


@builtin("max(values...: any)")
def maximum_of(run: Run, *items: Value) -> Value:
    return functools.reduce(_greater, items) if items else None


@builtin("sum(list: list)")
def total(run: Run, items: Values) -> Value:
    return functools.reduce(NUMBERS.add, _numbers("sum", items)) if items else None


@builtin("sum(values...: number)")
def total_of(run: Run, *items: Decimal) -> Value:
    return total(run, list(items))


@builtin("product(list: list)")
def product(run: Run, items: Values) -> Value:
    numbers = _numbers("product", items)
    return functools.reduce(NUMBERS.multiply, numbers) if items else None


@builtin("product(values...: number)")
def product_of(run: Run, *items: Decimal) -> Value:
    return product(run, list(items))


@builtin("mean(list: list)")
def mean(run: Run, items: Values) -> Value:
    if not items:
        return None
    return NUMBERS.divide(total(run, items), Decimal(len(items)))


@builtin("mean(values...: number)")
def mean_of(run: Run, *items: Decimal) -> Value:
    return mean(run, list(items))


@builtin("median(list: list)")
def median(run: Run, items: Values) -> Value:
    numbers = sorted(_numbers("median", items))
    if not numbers:
        return None
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    pair = NUMBERS.add(numbers[middle - 1], numbers[middle])
    return NUMBERS.divide(pair, Decimal(2))


@builtin("median(values...: number)")
def median_of(run: Run, *items: Decimal) -> Value:
    return median(run, list(items))


@builtin("stddev(list: list)")
def standard_deviation(run: Run, items: Values) -> Value:
    """Of a sample: divided by one less than the count."""
    if len(items) < 2:
        raise WrongValue("stddev takes at least two numbers")
    middle = mean(run, items)
    differences = [NUMBERS.subtract(item, middle) for item in items]
    squares = [NUMBERS.multiply(part, part) for part in differences]
    return NUMBERS.sqrt(NUMBERS.divide(total(run, squares), Decimal(len(items) - 1)))


@builtin("stddev(values...: number)")
def standard_deviation_of(run: Run, *items: Decimal) -> Value:
    return standard_deviation(run, list(items))


@builtin("mode(list: list)")
def mode(run: Run, items: Values) -> Value:
    """Every number that is most frequent, in ascending order."""
    ordered = sorted(_numbers("mode", items))
    groups = [list(group) for _, group in itertools.groupby(ordered)]
    most = max(map(len, groups), default=0)
    return [group[0] for group in groups if len(group) == most]


@builtin("mode(values...: number)")
def mode_of(run: Run, *items: Decimal) -> Value:
    return mode(run, list(items))


@builtin("all(list: list)")
def all_true(run: Run, items: Values) -> Value:
    return _truth(run, items, "all", decisive=False)


@builtin("all(values...: any)")
def all_of(run: Run, *items: Value) -> Value:
    return _truth(run, items, "all", decisive=False)


@builtin("any(list: list)")
def any_true(run: Run, items: Values) -> Value:
    return _truth(run, items, "any", decisive=True)


@builtin("any(values...: any)")
def any_of(run: Run, *items: Value) -> Value:
    return _truth(run, items, "any", decisive=True)


@builtin("sublist(list: list, start position: number, length?: number)")
def sublist(
    run: Run, items: Values, start_position: Decimal, length: Decimal | None = None
) -> Value:
    begin = _place(run, items, start_position)
    if length is None:
        return items[begin:]
    number = integer(run, length, "length")
    if number < 1 or begin + number > len(items):
        raise WrongValue(f"the list has no {number} items from there")
    return items[begin : begin + number]


@builtin("append(list: list, item...: any)")
def append(run: Run, items: Values, *more: Value) -> Value:
    return run.sized([*items, *more])


@builtin("concatenate(lists...: list)")
def concatenate(run: Run, *lists: Values) -> Value:
    run.sized(None, sum(map(len, lists)))
    return list(itertools.chain(*lists))


@builtin("insert before(list: list, position: number, newItem: any)")
def insert_before(run: Run, items: Values, position: Decimal, item: Value) -> Value:
    place = _place(run, items, position)
    return [*items[:place], item, *items[place:]]


@builtin("remove(list: list, position: number)")
def remove(run: Run, items: Values, position: Decimal) -> Value:
    place = _place(run, items, position)
    return [*items[:place], *items[place + 1 :]]


@builtin("list replace(list: list, position: number, newItem: any)")
def replace_at(run: Run, items: Values, position: Decimal, item: Value) -> Value:
    place = _place(run, items, position)
    return [*items[:place], item, *items[place + 1 :]]


@builtin("list replace(list: list, match: function, newItem: any)")
def replace_where(run: Run, items: Values, match: Function, item: Value) -> Value:
    """`match(item, newItem)` tells which items give way."""
    replaced = []
    for old in items:
        verdict = match.call(run, [old, item])
        if type(verdict) is not bool:
            raise WrongType("list replace", "a match that is boolean", kind(verdict))
        replaced.append(item if verdict else old)
    return replaced


@builtin("reverse(list: list)")
def reverse(run: Run, items: Values) -> Value:
    return items[::-1]


@builtin("distinct values(list: list)")
def distinct_values(run: Run, items: Values) -> Value:
    distinct: Values = []
    for item in items:
        run.spend()
        run.charge(distinct)
        if not any(same(item, known, run) for known in distinct):
            distinct.append(item)
    return distinct


@builtin("union(lists...: list)")
def union(run: Run, *lists: Values) -> Value:
    return distinct_values(run, concatenate(run, *lists))


@builtin("flatten(list: list)")
def flatten(run: Run, items: Values) -> Value:
    flat: Values = []
    waiting = items[::-1]
    while waiting:
        run.spend()
        item = waiting.pop()
        if type(item) is list:
            waiting += item[::-1]
        else:
            flat.append(item)
    return flat


@builtin("sort(list: list, precedes?: function)")
def sort(run: Run, items: Values, precedes: Function | None = None) -> Value:
    """Stable; without a function, ascending."""

    def before(left: Value, right: Value) -> bool:
        run.spend()
        if precedes is None:
            return less(left, right)
        verdict = precedes.call(run, [left, right])
        if type(verdict) is not bool:
            raise WrongType("sort", "a function that gives a boolean", kind(verdict))
        return verdict

    def order(left: Value, right: Value) -> int:
        return -1 if before(left, right) else int(before(right, left))

    return sorted(items, key=functools.cmp_to_key(order))


def _lesser(left: Value, right: Value) -> Value:
    return right if less(right, left) else left


def _greater(left: Value, right: Value) -> Value:
    return right if less(left, right) else left


def _numbers(name: str, items: Values) -> list[Decimal]:
    for item in items:
        if type(item) is not Decimal:
            raise WrongType(name, "numbers", kind(item))
    return items


def _truth(
    run: Run, items: Values | tuple[Value, ...], name: str, *, decisive: bool
) -> Value:
    """One `decisive` item settles it; lenient, what is no boolean makes it unsure."""
    strange = [item for item in items if type(item) is not bool]
    if strange and not run.environment.lenient:
        raise WrongType(name, "booleans", kind(strange[0]))
    if any(item is decisive for item in items):
        return decisive
    return None if strange else not decisive


def _place(run: Run, items: Values, position: Decimal) -> int:
    number = integer(run, position, "position")
    if number == 0 or abs(number) > len(items):
        raise WrongValue(f"the list has no position {number}")
    return number - 1 if number > 0 else len(items) + number
