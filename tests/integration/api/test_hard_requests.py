"""What no program should send: every write answers it with a clear refusal."""

import json

import pytest

from tests.integration.api.conformance import Document
from tests.integration.api.test_openapi import as_form
from tests.integration.api.two_schools import DRAWINGS, OURS, school

API = "/api/v1"
PROBLEM = "application/problem+json"
HARD = {
    "NUL": '"a\\u0000b"',
    "half a character": '"\\ud800"',
    "half a character in a name": '{"\\udfff": 1}',
    "too large a number": "1e400",
    "many digits": "9" * 4000,
    "more digits than are read": "9" * 5000,
    "a huge exponent": "123456789e1000000000000",
    "an exponent that is none": "1e-9999999999999999999",
    "beyond 32 bits": "2147483648",
    "beyond 64 bits": "9223372036854775808",
    "a long text": '"' + "a" * 100_000 + '"',
    "deep lists": "[" * 500 + "]" * 500,
    "deep objects": '{"a":' * 500 + "1" + "}" * 500,
    "deeper than the reader": "[" * 5000 + "]" * 5000,
    "no number": "NaN",
    "a name twice": '{"a": 1, "a": 2}',
    "true": "true",
    "nothing": "null",
    "an empty name": '{"": 1}',
}
UNREADABLE = {
    "more digits than are read",
    "an exponent that is none",
    "deeper than the reader",
    "no number",
    "a name twice",
}


@pytest.fixture(scope="module")
def document(app):
    return Document(app)


@pytest.fixture(scope="module")
def ours(app, store, callers):
    answer = callers["designer"].post_files(f"{API}/deployments", DRAWINGS)
    assert answer.status_code == 201, answer.text
    made = school(app, store, OURS, "ours")
    made.fill(1)
    return made


def writes(document, ours):
    """(path, example, names of fields, roles) of every call that takes JSON."""
    for path, _, operation, parameters in document.operations():
        body = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in body:
            continue
        for one in parameters:
            if one["in"] == "path":
                found = ours.ids.get(one["name"], [str(one["example"])])
                path = path.replace(f"{{{one['name']}}}", found[-1])
        told = body["application/json"]
        fields = document.whole(told["schema"])["properties"]
        yield path, told["example"], list(fields), operation["x-roles"]


@pytest.mark.parametrize("hard", list(HARD))
def test_a_hard_value_in_any_field_is_no_fault_of_ours(document, callers, ours, hard):
    for path, example, fields, roles in writes(document, ours):
        caller = callers["program" if "service" in roles else "administrator"]
        for field in fields:
            for shape in ("%s", '{"x": %s}'):
                kept = {name: one for name, one in example.items() if name != field}
                body = json.dumps(kept)[:-1] + (", " if kept else "")
                body += f'"{field}": {shape % HARD[hard]}}}'
                where = (path, field, shape)
                answer = caller.post(
                    path, data=body.encode(), content_type="application/json"
                )
                assert answer.status_code < 500, (*where, answer.text)
                if hard in UNREADABLE:
                    assert answer.status_code == 400, (*where, answer.text)
                    assert answer.mimetype == PROBLEM, where
                    assert answer.json["detail"], where


def test_the_name_that_is_there_twice_is_told(callers):
    body = b'{"name": "a", "variables": {"x": 1, "x": 2}}'

    answer = callers["program"].post(
        f"{API}/messages", data=body, content_type="application/json"
    )

    assert answer.status_code == 400
    assert "'x' is there twice" in answer.json["detail"]


def test_a_case_whose_deadline_cannot_be_reckoned_is_refused(released, callers):
    body = {"process_key": "first_grade_admission", "variables": {"x": 1}}

    answer = callers["program"].post(f"{API}/instances", body)

    assert answer.status_code == 422
    assert "deadline" in answer.json["detail"]


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Accept-Language", "x" * 60_000, 202),
        ("Accept-Language", "kk;q=9e999999,ru;q=a", 202),
        ("X-Request-Id", "x" * 60_000, 202),
        ("Idempotency-Key", "x" * 60_000, 422),
        ("Idempotency-Key", "", 422),
        ("Authorization", "Bearer " + "x" * 60_000, 401),
        ("Content-Encoding", "gzip", 415),
        ("Content-Encoding", "identity", 202),
        ("Content-Type", "text/plain", 415),
        ("Content-Type", "multipart/form-data", 415),
        ("Content-Type", "application/x-www-form-urlencoded", 415),
        ("Content-Type", "application/json; charset=\xff", 202),
    ],
)
def test_hard_headers_are_no_fault_of_ours(app, callers, header, value, status):
    headers = callers["program"].headers() | {"Content-Type": "application/json"}

    answer = app.test_client().post(
        f"{API}/messages", headers=headers | {header: value}, data=b'{"name": "x"}'
    )

    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("definitions/%FF", 404),
        ("definitions/%ED%A0%80", 404),
        ("definitions/a%0d%0ab", 404),
        ("definitions/" + "x" * 5000, 404),
        ("definitions/fuzz/versions/2147483648", 404),
        ("definitions/fuzz/versions/99999999999999999999", 404),
        ("definitions/a%00", 400),
        ("instances?%00=1", 400),
        ("instances?business_key=%FF", 200),
        ("instances?limit=" + "9" * 5000, 422),
        ("tasks?search.a%00=1", 400),
        ("tasks?search.=1", 422),
        ("tasks?due_before=2026-06-01T00:00:00%2B99:99", 422),
        ("tasks?due_before=0001-01-01T00:00:00%2B14:00", 200),
        ("tasks?due_before=9999-12-31T23:59:59-14:00", 200),
    ],
)
def test_hard_addresses_are_no_fault_of_ours(ours, path, status):
    client = ours.clerk.app.test_client()

    answer = client.get(f"{API}/{path}", headers=ours.clerk.headers())

    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "type_", ["multipart/form-data", "multipart/form-data; boundary="]
)
def test_parts_without_a_boundary_are_refused(callers, type_):
    for path in ("deployments", "lint"):
        answer = callers["designer"].post(
            f"{API}/{path}", data=b"--x\r\n\r\n", content_type=type_
        )
        assert answer.status_code == 422, answer.text


def test_parts_that_nobody_reads_are_refused(callers):
    for path in ("deployments", "lint"):
        body = as_form({"files": ["a"], "more": ["b"]})
        answer = callers["designer"].post(f"{API}/{path}", data=body)
        assert answer.status_code == 422, answer.text
        assert set(answer.json["errors"]) == {"more"}


def test_a_part_without_a_file_name_is_not_passed_over(callers):
    parts = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.form.json"'
        b'\r\n\r\n{"type": "default", "id": "a", "components": []}\r\n'
        b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\n<x/>\r\n--x--\r\n'
    )
    for path in ("deployments", "lint"):
        answer = callers["designer"].post(
            f"{API}/{path}", data=parts, content_type="multipart/form-data; boundary=x"
        )
        assert answer.status_code == 422, answer.text
        assert answer.json["errors"] == {"files": ["every part needs a file name"]}
