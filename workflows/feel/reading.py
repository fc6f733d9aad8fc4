"""What can be told of an expression without running it: what it reads and gives."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from workflows.feel.compiler import leaves
from workflows.feel.expression import compile_tree
from workflows.feel.parser import Node, Tree
from workflows.feel.values import Environment, Value
from workflows.ports import SystemClock

# `preschool.completed` is ("preschool", "completed").
Path: TypeAlias = tuple[str, ...]

# A node as a tuple: its kind, and its text or the nodes in it.
Plain: TypeAlias = tuple[Any, ...]

# Functions whose first argument may be missing.
MAY_BE_MISSING = frozenset({"is defined", "get or else"})
# What these give is never true or false, whatever they work on.
NEVER_BOOLEAN = frozenset(
    {
        "ArithmeticExpression",
        "Context",
        "DateTimeLiteral",
        "ForExpression",
        "FunctionDefinition",
        "Interval",
        "List",
        "NumericLiteral",
        "StringLiteral",
        "null",
    }
)
OPPOSED = frozenset(
    frozenset(pair)
    for pair in (
        ("=", "!="),
        ("<", ">="),
        (">", "<="),
        ("<", ">"),
        ("=", "<"),
        ("=", ">"),
    )
)
_LITERALS = frozenset({"StringLiteral", "NumericLiteral", "BooleanLiteral"})
_ITERATED = frozenset({"ForExpression", "QuantifiedExpression"})
_CHANGES = frozenset({"VariableName", "FunctionInvocation", "?"})


def paths(tree: Tree) -> frozenset[Path]:
    """The variables, with the properties taken of them, that every run may read.

    Left out is what need not be there: behind `is defined` and `get or else`, and in a
    filter, where a name can be a property of the item.
    """
    return frozenset(_paths(tree["node"], frozenset()))


def is_constant(tree: Tree) -> bool:
    """Whether it gives the same in every case at any time."""
    return not any(node[0] in _CHANGES for node in _walk(tree["node"]))


def constant_value(tree: Tree, text: str) -> Value:
    """The value of a constant expression; EvaluationError where it has none."""
    return compile_tree(tree, text).evaluate({}, Environment(clock=SystemClock()))


def is_never_boolean(tree: Tree) -> bool:
    """Whether it can be told that it gives neither true nor false."""
    node = _inner(tree["node"])
    return node[0] in NEVER_BOOLEAN


def keys(tree: Tree) -> frozenset[str] | None:
    """The keys of the context that it gives, where it is written as one."""
    node = _inner(tree["node"])
    if node[0] != "Context":
        return None
    entries = [one for one in node[3] if one[0] == "ContextEntry"]
    return frozenset(_key(entry) for entry in entries)


def exclude_each_other(one: Tree, other: Tree) -> bool:
    """Whether two conditions are written so that never both can be true."""
    first, second = _plain(one["node"]), _plain(other["node"])
    return any(
        _exclude(part, facing)
        for part in _conjuncts(first)
        for facing in _conjuncts(second)
    )


def _conjuncts(node: Plain) -> list[Plain]:
    if node[0] != "Conjunction":
        return [node]
    return [found for child in node[1:] for found in _conjuncts(child)]


def _exclude(one: Plain, other: Plain) -> bool:
    if _denied(one) == other or _denied(other) == one:
        return True
    if one[0] != "Comparison" or other[0] != "Comparison" or not _compare(one, other):
        return False
    (_, left, sign, right), (_, facing_left, facing_sign, facing_right) = one, other
    if left != facing_left:
        return False
    if right == facing_right:
        return frozenset((sign[1], facing_sign[1])) in OPPOSED
    literal = right[0] in _LITERALS and facing_right[0] == right[0]
    return bool(literal and sign[1] == facing_sign[1] == "=")


def _compare(one: Plain, other: Plain) -> bool:
    """Whether both have one sign between two sides."""
    return all(len(each) == 4 and each[2][0] == "CompareOp" for each in (one, other))


def _denied(node: Plain) -> Plain | None:
    """What `not(...)` denies."""
    if node[0] != "FunctionInvocation" or node[1] != ("VariableName", "not"):
        return None
    given = node[3][1:]
    return given[0] if len(given) == 1 else None


def _plain(node: Node) -> Plain:
    """A node as (kind, text or nodes), without positions and parentheses."""
    node = _inner(node)
    if isinstance(node[3], str):
        return (node[0], node[3])
    return (node[0], *(_plain(child) for child in node[3] if child[0] != "and"))


def _inner(node: Node) -> Node:
    while node[0] in ("Expression", "ParenthesizedExpression"):
        node = node[3][1 if node[0] == "ParenthesizedExpression" else 0]
    return node


def _walk(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        if not isinstance(one[3], str):
            waiting += one[3]


def _key(entry: Node) -> str:
    return leaves(entry[3][0])


def _paths(node: Node, local: frozenset[str]) -> Iterator[Path]:
    kind, inner = node[0], node[3]
    if kind in ("VariableName", "PathExpression"):
        yield from _path(node, local)
    elif isinstance(inner, str) or kind == "Type":
        return
    elif kind == "FunctionInvocation":
        yield from _call(inner, local)
    elif kind == "FilterExpression":
        yield from _paths(inner[0], local)
    elif kind == "Context":
        yield from _context(inner, local)
    elif kind in _ITERATED:
        yield from _iterated(inner, local)
    else:
        if kind == "FunctionDefinition":
            local |= {
                leaves(one[3][0]) for one in _walk(node) if one[0] == "FormalParameter"
            }
        for child in inner:
            yield from _paths(child, local)


def _path(node: Node, local: frozenset[str]) -> Iterator[Path]:
    names: list[str] = []
    while node[0] == "PathExpression":
        names.insert(0, node[3][2][3])
        node = node[3][0]
    if node[0] != "VariableName":
        yield from _paths(node, local)
    elif node[3] not in local:
        yield (node[3], *names)


def _call(inner: list[Node], local: frozenset[str]) -> Iterator[Path]:
    callee, _, parameters, *_ = inner
    if callee[0] != "VariableName":
        yield from _paths(callee, local)
    given = parameters[3] if not isinstance(parameters[3], str) else []
    guards = callee[0] == "VariableName" and callee[3] in MAY_BE_MISSING
    for child in given[1:] if guards else given:
        yield from _paths(child, local)


def _context(inner: list[Node], local: frozenset[str]) -> Iterator[Path]:
    for entry in inner:
        if entry[0] == "ContextEntry":
            yield from _paths(entry[3][-1], local)
            local |= {_key(entry)}


def _iterated(inner: list[Node], local: frozenset[str]) -> Iterator[Path]:
    for part in inner:
        if part[0] != "InExpressions":
            yield from _paths(part, local | {"partial"})
            continue
        for one in part[3]:
            if one[0] == "InExpression":
                for child in one[3][1:]:
                    yield from _paths(child, local)
                local |= {leaves(one[3][0])}
