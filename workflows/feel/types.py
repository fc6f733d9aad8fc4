"""FEEL's types as predicates, for `instance of` and the parameters of functions."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from workflows.feel.compiler import leaves
from workflows.feel.errors import FeelSyntaxError
from workflows.feel.parser import Node
from workflows.feel.values import KINDS, Function, Range, Value, kind

Predicate: TypeAlias = Callable[[Value], bool]

_SIMPLE: Mapping[str, type] = {name: python for python, name in KINDS.items()}
_ANY = "Any"
_NULL = "Null"


def compile_type(node: Node, known: Mapping[str, Predicate]) -> Predicate:
    """The predicate of a Type node; FeelSyntaxError for a type nobody knows.

    `known` are the types of a decision model, by the names it calls them.
    """
    inner = node[3][0]
    make = _MAKERS.get(inner[0])
    if make is None:
        raise FeelSyntaxError(f"the type {leaves(node)} is unknown", position=node[1])
    return make(inner, known)


def _named(node: Node, known: Mapping[str, Predicate]) -> Predicate:
    name = leaves(node).replace(" . ", ".")
    if name in known:
        return known[name]
    if name == _ANY:
        return lambda value: value is not None
    if name == _NULL:
        return lambda value: value is None
    python = _SIMPLE.get(name)
    if python is None:
        raise FeelSyntaxError(f"the type {name} is unknown", position=node[1])
    return lambda value: type(value) is python or kind(value) == name


def _list(node: Node, known: Mapping[str, Predicate]) -> Predicate:
    is_item = compile_type(node[3][2], known)

    def check(value: Value) -> bool:
        return type(value) is list and all(
            item is None or is_item(item) for item in value
        )

    return check


def _range(node: Node, known: Mapping[str, Predicate]) -> Predicate:
    is_end = compile_type(node[3][2], known)

    def check(value: Value) -> bool:
        ends = (value.start, value.end) if type(value) is Range else ()
        return bool(ends) and all(end is None or is_end(end) for end in ends)

    return check


def _context(node: Node, known: Mapping[str, Predicate]) -> Predicate:
    entries = {
        entry[3][0][3]: compile_type(entry[3][1], known)
        for entry in next(part for part in node[3] if part[0] == "ContextEntryTypes")[3]
    }

    def check(value: Value) -> bool:
        return type(value) is dict and all(
            name in value and (value[name] is None or is_type(value[name]))
            for name, is_type in entries.items()
        )

    return check


def _function(node: Node, known: Mapping[str, Predicate]) -> Predicate:
    """By the number of its parameters: their types are not known before a call."""
    arguments = next(part for part in node[3] if part[0] == "ArgumentTypes")
    count = len(arguments[3])

    def check(value: Value) -> bool:
        return type(value) is Function and len(value.parameters) == count

    return check


_MAKERS: Mapping[str, Callable[[Node, Mapping[str, Predicate]], Predicate]] = {
    "QualifiedName": _named,
    "SpecialType": _named,
    "ListType": _list,
    "RangeType": _range,
    "ContextType": _context,
    "FunctionType": _function,
}
