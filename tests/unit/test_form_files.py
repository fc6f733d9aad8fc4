"""Forms in a release: FEEL that cannot run refuses them, names are judged."""

import json

import pytest

from tests.forming import group, question, rows
from workflows import linting

BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t" id="d">
  <process id="p" name="П" isExecutable="true">
    <startEvent id="s"><outgoing>a</outgoing></startEvent>
    <userTask id="t" name="Т"><extensionElements>
      <zeebe:formDefinition formId="f"/>
      <zeebe:assignmentDefinition candidateGroups="clerk"/>
    </extensionElements><incoming>a</incoming><outgoing>b</outgoing></userTask>
    <endEvent id="e"><incoming>b</incoming></endEvent>
    <sequenceFlow id="a" sourceRef="s" targetRef="t"/>
    <sequenceFlow id="b" sourceRef="t" targetRef="e"/>
  </process>
</definitions>
"""
PROCEDURE = """
process: p
names: {kk: П, ru: П, en: P}
act: {id: a, title: {kk: А, ru: А, en: A}, numbers: [], dates: []}
norms: [N-1]
configuration:
  - {name: limit, value: 1, norm: N-1, source: s, confidence: A}
scenarios:
  - name: one
    at: 2026-08-20T09:00:00+05:00
    start: {child: {name: A}}
    answers: {}
    expect: {state: active}
"""


def found(*components, **more):
    """(file, component, rule) of what a linter says of a form in its procedure."""
    form = {"id": "f", "components": list(components), **more}
    files = {
        "p.bpmn": BPMN.encode(),
        "f.form.json": json.dumps(form).encode(),
        "procedure.yaml": PROCEDURE.encode(),
    }
    said = linting.check_alone(files, linting.Outside())
    return [
        (one.file, one.element_id, one.rule)
        for one in said
        if one.file == "f.form.json" and one.rule != "translation"
    ]


def hidden(feel, **more):
    return question(conditional={"hide": f"={feel}"}, **more)


BROKEN = "=1 +"
PLACES = {
    "conditional.hide": {"conditional": {"hide": BROKEN}},
    "readonly": {"readonly": BROKEN},
    "validate.min": {"type": "number", "validate": {"min": BROKEN}},
    "valuesExpression": {"type": "select", "valuesExpression": BROKEN},
    "default": {"properties": {"default": BROKEN}},
    "check": {"properties": {"check": BROKEN, "check.message": "x"}},
}


@pytest.mark.parametrize("place", PLACES)
def test_feel_that_cannot_be_read_is_told_at_its_component(place):
    assert found(question(**PLACES[place])) == [("f.form.json", "q", "feel-syntax")]


@pytest.mark.parametrize(
    "component",
    [
        {"type": "text", "id": "q", "text": "{{1 +}}"},
        {"type": "expression", "id": "q", "key": "q", "expression": BROKEN},
        {"type": "table", "id": "q", "dataSource": BROKEN,
         "columns": [{"key": "a", "label": "A"}]},
        {"type": "table", "id": "q", "dataSource": "=[]", "columnsExpression": BROKEN},
        {"type": "image", "id": "q", "alt": "x", "source": BROKEN},
        group(id="q", properties={"check": BROKEN, "check.message": "x"}),
        rows(question(id="n"), id="q",
             properties={"check": BROKEN, "check.message": "x"}),
        question("select", properties={"rasim": "school", "under": BROKEN}),
    ],
)  # fmt: skip
def test_feel_of_every_component_is_read(component):
    assert found(component) == [("f.form.json", "q", "feel-syntax")]


def test_feel_of_the_form_itself_is_read():
    told = {"check": BROKEN, "check.message": "x"}

    assert found(question(), properties=told) == [("f.form.json", "f", "feel-syntax")]


def test_an_unknown_function_and_an_unknown_component_are_told_by_their_ids():
    assert found(hidden("surprise(1)")) == [("f.form.json", "q", "feel-syntax")]
    assert found({"type": "html", "id": "h", "content": "x"}) == [
        ("f.form.json", "h", "component-not-run")
    ]


@pytest.mark.parametrize("feel", ['"yes"', "1 + 1", "[true]"])
def test_a_condition_that_is_no_condition_is_told(feel):
    assert found(hidden(feel)) == [("f.form.json", "q", "condition-not-boolean")]


@pytest.mark.parametrize(
    ("feel", "rules"),
    [
        ("child.name = null", []),
        ("other = null", []),
        ("configuration.limit > 1", []),
        ("child.nmae = null", ["property-unknown"]),
        ("sibling = null", ["variable-unknown"]),
        ("is defined(sibling)", []),
        ("this.q = null", ["variable-unknown"]),
    ],
)
def test_names_that_nothing_gives_are_told_at_the_component(feel, rules):
    said = found(hidden(feel), question(key="other", id="o"))

    assert said == [("f.form.json", "q", rule) for rule in rules]


@pytest.mark.parametrize(
    ("feel", "rules"),
    [
        ("this.age = 1", []),
        ("_this_.age = 1", []),
        ("i[1] = 1 and parent.child.name = null", []),
        ("count(items) = 1", []),
        ("this.aeg = 1", ["property-unknown"]),
        ("age = 1", ["variable-unknown"]),
    ],
)
def test_names_of_an_item_are_those_that_its_list_asks(feel, rules):
    said = found(rows(hidden(feel), question("number", key="age", id="a")))

    assert said == [("f.form.json", "q", rule) for rule in rules]


def test_a_computed_value_is_a_name_that_others_may_read():
    computed = {"type": "expression", "id": "e", "key": "sum", "expression": "=1 + 1"}

    assert found(computed, hidden("sum = 2")) == []
