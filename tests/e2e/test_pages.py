"""Every page, on a desk and on a phone: no barrier by WCAG 2.2 AA, nothing sticks out.

RASIM_SCREENSHOTS names a folder that gets a picture of each.
"""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from integrations.people import Story
from tests.e2e import service as services
from tests.e2e.person import Person
from tests.e2e.screens import DESKTOP, PHONE, barriers, keep, sticks_out

SCREENS = {"desktop": DESKTOP, "phone": PHONE}


@dataclass(frozen=True)
class Scene:
    """Applications in every state that a page can show."""

    free: services.Application
    taken: services.Application
    decided: services.Application
    enrolled: services.Application
    late: services.Application
    broken: services.Application


@pytest.fixture(scope="module")
def scene(service, family):
    late = service.file_application(family(Story.GENERAL))
    service.task_of(late)
    service.move_clock(advance="P7D")  # past any holidays
    enrolled = service.file_application(family(Story.OWN_CLASS))
    free, taken, decided = (
        service.file_application(family(story))
        for story in (Story.OUTSIDE_AREA, Story.OTHER_APPLICATION, Story.NOT_RELATED)
    )
    service.call("POST", f"/tasks/{service.task_of(taken)}/claim", by="aigul")
    refusal = {
        "decision": {
            "accepted": False,
            "reason": "other_by_law",
            "note": "Сот шешімі бар.",
        }
    }
    service.call(
        "POST",
        f"/tasks/{service.task_of(decided)}/complete",
        {"variables": refusal},
        by="aigul",
    )
    service.task_of(free)
    broken = break_down(service, family(Story.APPLICANT_DEAD))
    services.wait_until(lambda: service.has_passed(enrolled, "tell_accepted"))
    services.wait_until(lambda: service.case(decided)["state"] == "completed")
    return Scene(free, taken, decided, enrolled, late, broken)


def break_down(service, family):
    """A case that a system's refusal has stopped."""
    service.simulate("POST", "faults", json={"system": "health", "mode": "reject"})
    try:
        broken = service.file_application(family)
        services.wait_until(lambda: service.case(broken)["incidents"])
    finally:
        service.simulate("DELETE", "faults")
    return broken


@pytest.fixture(scope="module", params=SCREENS)
def screen(request):
    return request.param


@pytest.fixture(scope="module")
def people(browser, browser_context_args, scene, screen):
    """Signs people in once for all pages of one screen: None is nobody."""
    entered = {}

    def person(login):
        if login not in entered:
            arguments = {**browser_context_args, "viewport": SCREENS[screen]}
            entered[login] = Person(browser.new_context(**arguments).new_page())
            if login:
                entered[login].sign_in(login)
        return entered[login]

    yield person
    for each in entered.values():
        each.page.context.close()
    assert [fault for each in entered.values() for fault in each.faults] == []


@pytest.fixture
def see(people, screen):
    """Opens a page, looks at it, and gives it to the test."""

    def see(login, path, name, status=200):
        person = people(login)
        assert person.open(path) == status
        look(person.page, f"{name}-{screen}")
        return person

    return see


def look(page, name):
    for place in page.locator("[data-drawing]:visible").all():
        expect(place.locator(".r-drawing").first).to_be_visible()
    keep(page, name)
    assert barriers(page) == []
    assert sticks_out(page) == 0


def test_sign_in(see, screen):
    person = see(None, "/sign-in", "sign-in")

    person.button("Кіру").click()
    expect(person.page.get_by_role("alert")).to_be_visible()
    look(person.page, f"sign-in-refused-{screen}")


def test_worklist_in_bands(see, scene):
    person = see("aigul", "/tasks", "worklist")

    for application in (scene.late, scene.free):
        expect(person.row(application.number)).to_be_visible()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/tasks", "Орындайтын тапсырма жоқ"),
        ("/tasks?view=mine", "Сізде орындаудағы тапсырма жоқ"),
        ("/tasks?view=done", "Әзірге аяқталғаны жоқ"),
        ("/cases", "Әзірге іс жоқ"),
    ],
)
def test_an_empty_list_says_what_to_do(see, path, text):
    name = "empty-" + re.sub(r"\W+", "-", path).strip("-")
    expect(see("bota", path, name).page.get_by_text(text)).to_be_visible()


def test_no_deadline_is_an_empty_page_too(see):
    page = see("serik", "/late", "empty-late").page

    expect(page.get_by_text("Мерзімі жақындаған немесе өткен іс жоқ")).to_be_visible()


def test_completed_tasks(see, scene):
    page = see("aigul", "/tasks?view=done", "worklist-done").page

    expect(page.get_by_text(scene.decided.number)).to_be_visible()


def test_a_free_task(see, service, scene):
    person = see("aigul", f"/tasks/{service.task_of(scene.free)}", "task-free")

    expect(person.button("Орындауға алу")).to_be_visible()


def test_a_task_of_ones_own_with_its_tabs(see, service, scene, screen):
    person = see("aigul", f"/tasks/{service.task_of(scene.taken)}", "task")

    # A phone shows all of it, one below the other.
    if screen == "phone":
        for part in ("Іс тарихы", "Сызба"):
            expect(person.page.get_by_role("heading", name=part)).to_be_visible()
        return
    for tab, name in (("Іс тарихы", "history"), ("Сызба", "diagram")):
        person.page.get_by_role("tab", name=tab).click()
        expect(person.page.get_by_role("tabpanel", name=tab)).to_be_visible()
        look(person.page, f"task-{name}-{screen}")


