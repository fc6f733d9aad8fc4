"""Every component of a form as HTML: its element, label, hint, what is wrong."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from lxml import html
from werkzeug.datastructures import MultiDict

import forms
from server import forms_html, i18n, rendering
from tests import every_component as every
from workflows import feel
from workflows.ports import FixedClock

NOON = datetime(2026, 4, 6, 7, 0, tzinfo=UTC)
PAPER = forms.Document("d-1", "Куәлік.pdf", "application/pdf", 700_000)
Show = Callable[..., Any]


@pytest.fixture(scope="module")
def parser() -> Iterator[feel.Parser]:
    with feel.Parser() as opened:
        yield opened


@pytest.fixture(scope="module")
def evaluate(parser: feel.Parser) -> forms.Evaluate:
    environment = feel.Environment(clock=FixedClock(NOON))

    def run(text: str, context: Mapping[str, Any]) -> object:
        expression = feel.compile_tree(parser.parse(text), text)
        return expression.evaluate(context, environment)

    return run


@pytest.fixture
def app() -> Flask:
    made = Flask("server")
    i18n.init_app(made, lambda: None)
    rendering.init_app(made, FixedClock(NOON))
    return made


@pytest.fixture
def filling(evaluate: forms.Evaluate) -> Callable[..., forms_html.Filling]:
    """`filling(posted, errors=["name"])`: the form of every component at a moment."""
    form = forms.read(every.form(), "every.form.json")
    sources = forms.Sources(documents={PAPER.id: PAPER}.get)
    variables: Any = feel.from_plain(every.VARIABLES)

    def filling(
        posted: Mapping[str, Any] | None = None,
        *,
        errors: tuple[str, ...] = (),
        **more: Any,
    ) -> forms_html.Filling:
        return forms_html.Filling(
            form,
            variables,
            evaluate,
            None if posted is None else MultiDict(posted),
            {path: [forms.Problem("required")] for path in errors},
            sources,
            "/tasks/1/fields",
            address_of=lambda document_id: f"/documents/{document_id}",
            **more,
        )

    return filling


@pytest.fixture
def show(app: Flask, filling: Callable[..., forms_html.Filling]) -> Show:
    def show(posted: Any = None, *, lang: str = "kk", **more: Any) -> Any:
        with app.test_request_context(f"/?lang={lang}"):
            fields = forms_html.fields(filling(posted, **more))
        return html.fromstring(f"<form>{fields}</form>")

    return show


# Path of a question -> where its one input is, and how its label reads in Kazakh.
INPUTS = {
    "name": ("//input[@type='text']", "Аты-жөні"),
    "iin": ("//input[@inputmode='numeric'][@spellcheck='false']", "ЖСН"),
    "bin": ("//input[@inputmode='numeric']", "БСН (қажет болса)"),
    "phone": ("//input[@type='tel']", "Ұялы телефон (қажет болса)"),
    "email": ("//input[@type='email']", "Электрондық пошта (қажет болса)"),
    "income": ("//input[@inputmode='decimal']", "Отбасының табысы, ₸"),
    "note": ("//textarea", "Түсініктеме"),
    "district": ("//select", "Аудан"),
    "teacher": ("//select", "Мұғалім (қажет болса)"),
    "call_at": ("//input[@type='text']", "Қоңырау уақыты"),
    "agreed": ("//input[@type='checkbox']", "Келісемін"),
    "children[0].first_name": ("//input[@type='text']", "Баланың аты"),
    "address.street": ("//input[@type='text']", "Көше"),
}
# Path of a question -> names of its inputs under a common legend, and the legend.
FIELDSETS = {
    "language": (["language", "language"], "Оқыту тілі"),
    "circles": (["circles"] * 3, "Үйірмелер"),
    "near": (["near"] * 20, "Жақын аудандар"),
    "born": (["born-day", "born-month", "born-year"], "Туған күні"),
    "visit": (
        ["visit-day", "visit-month", "visit-year", "visit-time"],
        "Келу күні мен уақыты",
    ),
    "papers": (["papers-upload"], "Құжаттар"),
}
REQUIRED = ["name", "iin", "income", "note", "language", "district", "circles", "near"]
REQUIRED += ["born", "call_at", "visit", "papers", "children[0].first_name"]
REQUIRED += ["address.street"]


@pytest.mark.parametrize("path", INPUTS)
def test_a_question_is_an_input_with_its_label(show: Show, path: str) -> None:
    where, label = INPUTS[path]

    page = show()

    (found,) = page.xpath(f"{where}[@name='{path}']")
    (told,) = page.xpath(f"//label[@for='{found.get('id')}']")
    assert said(told) == label


@pytest.mark.parametrize("path", FIELDSETS)
def test_a_question_of_several_inputs_is_a_fieldset(show: Show, path: str) -> None:
    names, legend = FIELDSETS[path]

    fieldset = legend_of(show(), legend).getparent()

    inputs = fieldset.xpath(".//input[not(@type='hidden')]")
    assert [each.get("name") for each in inputs] == names
    for each in inputs:
        assert fieldset.xpath(f".//label[@for='{each.get('id')}']")


@pytest.mark.parametrize("path", [*INPUTS, *FIELDSETS])
def test_what_is_wrong_stands_at_its_question_and_is_read_with_it(
    show: Show, path: str
) -> None:
    page = show({"children[0]": "1"}, errors=(path,))

    (message,) = page.xpath("//p[contains(@class, 'govuk-error-message')]")
    assert said(message) == "Қате: Осы сұраққа жауап беріңіз"
    told = f"contains(concat(' ', @aria-describedby, ' '), ' {message.get('id')} ')"
    described = page.xpath(f"//*[{told}]")
    assert described
    group = message.xpath("ancestor::div[contains(@class, 'govuk-form-group--error')]")
    assert group[-1].xpath(f".//*[@name='{path}' or starts-with(@name, '{path}-')]")


@pytest.mark.parametrize("path", REQUIRED)
def test_the_summary_leads_to_the_first_input(
    app: Flask, filling: Callable[..., forms_html.Filling], path: str
) -> None:
    told = filling({"children[0]": "1"}, errors=(path,))

    with app.test_request_context("/"):
        (listed,) = forms_html.summary(told)
        page = html.fromstring(f"<form>{forms_html.fields(told)}</form>")

    (found,) = page.xpath(f"//*[@id='{listed['href'].removeprefix('#')}']")
    assert found.tag in ("input", "select", "textarea")
    assert re_path(found.get("name")) == path


def test_the_summary_is_in_the_order_of_the_page(
    app: Flask, filling: Callable[..., forms_html.Filling]
) -> None:
    wrong = ("address.street", "children[0].first_name", "name", "unknown")

    with app.test_request_context("/"):
        listed = forms_html.summary(filling({"children[0]": "1"}, errors=wrong))

    assert [each["href"] for each in listed] == [
        "#f-name",
        "#f-children-0-first_name",
        "#f-address-street",
        "#form",
    ]


@pytest.mark.parametrize(
    ("lang", "message"),
    [
        ("kk", "Қате: Осы сұраққа жауап беріңіз"),
        ("ru", "Ошибка: Ответьте на этот вопрос"),
        ("en", "Error: Answer this question"),
    ],
)
def test_what_is_wrong_is_told_in_the_readers_language(
    show: Show, lang: str, message: str
) -> None:
    page = show({"children[0]": "1"}, lang=lang, errors=tuple(REQUIRED))

    told = page.xpath("//p[contains(@class, 'govuk-error-message')]")
    assert [said(each) for each in told] == [message] * len(REQUIRED)


def test_what_was_typed_is_shown_again_as_it_was(show: Show) -> None:
    posted = {
        "name": "<b>Ә</b>",
        "income": "сто",
        "note": " екі\nжол ",
        "language": "kk",
        "district": "d7",
        "circles": ["chess", "robots"],
        "near": ["d1", "d20"],
        "born-day": "31",
        "born-month": "2",
        "born-year": "20",
        "call_at": "25:70",
        "visit-day": "1",
        "visit-month": "",
        "visit-year": "2026",
        "visit-time": "9.30",
        "agreed": "true",
        "children[0]": "1",
        "children[0].first_name": "Айша",
        "children[1]": "1",
        "children[1].first_name": "Ерлан",
        "children[1].is_twin": "true",
    }

    page = show(posted)

    kept = MultiDict(
        (each.get("name"), value_of(each))
        for each in page.xpath("//input | //select | //textarea")
        if each.get("type") not in ("checkbox", "radio") or "checked" in each.attrib
    )
    for name, value in MultiDict(posted).lists():
        assert kept.getlist(name) == value, name


def test_a_question_that_a_condition_hides_is_not_there(show: Show) -> None:
    assert not show({"language": "kk"}).xpath("//*[@name='why_russian']")
    assert show({"language": "ru"}).xpath("//input[@name='why_russian']")


def test_a_hint_is_read_with_its_input(show: Show) -> None:
    page = show()

    (hint,) = page.xpath("//*[@id='f-name-hint']")
    assert said(hint) == "Құжаттағыдай"
    (name,) = page.xpath("//input[@name='name']")
    assert name.get("aria-describedby") == "f-name-hint"


def test_a_time_says_how_it_is_written(show: Show) -> None:
    assert said(show().xpath("//*[@id='f-call_at-hint']")[0]) == "Мысалы, 14:30"


def test_many_answers_to_tick_stand_in_a_box_that_can_be_searched(show: Show) -> None:
    page = show()

    (box,) = page.xpath("//*[@data-tags]")
    assert len(box.xpath(".//input[@name='near']")) == len(every.DISTRICTS)
    assert not page.xpath("//*[@data-tags]//input[@name='circles']")


def test_only_a_long_text_counts_its_characters(show: Show) -> None:
    (counted,) = show().xpath("//*[@data-module='govuk-character-count']")

    assert counted.get("data-maxlength") == "50"
    assert (
        counted.get("data-i18n.characters-under-limit.other")
        == "Қалған таңба саны: %{count}"
    )


def test_options_come_from_variables(show: Show) -> None:
    options = show().xpath("//select[@name='teacher']/option")

    told = [(each.get("value"), each.text) for each in options]
    assert told[1:] == [("sapar", "Б. Сапарова"), ("ospan", "А. Оспанов")]


def test_an_answer_that_may_not_change_is_a_fact(show: Show) -> None:
    page = show()

    assert not page.xpath("//*[@name='address.town']")
    (fact,) = page.xpath("//dl[contains(@class, 'r-facts')]/div")
    assert [said(each) for each in fact] == ["Қала", "Талдықорған"]


def test_a_group_is_a_fieldset_with_its_legend(show: Show) -> None:
    fieldset = legend_of(show(), "Мекенжай").getparent()

    assert fieldset.xpath(".//input/@name") == ["address.street"]


def test_texts_pictures_lines_and_room(show: Show) -> None:
    page = show()

    assert "Бала: Әли Ерланұлы" in [said(each) for each in page.xpath("//p")]
    (picture,) = page.xpath("//img")
    assert (picture.get("alt"), picture.get("src")) == (
        "Мектептің жоспары",
        every.PICTURE,
    )
    assert len(page.xpath("//hr")) == 1
    assert page.xpath("//div[@class='r-space r-space--medium']")


def test_what_is_not_said_in_the_readers_language_is_marked_as_kazakh(
    show: Show,
) -> None:
    page = show(lang="ru")

    (text,) = page.xpath("//p[@lang='kk']")
    assert said(text) == "Бұл мәтін тек қазақша жазылған."
    assert page.xpath("//th/span[@lang='kk']/text()")[:2] == ["Пән", "Баға"]
    assert not show(lang="kk").xpath("//*[@lang]")


def test_a_table_shows_its_rows_as_given_and_folds_the_rest(show: Show) -> None:
    page = show()

    first, rest = page.xpath("//table[caption='Бағалар']")
    assert rows_of(first) == [["Математика", "5"], ["Қазақ тілі", "4"]]
    assert first.xpath(".//td/@data-label") == ["Пән", "Баға"] * 2
    assert rows_of(rest) == [["Музыка", "5"]]
    assert rest.getparent().tag == "details"


def test_a_table_without_rows_says_so(show: Show) -> None:
    assert "Бұл жерде әзірге мәлімет жоқ." in [
        said(each) for each in show().xpath("//p")
    ]


def test_a_list_has_items_with_a_button_for_each_change(show: Show) -> None:
    page = show({"children[0]": "1", "children[1]": "1"})

    (place,) = page.xpath("//*[@data-list]")
    legends = [said(each) for each in place.xpath(".//fieldset/legend")]
    assert legends == ["Балалар: № 1", "Балалар: № 2"]
    assert place.xpath(".//input[@type='hidden']/@name") == [
        "children[0]",
        "children[1]",
    ]
    told = [
        (each.get("name"), each.get("value"), said(each), each.get("formaction"))
        for each in place.xpath(".//button")
    ]
    again = "/tasks/1/fields"
    assert told == [
        ("remove", "children[0]", "Алып тастау: Балалар: № 1", again),
        ("remove", "children[1]", "Алып тастау: Балалар: № 2", again),
        ("add", "children", "Қосу: Балалар", again),
    ]


def test_a_list_stays_between_its_least_and_most(show: Show) -> None:
    alone = show({"children[0]": "1"})
    full = show({f"children[{n}]": "1" for n in range(3)})

    assert not alone.xpath("//button[@name='remove']")
    assert not full.xpath("//button[@name='add']")


def test_documents_are_listed_with_name_size_and_a_button_to_remove(show: Show) -> None:
    page = show({"papers": [PAPER.id], "children[0]": "1"})

    (item,) = page.xpath("//ul[@class='r-documents']/li")
    (link,) = item.xpath(".//a")
    assert (link.text, link.get("href")) == (PAPER.name, f"/documents/{PAPER.id}")
    assert said(item.xpath(".//small")[0]) == "684 КБ"
    assert item.xpath("./input[@type='hidden']/@value") == [PAPER.id]
    (button,) = item.xpath(".//button")
    assert (button.get("name"), button.get("value")) == ("drop", f"papers={PAPER.id}")
    (chooser,) = page.xpath("//input[@type='file']")
    assert (chooser.get("name"), chooser.get("accept")) == (
        "papers-upload",
        ".pdf,.png",
    )
    rules = said(page.xpath("//*[@id='f-papers-hint']")[0])
    assert rules == "PDF, PNG; ең көбі 1 МБ; ең көбі 3 файл."


def test_enter_in_an_input_completes_and_presses_no_other_button(show: Show) -> None:
    first = show().xpath("//button")[0]

    assert (first.get("formaction"), first.get("name")) == (None, None)
    assert (first.get("tabindex"), first.get("aria-hidden")) == ("-1", "true")


def test_who_runs_no_scripts_is_shown_what_follows_by_a_button(show: Show) -> None:
    (button,) = show().xpath(
        "//*[contains(@class, 'r-without-script')]/button[@name='again']"
    )

    assert said(button) == "Келесі сұрақтарды көрсету"
    assert button.get("formaction") == "/tasks/1/fields"


def test_all_that_has_an_id_has_one_of_its_own(show: Show) -> None:
    ids = show({f"children[{n}]": "1" for n in range(3)}).xpath("//@id")

    assert sorted(ids) == sorted(set(ids))


# What a button of the form changes.


def test_an_added_item_is_where_the_reader_goes_on(
    app: Flask, filling: Callable[..., forms_html.Filling], show: Show
) -> None:
    typed = MultiDict(
        {"children[0]": "1", "children[0].first_name": "Айша", "add": "children"}
    )

    changed = forms_html.changed(filling().form, typed)
    page = show(changed.posted, focus=changed.focus, done=changed.done)

    assert page.xpath("//*[@autofocus]/@name") == ["children[1].first_name"]
    assert page.xpath("//input[@name='children[0].first_name']/@value") == ["Айша"]
    (told,) = page.xpath("//*[@data-say]")
    assert said(told) == "Жазба қосылды. Қазір жазбалар саны: 2"


def test_removing_an_item_keeps_what_is_typed_in_the_others(
    filling: Callable[..., forms_html.Filling], show: Show
) -> None:
    names = ("Айша", "Ерлан", "Дана")
    typed: MultiDict[str, str] = MultiDict({"remove": "children[1]"})
    for n, name in enumerate(names):
        typed[f"children[{n}]"] = "1"
        typed[f"children[{n}].first_name"] = name

    changed = forms_html.changed(filling().form, typed)
    page = show(changed.posted, focus=changed.focus, done=changed.done)

    kept = page.xpath("//input[contains(@name, 'first_name')]")
    assert [(each.get("name"), each.get("value")) for each in kept] == [
        ("children[0].first_name", "Айша"),
        ("children[1].first_name", "Дана"),
    ]
    assert page.xpath("//*[@autofocus]/@id") == ["f-children"]
    assert said(page.xpath("//*[@data-say]")[0]).startswith("Жазба алып тасталды.")


def test_a_document_that_is_removed_is_no_answer_any_more(
    filling: Callable[..., forms_html.Filling], show: Show
) -> None:
    typed: MultiDict[str, str] = MultiDict(
        [("papers", PAPER.id), ("papers", "d-2"), ("drop", f"papers={PAPER.id}")]
    )

    changed = forms_html.changed(filling().form, typed)

    assert changed.posted.getlist("papers") == ["d-2"]
    page = show(changed.posted, focus=changed.focus, done=changed.done)
    assert said(page.xpath("//*[@data-say]")[0]) == "Құжат алып тасталды."


def said(element: Any) -> str:
    """The text of an element with all in it, as one reads it."""
    return " ".join(element.text_content().split())


def legend_of(page: Any, text: str) -> Any:
    (found,) = [each for each in page.xpath("//legend") if said(each) == text]
    return found


def rows_of(table: Any) -> list[list[str]]:
    return [[said(cell) for cell in row] for row in table.xpath("./tbody/tr")]


def re_path(name: str) -> str:
    """The question that an input belongs to: `born` of `born-day`."""
    return name.partition("-")[0]


def value_of(control: Any) -> str:
    if control.tag == "select":
        chosen = control.xpath("./option[@selected]/@value")
        return str(chosen[0]) if chosen else ""
    if control.tag == "textarea":
        return str(control.text or "").removeprefix("\n")
    return str(control.get("value") or "")
