"""What the variables of a case are called where people read them, and their values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from decimal import Decimal
from typing import Any, TypeVar

from forms import Field, Form, Texts

Words = Mapping[str, str]  # kk, ru, en
Told = TypeVar("Told")


@dataclass(frozen=True)
class Vocabulary:
    """Words by the path of a variable: `application.channel`.

    `procedure.yaml` has the first word, then the label of the question that asks for
    the variable. `values` are by path, then by the value as JSON writes it, unquoted.
    `concerns` has the roles that have a use of a variable, where not everybody has.
    """

    names: Mapping[str, Words]
    values: Mapping[str, Mapping[str, Words]]
    concerns: Mapping[str, Sequence[str]] = made(default_factory=dict)

    def value(self, path: str, value: object) -> Words | None:
        """What a value means; None where it says so itself."""
        return self.values.get(path, {}).get(_written(value))


def read(declared: Sequence[Mapping[str, Any]], forms: Iterable[Form]) -> Vocabulary:
    """Of one procedure; `declared` is what a release keeps of its `variables`."""
    names = {told["path"]: told["names"] for told in declared}
    values = {told["path"]: told["values"] for told in declared}
    for form in forms:
        for field in form.fields:
            names.setdefault(field.path, _texts(field.label))
            if not values.get(field.path):
                values[field.path] = _options(field)
    concerns = {
        told["path"]: told["concerns"] for told in declared if told.get("concerns")
    }
    return Vocabulary(names, values, concerns)


def together(own: Vocabulary, others: Iterable[Vocabulary]) -> Vocabulary:
    """The words of a procedure, and what those that it calls have beside them."""
    found = [own, *others]
    return Vocabulary(
        _first(one.names for one in found),
        _first(one.values for one in found),
        _first(one.concerns for one in found),
    )


def _first(found: Iterable[Mapping[str, Told]]) -> dict[str, Told]:
    """All of them in one; what several have is as the first says it."""
    merged: dict[str, Told] = {}
    for one in found:
        merged |= {path: told for path, told in one.items() if path not in merged}
    return merged


def _texts(label: Texts) -> Words:
    return {locale: label.say(locale) for locale in ("kk", "ru", "en")}


def _options(field: Field) -> Mapping[str, Words]:
    return {_written(one.value): _texts(one.label) for one in field.options}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
