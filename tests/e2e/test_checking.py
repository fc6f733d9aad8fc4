"""Check and release: every drawing is shown, what is wrong with it at its place."""

import pytest
from playwright.sync_api import expect

from tests import conformance
from tests.e2e.screens import DESKTOP, PHONE, barriers, keep, sticks_out

MIWG = conformance.files("bpmn-miwg", "*.bpmn")
BARE = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="test">
  <bpmn:process id="checked_in_browser" name="Сынақ" isExecutable="true">
    <bpmn:extensionElements><zeebe:properties>
      <zeebe:property name="title.ru" value="Проверка"/>
      <zeebe:property name="title.en" value="Trial"/>
    </zeebe:properties></bpmn:extensionElements>
    <bpmn:startEvent id="start"/>
    <bpmn:{tag} id="it" name="Қарау"/>
    <bpmn:endEvent id="end"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="it"/>
    <bpmn:sequenceFlow id="f2" sourceRef="it" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>"""


@pytest.fixture
def designer(enter):
    return enter("daniyar")


def choose(page, name, source):
    page.goto("/procedures/check")
    page.set_input_files("#files", {"name": name, "mimeType": "", "buffer": source})


@conformance.each("path", MIWG)
def test_a_reference_model_is_drawn(designer, path):
    page = designer.page
    choose(page, path.name, path.read_bytes())
    page.get_by_role("button", name="Тексеру").click()
    expect(page.locator(".r-viewer .djs-shape").first).to_be_visible()
    expect(page.locator("[data-diagram-fault]")).to_be_hidden()
    expect(page.locator("td small[lang=en]").first).to_be_visible()
    keep(page, f"checking-{path.stem}")


def test_a_drawing_without_places_is_drawn_and_its_errors_are_marked(designer):
    page = designer.page
    choose(page, "bare.bpmn", BARE.format(tag="complexGateway").encode())
    page.get_by_role("button", name="Тексеру").click()
    expect(page.locator('[data-element-id="it"].finding-error')).to_be_visible()
    # The flows are drawn too, and lead from left to right.
    expect(page.locator(".r-viewer .djs-connection")).to_have_count(2)
    page.get_by_role("button", name="it", exact=True).click()
    expect(page.locator('[data-element-id="it"].selected')).to_be_visible()
    row = page.get_by_role("row").filter(has_text="element-not-run")
    expect(row).to_contain_text("BPMN-нің бұл элементі мұнда орындалмайды.")
    expect(row.locator("small[lang=en]").first).to_contain_text("complexGateway it")
    expect(row.get_by_role("rowheader")).to_contain_text("Қарау")
    for name, size in {"desktop": DESKTOP, "phone": PHONE}.items():
        page.set_viewport_size(size)
        assert barriers(page) == []
        assert sticks_out(page) <= 0
        keep(page, f"checking-refused-{name}")


@pytest.mark.parametrize(
    ("language", "said"),
    [("ru", "Этот элемент BPMN здесь не выполняется."), ("en", None)],
)
def test_what_was_found_is_said_in_the_reader_s_language(designer, language, said):
    page = designer.page
    page.goto(f"/procedures/check?lang={language}")
    source = BARE.format(tag="complexGateway").encode()
    page.set_input_files("#files", {"name": "a.bpmn", "mimeType": "", "buffer": source})
    page.locator("button[value=check]").click()
    row = page.get_by_role("row").filter(has_text="element-not-run")
    message = row.get_by_text("complexGateway it does not run here")
    expect(message).to_have_attribute("lang", "en")
    if said:
        expect(row).to_contain_text(said)
    else:  # nothing is said twice
        expect(row.locator("small")).to_have_count(2)  # its name, and the rule
    keep(page, f"checking-refused-{language}")


def test_what_has_no_error_is_released_and_seen(designer):
    page = designer.page
    source = BARE.format(tag="manualTask").encode()
    choose(page, "bare.bpmn", source)
    page.get_by_role("button", name="Тексеру").click()
    expect(page.get_by_role("main").get_by_role("status")).to_be_visible()
    assert barriers(page) == []
    keep(page, "checking-good")
    choose(page, "bare.bpmn", source)
    page.get_by_role("button", name="Шығару").click()
    page.wait_for_url("**/procedures/checked_in_browser")
    expect(page.locator('.r-drawing [data-element-id="it"]')).to_be_visible()


def test_a_refused_release_stores_nothing(designer):
    page = designer.page
    source = BARE.format(tag="complexGateway").replace("checked_in", "refused_in")
    choose(page, "bare.bpmn", source.encode())
    page.get_by_role("button", name="Шығару").click()
    expect(page.locator('[data-element-id="it"].finding-error')).to_be_visible()
    assert designer.open("/procedures/refused_in_browser") == 404


def test_nothing_chosen_is_said_at_the_field(designer):
    page = designer.page
    page.goto("/procedures/check")
    page.get_by_role("button", name="Тексеру").click()
    expect(page.locator("#files-error")).to_be_visible()
    assert barriers(page) == []
    keep(page, "checking-empty")
