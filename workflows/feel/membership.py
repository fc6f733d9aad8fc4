"""Compiling comparisons, `in`, `between`, ranges, unary tests and `instance of`."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from workflows.feel.compiler import Closure, Compiler, Maker, constant, mentions
from workflows.feel.errors import (
    EvaluationError,
    FeelSyntaxError,
    WrongType,
    WrongValue,
)
from workflows.feel.leniency import lenient_matches
from workflows.feel.nodes import make_comparison
from workflows.feel.operators import COMPARISONS, at_least, at_most, less, matches
from workflows.feel.parser import Node
from workflows.feel.types import compile_type
from workflows.feel.values import Range, Run, Scope, Value, kind

# Of the scope around the test and the value tested; lenient, null for "unsure".
Test: TypeAlias = Callable[[Scope, Value], bool | None]

INPUT = "?"


def make_any_comparison(compiler: Compiler, node: Node) -> Closure:
    operator = node[3][1]
    if operator[0] == "in":
        return _make_in(compiler, node)
    if operator[0] == "between":
        return _make_between(compiler, node)
    return make_comparison(compiler, node)


def make_range_value(compiler: Compiler, node: Node) -> Closure:
    """`[1..5]`, or `> 5` as the range of all that is greater."""
    first = node[3][0]
    if first[0] == "Interval":
        return _make_interval(compiler, first)
    sign, bound = first[3], compiler.compile(node[3][1])
    if sign in ("=", "!="):
        reason = f'"{compiler.source(node)[:40]}" is a test, not a value'
        raise FeelSyntaxError(reason, position=node[1])
    included = len(sign) == 2

    def build(scope: Scope) -> Value:
        value = bound(scope)
        less(value, value)
        if sign[0] == "<":
            return Range(None, value, False, included)
        return Range(value, None, included, False)

    return compiler.guarded(build, node[1])


def make_unary_tests(compiler: Compiler, node: Node) -> Closure:
    """The whole of an input entry: its value is the variable `?`."""
    first = node[3][0]
    if first[0] == "Wildcard":
        return constant(True)
    negated = first[0] == "not"
    listed = node[3][2] if negated else first
    tests = [_make_test(compiler, one, entry=True) for one in listed[3]]
    test = _any_of(compiler, tests)
    value = compiler.compile([INPUT, node[1], node[1], INPUT])

    def check(scope: Scope) -> Value:
        verdict = test(scope, value(scope))
        return (not verdict) if negated and verdict is not None else verdict

    return check


def make_instance_of(compiler: Compiler, node: Node) -> Closure:
    value = compiler.compile(node[3][0])
    is_type = compile_type(node[3][3], compiler.types)
    return lambda scope: is_type(value(scope))


def _make_in(compiler: Compiler, node: Node) -> Closure:
    value = compiler.compile(node[3][0])
    tests = node[3][3][3] if len(node[3]) > 3 else [node[3][2]]
    test = _any_of(compiler, [_make_test(compiler, one) for one in tests])
    return compiler.guarded(lambda scope: test(scope, value(scope)), node[3][1][1])


def _make_between(compiler: Compiler, node: Node) -> Closure:
    value, low, high = (compiler.compile(node[3][index]) for index in (0, 2, 4))

    def check(scope: Scope) -> Value:
        tested, start, end = value(scope), low(scope), high(scope)
        after = at_least(tested, start)
        return at_most(tested, end) and after

    return compiler.guarded(check, node[3][1][1])


def _make_test(compiler: Compiler, node: Node, *, entry: bool = False) -> Test:
    """One of several alternatives, such as `> 5`, `[1..3]`, `"a"` or `? > x`.

    In an `entry` of a table a condition that does not read the input holds by itself,
    such as `age > 18` in the column of a name.
    """
    inner = node[3][0]
    if inner[0] == "SimplePositiveUnaryTest" and inner[3][0][0] == "CompareOp":
        return _compare_with(compiler, inner)
    if not mentions(inner, INPUT, INPUT):
        holds = entry and inner[0] != "BooleanLiteral"
        compare = lenient_matches if compiler.lenient else matches
        return _match_with(compiler.compile(inner), compare, holds=holds)
    with compiler.scope({INPUT}):
        asked = compiler.compile(inner)

    def test(scope: Scope, value: Value) -> bool | None:
        verdict = asked(Scope({INPUT: value}, scope.run, scope))
        return verdict if type(verdict) is bool else matches(value, verdict, scope.run)

    return test


def _match_with(
    expression: Closure,
    compare: Callable[[Value, Value, Run], bool | None],
    *,
    holds: bool,
) -> Test:
    def test(scope: Scope, value: Value) -> bool | None:
        tested = expression(scope)
        if holds and type(tested) is bool and type(value) is not bool:
            return tested
        scope.run.charge(tested)
        return compare(value, tested, scope.run)

    return test


def _compare_with(compiler: Compiler, node: Node) -> Test:
    operator, operand = node[3]
    compare = COMPARISONS[operator[3]]
    if not mentions(operand, INPUT, INPUT):
        bound = compiler.compile(operand)
        return lambda scope, value: compare(value, bound(scope))
    with compiler.scope({INPUT}):
        inner = compiler.compile(operand)
    return lambda scope, value: compare(
        value, inner(Scope({INPUT: value}, scope.run, scope))
    )


def _any_of(compiler: Compiler, tests: list[Test]) -> Test:
    """Strict, every alternative is tried: a wrong type in one must not hide."""
    if len(tests) == 1 and not compiler.lenient:
        return tests[0]

    def strict(scope: Scope, value: Value) -> bool | None:
        verdicts = [test(scope, value) for test in tests]
        return any(verdicts)

    def lenient(scope: Scope, value: Value) -> bool | None:
        unsure = False
        for test in tests:
            try:
                verdict = test(scope, value)
            except EvaluationError:
                verdict = None
            if verdict:
                return True
            unsure = unsure or verdict is None
        return None if unsure else False

    return lenient if compiler.lenient else strict


def _make_interval(compiler: Compiler, node: Node) -> Closure:
    opening, first, _, last, closing = node[3]
    start, end = compiler.compile(first), compiler.compile(last)
    start_included, end_included = opening[0] == "[", closing[0] == "]"

    def build(scope: Scope) -> Value:
        low, high = start(scope), end(scope)
        if low is None or high is None:
            raise WrongType("a range", "two ends", f"{kind(low)} and {kind(high)}")
        if less(high, low):
            raise WrongValue("the range ends before it starts")
        return Range(low, high, start_included, end_included)

    return compiler.guarded(build, node[1])


MAKERS: Mapping[str, Maker] = {
    "Comparison": make_any_comparison,
    "SimplePositiveUnaryTest": make_range_value,
    "UnaryTests": make_unary_tests,
    "InstanceOfExpression": make_instance_of,
}
