"""The types of a model: what conforms to them, and how a value is made to fit."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TypeAlias

from workflows import feel
from workflows.dmn.elements import Drawn, ItemDefinition, Text
from workflows.feel import Expression, Function, Run, Scope, Value, kind
from workflows.feel.parser import Shape
from workflows.feel.values import KINDS
from workflows.ports import SystemClock

Predicate: TypeAlias = Callable[[Value], bool]

# Given where a value cannot be made to fit.
MISFIT = object()

# DMN 1.1 and 1.2 spelled some types another way.
_SPELLED = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}
# Several types of Python may be one of FEEL: the first is the usual one.
_PYTHON = {name: python for python, name in reversed(list(KINDS.items()))}
_MOMENT = "date and time"

# Components within components whose names are known to the parser.
MOST_LEVELS = 6

# A test of allowed values is short: one that is not may not hold up an evaluation.
_TEST = feel.Environment(clock=SystemClock(), lenient=True, max_steps=1_000)


@dataclass(frozen=True)
class Type:
    """`base` is FEEL's name for what it is made of; `result` that of a function.

    `is_a` leaves allowed values out of account, as `instance of` does. `allowed` are
    the values allowed, `parts` those of its components.
    """

    name: str
    conforms: Predicate
    is_a: Predicate
    is_list: bool = False
    base: str | None = None
    is_function: bool = False
    result: str | None = None
    allowed: Text | None = None
    parts: Mapping[str, Text | None] = field(default_factory=dict)

    def fit(self, value: Value) -> Value:
        """The value, made to fit as DMN allows, else MISFIT; null always fits."""
        if value is None or self.conforms(value):
            return value
        if type(value) is list:
            lone = len(value) == 1 and not self.is_list
            return value[0] if lone and self._takes(value[0]) else MISFIT
        if self.is_list and self.conforms([value]):
            return [value]
        if self.base == _MOMENT and type(value) is date:
            return datetime.combine(value, time(tzinfo=UTC))
        return MISFIT

    def _takes(self, value: Value) -> bool:
        return value is None or self.conforms(value)


class Types:
    """The types of one model, with those of its imports as `import.name`; those of an
    import without a name as they are.

    `tests` are the compiled texts of allowed values, by key.
    """

    def __init__(
        self,
        drawn: Drawn,
        tests: Mapping[str, Expression],
        imported: Sequence[tuple[str, "Types"]],
    ) -> None:
        self._items = {item.name: item for item in drawn.items}
        self._tests = tests
        self._imported = imported
        self._found: dict[str, Type | None] = {}

    def find(self, name: str) -> Type | None:
        """None for a name that nobody defines, or that is defined by itself."""
        if name not in self._found:
            self._found[name] = self._make(name)
        return self._found[name]

    def shape(self, name: str, levels: int = MOST_LEVELS) -> Shape:
        """The names of the components, and of theirs, of a type or of its items."""
        item = self._items.get(name)
        while item is not None and not item.components:
            levels -= 1
            item = self._items.get(item.type or "") if levels > 0 else None
        if item is None or levels <= 0:
            return {}
        return {one.name: self._shape_of(one, levels - 1) for one in item.components}

    def _shape_of(self, item: ItemDefinition, levels: int) -> Shape:
        if item.components and levels > 0:
            return {
                one.name: self._shape_of(one, levels - 1) for one in item.components
            }
        return self.shape(item.type or "", levels)

    @functools.cached_property
    def predicates(self) -> Mapping[str, Predicate]:
        """For `instance of` in FEEL, where null is of no type of a model."""
        return dict(self._predicates())

    def _predicates(self) -> Iterator[tuple[str, Predicate]]:
        for name in self._items:
            kept = self.find(name)
            if kept is not None:
                yield name, kept.is_a
        for prefix, types in self._imported:
            for name, predicate in types._predicates():
                yield f"{prefix}.{name}" if prefix else name, predicate

    def _make(self, name: str) -> Type | None:
        spelled = _SPELLED.get(name, name)
        python = _PYTHON.get(spelled)
        if python is not None and name not in self._items:
            is_a: Predicate = lambda value: (  # noqa: E731 a name
                type(value) is python or kind(value) == spelled
            )
            return Type(name, is_a, is_a, python is list, spelled, python is Function)
        if name in ("Any", "<Undefined>"):
            is_a = lambda value: value is not None  # noqa: E731 a name for both
            return Type(name, is_a, is_a, base="Any")
        if name in self._items:
            return self._defined(self._items[name])
        return self._foreign(name)

    def _foreign(self, name: str) -> Type | None:
        for prefix, types in self._imported:
            if not prefix or name.startswith(f"{prefix}."):
                found = types.find(name.removeprefix(f"{prefix}.") if prefix else name)
                if found is not None:
                    return found
        return None

    def _defined(self, item: ItemDefinition) -> Type | None:
        made_of = self._made_of(item)
        if item.type is not None and made_of is None:
            return None
        result = made_of.result if made_of else None
        if item.function is not None:
            result = item.function.result
        return Type(
            item.name,
            self._predicate(item, constrained=True),
            self._predicate(item, constrained=False),
            item.collection or bool(made_of and made_of.is_list),
            made_of.base if made_of and not item.collection else None,
            item.function is not None or bool(made_of and made_of.is_function),
            result,
            item.allowed or (made_of.allowed if made_of else None),
            self._parts(item) or (made_of.parts if made_of else {}),
        )

    def _parts(self, item: ItemDefinition) -> dict[str, Text | None]:
        return {one.name: self._allowed(one) for one in item.components}

    def _allowed(self, item: ItemDefinition) -> Text | None:
        """Of a type that is written in components, theirs are not asked here: it may
        hold itself."""
        seen: set[str] = set()
        while item.allowed is None and item.type in self._items:
            if item.type in seen:
                return None
            seen.add(item.type)
            item = self._items[item.type]
        return item.allowed

    def _made_of(self, item: ItemDefinition) -> Type | None:
        """What a type is another name of; None where it goes round in a circle."""
        seen = {item.name}
        name = item.type
        while name in self._items:
            if name in seen:
                return None
            seen.add(name)
            name = self._items[name].type
        return None if item.type is None else self.find(item.type)

    def _predicate(self, item: ItemDefinition, *, constrained: bool) -> Predicate:
        """Allowed values are those of each item of a collection, a constraint is one
        of the whole."""
        allowed = self._test(item.allowed) if constrained else None
        constraint = self._test(item.constraint) if constrained else None
        one = _both(self._of_one(item, constrained=constrained), allowed)
        if not item.collection:
            return _both(one, constraint)

        def check(value: Value) -> bool:
            return type(value) is list and all(
                part is None or one(part) for part in value
            )

        return _both(check, constraint)

    def _of_one(self, item: ItemDefinition, *, constrained: bool) -> Predicate:
        if item.components:
            return _context(
                {
                    one.name: self._predicate(one, constrained=constrained)
                    for one in item.components
                }
            )
        if item.function is not None:
            count = len(item.function.parameters)
            return lambda value: (
                type(value) is Function and len(value.parameters) == count
            )
        if item.type is None:
            return lambda value: True
        name = item.type

        def check(value: Value) -> bool:
            kept = self.find(name)
            if kept is None:
                return True
            return kept.conforms(value) if constrained else kept.is_a(value)

        return check

    def _test(self, text: Text | None) -> Predicate | None:
        """Looked up when it is asked: the tests are compiled with the types known."""
        if text is None:
            return None
        key = text.key

        def check(value: Value) -> bool:
            test = self._tests.get(key)
            if test is None:
                return True
            scope = Scope({"?": value}, Run(_TEST))
            return test.closure(lenient=True)(scope) is True

        return check


def _both(one: Predicate, other: Predicate | None) -> Predicate:
    if other is None:
        return one
    return lambda value: one(value) and other(value)


def _context(components: Mapping[str, Predicate]) -> Predicate:
    """Every component is there; more may be."""

    def check(value: Value) -> bool:
        return type(value) is dict and all(
            name in value and (value[name] is None or conforms(value[name]))
            for name, conforms in components.items()
        )

    return check
