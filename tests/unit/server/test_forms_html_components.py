"""Every question of a form as HTML: its input, label, hint, and what is wrong."""

import pytest
from flask import Flask
from lxml import html
from werkzeug.datastructures import MultiDict

from server import forms_html
from tests.unit.server.forms_pages import Fill, Show, legend_of, re_path, said, value_of

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
    forms_app: Flask, filling: Fill, path: str
) -> None:
    told = filling({"children[0]": "1"}, errors=(path,))

    with forms_app.test_request_context("/"):
        (listed,) = forms_html.summary(told)
        page = html.fromstring(f"<form>{forms_html.fields(told)}</form>")

    (found,) = page.xpath(f"//*[@id='{listed['href'].removeprefix('#')}']")
    assert found.tag in ("input", "select", "textarea")
    assert re_path(found.get("name")) == path


def test_the_summary_is_in_the_order_of_the_page(
    forms_app: Flask, filling: Fill
) -> None:
    wrong = ("address.street", "children[0].first_name", "name", "unknown")

    with forms_app.test_request_context("/"):
        listed = forms_html.summary(filling({"children[0]": "1"}, errors=wrong))

    named = "Балалар: № 1, Баланың аты: Осы сұраққа жауап беріңіз"
    assert listed[1]["text"] == named
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
