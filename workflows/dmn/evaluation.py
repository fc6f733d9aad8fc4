"""One evaluation of a model: its budget, what is known, and the record of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from workflows import feel
from workflows.dmn.elements import Place
from workflows.dmn.errors import DecisionError
from workflows.feel import FeelError, Function, LimitReached, Run, Scope, Value

# An explanation is for people: what is longer is cut, and says so.
MOST_TABLES = 100
MOST_PLACES = 200
MOST_LETTERS = 1_000


@dataclass
class Record:
    """How one decision came about."""

    id: str
    name: str
    inputs: Mapping[str, Value]
    tables: list[dict[str, Any]] = field(default_factory=list)
    result: Value = None

    @property
    def matched_rules(self) -> list[str]:
        return [rule for table in self.tables for rule in table["matched_rules"]]

    def told(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "id": self.id,
            "name": self.name,
            "inputs": {name: told(value) for name, value in self.inputs.items()},
            "tables": self.tables,
            "matched_rules": self.matched_rules,
            "result": told(self.result),
        }


class Evaluation(Run):
    """FEEL's run, shared by all that a decision needs; keeps the record."""

    __slots__ = ("record", "records")

    def __init__(self, environment: feel.Environment) -> None:
        super().__init__(environment)
        self.records: list[Record] = []
        self.record: Record | None = None

    def table(
        self, place: Place, inputs: Mapping[str, Value], matched: list[str]
    ) -> None:
        """A table was evaluated, for the decision that is open."""
        if self.record is None or len(self.record.tables) >= MOST_TABLES:
            return
        self.record.tables.append(
            {
                "id": place.element_id,
                "inputs": {name: told(value) for name, value in inputs.items()},
                "matched_rules": matched,
            }
        )


@dataclass
class Given:
    """What holds for a call: input values by name, and decisions by namespace and id.

    `recorded` is not set within a service that an expression calls: it may be called
    many times.
    """

    inputs: Mapping[str, Value]
    decided: dict[tuple[str, str], Value] = field(default_factory=dict)
    recorded: bool = True


def evaluation(scope: Scope) -> Evaluation:
    """The evaluation that a scope belongs to: in DMN there is no other kind of run."""
    return cast(Evaluation, scope.run)


def refuse(
    run: Run, place: Place, reason: str, error: FeelError | None = None
) -> Value:
    """Strict, DecisionError; lenient, null, unless a limit was reached."""
    if run.environment.lenient and not isinstance(error, LimitReached):
        return None
    raise DecisionError(
        reason,
        element_id=place.element_id,
        decision_id=place.owner_id,
        decision_name=place.owner_name,
        error=error,
    ) from error


def told(value: Value, places: int = MOST_PLACES) -> Any:
    """A value for an explanation, cut where it is long."""
    if type(value) is str:
        return value if len(value) <= MOST_LETTERS else f"{value[:MOST_LETTERS]}…"
    if type(value) is Function:
        return f"function {value.name}"
    if type(value) is list:
        kept = [told(item, places // 2) for item in value[:places]]
        left = len(value) - len(kept)
        return [*kept, f"… {left} more"] if left else kept
    if type(value) is dict:
        return {
            key: told(item, places // 2)
            for key, item in list(value.items())[: max(places, 1)]
        }
    try:
        return feel.plain(value)
    except FeelError:
        return str(value)
