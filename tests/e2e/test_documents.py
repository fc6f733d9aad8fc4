"""Documents of a task in the browser: added, looked at, removed."""

import pytest
from playwright.sync_api import expect

from integrations.people import Story
from tests import document_files as files
from tests.e2e.screens import PHONE, barriers, keep, sticks_out

PDF = files.pdf("Anyqtama No 1", "The second page")
NAME = "Анықтама.pdf"


@pytest.fixture
def path(service, family):
    """The page of a task that waits for a clerk."""
    application = service.file_application(family(Story.OTHER_CLASS))
    return f"/tasks/{service.task_of(application)}"


def choose(person, content=PDF, name=NAME):
    given = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    person.page.get_by_label("Құжат қосу").set_input_files(given)
    person.button("Қосу").click()


def documents(person):
    return person.page.get_by_role("region", name="Құжаттар")


def test_a_document_is_added_looked_at_and_removed_beside_the_form(path, enter):
    clerk = enter("aigul")
    clerk.open(path)
    keep(clerk.page, "documents-empty")

    choose(clerk)
    expect(documents(clerk).get_by_role("status")).to_have_text("Құжат қосылды.")
    clerk.page.get_by_role("link", name=f"Қарау {NAME}").click()

    picture = clerk.page.get_by_role("img", name=f"{NAME}, 2 беттің 1-беті")
    expect(picture).to_be_visible()
    drawn = "(img) => img.decode().then(() => img.naturalWidth)"
    assert picture.evaluate(drawn) in (900, 901)
    assert clerk.page.url.endswith(path)
    assert barriers(clerk.page) == []
    keep(clerk.page, "documents-preview")

    clerk.link("Келесі бет").click()
    second = clerk.page.get_by_role("img", name=f"{NAME}, 2 беттің 2-беті")
    expect(second).to_be_visible()
    clerk.page.get_by_text("Беттің мәтіні").click()
    expect(clerk.page.get_by_text("The second page")).to_be_visible()
    clerk.link("Үлкейту").click()
    expect(clerk.page.locator(".r-preview__page--1")).to_be_visible()
    keep(clerk.page, "documents-preview-larger")

    clerk.button(f"Алып тастау {NAME}").click()
    expect(documents(clerk).get_by_text("Әзірге құжат жоқ.")).to_be_visible()


def test_what_is_no_document_is_refused_beside_the_list(path, enter):
    clerk = enter("aigul")
    clerk.open(path)

    choose(clerk, files.SVG, "drawing.svg")

    expect(documents(clerk).get_by_role("alert")).to_contain_text("Бұл – веб-бет")
    assert barriers(clerk.page) == []
    keep(clerk.page, "documents-refused")


def test_without_scripts_a_document_is_added_looked_at_and_removed(path, enter):
    clerk = enter("aigul", java_script_enabled=False)
    clerk.page.set_viewport_size(PHONE)
    clerk.open(path)

    choose(clerk)
    expect(clerk.page.get_by_text("Құжат қосылды.")).to_be_visible()
    with clerk.page.context.expect_page() as opened:
        clerk.page.get_by_role("link", name=f"Қарау {NAME}").click()
    look = opened.value
    expect(look.get_by_role("img", name=f"{NAME}, 2 беттің 1-беті")).to_be_visible()
    look.get_by_role("link", name="Келесі бет").click()
    expect(look.get_by_role("img", name=f"{NAME}, 2 беттің 2-беті")).to_be_visible()
    keep(look, "documents-preview-phone")
    look.close()

    keep(clerk.page, "documents-list-phone")
    choose(clerk, files.encrypted_pdf(), "locked.pdf")
    with clerk.page.context.expect_page() as opened:
        clerk.page.get_by_role("link", name="Қарау locked.pdf").click()
    expect(opened.value.get_by_text("құпиясөзбен қорғалған")).to_be_visible()
    keep(opened.value, "documents-locked")
    opened.value.close()
    choose(clerk, files.HTML, "page.html")
    expect(clerk.page.get_by_role("alert")).to_be_visible()
    keep(clerk.page, "documents-refused-phone")


def test_without_scripts_a_document_loses_nothing_that_is_typed(path, enter):
    clerk = enter("aigul", java_script_enabled=False)
    clerk.open(path)
    words = "Әлі жіберілмеген сөздер"
    note = clerk.page.locator("#task-form textarea").first
    note.fill(words)

    choose(clerk)

    expect(clerk.page.get_by_text("Құжат қосылды.")).to_be_visible()
    expect(note).to_have_value(words)
    clerk.button("Жобаны жою").click()


def test_the_documents_fit_on_a_telephone(path, enter):
    clerk = enter("aigul")
    clerk.page.set_viewport_size(PHONE)
    clerk.open(path)

    choose(clerk, name="Баланың туу туралы куәлігінің көшірмесі, нотариус растаған.pdf")
    expect(documents(clerk).get_by_role("status")).to_have_text("Құжат қосылды.")
    clerk.page.get_by_role("link", name="Қарау").click()
    expect(clerk.page.get_by_role("img")).to_be_visible()

    assert sticks_out(clerk.page) <= 0
    keep(clerk.page, "documents-phone")


def test_a_document_of_a_case_is_seen_by_its_office_alone(path, enter):
    clerk = enter("aigul")
    clerk.open(path)
    choose(clerk)
    link = clerk.page.get_by_role("link", name=f"Жүктеп алу {NAME}")
    address = link.get_attribute("href")
    with clerk.page.expect_download() as saved:
        link.click()
    assert saved.value.suggested_filename == NAME

    stranger = enter("bota")
    for end in ("", "/preview", "/page.webp?page=1"):
        assert stranger.page.request.get(f"{address}{end}").status == 404
