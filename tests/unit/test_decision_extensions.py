"""Attributes that DMN does not have, and what other tools write beside it."""

import pytest

from tests.models import ADMISSION, literal, model
from workflows import linting

OUTSIDE = linting.Outside()


def found(body, name="d.dmn"):
    findings = linting.check_alone({name: model(body)}, OUTSIDE)
    return [(one.element_id, one.rule, one.severity) for one in findings]


def with_attribute(written):
    return literal("d", "1").replace("<decision ", f"<decision {written} ", 1)


@pytest.mark.parametrize(
    "written",
    [
        'xmlns:m="http://camunda.org/schema/modeler/1.0" m:executionPlatform="x"',
        'xmlns:t="http://www.trisotech.com/2015/triso/modeling" t:displayName="x"',
        'xmlns:c="http://camunda.org/schema/1.0/dmn" c:historyTimeToLive="1"',
        'xmlns:b="http://bpmn.io/schema/dmn/biodi/1.0" b:width="100"',
        'label="x"',
    ],
)
def test_what_editors_note_is_kept(written):
    assert found(with_attribute(written)) == []


def test_the_diagram_is_kept():
    drawn = (
        '<dmndi:DMNDI xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" '
        'xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/"><dmndi:DMNDiagram>'
        '<dmndi:DMNShape dmnElementRef="d"><dc:Bounds x="1" y="1" width="1" '
        'height="1"/></dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>'
    )

    assert found(literal("d", "1") + drawn) == []


def test_an_attribute_that_dmn_does_not_have_is_refused():
    misspelt = ADMISSION.replace("hitPolicy=", "hitpolicy=")

    assert ("way", "attribute-unknown", "error") in found(misspelt)


def test_an_input_that_camunda_names_is_refused():
    named = ADMISSION.replace(
        '<input label="Жасы">',
        '<input id="age" xmlns:c="http://camunda.org/schema/1.0/dmn" '
        'c:inputVariable="x">',
    )

    assert found(named) == [("age", "extension-not-run", "error")]


def test_an_extension_of_zeebe_that_is_not_read_is_refused():
    listed = ADMISSION.replace(
        "<zeebe:properties>", "<zeebe:script/><zeebe:properties>"
    )

    assert found(listed) == [("way", "extension-not-run", "error")]


def test_what_is_of_nobody_known_is_told_once():
    inner = '<o:a><o:b/></o:a><o:a x="1"/>'
    noted = literal("d", "1").replace(
        "<variable",
        f'<extensionElements xmlns:o="urn:o">{inner}</extensionElements><variable',
    )

    assert found(noted) == [("d", "extension-unread", "warning")]


def test_a_norm_that_nobody_has_is_told():
    files = {"d.dmn": model(ADMISSION)}
    known, unknown = (
        linting.check_alone(files, linting.Outside(norm_ids=norms))
        for norms in ({"ADM-4.1"}, {"ADM-1"})
    )

    assert known == []
    assert [(one.element_id, one.rule) for one in unknown] == [("way", "norm-unknown")]
