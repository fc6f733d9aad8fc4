"""A step is skipped by hand: its result is asked in a form, by fields or by words."""

import json
import re
import uuid
from decimal import Decimal
from typing import Any

import pytest

from server.desk import word_fields
from tests.drawn import ask, job, line, step
from tests.integration.task_page.clerks import Browser, Desks
from workflows import standing, steps
from workflows.model import Role

WHY = {"-reason": "The papers came on paper"}
COMPONENTS: list[dict[str, Any]] = [
    {
        "id": "ok",
        "key": "decision.ok",
        "type": "radio",
        "label": "Is it in order?",
        "validate": {"required": True},
        "values": [{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}],
    },
    {
        "id": "on",
        "key": "decision.on",
        "type": "datetime",
        "subtype": "date",
        "dateLabel": "Since when?",
        "conditional": {"hide": '=decision.ok != "yes"'},
    },
    {
        "id": "reason",
        "key": "reason",
        "type": "textfield",
        "label": "In which words?",
    },
]
PROCEDURE = """
process: {key}
names: {{ kk: Рәсім, ru: Процедура, en: Procedure }}
act:
  id: x
  title: {{ kk: А, ru: А, en: A }}
  numbers: ["1"]
  dates: ["2026-01-01"]
norms: []
variables:
  - path: entry
    names: {{ kk: Жазба, ru: Запись, en: Entry }}
  - path: entry.number
    names: {{ kk: Нөмірі, ru: Номер, en: Number }}
  - path: entry.state
    names: {{ kk: Күйі, ru: Состояние, en: State }}
    values:
      open: {{ kk: ашық, ru: открыта, en: it is open }}
      shut: {{ kk: жабық, ru: закрыта, en: it is shut }}
  - path: told
    names: {{ kk: Хабарланды, ru: Извещён, en: Somebody is told }}
    concerns: [supervisor]
"""
MAPPED = (
    "<zeebe:ioMapping>"
    '<zeebe:output source="= answer" target="entry"/>'
    '<zeebe:output source="= true" target="told"/>'
    "{more}</zeebe:ioMapping>"
)


@pytest.fixture(scope="module")
def administrator(desks: Desks) -> Browser:
    return desks.browser(desks.person(Role.ADMINISTRATOR))


def with_form(desks: Desks, components: list[dict[str, Any]]) -> uuid.UUID:
    key = f"p{uuid.uuid4().hex[:8]}"
    told = {"id": f"{key}.f", "type": "default", "components": components}
    desks.house.release(
        a__bpmn=line(key, ask("a", f"{key}.f", "Check"), ask("b", None, "Then?")),
        f__form__json=json.dumps(told).encode(),
    )
    return desks.house.start(key)


def with_words(desks: Desks, *, mapped: bool = True, more: str = "") -> uuid.UUID:
    """A case that waits for a system, whose answer the drawing maps or does not."""
    key = f"p{uuid.uuid4().hex[:8]}"
    other = f'<zeebe:output source="= other" target="{more}"/>' if more else ""
    inside = '<zeebe:taskDefinition type="nobd.enrol"/>' + MAPPED.format(more=other)
    asked = step("serviceTask", "a", inside, "Ask the system")
    desks.house.release(
        a__bpmn=line(
            key,
            asked if mapped else job("a", "nobd.enrol", "Ask the system"),
            ask("b", None, "Then?"),
        ),
        procedure__yaml=PROCEDURE.format(key=key).encode(),
    )
    return desks.house.start(key, entry={"note": "kept"})


def path(desks: Desks, case: uuid.UUID, page: str = "skip") -> str:
    with desks.house.store.transaction() as tx:
        caller = desks.house.callers["admin"]
        (row,) = standing.steps(tx, desks.house.world, caller, case).steps
    return f"/cases/{case}/by-hand/{page}?step={row.step}"


def known(desks: Desks, case: uuid.UUID) -> dict[str, Any]:
    with desks.house.store.transaction() as tx:
        return dict(steps.peek(tx, desks.house.world, case).case.variables)


def test_a_step_with_a_form_is_asked_by_its_form(
    desks: Desks, administrator: Browser
) -> None:
    case = with_form(desks, COMPONENTS)
    address = path(desks, case)

    page = administrator.get(address).text
    wrong = administrator.post(address, {"reason": "in words"})
    followed = administrator.post(
        path(desks, case, "skip/fields"), {**WHY, "decision.ok": "yes"}
    ).text
    assert desks.house.open(case) == [(None, "a")]
    done = administrator.post(
        address, {**WHY, "decision.ok": "yes", "decision.on": "01.06.2026"}
    )

    assert 'name="decision.ok"' in page
    assert "JSON" not in page
    assert wrong.status_code == 422
    assert 'href="#f-decision-ok"' in wrong.text
    assert 'href="#reason"' in wrong.text  # both at once
    assert 'value="in words"' in wrong.text
    assert "The papers came on paper" in followed
    assert 'name="decision.on-day"' in followed
    assert done.status_code == 302, done.text
    assert str(known(desks, case)["decision"]["on"]) == "2026-06-01"
    (told,) = [e for e in desks.house.events(case) if e.type == "step.skipped"]
    assert told.detail is not None
    assert told.detail["variables"]["decision"] == {"ok": "yes", "on": "2026-06-01"}
    assert desks.house.open(case) == [(None, "b")]


