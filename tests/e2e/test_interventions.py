"""An administrator steers a case by hand, in Kazakh: sees what follows, says why."""

import pytest
from playwright.sync_api import expect

from integrations.people import Story
from tests.e2e import service as services
from tests.e2e.screens import DESKTOP, PHONE, barriers, keep, sticks_out

pytestmark = pytest.mark.usefixtures("nothing_left")

SCREENS = {"desktop": DESKTOP, "phone": PHONE}
ADMINISTRATOR = "askar"
WHY = "Мектепалды сынып туралы мәлімет қате болды"
STEER = "Істі қолмен басқару"
DECIDE = "Өтінішті қарау және шешім қабылдау"


@pytest.fixture(params=SCREENS)
def screen(request):
    return request.param


@pytest.fixture
def case(service, family):
    """A case that waits for the clerk's decision."""
    application = service.file_application(family(Story.OUTSIDE_AREA))
    service.task_of(application)
    return application


def look(page, name):
    keep(page, name)
    assert barriers(page) == []
    assert sticks_out(page) == 0


def types(service, case):
    path = f"/instances/{case.case_id}/history?limit=200"
    return [event["type"] for event in service.call("GET", path)["items"]]


def test_an_administrator_sends_a_case_back_with_a_reason(service, case, enter, screen):
    administrator = enter(ADMINISTRATOR)
    page = administrator.page
    page.set_viewport_size(SCREENS[screen])

    administrator.open(f"/cases/{case.case_id}")
    administrator.link(STEER).click()
    expect(administrator.heading(STEER)).to_be_visible()
    expect(page.get_by_text("қызметкерге арналған тапсырма")).to_be_visible()
    look(page, f"by-hand-{screen}")

    first = page.get_by_label("Орындалған қадам").locator("option").first
    name = first.inner_text()
    page.get_by_label("Орындалған қадам").select_option(name)
    administrator.button("Қайта оралу…").click()
    expect(administrator.heading(f"Қадамға қайта оралу: {name}")).to_be_visible()
    expect(page.get_by_text("Мына тапсырмалар аяқталмай жабылады")).to_be_visible()
    expect(page.get_by_text("Мына мерзімдер тоқтайды")).to_be_visible()
    look(page, f"by-hand-back-{screen}")

    administrator.button("Қадамға қайта оралу").click()
    expect(page.get_by_role("alert")).to_contain_text("Себебін жазыңыз")
    look(page, f"by-hand-back-refused-{screen}")

    page.get_by_label("Себебі").fill(WHY)
    administrator.button("Қадамға қайта оралу").click()
    expect(page.get_by_text("Орындалды, себебі істің тарихында")).to_be_visible()
    expect(page.get_by_text(f"Іс қолмен кері қайтарылды: {name}")).to_be_visible()
    expect(page.get_by_text(f"Себебі: {WHY}")).to_be_visible()
    services.wait_until(
        lambda: service.call("GET", f"/tasks?instance_id={case.case_id}")["items"]
    )
    look(page, f"by-hand-done-{screen}")

    assert types(service, case).count("step.repeated") == 1


def test_a_case_is_stopped_moved_and_let_go_on_without_scripts(
    service, case, enter, screen
):
    administrator = enter(ADMINISTRATOR, java_script_enabled=False)
    page = administrator.page
    page.set_viewport_size(SCREENS[screen])

    for link, button in (
        ("Істі уақытша тоқтату…", "Уақытша тоқтату"),
        ("Істі жалғастыру…", "Жалғастыру"),
    ):
        administrator.open(f"/cases/{case.case_id}/by-hand")
        administrator.link(link).click()
        page.get_by_label("Себебі").fill(WHY)
        administrator.button(button).click()
        expect(page.get_by_text(f"Себебі: {WHY}").first).to_be_visible()

    administrator.open(f"/cases/{case.case_id}/by-hand")
    page.get_by_role("link", name="Осы қадамды өткізіп жіберу…").click()
    page.get_by_label("Себебі").fill(WHY)
    administrator.button("Өткізіп жіберу").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Себебі")).to_have_value(WHY)
    keep(page, f"by-hand-skip-refused-{screen}")
    page.get_by_label("Оң нәтиже").check()
    administrator.button("Өткізіп жіберу").click()
    expect(page.get_by_text("Қадам қолмен өткізіп жіберілді")).to_be_visible()

    services.wait_until(lambda: service.has_passed(case, "enrol"))
    told = types(service, case)
    assert [one for one in told if one.startswith(("step.", "instance."))] == [
        "instance.started",
        "instance.suspended",
        "instance.resumed",
        "step.skipped",
    ]


def test_a_case_is_canceled_after_a_page_that_says_what_ends(
    service, case, enter, screen
):
    administrator = enter(ADMINISTRATOR)
    page = administrator.page
    page.set_viewport_size(SCREENS[screen])

    administrator.open(f"/cases/{case.case_id}/by-hand")
    administrator.link("Істі тоқтатып, жабу…").click()
    expect(page.get_by_text("Мұны кері қайтару мүмкін емес")).to_be_visible()
    expect(page.get_by_text("Осымен іс жабылады.")).to_be_visible()
    look(page, f"by-hand-cancel-{screen}")
    page.get_by_label("Себебі").fill(WHY)
    administrator.button("Істі тоқтатып, жабу").click()

    expect(page.get_by_text(f"Себебі: {WHY}")).to_be_visible()
    assert service.case(case)["state"] == "canceled"
    expect(administrator.link(STEER)).to_have_count(0)


def test_who_comes_second_is_told_so_and_others_are_not_let_in(service, case, enter):
    administrator, clerk = enter(ADMINISTRATOR), enter("aigul")
    task = service.task_of(case)
    accept = {"variables": {"decision": {"accepted": True}}}

    administrator.open(f"/cases/{case.case_id}/by-hand/skip?step={task}")
    look(administrator.page, "by-hand-skip")
    service.call("POST", f"/tasks/{task}/complete", accept, by="aigul")
    administrator.page.get_by_label("Себебі").fill(WHY)
    administrator.button("Өткізіп жіберу").click()

    expect(administrator.page.get_by_text("күйі – аяқталды")).to_be_visible()
    assert "step.skipped" not in types(service, case)
    clerk.open(f"/cases/{case.case_id}")
    expect(clerk.link(STEER)).to_have_count(0)
    assert clerk.open(f"/cases/{case.case_id}/by-hand") == 403
