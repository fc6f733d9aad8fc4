"""Answers against a form: typed when right, told by path and code when wrong."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import forms
from forms.numbers import check_digit

DECISION = Path(forms.__file__).parent / "first_grade_admission" / "decision.form.json"
IIN = f"20031750012{check_digit('20031750012')}"
BIN = f"09024000047{check_digit('09024000047')}"


def evaluate(feel, context):
    """A stand-in for FEEL with Python's own words: `a["b"] == 1`, `today()`."""
    names = {**context, "today": lambda: date(2026, 4, 1)}
    return eval(feel, {"__builtins__": {}}, names)  # noqa: S307  # test expressions only


def question(kind="textfield", **more):
    label = "dateLabel" if kind == "datetime" else "label"
    return {"type": kind, "id": "q", "key": "q", label: "Сұрақ"} | more


def form_of(*components):
    return forms.read(json.dumps({"id": "f", "components": components}), "f.form.json")


def check(form, answers, variables=None):
    return forms.validate(form, answers, variables or {}, evaluate)


def codes(form, answers, variables=None):
    with pytest.raises(forms.AnswersInvalid) as caught:
        check(form, answers, variables)
    return {
        path: [p.code for p in found] for path, found in caught.value.errors.items()
    }


TODAY = "2026-04-01"
OPTIONS = [
    {"label": "Иә", "value": True},
    {"label": "Бір", "value": 1},
    {"label": "А", "value": "a"},
]


@pytest.mark.parametrize(
    ("component", "answer", "typed"),
    [
        (question(), "Әсел", "Әсел"),
        (question("textarea"), "бір\r\nекі", "бір\nекі"),
        (question("number"), 12, Decimal(12)),
        (question("number"), 0.1, Decimal("0.1")),
        (question("number"), Decimal("1.50"), Decimal("1.50")),
        (question("number", decimalDigits=1), Decimal("1.50"), Decimal("1.5")),
        (question("number", increment=0.1), 0.3, Decimal("0.3")),
        (question("checkbox"), True, True),
        (question("checkbox"), None, False),
        (question("radio", values=OPTIONS), True, True),
        (question("radio", values=OPTIONS), 1, Decimal(1)),
        (question("select", values=OPTIONS), "a", "a"),
        (question("datetime"), "2026-02-28", date(2026, 2, 28)),
        (question("datetime", disallowPassedDates=True), TODAY, date(2026, 4, 1)),
        (question(properties={"rasim": "iin"}), f" {IIN[:6]} {IIN[6:]}", IIN),
        (question(properties={"rasim": "bin"}), BIN, BIN),
        (question(properties={"rasim": "phone"}), "8 701 123 45 67", "+77011234567"),
        (question(), "   ", None),
        (question("number"), None, None),
    ],
)  # fmt: skip
def test_a_right_answer_is_typed(component, answer, typed):
    result = check(form_of(component), {"q": answer})

    assert result == {"q": typed}
    assert type(result["q"]) is type(typed)