def test_a_task_whose_answers_need_mending(see, service, scene, screen):
    person = see("aigul", f"/tasks/{service.task_of(scene.taken)}", "task-again")

    person.page.get_by_label("Дәлелді бас тарту").check()
    expect(person.page.get_by_label("Бас тартудың негізі")).to_be_visible()
    person.button("Аяқтау").click()
    expect(person.page.get_by_role("alert")).to_be_visible()
    look(person.page, f"task-refused-{screen}")


def test_a_task_that_somebody_else_has(see, service, scene):
    page = see("marat", f"/tasks/{service.task_of(scene.taken)}", "task-taken").page

    expect(page.get_by_text("алған маман: Айгүл Серікқызы")).to_be_visible()


def test_a_completed_task(see, service, scene):
    path = f"/tasks?instance_id={scene.decided.case_id}&state=completed"
    [task] = service.call("GET", path)["items"]
    person = see("aigul", f"/tasks/{task['id']}", "task-done")

    expect(person.button("Аяқтау")).to_have_count(0)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("free", "Маманды күтуде"),
        ("decided", "дәлелді бас тарту"),
        ("enrolled", "Іс"),
        ("late", "күн кешікті"),
        ("broken", "Іс ақауға байланысты тоқтап тұр"),
    ],
)
def test_a_case_in_each_state(see, scene, state, text):
    case = getattr(scene, state)
    page = see("aigul", f"/cases/{case.case_id}", f"case-{state}").page

    expect(page.get_by_text(text).first).to_be_visible()


def test_cases(see, scene):
    page = see("aigul", "/cases", "cases").page

    expect(page.get_by_text(scene.enrolled.number)).to_be_visible()


def test_a_case_that_is_not_found(see):
    page = see("aigul", "/cases?q=A-0", "cases-none").page

    expect(page.get_by_text("Ештеңе табылмады")).to_be_visible()


def test_procedures(see):
    page = see("daniyar", "/procedures", "procedures").page

    procedures = page.get_by_role("table", name="Рәсімдер")
    expect(procedures).to_contain_text("Бірінші сыныпқа қабылдау")


def test_a_procedure_with_its_drawing_and_norms(see, screen):
    person = see("daniyar", "/procedures/first_grade_admission", "procedure")

    table = person.page.get_by_role("table", name="Қадамдар және олардың")
    table.get_by_role("link", name="4-тармақ, 1-абзац").first.click()
    dialog = person.page.get_by_role("dialog")
    expect(dialog).to_contain_text("мектепалды")
    look(person.page, f"norm-dialog-{screen}")
    person.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_what_is_late(see, scene):
    page = see("gulnar", "/late", "late").page

    expect(page.get_by_text(scene.late.number)).to_be_visible()


@pytest.mark.parametrize("norm", ["ADM-4.1", "BA-1.11"])
def test_a_norm(see, norm):
    page = see("aigul", f"/norms/{norm}", f"norm-{norm}").page

    expect(page.get_by_text(norm)).to_be_visible()


@pytest.mark.parametrize(
    ("login", "path", "status", "name"),
    [
        ("aigul", "/nowhere", 404, "error-no-page"),
        (None, "/nowhere", 404, "error-nobody"),
        ("aigul", "/cases/00000000-0000-4000-8000-000000000000", 404, "error-no-case"),
        ("aigul", "/late", 403, "error-not-allowed"),
    ],
)
def test_an_error_says_what_to_do_next(see, login, path, status, name):
    person = see(login, path, name, status)

    expect(person.link("Бастапқы бетке")).to_be_visible()
    expect(person.page.get_by_role("main")).not_to_contain_text("00000000-")


@pytest.mark.parametrize(
    ("login", "path", "shown"),
    [
        ("aigul", "/cases?cursor=x&state=active", "/cases?state=active"),
        ("aigul", "/tasks?cursor=x&sort=x", "/tasks"),
        ("gulnar", "/late?cursor=x", "/late"),
    ],
)
def test_a_broken_address_shows_the_first_page(people, login, path, shown):
    person = people(login)

    assert person.open(path) == 200
    expect(person.page).to_have_url(re.compile(re.escape(shown) + "$"))


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_a_fault_is_told_in_words(see, scene, language):
    told = {
        "kk": ("ақау", "Денсаулық сақтау жүйесі: сұрау салу қабылданбады."),
        "ru": ("сбой", "Система здравоохранения: в запросе отказано."),
    }
    path = f"/cases/{scene.broken.case_id}"
    page = see("aigul", f"{path}?lang={language}", f"case-fault-{language}").page
    state, sentence = told[language]

    expect(page.locator("#case-head .r-status")).to_have_text(state)
    expect(page.get_by_text(sentence)).to_have_count(2)  # history and incident
    expect(page.get_by_role("main")).not_to_contain_text("health")
    page.goto("/cases?lang=kk")


def test_a_fault_is_told_to_an_administrator_as_it_was_said(see, scene):
    page = see("askar", f"/cases/{scene.broken.case_id}", "case-fault-raw").page

    page.get_by_text("Техникалық мәліметтер").first.click()
    expect(page.get_by_text("health refused health.check").first).to_be_visible()


@pytest.mark.parametrize("path", ["/tasks", "/cases"])
def test_filters_are_folded_on_a_phone(see, screen, path):
    page = see("aigul", path, f"filters{path.replace('/', '-')}").page
    search = page.get_by_role("searchbox")

    if screen == "phone":
        expect(search).to_be_hidden()
        page.get_by_text("Іздеу және сүзгілер").click()
        look(page, f"filters-open{path.replace('/', '-')}-{screen}")
        select = page.locator(".r-filters select").first
        assert search.bounding_box()["width"] == select.bounding_box()["width"]
    expect(search).to_be_visible()


def test_the_pages_of_the_api(see):
    expect(see(None, "/api/v1/docs", "api").page.locator("h1")).to_be_visible()
