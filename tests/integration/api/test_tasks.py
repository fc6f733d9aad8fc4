"""The API on a real database: a clerk's task from the worklist to its completion."""

import uuid

import pytest

from tests.integration.api.test_cases import APPLICATION, START
from tests.integration.conftest import ToldConnectors
from tests.integration.test_admission import answers
from workflows import jobs

TASKS = "/api/v1/tasks"
ACCEPTED = {"variables": {"decision": {"accepted": True}}}
FIELDS = {
    "id",
    "instance_id",
    "process_key",
    "element_id",
    "called_process",
    "name",
    "state",
    "assignee",
    "candidate_groups",
    "office",
    "created_at",
    "deadline_at",
    "due_at",
    "priority",
    "form_id",
    "norms",
}


def work(app, callers, case_id):
    """Do every job of a case, and those that follow, as the workers would."""
    services, outside = app.extensions["rasim"], ToldConnectors(answers())
    query = {"instance_id": case_id, "state": "todo"}
    while waiting := callers["program"].get("/api/v1/jobs", **query).json["items"]:
        for job in waiting:
            job_id = uuid.UUID(job["id"])
            jobs.perform(services.store, services.world, outside, job_id)


@pytest.fixture
def task(app, callers, released):
    now = callers["program"].get("/api/v1/clock").json["now"]
    application = APPLICATION["application"] | {"filed_at": now}
    variables = APPLICATION | {"application": application}
    case = callers["program"].post(
        "/api/v1/instances", START | {"variables": variables}
    )
    case = case.json
    work(app, callers, case["id"])
    listed = callers["clerk"].get(TASKS, instance_id=case["id"]).json
    (found,) = listed["items"]
    return found


def test_a_task_on_the_worklist_has_every_promised_field(task):
    assert set(task) == FIELDS
    assert (task["element_id"], task["state"]) == ("decide", "created")
    assert task["candidate_groups"] == ["clerk"]
    assert task["deadline_at"] > task["created_at"]
    assert task["norms"]


def test_a_task_is_named_in_the_language_asked_for(task, callers):
    clerk = callers["clerk"]
    path = f"{TASKS}/{task['id']}"

    russian = clerk.app.test_client().get(
        path, headers=clerk.headers() | {"Accept-Language": "ru,en;q=0.5"}
    )

    assert russian.json["name"] != task["name"]


def test_the_worklist_is_narrowed(task, callers):
    clerk = callers["clerk"]

    def ids(**query):
        return {one["id"] for one in clerk.get(TASKS, limit=200, **query).json["items"]}

    assert task["id"] in ids(candidate_group="clerk", process_key=task["process_key"])
    assert task["id"] in ids(state="created", sort="-created_at")
    assert task["id"] not in ids(state="completed")
    assert task["id"] not in ids(assignee="clerk")
    assert task["id"] not in ids(due_before=task["created_at"])
    assert task["id"] in ids(due_before="2099-01-01T00:00:00Z")


def test_a_task_tells_its_variables_and_its_form(task, callers):
    clerk = callers["clerk"]

    whole = clerk.get(f"{TASKS}/{task['id']}").json
    form = clerk.get(f"{TASKS}/{task['id']}/form").json

    assert set(whole) == FIELDS | {"variables"}
    assert whole["variables"]["application"]["number"] == "2026-000001"
    assert form["id"] == task["form_id"]


def test_a_task_is_claimed_given_back_and_assigned(task, callers):
    clerk, path = callers["clerk"], f"{TASKS}/{task['id']}"

    assert clerk.post(f"{path}/claim").json["assignee"] == "clerk"
    released = clerk.post(f"{path}/release").json
    assert (released["state"], released["assignee"]) == ("created", None)
    assert clerk.post(f"{path}/release").status_code in (403, 409)
    assert clerk.post(f"{path}/assign", {"assignee": "clerk"}).status_code == 403
    supervisor = callers["supervisor"]
    assert supervisor.post(f"{path}/assign", {"assignee": "nobody"}).status_code == 422
    assigned = supervisor.post(f"{path}/assign", {"assignee": "clerk"}).json
    assert (assigned["state"], assigned["assignee"]) == ("claimed", "clerk")


def test_a_task_is_completed_once_and_its_repeat_gives_the_answer(task, callers):
    clerk, path = callers["clerk"], f"{TASKS}/{task['id']}/complete"
    key = str(uuid.uuid4())

    done = clerk.post(path, ACCEPTED, key=key)

    assert done.status_code == 200, done.text
    assert done.json["state"] == "completed"
    assert clerk.post(path, ACCEPTED, key=key).json == done.json
    assert clerk.post(path, ACCEPTED).status_code == 409


def test_wrong_answers_are_refused_field_by_field(task, callers):
    path = f"{TASKS}/{task['id']}/complete"

    answer = callers["clerk"].post(path, {"variables": {"decision": {"accepted": 1}}})

    assert answer.status_code == 422
    assert answer.json["type"].endswith("#problem-answers-refused")
    (path_of_field,) = (path for path in answer.json["errors"] if "accepted" in path)
    assert all(isinstance(one, str) for one in answer.json["errors"][path_of_field])


def test_the_task_of_another_school_is_not_there(task, callers):
    stranger, path = callers["stranger"], f"{TASKS}/{task['id']}"

    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}/claim").status_code == 404
    assert stranger.post(f"{path}/complete", ACCEPTED).status_code == 404


def test_a_missed_deadline_is_found_after_the_clock_is_moved(task, callers):
    before = callers["supervisor"].get(TASKS, due_before=task["created_at"]).json

    moved = callers["administrator"].post("/api/v1/clock", {"advance": "P10D"}).json
    late = callers["supervisor"].get(TASKS, due_before=moved["now"]).json

    assert task["id"] not in {one["id"] for one in before["items"]}
    assert task["id"] in {one["id"] for one in late["items"]}
    events = callers["clerk"].get(
        f"/api/v1/instances/{task['instance_id']}/history", limit=200
    )
    assert any("deadline" in one["type"] for one in events.json["items"])


def test_the_worklist_is_asked_by_words_offices_and_search_variables(callers, task):
    clerk, case = callers["clerk"], {"instance_id": task["instance_id"]}
    child = APPLICATION["child"]

    for asked in (
        {"office": "school-1"},
        {"text": child["name"][:4].upper()},
        {"search.child.iin": child["iin"]},
        {"search.child.name": child["name"], "view": "groups", "free": "true"},
        {"element_id": task["element_id"], "due": "week"},
    ):
        listed = clerk.get(TASKS, **case, **asked).json
        assert [one["id"] for one in listed["items"]] == [task["id"]], asked
        assert (listed["total"], listed["total_is_capped"]) == (1, False)
    for asked in (
        {"text": "nobody"},
        {"search.child.iin": "000000000000"},
        {"view": "mine"},
        {"due": "overdue"},
        {"breached": "true"},
    ):
        assert clerk.get(TASKS, **case, **asked).json["items"] == [], asked


def test_what_the_worklist_cannot_be_asked_is_refused_by_name(callers):
    clerk = callers["clerk"]

    assert clerk.get(TASKS, office="school-2").status_code == 404
    for asked in ({"search": "a"}, {"due": "soon"}, {"view": "ours"}, {"find": "a"}):
        refused = clerk.get(TASKS, **asked)
        assert refused.status_code == 422, asked
        assert set(asked) == set(refused.json["errors"])
