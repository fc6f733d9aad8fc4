"""Reading decision tables: their columns, their rules, and what is wrong in them."""

from lxml import etree

from workflows.dmn.elements import (
    Boxed,
    InputClause,
    OutputClause,
    Place,
    Rule,
    Table,
    Text,
)
from workflows.dmn.xml import Sheet

POLICIES = frozenset(
    {"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"}
)
AGGREGATIONS = frozenset({"SUM", "COUNT", "MIN", "MAX"})

_PARTS = frozenset({"input", "output", "rule", "annotation"})
_INPUT = frozenset({"inputExpression", "inputValues"})
_OUTPUT = frozenset({"outputValues", "defaultOutputEntry"})
_RULE = frozenset({"inputEntry", "outputEntry", "annotationEntry"})


def read_table(sheet: Sheet, element: etree._Element, place: Place) -> Boxed:
    inputs: list[InputClause] = []
    outputs: list[OutputClause] = []
    rules: list[Rule] = []
    for name, child in sheet.children(element, place, _PARTS):
        at = sheet.at(child, place)
        if name == "input":
            inputs.append(_input(sheet, child, at))
        elif name == "output":
            outputs.append(_output(sheet, child, at))
        elif name == "rule":
            number = len(rules) + 1
            owner = Place(place.owner_id, place.owner_name, f"rule {number}")
            rules.append(_rule(sheet, child, sheet.at(child, owner)))
    table = Table(
        place,
        sheet.type_of(element),
        element.get("hitPolicy", "UNIQUE"),
        element.get("aggregation"),
        tuple(inputs),
        tuple(outputs),
        tuple(rules),
    )
    _check(sheet, element, table)
    return table


def _input(sheet: Sheet, element: etree._Element, place: Place) -> InputClause:
    expression = values = None
    kept = None
    for name, child in sheet.children(element, place, _INPUT):
        if name == "inputExpression":
            expression = sheet.text(child, place)
            kept = sheet.type_of(child)
        else:
            values = sheet.text(child, place, unary=True)
    if expression is None:
        sheet.refused.append((place, "an input has no expression. Write it."))
    return InputClause(expression, kept, values, place)


def _output(sheet: Sheet, element: etree._Element, place: Place) -> OutputClause:
    values = default = None
    for part, child in sheet.children(element, place, _OUTPUT):
        if part == "outputValues":
            values = sheet.text(child, place, unary=True)
        else:
            default = sheet.text(child, place)
    name = element.get("name")
    return OutputClause(name, sheet.type_of(element), values, default, place)


def _rule(sheet: Sheet, element: etree._Element, place: Place) -> Rule:
    inputs: list[Text | None] = []
    outputs: list[Text | None] = []
    for name, child in sheet.children(element, place, _RULE):
        if name == "inputEntry":
            inputs.append(sheet.text(child, place, unary=True))
        elif name == "outputEntry":
            outputs.append(sheet.text(child, place))
    return Rule(place, tuple(inputs), tuple(outputs))


def _check(sheet: Sheet, element: etree._Element, table: Table) -> None:
    at = table.place.element_id or None
    line = f"Line {element.sourceline}: "
    if table.policy not in POLICIES:
        sheet.error(
            at,
            "dmn-hit-policy",
            f"{line}there is no hit policy {table.policy}. "
            f"Choose one of {', '.join(sorted(POLICIES))}.",
        )
    if table.aggregation is not None and table.aggregation not in AGGREGATIONS:
        sheet.error(
            at,
            "dmn-hit-policy",
            f"{line}there is no aggregation {table.aggregation}. "
            f"Choose one of {', '.join(sorted(AGGREGATIONS))}.",
        )
    if element.get("preferredOrientation") == "CrossTable":
        sheet.error(
            at,
            "dmn-crosstab",
            f"{line}crosstab tables are not run. Write its rules as rows.",
        )
    if not table.outputs:
        sheet.error(at, "dmn-no-output", f"{line}the table has no output. Add one.")
    _check_rules(sheet, table)
    _check_names(sheet, table, line)


def _check_rules(sheet: Sheet, table: Table) -> None:
    wanted = (len(table.inputs), len(table.outputs))
    for number, rule in enumerate(table.rules, 1):
        if (len(rule.inputs), len(rule.outputs)) != wanted:
            sheet.error(
                rule.place.element_id,
                "dmn-rule-length",
                f"Rule {number} has {len(rule.inputs)} input and "
                f"{len(rule.outputs)} output entries; the table has {wanted[0]} and "
                f"{wanted[1]} columns. Give each column an entry.",
            )


def _check_names(sheet: Sheet, table: Table, line: str) -> None:
    """Several outputs give a context: each needs a name of its own."""
    if len(table.outputs) < 2:
        return
    names = [clause.name for clause in table.outputs]
    if None in names or "" in names or len(set(names)) < len(names):
        sheet.error(
            table.place.element_id or None,
            "dmn-output-name",
            f"{line}each of several outputs needs a name of its own. Name them.",
        )
