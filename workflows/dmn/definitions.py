"""A decision model ready to run: compiled once, evaluated for every case."""

import dataclasses
from collections.abc import Mapping, Sequence

from workflows import feel
from workflows.dmn.boxed import Workshop, fitted
from workflows.dmn.elements import (
    Boxed,
    Decision,
    Drawn,
    Element,
    FunctionDefinition,
    Input,
    KnowledgeModel,
    Place,
    Reference,
    Service,
    Table,
)
from workflows.dmn.errors import UnknownDecision
from workflows.dmn.evaluation import Evaluation, Given, Record, refuse
from workflows.dmn.outcome import Outcome
from workflows.dmn.reader import read_drawn
from workflows.dmn.scopes import Scoped, texts
from workflows.dmn.types import Type, Types
from workflows.feel import (
    Expression,
    FeelError,
    Function,
    LimitReached,
    Run,
    Scope,
    Tree,
    Value,
    compile_tree,
)
from workflows.feel.wire import check_size
from workflows.safe_xml import parse_xml

# Python counts frames, not calls; one decision that requires another takes six.
DEEPEST = 100


class Definitions:
    """A compiled model; safe to share among threads."""

    def __init__(
        self,
        drawn: Drawn,
        trees: Mapping[str, Tree],
        imported: Mapping[str, "Definitions"],
    ) -> None:
        self.namespace = drawn.namespace
        self.name = drawn.name
        self._elements = drawn.elements
        self._imported = imported
        self._prefixes = {
            one.namespace: one.name
            for one in drawn.imports
            if one.namespace in imported
        }
        expressions: dict[str, Expression] = {}
        foreign = [(name, imported[one]._types) for one, name in self._prefixes.items()]
        self._types: Types = Types(drawn, expressions, foreign)
        names = {
            f"{namespace}#{element.id}": element.name
            for namespace, model in imported.items()
            for element in model._elements.values()
        }
        scoped = texts(drawn, names)
        expressions.update(_compiled(scoped, trees, self._types))
        self._workshop = Workshop(expressions, self._types)
        self._logic = {
            element.id: self._workshop.boxed(_typed_logic(element))
            for element in drawn.elements.values()
            if isinstance(element, Decision)
        }
        self._functions = {
            element.id: self._function(element)
            for element in drawn.elements.values()
            if isinstance(element, KnowledgeModel | Service)
        }

    def evaluate(
        self,
        key: str,
        variables: Mapping[str, Value],
        environment: feel.Environment,
    ) -> Outcome:
        """The value of a decision, a service or a function, by id, name or title.

        `variables` are FEEL values by the names of input data (for a function: of its
        parameters); for a service also of its input decisions. An input of an imported
        model can be told apart as `namespace#name`. UnknownDecision, DecisionError.
        """
        element = self._find(key)
        run = Evaluation(environment)
        place = Place(element.id, element.title, element.id)
        try:
            value = self._value(element, variables, run)
            if type(value) is list or type(value) is dict:
                check_size(value, environment.max_size)
        except RecursionError as error:
            limit = LimitReached(DEEPEST, "decisions and calls within each other")
            refuse(run, place, limit.reason, limit)
            raise AssertionError from error  # a limit is always refused
        except FeelError as error:
            value = refuse(run, place, error.reason, error)
        asked = [one for one in run.records if one.id == element.id] or run.records
        return Outcome(
            value,
            [rule for record in asked for rule in record.matched_rules],
            {"decisions": [record.told() for record in run.records]},
        )

    def _find(self, key: str) -> Element:
        element = self._elements.get(key)
        if element is None:
            named = (
                one for one in self._elements.values() if key in (one.name, one.title)
            )
            element = next(named, None)
        if element is None or isinstance(element, Input):
            raise UnknownDecision(model=self.name, key=key)
        return element

    def _value(
        self, element: Element, variables: Mapping[str, Value], run: Evaluation
    ) -> Value:
        if isinstance(element, Decision):
            return self._decide(element.id, Given(variables), run)
        if isinstance(element, Service):
            return self._serve(element, variables, run, recorded=True)
        function = self._functions[element.id]
        run.record = Record(element.id, element.title, variables)
        run.records.append(run.record)
        place = Place(element.id, element.title, element.id)
        arguments = []
        for name in function.parameters:
            if name not in variables:
                refuse(run, place, f"it is called without {name}.")
            arguments.append(variables.get(name))
        run.record.result = function.call(run, arguments)
        return run.record.result

    def _decide(self, key: str, given: Given, run: Evaluation) -> Value:
        """The value of a decision, reached once in a call."""
        known = (self.namespace, key)
        if known in given.decided:
            return given.decided[known]
        run.spend()
        decision = self._elements[key]
        assert isinstance(decision, Decision)  # noqa: S101 for mypy
        place = Place(decision.id, decision.title, decision.id)
        values = self._required(decision, given, run)
        outer = run.record
        if given.recorded:
            run.record = Record(decision.id, decision.title, values)
        found = self._logic[key](Scope(values, run))
        kept = self._workshop.type_of(decision.type)
        value = self._workshop.fit(kept, found, run, place)
        if given.recorded and run.record is not None:
            run.record.inputs = _without_functions(values)
            run.record.result = value
            run.records.append(run.record)
        run.record = outer
        given.decided[known] = value
        return value

    def _required(
        self, decision: Decision, given: Given, run: Evaluation
    ) -> dict[str, Value]:
        """What a decision can read, by name; of other models in a context for each."""
        values: dict[str, Value] = {}
        for reference in decision.knowledge:
            self._put(values, reference, self._called(reference))
        for reference in decision.decisions:
            owner = self._owner(reference)
            if owner is not None and reference.id in owner._logic:
                self._put(values, reference, owner._decide(reference.id, given, run))
        for reference in decision.inputs:
            owner = self._owner(reference)
            element = None if owner is None else owner._elements.get(reference.id)
            if owner is None or not isinstance(element, Input):
                continue
            if owner._has(element, given) or run.environment.lenient:
                self._put(values, reference, owner._input(element, given, run))
        return values

    def _has(self, element: Input, given: Given) -> bool:
        full = f"{self.namespace}#{element.name}"
        return full in given.inputs or element.name in given.inputs

    def _input(self, element: Input, given: Given, run: Run) -> Value:
        full = f"{self.namespace}#{element.name}"
        found = given.inputs.get(full, given.inputs.get(element.name))
        kept = self._workshop.type_of(element.type)
        place = Place(element.id, element.title, element.id)
        return self._workshop.fit(kept, found, run, place)

    def _put(
        self, values: dict[str, Value], reference: Reference, value: Value
    ) -> None:
        owner = self._owner(reference)
        element = None if owner is None else owner._elements.get(reference.id)
        if element is None:
            return
        prefix = self._prefixes.get(reference.namespace or "", "")
        if prefix:
            values = values.setdefault(prefix, {})
        values[element.name] = value

    def _owner(self, reference: Reference) -> "Definitions | None":
        if reference.namespace is None:
            return self
        return self._imported.get(reference.namespace)

    def _called(self, reference: Reference) -> Function | None:
        owner = self._owner(reference)
        return None if owner is None else owner._functions.get(reference.id)

    def _function(self, element: KnowledgeModel | Service) -> Function:
        """The function that an element is to those who require it."""
        if isinstance(element, Service):
            return self._service_function(element)
        definition = element.function
        if definition is None:
            place = Place(element.id, element.title, element.id)
            definition = FunctionDefinition(place, None, (), None, "FEEL")
        make = self._workshop.function(element.name, definition)
        kept = self._result_type(element.type) or self._workshop.type_of(
            definition.type
        )
        names = tuple(one.name for one in definition.parameters)

        def call(run: Run, arguments: Sequence[Value]) -> Value:
            known: dict[str, Value] = {}
            for reference in element.knowledge:
                self._put(known, reference, self._called(reference))
            found = make(known).call(run, arguments)
            return self._workshop.fit(kept, found, run, definition.place)

        return Function(element.name, names, call)

    def _service_function(self, service: Service) -> Function:
        """Its parameters are the input data, then the input decisions."""
        names, types = [], []
        for reference in (*service.inputs, *service.input_decisions):
            owner, element = self._owner(reference), self._element(reference)
            if owner is not None and isinstance(element, Input | Decision):
                names.append(element.name)
                types.append(owner._workshop.type_of(element.type))

        def call(run: Run, arguments: Sequence[Value]) -> Value:
            given = fitted(service.name, names, types, arguments)
            assert isinstance(run, Evaluation)  # noqa: S101 DMN makes no other
            return self._serve(service, given, run, recorded=False)

        return Function(service.name, tuple(names), call)

    def _serve(
        self,
        service: Service,
        values: Mapping[str, Value],
        run: Evaluation,
        *,
        recorded: bool,
    ) -> Value:
        """What its output decisions give: one its value, several a context."""
        place = Place(service.id, service.title, service.id)
        given = Given(values, self._given_decisions(service, values, run), recorded)
        found: dict[str, Value] = {}
        for reference in service.outputs:
            owner, element = self._owner(reference), self._element(reference)
            if owner is not None and isinstance(element, Decision):
                found[element.name] = owner._decide(element.id, given, run)
        value = found if len(service.outputs) > 1 else next(iter(found.values()), None)
        return self._workshop.fit(self._result_type(service.type), value, run, place)

    def _given_decisions(
        self, service: Service, values: Mapping[str, Value], run: Evaluation
    ) -> dict[tuple[str, str], Value]:
        """The input decisions, which the caller has made: none is evaluated."""
        place = Place(service.id, service.title, service.id)
        decided = {}
        for reference in service.input_decisions:
            owner, element = self._owner(reference), self._element(reference)
            if owner is None or not isinstance(element, Decision):
                continue
            if element.name not in values:
                refuse(run, place, f"it is called without {element.name}.")
            kept = owner._workshop.type_of(element.type)
            value = owner._workshop.fit(kept, values.get(element.name), run, place)
            decided[owner.namespace, element.id] = value
        return decided

    def _element(self, reference: Reference) -> Element | None:
        owner = self._owner(reference)
        return None if owner is None else owner._elements.get(reference.id)

    def _result_type(self, name: str | None) -> Type | None:
        """Of a function its result's, for models name the one or the other."""
        kept = self._workshop.type_of(name)
        if kept is None or not kept.is_function:
            return kept
        return self._workshop.type_of(kept.result)


