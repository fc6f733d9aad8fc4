"""Filters of the worklist: in the address, as chips, saved, shared, printed."""

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from integrations.people import Story
from tests.e2e.screens import PHONE, barriers, keep, sticks_out

pytestmark = pytest.mark.usefixtures("short_lists")

SAVED = "Сақталған сүзгілер"
KEEP = "Осы сүзгіні сақтау"
NAME = "Сүзгінің атауы"


@pytest.fixture(scope="module")
def late(service, family):
    """Three that are overdue, of which aigul has the first."""
    found = [service.file_application(family(Story.OTHER_CLASS)) for _ in range(3)]
    tasks = [service.task_of(each) for each in found]
    service.call("POST", f"/tasks/{tasks[0]}/claim", by="aigul")
    service.move_clock(advance="P7D")
    return found


@pytest.fixture(scope="module")
def fresh(service, family, late):
    """One that came after the others were late."""
    application = service.file_application(family(Story.NO_HEALTH_PASSPORT))
    service.task_of(application)
    return application


@pytest.fixture
def clerk(late, fresh, enter):
    clerk = enter("aigul")
    clerk.open("/tasks")
    return clerk


def rows(person):
    return person.page.locator("[data-row]")


def chips(person):
    return person.page.get_by_role("list", name="Қойылған сүзгілер").get_by_role("link")


def keep_as(person, name):
    """Save what is set under a name."""
    person.page.get_by_text(KEEP, exact=True).click()
    person.page.get_by_label(NAME).fill(name)
    person.page.locator(".r-keep").get_by_role("button").click()


def test_filters_are_in_the_address_and_leave_it_one_by_one(clerk, late, fresh):
    page = clerk.page
    page.get_by_label("Мерзімі", exact=True).select_option("overdue")
    page.get_by_label("Орындаушы", exact=True).select_option("free")
    expect(chips(clerk)).to_have_count(2)
    expect(clerk.row(late[1].number)).to_be_visible()
    for hidden in (late[0], fresh):
        expect(clerk.row(hidden.number)).to_have_count(0)
    asked = parse_qs(urlsplit(page.url).query)
    assert (asked["due"], asked["who"]) == (["overdue"], ["free"])

    chips(clerk).filter(has_text="Орындаушы").click()

    expect(clerk.row(late[0].number)).to_be_visible()
    expect(chips(clerk)).to_have_count(1)
    page.go_back()
    expect(chips(clerk)).to_have_count(2)
    clerk.link("Барлық сүзгіні алып тастау").click()
    expect(clerk.row(fresh.number)).to_be_visible()


def test_an_address_that_a_colleague_sends_shows_the_same(clerk, late, enter):
    clerk.page.get_by_label("Орындаушы", exact=True).select_option("aigul")
    expect(chips(clerk)).to_have_text(re.compile("Айгүл Серікқызы"))
    colleague = enter("marat")

    colleague.open(clerk.page.url)

    expect(colleague.row(late[0].number)).to_be_visible()
    expect(colleague.row(late[1].number)).to_have_count(0)


def test_the_search_variables_of_a_procedure_are_asked_for(clerk, late, fresh):
    page = clerk.page
    page.get_by_text("Қосымша сүзгілер").click()
    expect(page.get_by_label("Баланың аты-жөні")).to_have_count(0)
    page.get_by_label("Рәсім", exact=True).select_option("first_grade_admission")

    page.get_by_label("Баланың аты-жөні").fill(fresh.child)
    clerk.button("Көрсету").click()

    expect(clerk.row(fresh.number)).to_be_visible()
    expect(clerk.row(late[1].number)).to_have_count(0)
    page.get_by_label("Баланың аты-жөні").fill("Ешкім")
    clerk.button("Көрсету").click()
    expect(page.get_by_text("Ештеңе табылмады")).to_be_visible()


def test_the_headings_order_the_list_and_say_so(clerk, late, fresh):
    heading = clerk.page.get_by_role("columnheader", name="Кімге қатысты")
    expect(heading).not_to_have_attribute("aria-sort", re.compile("."))
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    rising = clerk.page.locator("[data-row]").all_inner_texts()

    heading.get_by_role("link").click()

    expect(heading).to_have_attribute("aria-sort", "descending")
    falling = clerk.page.locator("[data-row]").all_inner_texts()
    assert rising[0] != falling[0]  # of a list that may be longer than a page


