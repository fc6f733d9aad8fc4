"""The page of a task: drafts that outlive everything, conflicts in sentences, comments.

RASIM_SCREENSHOTS names a folder that gets a picture of each state.
"""

import re

import pytest
from playwright.sync_api import expect

from integrations.people import Story
from tests.e2e.screens import DESKTOP, PHONE, barriers, keep, sticks_out

REFUSE = "Дәлелді бас тарту"
ACCEPT = "Оң нәтиже: бала бірінші сыныпқа қабылданады"
NOTE = "decision.note"
WORDS = "Сот шешімі бойынша бас тартылды."
SCREENS = {"desktop": DESKTOP, "phone": PHONE}


@pytest.fixture
def application(service, family):
    """One that waits for a clerk."""
    application = service.file_application(family(Story.OTHER_CLASS))
    service.task_of(application)
    return application


@pytest.fixture
def path(service, application):
    return f"/tasks/{service.task_of(application)}"


def look(person, name):
    keep(person.page, f"task-{name}")
    assert barriers(person.page) == []
    assert sticks_out(person.page) == 0


def at(screen, person):
    person.page.set_viewport_size(SCREENS[screen])
    return person


def state(person):
    return person.page.locator("[data-draft-status]")


def write(person, text=WORDS):
    person.page.get_by_label(REFUSE).check()
    person.page.locator(f"[name='{NOTE}']").fill(text)


def completions(service, application):
    path = f"/instances/{application.case_id}/history?limit=200"
    events = service.call("GET", path)["items"]
    return [event["actor"] for event in events if event["type"] == "task.completed"]


def test_what_was_typed_is_found_after_the_browser_has_crashed(path, enter):
    clerk = enter("aigul")
    clerk.open(path)
    write(clerk)
    expect(state(clerk)).to_contain_text("Сақталды")
    clerk.page.context.close()

    again = enter("aigul")
    again.open(path)

    expect(again.page.get_by_text("Жоба көрсетілді")).to_be_visible()
    expect(again.page.get_by_label(REFUSE)).to_be_checked()
    expect(again.page.locator(f"[name='{NOTE}']")).to_have_value(WORDS)
    again.button("Жобаны жою").click()
    expect(again.page.get_by_label(REFUSE)).not_to_be_checked()


def test_the_last_letters_are_kept_when_one_leaves_at_once(path, enter):
    clerk = enter("aigul")
    clerk.page.on("dialog", lambda dialog: dialog.accept())
    clerk.open(path)
    write(clerk)
    clerk.open("/cases")
    clerk.open(path)

    expect(clerk.page.locator(f"[name='{NOTE}']")).to_have_value(WORDS)


def test_a_lost_connection_is_told_and_made_up_for(path, enter):
    clerk = enter("aigul")
    asked = []
    clerk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    clerk.open(path)
    clerk.page.context.set_offline(True)
    write(clerk)
    expect(state(clerk)).to_contain_text("байланыс жоқ")
    keep(clerk.page, "task-offline")
    clerk.faults.clear()  # htmx says it on the console, too

    clerk.page.context.set_offline(False)
    expect(state(clerk)).to_contain_text("Сақталды")
    clerk.open("/cases")

    assert asked == []  # nothing was unsaved: leaving asks nothing
    clerk.open(path)
    expect(clerk.page.locator(f"[name='{NOTE}']")).to_have_value(WORDS)


def test_leaving_asks_only_while_something_is_unsaved(path, enter):
    clerk = enter("aigul")
    asked = []
    clerk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    clerk.open(path)
    clerk.page.context.set_offline(True)
    write(clerk)
    expect(state(clerk)).to_contain_text("байланыс жоқ")

    clerk.page.evaluate("location.reload()")
    clerk.page.wait_for_timeout(300)

    assert asked == ["beforeunload"]
    clerk.faults.clear()  # as above