def load(
    source: bytes,
    trees: Mapping[str, Tree],
    imported: Mapping[str, Definitions] | None = None,
) -> Definitions:
    """Compile what `read` accepted; `imported` are its imports by namespace."""
    drawn, _ = read_drawn(parse_xml(source), "")
    return Definitions(drawn, trees, imported or {})


def _compiled(
    scoped: Scoped, trees: Mapping[str, Tree], types: Types
) -> dict[str, Expression]:
    """One expression for all texts that read alike, with the same names around."""
    made: dict[tuple[str, bool, frozenset[str]], Expression] = {}
    found = {}
    for text, names in scoped:
        tree = trees.get(text.key)
        if tree is None:
            continue
        known = (text.source, text.unary, names)
        if known not in made:
            made[known] = compile_tree(
                tree,
                text.source,
                functions=names,
                types=types.predicates,
                lenient=True,
            )
        found[text.key] = made[known]
    return found


def _typed_logic(decision: Decision) -> Boxed | None:
    """A table that names no type is of that of its decision."""
    logic = decision.logic
    if isinstance(logic, Table) and logic.type is None:
        return dataclasses.replace(logic, type=decision.type)
    return logic


def _without_functions(values: Mapping[str, Value]) -> dict[str, Value]:
    return {
        name: value for name, value in values.items() if type(value) is not Function
    }
