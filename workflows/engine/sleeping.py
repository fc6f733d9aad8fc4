"""The tokens of a scope, of which items of a multi-instance may sleep.

Of 500 items that wait, a step concerns one. The others stay the text as which they were
saved, and become tokens when somebody asks for them: one by its id, or all of them.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from workflows.engine.tokens import Token

Wake = Callable[["Token", str], None]


class Tokens(dict[UUID, Any]):
    """By id, as SpiffWorkflow keeps them; whoever asks for a sleeping one wakes it.

    `asleep` has, by the body of a multi-instance, its sleeping items: the hexadecimal
    id of each, and the line as which it was saved.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asleep: dict[Token, dict[str, str]] = {}
        self._wake: Wake | None = None

    def lay_down(self, body: "Token", lines: dict[str, str], wake: Wake) -> None:
        """Let items of `body` sleep; `wake` makes the token of a line, and adds it."""
        self.asleep[body], self._wake = lines, wake

    def awake(self) -> list[Any]:
        """The tokens that do not sleep; the body of what sleeps is among them."""
        return list(super().values())

    def wake_all(self) -> None:
        for body in list(self.asleep):
            self.wake_items(body)

    def wake_items(self, body: "Token") -> None:
        for line in self.asleep.pop(body, {}).values():
            self._rouse(body, line)

    def _wake_one(self, key: UUID) -> bool:
        """Wake the item of this id; False where none sleeps."""
        for body, lines in self.asleep.items():
            line = lines.pop(key.hex, None)
            if line is not None:
                if not lines:
                    del self.asleep[body]
                self._rouse(body, line)
                return True
        return False

    def _rouse(self, body: "Token", line: str) -> None:
        assert self._wake is not None  # noqa: S101  # what sleeps was laid down
        self._wake(body, line)

    def get(self, key: UUID, default: Any = None) -> Any:
        if self.asleep:
            self._wake_one(key)
        return super().get(key, default)

    def pop(self, key: UUID, *default: Any) -> Any:
        if self.asleep:
            self._wake_one(key)
        return super().pop(key, *default)

    def __missing__(self, key: UUID) -> Any:
        if not self._wake_one(key):
            raise KeyError(key)
        return self[key]

    def __contains__(self, key: object) -> bool:
        if super().__contains__(key):
            return True
        return isinstance(key, UUID) and any(
            key.hex in lines for lines in self.asleep.values()
        )

    def __len__(self) -> int:
        return super().__len__() + sum(map(len, self.asleep.values()))

    def __iter__(self) -> Iterator[UUID]:
        self.wake_all()
        return super().__iter__()

    def keys(self) -> Any:
        self.wake_all()
        return super().keys()

    def values(self) -> Any:
        self.wake_all()
        return super().values()

    def items(self) -> Any:
        self.wake_all()
        return super().items()
