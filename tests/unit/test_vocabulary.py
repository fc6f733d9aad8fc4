"""What variables are called: the procedure's own words, then its forms' labels."""

import json
from decimal import Decimal

import forms
from workflows import vocabulary

DECLARED = [
    {
        "path": "child",
        "names": {"kk": "Бала", "ru": "Ребёнок", "en": "Child"},
        "values": {},
    },
    {
        "path": "child.grade",
        "names": {"kk": "Сынып", "ru": "Класс", "en": "Grade"},
        "values": {"1": {"kk": "Бірінші", "ru": "Первый", "en": "First"}},
    },
]
FORM = {
    "type": "default",
    "id": "f",
    "components": [
        {
            "id": "accepted",
            "type": "radio",
            "key": "decision.accepted",
            "label": "Нәтиже",
            "properties": {"label.ru": "Результат", "label.en": "Result"},
            "values": [
                {
                    "label": "Иә",
                    "value": True,
                    "properties": {"label.ru": "Да", "label.en": "Yes"},
                }
            ],
        },
        {
            "id": "grade",
            "type": "textfield",
            "key": "child.grade",
            "label": "Қай сынып",
            "properties": {"label.ru": "В какой класс", "label.en": "Which grade"},
        },
    ],
}


def read(declared=DECLARED, form=FORM):
    return vocabulary.read(declared, [forms.read(json.dumps(form), "f.form.json")])


def test_the_words_of_the_procedure_come_before_the_label_of_a_question():
    words = read()
    assert words.names["child.grade"]["ru"] == "Класс"
    assert words.names["decision.accepted"]["ru"] == "Результат"
    assert list(words.names) == ["child", "child.grade", "decision.accepted"]


def test_a_value_is_found_as_json_writes_it():
    words = read()
    assert words.value("child.grade", Decimal("1.0"))["en"] == "First"
    assert words.value("decision.accepted", True)["kk"] == "Иә"
    assert words.value("decision.accepted", False) is None
    assert words.value("decision.accepted", "True") is None
    assert words.value("nowhere", "x") is None


def test_called_procedures_add_words_and_change_none():
    other = vocabulary.Vocabulary(
        {"child": {"kk": "Басқа"}, "club": {"kk": "Үйірме"}}, {}
    )
    words = vocabulary.together(read(), [other])
    assert words.names["child"]["kk"] == "Бала"
    assert words.names["club"]["kk"] == "Үйірме"


def test_what_concerns_some_alone_says_whom():
    told = {"path": "told", "names": {"kk": "Хабардар"}, "values": {}}
    other = vocabulary.read([told | {"concerns": ["supervisor"]}], [])
    words = vocabulary.together(read(), [other])
    assert words.concerns == {"told": ["supervisor"]}
    assert read().concerns == {}  # nor in releases that were read before
