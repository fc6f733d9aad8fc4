"""What a form only shows: tables, pictures, room; nothing comes from elsewhere."""

import pytest

import forms
from tests.form_examples import DOT
from tests.forming import check, form_of, page, refusals


def test_a_table_has_its_cells_and_columns():
    columns = [{"key": "name", "label": "Аты"}, {"key": "place.city", "label": "Қала"}]
    table = {"type": "table", "id": "t", "dataSource": "=people", "rowCount": 5}
    known = {"people": [{"name": "А", "place": {"city": "Астана"}}, {"x": 1}]}

    (fixed,) = page(form_of(table | {"columns": columns}), {}, known).items
    expression = '=[{key: "name", label: {kk: "Аты", ru: "Имя"}}]'
    (given,) = page(form_of(table | {"columnsExpression": expression}), {}, known).items

    assert fixed.rows == (("А", "Астана"), (None, None))
    assert [column.key for column in fixed.columns] == ["name", "place.city"]
    assert given.columns[0].label.say("ru") == "Имя"
    assert (
        page(form_of(table | {"columns": columns}), {}, {"people": None}).items[0].rows
        == ()
    )
    with pytest.raises(forms.ValueUnclear, match="a list of contexts"):
        page(form_of(table | {"columns": columns}), {}, {"people": 1})
    with pytest.raises(forms.ValueUnclear, match=r"a list of \{key, label\}"):
        page(form_of(table | {"columnsExpression": "=[1]"}), {}, known)


def test_a_picture_is_in_the_file_or_a_document_of_the_case():
    image = {"type": "image", "id": "i", "alt": "Нүкте", "source": DOT}
    of_case = form_of(image | {"source": "=photo"})
    id_ = "01890000-0000-7000-8000-000000000000"

    (inside,) = page(form_of(image), {}).items
    (stored,) = page(of_case, {}, {"photo": [{"id": id_}]}).items

    assert (inside.data, inside.document) == (DOT, None)
    assert (stored.data, stored.document) == (None, id_)
    assert page(of_case, {}, {"photo": None}).items == ()
    with pytest.raises(forms.ValueUnclear, match="a document of the case"):
        page(of_case, {}, {"photo": "https://example.kz/a.png"})


@pytest.mark.parametrize(
    "source",
    [
        "https://example.kz/a.png",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:text/html;base64,PHN2Zy8+",
        "data:image/jpeg;base64,iVBORw0KGgo=",
        "data:image/png;base64,!!!",
        "data:image/png;base64," + "A" * 400_000,
        "",
    ],
)
def test_a_picture_from_elsewhere_is_refused(source):
    image = {"type": "image", "id": "i", "alt": "Нүкте", "source": source}

    assert refusals(image) == {("i", "source")}


def test_a_button_and_room_change_nothing():
    form = form_of(
        {"type": "button", "id": "b", "label": "OK", "action": "submit"},
        {"type": "spacer", "id": "s", "height": 30},
        {"type": "separator", "id": "l"},
    )

    assert [w.rule for w in form.warnings] == ["button"]
    assert page(form, {}).items == (forms.Space("s", 30), forms.Line("l"))
    assert check(form, {}) == {}
