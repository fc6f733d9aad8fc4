"""What a form's conditions and computed values come to, once all agree."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from forms.model import Computed, DynamicList, Field
from forms.places import Keys, Spot, get, nothing, over, put
from forms.problems import ConditionsUnsettled, ConditionUnclear

Evaluate = Callable[[str, Mapping[str, Any]], object]
MOST_ROUNDS = 100  # a chain of conditions longer than this is a circle in practice


class Moment:
    """The answers at one moment, and the context in which FEEL sees them.

    A hidden question has no answer, which may hide or show others, or change what is
    computed: it is looked at again until nothing changes. Raises ConditionsUnsettled if
    it never does, ConditionUnclear for a condition that gives no truth.
    """

    def __init__(
        self,
        spots: Sequence[Spot],
        typed: Mapping[str, Any],
        variables: Mapping[str, Any],
        evaluate: Evaluate,
    ) -> None:
        self.spots = spots
        self.typed = typed
        self.variables = variables
        self.evaluate = evaluate
        self.hidden: set[str] = set()
        self.computed: dict[str, Any] = {}
        self._build()
        self._settle()
        if self._compute(at_end=True):
            self._build()

    def is_shown(self, spot: Spot) -> bool:
        return spot.name not in self.hidden

    def value(self, spot: Spot) -> Any:
        """The typed answer to a question that is shown; None for an open one."""
        return self.typed.get(spot.name) if self.is_shown(spot) else None

    def context(self, rows: tuple[Keys, ...]) -> Mapping[str, Any]:
        """What FEEL sees: all answers over the variables; in an item of a list also
        `this`, `parent` and `i`, as form-js has them."""
        if not rows:
            return self._root
        if rows not in self._contexts:
            self._contexts[rows] = self._within(self._root, rows)
        return self._contexts[rows]

    def is_fixed(self, spot: Spot) -> bool:
        """Whether its question is shown with its value, not to be changed."""
        if not isinstance(spot.component, Field):
            return True
        told = spot.component.readonly
        return told if isinstance(told, bool) else self._holds(spot, told)

    def known(self, spot: Spot) -> Any:
        """What the case knows at the place of a question."""
        return get(self.variables, spot.keys)

    def _settle(self) -> None:
        depends = sum(
            bool(spot.own_hide) or isinstance(spot.component, Computed)
            for spot in self.spots
        )
        changed: set[str] = set()
        for _ in range(min(depends, MOST_ROUNDS) + 2):
            hidden = self._hidden()
            is_other = self._compute(at_end=False)
            if hidden == self.hidden and not is_other:
                return
            changed = (hidden ^ self.hidden) | is_other
            self.hidden = hidden
            self._build()
        raise ConditionsUnsettled(sorted(changed))

    def _hidden(self) -> set[str]:
        found: set[str] = set()
        for spot in self.spots:
            above = spot.parent is not None and spot.parent.name in found
            if above or any(self._holds(spot, feel) for feel in spot.own_hide):
                found.add(spot.name)
        return found

    def _compute(self, at_end: bool) -> set[str]:
        """Work out values; the names of those that are others than before."""
        changed: set[str] = set()
        for spot in self.spots:
            component = spot.component
            if not isinstance(component, Computed) or component.at_end is not at_end:
                continue
            value = None
            if self.is_shown(spot):
                value = self.evaluate(component.feel, self.context(spot.rows))
            if spot.name not in self.computed or self.computed[spot.name] != value:
                changed.add(spot.name)
                self.computed[spot.name] = value
        return changed

    def _build(self) -> None:
        """The context of the whole form; an open or hidden question is null."""
        tree: dict[str, Any] = {}
        shut: set[Keys] = set()  # lists that are hidden: their items are not there
        for spot in self.spots:
            if any(row[:-1] in shut for row in spot.rows) or not spot.keys:
                continue
            if isinstance(spot.component, DynamicList):
                count = spot.count if self.is_shown(spot) else 0
                put(tree, spot.keys, [{} for _ in range(count)])
                if not count:
                    shut.add(spot.keys)
                continue
            put(tree, spot.keys, self._told(spot))
        self._root = over(self.variables, tree)
        self._contexts: dict[tuple[Keys, ...], dict[str, Any]] = {}

    def _told(self, spot: Spot) -> Any:
        if isinstance(spot.component, Computed):
            return self.computed.get(spot.name)
        value = self.value(spot)
        if value is None and isinstance(spot.component, Field):
            if spot.component.readonly is not False:
                value = self.known(spot)
        return nothing(spot.component) if value is None else value

    def _within(
        self, data: Mapping[str, Any], rows: tuple[Keys, ...]
    ) -> dict[str, Any]:
        outer = rows[:-1]
        around = get(self._root, outer[-1]) if outer else self._root
        held = around if isinstance(around, Mapping) else {}
        item = get(self._root, rows[-1])
        own = {
            "this": item if item is not None else {},
            "parent": self._within(held, outer) if outer else dict(held),
            "i": [Decimal(_index(row) + 1) for row in rows],
        }
        return {**own, **data, **{f"_{name}_": told for name, told in own.items()}}

    def _holds(self, spot: Spot, feel: str) -> bool:
        # Null is what a condition gives before its question is answered: not hidden.
        value = self.evaluate(feel, self.context(spot.rows))
        if value is None or isinstance(value, bool):
            return value is True
        raise ConditionUnclear(spot.name, feel, value)


def _index(row: Keys) -> int:
    last = row[-1]
    return last if isinstance(last, int) else 0
