"""Reading a form-js schema: what runs becomes a `Form`, all else is refused by id."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forms import composed, presented, questions, standing
from forms.entries import Entry, Surroundings
from forms.model import Component, DynamicList, Form, Group
from forms.notebook import Notebook
from forms.palette import COSMETIC
from forms.problems import FormRefused

LARGEST_BYTES = 512 * 1024
DEEPEST_GROUPS = 8
DEEPEST_LISTS = 3
MOST_COMPONENTS = 1_000
MOST_ITEMS = 1_000  # of one list; a form says fewer
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
KNOWN = frozenset({"type", "id", "components", "schemaVersion", "properties"})
OWN = frozenset(
    {"check", "check.at", "check.message", "check.message.ru", "check.message.en"}
)
_READERS: Mapping[str, Callable[[Entry], Component | None]] = {
    "separator": presented.separator,
    "spacer": presented.spacer,
    "text": presented.paragraph,
    "table": presented.table,
    "image": presented.image,
    "expression": presented.computed,
    "button": presented.button,
}


def read(text: str | bytes, file: str) -> Form:
    """The form of one `*.form.json`; `file` is its name in findings.

    Raises FormRefused with every finding, not the first alone.
    """
    notes = Notebook(file)
    root = _parse(text, notes)
    entry = _read_root(root, notes)
    listed = root.get("components")
    if not isinstance(listed, list):
        entry.refuse("components", "the form needs a list `components`")
        raise FormRefused(notes.errors)
    components = _read_all(listed, notes, Surroundings())
    form = Form(entry.id, file, components, tuple(notes.warnings), entry.check())
    standing.refuse(form, notes)
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
        _refuse_unkept(json.dumps(root, ensure_ascii=False))
    except (ValueError, RecursionError) as e:
        reason = "is nested too deep" if isinstance(e, RecursionError) else str(e)
        notes.refuse(None, "json", f"the file is not JSON in UTF-8: {reason}")
        raise FormRefused(notes.errors) from e
    if not isinstance(root, dict):
        notes.refuse(None, "json", "the file must hold one JSON object")
        raise FormRefused(notes.errors)
    return root


def _refuse_unkept(text: str) -> None:
    """ValueError for what neither a database keeps nor a page shows."""
    if "\\u0000" in text.replace("\\\\", ""):
        raise ValueError("a text holds the character NUL")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("a text holds half of a surrogate pair") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, times in counted.items() if times > 1)
        raise ValueError(f"`{twice}` is written twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _read_root(root: dict[str, Any], notes: Notebook) -> Entry:
    told = root.get("id")
    if not isinstance(told, str) or not told.strip():
        notes.refuse(None, "id", "the form needs an `id`, by which tasks name it")
    entry = Entry(root | {"id": told if isinstance(told, str) else "?"}, notes)
    if root.get("type", "default") != "default":
        entry.refuse("type", "the form's `type` must be `default`")
    version = root.get("schemaVersion", NEWEST_SCHEMA)
    if type(version) is not int or not 1 <= version <= NEWEST_SCHEMA:
        entry.refuse(
            "schema-version",
            f"schemaVersion must be 1 to {NEWEST_SCHEMA}: later ones may mean more",
        )
    for name in sorted(root.keys() - KNOWN - DOCUMENTATION - COSMETIC):
        entry.refuse("unknown-property", f"`{name}` is not known: remove it")
    for name in sorted(entry.properties.keys() - OWN):
        entry.refuse("unknown-property", f"properties `{name}` is not known here")
    return entry


def _read_all(
    listed: Sequence[Any], notes: Notebook, around: Surroundings
) -> tuple[Component, ...]:
    found = []
    for raw in listed:
        if len(notes.ids) > MOST_COMPONENTS:
            if not notes.is_full:
                message = f"a form may have {MOST_COMPONENTS} components"
                notes.refuse(None, "too-many", message)
                notes.is_full = True
            break
        component = _read_one(raw, notes, around)
        if component is not None:
            found.append(component)
    return tuple(found)


def _read_one(raw: Any, notes: Notebook, around: Surroundings) -> Component | None:
    if not isinstance(raw, dict):
        notes.refuse(None, "component", "a component must be a JSON object")
        return None
    entry = Entry(raw, notes, around)
    if not entry.is_known():
        return None
    if raw["type"] == "group":
        return _group(entry)
    if raw["type"] == "dynamiclist":
        return _list(entry)
    return _READERS.get(raw["type"], questions.read)(entry)


def _group(entry: Entry) -> Group | None:
    inside = entry.inside()
    if not _may_hold(entry, inside):
        return None
    listed = composed.components(entry) + _components(entry)
    held = _read_all(listed, entry.notes, inside)
    own = entry.own("rasim") or None
    heading = entry.heading()
    return Group(entry.id, heading, held, inside.hide, entry.check(), own)


def _list(entry: Entry) -> DynamicList | None:
    path, around = entry.key("path"), entry.around
    inside = Surroundings(
        f"{path}[].", entry.hide(), around.groups + 1, around.lists + 1
    )
    if not _may_hold(entry, inside):
        return None
    held = _read_all(_components(entry), entry.notes, inside)
    if not held:
        entry.refuse("components", "a list needs questions: add some, or remove it")
    least = entry.count("least", 0, MOST_ITEMS)
    most = entry.count("most", 100, MOST_ITEMS)
    if least > most or not most:
        entry.refuse("property-value", "`least` must not be above `most`")
    first = entry.count("defaultRepetitions", 1, MOST_ITEMS)
    return DynamicList(
        entry.id,
        entry.heading(),
        path,
        held,
        first=min(max(first, least), most),
        may_change=entry.truth("allowAddRemove", True),
        least=least,
        most=most,
        hide=inside.hide,
        check=entry.check(),
    )


def _components(entry: Entry) -> list[Any]:
    listed = entry.raw.get("components", [])
    if isinstance(listed, list):
        return listed
    entry.refuse("components", "it needs a list `components`")
    return []


def _may_hold(entry: Entry, inside: Surroundings) -> bool:
    if inside.groups > DEEPEST_GROUPS:
        entry.refuse("too-deep", f"groups may be nested {DEEPEST_GROUPS} deep")
    elif inside.lists > DEEPEST_LISTS:
        entry.refuse("too-deep", f"lists may be nested {DEEPEST_LISTS} deep")
    else:
        return True
    return False
