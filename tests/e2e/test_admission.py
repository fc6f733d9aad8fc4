"""The first-grade admission as its people see it, from the filing to the result."""

import re

from playwright.sync_api import expect

from integrations.people import Story
from tests.e2e.service import wait_until

DONE, ACTIVE = re.compile(r"\bstep-done\b"), re.compile(r"\bstep-active\b")
GONE = re.compile(r"\bway-gone\b")
CHECKS = ("check_person", "check_relation", "check_education", "check_health")
DECIDE = "Қабылдау туралы шешім шығару"
POLL_SECONDS = 15  # after which each page has asked again


def drawn(page, element_id):
    """An element of the diagram."""
    return page.locator(f".r-drawing [data-element-id={element_id}]")


def history(page):
    """The lines of a case's history, the newest first."""
    return page.get_by_role("region", name="Іс тарихы").get_by_role("listitem")


def test_a_clerk_decides_and_diagram_and_history_follow(service, family, enter):
    clerk = enter()
    clerk.page.clock.install()
    clerk.sign_in("aigul")
    page = clerk.page

    # The systems of the state are asked, and the open worklist shows it by itself.
    application = service.file_application(family(Story.GENERAL))
    service.task_of(application)
    clerk.let_pass(POLL_SECONDS)
    expect(clerk.row(application.number)).to_contain_text(application.child)
    clerk.row(application.number).get_by_role("link").click()

    expect(clerk.heading(DECIDE)).to_be_visible()
    known = page.get_by_role("complementary", name="Белгілі мәліметтер")
    expect(known).to_contain_text(application.child)
    expect(known).to_contain_text("Баланың денсаулық паспорты (052-2/у нысаны)")
    clerk.button("Орындауға алу").click()
    expect(clerk.notice()).to_contain_text("Тапсырма енді Сіздің орындауыңызда.")
    page.get_by_label("Оң нәтиже: бала бірінші сыныпқа қабылданады").check()
    clerk.button("Аяқтау").click()

    expect(clerk.notice()).to_have_text("Тапсырма аяқталды. Іс жалғасуда.")
    wait_until(lambda: service.has_passed(application, "tell_accepted"))
    clerk.let_pass(POLL_SECONDS)
    for name in ("find_preschool", *CHECKS, "decide", "enrol", "tell_accepted"):
        expect(drawn(page, name)).to_have_class(DONE)
    expect(drawn(page, "until_order")).to_have_class(ACTIVE)
    expect(drawn(page, "tell_refused")).not_to_have_class(DONE)
    expect(drawn(page, "flow_accepted")).to_have_class(GONE)
    expect(drawn(page, "flow_refused")).not_to_have_class(GONE)
    expect(history(page).last).to_contain_text("Іс ашылды")
    decided = history(page).filter(has_text=f"Тапсырма аяқталды: {DECIDE}")
    expect(decided).to_contain_text("Айгүл Серікқызы")
    [message] = service.messages_to(application.phone)
    assert application.number in message


def test_a_refusal_asks_for_its_ground_and_ends_the_case(service, family, enter):
    application = service.file_application(family(Story.NOT_RELATED))
    clerk = enter("marat")
    page = clerk.page
    page.clock.install()
    clerk.open(f"/tasks/{service.task_of(application)}")

    page.get_by_label("Дәлелді бас тарту").check()
    page.get_by_label("Бас тартудың негізі").select_option(
        "Бала немесе ұсынылған құжаттар белгіленген талаптарға сәйкес келмейді"
    )
    clerk.button("Аяқтау").click()

    page.wait_for_url(re.compile("/cases/"))
    wait_until(lambda: service.case(application)["state"] == "completed")
    clerk.let_pass(POLL_SECONDS)
    ended = "Іс аяқталды: дәлелді бас тарту"
    expect(clerk.heading(ended)).to_be_visible()
    expect(drawn(page, "refused")).to_have_class(DONE)
    expect(drawn(page, "flow_refused")).to_have_class(GONE)
    expect(drawn(page, "enrol")).not_to_have_class(DONE)
    assert service.case(application)["variables"]["result"] == "refused"


