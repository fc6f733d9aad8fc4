"""The API on a real database: a case from its start to its end."""

import pytest

from server.api.examples import APPLICATION
from tests.integration.api.callers import unknown_id

PROBLEM = "application/problem+json"
START = {
    "process_key": "first_grade_admission",
    "business_key": "2026-000001",
    "variables": APPLICATION,
}


def start(caller, **changes):
    return caller.post("/api/v1/instances", START | changes)


@pytest.fixture
def case(released, callers):
    answer = start(callers["program"])
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_release_answers_its_parts_and_their_versions(released):
    told = {
        (one["key"], one["kind"], one["version"]) for one in released["definitions"]
    }

    assert ("first_grade_admission", "process", 1) in told
    assert set(released) == {"id", "definitions", "findings"}


def test_a_started_case_answers_with_every_promised_field(case):
    assert set(case) == {
        "id",
        "process_key",
        "version",
        "business_key",
        "state",
        "variables",
        "started_at",
        "ended_at",
        "office",
        "incidents",
        "ended_by",
    }
    assert case["state"] == "active"
    assert case["office"] == "school-1"
    assert case["variables"]["child"]["name"] == "Дана Ержанқызы"
    assert case["started_at"].endswith("+00:00")


def test_a_case_is_found_again_by_id_and_by_business_key(case, callers):
    program = callers["program"]

    shown = program.get(f"/api/v1/instances/{case['id']}").json
    listed = program.get("/api/v1/instances", business_key="2026-000001", limit=1).json

    assert shown["id"] == case["id"]
    assert len(listed["items"]) == 1
    assert listed["total"] >= 1
    assert listed["total_is_capped"] is False


def test_a_case_of_another_office_is_not_found(case, callers):
    answer = callers["stranger"].get(f"/api/v1/instances/{case['id']}")

    assert answer.status_code == 404
    assert answer.mimetype == PROBLEM
    assert answer.json["status"] == 404
    assert answer.json["type"].endswith("#problem-not-found")


def test_an_office_above_sees_the_case(case, callers):
    answer = callers["supervisor"].get(f"/api/v1/instances/{case['id']}")

    assert answer.status_code == 200


