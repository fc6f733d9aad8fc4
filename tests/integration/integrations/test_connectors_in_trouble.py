"""Connectors when the other side fails: which trouble is tried again, which is not."""

import socket
import threading
import time
import uuid
from contextlib import contextmanager

import pytest
import urllib3

from integrations import health
from integrations.connectors import LONGEST_WAIT, HttpConnectors
from integrations.people import Story
from workflows.ports import Call, ConnectorFault, ConnectorRefusal

HEALTH = (
    b'{"passport_052_2": true, "immunisation_065": true, "checked_on": "2026-04-01"}'
)
DROPS = 600  # a minute of them


class Drip:
    """Pieces of an answer, and how many of them were sent."""

    def __init__(self, *pieces):
        self.pieces = pieces
        self.told = 0

    def __iter__(self):
        for piece in self.pieces:
            yield piece
            self.told += 1


@contextmanager
def answering(*answers, pause=0.0):
    """A bare server: each connection gets the next of `answers`, piece by piece."""
    listener = socket.create_server(("127.0.0.1", 0))
    seen = []

    def serve():
        for answer in answers:
            connection, _ = listener.accept()
            with connection:
                seen.append(connection.recv(65536))
                for piece in answer:
                    try:
                        connection.sendall(piece)
                    except OSError:
                        break
                    time.sleep(pause)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
    finally:
        thread.join(30)
        listener.close()


def http(body, status="200 OK", headers=""):
    return [
        f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode(),
        body,
    ]


def ask(url, iin, **more):
    connectors = HttpConnectors({"health": url}, operations=health.OPERATIONS, **more)
    try:
        call = Call(uuid.uuid4(), "health.check", 1, {"child": {"iin": iin}})
        return connectors.call(call)
    finally:
        connectors.close()


@pytest.fixture
def iin(outside):
    return outside.told(Story.GENERAL).child.iin


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("down", ConnectorFault),
        ("error", ConnectorFault),
        ("garbage", ConnectorFault),
        ("timeout", ConnectorFault),
        ("reject", ConnectorRefusal),
    ],
)
def test_each_fault_is_told_once_and_then_all_is_well(outside, mode, error):
    family, key = outside.told(Story.GENERAL), uuid.uuid4()
    outside.misbehave("nobd", mode, times=1, delay_ms=4000)

    with pytest.raises(error, match="nobd"):
        outside.call("nobd.enrol", family, key)
    answer = outside.call("nobd.enrol", family, key)

    (effect,) = outside.effects("nobd.enrol")
    assert answer["enrolment_id"] == f"E-{key}"
    # Where the answer alone was lost, the second request repeats the first effect.
    assert effect["requests"] == (2 if mode in ("garbage", "timeout") else 1)


def test_a_slow_answer_is_waited_for(outside):
    outside.misbehave("health", "slow", times=1, delay_ms=300)
    started_at = time.monotonic()

    answer = outside.call("health.check", outside.told(Story.GENERAL))

    assert answer["passport_052_2"] is True
    assert time.monotonic() - started_at >= 0.3


def test_a_fault_of_one_system_leaves_the_others_alone_until_taken_back(outside):
    family = outside.told(Story.GENERAL)
    outside.misbehave("health", "down")

    with pytest.raises(ConnectorFault, match="503") as caught:
        outside.call("health.check", family)
    outside.call("civil.check", family)
    outside.behave()
    outside.call("health.check", family)

    assert caught.value.retry_after_seconds == 1.0


def test_a_fault_ends_at_its_moment(outside):
    family = outside.told(Story.GENERAL)
    outside.misbehave("*", "error", until="2026-04-01T19:59:00Z")

    assert outside.call("civil.check", family)["related"] is True


def test_a_fault_that_is_not_known_is_refused(outside):
    response = urllib3.request(
        "POST", f"{outside.url}/_sim/faults", json={"system": "moon", "mode": "down"}
    )

    assert response.status == 422
    assert "system" in response.json()["errors"]


def test_nobody_at_the_address_is_a_fault(iin):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(ConnectorFault, match="health did not answer"):
        ask(f"http://127.0.0.1:{port}", iin)


def test_a_connection_closed_before_the_answer_is_tried_once_more(iin):
    with answering([], http(HEALTH)) as (url, seen):
        answer = ask(url, iin)

    assert answer["checked_on"] == "2026-04-01"
    keys = {line for each in seen for line in each.split(b"\r\n") if b"Idemp" in line}
    assert len(seen) == 2
    assert len(keys) == 1


