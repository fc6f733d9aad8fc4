"""A repeated write gives the first answer and has no second effect."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from tests.integration.api.test_cases import APPLICATION, START
from workflows import instances
from workflows.store.tables import idempotency_keys, process_instances

INSTANCES = "/api/v1/instances"
pytestmark = pytest.mark.usefixtures("released")


@pytest.fixture
def key():
    return str(uuid.uuid4())


def cases(store, business_key):
    with store.transaction() as tx:
        return tx.scalar(
            sa.select(sa.func.count()).where(
                process_instances.c.business_key == business_key
            )
        )


def test_a_repeat_gives_the_first_answer_once(callers, store, key):
    body = START | {"business_key": key}

    first = callers["program"].post(INSTANCES, body, key=key)
    again = callers["program"].post(INSTANCES, body, key=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert cases(store, key) == 1


def test_the_order_of_fields_does_not_make_another_request(callers, key):
    turned = dict(reversed(START.items()))

    first = callers["program"].post(INSTANCES, START, key=key)
    again = callers["program"].post(
        INSTANCES,
        data=json.dumps(turned, indent=2),
        content_type="application/json",
        key=key,
    )

    assert again.json["id"] == first.json["id"]


def test_the_same_key_for_another_request_is_refused(callers, key):
    first = callers["program"].post(INSTANCES, START, key=key)

    body = START | {"business_key": "another"}
    assert callers["program"].post(INSTANCES, body, key=key).status_code == 422
    path = f"{INSTANCES}/{first.json['id']}/cancel"
    assert callers["program"].post(path, key=key).status_code == 422


def test_a_number_and_its_text_are_two_requests(callers, key):
    def told(value):
        body = {"name": "news", "variables": {"rate": value}}
        return callers["program"].post("/api/v1/messages", body, key=key).status_code

    assert (told(1.5), told(1.5), told("1.5")) == (202, 202, 422)


def test_a_key_is_its_callers_own(callers, key):
    first = callers["program"].post(INSTANCES, START, key=key)
    other = callers["clerk"].post(INSTANCES, START, key=key)

    assert first.json["id"] != other.json["id"]


def test_a_refused_write_may_be_tried_again_under_its_key(callers, key):
    wrong = callers["program"].post(INSTANCES, START | {"version": 99}, key=key)
    right = callers["program"].post(INSTANCES, START, key=key)

    assert (wrong.status_code, right.status_code) == (404, 201)


def test_after_a_fault_of_ours_a_repeat_has_its_effect_once(
    callers, store, key, monkeypatch
):
    begin, body = instances.start, START | {"business_key": key}

    def fails(*args, **kwargs):
        begin(*args, **kwargs)
        raise ZeroDivisionError

    monkeypatch.setattr(instances, "start", fails)
    assert callers["program"].post(INSTANCES, body, key=key).status_code == 500
    monkeypatch.undo()

    answers = [callers["program"].post(INSTANCES, body, key=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert cases(store, key) == 1


def test_two_requests_under_one_key_at_the_same_moment_are_told_apart(callers, key):
    def send(number):
        body = START | {"business_key": f"{key} {number}"}
        return callers["program"].post(INSTANCES, body, key=key).status_code

    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(threads.map(send, range(4)))

    assert statuses == [201, 422, 422, 422]


def test_repeats_at_the_same_moment_start_one_case(callers, store, key):
    body = START | {"business_key": key}

    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(
                lambda _: callers["program"].post(INSTANCES, body, key=key), range(4)
            )
        )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert cases(store, key) == 1


@pytest.mark.parametrize("wrong", ["a b", "x" * 256, "ә"])
def test_a_key_that_is_none_is_refused(callers, wrong):
    answer = callers["program"].post(
        INSTANCES, START, key=wrong.encode().decode("latin-1")
    )

    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json["errors"]


def test_messages_and_releases_are_repeated_too(callers, key):
    message = {"name": "nobody", "correlation_key": key}
    answers = [
        callers["program"].post("/api/v1/messages", message, key=key) for _ in range(2)
    ]
    form = json.dumps({"type": "default", "id": "x", "components": []}).encode()
    releases = [
        callers["designer"].post_files(
            "/api/v1/deployments", {"x.form.json": form}, key=key
        )
        for _ in range(2)
    ]

    assert [one.json for one in answers] == [{"correlated": 0}] * 2
    assert releases[0].json == releases[1].json
    assert releases[0].status_code == releases[1].status_code


def test_nothing_personal_is_kept_with_a_key(callers, store, key):
    callers["program"].post(INSTANCES, START, key=key)

    with store.transaction() as tx:
        row = tx.execute(
            sa.select(idempotency_keys).where(idempotency_keys.c.key == key)
        ).one()
    for secret in (APPLICATION["child"]["name"], APPLICATION["applicant"]["iin"]):
        assert secret not in str(row)
