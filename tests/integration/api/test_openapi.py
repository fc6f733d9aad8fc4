"""The OpenAPI document: valid, whole, and with examples that are true."""

import functools
import io
import re
import uuid

import pytest
import sqlalchemy as sa
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.datastructures import MultiDict

from server import auth
from server.api import document
from server.errors import PROBLEM_JSON
from tests.drawn import ask, line
from tests.integration.api.callers import make_caller
from tests.integration.api.conformance import Document
from workflows.model import Role
from workflows.store.tables import idempotency_keys

PREFIX = "/api/v1"
KEY = "Idempotency-Key"
ROLES = {str(role) for role in Role}


@pytest.fixture(scope="module")
def told(app):
    return Document(app)


def operations(told):
    return [
        (f"{method.upper()} {path}", operation, parameters)
        for path, method, operation, parameters in told.operations()
    ]


def bodies(part):
    """Of a request or an answer, by media type."""
    return list(part.get("content", {}).values())


# --- what it says ---------------------------------------------------------------------


def test_it_is_valid_openapi(told):
    assert told.told["openapi"].startswith("3.1")
    assert [str(one) for one in OpenAPIV31SpecValidator(told.told).iter_errors()] == []


def test_every_operation_says_what_it_does_and_for_whom(told):
    for name, operation, _ in operations(told):
        assert "\n" not in operation["summary"], name
        assert operation["description"], name
        assert operation["operationId"], name
        assert operation["x-roles"], name
        assert set(operation["x-roles"]) <= ROLES, name
        assert ", ".join(operation["x-roles"]) in operation["description"], name


def test_each_operation_has_a_name_of_its_own(told):
    names = [operation["operationId"] for _, operation, _ in operations(told)]

    assert len(names) == len(set(names))


