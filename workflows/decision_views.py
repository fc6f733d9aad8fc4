"""A decision as people read it: its table or text, as the file writes it.

Read from the XML itself, for labels, annotations and norms are nobody's but a reader's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from lxml import etree

from workflows.dmn_titles import norms, properties
from workflows.safe_xml import parse_xml

DRAWN = frozenset(
    {"decision", "decisionService", "businessKnowledgeModel", "inputData"}
)


@dataclass(frozen=True)
class Text:
    """A literal expression; `type` is what it is to give, where that is said."""

    text: str
    type: str | None = None
    kind: str = "text"


@dataclass(frozen=True)
class Column:
    """An input or output of a table; `values` are those that it allows."""

    label: str
    type: str | None = None
    values: str = ""


@dataclass(frozen=True)
class Row:
    """A rule; `id` is that which an evaluation tells, `number` its place from 1."""

    id: str
    number: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    notes: tuple[str, ...]
    norms: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """`policy` is the standard's letter: U, A, P, F, C, C+, C<, C>, C#, R or O."""

    policy: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    kind: str = "table"


@dataclass(frozen=True)
class Part:
    """One named part of a boxed expression."""

    name: str
    view: "View | None"


@dataclass(frozen=True)
class Parts:
    """Any other boxed expression: `word` says which, in the standard's words."""

    word: str
    parts: tuple[Part, ...]
    kind: str = "parts"


@dataclass(frozen=True)
class Relation:
    columns: tuple[str, ...]
    rows: tuple[tuple["View | None", ...], ...]
    kind: str = "relation"


View: TypeAlias = Text | Table | Parts | Relation


@dataclass(frozen=True)
class Need:
    """What a decision requires; `namespace` is None within the model."""

    id: str
    namespace: str | None


@dataclass(frozen=True)
class Drawn:
    """A decision, service, function or input of a model."""

    id: str
    name: str
    kind: str  # of `DRAWN`
    type: str | None
    view: View | None
    needs: tuple[Need, ...]
    norms: tuple[str, ...]
    description: str = ""
    question: str = ""
    parameters: tuple[str, ...] = field(default=())


def read(source: bytes) -> dict[str, Drawn]:
    """What a released model draws, by id, or by name where there is no id."""
    root = parse_xml(source)
    own = root.get("namespace", "")
    found = [_drawn(element, own) for element in root if _local(element) in DRAWN]
    return {one.id: one for one in found}


def _drawn(element: etree._Element, own: str) -> Drawn:
    name = element.get("name", "")
    kind = _local(element)
    variable = _child(element, "variable")
    logic = _child(element, "encapsulatedLogic")
    holder = element if logic is None else logic
    views = [one for one in map(_view, holder) if one is not None]
    return Drawn(
        element.get("id") or name,
        name,
        kind,
        None if variable is None else variable.get("typeRef"),
        views[0] if views else None,
        tuple(_needs(element, own)),
        tuple(norms(properties(element))),
        _said(element, "description"),
        _said(element, "question"),
        _named(holder, "formalParameter"),
    )


def _needs(element: etree._Element, own: str) -> Iterator[Need]:
    for one in element.iter("{*}*"):
        href = one.get("href")
        if href and _local(one) not in ("requiredAuthority", "decisionOwner"):
            namespace, _, id_ = href.rpartition("#")
            yield Need(id_, None if namespace in ("", own) else namespace)


def _view(element: etree._Element) -> View | None:
    kind = _local(element)
    if kind == "decisionTable":
        return _table(element)
    if kind == "literalExpression":
        return Text(_text(element), element.get("typeRef"))
    if kind == "relation":
        rows = tuple(tuple(map(_view, row)) for row in _children(element, "row"))
        return Relation(_named(element, "column"), rows)
    if kind == "context":
        return Parts(kind, tuple(map(_entry, _children(element, "contextEntry"))))
    if kind == "invocation":
        called = Part("", _first_view(element))
        return Parts(kind, (called, *map(_binding, _children(element, "binding"))))
    if kind == "list":
        return Parts(kind, tuple(Part("", _view(one)) for one in element))
    if kind == "functionDefinition":
        names = ", ".join(_named(element, "formalParameter"))
        return Parts(kind, (Part(f"({names})", _first_view(element)),))
    if kind in _WRAPPED:
        variable = element.get("iteratorVariable")
        parts = (Part(_word(one, variable), _first_view(one)) for one in element)
        return Parts(kind, tuple(one for one in parts if one.view is not None))
    return None


# Boxed expressions whose children each hold one expression.
_WRAPPED = frozenset({"conditional", "filter", "for", "some", "every"})


def _word(element: etree._Element, variable: str | None) -> str:
    """The name of a part; of a list that is gone through, with the variable."""
    name = _local(element)
    return f"{variable} in" if name == "in" and variable else name


def _table(element: etree._Element) -> Table:
    inputs, outputs = _children(element, "input"), _children(element, "output")
    return Table(
        _policy(element),
        tuple(map(_input, inputs)),
        tuple(_output(one, element) for one in outputs),
        _named(element, "annotation"),
        tuple(
            _row(one, number)
            for number, one in enumerate(_children(element, "rule"), 1)
        ),
    )


def _policy(element: etree._Element) -> str:
    policy = element.get("hitPolicy", "UNIQUE")
    aggregation = element.get("aggregation", "") if policy == "COLLECT" else ""
    signs = {"SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}
    return policy[:1] + signs.get(aggregation, "")


def _input(element: etree._Element) -> Column:
    expression = _child(element, "inputExpression")
    written = "" if expression is None else _text(expression)
    values = _child(element, "inputValues")
    return Column(
        element.get("label") or written,
        None if expression is None else expression.get("typeRef"),
        "" if values is None else _text(values),
    )


def _output(element: etree._Element, table: etree._Element) -> Column:
    values = _child(element, "outputValues")
    label = element.get("label") or element.get("name") or table.get("outputLabel")
    return Column(
        label or "", element.get("typeRef"), "" if values is None else _text(values)
    )


def _row(element: etree._Element, number: int) -> Row:
    notes = [_text(one) for one in _children(element, "annotationEntry")]
    said = _said(element, "description")
    return Row(
        element.get("id") or f"rule {number}",
        number,
        tuple(map(_text, _children(element, "inputEntry"))),
        tuple(map(_text, _children(element, "outputEntry"))),
        tuple(one for one in (*notes, said) if one),
        tuple(norms(properties(element))),
    )


def _entry(element: etree._Element) -> Part:
    variable = _child(element, "variable")
    name = "" if variable is None else variable.get("name", "")
    return Part(name, _first_view(element))


def _binding(element: etree._Element) -> Part:
    parameter = _child(element, "parameter")
    name = "" if parameter is None else parameter.get("name", "")
    return Part(name, _first_view(element))


def _first_view(element: etree._Element) -> View | None:
    return next((one for one in map(_view, element) if one is not None), None)


def _text(element: etree._Element) -> str:
    return _said(element, "text")


def _said(element: etree._Element, name: str) -> str:
    found = _child(element, name)
    return "" if found is None else (found.text or "").strip()


def _named(element: etree._Element, name: str) -> tuple[str, ...]:
    return tuple(one.get("name", "") for one in _children(element, name))


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(iter(_children(element, name)), None)


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [one for one in element if _local(one) == name]


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)
