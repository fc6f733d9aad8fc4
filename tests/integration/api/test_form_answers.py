"""Answers to a form over the API: typed, computed, told at their place; schools."""

import json

import pytest

from tests.drawn import ask, line
from tests.forming import question, rows

CHILD = rows(
    question(key="name", id="name", validate={"required": True}),
    question("datetime", key="born", id="born"),
    path="children",
)
FORM = {
    "id": "answers.f",
    "components": [
        question("datetime", key="visit", subtype="datetime"),
        question("datetime", key="call_at", subtype="time", timeInterval=15),
        question("taglist", key="near", valuesExpression='=["Есіл", "Алматы"]'),
        question("select", key="school", properties={"rasim": "school"}),
        question(
            "select", key="own", properties={"rasim": "school", "under": '="school-2"'}
        ),
        question("number", key="count", id="count"),
        {"type": "expression", "id": "d", "key": "twice", "expression": "=count * 2"},
        CHILD,
    ],
}
RIGHT = {
    "visit": "2026-05-01T09:30",
    "call_at": "14:15",
    "near": ["Алматы"],
    "school": "school-1",
    "own": "school-2",
    "count": 1.5,
    "twice": "mine",
    "children": [{"name": "Әсел", "born": "2019-03-17"}, {"name": "Ерлан"}],
}


@pytest.fixture(scope="module", autouse=True)
def _released(callers):
    files = {
        "answers.bpmn": line("answers", ask("it", "answers.f")),
        "answers.form.json": json.dumps(FORM).encode(),
    }
    answer = callers["designer"].post_files("/api/v1/deployments", files)
    assert answer.status_code == 201, answer.text


@pytest.fixture
def case(callers):
    answer = callers["program"].post("/api/v1/instances", {"process_key": "answers"})
    assert answer.status_code == 201, answer.text
    return answer.json


def complete(callers, case, **variables):
    answer = callers["clerk"].get("/api/v1/tasks", instance_id=case["id"])
    (task,) = answer.json["items"]
    return callers["clerk"].post(
        f"/api/v1/tasks/{task['id']}/complete", {"variables": variables}
    )


def test_answers_are_kept_as_the_form_types_them(callers, case):
    answer = complete(callers, case, **RIGHT)

    assert answer.status_code == 200, answer.text
    kept = callers["administrator"].get(f"/api/v1/instances/{case['id']}").json
    assert kept["state"] == "completed"
    told = kept["variables"]
    assert told["visit"].startswith("2026-05-01T09:30")
    assert told["call_at"].startswith("14:15")
    assert told["twice"] == 3
    assert told["children"] == [
        {"name": "Әсел", "born": "2019-03-17"},
        {"name": "Ерлан", "born": None},
    ]


def test_what_is_wrong_is_told_at_its_place(callers, case):
    wrong = {
        "visit": "tomorrow",
        "call_at": "14:20",
        "near": ["Астана"],
        "own": "school-1",
        "children": [{"name": "Әсел", "born": "2019-02-30"}, {"age": 1}],
    }

    answer = complete(callers, case, **RIGHT | wrong)

    assert answer.status_code == 422
    assert answer.json["errors"] == {
        "visit": ["Write a real date and a time of day, for example 09:30"],
        "call_at": ["Write a time that is a multiple of 15 minutes"],
        "near": ["Choose one of the answers offered"],
        "own": ["Choose one of the answers offered"],
        "children[0].born": ["Write a real date: day, month, year"],
        "children[1].name": ["Answer this question"],
        "children[1].age": ["This form does not ask this"],
    }


def test_a_form_with_broken_feel_is_not_released(callers):
    broken = question(conditional={"hide": "=1 +"})
    form = {"id": "broken.f", "components": [broken]}
    files = {"f.form.json": json.dumps(form).encode()}

    answer = callers["designer"].post_files("/api/v1/deployments", files)

    assert answer.status_code == 422
    told = [(one["element_id"], one["rule"]) for one in answer.json["findings"]]
    assert ("q", "feel-syntax") in told


def test_a_fault_of_the_form_itself_is_told_with_its_component(callers):
    why = question(key="why", id="why")
    hide = {"hide": '=if why = "boom" then why else false'}
    how = question(key="how", id="how", conditional=hide)
    files = {
        "faulty.bpmn": line("faulty", ask("it", "faulty.f")),
        "faulty.form.json": json.dumps(
            {"id": "faulty.f", "components": [why, how]}
        ).encode(),
    }
    released = callers["designer"].post_files("/api/v1/deployments", files)
    assert released.status_code == 201, released.text
    started = callers["program"].post("/api/v1/instances", {"process_key": "faulty"})

    answer = complete(callers, started.json, why="boom", how="x")

    assert answer.status_code == 422
    told = answer.json
    assert told["type"].endswith("#problem-form-failed")
    assert (told["form"], told["component"]) == ("faulty.f", "how")
    assert told["reason"].endswith("it must give true, false or null")
    assert complete(callers, started.json, why="quiet", how="x").status_code == 200
