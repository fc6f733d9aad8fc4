"""Whatever is sent or stored, a form types it or tells what is wrong with it."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import forms
from tests.forming import (
    SOURCES,
    check,
    codes,
    evaluate,
    form_of,
    group,
    page,
    question,
    rows,
)

OPTIONS = [{"label": "А", "value": "a"}, {"label": "Бір", "value": 1}]
EVERY = form_of(
    question(key="text", validate={"minLength": 2, "pattern": "^[а-я]"}),
    question("textarea", key="lines"),
    question("number", key="count", decimalDigits=1, validate={"min": "=1"}),
    question("checkbox", key="more"),
    question("radio", key="one", values=OPTIONS),
    question("select", key="offered", valuesExpression='=["x", 2, true]'),
    question("checklist", key="some", values=OPTIONS),
    question("taglist", key="many", valuesExpression='=["x", 2, true]'),
    question("datetime", key="day", disallowPassedDates=True),
    question("datetime", key="clock", subtype="time", timeInterval=5),
    question("datetime", key="moment", subtype="datetime"),
    question("filepicker", key="papers", multiple=True),
    question(key="iin", properties={"rasim": "iin", "birth_date": "day"}),
    question(key="email", validate={"validationType": "email"}),
    question(key="call", validate={"validationType": "phone"}),
    {"type": "expression", "id": "e", "key": "twice", "expression": "=count * 2"},
    group(
        question(key="inner", conditional={"hide": "=not(more)"}),
        id="g",
        path="group",
        properties={"check": '=group.inner != "x"', "check.message": "Олай емес"},
    ),
    rows(
        question("number", key="age", id="age"),
        rows(question("checkbox", key="open", id="open"), path="inside"),
        question(key="note", id="note", conditional={"hide": "=this.age > 9"}),
        path="items",
        properties={"most": "4"},
    ),
)
KEYS = sorted({field.path.split("[]")[0].split(".")[0] for field in EVERY.fields})
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals(allow_nan=True)
    | st.text(max_size=20)
    | st.sampled_from(["a", "x", "=1", "2026-05-01", "09:30", "d-1", "a@b.kz"])
    | st.dates()
    | st.times()
    | st.datetimes(),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["age", "inside", "open", "note", "inner", "id", "?"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
ANSWERS = st.dictionaries(st.sampled_from([*KEYS, "twice", "other"]), ANYTHING)


@settings(max_examples=300, deadline=None)
@given(ANSWERS)
def test_answers_of_any_shape_are_typed_or_told_and_typed_ones_pass_again(answers):
    told = {}
    try:
        typed = check(EVERY, answers)
    except forms.AnswersInvalid as error:
        typed, told = None, error.errors

    if typed is None:
        assert told
        assert all(str(one) for found in told.values() for one in found)
        return
    assert set(typed) == {*KEYS, "twice"}
    again = check(EVERY, typed)
    assert again == typed


@settings(max_examples=150, deadline=None)
@given(ANSWERS, st.dictionaries(st.sampled_from(KEYS), ANYTHING))
def test_any_draft_is_shown_whatever_the_case_knows(answers, known):
    shown = page(EVERY, answers, known)

    paths = [question.path for question in shown.questions()]
    assert len(paths) == len(set(paths))
    assert "text" in paths
    fresh = forms.starting_answers(EVERY, known, evaluate)
    assert page(EVERY, fresh, known).items


RIGHT = st.fixed_dictionaries(
    {},
    optional={
        "text": st.none() | st.just("абв"),
        "lines": st.none() | st.just("бір\nекі"),
        "count": st.none() | st.decimals(1, 99, places=1),
        "more": st.booleans(),
        "one": st.none() | st.sampled_from(["a", Decimal(1)]),
        "offered": st.none() | st.sampled_from(["x", Decimal(2), True]),
        "some": st.lists(st.sampled_from(["a", Decimal(1)]), unique=True),
        "many": st.lists(st.sampled_from(["x", Decimal(2)]), unique=True),
        "day": st.none() | st.dates(min_value=date(2026, 4, 1)),
        "clock": st.none() | st.sampled_from([time(0), time(9, 35), time(23, 55)]),
        "moment": st.none() | st.just(datetime(2026, 5, 1, 9, 31)),  # noqa: DTZ001  # local: one zone
        "papers": st.sampled_from(
            [[], [{"id": "d-1", "name": "Куәлік.pdf", "type": "application/pdf",
                   "size": Decimal(700_000)}]]
        ),
        "email": st.none() | st.just("a@b.kz"),
        "call": st.none() | st.just("+77172741234"),
        "group": st.fixed_dictionaries({"inner": st.none() | st.just("y")}),
        "items": st.lists(
            st.fixed_dictionaries(
                {
                    "age": st.none() | st.integers(0, 20).map(Decimal),
                    "inside": st.lists(
                        st.fixed_dictionaries({"open": st.booleans()}), max_size=3
                    ),
                    "note": st.none() | st.just("x"),
                }
            ),
            max_size=4,
        ),
    },
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(RIGHT)
def test_a_page_that_nobody_touched_posts_what_it_showed(known):
    fresh = forms.starting_answers(EVERY, known, evaluate)

    posted = forms.inputs(EVERY, fresh)
    answers = forms.from_html(EVERY, posted)

    assert codes(EVERY, fresh) == {}
    assert check(EVERY, answers) == check(EVERY, fresh)
    assert forms.renumbered(EVERY, posted) == posted
    # Shown again with its posted answers, it posts the same.
    assert forms.inputs(EVERY, answers) == posted


NAMES = st.sampled_from(
    ["items[0]", "items[1].age", "items[3].inside[0]", "items[3].inside[2].open",
     "items[1].note", "text", "papers", "day-day", "clock-hour", "items[12].x"]
)  # fmt: skip
POSTED = st.dictionaries(
    NAMES | st.text(max_size=8), st.text(max_size=8) | st.lists(st.text(max_size=8))
)
BUTTONS = st.fixed_dictionaries(
    {},
    optional={
        ":add": st.sampled_from(["items", "items[3].inside", "items[0]", "x"]),
        ":remove": st.sampled_from(["items[1]", "items[3].inside[2]", "items", ""]),
    },
)


@settings(max_examples=300, deadline=None)
@given(POSTED, BUTTONS)
def test_any_post_becomes_answers_and_renumbering_is_done_once(posted, buttons):
    once = forms.renumbered(EVERY, posted | buttons)

    assert forms.renumbered(EVERY, once) == once
    answers = forms.from_html(EVERY, posted | buttons)
    assert answers == forms.from_html(EVERY, once)
    assert page(EVERY, answers).items


def test_nothing_sent_for_a_computed_value_counts():
    with_it = check(EVERY, {"count": 2, "twice": 9}, {})

    assert with_it["twice"] == Decimal(4)
    assert forms.validate(EVERY, {"count": 2}, {}, evaluate, SOURCES) == with_it


@pytest.mark.parametrize("name", ["this", "parent", "i"])
def test_outside_of_lists_the_names_of_an_item_are_ordinary(name):
    form = form_of(question(key=name), question(key="r", id="r"))

    assert check(form, {name: "x"})[name] == "x"
