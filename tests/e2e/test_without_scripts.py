"""Everything that a clerk must do works in a browser that runs no scripts."""

import re

import pytest
from playwright.sync_api import expect

from integrations.people import Story


@pytest.fixture
def clerk(enter):
    return enter("aigul", java_script_enabled=False)


def test_a_task_is_taken_and_completed_without_scripts(service, family, clerk):
    application = service.file_application(family(Story.NO_HEALTH_PASSPORT))
    service.task_of(application)
    clerk.open("/tasks")
    taken = clerk.row(application.number).get_by_role("button")
    taken.click()

    # Without a script the server asks for the ground after the first answer.
    clerk.page.get_by_label("Дәлелді бас тарту").check()
    clerk.button("Аяқтау").click()
    clerk.page.get_by_label("Бас тартудың негізі").select_option(index=2)
    clerk.button("Аяқтау").click()

    clerk.page.wait_for_url(re.compile("/cases/"))
    expect(clerk.notice()).to_be_visible()
    case = service.case(application)
    assert case["variables"]["decision"]["reason"] == "requirements_not_met"


def test_the_case_is_told_in_words_and_drawn_without_scripts(service, family, clerk):
    application = service.file_application(family(Story.NO_HEALTH_PASSPORT))
    service.task_of(application)

    clerk.open(f"/cases/{application.case_id}")

    steps = clerk.page.get_by_role("region", name="Өтілген қадамдар")
    expect(steps).to_contain_text("Денсаулық құжаттарын тексеру")
    drawing = clerk.page.locator(".r-drawing")
    expect(drawing).to_be_visible()
    expect(drawing.locator("[data-element-id=find_preschool]")).to_have_class(
        "step-done"
    )
    expect(drawing.locator("[data-element-id=decide]")).to_have_class("step-active")
    expect(drawing.locator("[data-element-id=flow_filed]")).to_have_class("way-gone")
    expect(clerk.button("Үлкейту")).to_be_hidden()


def test_a_norm_opens_on_a_page_of_its_own_without_scripts(service, family, clerk):
    application = service.file_application(family(Story.NO_HEALTH_PASSPORT))
    clerk.open(f"/tasks/{service.task_of(application)}")

    clerk.page.get_by_role("link", name="4-тармақ, 2-абзац").click()

    expect(clerk.page).to_have_url(re.compile("/norms/ADM-4.2$"))
    expect(clerk.page.locator("blockquote[lang=kk]")).to_be_visible()
