"""A tiny language of expressions that has both a FEEL text and a Python meaning."""

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


class Fault(Exception):
    """What cannot be evaluated: the element waits for help."""


INFIX = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    ">=": operator.ge,
    "and": lambda one, other: one and other,
    "or": lambda one, other: one or other,
}


@dataclass(frozen=True)
class Expression:
    """`op` over `parts`; the parts of "var" and "value" are a name and a constant."""

    op: str
    parts: tuple[Any, ...]

    def feel(self) -> str:
        if self.op == "var":
            return str(self.parts[0])
        if self.op == "value":
            return literal(self.parts[0])
        texts = [one.feel() for one in self.parts]
        if self.op in INFIX:
            return f"({texts[0]} {self.op} {texts[1]})"
        if self.op == "if":
            return f"(if {texts[0]} then {texts[1]} else {texts[2]})"
        return f"{self.op}({', '.join(texts)})"

    def value(self, seen: Mapping[str, Any]) -> Any:
        if self.op == "value":
            return self.parts[0]
        if self.op == "var":
            if self.parts[0] not in seen:
                raise Fault(self.parts[0])
            return seen[self.parts[0]]
        if self.op == "if":
            chosen = self.parts[1 if self.parts[0].value(seen) else 2]
            return chosen.value(seen)
        values = [one.value(seen) for one in self.parts]
        if self.op == "not":
            return not values[0]
        if self.op == "list contains":
            return values[1] in values[0]
        if self.op == "count":
            return Decimal(len(values[0]))
        if self.op in "+-*<>=" and None in values and self.op not in ("=", "!="):
            raise Fault(self.feel())
        return INFIX[self.op](*values)


def literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(literal(one) for one in value)}]"
    if isinstance(value, str):
        return f'"{value}"'
    return str(value)


def var(name: str) -> Expression:
    return Expression("var", (name,))


def constant(value: Any) -> Expression:
    return Expression("value", (Decimal(value) if type(value) is int else value,))


def infix(one: Expression, op: str, other: Expression) -> Expression:
    return Expression(op, (one, other))
