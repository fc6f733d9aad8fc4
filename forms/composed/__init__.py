"""Questions that come with the house: a person, an address, kinds of documents.

The `.json` beside this module are components of form-js, labelled in three languages.
"""

import json
from copy import deepcopy
from functools import lru_cache
from importlib.resources import files
from typing import Any

from forms.entries import Entry


def components(entry: Entry) -> list[Any]:
    """The raw components of a group with `properties.rasim`, ids under the group's.

    `omit` names keys that are left out, `optional` those that need no answer.
    """
    own = entry.properties.get("rasim")
    omitted = _names(entry, "omit")
    optional = _names(entry, "optional")
    if own not in ("person", "address"):
        if omitted | optional:
            entry.refuse("rasim", "`omit` and `optional` are of person and address")
        return []
    found = deepcopy(_components(own))
    known = {raw["key"] for raw in found}
    for name in sorted((omitted | optional) - known):
        entry.refuse("rasim", f"`{name}` is no question of `{own}`")
    kept = [raw for raw in found if raw["key"] not in omitted]
    for raw in kept:
        raw["id"] = f"{entry.id}_{raw['key']}"
        if raw["key"] in optional:
            raw["validate"] = {**raw.get("validate", {}), "required": False}
        for name in ("birth_date", "sex"):
            if raw["properties"].get(name) in omitted:
                del raw["properties"][name]
    return kept


def _names(entry: Entry, name: str) -> set[str]:
    return set(entry.own(name).replace(",", " ").split())


@lru_cache(maxsize=8)
def _components(own: str) -> list[Any]:
    found: list[Any] = json.loads((files(__name__) / f"{own}.json").read_text("utf-8"))
    return found
