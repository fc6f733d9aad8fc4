"""Reading a form-js schema: what runs becomes a `Form`, all else is refused by id."""

import json
from collections.abc import Sequence
from typing import Any

from forms import components
from forms.model import Component, Field, Form, Group
from forms.notebook import Notebook
from forms.problems import FormRefused

LARGEST_BYTES = 512 * 1024
DEEPEST_GROUPS = 8
NEWEST_SCHEMA = 20  # the schemaVersion of form-js that this reader knows

# What the editor writes about itself; none of it changes how a form behaves.
DOCUMENTATION = frozenset(
    {
        "exporter",
        "executionPlatform",
        "executionPlatformVersion",
        "versionTag",
        "$schema",
    }
)
KNOWN = frozenset({"type", "id", "components", "schemaVersion"})


def read(text: str | bytes, file: str) -> Form:
    """The form of one `*.form.json`; `file` is its name in findings.

    Raises FormRefused with every finding, not the first alone.
    """
    notes = Notebook(file)
    root = _parse(text, notes)
    form_id = _read_root(root, notes)
    listed = root.get("components")
    if not isinstance(listed, list):
        notes.refuse(form_id, "components", "the form needs a list `components`")
        raise FormRefused(notes.errors)
    read_components = _read_all(listed, notes, components.Surroundings(), 0)
    form = Form(form_id, file, read_components, tuple(notes.warnings))
    _refuse_clashes(form.fields, notes)
    if notes.errors:
        raise FormRefused(notes.errors)
    return form


def _parse(text: str | bytes, notes: Notebook) -> dict[str, Any]:
    try:
        size = len(text if isinstance(text, bytes) else text.encode())
        if size > LARGEST_BYTES:
            notes.refuse(None, "too-large", f"the file is over {LARGEST_BYTES} bytes")
            raise FormRefused(notes.errors)
        root = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as e:
        reason = "is nested too deep" if isinstance(e, RecursionError) else str(e)
        notes.refuse(None, "json", f"the file is not JSON in UTF-8: {reason}")
        raise FormRefused(notes.errors) from e
    if not isinstance(root, dict):
        notes.refuse(None, "json", "the file must hold one JSON object")
        raise FormRefused(notes.errors)
    return root


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(n for n in names if names.count(n) > 1)
        raise ValueError(f"`{twice}` is written twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _read_root(root: dict[str, Any], notes: Notebook) -> str:
    form_id = root.get("id")
    if not isinstance(form_id, str) or not form_id.strip():
        notes.refuse(None, "id", "the form needs an `id`, by which tasks name it")
        form_id = "?"
    if root.get("type", "default") != "default":
        notes.refuse(form_id, "type", "the form's `type` must be `default`")
    version = root.get("schemaVersion", NEWEST_SCHEMA)
    if type(version) is not int or not 1 <= version <= NEWEST_SCHEMA:
        notes.refuse(
            form_id,
            "schema-version",
            f"schemaVersion must be 1 to {NEWEST_SCHEMA}: later ones may mean more",
        )
    for name in root.keys() - KNOWN - DOCUMENTATION:
        notes.refuse(form_id, "unknown-property", f"`{name}` is not known: remove it")
    return form_id


def _read_all(
    listed: Sequence[Any],
    notes: Notebook,
    around: components.Surroundings,
    depth: int,
) -> tuple[Component, ...]:
    found = (_read_one(raw, notes, around, depth) for raw in listed)
    return tuple(component for component in found if component is not None)


def _read_one(
    raw: Any, notes: Notebook, around: components.Surroundings, depth: int
) -> Component | None:
    if not isinstance(raw, dict):
        notes.refuse(None, "component", "a component must be a JSON object")
        return None
    entry = components.Entry(raw, notes, around)
    if not entry.is_known():
        return None
    if raw["type"] != "group":
        return components.read(entry)
    if depth == DEEPEST_GROUPS:
        entry.refuse("too-deep", f"groups may be nested {DEEPEST_GROUPS} deep")
        return None
    listed = raw.get("components", [])
    if not isinstance(listed, list):
        entry.refuse("components", "a group needs a list `components`")
        return None
    inside = entry.inside()
    held = _read_all(listed, notes, inside, depth + 1)
    return Group(entry.id, entry.heading(), held, inside.hide)


def _refuse_clashes(fields: Sequence[Field], notes: Notebook) -> None:
    paths = {field.path for field in fields}
    seen: set[str] = set()
    for field in fields:
        if field.path in seen:
            notes.refuse(
                field.id,
                "key-twice",
                f"the key `{field.path}` is used twice: rename one",
            )
        seen.add(field.path)
        for end in range(1, len(field.keys)):
            above = ".".join(field.keys[:end])
            if above in paths:
                notes.refuse(
                    field.id,
                    "key-clash",
                    f"`{above}` is an answer, so `{field.path}` cannot live in it",
                )