def test_a_saved_filter_counts_is_renamed_moved_and_deleted(clerk, late):
    page = clerk.page
    clerk.open("/tasks?view=groups&due=overdue&who=free")
    keep_as(clerk, "Мерзімі өткен бос тапсырмалар")
    side = page.get_by_role("navigation", name="Қандай тапсырмалар")
    link = side.get_by_role("link", name=re.compile("Мерзімі өткен бос"))
    expect(link).to_have_attribute("aria-current", "page")
    expect(link).to_contain_text(str(rows(clerk).count()))
    clerk.open("/tasks?view=groups&q=A-2027")
    keep_as(clerk, "Биылғылар")
    link.click()
    expect(clerk.row(late[1].number)).to_be_visible()

    clerk.open("/tasks/filters")
    second = page.get_by_role("row").filter(has_text="Биылғылар")
    second.get_by_role("button", name=re.compile("Жоғары")).click()
    names = page.locator(".r-kept tbody tr").all_inner_texts()
    places = [
        next(place for place, name in enumerate(names) if part in name)
        for part in ("Биылғылар", "Мерзімі өткен бос")
    ]
    assert places == sorted(places)
    second.get_by_text("Атын өзгерту").click()
    second.get_by_label(NAME).fill("Осы жылғылар")
    second.get_by_role("button", name="Сақтау", exact=True).click()
    expect(clerk.link("Осы жылғылар")).to_be_visible()
    keep(page, "filters-saved")
    assert barriers(page) == []

    for name in ("Осы жылғылар", "Мерзімі өткен бос тапсырмалар"):
        clerk.link(f"Жою {name}").click()
        expect(clerk.heading(f"«{name}» сүзгісін жою керек пе?")).to_be_visible()
        clerk.button("Жою").click()
        expect(clerk.link(f"Жою {name}")).to_have_count(0)


def test_a_name_that_is_there_already_is_refused_in_words(clerk):
    for _ in range(2):
        clerk.open("/tasks?view=all&due=today")
        keep_as(clerk, "Бүгінгілер")

    expect(clerk.page.get_by_role("alert")).to_contain_text("мұндай атаулы сүзгі бар")
    clerk.link("Жою Бүгінгілер").click()
    clerk.button("Жою").click()


def test_a_shared_filter_is_had_by_the_office_with_the_name_of_who_shares(
    service, clerk, enter
):
    clerk.open("/tasks?view=all&due=overdue")
    keep_as(clerk, "Кешіккендер")
    clerk.open("/tasks/filters")
    shared = clerk.page.get_by_role("row").filter(has_text="Кешіккендер")
    shared.get_by_role("combobox").select_option(service.population.schools[0].bin)
    shared.get_by_role("button", name=re.compile("^Сақтау ")).click()
    expect(clerk.page.get_by_role("status").first).to_contain_text("Сүзгі бөлісілді")

    colleague, stranger = enter("marat"), enter("bota")
    colleague.open("/tasks")
    stranger.open("/tasks")

    link = colleague.page.get_by_role("link", name=re.compile("Кешіккендер"))
    expect(link).to_contain_text("Айгүл Серікқызы")
    expect(stranger.page.get_by_text("Кешіккендер")).to_have_count(0)
    clerk.link("Жою Кешіккендер").click()
    clerk.button("Жою").click()
    colleague.open("/tasks")
    expect(colleague.page.get_by_text("Кешіккендер")).to_have_count(0)


def test_filters_work_without_scripts(late, fresh, enter):
    clerk = enter("aigul", java_script_enabled=False)
    clerk.open("/tasks")
    clerk.page.get_by_label("Орындаушы", exact=True).select_option("free")
    clerk.page.get_by_text("Қосымша сүзгілер").click()
    clerk.page.get_by_label("Рәсім", exact=True).select_option("first_grade_admission")

    clerk.button("Көрсету").click()

    expect(clerk.row(late[0].number)).to_have_count(0)
    expect(clerk.page.get_by_label("Баланың аты-жөні")).to_be_visible()
    expect(chips(clerk)).to_have_count(2)


def test_on_paper_the_list_has_exact_times_and_says_what_is_filtered(clerk, late):
    page = clerk.page
    clerk.open("/tasks?view=all&due=overdue")

    page.emulate_media(media="print")

    keep(page, "worklist-print")
    for control in ("form[role=search]", "[data-bulk]", ".r-desk__side", ".r-tick"):
        expect(page.locator(control).first).to_be_hidden()
    expect(page.get_by_text("Маған көрінетіннің бәрі; Мерзімі: ")).to_be_visible()
    moment = page.locator("[data-row] time").first
    shown = moment.evaluate("each => getComputedStyle(each, '::after').content")
    assert re.search(r"\d{4} ж\. \d+ \w+, \d\d:\d\d", shown)
    address = page.locator("[data-row] a").first
    shown = address.evaluate("each => getComputedStyle(each, '::after').content")
    assert "/tasks/" not in shown


def test_the_file_of_one_procedure_has_its_search_variables(clerk, late):
    clerk.open("/tasks?view=all&process=first_grade_admission&due=overdue")

    with clerk.page.expect_download() as download:
        clerk.link("Тізімді жүктеп алу (CSV)").click()

    text = download.value.path().read_text(encoding="utf-8-sig")
    told = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    line = next(each for each in told if each["Өтініш нөмірі"] == late[0].number)
    assert line["Баланың аты-жөні"] == late[0].child
    assert line["Орындаушы"] == "Айгүл Серікқызы"


@pytest.mark.parametrize("path", ["/tasks", "/tasks?view=all&due=today&q=x"])
def test_on_a_phone_the_list_is_cards_without_barriers(late, fresh, enter, path):
    clerk = enter("aigul")
    clerk.page.set_viewport_size(PHONE)
    clerk.open(path)
    clerk.page.get_by_text("Іздеу және сүзгілер").click()

    keep(clerk.page, "worklist-phone" + ("-none" if "q=" in path else ""))
    assert barriers(clerk.page) == []
    assert sticks_out(clerk.page) == 0