def test_a_child_of_the_own_class_is_enrolled_without_a_clerk(service, family, enter):
    application = service.file_application(family(Story.OWN_CLASS))
    wait_until(lambda: service.has_passed(application, "tell_accepted"))
    clerk = enter("aigul")
    page = clerk.page

    clerk.open(f"/cases?q={application.number}")
    expect(clerk.row(application.number)).to_contain_text("қабылданды")
    clerk.link(application.number).click()

    for name in ("find_preschool", "own_class", "enrol", "tell_accepted"):
        expect(drawn(page, name)).to_have_class(DONE)
    for name in (*CHECKS, "decide"):
        expect(drawn(page, name)).not_to_have_class(re.compile("step-"))
    tasks = page.get_by_role("region", name="Тапсырмалар")
    expect(tasks).to_have_text(re.compile("Әзірге маманға тапсырма жоқ."))
    expect(history(page).filter(has_text="Айгүл")).to_have_count(0)
    [message] = service.messages_to(application.phone)
    assert application.number in message


def test_a_withdrawn_application_frees_the_place(service, family, enter):
    application = service.file_application(family(Story.OWN_CLASS))
    wait_until(lambda: service.has_passed(application, "tell_accepted"))
    clerk = enter("aigul")
    clerk.page.clock.install()
    clerk.open(f"/cases/{application.case_id}")
    expect(drawn(clerk.page, "until_order")).to_have_class(ACTIVE)

    withdrawal = {
        "name": "application_withdrawn",
        "correlation_key": application.number,
        "variables": {},
    }
    assert service.call("POST", "/messages", withdrawal) == {"correlated": 1}

    wait_until(lambda: service.case(application)["state"] == "completed")
    clerk.let_pass(POLL_SECONDS)
    # Nobody touched the page: it follows the case.
    ended = "Іс аяқталды: өтініш кері қайтарып алынды"
    expect(clerk.heading(ended)).to_be_visible()
    expect(drawn(clerk.page, "free_place")).to_have_class(DONE)
    expect(drawn(clerk.page, "until_order")).not_to_have_class(ACTIVE)


def test_a_missed_deadline_is_on_the_pages_and_the_supervisor_knows(
    service, family, enter
):
    application = service.file_application(family(Story.OUTSIDE_AREA))
    service.task_of(application)
    before = enter("gulnar")
    before.open("/late?band=missed")
    expect(before.row(application.number)).to_have_count(0)
    before.page.close()  # its sign-in ends before the clock is where it goes

    service.move_clock(advance="P4D")
    wait_until(lambda: service.has_passed(application, "tell_supervisor"))

    supervisor = enter("gulnar")
    page = supervisor.page
    supervisor.open("/")
    expect(supervisor.heading("Мерзімі өткен және жақындаған істер")).to_be_visible()
    missed = page.get_by_role("link", name="Мерзімі өтті")
    assert int(missed.locator("[data-number=missed]").inner_text()) >= 1
    missed.click()
    expect(supervisor.row(application.number)).to_contain_text("күн кешікті")
    supervisor.link(application.number).click()
    expect(history(page).filter(has_text="Мерзімі өтті:")).to_contain_text(
        [DECIDE, "Істің толық мерзімі"]
    )
    expect(drawn(page, "tell_supervisor")).to_have_class(DONE)
    # The clerk still owes the decision.
    expect(drawn(page, "decide")).to_have_class(ACTIVE)

    clerk = enter("aigul")
    clerk.open("/tasks")
    expect(clerk.page.get_by_role("rowheader", name="Мерзімі өтті")).to_be_visible()
    expect(clerk.row(application.number)).to_contain_text("күн кешікті")
