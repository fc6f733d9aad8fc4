"""A form that is filled once for many tasks: its answers are written down for each."""

import html
import json
import re
import uuid
from typing import Any

import pytest

from tests.drawn import ask, line, step
from tests.integration.conftest import SCHOOL
from tests.integration.task_page.clerks import Desks
from tests.integration.test_statements import counted
from workflows import lookups, tasks
from workflows.instances import InstanceRow
from workflows.model import Role

COMPONENTS: list[dict[str, Any]] = [
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


PAPER = {
    "id": "paper",
    "key": "paper",
    "type": "filepicker",
    "label": "Which paper?",
    "accept": ".pdf",
}
CHILDREN = {
    "id": "children",
    "type": "dynamiclist",
    "path": "children",
    "label": "Children",
    "allowAddRemove": True,
    "defaultRepetitions": 1,
    "components": [
        {
            "id": "name",
            "key": "name",
            "type": "textfield",
            "label": "Name",
            "validate": {"required": True},
        }
    ],
}


def drawn(desks: Desks, *components: dict[str, Any]) -> list[uuid.UUID]:
    key = f"p{uuid.uuid4().hex[:8]}"
    told = {"id": f"{key}.f", "type": "default", "components": components}
    desks.house.release(
        a__bpmn=line(key, ask("a", f"{key}.f", "Check", "bulk=true")),
        f__form__json=json.dumps(told).encode(),
    )
    return [desks.house.start(key) for _ in range(2)]


def test_a_form_that_asks_for_a_document_is_refused_before_anything_is_typed(
    desks: Desks,
) -> None:
    cases = drawn(desks, COMPONENTS[0], PAPER)
    browser, path = desks.clerk(), address(desks, cases)

    asked = browser.get(path)
    sent = browser.post(path, {"ok": "true"})

    assert asked.status_code == 200
    assert sent.status_code == 422
    for page in (asked, sent):
        assert "asks for a document (“Which paper?”)" in page.text
        assert "one by one, on their own pages" in page.text
        assert 'name="ok"' not in page.text
    assert {row.state for row in read(desks, cases)} == {"active"}


def test_a_list_is_filled_once_for_all(desks: Desks) -> None:
    cases = drawn(desks, CHILDREN)
    browser, path = desks.clerk(), address(desks, cases)
    fields = address(desks, cases, "fields")
    one = {"children[0]": "1", "children[0].name": "Aisha"}

    page = browser.get(path).text
    more = browser.post(fields, {**one, ":add": "children"}).text
    part = browser.post(fields, {**one, ":add": "children"}, {"HX-Request": "true"})
    two = {**one, "children[1]": "1", "children[1].name": "Dana"}
    less = browser.post(fields, {**two, ":remove": "children[0]"}).text
    again = browser.get(fields)
    done = browser.post(path, two).text

    assert 'name="children[0].name"' in page
    assert html.escape(fields) in page
    assert 'name="children[1].name"' in more
    assert 'value="Aisha"' in more
    assert "Complete all" in more  # a whole page, for who has no scripts
    assert "Complete all" not in part.text
    assert 'value="Dana"' in less
    assert 'value="Aisha"' not in less
    assert again.location == path
    assert "Completed: 2 of 2" in done
    for row in read(desks, cases):
        assert row.variables["children"] == [{"name": "Aisha"}, {"name": "Dana"}]


@pytest.mark.parametrize("which", ["assign", "complete"])
def test_many_ticked_tasks_are_read_with_as_many_statements_as_few(
    desks: Desks, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    person = desks.person(Role.SUPERVISOR)
    browser, found = desks.browser(person), {}
    cases = [*drawn(desks, COMPONENTS[0]), *drawn(desks, COMPONENTS[0])]
    cases = cases if which == "assign" else cases[:2]

    for many in (cases[:1], cases):
        path = address(desks, many, which)
        browser.get(path)  # what is read once is read
        with counted(monkeypatch) as seen:
            answer = browser.get(path)
        assert answer.status_code == 200
        ticked = [one for one in seen if "user_tasks" in one]
        found[len(many)] = len(ticked)

    assert len(set(found.values())) == 1, found
    assert max(found.values()) <= 6


def test_a_report_names_all_that_were_refused(desks: Desks) -> None:
    cases = drawn(desks, COMPONENTS[0], COMPONENTS[1])
    browser, path = desks.clerk(), address(desks, cases)
    desks.house.complete(cases[0], "a", ok=True)
    desks.house.complete(cases[1], "a", ok=True)

    report = browser.post(path, {"ok": "true"}).text

    assert "Completed: 0 of 2" in report
    assert report.count("This task is completed already") == 2
    assert report.count("Check") >= 2


def test_who_may_do_all_of_several_is_offered(desks: Desks) -> None:
    house = desks.house
    boss, clerk = desks.browser(desks.person(Role.SUPERVISOR)), desks.person()
    keys = [f"p{uuid.uuid4().hex[:8]}" for _ in range(2)]
    named = '<zeebe:assignmentDefinition candidateUsers="{}"/>'
    only = step("userTask", "a", named.format(clerk.login), "Named")
    house.release(a__bpmn=line(keys[0], ask("a", None, "Any clerk")))
    house.release(a__bpmn=line(keys[1], only))
    cases = [house.start(key) for key in keys]
    other = desks.person()

    both = boss.get(address(desks, cases, "assign")).text
    first = boss.get(address(desks, cases[:1], "assign")).text

    assert f'value="{clerk.login}"' in both
    assert f'value="{other.login}"' not in both
    assert f'value="{clerk.login}"' in first
    assert f'value="{other.login}"' in first


def test_who_did_a_step_is_not_offered_for_the_one_they_may_not_do(
    desks: Desks,
) -> None:
    house, boss = desks.house, desks.browser(desks.person(Role.SUPERVISOR))
    key, doer, other = f"p{uuid.uuid4().hex[:8]}", desks.person(), desks.person()
    second = ask("b", None, "Check", "not_by=a")
    house.release(a__bpmn=line(key, ask("a", None, "Do"), second))
    cases = [house.start(key) for _ in range(2)]
    (first,) = house.tasks(cases[0])
    with house.store.transaction() as tx:
        tasks.complete(tx, house.world, doer, first.id, {})
    house.complete(cases[1], "a")
    paths = [str(house.tasks(case)[-1].id) for case in cases]

    page = boss.get(f"/tasks/bulk/assign?tasks={','.join(paths)}").text

    assert f'value="{other.login}"' in page
    assert f'value="{doer.login}"' not in page
