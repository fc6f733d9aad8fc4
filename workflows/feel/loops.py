"""Compiling what evaluates a part many times: `for`, `some`, `every`, filters."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeAlias

from workflows.feel.compiler import Closure, Compiler, Maker, mentions
from workflows.feel.errors import WrongType, WrongValue
from workflows.feel.parser import Node
from workflows.feel.values import Range, Run, Scope, Value, kind

# The values that one iterator of a loop goes through.
Domain: TypeAlias = Callable[[Scope], Iterable[Value]]

PARTIAL = "partial"

# No list is longer than what this many digits can count.
MAX_DIGITS = 18
_NOTHING: Mapping[str, Value] = {}


def make_for(compiler: Compiler, node: Node) -> Closure:
    """`partial` is what the loop has given so far."""
    body = node[3][3]
    partial = mentions(body, "VariableName", PARTIAL)
    outer_names = [PARTIAL] if partial else []
    names, domains, turn = _iteration(compiler, node[3][1], body, outer=outer_names)

    def loop(scope: Scope) -> Value:
        results: list[Value] = []
        values: dict[str, Value] = {}
        outer = Scope(values, scope.run, scope)
        if partial:
            values[PARTIAL] = []
        for inner in _turns(outer, names, domains):
            results.append(turn(inner))
            if partial:
                scope.run.spend(len(results) // 10)
                values[PARTIAL] = results[:]
        return results

    return compiler.guarded(loop, node[1])


def make_quantified(compiler: Compiler, node: Node) -> Closure:
    """Decided by the first item that is true for `some`, false for `every`."""
    word, iterators, _, condition = node[3]
    decisive = word[0] == "some"
    names, domains, turn = _iteration(compiler, iterators, condition, outer=[])
    lenient = compiler.lenient

    def quantify(scope: Scope) -> Value:
        unsure = False
        for inner in _turns(Scope(_NOTHING, scope.run, scope), names, domains):
            verdict = turn(inner)
            if verdict is decisive:
                return decisive
            if type(verdict) is not bool:
                if not lenient:
                    raise WrongType(word[0], "a boolean", kind(verdict))
                unsure = True
        return None if unsure else not decisive

    return compiler.guarded(quantify, node[1])


def make_filter(compiler: Compiler, node: Node) -> Closure:
    """`list[condition]` keeps items, `list[number]` takes one, or null."""
    source, condition = compiler.compile(node[3][0]), node[3][2]
    with compiler.scope(None):
        asked = compiler.compile(condition)
    lenient = compiler.lenient

    def select(scope: Scope) -> Value:
        items = _listed(source(scope), lenient=lenient)
        if not items:
            return None if condition[0] == "NumericLiteral" else []
        kept = []
        for item in items:
            scope.run.spend()
            values = item if type(item) is dict else _NOTHING
            verdict = asked(Scope(values, scope.run, scope, item))
            if verdict is True:
                kept.append(item)
            elif type(verdict) is Decimal:
                return _nth(items, verdict)
            elif verdict is not False and not lenient:
                raise WrongType("a filter", "a boolean or a number", kind(verdict))
        return kept

    return compiler.guarded(select, condition[1])


def _iteration(
    compiler: Compiler, iterators: Node, body: Node, *, outer: Sequence[str]
) -> tuple[list[str], list[Domain], Closure]:
    """Names and domains of the iterators, each seeing those before it, and the body."""
    names: list[str] = []
    domains: list[Domain] = []

    def nest(rest: list[Node]) -> Closure:
        if not rest:
            return compiler.compile(body)
        name, _, iterated = rest[0][3]
        names.append(name[3])
        domains.append(_make_domain(compiler, iterated))
        with compiler.scope({name[3]}):
            return nest(rest[1:])

    with compiler.scope(outer):
        return names, domains, nest(iterators[3])


def _turns(scope: Scope, names: list[str], domains: list[Domain]) -> Iterator[Scope]:
    """A scope for every combination, the last iterator running fastest."""
    if not domains:
        yield scope
        return
    for item in domains[0](scope):
        scope.run.spend()
        inner = Scope({names[0]: item}, scope.run, scope)
        yield from _turns(inner, names[1:], domains[1:])


def _make_domain(compiler: Compiler, node: Node) -> Domain:
    lenient = compiler.lenient
    if len(node[3]) == 3:
        start, end = compiler.compile(node[3][0]), compiler.compile(node[3][2])
        return lambda scope: _counted(start(scope), end(scope), scope.run)
    source = compiler.compile(node[3][0])

    def iterated(scope: Scope) -> Iterable[Value]:
        value = source(scope)
        if type(value) is Range:
            return counted_range(value, scope.run)
        if value is None:
            raise WrongType("a loop", "a list or a range", kind(value))
        return _listed(value, lenient=lenient)

    return iterated


def _counted(
    start: Value, end: Value, run: Run, *, first: int = 0, last: int = 0
) -> Iterable[Value]:
    """Whole numbers or days, up or down, one after the other as the loop asks.

    `first` and `last` are 1 where that end of the range is left out.
    """
    if type(start) is date and type(end) is date:
        days = (end - start).days
        run.sized(None, abs(days) + 1)
        step = -1 if days < 0 else 1
        counts = range(first * step, days + (1 - last) * step, step)
        return (start + timedelta(days=count) for count in counts)
    if type(start) is not Decimal or type(end) is not Decimal:
        actual = f"{kind(start)} and {kind(end)}"
        raise WrongType("..", "two whole numbers or two dates", actual)
    low, high = _whole(start), _whole(end)
    run.sized(None, abs(high - low) + 1)
    step = -1 if high < low else 1
    return map(Decimal, range(low + first * step, high + (1 - last) * step, step))


def _whole(number: Decimal) -> int:
    if number.adjusted() > MAX_DIGITS or number != number.to_integral_value():
        raise WrongValue(f"{number} is not a whole number to count from or to")
    return int(number)


def counted_range(span: Range, run: Run) -> Iterable[Value]:
    """The whole numbers or days of a range, for a loop over it."""
    if span.start is None or span.end is None:
        raise WrongValue("a loop needs a range with two ends")
    first, last = int(not span.start_included), int(not span.end_included)
    return _counted(span.start, span.end, run, first=first, last=last)


def _listed(value: Value, *, lenient: bool) -> list[Value]:
    """Lenient, a value stands for a list of just it, and null for none."""
    if type(value) is list:
        return value
    if not lenient:
        raise WrongType("[ ] or a loop", "a list", kind(value))
    return [] if value is None else [value]


def _nth(items: list[Value], position: Decimal) -> Value:
    whole = position.adjusted() <= MAX_DIGITS and position == int(position)
    if not whole or not position or abs(position) > len(items):
        return None
    number = int(position)
    return items[number - 1 if number > 0 else number]


MAKERS: Mapping[str, Maker] = {
    "ForExpression": make_for,
    "QuantifiedExpression": make_quantified,
    "FilterExpression": make_filter,
}
