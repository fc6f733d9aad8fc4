"""Questions that come with the house: IIN and siblings, person, address, school."""

import json
from datetime import date
from importlib.resources import files

import pytest

import forms
from forms import documents
from forms.numbers import check_digit
from tests.forming import PAPER, check, codes, form_of, group, page, question, refusals

BOY = "15031750012"
BOY += str(check_digit(BOY))  # born on 17 March 2015
GIRL = "15031760012"
GIRL += str(check_digit(GIRL))
OLD = "15031730012"
OLD += str(check_digit(OLD))  # 1915

IIN = question(
    key="iin",
    properties={"rasim": "iin", "birth_date": "born", "sex": "sex"},
)
BORN = question("datetime", key="born")
SEX = question(
    "radio",
    key="sex",
    values=[{"label": "Ер", "value": "male"}, {"label": "Әйел", "value": "female"}],
)


@pytest.mark.parametrize(
    ("answers", "problems"),
    [
        ({"iin": BOY, "born": "2015-03-17", "sex": "male"}, {}),
        ({"iin": GIRL, "born": "2015-03-17", "sex": "female"}, {}),
        ({"iin": BOY, "sex": "male"}, {}),
        ({"iin": BOY}, {}),
        ({"born": "2015-03-18"}, {}),
        ({"iin": BOY, "born": "2015-03-18"}, {"iin": "iin_other_birth_date"}),
        ({"iin": OLD, "born": "2015-03-17"}, {"iin": "iin_other_birth_date"}),
        ({"iin": OLD, "born": "1915-03-17"}, {}),
        ({"iin": BOY, "sex": "female"}, {"iin": "iin_other_sex"}),
        ({"iin": BOY[:11] + "x", "sex": "female"}, {"iin": "iin_digits"}),
    ],
)
def test_an_iin_agrees_with_the_date_of_birth_and_the_sex(answers, problems):
    assert codes(form_of(IIN, BORN, SEX), answers) == problems


def test_an_iin_agrees_with_what_the_case_knows():
    form = form_of(IIN | {"properties": {"rasim": "iin", "birth_date": "born"}},
                   BORN | {"readonly": True})  # fmt: skip

    assert codes(form, {"iin": BOY}, {"born": date(2015, 3, 18)}) == {
        "iin": "iin_other_birth_date"
    }
    assert codes(form, {"iin": BOY}, {"born": date(2015, 3, 17)}) == {}


def test_the_siblings_of_an_iin_are_questions_of_the_form():
    assert refusals(IIN, BORN) == {("iin", "key")}
    assert refusals(IIN, question(key="born"), SEX) == {("iin", "key")}


PERSON = group(id="child", path="child", properties={"rasim": "person"})
ASEL = {
    "iin": GIRL,
    "family_name": "Серікова",
    "given_name": "Әсел",
    "patronymic": None,
    "birth_date": "2015-03-17",
    "sex": "female",
}


def test_a_person_is_asked_in_three_languages_and_cross_checked():
    form = form_of(PERSON)

    assert form.warnings == ()
    assert [field.path for field in form.fields] == [f"child.{key}" for key in ASEL]
    assert check(form, {"child": ASEL})["child"]["given_name"] == "Әсел"
    assert codes(form, {"child": ASEL | {"sex": "male"}}) == {
        "child.iin": "iin_other_sex"
    }
    assert codes(form, {}) == {
        f"child.{key}": "required" for key in ASEL if key != "patronymic"
    }


def test_a_person_in_a_list_is_checked_against_itself():
    listed = {
        "type": "dynamiclist", "id": "children", "path": "children",
        "components": [PERSON | {"path": ""}],
    }  # fmt: skip
    form = form_of(listed)

    assert codes(form, {"children": [ASEL, ASEL | {"birth_date": "2015-03-18"}]}) == {
        "children[1].iin": "iin_other_birth_date"
    }


