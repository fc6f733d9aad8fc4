"""Health, the OpenAPI document and the rules of every route."""

import re

import pytest
from flask import Blueprint, Flask

from server import auth
from server.api.blueprints import PREFIX

CALLS = """
POST /deployments
POST /lint
GET /definitions
GET /definitions/{key}
GET /definitions/{key}/versions/{version}
GET /definitions/{key}/versions/{version}/file
POST /instances
GET /instances
GET /instances/{instance_id}
GET /instances/{instance_id}/history
POST /instances/{instance_id}/cancel
POST /instances/{instance_id}/suspend
POST /instances/{instance_id}/resume
GET /instances/{instance_id}/steps
POST /instances/{instance_id}/skip
POST /instances/{instance_id}/move
POST /instances/{instance_id}/repeat
GET /tasks
GET /tasks/{task_id}
GET /tasks/{task_id}/form
POST /tasks/{task_id}/claim
POST /tasks/{task_id}/release
POST /tasks/{task_id}/complete
POST /tasks/{task_id}/assign
POST /tasks/{task_id}/delegate
POST /tasks/{task_id}/bring-back
POST /messages
POST /signals
POST /tasks/{task_id}/documents
GET /instances/{instance_id}/documents
GET /documents/{document_id}
GET /jobs
GET /queue
POST /jobs/{job_id}/retry
GET /incidents
POST /incidents/{incident_id}/retry
POST /decisions/{key}/evaluate
POST /feel/evaluate
POST /webhooks
GET /webhooks
GET /webhooks/{webhook_id}
DELETE /webhooks/{webhook_id}
POST /webhooks/{webhook_id}/enable
GET /webhooks/{webhook_id}/deliveries
POST /webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver
GET /clock
POST /clock
"""


def test_every_route_declares_who_may_use_it(app):
    bare = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if auth.rule_of(app, rule.endpoint) is None
    ]

    assert bare == []


def test_a_route_without_a_rule_stops_the_start():
    app = Flask(__name__)
    blueprint = Blueprint("open", __name__)
    blueprint.add_url_rule("/open", view_func=lambda: "", endpoint="open")
    app.register_blueprint(blueprint)

    with pytest.raises(auth.RouteWithoutRule, match="/open"):
        auth.check_routes(app)


def test_no_call_but_the_document_is_public(app):
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and auth.rule_of(app, rule.endpoint).is_public
    }

    assert public == {f"{PREFIX}/openapi.json", f"{PREFIX}/docs"}


def test_the_document_names_every_call(client):
    document = client.get(f"{PREFIX}/openapi.json").json

    told = {
        f"{method.upper()} {path.removeprefix(PREFIX)}"
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    assert document["openapi"].startswith("3.1")
    assert told == set(CALLS.split("\n")) - {""}


def test_every_reference_in_the_document_leads_somewhere(client):
    answer = client.get(f"{PREFIX}/openapi.json")

    for reference in set(re.findall(r'"\$ref": ?"#/([^"]+)"', answer.text)):
        found = answer.json
        for step in reference.split("/"):
            found = found[step]
    assert "Problem" in answer.json["components"]["schemas"]


def test_errors_are_told_as_problem_json_in_the_document(client):
    document = client.get(f"{PREFIX}/openapi.json").json

    start = document["paths"][f"{PREFIX}/instances"]["post"]["responses"]
    refused = start["422"]["$ref"].rsplit("/", 1)[-1]
    content = document["components"]["responses"][refused]["content"]
    assert list(content) == ["application/problem+json"]


def test_the_page_of_the_document_needs_no_other_host(client):
    answer = client.get(f"{PREFIX}/docs")

    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert "/api/v1/tasks/{task_id}/complete" in answer.text
    assert 'id="problem-not-found"' in answer.text
    assert "Айгүл Серікқызы" in answer.text  # of an example
    assert "Its state forbids it" in answer.text  # of a refusal
    assert not re.findall(r'(?:src|href)="https?://', answer.text)


def test_the_service_says_that_it_lives_and_can_serve(client):
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json["status"] == "ready"


def test_measures_are_told_to_prometheus(client):
    client.get("/healthz")

    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "rasim_open_incidents 0.0" in answer.text
    assert 'rasim_request_seconds_count{method="GET",route="/healthz"' in answer.text
