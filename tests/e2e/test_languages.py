"""Kazakh first, Russian and English a click away, on the same page."""

import re

import pytest
from playwright.sync_api import expect

from integrations.people import Story
from tests.e2e import places

LETTERS = {"kk": "ҚАЗ", "ru": "РУС", "en": "ENG"}
DECIDE = {
    "kk": "Қабылдау туралы шешім шығару",
    "ru": "Принять решение о приёме",
    "en": "Decide on the admission",
}
# Of people, an order, a form, a sub-item, and what people have called their own: the
# same in every language.
NAMES = re.compile(
    r"(\w+ )?\w+ \w+(ұлы|қызы)|№ \d+[-/]НҚ|052-2/у|065/у|б\)|Бағдарлама"
    r"|ҚАЗ|Мерзімі өткендер|\w+\.(png|pdf)|\.(bpmn|dmn|form\.json)|procedure\.yaml"
)
# Where most is data: an example's decision in Kazakh, logins and codes of offices.
OF_DATA = {"designer.decision", "people.people", "people.person", "people.offices"}
KAZAKH = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"
RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
OTHER_SIGNS = "₸№«»—…0123456789"
# Words that no reader in that language should meet.
FOREIGN = {
    "kk": re.compile(r"\b[a-z]{3,}\b"),
    "ru": re.compile(r"[әғқңөұүһіӘҒҚҢӨҰҮҺІ]|\b[a-z]{3,}\b"),
    "en": re.compile("[а-яё]", re.I),
}
# What is read on pages of ours: data stand in <dd>, <code>, and in what names its
# language.
TEXTS = """async ([paths, language]) => {
  const isData = "dd, code, kbd, noscript, script, style, option, main [lang]" +
    ", textarea, .r-comment__text, [translate=no]";
  const read = async (path) => {
    const mark = path.includes("?") ? "&" : "?";
    const answer = await fetch(`${path}${mark}lang=${language}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.querySelector("main");
    const walker = page.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const told = walker.currentNode.data.trim();
      if (told && !walker.currentNode.parentElement.closest(isData)) {
        found.push([path, told]);
      }
    }
    return found;
  };
  return (await Promise.all(paths.map(read))).flat();
}"""


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


def test_a_thousand_that_is_left_to_type_is_no_fraction(service, application, enter):
    clerk = enter("aigul")
    task = service.task_of(application)
    for language, left in (("kk", "1\u00a0999"), ("ru", "1\u00a0999"), ("en", "1,999")):
        clerk.open(f"/tasks/{task}?lang={language}")

        clerk.page.locator("textarea[name='decision.note']").fill("Ә")

        told = clerk.page.locator(".govuk-character-count__status").first
        expect(told).to_contain_text(left)


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


@pytest.fixture(scope="module")
def untouched(service, family, addresses):
    """A scene in which no other test has written anything."""
    return {**addresses, **places.scene_of(service, family)}


@pytest.mark.parametrize("language", FOREIGN)
def test_nothing_is_left_in_another_language(
    service, short_lists, untouched, enter, language
):
    # What other tests have released by now has names in one language only.
    longest = sorted(service.names_of_tests(), key=len, reverse=True)
    others = re.compile("|".join(map(re.escape, longest)))
    found = []
    for login in {place.login for place in places.PLACES}:
        own = [one for one in places.PLACES if one.login == login]
        paths = [one.path for one in own if one.endpoint not in OF_DATA]
        if login == places.CLERK:
            paths += ["/nowhere", "/late"]
        asked = [path.format_map(untouched) for path in paths]
        somebody = enter(login)
        somebody.open(f"/sign-in?lang={language}")
        for path, told in somebody.page.evaluate(TEXTS, [asked, language]):
            plain = others.sub("", NAMES.sub("", told))
            if FOREIGN[language].search(plain):
                found.append(f"{path}: {told}")
        somebody.faults.clear()  # the two addresses that are refused on purpose

    assert found == []
