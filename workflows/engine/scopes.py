"""Variables: which of them an element sees, and where one that it writes lands.

As in Camunda 8: the chain goes from the element's own variables (its input mappings)
through the enclosing sub-processes to the process: the case, or a called process, which
sees nothing of its caller. What is written lands in the nearest scope that has the
name, else in the process.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.engine.tokens import BODY, ITEM, Token

LOCAL = "local"  # key of `internal_data`: the element's own variables


class Visible(Mapping[str, Any]):
    """A read-only view over a chain of scopes, nearest first; nothing is copied."""

    __slots__ = ("maps",)

    def __init__(self, maps: list[dict[str, Any]]) -> None:
        self.maps = maps

    def __getitem__(self, name: str) -> Any:
        for scope in self.maps:
            if name in scope:
                return scope[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(name in scope for scope in self.maps)

    def __iter__(self) -> Iterator[str]:
        return iter(self._merged())

    def __len__(self) -> int:
        return len(self._merged())

    def _merged(self) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for scope in reversed(self.maps):
            merged.update(scope)
        return merged


def chain(
    token: Token, *, own: bool = True, shown: bool = True
) -> list[dict[str, Any]]:
    """The scopes of a token, nearest first, the case's last.

    Without `own`, the element's own variables are left out; without `shown`, what an
    item of a multi-instance sees of the whole and cannot write.
    """
    maps: list[dict[str, Any]] = []
    current: Token | None = token
    while current is not None:
        local = current.internal_data.get(LOCAL)
        if local and (own or current is not token):
            maps.append(local)
        if current.is_item:
            maps.append(current.internal_data[ITEM])
            repetition = current.task_spec.repetition
            if shown and repetition.output_name is not None:
                maps.append(repetition.shown(current.parent.internal_data[BODY]))
        scope = current.workflow
        current = None if scope.is_called else scope.parent_task
        if scope.data or current is None:
            maps.append(scope.data)
    return maps


def view(
    token: Token, over: dict[str, Any] | None = None, *, own: bool = True
) -> Mapping[str, Any]:
    """What an expression of this token sees; `over` lies in front of the scopes."""
    maps = chain(token, own=own)
    if over:
        maps.insert(0, over)
    return maps[0] if len(maps) == 1 else Visible(maps)


def visible(token: Token) -> dict[str, Any]:
    """A copy of all variables that a token sees."""
    return dict(view(token).items())


def write(token: Token, values: Mapping[str, Any], *, own: bool) -> None:
    """Write variables from this element; `own` says whether its own ones count."""
    if not values:
        return
    maps = chain(token, own=own, shown=False)
    process = process_of(token)
    for name, value in values.items():
        scope = next((scope for scope in maps if name in scope), maps[-1])
        scope[name] = value
        if process.is_called and scope is process.data:
            process.written[name] = None


def leaving(token: Token, values: dict[str, Any], *, own: bool) -> dict[str, Any]:
    """What of these values `write` puts outside of the element."""
    kept = token.internal_data.get(LOCAL, {}) if own else {}
    return {name: value for name, value in values.items() if name not in kept}


def process_of(token: Token) -> Any:
    """The process, the case's own or a called one, that a token is in."""
    scope = token.workflow
    while not scope.is_called and scope.parent_task is not None:
        scope = scope.parent_task.workflow
    return scope
