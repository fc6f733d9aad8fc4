"""The variables of an evaluation: JSON becomes what the model's inputs declare.

JSON has no dates. A string is read as a date, time, date and time or duration where the
input, or the part of it where the string stands, is declared so; one that is not
written so stays a string, for the model itself to refuse.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from workflows import feel
from workflows.dmn.elements import Decision, Drawn, Input, ItemDefinition
from workflows.feel import temporal, wide

Value: TypeAlias = feel.Value
Reading: TypeAlias = Callable[[Value], Value]

DEEPEST = 20  # types within types
ANY = "Any"
_PARSERS: Mapping[str, Callable[[str], Value]] = {
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "date and time": temporal.parse_datetime,
    "days and time duration": temporal.parse_duration,
    "years and months duration": temporal.parse_duration,
}
_LENIENT: Mapping[str, Callable[[str], Value]] = {
    **_PARSERS,
    "date": wide.parse_date,
    "time": wide.parse_time,
    "date and time": wide.parse_datetime,
}
_SIMPLE: Mapping[str | None, str] = {
    **{name: name for name in (*_PARSERS, "number", "string", "boolean")},
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}
_DATE = re.compile(r"-?\d{4,9}-\d\d-\d\d(T\d\d:\d\d:\d\d\S*)?", re.ASCII)


class _Mode(NamedTuple):
    """How strings are read: by simple type, and where nothing is declared."""

    parsers: Mapping[str, Callable[[str], Value]]
    otherwise: Reading


@dataclass(frozen=True)
class Asked:
    """An input as a form may ask for it.

    `base` is the simple type of FEEL that its type comes to, None where it is another.
    """

    name: str
    base: str | None


@dataclass(frozen=True)
class Inputs:
    """What the inputs of a model are declared to be.

    `models` are the model itself and all that it imports, by namespace.
    """

    namespace: str
    models: Mapping[str, Drawn]

    def read(self, plain: Mapping[str, Any], *, lenient: bool) -> dict[str, Value]:
        """FEEL values of JSON; NotAValue.

        Nothing declares what an input of any type is. Lenient, a string there that is
        written like a date, or like a date and time, is one.
        """
        mode = _Mode(_LENIENT, _guessed) if lenient else _Mode(_PARSERS, _as_it_is)
        found = {}
        for name, value in plain.items():
            declared = self._declared(name)
            read = self._reading(*declared, mode) if declared else mode.otherwise
            found[name] = read(feel.from_plain(value))
        return found

    def asked(self, element_id: str) -> list[Asked]:
        """The inputs that a decision or service needs, its own first."""
        found = {
            element.name: Asked(element.name, self._base(namespace, element.type))
            for namespace, element in self._needed(self.namespace, element_id, set())
        }
        return list(found.values())

    def _declared(self, name: str) -> tuple[str, str | None] | None:
        """(namespace, type) of an input or decision; the nearest model's counts.

        One of an imported model may be told apart as `namespace#name`.
        """
        of, _, name = name.rpartition("#")
        for namespace in [of] if of in self.models else self._near():
            for element in self.models[namespace].elements.values():
                if isinstance(element, Input | Decision) and element.name == name:
                    return namespace, element.type
        return None

    def _near(self) -> Iterator[str]:
        """The namespaces, those of imports after those that import them."""
        waiting, seen = [self.namespace], {self.namespace}
        while waiting:
            namespace = waiting.pop(0)
            if namespace not in self.models:
                continue
            yield namespace
            imports = self.models[namespace].imports
            new = [one.namespace for one in imports if one.namespace not in seen]
            seen.update(new)
            waiting += new

    def _needed(
        self, namespace: str, element_id: str, seen: set[tuple[str, str]]
    ) -> Iterator[tuple[str, Input | Decision]]:
        model = self.models.get(namespace)
        element = model.elements.get(element_id) if model else None
        if element is None or (namespace, element_id) in seen:
            return
        seen.add((namespace, element_id))
        if isinstance(element, Input):
            yield namespace, element
            return
        inputs = getattr(element, "inputs", ())
        given = getattr(element, "input_decisions", ())
        required = getattr(element, "decisions", ())
        for reference in (*inputs, *required):
            place = reference.namespace or namespace
            yield from self._needed(place, reference.id, seen)
        for reference in given:  # a service is given the values of these decisions
            place = reference.namespace or namespace
            decision = self.models[place].elements.get(reference.id)
            if isinstance(decision, Decision):
                yield place, decision

    def _base(self, namespace: str, type_: str | None, depth: int = 0) -> str | None:
        if type_ in _SIMPLE:
            return _SIMPLE[type_]
        found = self._item(namespace, type_ or "")
        if found is None or depth == DEEPEST:
            return None
        place, item = found
        if item.components or item.collection or item.function:
            return None
        return self._base(place, item.type, depth + 1)

    def _reading(
        self, namespace: str, type_: str | None, mode: "_Mode", depth: int = 0
    ) -> Reading:
        """How a value of a declared type is read from what JSON gave."""
        if type_ is None or type_ == ANY:
            return mode.otherwise
        base = _SIMPLE.get(type_)
        if base is not None:
            parse = mode.parsers.get(base)
            return _as_it_is if parse is None else _each(_tried(parse))
        found = self._item(namespace, type_)
        if found is None or depth == DEEPEST:
            return _as_it_is
        place, item = found
        return self._of_item(place, item, mode, depth)

    def _of_item(
        self, namespace: str, item: ItemDefinition, mode: "_Mode", depth: int
    ) -> Reading:
        if not item.components:
            return self._reading(namespace, item.type, mode, depth + 1)
        parts = {
            part.name: self._of_item(namespace, part, mode, depth + 1)
            for part in item.components
        }

        def read(value: Value) -> Value:
            if type(value) is not dict:
                return value
            return {
                key: parts.get(key, mode.otherwise)(inner)
                for key, inner in value.items()
            }

        return _each(read)

    def _item(self, namespace: str, name: str) -> tuple[str, ItemDefinition] | None:
        """A type by its name, and the model that has it."""
        model = self.models.get(namespace)
        if model is None:
            return None
        for item in model.items:
            if item.name == name:
                return namespace, item
        for other in model.imports:
            if name.startswith(f"{other.name}."):
                return self._item(other.namespace, name[len(other.name) + 1 :])
        return None


def _as_it_is(value: Value) -> Value:
    return value


def _each(read: Reading) -> Reading:
    """The same for every item of a list, as for a value that stands alone."""

    def inner(value: Value) -> Value:
        if type(value) is list:
            return [inner(item) for item in value]
        return read(value)

    return inner


def _tried(parse: Callable[[str], Value]) -> Reading:
    def read(value: Value) -> Value:
        if type(value) is not str:
            return value
        try:
            return parse(value)
        except feel.FeelError:
            return value

    return read


def _guessed(value: Value) -> Value:
    if type(value) is dict:
        return {key: _guessed(inner) for key, inner in value.items()}
    if type(value) is list:
        return [_guessed(item) for item in value]
    if type(value) is str and _DATE.fullmatch(value):
        parse = wide.parse_datetime if "T" in value else wide.parse_date
        return _tried(parse)(value)
    return value
