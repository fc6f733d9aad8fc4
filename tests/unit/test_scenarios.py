"""Scenarios: what a story expects is looked at, and what fails is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from workflows import scenarios, story
from workflows.model import DeploymentRefused

ROOT = Path(__file__).parents[2]
ADMISSION = ROOT / "bpmn" / "first_grade_admission"

NAMES = {"kk": "Рәсім", "ru": "Процедура", "en": "Procedure"}

# A task of an outside system whose error SORRY goes to a clerk; then a wait for a day
# or a message, whichever comes first: everything that a story can do something to.
DRAWING = Path(__file__).with_name("least.bpmn").read_text("utf-8")

AT = "2027-04-02T16:00:00+05:00"  # a Friday
USUAL = {"notify": {"result": {"count": 1}}}
SORRY = {"notify": {"error": "SORRY", "variables": {"why": "x"}}}


def files(*stories: dict[str, Any], drawing: str = DRAWING) -> dict[str, bytes]:
    procedure = {
        "process": "least",
        "names": NAMES,
        "act": {"id": "act", "title": NAMES, "numbers": ["1"], "dates": []},
        "norms": ["ADM-1"],
        "defaults": {"at": AT, "start": {"number": "A-1"}, "answers": USUAL},
        "scenarios": [
            {"name": f"Story {n}", "expect": {}} | one for n, one in enumerate(stories)
        ],
    }
    return {
        "least.bpmn": drawing.encode(),
        "procedure.yaml": json.dumps(procedure).encode(),
    }


def mismatches(told: dict[str, Any]) -> tuple[scenarios.Mismatch, ...]:
    [outcome] = scenarios.run(files(told)).outcomes
    assert outcome.passed == (not outcome.mismatches)
    return outcome.mismatches


def reason(told: dict[str, Any]) -> str:
    """Why the story cannot go on."""
    [mismatch] = mismatches(told)
    assert mismatch.what == "the story goes on"
    return mismatch.actual


# --- the procedures of the house -------------------------------------------------


def test_a_wrong_drawing_of_the_admission_does_not_pass():
    drawn = {
        file.name: file.read_bytes()
        for folder in (ADMISSION, ROOT / "forms" / ADMISSION.name)
        for file in folder.iterdir()
    }
    condition = b" and application.stays"
    assert condition in drawn["first_grade_admission.bpmn"]
    drawn["first_grade_admission.bpmn"] = drawn["first_grade_admission.bpmn"].replace(
        condition, b""
    )

    failed = [one for one in scenarios.run(drawn).outcomes if not one.passed]

    assert [one.scenario for one in failed] == [
        "A child of the own class who does not stay goes the general way"
    ]


# --- what happens in a story -----------------------------------------------------


def test_a_story_that_goes_as_told_passes():
    assert not mismatches(
        {
            "steps": [
                {
                    "expect": {
                        "state": "active",
                        "timers": {"a_day": "2027-04-03T16:00:00+05:00"},
                        "awaited": ["stop"],
                        "notified": ["A-1"],
                        "variables": {"total": 2, "number": "A-1"},
                        "asked": {"ask": {"template": "A-1"}},
                    }
                },
                {"advance": "P1D"},
            ],
            "expect": {
                "state": "completed",
                "completed": ["begin", "ask", "a_day", "wait", "done"],
                "never": ["mend", "stop"],
                "ended": ["waited", "done"],
                "tasks": [],
                "jobs": [],
                "timers": {},
                "awaited": [],
                "incidents": [],
            },
        }
    )


def test_a_timer_does_not_fire_a_second_early():
    assert not mismatches(
        {
            "steps": [{"until": "2027-04-03T15:59:59+05:00"}],
            "expect": {"never": ["waited"], "state": "active"},
        }
    )


def test_a_message_goes_to_the_case_that_awaits_its_key():
    assert not mismatches(
        {
            "steps": [
                {"deliver": "stop", "key": "A-2", "received": 0},
                {"deliver": "stop", "key": "A-1", "variables": {"by": "parent"}},
            ],
            "expect": {"ended": ["stopped", "done"], "variables": {"by": "parent"}},
        }
    )


def test_an_error_goes_where_it_is_drawn_and_starts_a_deadline_in_working_days():
    assert not mismatches(
        {
            "answers": SORRY,
            "steps": [
                {
                    "expect": {
                        "tasks": ["mend"],
                        "deadlines": {"mend": "2027-04-05T18:30:00+05:00"},
                    }
                },
                {"complete": "mend", "answers": {"mended": True}},
            ],
            "expect": {"ended": ["mended"], "variables": {"mended": True}},
        }
    )


def test_an_error_that_is_caught_nowhere_is_an_incident():
    assert not mismatches(
        {
            "answers": {"notify": {"error": "OTHER"}},
            "expect": {"incidents": [{"element": "ask", "says": "OTHER"}]},
        }
    )


@pytest.mark.parametrize(("times", "incidents"), [(2, []), (3, [{"element": "ask"}])])
def test_faults_are_an_incident_when_the_attempts_are_used_up(times, incidents):
    answer = {"fault": "no line", "times": times, "result": {"count": 1}}

    assert not mismatches(
        {"answers": {"notify": answer}, "expect": {"incidents": incidents}}
    )


def test_a_retry_goes_on_with_another_answer():
    assert not mismatches(
        {
            "answers": {"notify": {"refusal": "no such number"}},
            "steps": [{"retry": "ask", "with": {"result": {"count": 4}}}],
            "expect": {"incidents": [], "variables": {"total": 5}},
        }
    )


def test_an_incident_of_the_engine_can_be_retried_and_stays_while_its_cause_does():
    assert not mismatches(
        {
            "answers": {"notify": {"result": {"cuont": 1}}},
            "steps": [
                {"expect": {"incidents": [{"element": "ask", "says": "count"}]}},
                {"retry": "ask"},
            ],
            "expect": {"incidents": [{"element": "ask"}], "never": ["wait"]},
        }
    )


def test_a_held_job_waits_for_its_answer():
    assert not mismatches(
        {
            "held": ["ask"],
            "steps": [
                {"expect": {"jobs": ["ask"], "never": ["wait"]}},
                {"answer": "ask", "with": {"result": {"count": 7}}},
            ],
            "expect": {"jobs": [], "variables": {"total": 8}},
        }
    )


# --- what cannot be told ---------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"steps": [{"complete": "mend"}]}, "mend has not a task open"),
        ({"steps": [{"answer": "ask"}]}, "ask has not a job open"),
        ({"steps": [{"retry": "ask"}]}, "ask has no incident"),
        ({"steps": [{"deliver": "stop", "key": "A-2"}]}, "awaited 0 times, not 1"),
        ({"steps": [{"until": "2027-04-01T10:00:00+05:00"}]}, "cannot go back"),
    ],
)
def test_a_step_that_cannot_be_stops_the_story_and_tells_why(told, words):
    assert words in reason(told)


def test_a_job_without_an_answer_is_named():
    told = files({"name": "x"})
    told["procedure.yaml"] = told["procedure.yaml"].replace(b'"notify"', b'"nitofy"')

    [outcome] = scenarios.run(told).outcomes

    assert "add answers.notify" in outcome.mismatches[0].actual


def test_a_drawing_that_turns_in_a_circle_ends_its_story(monkeypatch):
    monkeypatch.setattr(story, "MOST_MOVES", 20)
    on = '<bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="wait" />'
    again = '<bpmn:sequenceFlow id="again" sourceRef="ask" targetRef="ask" />'
    circle = DRAWING.replace(on, on + again)

    [outcome] = scenarios.run(files({}, drawing=circle)).outcomes

    assert "a circle" in outcome.mismatches[0].actual


def test_a_refused_drawing_is_told_with_its_findings():
    wrong = DRAWING.replace("= count + 1", "= count +")

    with pytest.raises(DeploymentRefused) as caught:
        scenarios.run(files({}, drawing=wrong))

    assert caught.value.findings[0].element_id == "ask"


def test_a_procedure_without_its_drawing_is_told():
    told = files({})
    del told["least.bpmn"]

    with pytest.raises(DeploymentRefused) as caught:
        scenarios.run(told)

    assert [one.rule for one in caught.value.findings] == ["process-unknown"]


def test_files_without_a_scenario_are_no_success():
    with pytest.raises(DeploymentRefused) as caught:
        scenarios.run(files())

    assert [one.rule for one in caught.value.findings] == ["no-scenario"]


# --- what is expected is looked at -----------------------------------------------


@pytest.mark.parametrize(
    ("expected", "what"),
    [
        ({"state": "completed"}, "state"),
        ({"completed": ["ask", "begin"]}, "completed: begin"),
        ({"completed": ["done"]}, "completed: done"),
        ({"never": ["ask"]}, "never: ask"),
        ({"never": ["a_day"]}, "never: a_day"),  # it waits there
        ({"ended": ["done"]}, "ended"),
        ({"tasks": ["mend"]}, "tasks"),
        ({"jobs": ["ask"]}, "jobs"),
        ({"awaited": []}, "awaited"),
        ({"incidents": [{"element": "ask"}]}, "incidents"),
        ({"notified": []}, "notified"),
        ({"timers": {}}, "timers"),
        ({"timers": {"a_day": "2027-04-03T16:00:01+05:00"}}, "timers"),
        ({"deadlines": {"case": AT}}, "deadlines: case"),
        ({"variables": {"total": 3}}, "variables: total"),
        ({"variables": {"total": True}}, "variables: total"),
        ({"variables": {"count": 1}}, "variables: count"),  # it left with no mapping
        ({"variables": {"number.x": 1}}, "variables: number.x"),
        ({"asked": {"ask": {"template": "A-1", "x": 1}}}, "asked: ask"),
        ({"asked": {"wait": {}}}, "asked: wait"),
    ],
)
def test_what_does_not_hold_is_told(expected, what):
    [mismatch] = mismatches({"expect": expected})

    assert (mismatch.place, mismatch.what) == ("end", what)
    assert mismatch.expected != mismatch.actual


def test_an_incident_with_another_message_is_told():
    [mismatch] = mismatches(
        {
            "answers": {"notify": {"refusal": "no such number"}},
            "expect": {"incidents": [{"element": "ask", "says": "no line"}]},
        }
    )

    assert mismatch.actual == "no such number"


def test_a_mismatch_on_the_way_names_its_step():
    [mismatch] = mismatches(
        {"steps": [{"advance": "PT1H"}, {"expect": {"state": "completed"}}]}
    )

    assert mismatch.place == "step 2 (expect)"


def test_what_no_story_comes_to_is_listed():
    [coverage] = scenarios.run(files({"steps": [{"advance": "P1D"}]})).coverage

    assert coverage.missed_elements == {
        "sorry",
        "mend",
        "mended",
        "stopping",
        "stop",
        "stopped",
    }
    assert coverage.missed_flows == {"f4", "f5", "f8"}