def test_a_sign_in_that_ended_while_typing_loses_nothing(path, service, enter):
    clerk = enter()
    clerk.sign_in("marat")
    clerk.open(path)
    cookies = clerk.page.context.cookies()
    clerk.page.context.clear_cookies()
    write(clerk)
    expect(state(clerk)).to_contain_text("Сіз жүйеден шықтыңыз")

    clerk.button("Аяқтау").click()
    expect(clerk.heading("Сіз жүйеден шықтыңыз")).to_be_visible()
    expect(clerk.page.get_by_text(WORDS)).to_be_visible()
    look(clerk, "signed-out")
    with clerk.page.expect_popup() as opened:
        clerk.link("Басқа терезеде қайта кіріңіз").click()
    opened.value.get_by_label("Пайдаланушы аты").wait_for()
    clerk.page.context.add_cookies(cookies)
    clerk.button("Жүйеге кірдім: жалғастыру").click()

    expect(clerk.page.locator(f"[name='{NOTE}']")).to_have_value(WORDS)
    expect(clerk.page.get_by_text("ештеңе жіберілген жоқ")).to_be_visible()
    look(clerk, "kept")


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_a_stale_tab_is_told_what_happened(
    service, application, path, enter, screen, language
):
    stale = at(screen, enter("marat"))
    stale.open(f"{path}?lang={language}")
    stale.page.locator("[value=false]").check()
    stale.page.locator(f"[name='{NOTE}']").fill(WORDS)
    task = path.rpartition("/")[2]
    refusal = {"accepted": False, "reason": "other_by_law", "note": "Сот."}
    service.call(
        "POST",
        f"/tasks/{task}/complete",
        {"variables": {"decision": refusal}},
        by="aigul",
    )

    stale.page.get_by_role(
        "button", name=re.compile("^(Аяқтау|Завершить)$")
    ).last.click()
    expect(stale.page.get_by_role("alert")).to_contain_text("Айгүл Серікқызы")
    expect(stale.page.get_by_text(WORDS)).to_be_visible()
    look(stale, f"stale-{language}-{screen}")

    stale.open(path)
    expect(stale.page.get_by_text(WORDS)).to_be_visible()
    look(stale, f"over-{language}-{screen}")
    assert completions(service, application) == ["aigul"]


def test_a_claim_is_undone_from_its_notice(path, enter):
    clerk = enter("aigul")
    clerk.open(path)
    clerk.button("Орындауға алу").click()
    clerk.button("Болдырмау").click()
    clerk.open(path)

    expect(clerk.button("Орындауға алу")).to_be_visible()


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_page_in_each_state(service, path, enter, screen, language):
    clerk = at(screen, enter("aigul"))
    clerk.open(f"{path}?lang={language}")
    look(clerk, f"free-{language}-{screen}")
    task = path.rpartition("/")[2]
    service.call("POST", f"/tasks/{task}/claim", by="aigul")
    clerk.open(f"{path}?said=claimed")
    clerk.page.locator("[value=false]").check()
    clerk.page.locator(f"[name='{NOTE}']").fill(WORDS)
    expect(state(clerk)).to_contain_text(re.compile("Сақталды|Сохранено"))
    look(clerk, f"mine-{language}-{screen}")

    clerk.page.locator("#comment-text").fill("@marat құжатты қараңызшы.\nРақмет!")
    clerk.page.locator("form[action$=comments] button").click()
    expect(clerk.page.locator(".r-comment__text")).to_contain_text("Рақмет!")
    look(clerk, f"comment-{language}-{screen}")
    clerk.page.locator("#comment-text").fill("@jok.adam")
    clerk.page.locator("form[action$=comments] button").click()
    expect(clerk.page.get_by_role("alert")).to_be_visible()
    look(clerk, f"comment-refused-{language}-{screen}")

    clerk.open(f"{path}/people")
    look(clerk, f"people-{language}-{screen}")
    clerk.page.get_by_label("Марат").check()
    clerk.page.locator("#note").fill("Мен бүгін демалыстамын.")
    clerk.page.locator("form[method=post] button.govuk-button").click()
    expect(clerk.page.get_by_role("status").first).to_contain_text("Марат Ерланұлы")
    look(clerk, f"handed-{language}-{screen}")
    clerk.open(f"{path}/people")
    look(clerk, f"people-not-allowed-{language}-{screen}")

    other = at(screen, enter("marat"))
    other.open(f"/mentions?lang={language}")
    expect(other.page.locator(".r-comment__text").first).to_contain_text("Рақмет!")
    look(other, f"mentions-{language}-{screen}")
    other.page.locator(".r-mentions a").first.click()
    expect(other.page.locator("article.r-comment:target")).to_be_visible()
    look(other, f"case-comments-{language}-{screen}")
