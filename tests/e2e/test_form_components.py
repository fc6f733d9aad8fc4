"""One page with every component of a form: without scripts and with them."""

import json
import re

import pytest
from playwright.sync_api import expect

from forms.numbers import check_digit
from tests import every_component as every
from tests.drawn import ask, line
from tests.e2e import service as services
from tests.e2e.screens import DESKTOP, PHONE, barriers, keep, sticks_out

pytestmark = pytest.mark.usefixtures("nothing_left")

SCREENS = {"desktop": DESKTOP, "phone": PHONE}
KEY = "every"
COMPLETE = {"kk": "Аяқтау", "ru": "Завершить", "en": "Complete"}
TO_MEND = {
    "kk": ("Осы сұраққа жауап беріңіз", "Жалғастыру үшін белгі қойыңыз"),
    "ru": ("Ответьте на этот вопрос", "Поставьте отметку, чтобы продолжить"),
    "en": ("Answer this question", "Tick this box to go on"),
}
FOLLOWS = "Келесі сұрақтарды көрсету"
# The first inputs of what must be answered, in the order of the page.
IIN = f"15031750012{check_digit('15031750012')}"
OWED = ["f-name", "f-iin", "f-income", "f-note", "f-agreed", "f-language", "f-district"]
OWED += ["f-circles", "f-near", "f-born-day", "f-call_at", "f-visit-day", "f-papers"]
OWED += ["f-children-0-first_name", "f-address-street"]
ANSWERS = {
    "iin": IIN,
    "income": "250 000,5",
    "note": "Жоқ",
    "agreed": True,
    "circles": ["chess", "dance"],
    "near": ["d1", "d20"],
    "born-day": "31",
    "born-month": "5",
    "born-year": "2019",
    "call_at": "9:30",
    "visit-day": "5",
    "visit-month": "4",
    "visit-year": "2027",
    "visit-time": "14.30",
    "address.street": "Тәуелсіздік",
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(scope="module")
def procedure(service):
    files = {
        f"{KEY}.bpmn": line(KEY, ask("all", every.FORM_ID, "Барлық сұрақтар")),
        f"{every.FORM_ID}.form.json": every.form(),
    }
    service.release(files)
    return KEY


@pytest.fixture
def case(service, procedure):
    office = service.population.schools[0].bin
    body = {"process_key": procedure, "office": office, "business_key": "E-1"}
    return service.call("POST", "/instances", body | {"variables": every.VARIABLES})


@pytest.fixture
def path(service, case):
    """Of the page of a task that asks everything."""
    tasks = f"/tasks?instance_id={case['id']}"
    found = services.wait_until(lambda: service.call("GET", tasks)["items"])
    return f"/tasks/{found[0]['id']}"


@pytest.fixture(params=SCREENS)
def screen(request):
    return request.param


def look(page, name):
    keep(page, name)
    assert barriers(page) == []
    assert sticks_out(page) == 0


def links(page):
    """Where the summary of what is to be mended leads, in its order."""
    told = page.locator(".govuk-error-summary__list a").all()
    return [each.get_attribute("href").lstrip("#") for each in told]


def errors(page):
    told = page.locator(".govuk-error-message").all_inner_texts()
    return [each.split(":", 1)[1].strip() for each in told]


def fill(page, **answers):
    """Type into inputs by name; a list ticks each of its values, True the one there."""
    for name, told in answers.items():
        place = page.locator(f'[name="{name}"]')
        if told is True:
            place.check()
        elif isinstance(told, list):
            for each in told:
                page.locator(f'[name="{name}"][value="{each}"]').check()
        else:
            place.fill(told)


@pytest.mark.parametrize("language", COMPLETE)
def test_all_that_is_owed_is_told_without_scripts(enter, path, language):
    clerk = enter("aigul", java_script_enabled=False)
    page = clerk.page

    clerk.open(f"{path}?lang={language}")
    clerk.button(COMPLETE[language]).click()

    assert links(page) == OWED
    answer, tick = TO_MEND[language]
    assert errors(page) == [tick if p == "f-agreed" else answer for p in OWED]
    for place in OWED:
        expect(page.locator(f"#{place}")).to_have_count(1)


@pytest.mark.parametrize("language", COMPLETE)
def test_no_barrier_and_nothing_sticks_out(enter, path, screen, language):
    clerk = enter("aigul")
    page = clerk.page
    page.set_viewport_size(SCREENS[screen])

    clerk.open(f"{path}?lang={language}")
    look(page, f"form-{language}-{screen}")
    clerk.button(COMPLETE[language]).click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    look(page, f"form-wrong-{language}-{screen}")


def test_everything_is_answered_without_scripts(enter, service, case, path):
    clerk = enter("aigul", java_script_enabled=False)
    page = clerk.page
    clerk.open(path)
    page.locator("#f-language-2").check()
    fill(page, **{"name": "Әлия", "children[0].first_name": "Айша"})

    clerk.button(FOLLOWS).click()
    fill(page, why_russian="Үйде орысша сөйлейміз")
    page.get_by_role("button", name="Қосу Балалар").click()
    expect(page.locator('[name="children[1].first_name"]')).to_be_focused()
    expect(page.locator('[name="children[0].first_name"]')).to_have_value("Айша")
    fill(page, **{"children[1].first_name": "Ерлан", "children[1].is_twin": True})
    page.get_by_role("button", name="Қосу Балалар").click()
    fill(page, **{"children[2].first_name": "Дана"})
    page.get_by_role("button", name="Алып тастау Балалар: № 2").click()
    expect(page.locator('[name="children[1].first_name"]')).to_have_value("Дана")
    expect(page.locator('[name="why_russian"]')).to_have_value("Үйде орысша сөйлейміз")

    chooser = page.locator('[name="papers-upload"]')
    chooser.set_input_files({"name": "а.pdf", "mimeType": "text/x", "buffer": PDF})
    page.get_by_role("button", name="Файлды қосу").click()
    expect(page.locator(".r-documents").first).to_contain_text("а.pdf")
    fill(page, **ANSWERS)
    page.locator('[name="district"]').select_option("d7")
    # The last file goes with the answers themselves.
    chooser.set_input_files({"name": "ә.pdf", "mimeType": "text/x", "buffer": PDF})
    clerk.button(COMPLETE["kk"]).click()

    page.wait_for_url(re.compile("/cases/"))
    told = service.call("GET", f"/instances/{case['id']}")["variables"]
    assert told["why_russian"] == "Үйде орысша сөйлейміз"
    assert [each["first_name"] for each in told["children"]] == ["Айша", "Дана"]
    assert told["number_of_children"] == 2
    assert [each["name"] for each in told["papers"]] == ["а.pdf", "ә.pdf"]
    assert (told["circles"], told["near"]) == (["chess", "dance"], ["d1", "d20"])
    assert (told["born"], told["call_at"]) == ("2019-05-31", "09:30:00")
    assert told["visit"] == "2027-04-05T14:30:00"
    assert (told["district"], told["agreed"]) == ("d7", True)


def test_what_is_wrong_is_told_at_each_question_and_nothing_typed_is_lost(enter, path):
    clerk = enter("aigul", java_script_enabled=False)
    page = clerk.page
    clerk.open(path)
    typed = {
        "name": "Ә",
        "iin": "123",
        "bin": "5",
        "phone": "911",
        "email": "пошта",
        "income": "көп",
        "note": "ұ" * 51,
        "born-day": "31",
        "born-month": "2",
        "born-year": "2019",
        "call_at": "25:00",
        "visit-day": "1",
        "visit-time": "таңертең",
    }
    page.locator("#f-language-2").check()
    fill(page, **typed)
    clerk.button(COMPLETE["kk"]).click()

    for name, text in typed.items():
        expect(page.locator(f'[name="{name}"]')).to_have_value(text)
        question = name.split("-")[0]
        expect(page.locator(f"#f-{question}-error")).to_be_visible()
    # A question that its condition shows only now is owed, and is there to be answered.
    assert "f-why_russian" in links(page)
    expect(page.locator("#f-why_russian")).to_be_visible()


def test_a_list_grows_and_shrinks_in_place(enter, path, screen):
    clerk = enter("aigul")
    page = clerk.page
    page.set_viewport_size(SCREENS[screen])
    clerk.open(path)
    fill(page, **{"name": "Әлия", "children[0].first_name": "Айша"})

    page.get_by_role("button", name="Қосу Балалар").click()
    added = page.locator('[name="children[1].first_name"]')
    expect(added).to_be_focused()
    said = page.locator("body > [role=status]")
    expect(said).to_have_text("Жазба қосылды. Қазір жазбалар саны: 2")
    added.fill("Ерлан")
    look(page, f"form-list-{screen}")
    page.get_by_role("button", name="Алып тастау Балалар: № 1").click()

    expect(page.locator('[name="children[0].first_name"]')).to_have_value("Ерлан")
    expect(page.locator("#f-children")).to_be_focused()
    expect(said).to_contain_text("Жазба алып тасталды.")
    expect(page.locator('[name="name"]')).to_have_value("Әлия")


def test_a_file_is_added_as_soon_as_it_is_chosen(enter, path, screen):
    clerk = enter("aigul")
    page = clerk.page
    page.set_viewport_size(SCREENS[screen])
    clerk.open(path)
    fill(page, name="Әлия")
    chooser = page.locator('[name="papers-upload"]')

    chooser.set_input_files({"name": "а.pdf", "mimeType": "text/x", "buffer": PDF})
    documents = page.locator("#fields .r-documents")
    expect(documents).to_contain_text("а.pdf")
    look(page, f"form-documents-{screen}")
    chooser.set_input_files({"name": "бос.pdf", "mimeType": "text/x", "buffer": b""})
    expect(page.locator("#f-papers-error")).to_be_visible()
    page.get_by_role("button", name="Алып тастау а.pdf").click()

    expect(documents).to_have_count(0)
    expect(page.locator('[name="name"]')).to_have_value("Әлия")


def test_many_answers_are_searched(enter, path):
    clerk = enter("aigul")
    page = clerk.page
    clerk.open(path)
    box = page.locator("[data-tags]")

    box.get_by_label("20-аудан").check()
    box.get_by_role("searchbox").fill("7-ау")

    expect(box.locator(".govuk-checkboxes__item:visible")).to_have_count(2)
    expect(box.get_by_role("status")).to_have_text("Табылғаны: 2 · Таңдалғаны: 1")
    box.get_by_role("searchbox").press("Enter")
    assert page.url.endswith(path)


def test_a_condition_shows_its_question_when_the_answer_is_given(enter, path):
    clerk = enter("aigul")
    page = clerk.page
    clerk.open(path)
    asked = page.locator('[name="why_russian"]')

    expect(page.get_by_role("button", name=FOLLOWS)).to_be_hidden()
    page.locator("#f-language-2").check()
    expect(asked).to_be_visible()
    page.locator("#f-language").check()
    expect(asked).to_have_count(0)


FOLLOWING = {
    "tick": ({"type": "checkbox"}, "=not(tick)", lambda place: place.check()),
    "line": ({"type": "textfield"}, "=line = null", lambda place: place.fill("Иә")),
    "lines": ({"type": "textarea"}, "=lines = null", lambda place: place.fill("Иә")),
    "number": ({"type": "number"}, "=number != 7", lambda place: place.fill("7")),
    "list": (
        {"type": "select", "values": [{"label": "Бір", "value": "one"}]},
        '=list != "one"',
        lambda place: place.select_option("one"),
    ),
    "one": (
        {"type": "radio", "values": [{"label": "Бір", "value": "one"}]},
        '=one != "one"',
        lambda place: place.first.check(),
    ),
}


@pytest.fixture(scope="module")
def following(service):
    """The path of a task where each answer shows the question that follows it."""
    components = []
    for key, (told, hide, _) in FOLLOWING.items():
        components.append({"id": key, "key": key, "label": key, **told})
        more = {"id": f"{key}_more", "key": f"{key}_more", "label": f"{key} more"}
        hidden = {"type": "textfield", "conditional": {"hide": hide}}
        components.append(more | hidden)
    told = {"id": "following.f", "type": "default", "components": components}
    service.release(
        {
            "following.bpmn": line("following", ask("all", "following.f", "Сұрақтар")),
            "f.form.json": json.dumps(told).encode(),
        }
    )
    office = service.population.schools[0].bin
    body = {"process_key": "following", "office": office, "variables": {}}
    case = service.call("POST", "/instances", body)
    tasks = f"/tasks?instance_id={case['id']}"
    found = services.wait_until(lambda: service.call("GET", tasks)["items"])
    return f"/tasks/{found[0]['id']}"


@pytest.mark.parametrize("key", FOLLOWING)
def test_an_answer_of_each_kind_shows_what_follows_it(enter, following, key):
    clerk = enter("aigul")
    page = clerk.page
    clerk.open(following)
    expect(page.locator(f"[name={key}_more]")).to_have_count(0)

    FOLLOWING[key][2](page.locator(f"[name={key}]"))
    page.keyboard.press("Tab")

    expect(page.locator(f"[name={key}_more]")).to_be_visible()
