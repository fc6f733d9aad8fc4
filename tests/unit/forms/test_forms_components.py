"""Every component of the palette: read, laid out, its answers typed or told."""

import json
from datetime import date, datetime, time
from decimal import Decimal

import pytest

import forms
from forms.palette import KNOWN, REFUSED
from tests.form_examples import DOT as PICTURE
from tests.forming import (
    NOON,
    PAPER,
    SOURCES,
    check,
    codes,
    evaluate,
    form_of,
    group,
    page,
    question,
    refusals,
)

OPTIONS = [
    {"label": "Бір", "value": 1},
    {"label": "А", "value": "a"},
    {"label": "Иә", "value": True},
]
LIST = [{"label": {"kk": "Бір", "ru": "Один"}, "value": 1}, "a", True]
TIME = question("datetime", subtype="time", timeInterval=15)
MOMENT = question("datetime", subtype="datetime")
FILES = question("filepicker", multiple=True, accept=".pdf, image/*")
DOCUMENT = {"id": "d-1", "name": PAPER.name, "type": PAPER.media_type, "size": 700_000}


@pytest.mark.parametrize("kind", ["checklist", "taglist"])
@pytest.mark.parametrize(
    "source",
    [
        {"values": OPTIONS},
        {"valuesKey": "offered"},
        {"valuesExpression": "=offered"},
    ],
)
def test_several_answers_of_options_from_anywhere(kind, source):
    form = form_of(question(kind, **source))
    known = {"offered": [*LIST[:1], "a", True]}
    known["offered"][0] = {**LIST[0], "value": Decimal(1)}

    assert check(form, {"q": [1, "a"]}, known) == {"q": [Decimal(1), "a"]}
    assert check(form, {"q": ["a", "a"]}, known) == {"q": ["a"]}
    assert check(form, {"q": None}, known) == {"q": []}
    assert check(form, {}, known) == {"q": []}
    assert codes(form, {"q": [1, "z"]}, known) == {"q": "not_an_option"}
    assert codes(form, {"q": ["1"]}, known) == {"q": "not_an_option"}
    assert codes(form, {"q": "a"}, known) == {"q": "not_a_list"}
    assert codes(form, {"q": [["a"]]}, known) == {"q": "not_an_option"}
    posted = [o.token for q in page(form, {}, known).questions() for o in q.options]
    answers = forms.from_html(form, {"q": posted})
    assert check(form, answers, known) == {"q": [Decimal(1), "a", True]}


@pytest.mark.parametrize("kind", ["radio", "select"])
def test_one_answer_of_options_that_feel_gives(kind):
    form = form_of(
        question("checkbox", key="more", id="m"),
        question(kind, valuesExpression='=if more then ["a", "b"] else null'),
    )

    assert check(form, {"more": True, "q": "b"})["q"] == "b"
    assert codes(form, {"more": False, "q": "b"}) == {"q": "not_an_option"}
    assert codes(form, {"more": True, "q": {"a": 1}}) == {"q": "not_an_option"}


@pytest.mark.parametrize(
    "value", ['"a"', "[[1]]", "[null]", '["a", "a"]', "[{label: 1}]", "{a: 1}"]
)
def test_options_that_are_no_list_of_options_are_an_error_of_the_form(value):
    form = form_of(question("select", valuesExpression=f"={value}"))

    with pytest.raises(forms.ValueUnclear, match=r"^q: .* must give a list"):
        page(form, {})


@pytest.mark.parametrize("field", ["values", "valuesKey", "valuesExpression"])
def test_required_of_several_asks_for_one(field):
    told = {"values": OPTIONS, "valuesKey": "l", "valuesExpression": "=l"}[field]
    form = form_of(question("taglist", **{field: told}, validate={"required": True}))

    assert codes(form, {"q": []}, {"l": ["a"]}) == {"q": "required"}
    assert codes(form, {"q": ["a"]}, {"l": ["a"]}) == {}