def test_the_roles_are_those_of_the_routes(app, told):
    for rule in app.url_map.iter_rules():
        asked = auth.rule_of(app, rule.endpoint)
        path = document.VARIABLE.sub(r"{\1}", rule.rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            operation = told.told["paths"].get(path, {}).get(method.lower())
            if operation and asked.roles:
                assert set(operation["x-roles"]) == set(map(str, asked.roles)), path


def test_every_status_has_words_and_a_schema(told):
    for name, operation, _ in operations(told):
        assert {"400", "401", "503"} <= set(operation["responses"]), name
        assert "default" not in operation["responses"], name
        for status, one in operation["responses"].items():
            response = told.whole(one)
            assert response["description"], (name, status)
            if status == "204":
                assert "content" not in response
                continue
            (media,) = response["content"]
            assert response["content"][media]["schema"], (name, status)
            assert (media == PROBLEM_JSON) == (int(status) >= 400), (name, status)


def test_parameters_have_bounds(told):
    for name, _, parameters in operations(told):
        for one in parameters:
            schema = one["schema"]
            kind = schema["type"]
            assert isinstance(kind, str), (name, one["name"])
            if kind == "integer":
                assert "maximum" in schema, (name, one["name"])
                assert "minimum" in schema, (name, one["name"])
            elif kind == "string" and "enum" not in schema and "format" not in schema:
                assert "maxLength" in schema, (name, one["name"])


def test_lists_are_asked_for_and_answered_alike(told):
    for name, operation, parameters in operations(told):
        shown = bodies(operation["responses"].get("200", {}))
        schema = told.whole(shown[0]["schema"]) if shown else {}
        if "next_cursor" not in schema.get("properties", {}):
            continue
        by_name = {one["name"]: one["schema"] for one in parameters}
        assert by_name["limit"]["default"] == 20, name
        assert by_name["limit"]["maximum"] == 200, name
        assert "cursor" in by_name, name
        assert {"items", "next_cursor", "total"} <= set(schema["required"]), name


def test_every_write_that_stores_takes_a_key(told):
    for name, operation, parameters in operations(told):
        stores = name.startswith(("POST", "DELETE")) and not name.endswith(
            ("/evaluate", "/lint")
        )
        keys = [one for one in parameters if one["name"] == "Idempotency-Key"]
        assert bool(keys) is stores, name
        for status, one in operation["responses"].items():
            if status.startswith("2"):
                assert ("Idempotent-Replayed" in one["headers"]) is stores, name


# --- examples -------------------------------------------------------------------------


def test_every_body_and_parameter_has_an_example_that_is_valid(told):
    for name, operation, parameters in operations(told):
        for one in parameters:
            assert told.faults(one["example"], one["schema"]) == [], (name, one["name"])
        answers = [told.whole(one) for one in operation["responses"].values()]
        for part in (operation.get("requestBody", {}), *answers):
            for media in bodies(part):
                faults = told.faults(media["example"], media["schema"])
                assert faults == [], (name, media["example"])


def test_the_examples_of_refusals_are_told_as_they_are_answered(callers, told):
    shown = told.told["components"]["responses"]
    refused = callers["clerk"].get(f"{PREFIX}/instances", limit=0).json
    unknown = callers["clerk"].app.test_client().get(f"{PREFIX}/instances").json

    (example,) = bodies(shown["Refused401"])
    assert example["example"] == {key: unknown[key] for key in example["example"]}
    (example,) = bodies(shown["Refused422"])
    assert example["example"]["errors"].keys() == refused["errors"].keys()


# The ids that the addresses of examples stand for, made for each of them.
DRAWINGS = {
    "example.bpmn": line("example", ask("decide", None, "Шешім қабылдау")),
}
REFUSED = {
    # What they ask for is not there; each has tests of its own.
    "POST /api/v1/decisions/{key}/evaluate": 404,
    "POST /api/v1/jobs/{job_id}/retry": 404,
    "POST /api/v1/incidents/{incident_id}/retry": 404,
    "GET /api/v1/documents/{document_id}": 404,
    "GET /api/v1/tasks/{task_id}/form": 404,
    "POST /api/v1/tasks/{task_id}/bring-back": 409,
    "POST /api/v1/instances/{instance_id}/resume": 409,
    "POST /api/v1/instances/{instance_id}/skip": 409,
    "POST /api/v1/instances/{instance_id}/move": 409,
    "POST /api/v1/instances/{instance_id}/repeat": 422,
    "GET /api/v1/webhooks/{webhook_id}": 404,
    "DELETE /api/v1/webhooks/{webhook_id}": 404,
    "POST /api/v1/webhooks/{webhook_id}/enable": 404,
    "GET /api/v1/webhooks/{webhook_id}/deliveries": 404,
    "POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": 404,
}
WHO = {"assign": "supervisor", "steps": "supervisor", "release": "clerk"}
CLAIMED = ("release", "delegate", "bring-back")


def test_the_requests_of_the_examples_are_taken(app, store, released, callers, told):
    make_caller(app, store, "deputy", Role.CLERK, "school-1")
    answer = callers["designer"].post_files(f"{PREFIX}/deployments", DRAWINGS)
    assert answer.status_code == 201, answer.text

    for name, operation, parameters in operations(told):
        send = request(callers, name, operation, parameters)
        answer = send()
        wanted = REFUSED.get(name)
        if wanted is not None:
            assert answer.status_code == wanted, (name, answer.text)
            continue
        assert answer.status_code in (200, 201, 202), (name, answer.text)
        if KEY in {one["name"] for one in parameters}:
            again = send()
            assert again.headers["Idempotent-Replayed"] == "true", name
            assert (again.status_code, again.json) == (answer.status_code, answer.json)
    check_nothing_personal_is_kept(store)


def check_nothing_personal_is_kept(store):
    """With a key stays what its answer is made again from: ids, counts, times."""
    with store.transaction() as tx:
        kept = tx.scalars(sa.select(idempotency_keys.c.subject)).all()
    assert len(kept) > 10
    for subject in kept:
        if {"definitions", "findings"} <= subject.keys():  # of a release: no person's
            continue
        for value in subject.values():
            assert re.fullmatch(
                r"[0-9a-f-]{36}|\d+|\d{4}-[0-9-]+T[0-9:.+]+", str(value)
            )


def request(callers, name, operation, parameters):
    """The request of an example, to be sent once or more."""
    method, path = name.split(" ")
    caller = callers[who(operation, path)]
    case = callers["program"].post(f"{PREFIX}/instances", {"process_key": "example"})
    task = callers["clerk"].get(f"{PREFIX}/tasks", instance_id=case.json["id"])
    ids = {"instance_id": case.json["id"], "task_id": task.json["items"][0]["id"]}
    if path.endswith(CLAIMED):
        callers["clerk"].post(f"{PREFIX}/tasks/{ids['task_id']}/claim")
        caller = callers["clerk"]
    for one in parameters:
        if one["in"] == "path":
            value = ids.get(one["name"], one["example"])
            path = re.sub(rf"\{{{one['name']}\}}", str(value), path)
    if method != "POST":
        return functools.partial(
            caller.app.test_client().open, path, method=method, headers=caller.headers()
        )
    key = str(uuid.uuid4()) if KEY in {one["name"] for one in parameters} else None
    told = operation.get("requestBody", {}).get("content", {})
    for media, body in told.items():
        if media != "application/json":
            return lambda: caller.post(path, data=as_form(body["example"]), key=key)
        return functools.partial(caller.post, path, body["example"], key=key)
    return functools.partial(caller.post, path, key=key)


def who(operation, path):
    """A caller who may: at school-1 where the case is."""
    roles = operation["x-roles"]
    if path.rsplit("/", 1)[-1] in WHO:
        return WHO[path.rsplit("/", 1)[-1]]
    preferred = ("administrator", "clerk", "program")
    return next(one for one in preferred if one in roles or one == "program")


def as_form(example):
    """A body of several parts, its files named as a form is."""
    parts = []
    for field, value in example.items():
        for one in value if isinstance(value, list) else [value]:
            parts.append((field, (io.BytesIO(one.encode()), "note.form.json")))
    return MultiDict(parts)
