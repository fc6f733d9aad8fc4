"""Lists of a form: items counted, conditions in their own item, posts renumbered."""

from decimal import Decimal

import pytest

import forms
from tests.forming import check, codes, form_of, page, question, refusals, rows

NAME = question(key="name", id="n", validate={"required": True})
AGE = question("number", key="age", id="a")
CHILDREN = rows(NAME, AGE, path="children", properties={"most": "3"})


def test_every_item_is_validated_and_told_at_its_place():
    form = form_of(CHILDREN)

    assert check(form, {"children": [{"name": "А", "age": 7}, {"name": "Б"}]}) == {
        "children": [{"name": "А", "age": Decimal(7)}, {"name": "Б", "age": None}]
    }
    assert codes(form, {"children": [{"name": "А"}, {"age": "x", "z": 1}]}) == {
        "children[1].name": "required",
        "children[1].age": "not_a_number",
        "children[1].z": "unknown",
    }


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"children": {}}, "not_items"),
        ({"children": "x"}, "not_items"),
        ({"children": [{"name": "А"}] * 4}, "too_many_items"),
        ({"children": []}, "too_few_items"),
        ({}, "too_few_items"),
        ({"children": None}, "too_few_items"),
    ],
)
def test_the_number_of_items_has_its_limits(told, code):
    form = form_of(CHILDREN | {"properties": {"least": "1", "most": "3"}})

    assert codes(form, told) == {"children": code}


def test_an_item_that_is_no_context_is_told():
    assert codes(form_of(CHILDREN), {"children": ["x"]}) == {
        "children[0]": "not_an_object",
        "children[0].name": "required",
    }


def test_an_expression_of_an_item_sees_it_the_item_around_and_the_count():
    form = form_of(
        question(key="limit", id="l", properties={"default": "=1"}),
        rows(
            question(key="kind", id="k"),
            rows(
                question(
                    key="page",
                    id="p",
                    conditional={
                        "hide": '=this.open = true or parent.kind = "none" or i[2] > 2'
                    },
                ),
                question("checkbox", key="open", id="o"),
                path="papers",
            ),
        ),
    )
    papers = [{"page": "1"}, {"page": "2", "open": True}, {"page": "3"}]

    result = check(
        form,
        {
            "limit": "",
            "items": [
                {"kind": "x", "papers": papers},
                {"kind": "none", "papers": papers[:1]},
            ],
        },
    )

    shown = [[each["page"] for each in item["papers"]] for item in result["items"]]
    assert shown == [["1", None, None], [None]]


def test_a_hidden_list_has_no_items():
    form = form_of(
        question("checkbox", key="more", id="m"),
        CHILDREN | {"conditional": {"hide": "=not(more)"}},
    )
    wrong = {"children": [{"age": "x"}]}

    assert check(form, {"more": False, **wrong})["children"] == []
    assert codes(form, {"more": True, **wrong}) == {
        "children[0].name": "required",
        "children[0].age": "not_a_number",
    }


def test_items_that_nobody_may_add_are_those_of_the_case():
    fixed = question(key="name", id="n", readonly=True)
    form = form_of(rows(fixed, AGE, path="children", allowAddRemove=False))
    known = {"children": [{"name": "А", "age": None}, {"name": "Б"}]}

    assert check(form, {"children": [{"age": 7}, {"age": 8}]}, known) == {
        "children": [
            {"name": "А", "age": Decimal(7)},
            {"name": "Б", "age": Decimal(8)},
        ]
    }
    assert codes(form, {"children": [{"age": 7}]}, known) == {"children": "items_fixed"}
    assert check(form, {}, known)["children"][1] == {"name": "Б", "age": None}
    assert codes(form, {"children": [{"name": "x"}, {}]}, known) == {
        "children[0].name": "read_only"
    }


def test_what_is_read_only_cannot_stand_in_items_that_move():
    fixed = question(key="name", id="n", readonly=True)

    assert refusals(rows(fixed)) == {("n", "readonly")}
    assert refusals(rows(fixed, allowAddRemove=False)) == set()


def test_a_fresh_page_has_the_items_of_the_case_or_as_many_as_the_form_says():
    form = form_of(
        rows(NAME, AGE | {"defaultValue": 6}, path="children", defaultRepetitions=2)
    )

    fresh = forms.starting_answers(form, {}, None)
    known = forms.starting_answers(form, {"children": [{"name": "А"}]}, None)

    assert fresh == {"children": [{"name": None, "age": Decimal(6)}] * 2}
    assert known == {"children": [{"name": "А", "age": Decimal(6)}]}