def test_the_history_of_a_case_is_in_order_and_chained(case, callers):
    answer = callers["clerk"].get(f"/api/v1/instances/{case['id']}/history")

    events = answer.json["items"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["type"] == "instance.started"
    assert len({event["hash"] for event in events}) == len(events)
    assert set(events[0]) == {
        "seq",
        "type",
        "element_id",
        "called_process",
        "at",
        "actor",
        "detail",
        "hash",
    }


def test_the_history_of_a_case_of_another_office_is_not_found(case, callers):
    answer = callers["stranger"].get(f"/api/v1/instances/{case['id']}/history")

    assert answer.status_code == 404


def test_a_case_is_suspended_resumed_and_canceled(case, callers):
    path = f"/api/v1/instances/{case['id']}"
    supervisor = callers["supervisor"]

    assert supervisor.post(f"{path}/suspend").json["state"] == "suspended"
    assert supervisor.post(f"{path}/suspend").status_code == 409
    assert supervisor.post(f"{path}/resume").json["state"] == "active"
    canceled = supervisor.post(f"{path}/cancel").json
    assert canceled["state"] == "canceled"
    assert canceled["ended_by"]["kind"].startswith("cancel")
    assert supervisor.post(f"{path}/cancel").status_code == 409


def test_a_clerk_may_not_cancel_a_case(case, callers):
    answer = callers["clerk"].post(f"/api/v1/instances/{case['id']}/cancel")

    assert answer.status_code == 403
    assert answer.mimetype == PROBLEM


def test_the_first_job_of_a_case_is_listed(case, callers):
    answer = callers["program"].get("/api/v1/jobs", instance_id=case["id"])

    (job,) = answer.json["items"]
    assert set(job) == {
        "id",
        "instance_id",
        "element_id",
        "called_process",
        "type",
        "state",
        "attempts",
        "next_at",
        "last_error",
    }
    assert (job["type"], job["state"]) == ("nobd.preschool", "todo")


def test_a_job_that_did_not_fail_cannot_be_retried(case, callers):
    program = callers["program"]
    (job,) = program.get("/api/v1/jobs", instance_id=case["id"]).json["items"]

    answer = program.post(f"/api/v1/jobs/{job['id']}/retry")

    assert answer.status_code == 409


def test_incidents_of_a_case_without_any_are_an_empty_list(case, callers):
    answer = callers["program"].get("/api/v1/incidents", instance_id=case["id"])

    assert answer.json == {
        "items": [],
        "next_cursor": None,
        "total": 0,
        "total_is_capped": False,
    }


def test_an_unknown_procedure_is_not_found(released, callers):
    answer = start(callers["program"], process_key="nothing")

    assert answer.status_code == 404
    assert "nothing" in answer.json["detail"]


def test_an_office_that_the_caller_does_not_see_is_not_found(released, callers):
    answer = start(callers["program"], office="school-2")

    assert answer.status_code == 404


def test_a_message_that_nobody_waits_for_is_kept(released, callers):
    answer = callers["program"].post(
        "/api/v1/messages",
        {"name": "application_withdrawn", "correlation_key": "x", "variables": {}},
    )

    assert answer.status_code == 202
    assert answer.json == {"correlated": 0}


def test_a_key_may_be_a_number(released, callers):
    body = {"name": "numbered", "correlation_key": 5.0, "variables": {}}

    answer = callers["program"].post("/api/v1/messages", body)
    assert answer.status_code == 202
    wrong = callers["program"].post(
        "/api/v1/messages", body | {"correlation_key": True}
    )

    assert wrong.status_code == 422


def test_a_list_is_read_page_by_page(released, callers):
    program = callers["program"]
    for _ in range(3):
        start(program)
    seen, cursor = [], None

    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = program.get("/api/v1/instances", **query).json
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == page["total"]


def test_definitions_tell_versions_and_the_drawing(released, callers):
    clerk = callers["clerk"]

    listed = clerk.get("/api/v1/definitions").json
    whole = clerk.get("/api/v1/definitions/first_grade_admission").json
    one = clerk.get("/api/v1/definitions/first_grade_admission/versions/1").json

    assert "first_grade_admission" in {row["key"] for row in listed["items"]}
    assert [row["version"] for row in whole["versions"]] == [1]
    assert one["xml"].startswith("<?xml")
    assert one["xml"] == whole["xml"]
    unknown = clerk.get("/api/v1/definitions/first_grade_admission/versions/9")
    assert unknown.status_code == 404


def test_a_refused_release_names_what_is_wrong_and_stores_nothing(released, callers):
    designer = callers["designer"]
    before = designer.get("/api/v1/definitions").json["total"]

    answer = designer.post_files("/api/v1/deployments", {"a.bpmn": b"<not-bpmn/>"})

    assert answer.status_code == 422
    assert answer.mimetype == PROBLEM
    (finding, *_) = answer.json["findings"]
    assert set(finding) == {"file", "element_id", "rule", "severity", "message"}
    assert finding["file"] == "a.bpmn"
    assert designer.get("/api/v1/definitions").json["total"] == before


def test_a_clerk_may_not_release(callers):
    answer = callers["clerk"].post_files("/api/v1/deployments", {"a.bpmn": b"x"})

    assert answer.status_code == 403


def test_feel_is_evaluated_exactly(callers):
    answer = callers["designer"].post(
        "/api/v1/feel/evaluate",
        {"expression": "a + 0.2 = 0.3 and b > 1", "variables": {"a": 0.1, "b": 2}},
    )

    assert answer.status_code == 200, answer.text
    assert answer.json == {"value": True, "warnings": []}


@pytest.mark.parametrize("expression", ["1 +", "nothing + 1", '1 + "x"', "f("])
def test_feel_that_a_procedure_would_refuse_is_refused(callers, expression):
    answer = callers["designer"].post(
        "/api/v1/feel/evaluate", {"expression": expression}
    )

    assert answer.status_code == 422
    assert answer.mimetype == PROBLEM


def test_feel_is_not_for_clerks(callers):
    answer = callers["clerk"].post("/api/v1/feel/evaluate", {"expression": "1"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/tasks/{}",
        "/api/v1/tasks/{}/form",
        "/api/v1/instances/{}",
        "/api/v1/instances/{}/history",
    ],
)
def test_an_unknown_id_is_not_found(callers, path):
    answer = callers["clerk"].get(path.format(unknown_id()))

    assert answer.status_code == 404
    assert answer.mimetype == PROBLEM