@pytest.mark.parametrize(
    ("component", "answer", "code"),
    [
        (question(validate={"required": True}), None, "required"),
        (question(validate={"required": True}), " \n ", "required"),
        (question(), 5, "not_a_text"),
        (question(), ["a"], "not_a_text"),
        (question(), "a\nb", "characters"),
        (question(), "a\x00b", "characters"),
        (question("textarea"), "a\ud800", "characters"),
        (question(validate={"minLength": 3}), "аб", "too_short"),
        (question(validate={"maxLength": 3}), "абвг", "too_long"),
        (question("textarea"), "а" * 20_001, "too_long"),
        (question(validate={"pattern": "^[0-9]+$"}), "12a", "pattern"),
        (question(validate={"pattern": r"^\d+$"}), "٣", "pattern"),
        (question("number"), "12", "not_a_number"),
        (question("number"), True, "not_a_number"),
        (question("number"), float("nan"), "not_a_number"),
        (question("number"), Decimal("1e999999"), "not_a_number"),
        (question("number"), 10**40, "not_a_number"),
        (question("number", validate={"min": 1}), 0, "too_small"),
        (question("number", validate={"max": 1}), 2, "too_large"),
        (question("number", decimalDigits=1), Decimal("1.25"), "too_many_digits"),
        (question("number", increment=5), 12, "not_a_step"),
        (question("checkbox"), "on", "not_yes_or_no"),
        (question("checkbox", validate={"required": True}), False, "must_be_ticked"),
        (question("radio", values=OPTIONS), "true", "not_an_option"),
        (question("radio", values=OPTIONS), False, "not_an_option"),
        (question("radio", values=OPTIONS), {"a": 1}, "not_an_option"),
        (question("datetime"), "2026-02-30", "not_a_date"),
        (question("datetime"), "01.02.2026", "not_a_date"),
        (question("datetime"), 20260201, "not_a_date"),
        (question("datetime", disallowPassedDates=True), "2026-03-31", "date_passed"),
        (question(properties={"rasim": "iin"}), "123", "iin_digits"),
        (question(properties={"rasim": "iin"}), IIN[:11] + "x", "iin_digits"),
        (question(properties={"rasim": "bin"}), IIN, "bin_kind"),
        (question(properties={"rasim": "phone"}), "112", "phone"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_by_its_code(component, answer, code):
    assert codes(form_of(component), {"q": answer}) == {"q": [code]}


def test_every_problem_has_a_sentence_with_its_numbers():
    form = form_of(question(validate={"maxLength": 3}))

    with pytest.raises(forms.AnswersInvalid) as caught:
        check(form, {"q": "абвг"})

    (problem,) = caught.value.errors["q"]
    assert problem.params == {"limit": 3, "length": 4}
    assert str(problem) == "Write at most 3 characters: now there are 4"


def test_what_the_form_does_not_ask_is_refused_at_any_depth():
    form = form_of(question(key="a.b"))

    assert codes(form, {"a": {"b": "x", "c": 1}, "d": 2}) == {
        "a.c": ["unknown"],
        "d": ["unknown"],
    }
    assert codes(form, {"a": "x"}) == {"a": ["not_an_object"]}


def test_read_only_is_never_taken_from_the_body():
    form = form_of(
        question(readonly=True),
        question(id="r", key="r", readonly="= locked"),
    )

    assert check(form, {"r": "mine"}, {"locked": False}) == {"r": "mine"}
    assert codes(form, {"q": "mine"}, {"locked": False}) == {"q": ["read_only"]}
    assert codes(form, {"r": "mine"}, {"locked": True}) == {"r": ["read_only"]}
    assert check(form, {}, {"locked": True}) == {}


def test_a_hidden_answer_is_dropped_whatever_it_is():
    form = form_of(
        question("checkbox", key="more", id="m"),
        question(
            "number",
            conditional={"hide": "= not more"},
            validate={"required": True},
        ),
    )

    assert check(form, {"more": False, "q": "rubbish"}) == {"more": False, "q": None}
    assert codes(form, {"more": True, "q": "rubbish"}) == {"q": ["not_a_number"]}
    assert codes(form, {"more": True}) == {"q": ["required"]}


def test_what_a_hidden_answer_had_shown_is_hidden_too():
    form = form_of(
        question("checkbox", id="c", key="c", conditional={"hide": "= not b"}),
        question("checkbox", id="b", key="b", conditional={"hide": "= not a"}),
        question("checkbox", id="a", key="a"),
    )

    result = check(form, {"a": False, "b": True, "c": True})

    assert result == {"a": False, "b": False, "c": False}


def test_conditions_that_chase_each_other_are_an_error():
    form = form_of(
        question("checkbox", id="a", key="a", conditional={"hide": "= a"}),
    )

    with pytest.raises(forms.ConditionsUnsettled, match="a: the conditions"):
        check(form, {"a": True})


def test_a_condition_must_be_true_false_or_null():
    form = form_of(question(conditional={"hide": "= n"}))

    assert check(form, {"q": "x"}, {"n": None}) == {"q": "x"}
    with pytest.raises(forms.ConditionUnclear, match="gave int"):
        check(form, {"q": "x"}, {"n": 1})


def test_a_default_stands_for_what_was_left_out_and_not_for_an_empty_answer():
    form = form_of(question(defaultValue="Астана"))

    assert check(form, {}) == {"q": "Астана"}
    assert check(form, {"q": None}) == {"q": None}
    assert forms.starting_answers(form, {"q": "Шымкент"}, evaluate) == {"q": "Шымкент"}
    assert forms.starting_answers(form, {}, evaluate) == {"q": "Астана"}


def test_variables_are_seen_by_conditions_and_left_as_they_were():
    form = form_of(question(key="case.q", conditional={"hide": "= case['closed']"}))
    variables = {"case": {"closed": False}}

    assert check(form, {"case": {"q": "x"}}, variables) == {"case": {"q": "x"}}
    assert variables == {"case": {"closed": False}}


def test_what_a_page_shows_is_told_for_any_draft():
    form = form_of(
        question("checkbox", key="more", id="m"),
        question("number", conditional={"hide": "= not more"}),
        {
            "type": "text",
            "id": "t",
            "text": "Мәтін",
            "conditional": {"hide": "= more"},
        },
    )

    def shown(answers):
        items = forms.lay_out(form, answers, {}, evaluate).items
        return [getattr(item, "path", "t") for item in items]

    assert shown({"more": True, "q": "?"}) == ["more", "q"]
    assert shown({}) == ["more", "t"]


@pytest.mark.parametrize(
    ("component", "posted", "answer"),
    [
        (question("checkbox"), {"q": "on"}, True),
        (question("checkbox"), {}, False),
        (question("number"), {"q": " 1 234,5 "}, Decimal("1234.5")),
        (question("number"), {"q": "\u22125"}, Decimal(-5)),
        (question("number"), {"q": "1e5"}, "1e5"),
        (question("number"), {"q": ""}, None),
        (question("radio", values=OPTIONS), {"q": "true"}, True),
        (question("radio", values=OPTIONS), {"q": "1"}, Decimal(1)),
        (question("radio", values=OPTIONS), {"q": "zz"}, "zz"),
        (question("datetime"), {"q": "2026-05-01"}, "2026-05-01"),
        (question("datetime"), {"q": "1.5.2026"}, "2026-05-01"),
        (
            question("datetime"),
            {"q-day": "1", "q-month": "5", "q-year": "2026"},
            "2026-05-01",
        ),
        (question("datetime"), {"q-day": "1", "q-month": "", "q-year": "26"}, "1..26"),
        (question(), {"q": " Әсел ", "csrf_token": "x"}, "Әсел"),
    ],
)
def test_a_posted_page_becomes_answers(component, posted, answer):
    answers = forms.from_html(form_of(component), posted)

    assert answers == {"q": answer}
    assert type(answers["q"]) is type(answer)


def test_a_posted_read_only_input_is_left_out():
    form = form_of(question(readonly=True), question(id="r", key="r", readonly="= x"))

    assert forms.from_html(form, {"q": "mine"}) == {}
    assert forms.from_html(form, {"r": "mine"}) == {"r": "mine"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["q", "a", "n", "x"]), inner, max_size=4)
        ),
        max_leaves=8,
    )
)
def test_answers_of_any_shape_are_typed_or_told_and_typed_ones_pass_again(answers):
    form = form_of(
        question(),
        question("number", id="n", key="a.n"),
        question("checkbox", id="x", key="a.x"),
    )
    if not isinstance(answers, dict):
        answers = {"q": answers}

    told = {}
    try:
        typed = check(form, answers)
    except forms.AnswersInvalid as e:
        typed, told = None, e.errors

    if typed is None:
        assert told
        assert all(str(problem) for found in told.values() for problem in found)
    else:
        assert check(form, typed) == typed
        assert set(typed) == {"q", "a"}


