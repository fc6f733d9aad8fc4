"""What is found in a file when it is released, and what strict evaluation refuses."""

import json
from decimal import Decimal

import pytest

from tests.decisions import Bench, decision, knowledge, text
from tests.models import given, importing, model
from workflows import dmn
from workflows.dmn import InvocableKind

NEED = '<informationRequirement><required{} href="{}"/></informationRequirement>'


def need(kind: str, href: str) -> str:
    return NEED.format(kind, href)


TABLE = (
    '<decisionTable id="t"{more}><input><inputExpression><text>1</text>'
    '</inputExpression></input><output name="a"/>{inside}</decisionTable>'
)


def table(inside: str = "", more: str = "") -> str:
    return decision(TABLE.format(inside=inside, more=more))


OTHER = decision(text("2"), id_="other")
CELL = "<text>1</text>"
TWO = '<output name="a"/>'


@pytest.mark.parametrize(
    ("body", "rule", "element"),
    [
        (decision("<nonsense/>"), "dmn-unknown-element", "asked"),
        (decision(text("1")) + decision(text("2")), "dmn-duplicate-id", "asked"),
        (
            decision(text("1")) + OTHER.replace('name="other"', 'name="asked"'),
            "dmn-duplicate-name",
            "other",
        ),
        (decision(text("1") + text("2")), "dmn-two-expressions", "asked"),
        (decision(text("1"), "Decision=gone"), "dmn-requirement", "asked"),
        (
            given("a") + decision(text("1"), "Decision=in_a"),
            "dmn-requirement",
            "asked",
        ),
        (
            decision(need("Decision", "urn:elsewhere#x") + text("1")),
            "dmn-requirement",
            "asked",
        ),
        (
            decision(text("1"), "Decision=b", id_="a")
            + decision(text("1"), "Decision=a", id_="b"),
            "dmn-circle",
            "a",
        ),
        (decision(text("1"), "Decision=asked"), "dmn-circle", "asked"),
        (table(more=' hitPolicy="BEST"'), "dmn-hit-policy", "t"),
        (
            table(more=' hitPolicy="COLLECT" aggregation="AVG"'),
            "dmn-hit-policy",
            "t",
        ),
        (table(more=' preferredOrientation="CrossTable"'), "dmn-crosstab", "t"),
        (table(TWO), "dmn-output-name", "t"),
        (
            table(f'<rule id="r"><outputEntry>{CELL}</outputEntry></rule>'),
            "dmn-rule-length",
            "r",
        ),
        (decision('<decisionTable id="t"/>'), "dmn-no-output", "t"),
        (
            decision('<relation id="r"><column name="a"/><row/></relation>'),
            "dmn-row-length",
            "r",
        ),
        (decision('<conditional id="c"><if/></conditional>'), "dmn-part-missing", "c"),
        (
            decision('<for id="f"><in><list/></in><return><list/></return></for>'),
            "dmn-part-missing",
            "f",
        ),
        ('<import id="i" name="a" importType="xsd"/>', "dmn-import", "i"),
        ('<decision id="nameless"/>', "dmn-no-name", "nameless"),
        (
            '<decisionService id="s" name="s"/>',
            "dmn-requirement",
            "s",
        ),
    ],
)
def test_a_fault_of_the_file_is_an_error(bench: Bench, body, rule, element) -> None:
    found = [one for one in bench.read(body).errors if one.rule == rule]

    assert [one.element_id for one in found][:1] == [element]
    assert found[0].message.endswith(".")
    assert found[0].file == "rules.dmn"


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"<a", "xml-malformed"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml-doctype"),
        (b"<definitions/>", "dmn-version"),
        (
            b'<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"/>',
            "dmn-version",
        ),
        (model("", namespace=""), "dmn-no-namespace"),
    ],
)
def test_a_file_that_is_no_model_is_refused(bench: Bench, source, rule) -> None:
    assert [one.rule for one in bench.read(source).errors] == [rule]


PYTHON = text("1").replace("Expression>", 'Expression expressionLanguage="python">', 1)
JAVA = '<functionDefinition kind="Java"><context/></functionDefinition>'


@pytest.mark.parametrize(
    "logic",
    [
        text("1 +"),
        text("nonsense(1)"),
        text('date("2026-13-01")'),
        text("1 instance of tNothing"),
        text("1", "tNothing"),
        text(""),
        JAVA,
        PYTHON,
        table().replace("<text>1</text>", "<text/>"),
    ],
)
def test_a_broken_expression_warns_and_the_decision_does_not_run(
    bench: Bench, logic
) -> None:
    body = logic if logic.startswith("<decision ") else decision(logic)
    body += decision(text("asked"), "Decision=asked", id_="dependent")

    read = bench.read(body)

    assert not read.errors
    assert {one.rule for one in read.findings} == {"decision-not-run"}
    assert all(one.not_run for one in read.decisions)


