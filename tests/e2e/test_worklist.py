"""The worklist and its tasks: taken once, completed once, seen by those who may."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from integrations.people import Story

pytestmark = pytest.mark.usefixtures("short_lists")

ACCEPT = "Оң нәтиже: бала бірінші сыныпқа қабылданады"
TOO_LATE = "Іс-әрекет бұрын орындалып қойған"


@pytest.fixture
def application(service, family):
    """One that waits for a clerk."""
    application = service.file_application(family(Story.OTHER_CLASS))
    service.task_of(application)
    return application


def completions(service, application):
    path = f"/instances/{application.case_id}/history?limit=200"
    events = service.call("GET", path)["items"]
    return [event["actor"] for event in events if event["type"] == "task.completed"]


def test_of_two_clerks_who_take_one_task_the_second_is_told(
    service, application, enter
):
    first, second = enter("aigul"), enter("marat")
    path = f"/tasks/{service.task_of(application)}"
    for clerk in (first, second):
        clerk.open(path)

    first.button("Орындауға алу").click()
    expect(first.notice()).to_be_visible()
    second.button("Орындауға алу").click()

    expect(second.heading(TOO_LATE)).to_be_visible()
    expect(second.page.get_by_role("alert")).to_contain_text("Айгүл Серікқызы")
    second.open(path)
    expect(second.page.get_by_text("орындауға алған маман: Айгүл")).to_be_visible()
    expect(second.button("Аяқтау")).to_have_count(0)


def test_of_two_clerks_who_decide_one_task_the_second_changes_nothing(
    service, application, enter
):
    first, second = enter("aigul"), enter("marat")
    for clerk, answer in ((first, ACCEPT), (second, ACCEPT)):
        clerk.open(f"/tasks/{service.task_of(application)}")
        clerk.page.get_by_label(answer).check()

    first.button("Аяқтау").click()
    first.page.wait_for_url(re.compile("/cases/"))
    second.button("Аяқтау").click()

    expect(second.heading("Жауаптарыңыз жіберілген жоқ")).to_be_visible()
    assert completions(service, application) == ["aigul"]


def test_a_task_that_is_sent_twice_is_completed_once(service, application, enter):
    clerk = enter("aigul")
    clerk.open(f"/tasks/{service.task_of(application)}")
    clerk.page.get_by_label(ACCEPT).check()

    clerk.button("Аяқтау").dblclick(no_wait_after=True)

    clerk.page.wait_for_url(re.compile("/cases/"))
    assert completions(service, application) == ["aigul"]


def test_a_sent_form_that_is_sent_again_with_the_back_button_changes_nothing(
    service, application, enter
):
    clerk = enter("aigul")
    clerk.open(f"/tasks/{service.task_of(application)}")
    clerk.page.get_by_label(ACCEPT).check()
    clerk.button("Аяқтау").click()
    clerk.page.wait_for_url(re.compile("/cases/"))

    clerk.page.go_back()

    # Nothing of the page was kept: it is asked for again, and tells the truth.
    expect(clerk.button("Аяқтау")).to_have_count(0)
    expect(clerk.link("Нәтижесін істен қараңыз")).to_be_visible()


def test_the_next_task_is_taken_and_given_back(service, application, enter):
    clerk = enter("aigul")
    clerk.open("/tasks")

    clerk.button("Келесі тапсырманы алу").click()
    expect(clerk.notice()).to_be_visible()
    task = clerk.page.url
    clerk.open("/tasks?view=mine")
    own = urlsplit(task).path
    expect(clerk.page.locator(f"[data-row] a[href='{own}']")).to_be_visible()
    clerk.open(task)
    clerk.button("Топқа қайтару").click()

    expect(clerk.notice()).to_have_text("Тапсырма топтың тізіміне қайтарылды.")


def test_the_numbers_on_the_tabs_follow_the_list(service, application, enter):
    clerk = enter("aigul")
    clerk.page.clock.install()
    clerk.open("/tasks")
    number = clerk.page.locator("#count-mine")
    before = int(number.inner_text())

    task = service.task_of(application)
    service.call("POST", f"/tasks/{task}/claim", by="aigul")
    clerk.let_pass(seconds=16)

    expect(number).to_have_text(str(before + 1))
    service.call("POST", f"/tasks/{task}/release", by="aigul")


def test_a_task_is_found_by_the_number_of_its_application(application, enter):
    clerk = enter("aigul")
    clerk.open("/tasks")

    clerk.page.get_by_role("searchbox").fill(application.number)
    clerk.button("Көрсету").click()
    expect(clerk.page.locator("[data-row]")).to_have_count(1)
    clerk.page.get_by_role("searchbox").fill("A-0000-000000")
    clerk.button("Көрсету").click()

    expect(clerk.page.get_by_text("Ештеңе табылмады")).to_be_visible()


def test_an_unanswered_question_is_named_and_what_was_answered_stays(
    service, application, enter
):
    clerk = enter("aigul")
    page = clerk.page
    clerk.open(f"/tasks/{service.task_of(application)}")
    clerk.button("Аяқтау").click()

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Түзету қажет")
    expect(page).to_have_title(re.compile("^Қате: "))
    page.get_by_label("Дәлелді бас тарту").check()
    page.locator("#fields").get_by_label("Түсініктеме").fill("Құжаттар жоқ")
    clerk.button("Аяқтау").click()

    summary.get_by_role("link").click()
    expect(page.get_by_label("Бас тартудың негізі")).to_be_focused()
    expect(page.locator("#fields").get_by_label("Түсініктеме")).to_have_value(
        "Құжаттар жоқ"
    )
    expect(page.get_by_label("Дәлелді бас тарту")).to_be_checked()


def test_what_is_typed_while_the_form_changes_stays(service, application, enter):
    clerk = enter("aigul")
    page = clerk.page
    held = []
    page.route("**/fields", lambda route: held.append(route))
    clerk.open(f"/tasks/{service.task_of(application)}")
    with page.expect_request("**/fields"):
        page.get_by_label("Дәлелді бас тарту").check()

    page.locator("#fields").get_by_label("Түсініктеме").fill("Құжаттар жоқ")
    held[0].continue_()

    expect(page.get_by_label("Бас тартудың негізі")).to_be_visible()
    expect(page.locator("#fields").get_by_label("Түсініктеме")).to_have_value(
        "Құжаттар жоқ"
    )
    expect(page.locator("#fields").get_by_label("Түсініктеме")).to_be_focused()
    expect(page.get_by_label("Дәлелді бас тарту")).to_be_checked()


def test_another_schools_clerk_finds_neither_task_nor_case(service, application, enter):
    stranger = enter("bota")

    for path in (
        f"/tasks/{service.task_of(application)}",
        f"/cases/{application.case_id}",
    ):
        assert stranger.open(path) == 404
        expect(stranger.page.get_by_text(application.child)).to_have_count(0)
    stranger.open(f"/cases?q={application.number}")
    expect(stranger.page.get_by_text("Ештеңе табылмады")).to_be_visible()
