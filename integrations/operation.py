"""One operation of an outside system: what it is asked, what it answers, in schemas."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from forms.numbers import bin_is_valid, iin_is_valid


class Picked(Schema):
    """Takes the fields it names and leaves the rest.

    A case has more variables than a system may see, and a system may add to its answer
    what nobody here has agreed to read: neither crosses.
    """

    class Meta:
        unknown = EXCLUDE


class Truth(fields.Boolean):
    """true or false alone: "yes" and 1 are somebody's slip."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Words(fields.String):
    """Text of 1 to `longest` characters."""

    def __init__(self, longest: int = 500, **more: Any) -> None:
        super().__init__(validate=validate.Length(1, longest), **more)


class Iin(fields.String):
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **more)
        if not iin_is_valid(text):
            raise ValidationError("Not an IIN with a right check digit.")
        return text


class Bin(fields.String):
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **more)
        if not bin_is_valid(text):
            raise ValidationError("Not a BIN with a right check digit.")
        return text


class Day(fields.Date):
    """A date, as ISO text or as FEEL holds it."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any
    ) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        read: date = super()._deserialize(value, attr, data, **more)
        return read


@dataclass(frozen=True)
class Operation:
    """What a job type asks of which system.

    `asks` picks the job's variables that cross; `answers` checks what comes back.
    `business` names the results (HTTP 409 with this `code`) that a drawing handles.
    """

    type: str
    system: str
    path: str
    asks: Schema
    answers: Schema
    business: frozenset[str] = field(default_factory=frozenset)


def plain(schema: Schema, told: Any) -> dict[str, Any]:
    """What `schema` takes of `told`, as plain JSON; raises marshmallow's error."""
    if not isinstance(told, Mapping):
        raise ValidationError("Not a JSON object.")
    dumped: dict[str, Any] = schema.dump(schema.load(told))
    return dumped


def first_fault(error: ValidationError) -> tuple[str, str]:
    """Dotted name of the first wrong field, and what is wrong with it."""
    path: list[str] = []
    held: Any = error.messages
    while isinstance(held, dict):
        name, held = next(iter(held.items()))
        path.append(str(name))
    reason = held[0] if isinstance(held, list) and held else held
    return ".".join(p for p in path if p != "_schema") or "the whole", str(reason)
