"""What must not get in: wrong tokens, wrong bodies, wrong addresses."""

import json
import logging

import pytest
from werkzeug.exceptions import RequestEntityTooLarge

from server import auth, edge

PROBLEM = "application/problem+json"
INSTANCES = "/api/v1/instances"


@pytest.mark.parametrize(
    "header",
    [None, "Bearer", "Bearer rsm_wrong", "Basic YTpi", "rsm_wrong", "Bearer \xff"],
)
def test_a_call_without_a_valid_token_is_refused(client, header):
    headers = {"Authorization": header} if header else {}

    answer = client.get(INSTANCES, headers=headers)

    assert answer.status_code == 401
    assert answer.mimetype == PROBLEM
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_unknown_address_is_a_problem(callers):
    answer = callers["clerk"].get("/api/v1/nothing")

    assert answer.status_code == 404
    assert answer.mimetype == PROBLEM
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("tasks/", "Leave out the slash"),
        ("tasks/7", "a whole UUID"),
        ("nothing", "/api/v1/docs"),
    ],
)
def test_an_unknown_address_says_what_to_look_at(callers, path, word):
    assert word in callers["clerk"].get(f"/api/v1/{path}").json["detail"]


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(callers):
    answer = callers["clerk"].post(f"{INSTANCES}/x")
    wrong = (
        callers["clerk"]
        .app.test_client()
        .delete(INSTANCES, headers=callers["clerk"].headers())
    )

    assert answer.status_code == 404
    assert wrong.status_code == 405
    assert wrong.mimetype == PROBLEM
    assert "POST" in wrong.headers["Allow"]
    assert wrong.json["detail"] == "This address takes GET, HEAD, OPTIONS, POST."


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b'{"process_key": NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"version": ' + b"9" * 5000 + b"}", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b"", 422),
        (b'{"process_key": 1}', 422),
        (b'{"process_key": "a", "version": 1.5}', 422),
        (b'{"process_key": "a", "version": true}', 422),
        (b'{"process_key": "a", "version": "1"}', 422),
        (b'{"process_key": "a", "unknown": 1}', 422),
        (b'{"process_key": "a", "variables": []}', 422),
        (b'{"process_key": "a\\u0000"}', 422),
        (b'{"process_key": "\\ud800"}', 422),
        (b'{"process_key": "' + b"a" * 256 + b'"}', 422),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(callers, body, status):
    answer = callers["program"].post(
        INSTANCES, data=body, content_type="application/json"
    )

    assert answer.status_code == status, answer.text
    assert answer.mimetype == PROBLEM


def test_the_fields_that_need_mending_are_named(callers):
    answer = callers["program"].post(INSTANCES, {"version": 0, "surplus": 1})

    assert set(answer.json["errors"]) == {"process_key", "version", "surplus"}


@pytest.mark.parametrize(
    ("variables", "place", "word"),
    [
        ({"a": "\0"}, "variables.a", "NUL"),
        ({"a\0": 1}, "variables", "'a\\x00'"),
        ({"": 1}, "variables", "The name ''"),
        ({"b": 1, "a": "\ud800"}, "variables.a", "surrogate"),
        ({"a": {"b": [1, {"c": "\0"}]}}, "variables.a.b.1.c", "NUL"),
        ({"a": {"b\0": 1}}, "variables.a", "NUL"),
    ],
)
def test_variables_that_cannot_be_kept_are_refused(
    released, callers, variables, place, word
):
    body = {"process_key": "first_grade_admission", "variables": variables}
    answer = callers["program"].post(
        INSTANCES, data=json.dumps(body), content_type="application/json"
    )

    assert answer.status_code == 422, answer.text
    assert set(answer.json["errors"]) == {place}
    assert word in answer.json["errors"][place][0]


def test_what_is_not_json_is_refused_by_its_type(callers):
    answer = callers["program"].post(INSTANCES, data=b"a=1", content_type="text/plain")
    form = callers["designer"].post("/api/v1/deployments", {"a": 1})

    assert answer.status_code == 415
    assert answer.mimetype == PROBLEM
    assert form.status_code == 415


