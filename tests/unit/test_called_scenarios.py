"""Scenarios of procedures that call others: both drawings run, and are told apart."""

import json
from typing import Any

import pytest

from tests.drawn import ask, call, form, job, line
from workflows import scenarios
from workflows.model import DeploymentRefused

NAMES = {"kk": "Рәсім", "ru": "Процедура", "en": "Procedure"}
AT = "2027-04-05T10:00:00+05:00"


def files(told: dict[str, Any], **drawings: bytes) -> dict[str, bytes]:
    """A caller `p` of `q`, whose elements have the same ids."""
    procedure = {
        "process": "p",
        "names": NAMES,
        "act": {"id": "act", "title": NAMES, "numbers": ["1"], "dates": []},
        "norms": ["ADM-1"],
        "scenarios": [{"name": "Story", "at": AT, "start": {}, "answers": {}} | told],
    }
    drawn = {
        "p.bpmn": line("p", call("c", "q"), job("send", "own"), ask("it", "p.f")),
        "q.bpmn": line("q", job("send", "their"), ask("it", "q.f")),
        "p.form.json": form("p.f", "mine"),
        "q.form.json": form("q.f", "yours"),
    }
    return drawn | drawings | {"procedure.yaml": json.dumps(procedure).encode()}


def mismatches(told: dict[str, Any]) -> list[scenarios.Mismatch]:
    (outcome,) = scenarios.run(files(told)).outcomes
    return list(outcome.mismatches)


def test_elements_of_a_called_process_are_named_after_it():
    told = {
        "held": ["q/send"],
        "answers": {
            "own": {"result": {}},
            "their": {"result": {}},
        },
        "steps": [
            {"expect": {"jobs": ["q/send"], "never": ["send"]}},
            {"answer": "q/send"},
            {"expect": {"tasks": ["q/it"], "never": ["it", "send"]}},
            {"complete": "q/it", "answers": {}, "refused": ["yours"]},
            {"complete": "q/it", "answers": {"yours": "x"}},
            {"expect": {"tasks": ["it"]}},
            {"complete": "it", "answers": {"mine": "x"}},
        ],
        "expect": {
            "state": "completed",
            "completed": ["q/send", "q/it", "q/end", "c", "send", "it", "end"],
            "ended": ["q/end", "end"],
            "variables": {"mine": "x", "yours": "x"},
        },
    }

    assert mismatches(told) == []


def test_a_called_element_is_not_that_of_the_caller():
    answers = {"own": {"result": {}}, "their": {"refusal": "no"}}
    told = {"answers": answers, "expect": {"incidents": [{"element": "send"}]}}

    assert [one.what for one in mismatches(told)] == ["incidents"]


def test_what_a_called_process_visits_covers_nothing_of_the_caller():
    answers = {"their": {"result": {}}}
    told = {"answers": answers, "expect": {"tasks": ["q/it"]}}

    report = scenarios.run(files(told))

    (coverage,) = report.coverage
    assert report.passed
    assert coverage.missed_elements == {"send", "it", "end"}
    assert "p_0" not in coverage.missed_flows
    assert len(coverage.missed_flows) == 3


def test_a_called_process_must_be_among_the_files():
    told = {"expect": {}}

    with pytest.raises(DeploymentRefused) as refused:
        scenarios.run(files(told, **{"q.bpmn": line("other")}))

    (found,) = refused.value.findings
    assert (found.file, found.element_id) == ("p.bpmn", "c")
    assert (found.rule, found.severity) == ("called-unknown", "error")
