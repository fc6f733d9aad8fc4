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
KAZAKH = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"
RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
OTHER_SIGNS = "₸№«»—…0123456789"
# Words that no reader in that language should meet.
FOREIGN = {"ru": re.compile("[әғқңөұүһі]", re.I), "en": re.compile("[а-яё]", re.I)}


@pytest.fixture(scope="module")
def application(service, family):
    application = service.file_application(family(Story.OUTSIDE_AREA))
    service.task_of(application)
    return application


def switch(person, language):
    languages = person.page.locator(".r-languages")
    languages.locator(f"[lang={language}]").click()


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


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_switch_of_language_keeps_what_was_typed_in_a_task(
    service, application, enter, scripts
):
    clerk = enter("aigul", java_script_enabled=scripts)
    page = clerk.page
    clerk.open(f"/tasks/{service.task_of(application)}?lang=kk")
    note = page.locator("textarea[name='decision.note']")
    note.fill("Құжаттар жоқ")
    page.get_by_label("Дәлелді бас тарту").check()

    switch(clerk, "ru")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(note).to_have_value("Құжаттар жоқ")
    switch(clerk, "kk")

    expect(clerk.heading(DECIDE["kk"])).to_be_visible()
    expect(note).to_have_value("Құжаттар жоқ")
    expect(page.get_by_label("Дәлелді бас тарту")).to_be_checked()


def test_a_switch_of_language_keeps_what_was_typed_in_any_form(enter):
    clerk = enter("aigul")
    clerk.open("/cases?lang=kk")
    search = clerk.page.get_by_role("searchbox")
    search.fill("A-2027")

    switch(clerk, "ru")

    expect(clerk.page.locator("html")).to_have_attribute("lang", "ru")
    expect(search).to_have_value("A-2027")
    assert "q=" not in clerk.page.url  # it was typed, and not sent yet
    clerk.open("/cases")
    expect(search).to_have_value("")  # nothing of it is left in the tab


def test_the_page_of_a_refused_form_has_its_language_too(enter):
    somebody = enter()
    somebody.open("/sign-in?lang=kk")
    somebody.page.get_by_label("Құпиясөз").fill("мүлде басқа сөз")
    somebody.button("Кіру").click()
    expect(somebody.page.get_by_role("alert")).to_be_visible()

    switch(somebody, "ru")

    expect(somebody.page.locator("html")).to_have_attribute("lang", "ru")
    expect(somebody.page.get_by_label("Пароль")).to_have_value("")


def test_every_letter_is_from_our_font(enter):
    """A letter that the font lacks is as wide as that of whatever stands in for it."""
    somebody = enter()
    somebody.open("/sign-in")

    missing = somebody.page.evaluate(
        """async (letters) => {
          const ours = "'Golos Text Variable'";
          await document.fonts.load(`400 100px ${ours}`, letters);
          const pen = document.createElement("canvas").getContext("2d");
          const width = (font, letter) => {
            pen.font = `400 100px ${font}`;
            return pen.measureText(letter).width;
          };
          return [...letters].filter((letter) =>
            width(`${ours}, monospace`, letter) !== width(`${ours}, serif`, letter));
        }""",
        KAZAKH + RUSSIAN + OTHER_SIGNS,
    )

    assert missing == []


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
