"""Nothing personal reaches a log."""

import io
import json
import logging

import pytest

from server import logs

IIN = "850101300123"


@pytest.fixture
def stream():
    """What a log writes, with the root logger as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    logs.configure("INFO", written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    "text",
    [
        f"the child {IIN}",
        "the child 850101-300123",
        "the child 850101 300123",
        "the school 010140000127.",
        "call +7 701 234-56-78",
        "call 87012345678",
        "call +7(701)234 56 78",
        "write to aigul@mail.kz",
        "Authorization: Bearer abc.def-ghi",
        "the token rsm_0123456789abcdef",
        f"the token rasim_{'0123456789a' * 4}",
        f"the key whsec_{'0123456789' * 4}",
        "postgresql://rasim:secret@host/rasim",
        '{"name": "Айгүл Серікқызы"}',
        "{'phone': 'nothing like one'}",
        "name='Айгүл Серікқызы'",
        "password=тау",
        "DETAIL:  Failing row contains (1, Айгүл Серікқызы).",
        "[parameters: {'x': 'Айгүл'}]",
    ],
)
def test_personal_data_is_masked(text):
    masked = logs.mask(text)

    assert logs.MASK in masked
    for secret in (
        IIN,
        "300123",
        "234",
        "aigul",
        "ghi",
        "0123456789",
        "secret",
        "Айгүл",
    ):
        assert secret not in masked
    for secret in ("nothing like", "тау", "Серік", "010140000127", "87012345678"):
        assert secret not in masked


@pytest.mark.parametrize(
    "text",
    [
        "job 3fa85f64-5717-4562-b3fc-850101300123 is done",
        "the step took 1234 ms at 2026-09-01T10:00:00+05:00",
        "4562 cases, 1716239022123 ns",
        "first_grade_admission version 3",
    ],
)
def test_what_is_nobodys_own_stays(text):
    assert logs.mask(text) == text


def test_a_line_is_one_json_object(stream):
    logging.getLogger("x").warning("two\nlines", extra={"case": "a"})

    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert told["message"] == "two\nlines"
    assert (told["level"], told["logger"], told["case"]) == ("warning", "x", "a")
    assert told["at"].endswith("+00:00")


def test_arguments_and_extras_are_masked_by_key_and_by_look(stream):
    logging.getLogger("x").info(
        "%s and %s",
        {"name": "Айгүл", "deep": [{"iin": int(IIN)}]},
        IIN,
        extra={"variables": {"a": 1}, "user": IIN, "number": int(IIN), "count": 5},
    )

    told = json.loads(stream.getvalue())
    assert "Айгүл" not in told["message"]
    assert IIN not in stream.getvalue()
    assert told["variables"] == logs.MASK
    assert told["count"] == 5


def test_a_traceback_is_masked(stream):
    try:
        raise ValueError(f"the child {IIN} named name='Айгүл'")
    except ValueError:
        logging.getLogger("x").exception("it failed")

    told = json.loads(stream.getvalue())
    assert "ValueError" in told["traceback"]
    assert IIN not in stream.getvalue()
    assert "Айгүл" not in stream.getvalue()


def test_a_message_that_cannot_be_formatted_stops_nothing(stream):
    logging.getLogger("x").info("%d", "not a number")
    logging.getLogger("x").info("after")

    assert "after" in stream.getvalue()
