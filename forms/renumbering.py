"""The inputs of lists under the names that they have after a button was pressed."""

import re
from collections.abc import Mapping, Sequence

from forms.model import DynamicList, Form

Posted = Mapping[str, str | Sequence[str]]
Inputs = dict[str, list[str]]
# Names of buttons; no question has such a key.
ADD, REMOVE = ":add", ":remove"

_INDEX = re.compile(r"\[([0-9]{1,5})\]")


def renumbered(form: Form, posted: Posted) -> Inputs:
    """What was posted, items of lists counted from 0 without a gap, in their order.

    `:remove=children[1]` takes that item out; `:add=children` puts an open one at the
    end, unless the list is full. Both buttons are gone from the result, which can be
    given in again. An item is there where any of its inputs is: `children[1]` or
    `children[1].name`. What is of no list of this form stays as it is.
    """
    several = _several(posted)
    lists = {c.path: c for c in form.walk() if isinstance(c, DynamicList)}
    if not lists:
        return several
    removed = several.pop(REMOVE, [])
    added = several.pop(ADD, [])
    gone = {path for path in removed if _may_change(path, lists)}
    kept = {name: told for name, told in several.items() if not _is_in(name, gone)}
    places = _places(kept, lists)
    found: Inputs = {}
    for name, told in kept.items():
        found.setdefault(_renamed(name, places), []).extend(told)
    for old_path, indices in places.items():
        for index in indices.values():
            found.setdefault(f"{_renamed(old_path, places)}[{index}]", ["1"])
    for path in added:
        told_list = lists.get(_template(path))
        if told_list is None or not told_list.may_change:
            continue
        if not _is_there(path, places):
            continue
        count = len(places.get(path, {}))
        if count < told_list.most:
            found[f"{_renamed(path, places)}[{count}]"] = ["1"]
    return found


def _is_there(path: str, places: Mapping[str, Mapping[int, int]]) -> bool:
    """Whether the items around a list are."""
    return all(
        int(found[1]) in places.get(path[: found.start()], {})
        for found in _INDEX.finditer(path)
    )


def _several(posted: Posted) -> Inputs:
    """All that stands under each name; a web framework's dict tells one unasked."""
    lists = getattr(posted, "lists", None)
    told = dict(lists()) if lists is not None else posted
    return {n: [v] if isinstance(v, str) else list(v) for n, v in told.items()}


def _template(path: str) -> str:
    return _INDEX.sub("[]", path)


def _may_change(item: str, lists: Mapping[str, DynamicList]) -> bool:
    """Whether `children[1]` is an item of a list whose items may be taken out."""
    found = lists.get(_template(item).removesuffix("[]"))
    return found is not None and found.may_change and item.endswith("]")


def _is_in(name: str, gone: set[str]) -> bool:
    return any(name == item or name.startswith(f"{item}.") for item in gone)


def _places(
    posted: Mapping[str, list[str]], lists: Mapping[str, DynamicList]
) -> dict[str, dict[int, int]]:
    """For each list at its place, as posted, the old index of an item to the new."""
    there: dict[str, set[int]] = {}
    for name in posted:
        for found in _INDEX.finditer(name):
            path = name[: found.start()]
            if _template(path) in lists:
                there.setdefault(path, set()).add(int(found[1]))
    return {
        path: {old: new for new, old in enumerate(sorted(indices))}
        for path, indices in there.items()
    }


def _renamed(name: str, places: Mapping[str, Mapping[int, int]]) -> str:
    told, end = "", 0
    for found in _INDEX.finditer(name):
        indices = places.get(name[: found.start()], {})
        old = int(found[1])
        told += f"{name[end : found.start()]}[{indices.get(old, old)}]"
        end = found.end()
    return told + name[end:]