@pytest.mark.parametrize("expression", ["1 +", "nonsense(1)", 'date("2026-13-01")'])
def test_what_does_not_run_is_an_error_or_leniently_null(bench: Bench, expression):
    body = decision(text(expression))

    assert bench.refusal(body, "asked").element_id == "asked"
    assert bench.value(body, "asked", lenient=True) is None


def test_a_model_tells_what_it_offers(bench: Bench) -> None:
    read = bench.read(
        given("a", "number")
        + knowledge("f", {"x": "number"}, text("x"))
        + decision(text("f(a)"), "Input=in_a", "Knowledge=f")
    )

    assert [(one.id, one.kind, one.requires) for one in read.decisions] == [
        ("in_a", InvocableKind.INPUT, ()),
        ("f", InvocableKind.BKM, ()),
        ("asked", InvocableKind.DECISION, ("in_a", "f")),
    ]
    assert json.loads(json.dumps(read.summary))["decisions"][2]["name"] == "asked"
    assert json.loads(json.dumps(read.trees)) == read.trees


def test_the_same_texts_of_a_table_share_their_tree(bench: Bench) -> None:
    rule = (
        f"<rule><inputEntry>{CELL}</inputEntry><outputEntry>{CELL}</outputEntry></rule>"
    )

    trees = bench.read(table(rule * 3)).trees

    assert len(trees) == 7
    assert len({id(tree) for tree in trees.values()}) == 2


def test_an_unknown_decision_is_named(bench: Bench) -> None:
    for key in ("gone", "in_a"):
        with pytest.raises(dmn.UnknownDecision) as refused:
            bench.value(given("a") + decision(text("1")), key)

        assert key in str(refused.value)


def test_a_variable_may_have_another_name_than_its_title(bench: Bench) -> None:
    body = given("way") + decision(text("way"), "Input=in_way")
    body = body.replace('id="in_way" name="way"', 'id="in_way" name="Қабылдау тәсілі"')

    assert bench.value(body, "asked", {"way": 1}) == 1


BASE = model(
    '<itemDefinition name="tAge"><typeRef>number</typeRef></itemDefinition>'
    + given("age", "tAge")
    + knowledge("doubled", {"n": "tAge"}, text("2 * n"))
    + decision(text("age + 1"), "Input=in_age", id_="older one"),
    namespace="urn:base",
)
IMPORTING = (
    importing("the base", "urn:base")
    + '<decision id="asked" name="asked"><variable name="asked" '
    'typeRef="the base.tAge"/>'
    + need("Decision", "urn:base#older one")
    + need("Input", "urn:base#in_age")
    + '<knowledgeRequirement><requiredKnowledge href="urn:base#doubled"/>'
    "</knowledgeRequirement>"
    + text(
        "if the base.age instance of the base.tAge "
        "then the base.doubled(the base.older one) else 0"
    )
    + "</decision>"
)


def test_an_imported_model_is_read_by_its_prefix(bench: Bench) -> None:
    base = bench.read(BASE)
    importer = dmn.read(model(IMPORTING), "b.dmn", bench.parser, {"urn:base": base})

    assert not importer.findings
    loaded = dmn.load(
        model(IMPORTING), importer.trees, {"urn:base": dmn.load(BASE, base.trees)}
    )

    for name in ("age", "urn:base#age"):
        outcome = loaded.evaluate("asked", {name: Decimal(4)}, bench.environment)
        assert outcome.value == 10


def test_a_requirement_into_a_model_that_lacks_it_is_an_error(bench: Bench) -> None:
    other = bench.read(model(given("age"), namespace="urn:base"))

    found = dmn.read(model(IMPORTING), "b.dmn", bench.parser, {"urn:base": other})

    assert {one.rule for one in found.errors} == {"dmn-requirement"}
    assert len(found.errors) == 2


def test_what_an_imported_model_does_not_run_is_not_run_here(bench: Bench) -> None:
    broken = bench.read(BASE.replace(b"2 * n", b"2 *"))

    found = dmn.read(model(IMPORTING), "b.dmn", bench.parser, {"urn:base": broken})

    assert "doubled" in str(found.decisions[0].not_run)


def test_an_import_without_a_name_is_merged(bench: Bench) -> None:
    body = IMPORTING.replace('name="the base"', 'name=""').replace("the base.", "")
    base = bench.read(BASE)
    importer = dmn.read(model(body), "b.dmn", bench.parser, {"urn:base": base})

    assert not importer.findings
    loaded = dmn.load(
        model(body), importer.trees, {"urn:base": dmn.load(BASE, base.trees)}
    )

    outcome = loaded.evaluate("asked", {"age": Decimal(4)}, bench.environment)
    assert outcome.value == 10
