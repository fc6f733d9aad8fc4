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
    expect(clerk.page.get_by_role("status")).to_be_visible()
    case = service.case(application)
    assert case["variables"]["decision"]["reason"] == "requirements_not_met"


def test_the_case_is_told_in_words_where_no_diagram_can_be_drawn(
    service, family, clerk
):
    application = service.file_application(family(Story.NO_HEALTH_PASSPORT))
    service.task_of(application)

    clerk.open(f"/cases/{application.case_id}")

    steps = clerk.page.get_by_role("region", name="Өтілген қадамдар")
    expect(steps).to_contain_text("Денсаулық құжаттарын тексеру")
    # Texts of <noscript> are not among those that Playwright finds by their words.
    told = clerk.page.locator("noscript p")
    expect(told).to_be_visible()
    expect(told).to_contain_text("Осы бетте сол мәлімет сөзбен де берілген.")


def test_a_norm_opens_on_a_page_of_its_own_without_scripts(service, family, clerk):
    application = service.file_application(family(Story.NO_HEALTH_PASSPORT))
    clerk.open(f"/tasks/{service.task_of(application)}")

    clerk.page.get_by_role("link", name="4-тармақ, 2-абзац").click()

    expect(clerk.page).to_have_url(re.compile("/norms/ADM-4.2$"))
    expect(clerk.page.locator("blockquote[lang=kk]")).to_be_visible()
