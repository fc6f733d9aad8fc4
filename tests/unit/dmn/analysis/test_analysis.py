"""Analysis of drawn tables: types, values and priorities come from the model."""

import re

import pytest

from tests import decision_tables
from tests.decision_tables import Input, Output
from workflows import dmn, feel
from workflows.model import Finding
from workflows.ports import SystemClock

HEAD = (
    f'<definitions xmlns="{decision_tables.NAMESPACE}" id="model" name="Bands" '
    'namespace="urn:rasim:bands">'
)
TYPES = """
<itemDefinition name="tLanguage"><typeRef>string</typeRef>
  <allowedValues><text>"kk", "ru"</text></allowedValues></itemDefinition>
<itemDefinition name="tApplication">
  <itemComponent name="language"><typeRef>tLanguage</typeRef></itemComponent>
  <itemComponent name="score"><typeRef>number</typeRef>
    <allowedValues><text>[0..100]</text></allowedValues></itemComponent>
</itemDefinition>
<itemDefinition name="tWords" isCollection="true"><typeRef>string</typeRef>
</itemDefinition>
"""


def table(
    columns: list[tuple[str, str]], rows: list[tuple[str, ...]], policy: str = "UNIQUE"
) -> str:
    heads = "".join(
        f"<input><inputExpression{kind}><text>{text}</text></inputExpression></input>"
        for text, kind in columns
    )
    rules = "".join(
        f'<rule id="rule_{number}">'
        + "".join(f"<inputEntry><text>{one}</text></inputEntry>" for one in row)
        + "<outputEntry><text>1</text></outputEntry></rule>"
        for number, row in enumerate(rows, 1)
    )
    return (
        f'<decisionTable id="table" hitPolicy="{policy}">{heads}<output/>{rules}'
        "</decisionTable>"
    )


def decision(logic: str, data_type: str) -> str:
    return (
        f'<inputData id="data" name="application"><variable name="application" '
        f'typeRef="{data_type}"/></inputData>'
        '<decision id="band" name="Band"><variable name="Band"/>'
        '<informationRequirement><requiredInput href="#data"/></informationRequirement>'
        f"{logic}</decision>"
    )


def found(parser: feel.Parser, body: str) -> list[Finding]:
    model = dmn.read(f"{HEAD}{TYPES}{body}</definitions>".encode(), "b.dmn", parser)
    assert model.errors == ()
    return list(model.findings)


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        ([("application.language", "")], [('"kk"',), ('"ru"',)]),
        (
            [("application.language", ' typeRef="tLanguage"')],
            [('not("ru")',), ('"ru"',)],
        ),
        ([("application.score", ' typeRef="number"')], [("&lt; 50",), ("[50..100]",)]),
    ],
)
def test_allowed_values_come_from_the_type_of_the_input(parser, columns, rows):
    body = decision(table(columns, rows), "tApplication")

    assert found(parser, body) == []


def test_without_the_type_the_same_table_has_a_gap(parser):
    rows = [('"kk"',), ('"ru"',)]

    (gap,) = found(parser, decision(table([("application", "")], rows), "string"))

    assert (gap.file, gap.element_id, gap.rule) == ("b.dmn", "table", "table-gap")
    assert gap.message == (
        'The table of "Band" has no rule for application = "other". Add a rule, or a '
        "default value of the output."
    )


def test_a_list_is_not_analysed(parser):
    body = decision(table([("application", "")], [('"kk"',), ('"ru"',)]), "tWords")

    assert [each.rule for each in found(parser, body)] == ["table-not-analysed"]


def test_the_table_of_a_function_reads_the_types_of_its_parameters(parser):
    logic = table([("language", "")], [('"kk"',)])
    body = (
        '<businessKnowledgeModel id="bkm" name="Words"><variable name="Words"/>'
        '<encapsulatedLogic><formalParameter name="language" typeRef="tLanguage"/>'
        f"{logic}</encapsulatedLogic></businessKnowledgeModel>"
    )

    (gap,) = found(parser, body)

    assert 'The table of "Words" has no rule for language = "ru".' in gap.message


def test_a_table_within_a_context_is_analysed_too(parser):
    logic = table([("application", "")], [("&lt; 1",)])
    body = decision(
        f'<context><contextEntry><variable name="x"/>{logic}</contextEntry></context>',
        "number",
    )

    assert [each.rule for each in found(parser, body)] == ["table-gap"]


def test_priorities_are_those_of_the_output_values(parser):
    rows = [("> 5", '"accept"'), ("> 3", '"refuse"'), ("<= 3", '"accept"')]
    source = decision_tables.model(
        "P", [Input("days", "number")], Output("result", '"refuse", "accept"'), rows
    )

    (masked,) = dmn.read(source, "b.dmn", parser).findings

    assert (masked.rule, masked.element_id) == ("rule-unreachable", "rule_1")


def test_the_examples_of_findings_show_what_they_say_when_evaluated(parser):
    rows = [("< 6", "-", "1"), ("> 6", '"kk"', "2"), ("[8..9]", "-", "3")]
    source = decision_tables.model(
        "U", [Input("age", "number"), Input("word", "string")], Output("band"), rows
    )
    model = dmn.read(source, "b.dmn", parser)
    definitions = dmn.load(source, model.trees)
    environment = feel.Environment(SystemClock())
    told = {each.rule: each for each in model.findings}

    def values(finding: Finding) -> dict[str, feel.Value]:
        match = re.search(r'age = ([\d.]+), word = (".*?")', finding.message)
        assert match
        texts = dict(zip(("age", "word"), match.groups(), strict=True))
        return {
            name: feel.constant_value(parser.parse(text), text)
            for name, text in texts.items()
        }

    gap = definitions.evaluate("band", values(told["table-gap"]), environment)
    assert (gap.value, gap.matched_rules) == (None, [])
    with pytest.raises(dmn.DecisionError) as refused:
        definitions.evaluate("band", values(told["table-overlap"]), environment)
    assert "UNIQUE" in str(refused.value) or "rules" in str(refused.value)


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        (("1", "1.0"), False),
        (("1", "2"), True),
        (("1", "application"), False),
        (('"a"', "null"), True),
        (("application", "application + 0"), False),
    ],
)
def test_an_any_table_collides_only_where_outputs_surely_differ(parser, outputs, told):
    rows = [("< 6", outputs[0]), ("-", outputs[1])]
    source = decision_tables.model(
        "A", [Input("application", "number")], Output("band"), rows
    )

    found = dmn.read(source, "b.dmn", parser).findings

    assert ([each.rule for each in found] == ["table-overlap"]) is told


def test_a_table_without_inputs_is_analysed(parser):
    source = decision_tables.model("U", [], Output("band"), [("1",), ("2",)])

    (overlap,) = dmn.read(source, "b.dmn", parser).findings

    assert "both match any input, and" in overlap.message