def test_a_step_is_skipped_without_the_answers_of_its_form(
    desks: Desks, administrator: Browser
) -> None:
    case = with_form(desks, COMPONENTS)

    done = administrator.post(path(desks, case), {**WHY, "-result": "nothing"})

    assert done.status_code == 302, done.text
    assert "decision" not in known(desks, case)


def test_a_step_whose_form_is_at_fault_is_skipped_without_it(
    desks: Desks, administrator: Browser
) -> None:
    hide = {"conditional": {"hide": '=if reason = null then "x" else false'}}
    case = with_form(desks, [COMPONENTS[0] | hide, COMPONENTS[2]])
    address = path(desks, case)

    page = administrator.get(address)
    again = administrator.post(address, {**WHY, "-result": "answers"})
    done = administrator.post(address, {**WHY, "-result": "nothing"})

    assert page.status_code == 200
    assert "This form does not work" in page.text
    assert 'value="answers"' not in page.text
    assert again.status_code == 422
    assert "This form does not work" in again.text
    assert done.status_code == 302


def test_what_a_system_would_have_answered_is_asked_by_its_words(
    desks: Desks, administrator: Browser
) -> None:
    case = with_words(desks)
    address = path(desks, case)

    page = administrator.get(address).text
    wrong = administrator.post(
        address, {**WHY, "v0": "many", "v0-kind": "number", "v1": "shut"}
    )
    assert desks.house.tasks(case) == []
    done = administrator.post(
        address,
        {**WHY, "v0": "1 234,5", "v0-kind": "number", "v1": "shut", "v2": "true"},
    )

    assert "Entry: Number" in page
    assert re.search(r'<option value="text" selected>text', page)
    assert re.search(r'<option value="shut"[^>]*>it is shut', page)
    assert re.search(r'name="v2" type="radio" value="true"', page)
    assert "JSON" not in page
    assert wrong.status_code == 422
    assert 'href="#f-v0"' in wrong.text
    assert 'value="many"' in wrong.text
    assert done.status_code == 302, done.text
    found = known(desks, case)
    number, told = Decimal("1234.5"), {"note": "kept"}
    assert found["entry"] == told | {"number": number, "state": "shut"}
    assert found["told"] is True


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("0123", "text", "0123"),
        ("yes", "truth", True),
        ("01.06.2026", "date", "2026-06-01"),
        ("", "number", None),
    ],
)
def test_a_value_is_of_the_kind_that_was_chosen(
    desks: Desks, administrator: Browser, typed: str, kind: str, value: object
) -> None:
    case = with_words(desks)

    told = {**WHY, "v0": typed, "v0-kind": kind}
    done = administrator.post(path(desks, case), told)

    assert done.status_code == 302, done.text
    found = known(desks, case).get("entry", {}).get("number")
    assert (str(found) if kind == "date" else found) == value


def test_neither_yes_nor_no_is_told_at_its_question(
    desks: Desks, administrator: Browser
) -> None:
    told = {**WHY, "v0": "perhaps", "v0-kind": "truth"}

    page = administrator.post(path(desks, with_words(desks)), told)

    assert page.status_code == 422
    assert re.search(r'id="f-v0-error"[^>]*>.*?Write yes or no\.', page.text, re.S)


def test_json_is_left_for_what_has_no_words(
    desks: Desks, administrator: Browser
) -> None:
    case = with_words(desks, more="score")
    address = path(desks, case)

    page = administrator.get(address).text
    for refused in ("[1]", "{", '{"a": NaN}'):
        told = {**WHY, "v0-kind": "text", "v1": "open", "-variables": refused}
        again = administrator.post(address, told)
        assert again.status_code == 422
        assert 'href="#variables"' in again.text
    done = administrator.post(address, {**told, "-variables": '{"score": 1.50}'})

    assert "Entry: Number" in page
    assert 'name="-variables"' in page
    assert done.status_code == 302
    found = known(desks, case)
    assert found["score"] == Decimal("1.50")
    assert found["entry"]["state"] == "open"


def test_of_a_step_that_may_bring_anything_what_is_not_known_yet_is_asked(
    desks: Desks, administrator: Browser
) -> None:
    case = with_words(desks, mapped=False)

    page = administrator.get(path(desks, case)).text

    assert "Entry: State" in page
    assert "Somebody is told" in page
    assert 'name="-variables"' in page


def test_the_address_of_the_questions_opened_anew_is_the_page(
    desks: Desks, administrator: Browser
) -> None:
    case = with_form(desks, COMPONENTS)

    back = administrator.get(path(desks, case, "skip/fields"))

    assert back.status_code == 302
    assert back.location == path(desks, case)


def test_what_concerns_a_supervisor_is_not_shown_to_a_clerk(
    desks: Desks, administrator: Browser
) -> None:
    case = with_words(desks)
    told = {**WHY, "v0-kind": "text", "v1": "open", "v2": "true"}
    administrator.post(path(desks, case), told)
    (task,) = desks.house.tasks(case)
    boss = desks.browser(desks.person(Role.SUPERVISOR))

    own, above = (one.get(f"/tasks/{task.id}").text for one in (desks.clerk(), boss))

    assert "it is open" in own
    assert "Somebody is told" not in own
    assert "Somebody is told" in above


def test_every_kind_has_its_reading() -> None:
    assert set(word_fields.READ_AS) | {"text", "truth"} == set(word_fields.KINDS)
