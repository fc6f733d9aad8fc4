"""A form that is filled once for many tasks: its answers are written down for each."""

import json
import re
import uuid

import pytest

from tests.drawn import ask, line
from tests.integration.conftest import SCHOOL
from tests.integration.task_page.clerks import Desks
from workflows import lookups
from workflows.instances import InstanceRow

COMPONENTS = [
    {"id": "ok", "key": "ok", "type": "checkbox", "label": "In order"},
    {
        "id": "why",
        "key": "why",
        "type": "textfield",
        "label": "What is missing?",
        "validate": {"required": True},
        "conditional": {"hide": "=ok"},
    },
    {
        "id": "to",
        "key": "to",
        "type": "checklist",
        "label": "Who is told?",
        "values": [{"label": one, "value": one} for one in ("mother", "father")],
    },
    {
        "id": "school",
        "key": "school",
        "type": "select",
        "label": "Which school?",
        "properties": {"rasim": "school"},
    },
]


@pytest.fixture
def cases(desks: Desks) -> list[uuid.UUID]:
    """Three that wait at one step, which may be done in bulk."""
    key = f"p{uuid.uuid4().hex[:8]}"
    told = {"id": f"{key}.f", "type": "default", "components": COMPONENTS}
    desks.house.release(
        a__bpmn=line(key, ask("a", f"{key}.f", "Check", "bulk=true")),
        f__form__json=json.dumps(told).encode(),
    )
    return [desks.house.start(key) for _ in range(3)]


def address(desks: Desks, cases: list[uuid.UUID], page: str = "complete") -> str:
    found = [str(desks.house.tasks(case)[0].id) for case in cases]
    return f"/tasks/bulk/{page}?tasks={','.join(found)}"


def read(desks: Desks, cases: list[uuid.UUID]) -> list[InstanceRow]:
    return [desks.house.case(case) for case in cases]


def test_answers_are_asked_for_once_and_written_down_for_each(
    desks: Desks, cases: list[uuid.UUID]
) -> None:
    browser, path = desks.clerk(), address(desks, cases)

    asked = browser.get(path)
    done = browser.post(path, {"why": "A paper", "to": ["mother", "father"]})

    assert asked.status_code == 200
    assert asked.text.count('name="why"') == 1
    assert SCHOOL in asked.text  # the form's lists are there
    assert "Completed: 3 of 3" in done.text
    for row in read(desks, cases):
        assert row.state == "completed"
        assert row.variables["why"] == "A paper"
        assert row.variables["to"] == ["mother", "father"]


def test_answers_that_need_mending_come_back_and_nothing_is_done(
    desks: Desks, cases: list[uuid.UUID]
) -> None:
    browser, path = desks.clerk(), address(desks, cases)

    again = browser.post(path, {"to": "mother"})

    assert again.status_code == 422
    assert "Answer this question" in again.text
    assert re.search(r'value="mother"[^>]* checked', again.text)
    assert {row.state for row in read(desks, cases)} == {"active"}
    shown = browser.post(address(desks, cases, "fields"), {"ok": "true"})
    assert 'name="why"' not in shown.text
    assert "Completed: 3 of 3" in browser.post(path, {"ok": "true"}).text


def test_who_was_faster_is_told_of_one_and_the_others_are_done(
    desks: Desks, cases: list[uuid.UUID]
) -> None:
    browser, path = desks.clerk(), address(desks, cases)
    desks.house.complete(cases[1], "a", ok=True)

    report = browser.post(path, {"why": "A paper"}).text

    assert "Completed: 2 of 3" in report
    assert "This task is completed already" in report
    told = [row.variables.get("why") for row in read(desks, cases)]
    assert told == ["A paper", None, "A paper"]


def test_a_fault_of_the_form_is_named_task(
    desks: Desks, cases: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, path = desks.clerk(), address(desks, cases)
    monkeypatch.setattr(lookups, "MOST_OPTIONS", 0)

    asked = browser.get(path)

    assert asked.status_code == 422
    assert "The form" in asked.text
    assert "school has a fault" in asked.text
    assert {row.state for row in read(desks, cases)} == {"active"}
