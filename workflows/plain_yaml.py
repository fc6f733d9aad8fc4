"""YAML as strict as JSON, and pieces of schemas for files that people write in it."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

import yaml
from marshmallow import Schema, ValidationError, fields, post_load, validate

LARGEST_BYTES = 512 * 1024
Plain = dict[str, Any]  # JSON: what an API caller or an outside system would send


def parse(text: str | bytes) -> Any:
    """The plain value of a YAML text; ValueError tells line and column of a fault."""
    size = len(text if isinstance(text, bytes) else text.encode())
    if size > LARGEST_BYTES:
        raise ValueError(f"the file is over {LARGEST_BYTES} bytes")
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader, made stricter
    except (yaml.YAMLError, ValueError) as e:
        raise ValueError(f"this is not YAML: {e}") from e
    except RecursionError as e:
        raise ValueError("the file is nested too deep") from e


def told(messages: Any, path: str = "") -> Iterator[str]:
    """marshmallow's tree of messages as sentences, each beginning with its path."""
    if isinstance(messages, dict):
        for name, held in messages.items():
            inner = path if name == "_schema" else f"{path}.{name}".lstrip(".")
            yield from told(held, inner)
    else:
        for message in messages:
            yield f"{path or 'the file'}: {message[:1].lower()}{message[1:]}"


class Made(Schema):
    """A schema whose result is the dataclass that `makes` names."""

    makes: ClassVar[type]

    @post_load
    def make(self, data: Plain, **_: Any) -> Any:
        return self.makes(**data)


class Texts(Schema):
    """One text in the three languages."""

    kk = fields.String(required=True, validate=validate.Length(min=1))
    ru = fields.String(required=True, validate=validate.Length(min=1))
    en = fields.String(required=True, validate=validate.Length(min=1))


class Moment(fields.Field[datetime]):
    """An ISO 8601 date and time with its offset: nobody has to guess the zone."""

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            moment = None
        if moment is None or moment.tzinfo is None:
            raise ValidationError(
                "write a date, a time and an offset: 2027-04-05T10:00:00+05:00"
            )
        return moment


def text(**more: Any) -> fields.String:
    """A text that must be there and must say something."""
    return fields.String(required=True, validate=validate.Length(min=1), **more)


def ids(**more: Any) -> Any:
    return fields.List(fields.String(validate=validate.Length(min=1)), **more)


def context(**more: Any) -> fields.Dict:
    """Names with plain values."""
    return fields.Dict(keys=fields.String(), **more)


class _Loader(yaml.SafeLoader):
    """No dates, no octal or sexagesimal numbers, no yes and no, no aliases; keys once.

    PyYAML reads `0105`, `18:30`, `no` and `2027-04-05` as something else than they say,
    and keeps the last of two equal keys without a word.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012  # PyYAML's own attribute, filled below

    def compose_node(self, parent: Any, index: int) -> Any:
        if self.check_event(yaml.AliasEvent):
            _refuse("aliases are not allowed", self.get_event())  # type: ignore[no-untyped-call]  # PyYAML's stub is bare
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            # A key that is itself a list or a mapping is refused by PyYAML below.
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    _refuse(f"the key {key.value!r} is there twice", key)
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_scalar(self, node: Any) -> Any:
        told = super().construct_scalar(node)
        if "\0" in told or any("\ud800" <= letter <= "\udfff" for letter in told):
            _refuse("a text holds a character that cannot be kept", node)
        return told


def _refuse(reason: str, place: Any) -> None:
    raise yaml.MarkedYAMLError(problem=reason, problem_mark=place.start_mark)


for _tag, _form, _first in (
    ("null", "null|~|", ["n", "~", ""]),
    ("bool", "true|false", list("tf")),
    ("int", "-?(0|[1-9][0-9]*)", list("-0123456789")),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+", list("-0123456789")),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_form})\Z"), _first
    )
