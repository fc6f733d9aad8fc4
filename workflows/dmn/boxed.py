"""Compiling boxed expressions: each becomes a closure over the names around it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from workflows.dmn.elements import (
    Boxed,
    Conditional,
    Context,
    Filter,
    FunctionDefinition,
    Invocation,
    Iteration,
    Listed,
    Literal,
    Place,
    Relation,
    Table,
    Text,
    Variable,
)
from workflows.dmn.evaluation import refuse
from workflows.dmn.scopes import mentions
from workflows.dmn.tables import make_table
from workflows.dmn.types import MISFIT, Type, Types
from workflows.feel import (
    Closure,
    Expression,
    FeelError,
    Function,
    Range,
    Run,
    Scope,
    Value,
    WrongType,
    kind,
)
from workflows.feel.functions import BUILTINS
from workflows.feel.loops import counted_range

PARTIAL = "partial"


@dataclass(frozen=True)
class Workshop:
    """What compiling needs of a model: its expressions by key, and its types."""

    expressions: Mapping[str, Expression]
    types: Types

    def boxed(self, boxed: Boxed | None) -> Closure:
        if boxed is None:
            return lambda scope: None
        run = _MAKERS[type(boxed)](self, boxed)
        return self.typed(run, boxed.type, boxed.place)

    def typed(self, run: Closure, name: str | None, place: Place) -> Closure:
        """As `run`, its value made to fit the type of this name."""
        kept = self.type_of(name)
        if kept is None:
            return run
        return lambda scope: self.fit(kept, run(scope), scope.run, place)

    def type_of(self, name: str | None) -> Type | None:
        """None where anything may stand."""
        kept = None if name is None else self.types.find(name)
        return None if kept is None or kept.base == "Any" else kept

    def fit(self, kept: Type | None, value: Value, run: Run, place: Place) -> Value:
        if kept is None or value is None:
            return value
        if type(value) is list:
            run.spend(len(value) // 10)
        fitted = kept.fit(value)
        if fitted is MISFIT:
            return refuse(run, place, misfit(kept, value))
        return fitted

    def text(self, text: Text) -> Closure:
        """A FEEL text; one that never parsed is refused when it is asked."""
        expression = self.expressions.get(text.key)
        place, source = text.place, text.source
        if expression is None:
            reason = f'"{source[:80]}" was refused when the model was released.'
            return lambda scope: refuse(scope.run, place, reason)

        ready: dict[bool, Closure] = {}

        def run(scope: Scope) -> Value:
            mode = scope.run.environment.lenient
            try:
                closure = ready.get(mode)
                if closure is None:
                    closure = ready[mode] = expression.closure(lenient=mode)
                return closure(scope)
            except FeelError as error:
                told = error.within(error.expression or source)
                return refuse(scope.run, place, str(told), error)

        return run

    def function(
        self, name: str, definition: FunctionDefinition
    ) -> Callable[[Mapping[str, Value]], Function]:
        """Makes the function of the names that are known where it is defined."""
        if definition.kind != "FEEL":
            reason = f"a function in {definition.kind} does not run here."
            place = definition.place
            body: Closure = lambda scope: refuse(scope.run, place, reason)  # noqa: E731 one line
        else:
            body = self.boxed(definition.body)
        names = tuple(one.name for one in definition.parameters)
        types = [self.type_of(one.type) for one in definition.parameters]

        def make(known: Mapping[str, Value]) -> Function:
            def call(run: Run, arguments: Sequence[Value]) -> Value:
                run.spend()
                given = fitted(name, names, types, arguments)
                return body(Scope({**known, **given}, run))

            return Function(name, names, call)

        return make


def fitted(
    name: str,
    names: Sequence[str],
    types: Sequence[Type | None],
    arguments: Sequence[Value],
) -> dict[str, Value]:
    """The arguments by name; WrongType where one does not fit: then nothing runs."""
    if len(arguments) != len(names):
        raise WrongType(name, f"{len(names)} arguments", str(len(arguments)))
    given = {}
    for parameter, kept, value in zip(names, types, arguments, strict=True):
        given[parameter] = value if kept is None else kept.fit(value)
        if kept is not None and given[parameter] is MISFIT:
            raise WrongType(f"{name}, parameter {parameter},", kept.name, kind(value))
    return given


def misfit(kept: Type, value: Value) -> str:
    if kind(value) == kept.base:
        return f"the {kind(value)} is not among the values of {kept.name}."
    return f"it gives a {kind(value)}, which is no {kept.name}."


def _literal(workshop: Workshop, boxed: Literal) -> Closure:
    if boxed.text is None:
        place = boxed.place
        return lambda scope: refuse(scope.run, place, "the expression is empty.")
    return workshop.text(boxed.text)


def _table(workshop: Workshop, boxed: Table) -> Closure:
    return make_table(workshop, boxed)


def _context(workshop: Workshop, boxed: Context) -> Closure:
    """The entry without a name, if there is one, is what the context gives."""
    entries = [
        (
            entry.variable.name if entry.variable else None,
            workshop.typed(
                workshop.boxed(entry.value),
                entry.variable.type if entry.variable else None,
                entry.place,
            ),
        )
        for entry in boxed.entries
    ]

    def run(scope: Scope) -> Value:
        known = dict(scope.values)
        inner = Scope(known, scope.run)
        made: dict[str, Value] = {}
        for name, value in entries:
            found = value(inner)
            if name is None:
                return found
            made[name] = known[name] = found
        return made

    return run


def _function(workshop: Workshop, boxed: FunctionDefinition) -> Closure:
    make = workshop.function("function", boxed)
    return lambda scope: make(scope.values)


def _invocation(workshop: Workshop, boxed: Invocation) -> Closure:
    function = workshop.boxed(boxed.function)
    names = [binding.parameter.name for binding in boxed.bindings]
    values = [
        workshop.typed(
            workshop.boxed(binding.value), binding.parameter.type, boxed.place
        )
        for binding in boxed.bindings
    ]
    place = boxed.place

    def run(scope: Scope) -> Value:
        called = function(scope)
        if type(called) is not Function:
            return refuse(scope.run, place, f"it calls a {kind(called)}.")
        given = dict(zip(names, (value(scope) for value in values), strict=True))
        ordered = _ordered(called, names)
        if ordered is None:
            wanted = ", ".join(called.parameters) or "nothing"
            told = ", ".join(names) or "nothing"
            reason = f"{called.name} takes {wanted}, and is given {told}."
            return refuse(scope.run, place, reason)
        try:
            return called.call(scope.run, [given[name] for name in ordered])
        except FeelError as error:
            return refuse(scope.run, place, error.reason, error)

    return run


def _ordered(called: Function, names: Sequence[str]) -> Sequence[str] | None:
    """The parameters that these names are for; a function of FEEL has several ways."""
    builtin = BUILTINS.get(called.name)
    if builtin is None or called.call != builtin.call:
        return called.parameters if set(names) == set(called.parameters) else None
    for overload in builtin.overloads:
        if overload.positions(names) is not None:
            return [one.name for one in overload.parameters[: len(names)]]
    return None


def _list(workshop: Workshop, boxed: Listed) -> Closure:
    items = [workshop.boxed(item) for item in boxed.items]
    return lambda scope: [item(scope) for item in items]


def _relation(workshop: Workshop, boxed: Relation) -> Closure:
    columns: Sequence[Variable] = boxed.columns
    rows = [
        [
            (column.name, workshop.typed(workshop.boxed(cell), column.type, cell.place))
            for column, cell in zip(columns, row, strict=False)
        ]
        for row in boxed.rows
    ]
    return lambda scope: [{name: cell(scope) for name, cell in row} for row in rows]


def _conditional(workshop: Workshop, boxed: Conditional) -> Closure:
    condition = workshop.boxed(boxed.condition)
    then, otherwise = workshop.boxed(boxed.then), workshop.boxed(boxed.otherwise)
    place = boxed.place

    def run(scope: Scope) -> Value:
        verdict = condition(scope)
        if verdict is True:
            return then(scope)
        if verdict is False or (verdict is None and scope.run.environment.lenient):
            return otherwise(scope)
        return refuse(scope.run, place, f"if takes a boolean, not a {kind(verdict)}.")

    return run


def _filter(workshop: Workshop, boxed: Filter) -> Closure:
    source, match = workshop.boxed(boxed.source), workshop.boxed(boxed.match)
    place = boxed.place

    def select(scope: Scope) -> Value:
        run = scope.run
        items = _items(source(scope), run, place)
        if items is None:
            return None
        kept = []
        for item in items:
            run.spend()
            components = item if type(item) is dict else {}
            known = {**scope.values, **components, "item": item}
            verdict = match(Scope(known, run))
            if verdict is True:
                kept.append(item)
            elif verdict is not False and (verdict is not None or not lenient(run)):
                reason = f"match takes a boolean, not a {kind(verdict)}."
                return refuse(run, place, reason)
        return kept

    return select


def _iteration(workshop: Workshop, boxed: Iteration) -> Closure:
    source, body = workshop.boxed(boxed.source), workshop.boxed(boxed.body)
    place, word, variable = boxed.place, boxed.word, boxed.variable
    partial = word == "for" and mentions(boxed.body, PARTIAL)

    def run(scope: Scope) -> Value:
        items = _items(source(scope), scope.run, place)
        if items is None:
            return None
        found: list[Value] = []
        for item in items:
            scope.run.spend(1 + len(found) // 10 if partial else 1)
            known = {**scope.values, variable: item}
            if partial:
                known[PARTIAL] = found[:]
            found.append(body(Scope(known, scope.run)))
        return found if word == "for" else _quantified(word, found, scope.run, place)

    return run


def _quantified(word: str, verdicts: list[Value], run: Run, place: Place) -> Value:
    """Every verdict is asked: what is neither true nor false must not hide."""
    decisive = word == "some"
    for verdict in verdicts:
        if type(verdict) is not bool and (verdict is not None or not lenient(run)):
            return refuse(run, place, f"{word} takes booleans, not a {kind(verdict)}.")
    if decisive in verdicts:
        return decisive
    return None if None in verdicts else not decisive


def lenient(run: Run) -> bool:
    return run.environment.lenient


def _items(value: Value, run: Run, place: Place) -> Iterable[Value] | None:
    """Of a list, or of a range of whole numbers or days. Lenient, a value stands for a
    list of just it."""
    if type(value) is list:
        return value
    if type(value) is Range:
        try:
            return counted_range(value, run)
        except FeelError as error:
            refuse(run, place, error.reason, error)
            return None
    if value is not None and lenient(run):
        return [value]
    refuse(run, place, f"it goes through a list, not a {kind(value)}.")
    return None


_MAKERS: Mapping[type[Boxed], Callable[..., Closure]] = {
    Literal: _literal,
    Table: _table,
    Context: _context,
    Invocation: _invocation,
    Listed: _list,
    Relation: _relation,
    FunctionDefinition: _function,
    Conditional: _conditional,
    Filter: _filter,
    Iteration: _iteration,
}
