"""Reading boxed expressions: what stands in a decision, a function, a table."""

from collections.abc import Callable, Mapping

from lxml import etree

from workflows.dmn.elements import (
    Binding,
    Boxed,
    Conditional,
    Context,
    Entry,
    Filter,
    FunctionDefinition,
    Invocation,
    Iteration,
    Listed,
    Literal,
    Place,
    Relation,
    Variable,
)
from workflows.dmn.table_reading import read_table
from workflows.dmn.xml import Sheet


def find_boxed(
    sheet: Sheet, element: etree._Element, place: Place, also: frozenset[str]
) -> Boxed | None:
    """The one boxed expression in an element, beside the children named in `also`."""
    found = None
    for name, child in sheet.children(element, place, also | EXPRESSIONS):
        if name not in EXPRESSIONS or name in also:
            continue
        if found is not None:
            sheet.error(
                place.element_id or None,
                "dmn-two-expressions",
                f"Line {child.sourceline}: <{name}> is a second expression where "
                "one can stand. Keep one of them.",
            )
        found = read_boxed(sheet, child, place)
    return found


def read_boxed(sheet: Sheet, element: etree._Element, place: Place) -> Boxed:
    name = etree.QName(element).localname
    return _READERS[name](sheet, element, sheet.at(element, place))


def read_function(
    sheet: Sheet, element: etree._Element, place: Place
) -> FunctionDefinition:
    own = sheet.at(element, place)
    parameters = tuple(
        sheet.variable(child)
        for child in element
        if etree.QName(child).localname == "formalParameter"
    )
    body = find_boxed(sheet, element, own, frozenset({"formalParameter"}))
    kind = element.get("kind", "FEEL")
    if kind != "FEEL":
        reason = f"a function in {kind} does not run here. Write it in FEEL."
        sheet.refused.append((own, reason))
    return FunctionDefinition(own, sheet.type_of(element), parameters, body, kind)


def _literal(sheet: Sheet, element: etree._Element, place: Place) -> Boxed:
    known = frozenset({"text", "importedValues"})
    for name, child in sheet.children(element, place, known):
        if name == "importedValues":
            sheet.error(
                place.element_id or None,
                "dmn-imported-values",
                f"Line {child.sourceline}: values of another file are not read. "
                "Write the expression here.",
            )
    text = sheet.text(element, place)
    if text is None:
        sheet.refused.append((place, "an expression is empty. Write it."))
    return Literal(place, sheet.type_of(element), text)


def _context(sheet: Sheet, element: etree._Element, place: Place) -> Boxed:
    entries = []
    for _, child in sheet.children(element, place, frozenset({"contextEntry"})):
        at = sheet.at(child, place)
        variable = None
        for part in child:
            if etree.QName(part).localname == "variable":
                variable = sheet.variable(part)
        value = find_boxed(sheet, child, at, frozenset({"variable"}))
        entries.append(Entry(variable, value, at))
    return Context(place, sheet.type_of(element), tuple(entries))


def _invocation(sheet: Sheet, element: etree._Element, place: Place) -> Boxed:
    function, bindings = None, []
    known = EXPRESSIONS | {"binding"}
    for name, child in sheet.children(element, place, known):
        if name != "binding":
            function = read_boxed(sheet, child, place)
            continue
        parameter = Variable("", None)
        for part in child:
            if etree.QName(part).localname == "parameter":
                parameter = sheet.variable(part)
        at = sheet.at(child, place)
        value = find_boxed(sheet, child, at, frozenset({"parameter"}))
        bindings.append(Binding(parameter, value))
    return Invocation(place, sheet.type_of(element), function, tuple(bindings))


def _list(sheet: Sheet, element: etree._Element, place: Place) -> Boxed:
    items = tuple(
        read_boxed(sheet, child, place)
        for _, child in sheet.children(element, place, EXPRESSIONS)
    )
    return Listed(place, sheet.type_of(element), items)


def _relation(sheet: Sheet, element: etree._Element, place: Place) -> Boxed:
    columns, rows = [], []
    for name, child in sheet.children(element, place, frozenset({"column", "row"})):
        if name == "column":
            columns.append(sheet.variable(child))
            continue
        at = sheet.at(child, place)
        cells = tuple(
            read_boxed(sheet, cell, at)
            for _, cell in sheet.children(child, at, EXPRESSIONS)
        )
        if len(cells) != len(columns):
            sheet.error(
                at.element_id or None,
                "dmn-row-length",
                f"Line {child.sourceline}: the row has {len(cells)} values, and the "
                f"relation has {len(columns)} columns. Give each column a value.",
            )
        rows.append(cells)
    return Relation(place, sheet.type_of(element), tuple(columns), tuple(rows))


def _child(
    sheet: Sheet, element: etree._Element, place: Place, names: tuple[str, ...]
) -> list[Boxed | None]:
    """What stands in each of these children, in their order."""
    found: dict[str, Boxed | None] = {}
    for name, child in sheet.children(element, place, frozenset(names)):
        found[name] = find_boxed(sheet, child, sheet.at(child, place), frozenset())
    for name in names:
        if found.get(name) is None:
            sheet.error(
                place.element_id or None,
                "dmn-part-missing",
                f"Line {element.sourceline}: <{etree.QName(element).localname}> has "
                f"no <{name}> with an expression. Write one.",
            )
    return [found.get(name) for name in names]


def _conditional(sheet: Sheet, element: etree._Element, place: Place) -> Boxed:
    parts = _child(sheet, element, place, ("if", "then", "else"))
    return Conditional(place, sheet.type_of(element), *parts)


def _filter(sheet: Sheet, element: etree._Element, place: Place) -> Boxed:
    parts = _child(sheet, element, place, ("in", "match"))
    return Filter(place, sheet.type_of(element), *parts)


def _iteration(sheet: Sheet, element: etree._Element, place: Place) -> Boxed:
    word = etree.QName(element).localname
    last = "return" if word == "for" else "satisfies"
    source, body = _child(sheet, element, place, ("in", last))
    variable = element.get("iteratorVariable", "")
    if not variable:
        sheet.error(
            place.element_id or None,
            "dmn-part-missing",
            f"Line {element.sourceline}: <{word}> names no iteratorVariable. Name it.",
        )
    return Iteration(place, sheet.type_of(element), word, variable, source, body)


_READERS: Mapping[str, Callable[[Sheet, etree._Element, Place], Boxed]] = {
    "literalExpression": _literal,
    "decisionTable": read_table,
    "context": _context,
    "invocation": _invocation,
    "list": _list,
    "relation": _relation,
    "functionDefinition": read_function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _iteration,
    "some": _iteration,
    "every": _iteration,
}
EXPRESSIONS = frozenset(_READERS)
