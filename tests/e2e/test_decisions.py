"""Decisions by rules: read as a table, tried in a form, told in a case's history."""

import re

import pytest
from playwright.sync_api import expect

from tests.drawn import ask, line, step
from tests.e2e.screens import DESKTOP, PHONE, barriers, keep, sticks_out
from tests.models import ADMISSION, given, literal, model

SCREENS = {"desktop": DESKTOP, "phone": PHONE}
RULE = '<zeebe:calledDecision decisionId="way" resultVariable="way"/>'
BOXED = (
    given("filed", "date")
    + given("anything")
    + '<decision id="boxed" name="Құрамдас шешім"><variable name="Құрамдас шешім"/>'
    '<informationRequirement><requiredInput href="#in_filed"/></informationRequirement>'
    '<informationRequirement><requiredInput href="#in_anything"/>'
    "</informationRequirement>"
    '<informationRequirement><requiredDecision href="#inner"/></informationRequirement>'
    '<knowledgeRequirement><requiredKnowledge href="#twice"/></knowledgeRequirement>'
    '<context><contextEntry><variable name="жыл"/><literalExpression>'
    "<text>filed.year</text></literalExpression></contextEntry>"
    '<contextEntry><variable name="келесі"/><literalExpression><text>жыл + inner</text>'
    "</literalExpression></contextEntry></context></decision>"
    + literal("inner", "1")
    + '<businessKnowledgeModel id="twice" name="Еселеу"><variable name="Еселеу"/>'
    '<encapsulatedLogic><formalParameter name="n"/><literalExpression><text>n * 2'
    "</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
)


def look(page, name):
    for screen, size in SCREENS.items():
        page.set_viewport_size(size)
        assert barriers(page) == []
        assert sticks_out(page) <= 0
        keep(page, f"{name}-{screen}")
    page.set_viewport_size(DESKTOP)


@pytest.fixture(scope="module")
def released(service):
    task = step("businessRuleTask", "rules", RULE, "Қабылдау тәсілін анықтау")
    service.release(
        {
            "by_rules.bpmn": line("by_rules", task, ask("it", None, "Қарау")),
            "admission.dmn": model(ADMISSION),
            "boxed.dmn": model(BOXED, "urn:test:boxed"),
        }
    )


def test_a_table_is_read_and_tried(released, enter):
    designer = enter("daniyar")
    page = designer.page
    designer.open("/procedures")
    designer.link("Қабылдау тәсілі").click()
    expect(designer.heading("Қабылдау тәсілі")).to_be_visible()
    rows = page.locator(".r-rules tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("own class")
    expect(rows.first.locator("a[data-norm]")).to_be_visible()

    page.get_by_label("stays").select_option("true")
    page.get_by_label("age").fill("6,5")
    page.get_by_role("button", name="Есептеу").click()
    expect(page.locator(".govuk-error-message")).to_be_visible()
    page.locator(".govuk-error-summary a").click()
    expect(page.get_by_label("age")).to_be_focused()
    look(page, "decision-mended")
    page.get_by_label("age").fill("6.5")
    page.get_by_role("button", name="Есептеу").click()

    expect(page.locator(".r-notice--good")).to_contain_text('"own class"')
    expect(page.locator(".r-rules__hit")).to_have_count(1)
    expect(page.locator(".r-rules__hit")).to_contain_text("сәйкес келді")
    look(page, "decision-tried")


def test_a_fault_is_told_and_nothing_is_marked(released, enter):
    designer = enter("daniyar")
    page = designer.page
    designer.open("/procedures/decisions/way")
    page.get_by_role("button", name="Есептеу").click()

    expect(page.locator(".r-notice--bad")).to_be_visible()
    expect(page.locator(".r-rules__hit")).to_have_count(0)


def test_boxed_expressions_and_what_they_require_are_told(released, enter):
    designer = enter("daniyar")
    page = designer.page
    designer.open("/procedures/decisions/boxed")
    expect(page.locator(".r-boxed dt").first).to_have_text("жыл")
    expect(page.locator(".r-feel").first).to_have_text("filed.year")
    expect(designer.link("inner")).to_be_visible()
    page.get_by_text("Қалай есептеледі").click()
    expect(page.get_by_text("n * 2")).to_be_visible()

    page.get_by_label("filed").fill("2026-06-01")
    page.get_by_label("anything").fill("[1, 2]")
    page.get_by_role("button", name="Есептеу").click()

    expect(page.locator(".r-notice--good")).to_contain_text('"келесі": 2027')
    look(page, "decision-boxed")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_its_name_is_in_the_language_of_the_reader(released, enter, language):
    names = {"ru": "Способ приёма", "en": "Way of admission"}
    clerk = enter("aigul")
    clerk.open(f"/procedures/decisions/way?lang={language}")

    expect(clerk.heading(names[language])).to_be_visible()
    # To try it is for those who draw.
    expect(clerk.page.locator("form button.govuk-button")).to_have_count(0)
    keep(clerk.page, f"decision-{language}")
    clerk.open("/procedures?lang=kk")


def test_the_history_of_a_case_tells_the_rule_and_leads_to_it(service, released, enter):
    school = service.population.schools[0].bin
    body = {"process_key": "by_rules", "office": school}
    case = service.call(
        "POST", "/instances", body | {"variables": {"stays": False, "age": 7}}
    )
    clerk = enter("aigul")
    page = clerk.page
    clerk.open(f"/cases/{case['id']}")
    history = page.get_by_role("region", name="Іс тарихы")
    expect(history).to_contain_text("Қабылдау тәсілін анықтау")
    expect(history).to_contain_text("Қабылдау тәсілі: 2-қағида")
    look(page, "case-by-rules")

    history.get_by_role("link", name="Қабылдау тәсілі").click()

    expect(page).to_have_url(re.compile(r"/procedures/decisions/way\?version=1$"))


def test_a_step_of_a_procedure_leads_to_its_rules(released, enter):
    designer = enter("daniyar")
    designer.open("/procedures/by_rules")
    designer.link("Шешетін қағидалар").click()

    expect(designer.heading("Қабылдау тәсілі")).to_be_visible()


def test_a_model_is_checked_and_released(enter):
    designer = enter("daniyar")
    page = designer.page
    chosen = {"name": "d.dmn", "mimeType": ""}
    broken = model(literal("chosen", "1 +"), "urn:test:chosen")
    designer.open("/procedures/check")
    page.set_input_files("#files", chosen | {"buffer": broken})
    page.get_by_role("button", name="Тексеру").click()
    expect(page.get_by_text("decision-not-run")).to_be_visible()

    whole = model(literal("chosen", "1 + 1"), "urn:test:chosen")
    page.set_input_files("#files", chosen | {"buffer": whole})
    page.get_by_role("button", name="Шығару").click()

    expect(designer.heading("chosen")).to_be_visible()
    expect(page.locator(".r-feel")).to_have_text("1 + 1")