@pytest.mark.parametrize(
    ("component", "answer", "typed"),
    [
        (TIME, "09:30", time(9, 30)),
        (TIME, "09:30:00", time(9, 30)),
        (TIME, time(9, 30), time(9, 30)),
        (MOMENT, "2026-05-01T09:31", datetime(2026, 5, 1, 9, 31)),  # noqa: DTZ001  # local: one zone
        (MOMENT, datetime(2026, 5, 1, 9, 31), datetime(2026, 5, 1, 9, 31)),  # noqa: DTZ001  # local: one zone
        (MOMENT | {"subtype": "date"}, date(2026, 5, 1), date(2026, 5, 1)),
        (question(validate={"validationType": "email"}), " a@b.kz ", "a@b.kz"),
        (question(validate={"validationType": "phone"}), "8 (7172) 74 12 34",
         "+77172741234"),
        (question(validate={"validationType": "phone"}), "0049 30 664040900",
         "+4930664040900"),
        (FILES, ["d-1", {"id": "d-1"}], [DOCUMENT]),
        (FILES, None, []),
    ],
)  # fmt: skip
def test_a_right_answer_is_typed(component, answer, typed):
    assert check(form_of(component), {"q": answer}) == {"q": typed}


@pytest.mark.parametrize(
    ("component", "answer", "code"),
    [
        (TIME, "9:30", "not_a_time"),
        (TIME, "24:00", "not_a_time"),
        (TIME, "09:30:20", "not_a_time"),
        (TIME, "09:30+05:00", "not_a_time"),
        (TIME, 930, "not_a_time"),
        (TIME, "09:31", "not_an_interval"),
        (MOMENT, "2026-05-01", "not_a_moment"),
        (MOMENT, "2026-02-30T09:30", "not_a_moment"),
        (MOMENT, "2026-05-01T", "not_a_moment"),
        (MOMENT, "2026-05-01T09:30Z", "not_a_moment"),
        (MOMENT, NOON, "not_a_moment"),
        (MOMENT | {"disallowPassedDates": True}, "2026-03-31T23:00", "date_passed"),
        (question(validate={"validationType": "email"}), "a@b@c", "email"),
        (question(validate={"validationType": "email"}), "a b@c.kz", "email"),
        (question(validate={"validationType": "email"}), "a@" + "b" * 300, "email"),
        (question(validate={"validationType": "phone"}), "112", "telephone"),
        (question("select", valuesExpression="=[]"), Decimal("nan"), "not_an_option"),
        (question("select", valuesExpression="=[]"), "x" * 2000, "not_an_option"),
        (FILES, "d-1", "not_documents"),
        (FILES, [1], "not_documents"),
        (FILES, ["d-1", "gone"], "document_unknown"),
        (FILES | {"accept": ".png"}, ["d-1"], "document_type"),
        (FILES | {"multiple": False}, ["d-1", "gone"], "too_many_documents"),
        (FILES | {"validate": {"required": True}}, [], "required"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_by_its_code(component, answer, code):
    assert codes(form_of(component), {"q": answer}) == {"q": code}


def test_a_document_is_for_the_question_that_it_was_added_to_and_not_too_large():
    other = forms.Document("d-2", "a.pdf", "application/pdf", 3 << 20, field="other")
    own = forms.Document("d-3", "a.pdf", "application/pdf", 3 << 20, field="q")
    sources = forms.Sources(documents={"d-2": other, "d-3": own}.get)

    def told(largest, answer):
        form = form_of(FILES | {"properties": {"largest": largest}})
        try:
            forms.validate(form, {"q": [answer]}, {}, evaluate, sources)
        except forms.AnswersInvalid as error:
            return str(error.errors["q"][0])
        return None

    assert told("3", "d-3") is None
    assert told("2", "d-3") == "Attach a smaller document: at most 2 MB"
    assert told("3", "d-2") == "Attach this document again: it is no longer there"


def test_the_store_keeps_every_type_that_a_form_may_ask_for():
    from workflows import media_types

    kept = {e: t for t, endings in media_types.ENDINGS.items() for e in endings}

    assert {e: (t,) for e, t in kept.items()} == dict(forms.ENDINGS)


def test_a_computed_value_is_the_servers():
    form = form_of(
        question("number", key="count", id="c"),
        {"type": "expression", "id": "s", "key": "sum", "expression": "=count * 2"},
        {"type": "expression", "id": "t", "key": "twice", "expression": "=sum * 2"},
        {"type": "expression", "id": "e", "key": "at_end", "expression": "=twice + 1",
         "computeOn": "presubmit", "conditional": {"hide": "=count = 1"}},
    )  # fmt: skip

    assert check(form, {"count": 3, "sum": 999, "twice": {}, "at_end": "x"}) == {
        "count": Decimal(3),
        "sum": Decimal(6),
        "twice": Decimal(12),
        "at_end": Decimal(13),
    }
    assert check(form, {"count": 1})["at_end"] is None
    assert page(form, {"count": 3}).computed["sum"] == Decimal(6)


def test_a_computed_value_that_never_settles_is_an_error():
    counting = {"type": "expression", "id": "n", "key": "n"}
    form = form_of(counting | {"expression": "=(if n = null then 0 else n) + 1"})

    with pytest.raises(forms.ConditionsUnsettled, match=r"^n: "):
        check(form, {})


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_what_is_not_run_says_what_to_use(kind):
    with pytest.raises(forms.FormRefused) as caught:
        form_of({"type": kind, "id": "x"})

    (found,) = caught.value.findings
    assert (found.element_id, found.rule) == ("x", "component-not-run")
    assert REFUSED[kind] in found.message


@pytest.mark.parametrize("kind", sorted(KNOWN))
def test_each_component_refuses_what_it_does_not_know(kind):
    component = {"type": kind, "id": "x", "surprise": 1, "properties": {"other": "1"}}

    told = [
        f.message
        for f in _findings(component)
        if (f.element_id, f.rule) == ("x", "unknown-property")
    ]

    assert any("`surprise`" in message for message in told)
    assert any("`other`" in message for message in told)


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        (TIME | {"timeSerializingFormat": "utc_offset"}, "property-value"),
        (TIME | {"timeInterval": 7}, "property-value"),
        (TIME | {"use24h": "yes"}, "property-value"),
        (question("select", values=OPTIONS, valuesKey="x"), "values"),
        (question("select", valuesKey="a b"), "values"),
        (question("checklist", values=OPTIONS, defaultValue="a"), "default"),
        (question("checklist", values=OPTIONS, defaultValue=["z"]), "default"),
        (question("number", defaultValue=1, validate={"min": 2}), "default"),
        (question(defaultValue="x", properties={"default": "=1"}), "default"),
        (FILES | {"accept": ".exe"}, "accept"),
        (FILES | {"properties": {"most": "99"}}, "property-value"),
        (FILES | {"multiple": False, "properties": {"most": "2"}}, "property-value"),
        (FILES | {"properties": {"rasim": "document"}}, "rasim"),
        (FILES | {"properties": {"document": "identity_document"}}, "rasim"),
        (FILES | {"properties": {"rasim": "document", "document": "x"}}, "document"),
        ({"type": "expression", "id": "q", "key": "q"}, "expression"),
        ({"type": "expression", "id": "q", "key": "q", "expression": "=1",
          "computeOn": "load"}, "property-value"),
        ({"type": "table", "id": "q", "dataSource": "=x"}, "columns"),
        ({"type": "table", "id": "q", "dataSource": "x",
          "columns": [{"key": "a", "label": "A"}]}, "expression"),
        ({"type": "table", "id": "q", "dataSource": "=x",
          "columns": [{"key": "a"}]}, "columns"),
        ({"type": "image", "id": "q", "source": PICTURE}, "alt"),
        ({"type": "spacer", "id": "q", "height": 9_999}, "property-value"),
        ({"type": "button", "id": "q", "action": "reset"}, "property-value"),
        (question(appearance={"icon": "x"}), "unknown-property"),
        (question(properties={"check": "=true"}), "check"),
        (question(properties={"check.message": "x"}), "check"),
        (question(properties={"check": "true", "check.message": "x"}), "expression"),
        (question(properties={"sex": "x"}), "rasim"),
        (question(validate={"pattern": r"\p{L}"}), "pattern"),
        (question(validate={"pattern": "a", "patternErrorMessage": 1}), "validate"),
    ],
)  # fmt: skip
def test_what_cannot_run_is_refused_by_id(component, rule):
    assert ("q", rule) in refusals(component)


def test_units_stand_beside_the_input():
    form = form_of(
        question(
            "number",
            appearance={"suffixAdorner": "тг"},
            properties={"suffix.en": "KZT"},
        )
    )

    assert form.fields[0].suffix.say("en") == "KZT"
    assert form.fields[0].suffix.say("ru") == "тг"


def test_what_is_disabled_is_shown_and_not_answered():
    form = form_of(question(disabled=True))

    assert codes(form, {"q": "x"}, {"q": "y"}) == {"q": "read_only"}
    (shown,) = page(form, {}, {"q": "y"}).items
    assert (shown.is_fixed, shown.value) == (True, "y")


@pytest.mark.parametrize(
    ("component", "posted", "answer"),
    [
        (TIME, {"q": "9:30"}, "09:30"),
        (TIME, {"q-hour": "9", "q-minute": "30"}, "09:30"),
        (TIME, {"q": "noon"}, "noon"),
        (TIME, {"q": ""}, None),
        (MOMENT, {"q": "2026-05-01T09:30"}, "2026-05-01T09:30"),
        (MOMENT, {"q-day": "1", "q-month": "5", "q-year": "2026", "q-time": "9.30"},
         "2026-05-01T09:30"),
        (MOMENT, {"q-day": "1", "q-month": "5", "q-year": "2026"}, "2026-05-01T"),
        (MOMENT, {"q-time": "9:30"}, "T09:30"),
        (MOMENT, {}, None),
        (FILES, {"q": ["d-1", "", "d-2"]}, ["d-1", "d-2"]),
        (FILES, {}, []),
        (question("taglist", values=OPTIONS), {"q": ["1", "z"]}, [Decimal(1), "z"]),
        (question("select", valuesKey="x"), {"q": "=1"}, Decimal(1)),
        (question("select", valuesKey="x"), {"q": "=true"}, True),
        (question("select", valuesKey="x"), {"q": "==1"}, "=1"),
        (question("select", valuesKey="x"), {"q": "=z"}, "z"),
    ],
)  # fmt: skip
def test_a_posted_page_becomes_answers(component, posted, answer):
    answers = forms.from_html(form_of(component), posted)

    assert answers == {"q": answer}
    assert type(answers["q"]) is type(answer)


def test_groups_are_sections_of_a_page():
    form = form_of(
        group(question(), {"type": "text", "id": "t", "text": "{{q}}"}, label="Топ"),
        group(question(key="r", id="r"), id="h", conditional={"hide": '=q = "x"'}),
    )

    (section,) = page(form, {"q": "x"}).items

    assert section.path == "g"
    asked, words = section.items
    assert asked.path == "q"
    assert words.context["q"] == "x"


def test_the_names_of_every_component_are_of_form_js():
    """What form-js 1.23 has in its palette, and nothing that it lacks."""
    palette = {
        "textfield", "textarea", "number", "datetime", "expression", "filepicker",
        "checkbox", "checklist", "radio", "select", "taglist", "text", "image",
        "table", "html", "documentPreview", "spacer", "separator", "group",
        "dynamiclist", "iframe", "button", "default",
    }  # fmt: skip

    assert set(KNOWN) | set(REFUSED) == palette
    assert not set(KNOWN) & set(REFUSED)


def test_a_form_with_every_list_of_options_needs_its_sources():
    form = form_of(question("select", properties={"rasim": "school"}))

    with pytest.raises(LookupError):
        forms.lay_out(form, {}, {}, evaluate)
    assert forms.lay_out(form, {}, {}, evaluate, SOURCES).items[0].options


def _findings(component):
    text = json.dumps({"id": "f", "components": [component]})
    with pytest.raises(forms.FormRefused) as caught:
        forms.read(text, "f.form.json")
    return caught.value.findings
