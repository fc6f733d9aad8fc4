"""A form that fails while somebody fills it: told, and nothing typed is lost."""

import json
import re
import uuid
from typing import Any

import pytest

from tests.drawn import ask, line
from tests.integration.task_page.clerks import Desks
from workflows import lookups, tasks
from workflows.form_faults import FormFailed
from workflows.people import Caller

WHY = {"id": "Field_why", "key": "why", "type": "textfield", "label": "Why?"}
HOW = {"id": "Field_how", "key": "how", "type": "textfield", "label": "How?"}
HTMX = {"HX-Request": "true"}
FAULTS: dict[str, dict[str, Any]] = {
    "a condition that is no truth": {
        "conditional": {"hide": '=if why = "boom" then why else false'}
    },
    "a circle": {"conditional": {"hide": '=why = "boom" and how != null'}},
    "a limit that is no number": {
        "validate": {"maxLength": '=if why = "boom" then why else 9'}
    },
    "FEEL that fails": {"conditional": {"hide": '=why = "boom" and number(why) > 1'}},
    "options that are none": {
        "type": "select",
        "valuesExpression": '=if why = "boom" then 5 else ["a", "b"]',
    },
}


def drawn(desks: Desks, **how: Any) -> uuid.UUID:
    """A task whose form has a fault in its second question."""
    key = f"p{uuid.uuid4().hex[:8]}"
    told = {"id": f"{key}.f", "type": "default", "components": [WHY, HOW | how]}
    desks.house.release(
        a__bpmn=line(key, ask("a", f"{key}.f", "Why?")),
        f__form__json=json.dumps(told).encode(),
    )
    (row,) = desks.house.tasks(desks.house.start(key))
    return row.id


@pytest.mark.parametrize("how", FAULTS.values(), ids=FAULTS.keys())
def test_answers_that_meet_a_fault_of_the_form_are_kept_and_it_is_named(
    desks: Desks, how: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    task, browser = drawn(desks, **how), desks.clerk()
    assert browser.get(f"/tasks/{task}").status_code == 200

    answer = browser.post(f"/tasks/{task}", {"why": "boom", "how": "a"})
    again = browser.get(f"/tasks/{task}")

    for page in (answer, again):
        assert page.status_code == 422
        assert "This form does not work" in page.text
        assert re.search(r"its part (Field_)?how has a fault", page.text)
        assert "the designer of the procedure" in page.text
        assert "boom" in page.text
        assert "It is kept as your draft" in page.text
        assert 'id="task-form"' not in page.text
    assert any("Field_how" in one or " how:" in one for one in caplog.messages)
    browser.post(f"/tasks/{task}/draft/discard")
    assert browser.get(f"/tasks/{task}").status_code == 200


def test_an_answer_that_meets_a_fault_leaves_the_questions_as_they_are(
    desks: Desks,
) -> None:
    how = FAULTS["a condition that is no truth"]
    task, browser = drawn(desks, **how), desks.clerk()

    part = browser.post(f"/tasks/{task}/fields", {"why": "boom"}, HTMX)
    whole = browser.post(f"/tasks/{task}/fields", {"why": "boom"})
    good = browser.post(f"/tasks/{task}/fields", {"why": "quiet"}, HTMX)

    assert part.status_code == 200
    assert part.headers["HX-Retarget"] == "#form-fault"
    assert "Field_how" in part.text
    assert "<input" not in part.text
    assert whole.status_code == 422
    assert "boom" in whole.text
    assert "It is kept as your draft" in whole.text
    assert '<div id="form-fault"></div>' in good.text
    assert 'name="how"' in good.text


@pytest.mark.parametrize("name", ["school", "museum"])
def test_a_list_that_is_too_long_or_gone_is_a_fault_of_the_question_that_offers_it(
    desks: Desks, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    task, browser = (
        drawn(desks, type="select", properties={"rasim": "school"}),
        desks.clerk(),
    )
    assert browser.get(f"/tasks/{task}").status_code == 200
    if name == "school":
        monkeypatch.setattr(lookups, "MOST_OPTIONS", 0)
    else:

        def gone(*_: object) -> None:
            raise lookups.UnknownList(name="school")

        monkeypatch.setattr(lookups, "options", gone)

    page = browser.get(f"/tasks/{task}")

    assert page.status_code == 422
    assert "its part Field_how has a fault" in page.text


def test_a_program_is_told_the_form_the_component_and_the_reason(
    desks: Desks,
) -> None:
    task = drawn(desks, **FAULTS["a condition that is no truth"])
    person: Caller = desks.person()

    with (
        desks.house.store.transaction() as tx,
        pytest.raises(FormFailed) as caught,
    ):
        tasks.complete(tx, desks.house.world, person, task, {"why": "boom"})

    assert caught.value.component == "Field_how"
    assert "it must give true, false or null" in caught.value.reason