def test_an_answer_that_drips_is_cut_off_in_time(iin):
    drip = Drip(*http(b" " * DROPS)[:1], *[b" "] * DROPS)

    with (
        answering(drip, pause=0.1) as (url, _),
        pytest.raises(ConnectorFault, match=r"took longer than 0\.5 seconds"),
    ):
        ask(url, iin, timeout_seconds=0.5)

    assert drip.told < DROPS


@pytest.mark.parametrize(
    "begun", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"]
)
def test_an_answer_whose_head_drips_is_cut_off_in_time(iin, begun):
    """A head may be a hundred long lines: a letter at a time it takes for ever."""
    drip = Drip(begun, *[b"x"] * DROPS)

    with (
        answering(drip, pause=0.1) as (url, _),
        pytest.raises(ConnectorFault, match=r"took longer than 0\.5 seconds"),
    ):
        ask(url, iin, timeout_seconds=0.5)

    assert drip.told < DROPS


def test_an_answer_without_end_is_cut_off(iin):
    with (
        answering(http(b"x" * 5000)) as (url, _),
        pytest.raises(ConnectorFault, match="over 1000 bytes"),
    ):
        ask(url, iin, largest_answer=1000)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "not JSON"),
        (b"[1]", "Not a JSON object"),
        (b"[" * 50_000, "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (HEALTH.replace(b'"passport_052_2": true, ', b""), "`passport_052_2`: Missing"),
        (HEALTH.replace(b"true", b'"yes"', 1), "`passport_052_2`: Not a valid boolean"),
        (HEALTH.replace(b"true", b"1", 1), "`passport_052_2`: Not a valid boolean"),
        (HEALTH.replace(b"04-01", b"02-30"), "`checked_on`: Not a valid date"),
    ],
)
def test_an_answer_that_is_not_as_agreed_is_a_fault_with_its_field(iin, body, told):
    with (
        answering(http(body)) as (url, _),
        pytest.raises(ConnectorFault, match=told),
    ):
        ask(url, iin)


def test_what_nobody_agreed_to_read_does_not_enter_the_case(iin):
    with answering(http(HEALTH[:-1] + b', "diagnosis": "x"}')) as (url, _):
        answer = ask(url, iin)

    assert "diagnosis" not in answer


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7.0),
        ("999999999999", LONGEST_WAIT),
        ("Wed, 01 Apr 2026 20:00:30 GMT", 30.0),
        ("Wed, 01 Apr 2026 19:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
    ],
)
def test_the_wish_to_wait_is_heeded(outside, iin, told, seconds):
    clock = outside.connectors._clock
    answer = http(b"{}", "429 Too Many Requests", f"Retry-After: {told}\r\n")

    with (
        answering(answer) as (url, _),
        pytest.raises(ConnectorFault) as caught,
    ):
        ask(url, iin, clock=clock)

    assert caught.value.retry_after_seconds == seconds


def test_a_refusal_tells_the_systems_reason_without_anybodys_number(iin):
    body = f'{{"detail": "No record of {iin}"}}'.encode()

    with (
        answering(http(body, "404 Not Found")) as (url, _),
        pytest.raises(ConnectorRefusal) as caught,
    ):
        ask(url, iin)

    assert str(caught.value) == "health refused health.check (404): No record of *"


@pytest.mark.parametrize("status", ["409 Conflict", "403 Forbidden"])
def test_a_business_result_that_nobody_agreed_on_is_a_refusal(iin, status):
    with (
        answering(http(b'{"code": "odd"}', status)) as (url, _),
        pytest.raises(ConnectorRefusal, match="odd"),
    ):
        ask(url, iin)


def test_a_redirection_is_not_followed(iin):
    answer = http(b"", "302 Found", "Location: http://127.0.0.1:1/\r\n")

    with (
        answering(answer) as (url, _),
        pytest.raises(ConnectorFault, match="302"),
    ):
        ask(url, iin)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "`child`: Missing"),
        ({"child": {}}, "`child.iin`: Missing"),
        ({"child": {"iin": "200101500000"}}, "`child.iin`: Not an IIN"),
        ({"child": "x"}, "`child`"),
    ],
)
def test_a_variable_that_is_missing_or_wrong_is_named_and_nothing_is_sent(
    outside, variables, told
):
    call = Call(uuid.uuid4(), "health.check", 1, variables)

    with pytest.raises(ConnectorRefusal, match=told) as caught:
        outside.connectors.call(call)

    assert "200101500000" not in str(caught.value)


def test_a_job_type_that_no_system_does_is_refused(outside):
    with pytest.raises(ConnectorRefusal, match="`moon`"):
        outside.connectors.call(Call(uuid.uuid4(), "moon", 1, {}))


def test_an_address_that_is_missing_is_told_at_the_start():
    with pytest.raises(ValueError, match="`persons` is missing"):
        HttpConnectors({"health": "http://127.0.0.1:1"})
