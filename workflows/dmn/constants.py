"""The constants that a column's unary tests compare its values with."""

from collections.abc import Iterator
from dataclasses import dataclass

from workflows import feel
from workflows.feel import Range, Tree, Value
from workflows.feel.parser import VERSION, Node

_ORDERS = frozenset({"<", "<=", ">", ">="})
_PARTS = frozenset(
    {
        "UnaryTests",
        "PositiveUnaryTests",
        "PositiveUnaryTest",
        "ParenthesizedExpression",
        "Conjunction",
        "Disjunction",
        "not",
    }
)
_SIGNS = frozenset({"(", ")", "[", "]", "and", "or", "not", "in", "between", ".."})
_CHANGES = frozenset({"VariableName", "FunctionInvocation", "?"})


class NotAnalysed(Exception):
    """What a test says is not a matter of regions."""


@dataclass(frozen=True)
class UnaryTests:
    """The text of unary tests; `tree` is None where they do not parse."""

    text: str
    tree: Tree | None

    @property
    def is_any(self) -> bool:
        return self.text.strip() in ("", "-")


def compared(tests: UnaryTests) -> tuple[list[Value], bool]:
    """The constants in the order in which they are named, and whether the tests ask for
    the order of values; NotAnalysed where they are no matter of constants.
    """
    if tests.tree is None:
        raise NotAnalysed
    return _compared(tests.tree["node"], tests.text)


def _compared(node: Node, text: str) -> tuple[list[Value], bool]:
    """The constants of a test, and whether it asks for their order; NotAnalysed."""
    kind, inner = node[0], node[3]
    if kind == "Wildcard" or (kind in _SIGNS and isinstance(inner, str)):
        return [], False
    if kind == "Comparison":
        return _compared_with_input(node, text)
    if kind == "SimplePositiveUnaryTest" and inner[0][0] == "CompareOp":
        return _constants(inner[1], text), inner[0][3] in _ORDERS
    if kind in ("SimplePositiveUnaryTest", "Interval"):
        parts = [_compared(child, text)[0] for child in inner]
        return [value for part in parts for value in part], True
    if kind == "FunctionInvocation" and inner[0][3] == "not":
        inner = inner[2][3]
    elif kind not in _PARTS:
        return _constants(node, text), _mentions_range(node)
    found = [_compared(child, text) for child in inner]
    return [value for values, _ in found for value in values], any(
        ordered for _, ordered in found
    )


def _compared_with_input(node: Node, text: str) -> tuple[list[Value], bool]:
    """`? > 5`, `5 < ?`, `? in [1..3]`, `? between 1 and 3`."""
    children = [child for child in node[3] if child[0] not in _SIGNS]
    facing = [child for child in children if child[0] not in ("?", "CompareOp")]
    if not any(child[0] == "?" for child in children):
        raise NotAnalysed
    if node[3][0][0] != "?" and node[3][1][0] != "CompareOp":
        raise NotAnalysed
    signs = [child[3] for child in children if child[0] == "CompareOp"]
    found = [_compared(child, text) for child in facing]
    ordered = not signs or signs[0] in _ORDERS or any(asks for _, asks in found)
    return [value for values, _ in found for value in values], ordered


def _constants(node: Node, text: str) -> list[Value]:
    """The values of a constant part: one, or those that a list or a range holds."""
    if any(one[0] in _CHANGES for one in _walk(node)):
        raise NotAnalysed
    tree = {"version": VERSION, "unary": False, "node": node}
    return list(_flat(feel.constant_value(tree, text)))


def _flat(value: Value) -> Iterator[Value]:
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    elif isinstance(value, Range):
        yield from (end for end in (value.start, value.end) if end is not None)
    elif isinstance(value, dict | feel.Function):
        raise NotAnalysed
    else:
        yield value


def _mentions_range(node: Node) -> bool:
    return any(one[0] == "SimplePositiveUnaryTest" for one in _walk(node))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    if not isinstance(node[3], str):
        for child in node[3]:
            yield from _walk(child)