def test_a_page_shows_each_item_with_its_own_questions():
    form = form_of(CHILDREN | {"label": "Балалар"})

    (shown,) = page(form, {"children": [{"name": "А"}, {"name": 5}]}).items

    assert isinstance(shown, forms.Rows)
    assert [row.path for row in shown.rows] == ["children[0]", "children[1]"]
    assert [q.path for q in shown.rows[1].items] == [
        "children[1].name",
        "children[1].age",
    ]
    assert [q.value for row in shown.rows for q in row.items] == ["А", None, 5, None]
    assert shown.may_add
    assert all(row.may_remove for row in shown.rows)


def test_a_full_list_offers_no_more():
    (shown,) = page(form_of(CHILDREN), {"children": [{}, {}, {}]}).items

    assert not shown.may_add


POSTED = {
    "children[0]": "1",
    "children[0].name": "А",
    "children[1]": "1",
    "children[1].name": "Б",
    "children[4].name": "В",
    "note": "x",
}


def names(posted):
    form = form_of(CHILDREN)
    return [one["name"] for one in forms.from_html(form, posted)["children"]]


def test_items_are_read_in_their_order_without_gaps():
    assert names(POSTED) == ["А", "Б", "В"]


@pytest.mark.parametrize(
    ("pressed", "left"),
    [
        ({":add": "children"}, ["А", "Б", "В"]),  # three are enough
        ({":remove": "children[1]"}, ["А", "В"]),
        ({":remove": "children[4]"}, ["А", "Б"]),
        ({":remove": ["children[0]", "children[1]"]}, ["В"]),
        ({":remove": "children[4]", ":add": "children"}, ["А", "Б", None]),
        ({":remove": "children"}, ["А", "Б", "В"]),
        ({":remove": "others[0]"}, ["А", "Б", "В"]),
        ({":add": "others"}, ["А", "Б", "В"]),
    ],
)
def test_the_buttons_of_a_list_change_its_items(pressed, left):
    assert names(POSTED | pressed) == left


def test_renumbered_inputs_are_given_in_again_unchanged():
    form = form_of(CHILDREN)

    once = forms.renumbered(form, POSTED | {":remove": "children[0]"})

    assert once == {
        "children[0]": ["1"],
        "children[0].name": ["Б"],
        "children[1]": ["1"],
        "children[1].name": ["В"],
        "note": ["x"],
    }
    assert forms.renumbered(form, once) == once


def test_a_list_in_a_list_has_buttons_of_its_own():
    papers = rows(question(key="page", id="p"), path="papers")
    form = form_of(rows(NAME, papers, path="children"))
    posted = {
        "children[0].name": "А",
        "children[2].name": "Б",
        "children[2].papers[0].page": "1",
        "children[2].papers[1].page": "2",
    }

    removed = forms.from_html(form, posted | {":remove": "children[2].papers[0]"})
    added = forms.from_html(form, posted | {":add": "children[2].papers"})

    assert removed["children"][1]["papers"] == [{"page": "2"}]
    assert [one["page"] for one in added["children"][1]["papers"]] == ["1", "2", None]
    assert added["children"][0]["papers"] == []


def test_nobody_adds_to_a_list_that_may_not_change():
    form = form_of(CHILDREN | {"allowAddRemove": False})
    posted = {"children[0]": "1", ":add": "children", ":remove": "children[0]"}

    assert len(forms.from_html(form, posted)["children"]) == 1


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        (rows(), "components"),
        (rows(NAME, path="a b"), "key"),
        (rows(NAME, isRepeating=False), "property-value"),
        (rows(NAME, properties={"least": "5", "most": "2"}), "property-value"),
        (rows(NAME, properties={"most": "many"}), "property-value"),
        (rows(NAME, allowAddRemove="no"), "property-value"),
        (rows(NAME, defaultRepetitions=-1), "property-value"),
        (rows(NAME, components="x"), "components"),
    ],
)
def test_a_list_that_cannot_run_is_refused(component, rule):
    assert rule in {told for _, told in refusals(component)}


def test_answers_do_not_live_in_a_list_or_a_list_in_answers():
    assert refusals(rows(NAME), rows(NAME | {"id": "m"}, id="other")) == {
        ("other", "key-twice"),
        ("m", "key-twice"),
    }
    assert refusals(rows(NAME), question(key="items.x", id="x")) == {("x", "key-clash")}
    assert ("q.items", "key-clash") in refusals(rows(NAME, path="q.items"), question())
