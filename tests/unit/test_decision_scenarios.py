"""Scenarios of procedures that ask decisions: the tables run as they would."""

import json
from typing import Any

import pytest

from tests.drawn import ask, line, step
from tests.models import ADMISSION, importing, literal, model
from workflows import scenarios
from workflows.model import DeploymentRefused

NAMES = {"kk": "Рәсім", "ru": "Процедура", "en": "Procedure"}
AT = "2027-04-05T10:00:00+05:00"
RULE = '<zeebe:calledDecision decisionId="{}" resultVariable="way"/>'


def files(told: dict[str, Any], decision: str = "way") -> dict[str, bytes]:
    procedure = {
        "process": "p",
        "names": NAMES,
        "act": {"id": "act", "title": NAMES, "numbers": ["1"], "dates": []},
        "norms": ["ADM-1"],
        "scenarios": [{"name": "Story", "at": AT, "start": {}, "answers": {}} | told],
    }
    task = step("businessRuleTask", "t", RULE.format(decision))
    return {
        "p.bpmn": line("p", task, ask("it")),
        "d.dmn": model(ADMISSION),
        "procedure.yaml": json.dumps(procedure).encode(),
    }


def mismatches(told: dict[str, Any]) -> list[scenarios.Mismatch]:
    (outcome,) = scenarios.run(files(told)).outcomes
    return list(outcome.mismatches)


@pytest.mark.parametrize(
    ("stays", "age", "way"),
    [(True, 6, "own class"), (False, 7, "general"), (True, 5, "refused")],
)
def test_a_story_goes_by_the_table(stays, age, way):
    expect = {"variables": {"way": way}, "tasks": ["it"], "completed": ["start", "t"]}
    told = {"start": {"stays": stays, "age": age}, "expect": expect}

    assert mismatches(told) == []


def test_a_table_that_fails_is_an_incident_of_the_story():
    incident = {"element": "t", "says": "Қабылдау тәсілі"}
    told = {"start": {"stays": True}, "expect": {"incidents": [incident]}}

    assert mismatches(told) == []


def test_a_decision_must_be_among_the_files():
    with pytest.raises(DeploymentRefused) as refused:
        scenarios.run(files({"expect": {}}, decision="elsewhere"))

    assert [one.rule for one in refused.value.findings] == ["decision-unknown"]


def test_an_imported_model_must_be_among_the_files():
    body = importing("lib", "urn:elsewhere") + literal("other", "1")
    with pytest.raises(DeploymentRefused) as refused:
        scenarios.run(files({"expect": {}}) | {"e.dmn": model(body, "urn:e")})

    assert [one.rule for one in refused.value.findings] == ["import-unknown"]
