"""A form as HTML: what is shown, in which language, and what comes back as typed."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from lxml import html

import forms
from server import forms_html, i18n, rendering
from workflows.ports import FixedClock

DECISION = Path("forms/first_grade_admission/decision.form.json")
ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 4, 6, 7, 0, tzinfo=UTC)


@pytest.fixture
def app() -> Flask:
    made = Flask("server")
    i18n.init_app(made, lambda: None)
    rendering.init_app(made, FixedClock(NOON))
    return made


@pytest.fixture
def kazakh(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


def test_a_question_is_hidden_until_its_condition_holds(kazakh: None) -> None:
    fresh = _page(decision())
    refused = _page(decision(posted={"decision.accepted": "false"}))

    assert not fresh.xpath("//select")
    assert refused.xpath("//select/@name") == ["decision.reason"]


def test_the_answer_that_was_chosen_stays_chosen(kazakh: None) -> None:
    page = _page(decision(posted={"decision.accepted": "false"}))

    assert page.xpath("//input[@checked]/@value") == ["false"]


def test_what_was_typed_comes_back_as_text_and_never_as_markup(kazakh: None) -> None:
    typed = "<script>alert(1)</script>"
    page = _page(decision(posted={"decision.note": typed}))

    assert page.xpath("string(//textarea)").strip() == typed
    assert not page.xpath("//script")


def test_each_problem_stands_at_its_question_and_is_linked_from_the_summary(
    kazakh: None,
) -> None:
    filling = decision(
        posted={"decision.accepted": "false"},
        problems={"decision.reason": [forms.Problem("required")]},
    )

    page, listed = _page(filling), forms_html.summary(filling)

    question = "Бас тартудың негізі"
    assert [each["text"] for each in listed] == [
        f"{question}: Осы сұраққа жауап беріңіз"
    ]
    target = listed[0]["href"].removeprefix("#")
    assert page.xpath(f"//select[@id='{target}']")
    assert "Осы сұраққа жауап беріңіз" in page.xpath(
        "string(//*[contains(@class, 'govuk-error-message')])"
    )


def test_a_question_that_may_stay_open_says_so(kazakh: None) -> None:
    page = _page(decision())

    assert "(қажет болса)" in page.xpath("string(//label[@for='f-decision-note'])")
    assert "(қажет болса)" not in page.xpath("string(//legend)")


@pytest.mark.parametrize(
    ("locale", "label"),
    [
        ("kk", "Өтініш бойынша нәтиже"),
        ("ru", "Результат по заявлению"),
        ("en", "Result of the application"),
    ],
)
def test_a_form_speaks_the_language_of_its_reader(
    app: Flask, locale: str, label: str
) -> None:
    with app.test_request_context(f"/?lang={locale}"):
        assert label in _page(decision()).xpath("string(//legend)")


def test_a_page_posts_what_the_form_can_read(kazakh: None) -> None:
    form = decision().form
    page = _page(decision(posted={"decision.accepted": "true"}))
    [chosen] = page.xpath("//input[@checked]")

    answers = forms.from_html(form, {chosen.get("name"): chosen.get("value")})

    assert answers["decision"]["accepted"] is True


def test_every_kind_of_question_has_an_input_with_a_label(kazakh: None) -> None:
    page = _page(filling_of(*KINDS))

    for field in page.xpath("//input | //select | //textarea"):
        told = page.xpath(f"//label[@for='{field.get('id')}']")
        assert told, f"{field.get('name')} has no label"


def test_a_date_is_three_inputs_and_keeps_what_was_typed(kazakh: None) -> None:
    posted = {"day-day": "31", "day-month": "2", "day-year": "2026"}
    page = _page(filling_of(KINDS[5], posted=posted))

    typed = {each.get("name"): each.get("value") for each in page.xpath("//input")}
    assert typed == posted


def test_known_values_are_shown_as_people_write_them(kazakh: None) -> None:
    known = {"day": date(2026, 5, 1), "amount": Decimal("1234.5")}
    page = _page(filling_of(KINDS[2], KINDS[5], variables=known))

    typed = {each.get("name"): each.get("value") for each in page.xpath("//input")}
    assert typed["amount"] == "1\xa0234,5"
    assert (typed["day-day"], typed["day-month"]) == ("1", "5")


def test_an_answer_that_may_not_change_is_text_in_words(kazakh: None) -> None:
    fixed = KINDS[4] | {"readonly": True}
    page = _page(filling_of(fixed, variables={"choice": "b"}))

    assert not page.xpath("//select")
    assert page.xpath("string(//dd)") == "Екінші"


def test_a_text_shows_the_values_of_its_expressions(kazakh: None) -> None:
    paragraph = {"id": "told", "type": "text", "text": "Бала: {{child.name}}"}
    filling = filling_of(
        paragraph, variables={"child": {"name": "Әли"}}, told={"child.name": "Әли"}
    )

    assert "Бала: Әли" in _page(filling).text_content()


def decision(
    posted: Mapping[str, str] | None = None,
    problems: Mapping[str, list[forms.Problem]] | None = None,
) -> forms_html.Filling:
    """The form of the clerk's decision, with its one condition evaluated by hand."""
    form = forms.read((ROOT / DECISION).read_bytes(), str(DECISION))

    def evaluate(feel: str, context: Mapping[str, Any]) -> object:
        assert feel == "decision.accepted != false"
        return context["decision"]["accepted"] is not False

    return forms_html.Filling(form, {}, evaluate, posted, problems or {})


OPTIONS = [{"label": "Бірінші", "value": "a"}, {"label": "Екінші", "value": "b"}]
KINDS: list[dict[str, Any]] = [
    {"id": "name", "type": "textfield", "key": "name", "label": "Аты"},
    {
        "id": "iin",
        "type": "textfield",
        "key": "iin",
        "label": "ЖСН",
        "properties": {"rasim": "iin"},
    },
    {"id": "amount", "type": "number", "key": "amount", "label": "Саны"},
    {"id": "agreed", "type": "checkbox", "key": "agreed", "label": "Келісемін"},
    {
        "id": "choice",
        "type": "select",
        "key": "choice",
        "label": "Таңдау",
        "values": OPTIONS,
    },
    {"id": "day", "type": "datetime", "key": "day", "dateLabel": "Күні"},
    {"id": "note", "type": "textarea", "key": "note", "label": "Түсініктеме"},
    {
        "id": "side",
        "type": "radio",
        "key": "side",
        "label": "Жағы",
        "values": OPTIONS,
    },
]


def filling_of(
    *components: dict[str, Any],
    variables: Mapping[str, Any] | None = None,
    posted: Mapping[str, str] | None = None,
    told: Mapping[str, object] | None = None,
) -> forms_html.Filling:
    schema = {
        "type": "default",
        "id": "invented",
        "schemaVersion": 19,
        "executionPlatform": "Camunda Cloud",
        "executionPlatformVersion": "8.7.0",
        "components": list(components),
    }
    form = forms.read(json.dumps(schema).encode(), "invented.form.json")
    values = told or {}
    return forms_html.Filling(
        form, variables or {}, lambda feel, _: values[feel], posted, {}
    )


def _page(filling: forms_html.Filling) -> Any:
    return html.fromstring(f"<form>{forms_html.fields(filling)}</form>")
