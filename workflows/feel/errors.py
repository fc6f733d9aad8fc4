"""What FEEL refuses, told so that the author of the expression can mend it."""

from typing import Self

from workflows.model import RasimError


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

    def __init__(self, name: str, *, position: int | None = None) -> None:
        super().__init__(f"there is no function {name}", name=name, position=position)


class EvaluationError(FeelError):
    """The expression "{expression}" cannot be evaluated: {reason}, at character
    {column}."""

    # Strict evaluation ends with it; lenient evaluation gives null in its place.


class UnknownName(EvaluationError):
    """The expression "{expression}" reads "{name}", which does not exist, at character
    {column}. If it may be missing, say so with is defined() or get or else()."""

    name: str

    def __init__(self, name: str, *, of: str = "") -> None:
        owner = f" in {of}" if of else ""
        super().__init__(f"there is no {name}{owner}", name=name)


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
