"""Limits and checks in FEEL, of a question, an item, a group and the whole form."""

from decimal import Decimal

import pytest

import forms
from tests.forming import check, codes, evaluate, form_of, group, page, question, rows

MESSAGE = {
    "check.message": "Сәйкес емес",
    "check.message.ru": "Не сходится",
    "check.message.en": "It does not fit",
}


def told(feel, **more):
    return {"check": feel, **MESSAGE, **more}


@pytest.mark.parametrize(
    ("component", "right", "wrong", "code"),
    [
        (question("number", validate={"min": "=low"}), 5, 4, "too_small"),
        (question("number", validate={"max": "=low + 1"}), 6, 7, "too_large"),
        (question(validate={"minLength": "=low"}), "абвгд", "абвг", "too_short"),
        (question(validate={"maxLength": "=low"}), "абвгд", "абвгде", "too_long"),
        (question("number", properties=told("=q < low * 2")), 9, 10, "check"),
        (question(properties=told('=q != "x"')), "y", "x", "check"),
    ],
)
def test_a_limit_may_be_feel(component, right, wrong, code):
    form, known = form_of(component), {"low": Decimal(5)}

    assert codes(form, {"q": right}, known) == {}
    assert codes(form, {"q": wrong}, known) == {"q": code}
    assert codes(form, {"q": None}, known) == {}


def test_a_page_has_the_limits_worked_out():
    form = form_of(question("number", validate={"min": "=low", "max": "=high"}))

    (shown,) = page(form, {}, {"low": Decimal(5), "high": None}).items

    assert (shown.limits.minimum, shown.limits.maximum) == (Decimal(5), None)


@pytest.mark.parametrize(
    ("validate", "value"), [({"min": "=x"}, "5"), ({"maxLength": "=x"}, Decimal("1.5"))]
)
def test_a_limit_that_is_no_number_is_an_error_of_the_form(validate, value):
    kind = "number" if "min" in validate else "textfield"
    answer = 1 if kind == "number" else "a"

    with pytest.raises(forms.ValueUnclear, match=r"^q: `x` gave .* a number"):
        check(form_of(question(kind, validate=validate)), {"q": answer}, {"x": value})


def test_a_failed_check_says_what_its_author_wrote():
    form = form_of(question(properties=told("=false")))

    with pytest.raises(forms.AnswersInvalid) as caught:
        check(form, {"q": "x"})

    (problem,) = caught.value.errors["q"]
    assert [problem.texts.say(lang) for lang in ("kk", "ru", "en")] == list(
        MESSAGE.values()
    )
    assert str(problem) == "It does not fit"


def test_a_pattern_says_what_its_author_wrote():
    validate = {"pattern": "^[0-9]{3}$", "patternErrorMessage": "Үш цифр"}
    form = form_of(
        question(
            validate=validate, properties={"patternErrorMessage.en": "Three digits"}
        )
    )

    with pytest.raises(forms.AnswersInvalid) as caught:
        check(form, {"q": "12"})

    assert str(caught.value.errors["q"][0]) == "Three digits"


FROM = question("number", key="low", id="low")
TO = question("number", key="high", id="high")
FITS = told("=low <= high")


def test_a_check_of_a_group_is_told_at_its_first_question():
    form = form_of(group(FROM, TO, properties=FITS))

    assert codes(form, {"low": 1, "high": 2}) == {}
    assert codes(form, {"low": 2, "high": 1}) == {"low": "check"}
    assert codes(form, {"low": 2}) == {"low": "check"}  # null is not true


def test_a_check_may_name_the_question_where_it_is_told():
    form = form_of(group(FROM, TO, properties=FITS | {"check.at": "high"}))

    assert codes(form, {"low": 2, "high": 1}) == {"high": "check"}
    with pytest.raises(forms.FormRefused, match=r"`check\.at` names `middle`"):
        form_of(group(FROM, TO, properties=FITS | {"check.at": "middle"}))


def test_a_check_of_the_whole_form_is_told_where_it_says():
    form = form_of(FROM, TO, properties=FITS | {"check.at": "high"})

    assert codes(form, {"low": 2, "high": 1}) == {"high": "check"}


def test_a_check_over_nothing_to_answer_is_told_at_the_form():
    text = {"type": "text", "id": "t", "text": "Мәтін"}

    assert codes(form_of(text, properties=told("=false")), {}) == {"f": "check"}
    assert codes(form_of(group(text, properties=told("=false"))), {}) == {"g": "check"}


def test_a_check_waits_until_its_questions_are_mended():
    form = form_of(group(FROM, TO, properties=FITS))

    assert codes(form, {"low": "x", "high": 1}) == {"low": "not_a_number"}


def test_a_check_of_what_is_hidden_is_not_looked_at():
    hidden = group(FROM, TO, properties=FITS, conditional={"hide": "=true"})

    assert codes(form_of(hidden), {"low": 2, "high": 1}) == {}


def test_a_check_of_a_list_is_of_each_item():
    form = form_of(rows(FROM, TO, properties=told("=this.low <= this.high")))

    items = [{"low": 1, "high": 2}, {"low": 2, "high": 1}]
    assert codes(form, {"items": items}) == {"items[1].low": "check"}


def test_a_check_gives_true_or_false():
    with pytest.raises(forms.ValueUnclear, match=r"^q: .* must give true or false"):
        check(form_of(question(properties=told('="yes"'))), {"q": "x"})


def test_a_default_may_be_feel():
    form = form_of(
        question("datetime", properties={"default": "=today()"}),
        question(key="name", id="n", properties={"default": "=child.name"}),
    )
    known = {"child": {"name": "Әсел"}}

    fresh = forms.starting_answers(form, known, evaluate)

    assert fresh["name"] == "Әсел"
    assert fresh["q"].isoformat() == "2026-04-01"
    assert check(form, {}, known) == fresh
    assert check(form, {"q": None, "name": None}, known) == {"q": None, "name": None}


def test_a_default_that_is_no_answer_is_an_error_of_the_form():
    form = form_of(question("number", properties={"default": '="x"'}))

    with pytest.raises(forms.ValueUnclear, match="an answer to this question"):
        forms.starting_answers(form, {}, evaluate)
