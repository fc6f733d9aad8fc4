"""What a decision table leaves open: gaps, overlaps, and rules that are never used.

Nothing is guessed: a test that is no matter of constants may hold or not, and is named.
"""

import dataclasses
import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from workflows.dmn.boxes import (
    Box,
    Budget,
    TooLarge,
    common,
    contains,
    grown,
    is_empty,
    overlaps,
    uncovered,
)
from workflows.dmn.constants import UnaryTests
from workflows.dmn.regions import Column, column
from workflows.model import Finding

MOST_PAIRS = 1_000_000  # of boxes compared for one table: about a second
MOST_TOLD = 5  # of one rule, for one table

SINGLE_HIT = frozenset({"UNIQUE", "ANY", "FIRST", "PRIORITY"})
# Of nothing, these make null; a list of nothing and a count of nothing are answers.
NULL_OF_NOTHING = frozenset({"SUM", "MIN", "MAX"})


@dataclass(frozen=True)
class Input:
    """A column: its expression as written, its FEEL type, what its values may be."""

    expression: str
    type_name: str | None = None
    allowed: tuple[UnaryTests, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A row. `outputs` are its constant outputs, None for what varies; `rank` orders
    rules by the output values of the table (PRIORITY), smallest first, None where that
    is not known.
    """

    element_id: str | None
    tests: tuple[UnaryTests, ...]
    outputs: tuple[str | None, ...] = ()
    rank: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Table:
    """A decision table, as far as analysis asks. `hit_policy` as DMN writes it.

    `decision_name` is of the decision, or function, that the table belongs to.
    """

    element_id: str | None
    decision_name: str
    hit_policy: str
    inputs: tuple[Input, ...]
    rules: tuple[Rule, ...]
    aggregation: str | None = None
    has_default: bool = False


def findings(table: Table, file: str) -> list[Finding]:
    """Warnings `table-gap`, `table-overlap`, `rule-unreachable`; `table-not-analysed`
    for what this cannot tell.

    Each of the first three names an input that shows it. The number of comparisons is
    bounded, and what is left out is said.
    """
    return list(_Analysis(table, file).findings())


@dataclass
class _Analysis:
    table: Table
    file: str
    budget: Budget = field(default_factory=lambda: Budget(MOST_PAIRS))

    def __post_init__(self) -> None:
        self.columns = _columns(self.table)
        cells = [each.cells for each in self.columns.values()]
        numbers = range(len(self.table.rules))
        self.space: Box = tuple(each.space for each in self.columns.values())
        self.at_most = [tuple(one[n].at_most for one in cells) for n in numbers]
        self.at_least = [tuple(one[n].at_least for one in cells) for n in numbers]

    def findings(self) -> Iterator[Finding]:
        yield from self._not_analysed()
        for part in (self._unreachable, self._overlaps, self._gaps):
            try:
                yield from _first(part())
            except TooLarge:
                yield self._finding(
                    "table-not-analysed",
                    f"{self._name} is too large to be analysed whole: what is told of "
                    "it may not be all. Split it into several tables.",
                )
                return

    def _not_analysed(self) -> Iterator[Finding]:
        unknown = [
            f'"{text}" of {name}'
            for name, each in self.columns.items()
            for text in each.unknown
        ]
        if unknown:
            more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
            yield self._finding(
                "table-not-analysed",
                f"{self._name} is analysed only in part: the tests "
                f"{', '.join(unknown[:3])}{more} are not comparisons with constants "
                "of one type. Check by hand what they leave open.",
            )

    def _gaps(self) -> Iterator[Finding]:
        policy, table = self.table.hit_policy, self.table
        if table.has_default or not table.rules:
            return
        if policy not in SINGLE_HIT and table.aggregation not in NULL_OF_NOTHING:
            return
        told: list[Box] = []
        for box in uncovered(self.space, self.at_most, self.budget):
            if not any(contains(gap, box) for gap in told):
                told.append(grown(box, self.space, self.at_most))
                yield self._finding(
                    "table-gap",
                    f"{self._name} has no rule for {self._example(box)}. Add a rule, "
                    "or a default value of the output.",
                )

    def _overlaps(self) -> Iterator[Finding]:
        policy, rules = self.table.hit_policy, self.table.rules
        if policy not in ("UNIQUE", "ANY"):
            return
        for one, other in overlaps(self.at_least, self.budget):
            both = common(self.at_least[one], self.at_least[other])
            assert both is not None  # noqa: S101 they overlap
            if policy == "ANY" and not _differ(rules[one], rules[other]):
                continue
            fault = (
                "and its hit policy UNIQUE allows one. Narrow one of them, or choose "
                "another hit policy."
                if policy == "UNIQUE"
                else "with different outputs, and its hit policy ANY wants the same. "
                "Narrow one of them, or give both one output."
            )
            yield self._finding(
                "table-overlap",
                f"rules {one + 1} and {other + 1} of {self._name} both match "
                f"{self._example(both)}, {fault}",
                rules[other].element_id,
            )

    def _unreachable(self) -> Iterator[Finding]:
        for number, rule in enumerate(self.table.rules):
            reason = self._never(number) or self._masked(number)
            if reason:
                yield self._finding(
                    "rule-unreachable",
                    f"rule {number + 1} of {self._name} {reason}",
                    rule.element_id,
                )

    def _never(self, number: int) -> str | None:
        if not is_empty(self.at_most[number]):
            return None
        name, each = next(
            (name, each)
            for name, each in self.columns.items()
            if not each.cells[number].at_most
        )
        return (
            f"never matches: no value that {name} may have passes its test; "
            f"{name} = {each.example(each.space)} does not, for example. Mend the "
            "test, or delete the rule."
        )

    def _masked(self, number: int) -> str | None:
        """By rules that decide before it wherever it matches."""
        before = self._before(number)
        covers = [self.at_least[other] for other in before]
        box = self.at_most[number]
        if next(uncovered(box, covers, self.budget), None) is not None:
            return None
        decides = next(
            other for other in before if common(box, self.at_least[other]) is not None
        )
        shared = common(box, self.at_least[decides])
        assert shared is not None  # noqa: S101 it was chosen so
        return (
            "is never used: wherever it matches, another rule decides before it. "
            f"For {self._example(shared)}, for example, that is rule {decides + 1}. "
            "Delete it, or change the order of the rules."
        )

    def _before(self, number: int) -> list[int]:
        """The rules that win against this one wherever both match, the best first."""
        if self.table.hit_policy == "FIRST":
            return sorted(one for one in self._meeting[number] if one < number)
        rules = self.table.rules
        rank = rules[number].rank
        if self.table.hit_policy != "PRIORITY" or rank is None:
            return []
        ranked = ((rules[one].rank, one) for one in self._meeting[number])
        better = [
            (known, one)
            for known, one in ranked
            if known is not None and (known, one) < (rank, number)
        ]
        return [one for _, one in sorted(better)]

    @functools.cached_property
    def _meeting(self) -> list[list[int]]:
        """For each rule those that may match together with it."""
        found: list[list[int]] = [[] for _ in self.table.rules]
        for one, other in overlaps(self.at_most, self.budget):
            self.budget.spend(1)
            found[one].append(other)
            found[other].append(one)
        return found

    @property
    def _name(self) -> str:
        return f'the table of "{self.table.decision_name}"'

    def _example(self, box: Box) -> str:
        sides = zip(self.columns.items(), box, strict=True)
        shown = [f"{name} = {each.example(side)}" for (name, each), side in sides]
        return ", ".join(shown) or "any input"

    def _finding(
        self, rule: str, message: str, element_id: str | None = None
    ) -> Finding:
        element_id = element_id or self.table.element_id
        message = message[:1].upper() + message[1:]
        return Finding(self.file, element_id, rule, "warning", message)


def _differ(one: Rule, other: Rule) -> bool:
    """Whether it is known that they give different outputs."""
    pairs = zip(one.outputs, other.outputs, strict=False)
    return any(None not in pair and pair[0] != pair[1] for pair in pairs)


def _columns(table: Table) -> dict[str, Column]:
    """By expression: two inputs with one expression always have one value."""
    places: dict[str, list[int]] = {}
    for place, given in enumerate(table.inputs):
        places.setdefault(" ".join(given.expression.split()), []).append(place)
    return {name: _column(table, found) for name, found in places.items()}


def _column(table: Table, places: Sequence[int]) -> Column:
    inputs = [table.inputs[place] for place in places]
    rules = [[rule.tests[place] for place in places] for rule in table.rules]
    allowed = [test for each in inputs for test in each.allowed if not test.is_any]
    types = {each.type_name for each in inputs} - {None}
    return column(rules, allowed, types.pop() if types else None)


def _first(found: Iterator[Finding]) -> Iterator[Finding]:
    """As many as a person reads; the last of them tells that there are more."""
    kept = list(itertools.islice(found, MOST_TOLD + 1))
    if len(kept) > MOST_TOLD:
        kept.pop()
        message = f"{kept[-1].message} There are more like it."
        kept[-1] = dataclasses.replace(kept[-1], message=message)
    yield from kept
