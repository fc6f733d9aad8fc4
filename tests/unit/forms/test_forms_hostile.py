"""Forms and answers made to hurt: each is refused or read in bounded time."""

import json
import time

import pytest

import forms
from tests.forming import codes, form_of, group, page, question, refusals, rows

SECONDS = 5.0  # generous: what runs away takes minutes


@pytest.fixture(autouse=True)
def _bounded():
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS


def test_a_form_of_ten_thousand_components_is_refused_once():
    many = [{"type": "separator", "id": f"c{number}"} for number in range(10_000)]

    assert refusals(*many) == {(None, "too-many")}


def test_a_thousand_components_in_groups_count_together():
    held = [[{"type": "spacer", "id": f"{g}-{n}"} for n in range(200)]
            for g in range(6)]  # fmt: skip
    groups = [group(*each, id=f"g{g}") for g, each in enumerate(held)]

    assert refusals(*groups) == {(None, "too-many")}


def test_lists_in_lists_without_end_are_refused():
    component = question()
    for depth in range(5):
        component = rows(component, path=f"l{depth}", id=f"l{depth}")

    assert {rule for _, rule in refusals(component)} == {"too-deep", "components"}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^(a|a)*$", "a" * 40 + "!"),
        ("^(a|aa)+$", "a" * 60 + "!"),
        ("^([a-z]|[a-y])*[0-9]$", "a" * 60),
        ("a*a*a*a*a*a*a*a*b", "a" * 1_000),
        ("^(.*)(.*)(.*)(.*)x$", "a" * 1_000),
    ],
)
def test_a_pattern_that_runs_away_is_stopped(pattern, text):
    form = form_of(question(validate={"pattern": pattern}))

    assert codes(form, {"q": text})["q"] in ("pattern_unsettled", "pattern")


def test_a_pattern_that_is_too_long_is_refused():
    assert refusals(question(validate={"pattern": "a" * 201})) == {("q", "pattern")}


@pytest.mark.parametrize(
    "answers",
    [
        {"q": "x" * 1_000_000},
        {"q": ["x"] * 200_000},
        {"items": [{}] * 200_000},
        {"items": [{"inner": [{}] * 1_000}] * 1_000},
        {f"k{number}": 1 for number in range(100_000)},
        {"items": [{f"k{number}": 1 for number in range(1_000)}] * 100},
        {"n": 10**5_000},
        {"n": "9" * 1_000_000},
        {"several": list(range(100_000))},
    ],
)
def test_a_megabyte_of_answers_is_told_what_is_wrong(answers):
    form = form_of(
        question(),
        question("number", key="n"),
        question("checklist", key="several", valuesExpression="=[1]"),
        rows(rows(question(key="x", id="x"), path="inner"), path="items"),
    )

    found = codes(form, answers)

    assert 1 <= len(found) <= 600
    assert page(form, answers).items


def test_answers_nested_without_end_are_no_answers():
    told = {"q": None}
    for _ in range(10_000):
        told = {"q": told}

    assert codes(form_of(question()), told) == {"q": "not_a_text"}
    assert codes(form_of(question(key="a.b")), {"a": told}) == {"a.q": "unknown"}


def test_a_long_expression_is_refused():
    hide = {"hide": "=" + "1+" * 10_000 + "1 = 2"}

    assert refusals(question(conditional=hide)) == {("q", "expression")}


def test_a_thousand_conditions_that_hang_on_each_other_settle():
    asked = [question("checkbox", key="c0", id="c0")]
    for number in range(1, 80):
        hide = {"hide": f"=not(c{number - 1})"}
        asked.append(question("checkbox", key=f"c{number}", conditional=hide))

    answers = {f"c{number}": number > 0 for number in range(80)}

    assert not any(forms.validate(form_of(*asked), answers, {}, _truth).values())


def _truth(text, context):
    return not context[text.removeprefix("not(").removesuffix(")")]


def test_posted_names_of_any_kind_are_read():
    form = form_of(rows(question(key="x", id="x")))
    posted = {
        "items[0]": "1",
        "items[99999].x": "a",
        "items[999999].x": "b",
        "items[-1].x": "c",
        "items[0][0].x": "d",
        "items[]": "e",
        "items[0].x[1]": "f",
        ":add": "items[0].x",
        ":remove": ["items[", "items[a]", "items[0].x"],
        "": "",
        "[0]": "",
    }

    answers = forms.from_html(form, posted)

    assert answers == {"items": [{"x": None}, {"x": "a"}]}


def test_a_key_is_of_bounded_length():
    assert refusals(question(key="k" * 201)) == {("k" * 201, "key")}


def test_ids_that_are_no_text_are_refused_and_not_a_crash():
    odd = [{"type": "text", "id": {}, "text": 1}, {"type": ["x"]}, 3, None]
    text = json.dumps({"id": "f", "components": odd})

    with pytest.raises(forms.FormRefused) as caught:
        forms.read(text, "f.form.json")

    assert len(caught.value.findings) >= 4