def test_a_person_may_be_asked_for_less():
    told = {"rasim": "person", "omit": "sex patronymic", "optional": "iin"}
    form = form_of(PERSON | {"properties": told})

    assert [field.path for field in form.fields] == [
        "child.iin",
        "child.family_name",
        "child.given_name",
        "child.birth_date",
    ]
    assert "child.iin" not in codes(form, {})
    wrong = ASEL | {"birth_date": "2015-03-18"}
    del wrong["sex"], wrong["patronymic"]
    assert codes(form, {"child": wrong}) == {"child.iin": "iin_other_birth_date"}


def test_more_may_be_asked_of_a_person():
    form = form_of(PERSON | {"components": [question(key="nickname")]})

    assert form.fields[-1].path == "child.nickname"


@pytest.mark.parametrize(
    ("properties", "rule"),
    [
        ({"rasim": "company"}, "rasim"),
        ({"rasim": "person", "omit": "age"}, "rasim"),
        ({"omit": "sex"}, "rasim"),
        ({"rasim": "person", "norm": "x"}, "unknown-property"),
    ],
)
def test_what_a_group_cannot_be_is_refused(properties, rule):
    assert ("child", rule) in refusals(PERSON | {"properties": properties})


def test_an_address_has_the_regions_of_the_country():
    form = form_of(group(id="home", path="home", properties={"rasim": "address"}))
    region = form.fields[0]

    assert form.warnings == ()
    assert len(region.options) == 20  # 17 regions and 3 cities, since 2022
    assert {"KZ-71", "KZ-75", "KZ-79"} <= {option.value for option in region.options}
    told = {"region": "KZ-71", "street": "Абай", "house": "1"}
    assert check(form, {"home": told})["home"]["flat"] is None
    assert codes(form, {"home": told | {"region": "KZ-99"}}) == {
        "home.region": "not_an_option"
    }


def test_what_comes_with_the_house_is_complete_in_three_languages():
    for own in ("person", "address"):
        raws = json.loads((files("forms.composed") / f"{own}.json").read_text("utf-8"))
        form = form_of(*[raw | {"id": raw["key"]} for raw in raws])

        assert form.warnings == ()
    for kind in documents.kinds().values():
        assert kind.name.ru
        assert kind.name.en
        assert set(kind.accept) <= set(documents.ACCEPTED)


def test_a_school_is_one_that_is_there():
    school = question("select", properties={"rasim": "school", "under": "=region"})
    form = form_of(question(key="region", id="r"), school)

    assert check(form, {"region": "r", "q": "b-1"})["q"] == "b-1"
    assert codes(form, {"region": "r", "q": "b-2"}) == {"q": "not_an_option"}
    assert codes(form, {"region": "x", "q": "b-1"}) == {"q": "not_an_option"}
    assert codes(form, {"q": "b-1"}) == {"q": "not_an_option"}
    shown = list(page(form, {"region": "r"}).questions())[1]
    assert [option.label.kk for option in shown.options] == ["№ 1 мектеп"]


def test_a_school_picker_lists_no_answers_itself():
    school = question("select", valuesKey="x", properties={"rasim": "school"})

    assert refusals(school) == {("q", "values")}
    assert refusals(question("select", valuesKey="x", properties={"under": "=1"})) == {
        ("q", "unknown-property")
    }


def test_a_kind_of_document_has_its_accepted_types():
    told = {"rasim": "document", "document": "birth_certificate"}
    form = form_of(question("filepicker", properties=told))

    assert form.fields[0].files.document == "birth_certificate"
    assert form.fields[0].files.accept == documents.kinds()["birth_certificate"].accept
    assert check(form, {"q": [PAPER.id]})["q"][0]["name"] == PAPER.name


def test_an_answer_of_a_document_that_is_not_there_is_told_in_a_sentence():
    form = form_of(question("filepicker", accept=".png"))

    with pytest.raises(forms.AnswersInvalid) as caught:
        check(form, {"q": [PAPER.id]})

    problem = caught.value.errors["q"][0]
    assert str(problem) == "Attach a document of another format: PNG"
