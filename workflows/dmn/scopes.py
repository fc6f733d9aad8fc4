"""Which names hold where: every FEEL text of a model with what it may read."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from workflows.dmn.elements import (
    Boxed,
    Conditional,
    Context,
    Decision,
    Drawn,
    Element,
    Filter,
    FunctionDefinition,
    Invocation,
    ItemDefinition,
    Iteration,
    KnowledgeModel,
    Listed,
    Literal,
    Reference,
    Relation,
    Table,
    Text,
)

Names: TypeAlias = frozenset[str]
Scoped: TypeAlias = Iterator[tuple[Text, Names]]


def texts(drawn: Drawn, foreign: Mapping[str, str]) -> Scoped:
    """Every text of the model, with the names that it can read.

    `foreign` are the names of what is required of imported models, by reference: an
    import without a name has them stand among those of the model itself (DMN 1.5).
    """
    for item in drawn.items:
        yield from _of_item(item)
    for _, boxed, names in boxes(drawn, foreign):
        yield from ((text, names) for text in _texts_of(boxed))


def boxes(
    drawn: Drawn, foreign: Mapping[str, str]
) -> Iterator[tuple[Element, Boxed, Names]]:
    """Every boxed expression, however deep, with its owner and what it can read."""
    for element in drawn.elements.values():
        logic = logic_of(element)
        if logic is not None:
            for boxed, names in _walk(logic, names_of(drawn, element, foreign)):
                yield element, boxed, names


def mentions(boxed: Boxed | None, word: str) -> bool:
    """Whether a text within could read the name."""
    return any(
        word in text.source
        for inner, _ in _walk(boxed, frozenset())
        for text in _texts_of(inner)
    )


def logic_of(element: Element) -> Boxed | None:
    if isinstance(element, Decision):
        return element.logic
    if isinstance(element, KnowledgeModel):
        return element.function
    return None


def needs_of(element: Element) -> tuple[Reference, ...]:
    """What an element requires, in the order of the file by kind."""
    if isinstance(element, Decision):
        return element.inputs + element.decisions + element.knowledge
    if isinstance(element, KnowledgeModel):
        return element.knowledge
    return ()


def names_of(drawn: Drawn, element: Element, foreign: Mapping[str, str]) -> Names:
    """The names of what an element requires; one of another model is its import's."""
    imports = {one.namespace: one.name for one in drawn.imports}
    found = set()
    for need in needs_of(element):
        if need.namespace is not None:
            prefix = imports.get(need.namespace, "")
            found.add(prefix or foreign.get(str(need), ""))
        elif need.id in drawn.elements:
            found.add(drawn.elements[need.id].name)
    return frozenset(found - {""})


def _of_item(item: ItemDefinition) -> Scoped:
    for text in (item.allowed, item.constraint):
        if text is not None:
            yield text, frozenset()
    for component in item.components:
        yield from _of_item(component)


def _walk(boxed: Boxed | None, names: Names) -> Iterator[tuple[Boxed, Names]]:
    if boxed is None:
        return
    yield boxed, names
    for part, inner in _parts(boxed, names):
        yield from _walk(part, inner)


def _parts(boxed: Boxed, names: Names) -> Iterator[tuple[Boxed | None, Names]]:
    match boxed:
        case Context():
            yield from _entries(boxed, names)
        case FunctionDefinition():
            yield boxed.body, names | {one.name for one in boxed.parameters}
        case Filter():
            yield boxed.source, names
            yield boxed.match, names | {"item"}
        case Iteration():
            yield boxed.source, names
            yield boxed.body, names | {boxed.variable, "partial"}
        case Invocation():
            yield boxed.function, names
            yield from ((binding.value, names) for binding in boxed.bindings)
        case Listed():
            yield from ((item, names) for item in boxed.items)
        case Relation():
            yield from ((cell, names) for row in boxed.rows for cell in row)
        case Conditional():
            parts = (boxed.condition, boxed.then, boxed.otherwise)
            yield from ((part, names) for part in parts)


def _entries(context: Context, names: Names) -> Iterator[tuple[Boxed | None, Names]]:
    """Every entry may read those before it, and a function itself."""
    for entry in context.entries:
        own = set() if entry.variable is None else {entry.variable.name}
        yield entry.value, names | own if _is_function(entry.value) else names
        names = names | own


def _is_function(boxed: Boxed | None) -> bool:
    if isinstance(boxed, FunctionDefinition):
        return True
    return (
        isinstance(boxed, Literal)
        and boxed.text is not None
        and boxed.text.source.startswith("function")
    )


def _texts_of(boxed: Boxed) -> Iterator[Text]:
    """The texts of its own, in the order of the file."""
    if isinstance(boxed, Literal) and boxed.text is not None:
        yield boxed.text
    if isinstance(boxed, Table):
        for text in _cells(boxed):
            if text is not None:
                yield text


def _cells(table: Table) -> Iterator[Text | None]:
    for clause in table.inputs:
        yield from (clause.expression, clause.values)
    for output in table.outputs:
        yield from (output.values, output.default)
    for rule in table.rules:
        yield from rule.inputs
        yield from rule.outputs
