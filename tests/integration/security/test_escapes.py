"""The escape corpus at the service's doors: refused with words, or harmless."""

import time

import pytest

from tests import escapes
from tests.escapes import Attempt
from tests.escapes.doors import Answer, Doors
from tests.escapes.harm import Trap, harm_in
from tests.integration.task_page.clerks import Desks

SECONDS = 10.0  # of the processor, for one attempt; what runs away takes minutes
ALL = [
    pytest.param(one, id=f"{file.removesuffix('.yaml')}: {one.name}")
    for file in escapes.files()
    for one in escapes.attempts(file)
]


@pytest.fixture(scope="module")
def doors(desks: Desks, trap: Trap) -> Doors:
    return Doors(desks, trap.places)


@pytest.mark.parametrize("attempt", ALL)
def test_nobody_gets_out(doors: Doors, trap: Trap, attempt: Attempt) -> None:
    began = time.process_time()

    answers = doors.try_(attempt)

    assert time.process_time() - began < SECONDS
    for answer in answers:
        assert answer.status < 500, answer.text[:2000]
        assert harm_in(answer, trap) == []
    _compare(attempt, answers)
    assert not trap.sprung()


def _compare(attempt: Attempt, answers: list[Answer]) -> None:
    told = answers[0]
    for word in attempt.sent.get("lacks", ()):
        assert word not in told.text
        assert word not in str(told.headers)
    if attempt.refused == escapes.HARMLESS:
        assert told.status < 400, told.text[:2000]
        assert not attempt.shown or any(attempt.shown in one.shown for one in answers)
    else:
        status, _, rule = attempt.refused.partition(" ")
        assert str(told.status) == status, told.text[:2000]
        assert rule in told.rules, told.text[:2000]
        assert attempt.said in told.text
        assert told.has_words or told.media_type == "text/html" or told.status < 400
