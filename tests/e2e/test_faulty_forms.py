"""A form that cannot be shown: its task says so, and a step is skipped without it."""

import json
import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.drawn import ask, line, step
from tests.e2e import service as services
from tests.e2e.screens import DESKTOP, PHONE, barriers, keep, sticks_out

pytestmark = pytest.mark.usefixtures("nothing_left")

SCREENS = {"desktop": DESKTOP, "phone": PHONE}
WHY = "Нысан түзетілгенше күтуге болмайды"
FAULTY = [
    {"id": "why", "key": "why", "type": "textfield", "label": "Неге?"},
    {
        "id": "Field_1ab2c3d",
        "key": "how",
        "type": "textfield",
        "label": "Қалай?",
        "conditional": {"hide": '=if why = "бос" then why else false'},
    },
]
INPUTS = (
    "<zeebe:ioMapping>"
    '<zeebe:output source="= answer.number" target="number"/>'
    '<zeebe:output source="= true" target="told"/>'
    '<zeebe:output source="= answer.rest" target="rest"/>'
    "</zeebe:ioMapping>"
)
WORDS = """
process: {key}
names: {{ kk: Рәсім, ru: Процедура, en: Procedure }}
act: {{ id: x, title: {{ kk: А, ru: А, en: A }}, numbers: [], dates: [] }}
norms: []
variables:
  - path: number
    names: {{ kk: Жазба нөмірі, ru: Номер записи, en: Number of the entry }}
  - path: told
    names: {{ kk: Хабарланды, ru: Извещён, en: Is told }}
"""


@pytest.fixture(params=SCREENS)
def screen(request):
    return request.param


def begin(service, files, key):
    """The id of a case of a new procedure."""
    service.release(files)
    office = service.population.schools[0].bin
    body = {"process_key": key, "office": office, "business_key": key}
    return service.call("POST", "/instances", body | {"variables": {}})["id"]


@pytest.fixture
def faulty(service):
    """A case whose step asks with a form that one answer breaks, and its task."""
    key = f"p{uuid.uuid4().hex[:8]}"
    told = {"id": f"{key}.f", "type": "default", "components": FAULTY}
    drawn = line(key, ask("a", f"{key}.f", "Құжаттарды тексеру"), ask("b", None, "Әрі"))
    files = {"a.bpmn": drawn, "f.form.json": json.dumps(told).encode()}
    case = begin(service, files, key)
    found = services.wait_until(
        lambda: service.call("GET", f"/tasks?instance_id={case}")["items"]
    )
    return case, found[0]["id"]


def look(page, name):
    keep(page, name)
    assert barriers(page) == []
    assert sticks_out(page) == 0


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_a_form_that_fails_says_whom_to_tell_and_keeps_what_was_typed(
    faulty, enter, screen, language
):
    clerk = enter("aigul")
    page = clerk.page
    page.set_viewport_size(SCREENS[screen])
    clerk.open(f"/tasks/{faulty[1]}?lang={language}")

    page.locator("#f-why").fill("бос")
    page.keyboard.press("Tab")
    fault = page.locator("#form-fault [role=alert]")
    expect(fault).to_contain_text("Field_1ab2c3d")
    look(page, f"faulty-form-typing-{language}-{screen}")

    page.locator("#task-form .r-actions button").first.click()
    expect(page.locator("#unsent-title")).to_be_visible()
    expect(page.get_by_text("бос", exact=True)).to_be_visible()
    look(page, f"faulty-form-{language}-{screen}")


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_what_a_system_would_have_answered_is_filled_in_by_its_words(
    service, enter, screen, language
):
    key = f"p{uuid.uuid4().hex[:8]}"
    inside = f'<zeebe:taskDefinition type="nobody.answers"/>{INPUTS}'
    asked = step("serviceTask", "a", inside, "Жүйеден сұрау")
    drawn = line(key, asked, ask("b", None, "Әрі"))
    files = {"a.bpmn": drawn, "procedure.yaml": WORDS.format(key=key).encode()}
    case = begin(service, files, key)
    administrator = enter("askar")
    page = administrator.page
    page.set_viewport_size(SCREENS[screen])
    administrator.open(f"/cases/{case}/by-hand?lang={language}")

    page.get_by_role("link", name="…").first.click()
    page.locator("#reason").fill(WHY)
    page.locator("#f-v0").fill("он бес")
    page.locator("[name=v0-kind]").select_option("number")
    page.locator("#task-form .r-actions button").click()
    expect(page.locator("#f-v0-error")).to_be_visible()
    expect(page.locator("#f-v0")).to_have_value("он бес")
    look(page, f"by-hand-words-{language}-{screen}")

    page.locator("#f-v0").fill("15")
    page.locator("[name=v1]").first.check()
    page.locator("#task-form .r-actions button").click()
    expect(page).to_have_url(re.compile(rf"/cases/{case}\?said=steered"))
    variables = service.call("GET", f"/instances/{case}")["variables"]
    assert (variables["number"], variables["told"]) == (15, True)
