"""Kazakh first, Russian and English a click away, on the same page."""

import re

import pytest
from playwright.sync_api import expect

from integrations.people import Story

LETTERS = {"kk": "ҚАЗ", "ru": "РУС", "en": "ENG"}
DECIDE = {
    "kk": "Қабылдау туралы шешім шығару",
    "ru": "Принять решение о приёме",
    "en": "Decide on the admission",
}
# Of a child, of an order, of a form, of a sub-item: the same in every language.
NAMES = re.compile(r"\w+ \w+ \w+(ұлы|қызы)|№ \d+[-/]НҚ|052-2/у|065/у|б\)")
# What other tests have released by now, which has names in one language only.
OTHERS = re.compile(
    r"\w+ рәсімі|Жолға шығу|Тамақтану|Сынақ|Құрамдас шешім|Қарау"
    r"|Қабылдау тәсілін анықтау"
)
# Words that no reader in that language should meet.
FOREIGN = {"ru": re.compile("[әғқңөұүһі]", re.I), "en": re.compile("[а-яё]", re.I)}


@pytest.fixture(scope="module")
def application(service, family):
    application = service.file_application(family(Story.OUTSIDE_AREA))
    service.task_of(application)
    return application


def switch(person, language):
    person.page.get_by_role("link", name=re.compile(f"^{LETTERS[language]}")).click()


def test_a_switch_of_language_keeps_the_page(service, application, enter):
    clerk = enter("aigul")
    task = service.task_of(application)
    clerk.open(f"/tasks/{task}")

    for language in ("ru", "en", "kk"):
        switch(clerk, language)

        expect(clerk.page.locator("html")).to_have_attribute("lang", language)
        expect(clerk.heading(DECIDE[language])).to_be_visible()
        assert f"/tasks/{task}" in clerk.page.url


def test_a_switch_of_language_keeps_the_filter_and_lasts(enter):
    clerk = enter("aigul")
    clerk.open("/cases?state=completed&q=A-1")

    switch(clerk, "ru")

    expect(clerk.page.get_by_label("Состояние")).to_have_value("completed")
    expect(clerk.page.get_by_role("searchbox")).to_have_value("A-1")
    clerk.open("/procedures")
    expect(clerk.heading("Процедуры")).to_be_visible()
    table = clerk.page.get_by_role("table", name="Процедуры")
    expect(table).to_contain_text("Приём в первый класс")


def test_the_diagram_speaks_the_readers_language(application, enter):
    clerk = enter("aigul")
    clerk.open(f"/cases/{application.case_id}?lang=ru")

    decide = clerk.page.locator("[data-element-id=decide] text")
    expect(decide.first).to_contain_text("решение")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_nothing_is_left_in_another_language(service, application, enter, language):
    people = {"clerk": enter("aigul"), "supervisor": enter("gulnar")}
    pages = {
        "/tasks": "clerk",
        f"/tasks/{service.task_of(application)}": "clerk",
        f"/cases/{application.case_id}": "clerk",
        "/cases": "clerk",
        "/procedures": "clerk",
        "/procedures/first_grade_admission": "clerk",
        "/late": "supervisor",
        "/nowhere": "clerk",
    }
    found = []
    for path, who in pages.items():
        people[who].open(f"{path}?lang={language}")
        read = texts(people[who].page)
        found += [text for text in read if FOREIGN[language].search(text)]

    assert found == []


def texts(page):
    """What is read on a page, without what is a name or a number in any language.

    Data stand in <dd> and in what names its language; a subject and an act's number
    are part of a sentence, and taken out of it.
    """
    read = page.evaluate("""() => {
      const walker = document.createTreeWalker(
        document.querySelector("main"), NodeFilter.SHOW_TEXT);
      const found = [];
      while (walker.nextNode()) {
        const told = walker.currentNode;
        const isData = told.parentElement.closest("dd, noscript, script, main [lang]");
        if (!isData) found.push(told.data.trim());
      }
      return found;
    }""")
    return [OTHERS.sub("", NAMES.sub("", text)) for text in read]
