"""The requirements graph: whether every arrow leads somewhere, and none in a circle."""

from collections.abc import Iterator, Mapping

from workflows.dmn.elements import (
    Decision,
    Drawn,
    Element,
    Input,
    KnowledgeModel,
    Reference,
    Service,
)
from workflows.dmn.model import InvocableKind, Model
from workflows.model import Finding

KINDS: Mapping[type[Element], InvocableKind] = {
    Decision: InvocableKind.DECISION,
    Service: InvocableKind.SERVICE,
    KnowledgeModel: InvocableKind.BKM,
    Input: InvocableKind.INPUT,
}
_FUNCTIONS = frozenset({InvocableKind.SERVICE, InvocableKind.BKM})
_DECISIONS = frozenset({InvocableKind.DECISION})
_INPUTS = frozenset({InvocableKind.INPUT})


def arrows(element: Element) -> Iterator[tuple[Reference, frozenset[InvocableKind]]]:
    """What an element refers to, and what that may be."""
    if isinstance(element, Decision):
        yield from ((one, _INPUTS) for one in element.inputs)
        yield from ((one, _DECISIONS) for one in element.decisions)
    if isinstance(element, Decision | KnowledgeModel):
        yield from ((one, _FUNCTIONS) for one in element.knowledge)
    if isinstance(element, Service):
        for group in (element.outputs, element.encapsulated, element.input_decisions):
            yield from ((one, _DECISIONS) for one in group)
        yield from ((one, _INPUTS) for one in element.inputs)


def check(
    drawn: Drawn, file: str, imported: Mapping[str, Model] | None
) -> list[Finding]:
    """Findings of the graph; of another model's elements only where it is given."""
    found = []
    for element in drawn.elements.values():
        for reference, wanted in arrows(element):
            fault = _fault(drawn, reference, wanted, imported)
            if fault:
                found.append(
                    Finding(file, element.id, "dmn-requirement", "error", fault)
                )
        if isinstance(element, Service) and not element.outputs:
            message = f'The service "{element.title}" has no output decision. Name one.'
            found.append(Finding(file, element.id, "dmn-requirement", "error", message))
    circle = _circle(drawn)
    if circle:
        names = " → ".join(f'"{drawn.elements[one].title}"' for one in circle)
        message = f"The decisions require each other in a circle: {names}. Break it."
        found.append(Finding(file, circle[0], "dmn-circle", "error", message))
    return found


def _fault(
    drawn: Drawn,
    reference: Reference,
    wanted: frozenset[InvocableKind],
    imported: Mapping[str, Model] | None,
) -> str | None:
    kinds = " or ".join(sorted(wanted))
    mend = f"Draw the requirement to a {kinds} of this model, or of one it imports."
    if reference.namespace is None:
        element = drawn.elements.get(reference.id)
        if element is None:
            return f"It requires {reference}, which is not in the model. {mend}"
        if KINDS[type(element)] not in wanted:
            return f'It requires "{element.title}", which is no {kinds}. {mend}'
        return None
    if reference.namespace not in {one.namespace for one in drawn.imports}:
        return f"It requires {reference}, of a model that is not imported. {mend}"
    if imported is None:
        return None
    model = imported.get(reference.namespace)
    if model is None:
        return f"It requires {reference}, of a model that is not here. Add its file."
    fitting = {one.id for one in model.decisions if one.kind in wanted}
    if reference.id not in fitting:
        return f"It requires {reference}, which is no {kinds} there. {mend}"
    return None


def _circle(drawn: Drawn) -> list[str]:
    """A circle of decisions, first and last the same; empty where there is none.

    Functions may call themselves: that ends, or reaches its limit, while it runs.
    """
    done: set[str] = set()
    for start in drawn.elements:
        path: list[str] = []
        on_path: set[str] = set()
        waiting = [(start, False)]
        while waiting:
            one, left = waiting.pop()
            if left:
                on_path.discard(path.pop())
                done.add(one)
            elif one in on_path:
                return [*path[path.index(one) :], one]
            elif one not in done:
                path.append(one)
                on_path.add(one)
                waiting.append((one, True))
                waiting += ((need, False) for need in _required(drawn, one))
    return []


def _required(drawn: Drawn, key: str) -> list[str]:
    element = drawn.elements.get(key)
    if not isinstance(element, Decision):
        return []
    return [need.id for need in element.decisions if need.namespace is None]