class TestTheDecision:
    """`first_grade_admission.decision`, with its one condition told in Python."""

    @pytest.fixture
    def form(self):
        return forms.read(DECISION.read_bytes(), DECISION.name)

    def check(self, form, **decision):
        def condition(feel, context):
            assert feel == "decision.accepted != false"
            return context["decision"]["accepted"] is not False

        return forms.validate(form, {"decision": decision}, {}, condition)["decision"]

    def test_it_is_complete_in_three_languages_and_names_its_norms(self, form):
        assert form.id == "first_grade_admission.decision"
        assert form.warnings == ()
        assert set(form.norms) == {"ADM-2.6", "ADM-3.2", "ADM-4.2"}

    def test_an_acceptance_needs_no_reason_and_drops_one(self, form):
        assert self.check(form, accepted=True, reason="classes_full") == {
            "accepted": True,
            "reason": None,
            "note": None,
        }

    def test_a_refusal_needs_a_reason_of_the_rules(self, form):
        with pytest.raises(forms.AnswersInvalid) as caught:
            self.check(form, accepted=False)
        assert list(caught.value.errors) == ["decision.reason"]

        with pytest.raises(forms.AnswersInvalid) as caught:
            self.check(form, accepted=False, reason="because")
        assert caught.value.errors["decision.reason"][0].code == "not_an_option"

        refused = self.check(form, accepted=False, reason="classes_full", note="Толық")
        assert refused["reason"] == "classes_full"

    def test_a_page_without_a_choice_is_told_to_choose(self, form):
        answers = forms.from_html(form, {"decision.note": "x" * 2001})

        with pytest.raises(forms.AnswersInvalid) as caught:
            self.check(form, **answers["decision"])
        assert {p: e[0].code for p, e in caught.value.errors.items()} == {
            "decision.accepted": "required",
            "decision.note": "too_long",
        }
