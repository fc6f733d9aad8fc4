"""Answers as they come, read kind by kind: typed where they can be, told where not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from forms.answers import answer_field
from forms.model import Component, Computed, DynamicList, Field, Form, Group
from forms.problems import Problem

Answers = dict[str, Any]
MOST_PROBLEMS = 500  # told at once: more help nobody


@dataclass(frozen=True)
class Loaded:
    """Typed answers, nested as they came, and what is wrong by dotted path."""

    answers: Mapping[str, Any]
    errors: dict[str, list[Problem]]


def load(form: Form, answers: Mapping[str, Any]) -> Loaded:
    """Read answers; what is wrong is left out of the typed ones."""
    try:
        loaded: Any = _schema(form).load(answers)
    except ValidationError as e:
        loaded = e.valid_data if isinstance(e.valid_data, dict) else {}
        errors: dict[str, list[Problem]] = {}
        for path, problems in _problems(e.messages_dict, ""):
            if len(errors) == MOST_PROBLEMS:
                break
            errors[path] = problems
        return Loaded(loaded, errors)
    return Loaded(loaded, {})


class _Nest(Schema):
    """Answers by key; a key that the form lacks is an error. Errors are codes."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "unknown", "type": "not_an_object"}  # noqa: RUF012  # marshmallow's own attribute


class _Items(fields.Field[Any]):
    """The items of a list, each read by the same schema and kept at its place."""

    def __init__(self, schema: type[Schema], most: int) -> None:
        super().__init__(allow_none=True)
        self.schema = schema()
        self.most = most

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise ValidationError([Problem("not_items")])
        found: list[Any] = []
        errors: dict[int, Any] = {}
        for index, item in enumerate(value[: self.most]):
            try:
                found.append(self.schema.load(item))
            except ValidationError as e:
                errors[index] = e.messages_dict
                found.append(e.valid_data if isinstance(e.valid_data, dict) else {})
        if len(value) > self.most:
            problem = Problem("too_many_items", {"limit": self.most})
            raise ValidationError([problem], valid_data=found)
        if errors:
            # marshmallow takes a dict of messages at any key; its hints know text.
            messages: Any = errors
            raise ValidationError(messages, valid_data=found)
        return found


class _Ignored(fields.Field[Any]):
    """What the server computes: nothing that is sent for it counts."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> None:
        return None


@lru_cache(maxsize=512)
def _schema(form: Form) -> Schema:
    """Compiled once; a form is compared by identity, and a release keeps its own."""
    return _nest(_tree(form.components, 0))()


def _tree(components: tuple[Component, ...], begins: int) -> dict[str, Any]:
    """marshmallow fields by key; `begins` counts the letters of the list around."""
    tree: dict[str, Any] = {}
    for component in components:
        if isinstance(component, Group):
            _graft(tree, _tree(component.components, begins))
            continue
        field: fields.Field[Any]
        if isinstance(component, DynamicList):
            inside = _tree(component.components, len(component.path) + len("[]."))
            field = _Items(_nest(inside), component.most)
        elif isinstance(component, Field):
            field = answer_field(component)
        elif isinstance(component, Computed):
            field = _Ignored(allow_none=True)
        else:
            continue
        held = tree
        *above, last = component.path[begins:].split(".")
        for key in above:
            held = held.setdefault(key, {})
        held[last] = field
    return tree


def _graft(tree: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, held in more.items():
        if isinstance(held, dict):
            _graft(tree.setdefault(name, {}), held)
        else:
            tree[name] = held


def _nest(tree: Mapping[str, Any]) -> type[Schema]:
    return _Nest.from_dict(
        {
            name: fields.Nested(_nest(held), allow_none=True)
            if isinstance(held, dict)
            else held
            for name, held in tree.items()
        }
    )


def _problems(messages: Any, path: str) -> Iterator[tuple[str, list[Problem]]]:
    """marshmallow's tree of messages as paths; `_schema` speaks of the whole."""
    if isinstance(messages, dict):
        for name, held in messages.items():
            if name == "_schema":
                inner = path
            elif isinstance(name, int):
                inner = f"{path}[{name}]"
            else:
                inner = f"{path}.{name}".lstrip(".")
            yield from _problems(held, inner)
    else:
        yield path, [m if isinstance(m, Problem) else Problem(m) for m in messages]
