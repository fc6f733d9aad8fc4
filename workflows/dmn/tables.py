"""Compiling decision tables: which rules match, and what they give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from workflows.dmn.elements import InputClause, OutputClause, Place, Rule, Table, Text
from workflows.dmn.evaluation import evaluation, refuse
from workflows.dmn.hits import COLLECTED, RANKED, Hit, choose
from workflows.dmn.types import Type
from workflows.feel import Closure, Expression, FeelError, Run, Scope, Value
from workflows.feel.expression import compile_tree

# Unary tests that take about the time of one step of FEEL.
TESTS_PER_STEP = 10


class Compiles(Protocol):
    """What a table needs of the workshop that it is compiled in."""

    @property
    def expressions(self) -> Mapping[str, Expression]: ...

    def text(self, text: Text) -> Closure: ...

    def type_of(self, name: str | None) -> Type | None: ...

    def fit(self, kept: Type | None, value: Value, run: Run, place: Place) -> Value: ...


def make_table(workshop: Compiles, table: Table) -> Closure:
    return _Compiled(workshop, table).run


@dataclass(frozen=True)
class _Input:
    clause: InputClause
    label: str
    expression: Closure
    type: Type | None
    allowed: Closure | None


@dataclass(frozen=True)
class _Output:
    """`ranks` are the output values one by one, the first the highest priority."""

    clause: OutputClause
    type: Type | None
    default: Closure | None
    allowed: Closure | None
    ranks: tuple[Closure, ...]


@dataclass(frozen=True)
class _Row:
    """`tests` are (column, test): an entry that takes any input has none."""

    rule: Rule
    tests: Sequence[tuple[int, Closure]]
    outputs: Sequence[Closure | None]


class _Compiled:
    """A table that is ready to run."""

    def __init__(self, workshop: Compiles, table: Table) -> None:
        self.workshop = workshop
        self.table = table
        self.place = table.place
        self.inputs = [self._input(clause) for clause in table.inputs]
        self.outputs = [self._output(clause) for clause in table.outputs]
        self.rows = [self._row(rule) for rule in table.rules]
        self.cost = 1 + len(self.rows) * len(self.inputs) // TESTS_PER_STEP

    def run(self, scope: Scope) -> Value:
        scope.run.spend(self.cost)
        values: list[Value] = []
        for column in self.inputs:
            value = self._read(column, scope)
            if value is _OUTSIDE:
                self._tell(scope, [*values, None], [])
                return None
            values.append(value)
        rows = self._matching(scope, values)
        self._tell(scope, values, [row.rule.place.element_id for row in rows])
        if not rows and any(one.default for one in self.outputs):
            return self._default(scope)
        hits = [self._hit(row, scope) for row in rows]
        try:
            return choose(self.table, hits, scope.run)
        except FeelError as error:
            return refuse(scope.run, self.place, error.reason, error)

    def _matching(self, scope: Scope, values: Sequence[Value]) -> list[_Row]:
        """In the order of the table; a table of the policy FIRST is left at the hit."""
        known, run = scope.values, scope.run
        scopes = [Scope({**known, "?": value}, run) for value in values]
        first = self.table.policy == "FIRST"
        matching = []
        for row in self.rows:
            for column, test in row.tests:
                if test(scopes[column]) is not True:
                    break
            else:
                matching.append(row)
                if first:
                    break
        return matching

    def _read(self, column: _Input, scope: Scope) -> Value:
        """_OUTSIDE for a value that the input values leave out."""
        place = column.clause.place
        value = self.workshop.fit(
            column.type, column.expression(scope), scope.run, place
        )
        if value is None or column.allowed is None:
            return value
        values = value if type(value) is list else [value]
        for one in values:
            known = {**scope.values, "?": one}
            if column.allowed(Scope(known, scope.run)) is not True:
                reason = f"{column.label} is not one of its input values."
                refuse(scope.run, place, reason)
                return _OUTSIDE
        return value

    def _hit(self, row: _Row, scope: Scope) -> Hit:
        values: dict[str, Value] = {}
        ranks = []
        for output, entry in zip(self.outputs, row.outputs, strict=False):
            value = None if entry is None else entry(scope)
            value = self.workshop.fit(output.type, value, scope.run, row.rule.place)
            if value is not None and output.allowed is not None:
                self._check_allowed(output, value, scope, row.rule.place)
            values[output.clause.name or ""] = value
            if self.table.policy in RANKED and output.ranks:
                ranks.append(_rank(output, value, scope))
        return Hit(row.rule.place, self._given(values), tuple(ranks))

    def _given(self, values: dict[str, Value]) -> Value:
        """One output gives its value, several a context of them."""
        return values if len(self.outputs) > 1 else next(iter(values.values()), None)

    def _check_allowed(
        self, output: _Output, value: Value, scope: Scope, place: Place
    ) -> None:
        """Strict, an output is one of its output values; null may stand for none."""
        if scope.run.environment.lenient or output.allowed is None:
            return
        for one in value if type(value) is list else [value]:
            if output.allowed(Scope({**scope.values, "?": one}, scope.run)) is not True:
                name = output.clause.name or "the output"
                reason = f"{name} gives what is not one of its output values."
                refuse(scope.run, place, reason)

    def _default(self, scope: Scope) -> Value:
        values = {
            output.clause.name or "": self.workshop.fit(
                output.type,
                output.default(scope) if output.default else None,
                scope.run,
                output.clause.place,
            )
            for output in self.outputs
        }
        given = self._given(values)
        listed = self.table.policy in COLLECTED and self.table.aggregation is None
        return [given] if listed else given

    def _tell(self, scope: Scope, values: Sequence[Value], matched: list[str]) -> None:
        labels = [column.label for column in self.inputs]
        told = dict(zip(labels, values, strict=False))
        evaluation(scope).table(self.place, told, matched)

    def _input(self, clause: InputClause) -> _Input:
        text = clause.expression
        expression = _nothing if text is None else self.workshop.text(text)
        return _Input(
            clause,
            text.source if text else "",
            expression,
            self.workshop.type_of(clause.type),
            self._test(clause.values),
        )

    def _output(self, clause: OutputClause) -> _Output:
        """Where the table names no output values, those of its type order them."""
        own = self.workshop.type_of(clause.type)
        default = self.workshop.text(clause.default) if clause.default else None
        orders = clause.values or (own.allowed if own else None)
        whole = self.workshop.type_of(self.table.type)
        if orders is None and whole is not None:
            one = len(self.table.outputs) == 1
            orders = whole.allowed if one else whole.parts.get(clause.name or "")
        ranks = () if orders is None else _ranks(self.workshop, orders)
        return _Output(clause, own, default, self._test(clause.values), ranks)

    def _row(self, rule: Rule) -> _Row:
        tests = []
        for column, entry in enumerate(rule.inputs[: len(self.inputs)]):
            test = self._test(entry)
            if test is not None:
                tests.append((column, test))
        outputs = [
            None if entry is None else self.workshop.text(entry)
            for entry in rule.outputs
        ]
        return _Row(rule, tests, outputs)

    def _test(self, text: Text | None) -> Closure | None:
        """None for an entry that takes any input."""
        if text is None or text.source == "-":
            return None
        return self.workshop.text(text)


# Given where an input value leaves its table without a result.
_OUTSIDE = object()


def _nothing(scope: Scope) -> Value:
    return None


def _rank(output: _Output, value: Value, scope: Scope) -> int:
    inner = Scope({**scope.values, "?": value}, scope.run)
    for rank, test in enumerate(output.ranks):
        if test(inner) is True:
            return rank
    return len(output.ranks)


def _ranks(workshop: Compiles, text: Text) -> tuple[Closure, ...]:
    """Each of several unary tests by itself; in a rank no error matters."""
    whole = workshop.expressions.get(text.key)
    if whole is None:
        return ()
    listed = whole.tree["node"][3][0]
    if listed[0] != "PositiveUnaryTests":
        return ()
    return tuple(_one_test(whole, listed, test) for test in listed[3])


def _one_test(whole: Expression, listed: list[object], test: object) -> Closure:
    node = ["UnaryTests", *listed[1:3], [[*listed[:3], [test]]]]
    tree = {**whole.tree, "node": node}
    expression = compile_tree(tree, whole.text, lenient=True)
    return lambda scope: expression.closure(lenient=True)(scope)
