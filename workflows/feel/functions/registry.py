"""The table of FEEL's functions: their signatures, and the choice among overloads."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.feel.errors import WrongType, WrongValue
from workflows.feel.values import (
    KINDS,
    Function,
    Run,
    Value,
    WideDate,
    WideDateTime,
    WideTime,
    kind,
)

_SIGNATURE = re.compile(r"(?P<name>[a-z ]+)\((?P<parameters>.*)\)")
_PARAMETER = re.compile(r"(?P<name>[A-Za-z0-9 ]+)(?P<mark>\?|\.\.\.)?: (?P<types>.+)")
_TYPES: Mapping[str, type] = {
    **{name: python for python, name in KINDS.items()},
    "wide date": WideDate,
    "wide time": WideTime,
    "wide date and time": WideDateTime,
}


@dataclass(frozen=True)
class Parameter:
    """`types` is None where any value goes; an optional one may be left out."""

    name: str
    types: frozenset[type] | None
    optional: bool
    expected: str

    def takes(self, value: Value) -> bool:
        return self.types is None or type(value) in self.types


@dataclass(frozen=True)
class Overload:
    """One way to call a function; with `variadic`, the last parameter repeats.

    At most the last parameter is optional. A `lenient` one is in the standard, and
    guesses what no procedure should leave to a guess: lenient mode alone has it.
    """

    parameters: tuple[Parameter, ...]
    variadic: bool
    run: Callable[..., Value]
    lenient: bool = False

    def takes_count(self, count: int) -> bool:
        required = sum(not parameter.optional for parameter in self.parameters)
        if self.variadic:
            return count >= required
        return required <= count <= len(self.parameters)

    def positions(self, names: Sequence[str]) -> list[int] | None:
        """For each parameter, which of the named arguments it gets; None: no fit."""
        known = [parameter.name for parameter in self.parameters[: len(names)]]
        if sorted(names) != sorted(known):
            return None
        if not self.takes_count(len(names)):
            return None
        return [names.index(name) for name in known]

    def misfit(self, values: Sequence[Value]) -> tuple[Parameter, Value] | None:
        for index, value in enumerate(values):
            parameter = self.parameters[min(index, len(self.parameters) - 1)]
            if not parameter.takes(value):
                return parameter, value
        return None


@dataclass(frozen=True)
class Builtin:
    """A function of the standard, or one of ours, with all its overloads."""

    name: str
    overloads: tuple[Overload, ...]

    def call(self, run: Run, values: Sequence[Value]) -> Value:
        """Run the overload that takes these values; WrongType when none does."""
        run.spend()
        for value in values:
            run.charge(value)
        lenient = run.environment.lenient
        fitting = [
            one
            for one in self.overloads
            if one.takes_count(len(values)) and (lenient or not one.lenient)
        ]
        for overload in fitting:
            if overload.misfit(values) is None:
                return self._run(overload, run, values)
        if lenient:
            for overload in fitting:
                coerced = _coerced(overload, values)
                if overload.misfit(coerced) is None:
                    return self._run(overload, run, coerced)
        raise self._refusal(fitting, values)

    def narrowed(self, overloads: Sequence[Overload]) -> "Builtin":
        return Builtin(self.name, tuple(overloads))

    def as_value(self) -> Function:
        """The function as a value, for `sort(list, precedes)` and the like."""
        names = tuple(parameter.name for parameter in self.overloads[0].parameters)
        return Function(self.name, names, self.call)

    def usage(self) -> str:
        return " or ".join(
            f"{self.name}({', '.join(_shown(one))})"
            for one in self.overloads
            if not one.lenient
        )

    def _run(self, overload: Overload, run: Run, values: Sequence[Value]) -> Value:
        try:
            return overload.run(run, *values)
        except (ArithmeticError, ValueError) as error:
            raise WrongValue(f"{self.name} has no result within bounds") from error

    def _refusal(
        self, fitting: Sequence[Overload], values: Sequence[Value]
    ) -> WrongType:
        if len(fitting) == 1 and (misfit := fitting[0].misfit(values)):
            parameter, value = misfit
            operation = f"{self.name}, parameter {parameter.name},"
            return WrongType(operation, parameter.expected, kind(value))
        actual = ", ".join(map(kind, values)) or "nothing"
        return WrongType(self.name, self.usage(), f"({actual})")


BUILTINS: dict[str, Builtin] = {}


def builtin(
    signature: str, *, lenient: bool = False
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Enter a function by its FEEL signature; several of one name are overloads.

    `"split(string: string, delimiter: string)"`; `name?` is optional, `name...`
    repeats, types are FEEL's, joined by `|`, or `any`. The Python function gets the Run
    first.
    """

    def enter(function: Callable[..., Value]) -> Callable[..., Value]:
        name, overload = _read(signature, function, lenient=lenient)
        before = BUILTINS[name].overloads if name in BUILTINS else ()
        BUILTINS[name] = Builtin(name, (*before, overload))
        return function

    return enter


def _read(
    signature: str, function: Callable[..., Value], *, lenient: bool
) -> tuple[str, Overload]:
    match = _SIGNATURE.fullmatch(signature)
    if match is None:
        raise ValueError(signature)
    texts = [text for text in match["parameters"].split(", ") if text]
    parsed = [_read_parameter(text) for text in texts]
    variadic = any("...:" in text for text in texts)
    return match["name"], Overload(tuple(parsed), variadic, function, lenient)


def _read_parameter(text: str) -> Parameter:
    match = _PARAMETER.fullmatch(text)
    if match is None:
        raise ValueError(text)
    names = match["types"].split("|")
    optional = match["mark"] == "?"
    types: Any = None
    if names != ["any"]:
        types = frozenset(_TYPES[name] for name in names)
    expected = " or ".join(name for name in names if not name.startswith("wide "))
    return Parameter(match["name"], types, optional, expected)


def _shown(overload: Overload) -> list[str]:
    return [
        f"{parameter.name}{'?' if parameter.optional else ''}: {parameter.expected}"
        for parameter in overload.parameters
    ]


def _coerced(overload: Overload, values: Sequence[Value]) -> list[Value]:
    """The standard's implicit conversions between a value and a list of just it."""
    coerced = []
    for index, value in enumerate(values):
        parameter = overload.parameters[min(index, len(overload.parameters) - 1)]
        if not parameter.takes(value):
            if type(value) is list and len(value) == 1:
                value = value[0]
            elif value is not None and parameter.takes([]):
                value = [value]
        coerced.append(value)
    return coerced
