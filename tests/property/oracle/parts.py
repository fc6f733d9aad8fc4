"""Variables in scopes, and what waits for the world."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.property.expressions import Expression


class Variables:
    """One level of variables; `written` are those that somebody assigned here."""

    def __init__(
        self, outer: "Variables | None", values: Mapping[str, Any] | None = None
    ) -> None:
        self.outer = outer
        self.values = dict(values or {})
        self.written: set[str] = set()

    def visible(self) -> dict[str, Any]:
        seen = self.outer.visible() if self.outer else {}
        return seen | self.values

    def write(self, name: str, value: Any) -> None:
        """In the nearest level that has the name, else in the outermost one."""
        level = self
        while name not in level.values and level.outer is not None:
            level = level.outer
        level.values[name] = value
        level.written.add(name)


def mapped(
    pairs: Iterable[tuple[str, Expression]], seen: Mapping[str, Any]
) -> dict[str, Any]:
    """The targets of a mapping; each source sees the targets before it."""
    seen, found = dict(seen), {}
    for target, source in pairs:
        seen[target] = found[target] = source.value(seen)
    return found


@dataclass(eq=False)
class Wait:
    """Something is open: `owner.came(wait, values)` when it is done or has come."""

    number: int
    kind: str  # task, job, timer, message or signal
    element: str
    owner: Any
    process: str | None
    due: datetime | None = None
    name: str | None = None
    given: dict[str, Any] | None = None  # what a job is given

    @property
    def seen(self) -> dict[str, Any]:
        seen: dict[str, Any] = self.owner.vars.visible()
        return seen
