"""The worklist by keyboard alone, and what others do meanwhile."""

import re

import pytest
from playwright.sync_api import expect

from integrations.people import Story
from tests.e2e.screens import barriers, keep

pytestmark = pytest.mark.usefixtures("short_lists")

POLL_SECONDS = 16  # after which the list has asked again
NEWS = "[data-news-text]"


@pytest.fixture
def applications(service, family):
    """Three free ones."""
    found = [service.file_application(family(Story.OTHER_CLASS)) for _ in range(3)]
    for each in found:
        service.task_of(each)
    return found


@pytest.fixture
def clerk(applications, enter):
    clerk = enter("aigul")
    clerk.page.clock.install()
    clerk.open("/tasks?view=groups&who=free&sort=-created_at")
    return clerk


def row(person, service, application):
    return person.page.locator(f"#row-{service.task_of(application)}")


def give_back(service, application):
    task = service.task_of(application)
    service.call("POST", f"/tasks/{task}/release", by="aigul")


# --- keys ---------------------------------------------------------------------------


def test_rows_are_gone_through_ticked_taken_and_opened(service, clerk):
    page = clerk.page
    rows = page.locator("[data-row]")
    page.keyboard.press("j")
    expect(rows.nth(0).get_by_role("link")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    expect(rows.nth(1).get_by_role("link")).to_be_focused()

    page.keyboard.press("x")
    expect(rows.nth(1).get_by_role("checkbox")).to_be_checked()
    expect(page.get_by_text("Белгіленді: 1")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator("[data-bulk] [value=claim]")).to_be_focused()
    page.keyboard.press("x")
    expect(rows.nth(1).get_by_role("checkbox")).not_to_be_checked()
    page.keyboard.press("a")
    expect(page.locator("[data-tick]:not(:checked)")).to_have_count(0)

    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tasks/[-0-9a-f]{36}"))


def test_keys_take_a_task_and_the_next_one(service, applications, clerk):
    page = clerk.page
    page.keyboard.press("j")
    first = page.locator(":focus").get_attribute("href")
    page.keyboard.press("c")
    page.wait_for_url(re.compile(re.escape(first) + r"\?said=claimed"))
    clerk.open("/tasks?view=groups")

    page.keyboard.press("n")

    page.wait_for_url(re.compile(r"said=claimed"))
    assert first not in page.url
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(clerk.heading("Тапсырмалар")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("m")
    taken = page.locator("[data-row]")
    expect(taken).not_to_have_count(0)
    # All that was taken goes back, by keys as well.
    page.keyboard.press("a")
    page.keyboard.press("b")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Орындалды: ")).to_be_visible()


def test_keys_work_with_a_cyrillic_layout_and_never_while_one_types(clerk):
    page = clerk.page
    # What a browser tells of the key J where the layout is Kazakh or Russian.
    for told in ("keydown", "keyup"):
        page.evaluate(
            """(type) => document.body.dispatchEvent(new KeyboardEvent(
              type, {key: "о", code: "KeyJ", bubbles: true, cancelable: true}))""",
            told,
        )
    expect(page.locator("[data-row]").first.get_by_role("link")).to_be_focused()
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()

    page.keyboard.type("njx?")

    expect(search).to_have_value("njx?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile("/tasks"))


def test_the_sheet_of_keys_opens_and_switches_them_off(clerk):
    page = clerk.page
    next_task = clerk.button("Келесі тапсырманы алу")
    expect(next_task).to_have_attribute("aria-keyshortcuts", "n")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    keep(page, "keys")
    assert barriers(page) == []

    sheet.get_by_label("Осы браузерде бұл пернелерді пайдалану").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("?")

    expect(sheet).to_be_hidden()
    expect(page.locator("[data-row] a:focus")).to_have_count(0)
    expect(next_task).not_to_have_attribute("aria-keyshortcuts", "n")
    clerk.link("Пернелер").click()
    sheet.get_by_label("Осы браузерде бұл пернелерді пайдалану").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("[data-row] a:focus")).to_have_count(1)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_sheet_is_a_page_without_scripts(enter, language):
    clerk = enter("aigul", java_script_enabled=False)

    assert clerk.open(f"/help/keys?lang={language}") == 200

    expect(clerk.page.locator("kbd").filter(has_text="Enter")).to_be_visible()
    expect(clerk.page.get_by_role("checkbox")).to_have_count(0)
    expect(clerk.page.locator("noscript p")).to_be_visible()


# --- what others do -----------------------------------------------------------------


def test_what_a_colleague_takes_leaves_a_list_that_nobody_touches(
    service, applications, clerk
):
    task = service.task_of(applications[0])
    expect(row(clerk, service, applications[0])).to_be_visible()
    service.call("POST", f"/tasks/{task}/claim", by="aigul")

    clerk.let_pass(POLL_SECONDS)

    expect(row(clerk, service, applications[0])).to_have_count(0)
    expect(row(clerk, service, applications[1])).to_be_visible()
    give_back(service, applications[0])


def test_under_the_hand_nothing_moves_and_ticks_and_focus_stay(
    service, family, applications, clerk
):
    gone, stays = (row(clerk, service, each) for each in applications[:2])
    stays.get_by_role("checkbox").check()
    stays.get_by_role("link").focus()
    before = stays.bounding_box()["y"]
    service.call("POST", f"/tasks/{service.task_of(applications[0])}/claim", by="aigul")
    new = service.file_application(family(Story.OTHER_CLASS))
    service.task_of(new)

    clerk.let_pass(POLL_SECONDS)

    expect(gone).to_contain_text("Бұл тізімде енді жоқ")
    expect(gone.get_by_role("checkbox")).to_be_disabled()
    expect(clerk.page.locator(NEWS)).to_have_text("Жаңа тапсырмалар: 1")
    expect(row(clerk, service, new)).to_have_count(0)
    expect(stays.get_by_role("checkbox")).to_be_checked()
    expect(stays.get_by_role("link")).to_be_focused()
    moved = stays.bounding_box()["y"] - before
    news = clerk.page.locator("[data-news]").bounding_box()["height"]
    assert moved <= news + 12  # only by the line that tells
    clerk.button("Көрсету").last.click()
    expect(row(clerk, service, new)).to_be_visible()
    expect(stays.get_by_role("checkbox")).to_be_checked()
    expect(gone).to_have_count(0)
    give_back(service, applications[0])


def test_a_list_that_is_out_of_date_takes_nothing_from_others(
    service, applications, clerk, enter
):
    other = enter("marat")
    other.open(f"/tasks/{service.task_of(applications[0])}")
    other.button("Орындауға алу").click()

    row(clerk, service, applications[0]).get_by_role("button").click()

    expect(clerk.page.get_by_text("Марат Ерланұлы").first).to_be_visible()
    mine = service.call("GET", f"/tasks/{service.task_of(applications[0])}")
    assert mine["assignee"] == "marat"


def test_without_the_service_the_list_says_that_it_may_be_out_of_date(clerk):
    clerk.page.route("**/tasks?*", lambda route: route.abort())

    clerk.let_pass(POLL_SECONDS)

    expect(clerk.page.locator(NEWS)).to_contain_text("Қызмет қазір жауап бермейді")
    clerk.page.unroute("**/tasks?*")
    clerk.let_pass(POLL_SECONDS)
    expect(clerk.page.locator(NEWS)).to_have_text("")
    clerk.faults.clear()  # the lost connection is what this test asked for
