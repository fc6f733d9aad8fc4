"""Cases steered by hand over the API: who may, what is refused, what is answered."""

import pytest

from tests.integration.api.callers import unknown_id
from tests.integration.api.test_cases import start

WHY = "Құжаттар қолмен тексерілді"


@pytest.fixture
def path(released, callers):
    answer = start(callers["program"])
    assert answer.status_code == 201, answer.text
    return f"/api/v1/instances/{answer.json['id']}"


@pytest.fixture
def first(path, callers):
    """Where the case stands at first: a job."""
    (step,) = callers["administrator"].get(f"{path}/steps").json["steps"]
    return step


def test_the_steps_of_a_case_are_told_with_every_promised_field(path, callers):
    answer = callers["supervisor"].get(f"{path}/steps")

    assert answer.status_code == 200, answer.text
    assert answer.json["repeatable"] == []
    (step,) = answer.json["steps"]
    assert set(step) == {
        "step",
        "element_id",
        "process",
        "name",
        "kind",
        "path",
        "since",
        "due_at",
        "incident",
        "can_skip",
        "targets",
    }
    assert (step["element_id"], step["kind"]) == ("find_preschool", "job")
    assert "checks_fork" in step["targets"]
    assert "check_health" not in step["targets"]


def test_who_is_no_administrator_of_the_office_moves_nothing(path, first, callers):
    body = {"step": first["step"], "reason": WHY}

    statuses = {
        login: callers[login].post(f"{path}/skip", body).status_code
        for login in ("supervisor", "clerk", "program", "designer", "stranger")
    }

    assert statuses["stranger"] == 404
    del statuses["stranger"]
    assert set(statuses.values()) == {403}
    assert callers["clerk"].get(f"{path}/steps").status_code == 403


def test_a_step_is_skipped_moved_and_repeated(path, first, callers):
    admin = callers["administrator"]
    child = {"preschool": {"completed": False, "bin": None}}

    body = {"step": first["step"], "reason": WHY, "variables": child}
    skipped = admin.post(f"{path}/skip", body, key="skip-once")
    again = admin.post(f"{path}/skip", body, key="skip-once")
    stands = admin.get(f"{path}/steps").json
    back = admin.post(f"{path}/repeat", {"element_id": "find_preschool", "reason": WHY})
    (step,) = admin.get(f"{path}/steps").json["steps"]
    moved = admin.post(
        f"{path}/move", {"step": step["step"], "to": "decide", "reason": WHY}
    )

    assert skipped.status_code == again.status_code == 200, skipped.text
    assert skipped.json["variables"]["preschool"] == child["preschool"]
    assert len(stands["steps"]) == 4
    assert stands["repeatable"] == ["find_preschool", "own_class", "checks_fork"]
    assert back.status_code == 200, back.text
    assert moved.status_code == 200, moved.text
    kinds = [
        (event["type"], event["detail"]["reason"])
        for event in admin.get(f"{path}/history", limit=200).json["items"]
        if event["type"].startswith("step.")
    ]
    assert kinds == [
        ("step.skipped", WHY),
        ("step.repeated", WHY),
        ("step.moved", WHY),
    ]


def test_what_cannot_be_is_refused_in_a_sentence(path, first, callers):
    admin = callers["administrator"]

    into = admin.post(
        f"{path}/move", {"step": first["step"], "to": "check_health", "reason": WHY}
    )
    nowhere = admin.post(
        f"{path}/move", {"step": first["step"], "to": "nowhere", "reason": WHY}
    )
    gone = admin.post(f"{path}/skip", {"step": unknown_id(), "reason": WHY})
    silent = admin.post(f"{path}/skip", {"step": first["step"]})
    empty = admin.post(f"{path}/skip", {"step": first["step"], "reason": " "})
    unknown = admin.get(f"/api/v1/instances/{unknown_id()}/steps")

    assert into.status_code == 409
    assert into.json["type"].endswith("#problem-step-refused")
    assert "checks_join" in into.json["detail"]
    assert nowhere.status_code == 422
    assert set(nowhere.json["errors"]) == {"to"}
    assert gone.status_code == 409
    assert gone.json["detail"] == "This step is over: it cannot be skipped."
    assert silent.status_code == 422
    assert set(silent.json["errors"]) == {"reason"}
    assert empty.status_code == 422
    assert unknown.status_code == 404


def test_a_case_is_steered_with_and_without_a_reason(path, callers):
    admin = callers["administrator"]

    statuses = [
        admin.post(f"{path}/suspend", {"reason": WHY}).status_code,
        admin.post(f"{path}/resume").status_code,
        admin.post(f"{path}/suspend", {"reason": "ә" * 1001}).status_code,
        admin.post(f"{path}/cancel", {"reason": WHY}).status_code,
    ]

    assert statuses == [200, 200, 422, 200]
    told = {
        event["type"]: event["detail"]
        for event in admin.get(f"{path}/history", limit=200).json["items"]
    }
    assert told["instance.suspended"] == {"reason": WHY}
    assert told["instance.resumed"] is None
    assert told["instance.canceled"]["reason"] == WHY


def test_the_document_of_the_api_shows_how(callers):
    document = callers["administrator"].get("/api/v1/openapi.json").json
    skip = document["paths"]["/api/v1/instances/{instance_id}/skip"]["post"]
    body = skip["requestBody"]["content"]["application/json"]

    assert body["example"]["reason"]
    assert "step" in body["example"]
