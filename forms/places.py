"""Where each part of a form stands once the items of its lists are counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from forms.model import (
    SEVERAL,
    Component,
    Computed,
    DynamicList,
    Field,
    Form,
    Group,
    Kind,
)

Key = str | int
Keys = tuple[Key, ...]
MOST_SPOTS = 20_000  # components of one page, those of every item counted


@dataclass(frozen=True, eq=False)
class Spot:
    """One component at its place; `rows` are the keys of the list items around it."""

    component: Component
    name: str  # its path; of what has no answer the id, with the item it is in
    keys: Keys  # empty for what has no answer
    rows: tuple[Keys, ...]
    parent: "Spot | None"
    count: int = 0  # items, of a list

    @property
    def own_hide(self) -> tuple[str, ...]:
        """Its conditions without those of what is around it."""
        inherited = len(self.parent.component.hide) if self.parent else 0
        return self.component.hide[inherited:]


def spread(form: Form, answers: Mapping[str, Any]) -> list[Spot]:
    """Every component at its place, what holds others before them, in page order.

    Lists have as many items as `answers` have for them, `most` at most; beyond
    MOST_SPOTS no more items are laid out.
    """
    found: list[Spot] = []
    _spread(form.components, answers, (), None, found)
    return found


def _spread(
    components: Iterable[Component],
    answers: Mapping[str, Any],
    rows: tuple[Keys, ...],
    parent: Spot | None,
    found: list[Spot],
) -> None:
    for component in components:
        if not isinstance(component, Field | Computed | DynamicList):
            spot = Spot(component, _name(component.id, rows), (), rows, parent)
            found.append(spot)
            if isinstance(component, Group):
                _spread(component.components, answers, rows, spot, found)
            continue
        keys = keys_of(component.path, rows)
        if not isinstance(component, DynamicList):
            found.append(Spot(component, path_of(keys), keys, rows, parent))
            continue
        told = get(answers, keys)
        count = min(len(told), component.most) if isinstance(told, list) else 0
        place = len(found)
        spot = Spot(component, path_of(keys), keys, rows, parent, count)
        found.append(spot)
        for index in range(count):
            if len(found) > MOST_SPOTS:
                found[place] = Spot(component, spot.name, keys, rows, parent, index)
                break
            inside = (*rows, (*keys, index))
            _spread(component.components, answers, inside, spot, found)


def path_of(keys: Keys) -> str:
    """`children[0].name` for ("children", 0, "name")."""
    told = ""
    for key in keys:
        if isinstance(key, int):
            told += f"[{key}]"
        else:
            told += f".{key}" if told else key
    return told


def get(held: Any, keys: Iterable[Key]) -> Any:
    """What is at the keys, None where nothing is."""
    for key in keys:
        if isinstance(key, int):
            is_there = isinstance(held, list | tuple) and key < len(held)
            held = held[key] if is_there else None
        else:
            held = held.get(key) if isinstance(held, Mapping) else None
    return held


def has(held: Any, keys: Iterable[Key]) -> bool:
    """Whether something is at the keys, be it None."""
    for key in keys:
        if isinstance(key, int):
            if not isinstance(held, list | tuple) or key >= len(held):
                return False
            held = held[key]
        elif isinstance(held, Mapping) and key in held:
            held = held[key]
        else:
            return False
    return True


def put(target: dict[str, Any], keys: Keys, value: Any) -> None:
    """Sets a nested value in a tree that is the caller's own; lists are there."""
    held: Any = target
    for key in keys[:-1]:
        held = held[key] if isinstance(key, int) else held.setdefault(key, {})
    held[keys[-1]] = value


def over(under: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """`upper` laid on `under`, context by context; neither is changed."""
    merged = dict(under)
    for name, told in upper.items():
        held = merged.get(name)
        if isinstance(held, Mapping) and isinstance(told, Mapping):
            merged[name] = over(held, told)
        else:
            merged[name] = told
    return merged


def nothing(component: Component) -> Any:
    """What stands for no answer: a tick box is False, several answers are none."""
    if isinstance(component, DynamicList):
        return []
    if isinstance(component, Field):
        if component.kind is Kind.CHECKBOX:
            return False
        if component.kind in SEVERAL or component.kind is Kind.FILES:
            return []
    return None


def keys_of(path: str, rows: tuple[Keys, ...]) -> Keys:
    """The keys of `children[].name` in the item that `rows` end with."""
    if not rows:
        return tuple(path.split("."))
    inner = path.rsplit("[].", 1)[1]
    return (*rows[-1], *inner.split("."))


def _name(id_: str, rows: tuple[Keys, ...]) -> str:
    return f"{path_of(rows[-1])}.{id_}" if rows else id_
