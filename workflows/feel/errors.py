"""What FEEL refuses, told so that the author of the expression can mend it."""

import difflib
import re
from collections.abc import Iterable
from typing import Self

from workflows.model import RasimError

# What stands at a position: a string, a call, a name, a number, a sign.
_PART = re.compile(
    r'"(?:[^"\\]|\\.)*"|`[^`]*`|[^\W\d]\w*(?: \w+)*(?=\()|[^\W\d]\w*|[\d.]+|[<>=!*]+|\S'
)


class FeelError(RasimError):
    """The expression "{expression}" fails: {reason}."""

    expression: str
    reason: str
    position: int | None

    def __init__(
        self,
        reason: str,
        *,
        position: int | None = None,
        expression: str = "",
        **data: object,
    ) -> None:
        super().__init__(**data)
        self._tell(reason=reason, position=position, expression=expression)

    def at(self, position: int) -> Self:
        """Place the fault, unless a part further inside has placed it already."""
        if self.position is None:
            self._tell(position=position)
        return self

    def within(self, expression: str) -> Self:
        """Name the expression as a whole."""
        self._tell(expression=expression)
        return self

    @property
    def part(self) -> str:
        """What of the expression the error is about, as it is written there."""
        found = _PART.match(self.expression, self.position or 0)
        return found[0] if found and self.position is not None else ""

    def _tell(self, **data: object) -> None:
        """`column` is `position` as people count: from 1; 0 when it is not known."""
        self.__dict__.update(data)
        self.data.update(data)
        self.data["column"] = 0 if self.position is None else self.position + 1


class FeelSyntaxError(FeelError):
    """ "{expression}" is not a FEEL expression: {reason}, at character {column}."""


class UnknownFunction(FeelSyntaxError):
    """The expression "{expression}" calls the function "{name}", which does not exist,
    at character {column}."""

    name: str

    def __init__(
        self, name: str, *, position: int | None = None, among: Iterable[str] = ()
    ) -> None:
        meant = _nearest(name, among)
        hint = f" (is {meant} meant?)" if meant else ""
        reason = f"there is no function {name}{hint}"
        super().__init__(reason, name=name, position=position, meant=meant)

    @property
    def msgid(self) -> str:
        return _MISSPELT_FUNCTION if self.data["meant"] else super().msgid


class EvaluationError(FeelError):
    """The expression "{expression}" cannot be evaluated: {reason}, at character
    {column}."""

    # Strict evaluation ends with it; lenient evaluation gives null in its place.


class UnknownName(EvaluationError):
    """The expression "{expression}" reads "{name}", which does not exist, at character
    {column}. If it may be missing, say so with is defined() or get or else()."""

    name: str

    def __init__(self, name: str, *, of: str = "", among: Iterable[str] = ()) -> None:
        owner = f" in {of}" if of else ""
        super().__init__(f"there is no {name}{owner}", name=name, meant="")
        self._among = among

    def within(self, expression: str) -> Self:
        """Now that the author is to read it, look for the name that was meant."""
        if meant := _nearest(self.name, self._among):
            self._tell(reason=f"{self.reason} (is {meant} meant?)", meant=meant)
        self._among = ()
        return super().within(expression)

    @property
    def msgid(self) -> str:
        return _MISSPELT_NAME if self.data["meant"] else super().msgid


class WrongType(EvaluationError):
    """In the expression "{expression}", {operation} takes {expected}, not {actual}, at
    character {column}."""

    operation: str
    expected: str
    actual: str

    def __init__(self, operation: str, expected: str, actual: str) -> None:
        super().__init__(
            f"{operation} takes {expected}, not {actual}",
            operation=operation,
            expected=expected,
            actual=actual,
        )


class WrongValue(EvaluationError):
    """The expression "{expression}" cannot be evaluated: {reason}, at character
    {column}."""


class LimitReached(FeelError):
    """The expression "{expression}" was stopped: it goes beyond {limit} {unit}."""

    limit: int
    unit: str

    def __init__(self, limit: int, unit: str) -> None:
        super().__init__(f"it goes beyond {limit} {unit}", limit=limit, unit=unit)


class NotAValue(FeelError):
    """Not a FEEL value: {reason}."""


class MisspeltFunction(UnknownFunction):
    """The expression "{expression}" calls the function "{name}", which does not exist,
    at character {column}. Is "{meant}" meant?"""


class MisspeltName(UnknownName):
    """The expression "{expression}" reads "{name}", which does not exist, at character
    {column}. Is "{meant}" meant?"""


# Sentences only: what was meant is looked for when the error is told, not before.
_MISSPELT_FUNCTION = " ".join((MisspeltFunction.__doc__ or "").split())
_MISSPELT_NAME = " ".join((MisspeltName.__doc__ or "").split())


def _nearest(name: str, among: Iterable[str]) -> str:
    """The known name that is most like it, or nothing."""
    known = {one.casefold(): one for one in among if isinstance(one, str)}
    found = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.65)
    return known[found[0]] if found else ""
