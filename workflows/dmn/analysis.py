"""The tables of a model made ready for analysis: types found, outputs ranked."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from workflows import feel
from workflows.dmn import coverage
from workflows.dmn.constants import NotAnalysed, UnaryTests, compared
from workflows.dmn.elements import (
    Drawn,
    FunctionDefinition,
    InputClause,
    ItemDefinition,
    OutputClause,
    Rule,
    Table,
    Text,
)
from workflows.feel import Tree
from workflows.feel.operators import same
from workflows.feel.values import KINDS
from workflows.model import Finding

# What is not the same in every case, or cannot be told.
_VARIES = object()

# The types of the names that a table may read.
Scope: TypeAlias = Mapping[str, str | None]

_ALIASES: Mapping[str, str] = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "any": "Any",
}
_BASE = frozenset(KINDS.values()) | {"Any"}


def findings(drawn: Drawn, trees: Mapping[str, Tree], file: str) -> list[Finding]:
    """What `coverage` tells of every table; `trees` are those of the texts by key."""
    scope = {element.name: element.type for element in drawn.elements.values()}
    model = _Types(drawn.items, trees)
    return [
        finding
        for element in drawn.elements.values()
        for table, names in _tables(element, scope)
        if _is_whole(table)
        for finding in coverage.findings(_Reading(model, names).table(table), file)
    ]


def _is_whole(table: Table) -> bool:
    """Whether every row has an entry in every column; the rest is an error anyway."""
    return all(len(rule.inputs) == len(table.inputs) for rule in table.rules)


def _tables(part: object, scope: Scope) -> Iterator[tuple[Table, Scope]]:
    """Every table in a part of the model, with the types of the names around it."""
    if isinstance(part, Table):
        yield part, scope
    elif isinstance(part, tuple):
        for each in part:
            yield from _tables(each, scope)
    elif dataclasses.is_dataclass(part):
        if isinstance(part, FunctionDefinition):
            own = {parameter.name: parameter.type for parameter in part.parameters}
            scope = {**scope, **own}
        for each in dataclasses.fields(part):
            yield from _tables(getattr(part, each.name), scope)


@dataclasses.dataclass(frozen=True)
class _Type:
    """A FEEL type by name, if it is one, and the tests that all its values pass."""

    name: str | None = None
    allowed: tuple[UnaryTests, ...] = ()
    components: Mapping[str, str | None] = dataclasses.field(default_factory=dict)


class _Types:
    """The item definitions of a model."""

    def __init__(
        self, items: Sequence[ItemDefinition], trees: Mapping[str, Tree]
    ) -> None:
        self.trees = trees
        self.items = {item.name: item for item in items}

    def tests(self, text: Text | None) -> UnaryTests:
        if text is None:
            return UnaryTests("-", None)
        return UnaryTests(text.source, self.trees.get(text.key))

    def find(self, name: str | None) -> _Type:
        allowed: list[UnaryTests] = []
        seen: set[str] = set()
        while name in self.items and name not in seen:
            seen.add(name)
            item = self.items[name]
            if item.collection:
                return _Type("list")
            if item.components:
                return _Type(
                    "context",
                    components={one.name: self._named(one) for one in item.components},
                )
            limits = (item.allowed, item.constraint)
            allowed += [self.tests(text) for text in limits if text is not None]
            name = item.type
        name = _ALIASES.get(name or "", name)
        return _Type(name if name in _BASE else None, tuple(allowed))

    def _named(self, component: ItemDefinition) -> str:
        """A component is a type of its own, under a name that no file can write."""
        name = f"{component.place.element_id} {id(component)}"
        self.items[name] = component
        return name

    def of_path(self, names: Sequence[str], scope: Scope) -> _Type:
        """The type of `applicant.age`, as far as the model tells it."""
        found = _Type()
        for place, name in enumerate(names):
            known = scope if place == 0 else found.components
            found = self.find(known.get(name))
        return found


@dataclasses.dataclass(frozen=True)
class _Reading:
    """Turns a table as it is drawn into one to analyse."""

    types: _Types
    scope: Scope

    def table(self, table: Table) -> coverage.Table:
        ranks = self._ranks(table) if table.policy == "PRIORITY" else {}
        rules = tuple(
            coverage.Rule(
                rule.place.element_id or None,
                tuple(self.types.tests(text) for text in rule.inputs),
                tuple(self._output(text) for text in rule.outputs),
                ranks.get(place),
            )
            for place, rule in enumerate(table.rules)
        )
        return coverage.Table(
            table.place.element_id or None,
            table.place.owner_name,
            table.policy,
            tuple(self._input(clause) for clause in table.inputs),
            rules,
            table.aggregation,
            any(clause.default is not None for clause in table.outputs),
        )

    def _input(self, clause: InputClause) -> coverage.Input:
        if clause.expression is None:
            return coverage.Input("-")
        declared = self.types.find(clause.type)
        read = self._read(clause.expression)
        own = () if clause.values is None else (self.types.tests(clause.values),)
        return coverage.Input(
            clause.expression.source,
            declared.name or read.name,
            (*own, *declared.allowed, *read.allowed),
        )

    def _read(self, expression: Text) -> _Type:
        """Of an expression that only reads a name, what is known of that name."""
        tree = self.types.trees.get(expression.key)
        return self.types.of_path(_path(tree) if tree else [], self.scope)

    def _ranks(self, table: Table) -> dict[int, tuple[int, ...]]:
        """By place of a rule; those whose outputs are not among the output values have
        none."""
        kept = table.type if len(table.outputs) == 1 else None
        orders = [self._order(clause, kept) for clause in table.outputs]
        found = {}
        for place, rule in enumerate(table.rules):
            rank = self._rank(rule, orders)
            if rank is not None:
                found[place] = rank
        return found

    def _order(self, clause: OutputClause, kept: str | None) -> list[feel.Value]:
        """The output values; where the table has none, those of its type."""
        given = (
            self.types.tests(clause.values),
            *self.types.find(clause.type).allowed,
            *self.types.find(kept).allowed,
        )
        for tests in given:
            if not tests.is_any:
                try:
                    return compared(tests)[0]
                except (NotAnalysed, feel.FeelError):
                    return []
        return []

    def _rank(
        self, rule: Rule, orders: Sequence[list[feel.Value]]
    ) -> tuple[int, ...] | None:
        ranks = []
        for text, order in zip(rule.outputs, orders, strict=False):
            if not order:
                continue
            value = self._constant(text)
            at = [n for n, known in enumerate(order) if same(known, value)]
            if not at:
                return None
            ranks.append(at[0])
        return tuple(ranks) or None

    def _output(self, text: Text | None) -> str | None:
        """An output that is the same in every case, written in one way."""
        value = self._constant(text)
        if value is _VARIES or isinstance(value, feel.Function):
            return None
        return feel.dumps(value)

    def _constant(self, text: Text | None) -> feel.Value:
        if text is None:
            return None
        tree = self.types.trees.get(text.key)
        if tree is None or not feel.is_constant(tree):
            return _VARIES
        try:
            return feel.constant_value(tree, text.source)
        except feel.FeelError:
            return _VARIES


def _path(tree: Tree) -> list[str]:
    """`applicant.age` by its names; empty for what does more than read."""
    node, names = tree["node"], list[str]()
    if node[0] == "Expression":
        node = node[3][0]
    while node[0] == "PathExpression":
        names.insert(0, node[3][2][3])
        node = node[3][0]
    return [node[3], *names] if node[0] == "VariableName" else []