def test_a_body_that_is_too_large_is_refused(callers):
    body = b'{"process_key": "' + b"a" * edge.MAX_BODY_BYTES + b'"}'

    answer = callers["program"].post(
        INSTANCES, data=body, content_type="application/json"
    )

    assert answer.status_code == 413
    assert answer.mimetype == PROBLEM
    assert str(edge.MAX_BODY_BYTES) in answer.json["detail"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 201},
        {"limit": "many"},
        {"cursor": "forged"},
        {"cursor": "W10"},
        {"cursor": "WyJhIiwgImIiXQ"},
        {"state": "lost"},
        {"unknown": 1},
    ],
)
def test_a_query_that_means_nothing_is_refused(callers, query):
    answer = callers["clerk"].get(INSTANCES, **query)

    assert answer.status_code == 422, answer.text
    assert answer.mimetype == PROBLEM


def as_written(callers, address):
    clerk = callers["clerk"]
    return clerk.app.test_client().get(address, headers=clerk.headers())


@pytest.mark.parametrize(
    "query",
    ["limit=1&limit=2", "state=created&state=claimed", "search.a=1&search.a=2"],
)
def test_what_is_there_twice_is_refused_by_name(callers, query):
    answer = as_written(callers, f"/api/v1/tasks?{query}")

    assert answer.status_code == 422
    name = query.partition("=")[0]
    assert answer.json["errors"] == {name: ["It is there twice: give it once."]}


@pytest.mark.parametrize("limit", ["1_0", "%201", "%D9%A1", "1.0", ""])
def test_a_number_is_written_in_digits(callers, limit):
    answer = as_written(callers, f"/api/v1/tasks?limit={limit}")

    assert answer.status_code == 422
    assert answer.json["errors"] == {"limit": ["Not a valid integer."]}


def test_a_bare_plus_in_an_address_is_told_of(callers):
    told = "/api/v1/tasks?due_before=2026-09-01T00:00:00+05:00"

    assert "%2B" in as_written(callers, told).json["errors"]["due_before"][0]


def test_a_due_date_without_offset_is_refused(callers):
    clerk = callers["clerk"]

    naive = clerk.get("/api/v1/tasks", due_before="2026-09-01T00:00:00")
    aware = clerk.get("/api/v1/tasks", due_before="2026-09-01T00:00:00+05:00")

    assert naive.status_code == 422
    assert aware.status_code == 200


def test_an_address_with_nul_is_refused(callers):
    assert callers["clerk"].get("/api/v1/definitions/a%00b").status_code == 400
    assert callers["clerk"].get(INSTANCES, business_key="\0").status_code == 400


def test_answers_carry_the_headers_that_browsers_are_told_by(client):
    answer = client.get("/healthz", base_url="https://rasim.kz")

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in client.get("/healthz").headers


def test_a_given_request_id_is_kept_if_it_is_one(client):
    kept = client.get("/healthz", headers={"X-Request-Id": "gateway-12345"})
    forged = client.get("/healthz", headers={"X-Request-Id": 'x" "y": 1'})

    assert kept.headers["X-Request-Id"] == "gateway-12345"
    assert forged.headers["X-Request-Id"] != 'x" "y": 1'


def test_a_fault_of_ours_is_a_problem_without_its_cause(app, callers, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("850101300123")

    monkeypatch.setattr("workflows.instances.search", fail)
    answer = callers["clerk"].get(INSTANCES)

    assert answer.status_code == 500
    assert answer.mimetype == PROBLEM
    assert "850101300123" not in answer.text


def test_the_access_log_holds_no_address_of_a_case(callers, caplog):
    with caplog.at_level(logging.INFO):
        callers["clerk"].get(INSTANCES, business_key="850101300123")

    (line,) = [one for one in caplog.records if one.name == "server.access"]
    assert line.route == INSTANCES
    assert "850101300123" not in str(vars(line))


def test_a_page_of_a_fault_of_ours_tells_the_number_that_the_log_has(app, monkeypatch):
    @auth.public
    def fail():
        raise ZeroDivisionError

    monkeypatch.setitem(app.view_functions, "sign_in.form", fail)

    answer = app.test_client().get("/sign-in?lang=en")

    number = answer.headers["X-Request-Id"]
    assert answer.status_code == 500
    assert f"Number of the fault: {number}" in answer.text
    assert 'href="/sign-in">Try again</a>' in answer.text


def test_a_page_that_was_sent_too_much_says_what_to_do(app, monkeypatch):
    @auth.public
    def refuse():
        raise RequestEntityTooLarge

    monkeypatch.setitem(app.view_functions, "sign_in.form", refuse)

    answer = app.test_client().get("/sign-in?lang=en")

    assert answer.status_code == 413
    assert "Make the file smaller" in answer.text
    assert "Number of the fault" not in answer.text
