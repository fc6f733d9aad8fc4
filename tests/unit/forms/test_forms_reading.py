"""Reading a form: what runs is read as it is meant, what does not is refused by id."""

import json
from decimal import Decimal

import pytest

import forms

FILE = "sample.form.json"


def schema(*components, **more):
    return json.dumps(
        {"type": "default", "id": "sample", "components": components} | more
    )


def textfield(**more):
    properties = {"label.ru": "Имя", "label.en": "Name"} | more.pop("properties", {})
    return {
        "type": "textfield",
        "id": "name",
        "key": "name",
        "label": "Аты",
        "properties": properties,
    } | more


def radio(values, **more):
    return textfield(type="radio", values=values, **more)


def rules(text):
    with pytest.raises(forms.FormRefused) as caught:
        forms.read(text, FILE)
    return {(f.element_id, f.rule) for f in caught.value.findings}


def test_a_question_is_read_with_its_words_in_three_languages():
    form = forms.read(
        schema(
            textfield(
                description="Түсінік",
                properties={"description.ru": "Пояснение", "norm": "ADM-2.2, ADM-3.2"},
                validate={"required": True, "maxLength": 5},
            )
        ),
        FILE,
    )

    (field,) = form.fields
    assert [field.label.say(lang) for lang in ("kk", "ru", "en")] == [
        "Аты",
        "Имя",
        "Name",
    ]
    assert field.description is not None
    assert field.description.say("en") == "Түсінік"
    assert field.limits.required
    assert field.limits.max_length == 5
    assert form.norms == ("ADM-2.2", "ADM-3.2")
    assert [w.rule for w in form.warnings] == ["translation"]


def test_groups_give_their_path_and_condition_to_what_they_hold():
    group = {
        "type": "group",
        "id": "home",
        "path": "home",
        "conditional": {"hide": "=lives = false"},
        "components": [
            textfield(key="street", conditional={"hide": "=home.city = null"})
        ],
    }

    form = forms.read(schema(group), FILE)

    (field,) = form.fields
    assert field.path == "home.street"
    assert field.hide == ("lives = false", "home.city = null")
    assert forms.expressions(form) == {"lives = false", "home.city = null"}


def test_every_expression_is_listed_for_the_release():
    form = forms.read(
        schema(
            {"type": "text", "id": "t", "text": "Сәлем, {{applicant.name}}!",
             "properties": {"text.ru": "= greeting", "text.en": "Hello"}},
            textfield(readonly="= is defined(x)"),
            {"type": "datetime", "id": "d", "key": "day", "dateLabel": "Күні",
             "disallowPassedDates": True},
        ),
        FILE,
    )  # fmt: skip

    assert forms.expressions(form) == {
        "applicant.name",
        "greeting",
        "is defined(x)",
        "today()",
    }


def test_options_keep_the_type_of_their_values():
    values = [
        {"label": "Иә", "value": True},
        {"label": "Бір", "value": 1},
        {"label": "Мәтін", "value": "1a"},
    ]

    form = forms.read(schema(radio(values, defaultValue=True)), FILE)

    (field,) = form.fields
    assert [(o.value, o.token) for o in field.options] == [
        (True, "true"),
        (Decimal(1), "1"),
        ("1a", "1a"),
    ]
    assert field.default is True


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        ({"type": "iframe", "id": "name", "url": "x"}, "component-not-run"),
        ({"type": "documentPreview", "id": "name"}, "component-not-run"),
        ({"type": "html", "id": "name", "content": "x"}, "component-not-run"),
        ({"id": "name"}, "component-not-run"),
        (textfield(onchange="alert(1)"), "unknown-property"),
        (textfield(validate={"validationType": "url"}), "validate"),
        (textfield(validate={"max": 3}), "unknown-property"),
        (textfield(validate={"required": "yes"}), "validate"),
        (textfield(validate={"maxLength": "n"}), "validate"),
        (textfield(validate={"minLength": 9, "maxLength": 3}), "validate"),
        (textfield(validate={"pattern": "("}), "pattern"),
        (textfield(validate={"pattern": "(a+)+"}), "pattern"),
        (textfield(disabled="=x"), "property-value"),
        (textfield(readonly="yes"), "expression"),
        (textfield(conditional={"hide": "x = 1"}), "expression"),
        (textfield(conditional={"show": "=x"}), "unknown-property"),
        (textfield(properties={"script": "x"}), "unknown-property"),
        (textfield(properties={"rasim": "passport"}), "rasim"),
        (textfield(type="textarea", properties={"rasim": "iin"}), "rasim"),
        (textfield(key="a b"), "key"),
        (textfield(key="a..b"), "key"),
        (textfield(key="__class__.x.1"), "key"),
        (textfield(label=""), "label"),
        (textfield(label="= greeting"), "expression"),
        (textfield(label="{{name}}"), "expression"),
        (textfield(defaultValue=3), "default"),
        (textfield(type="number", validate={"min": 5, "max": 1}), "validate"),
        (textfield(type="number", serializeToString=True), "property-value"),
        (textfield(type="number", increment=0), "validate"),
        (textfield(type="select"), "values"),
        (textfield(type="select", valuesExpression="x"), "expression"),
        (radio([{"label": "A", "value": 1}, {"label": "B", "value": "1"}]), "values"),
        (radio([{"label": "", "value": 1}]), "values"),
        (radio([{"label": "A", "value": {}}]), "values"),
        (radio([{"label": "A", "value": 1}], defaultValue=True), "default"),
        ({"type": "text", "id": "name", "text": "<b>x</b>"}, "text"),
        ({"type": "text", "id": "name", "text": "{{#if x}}y{{/if}}"}, "text"),
        ({"type": "text", "id": "name", "text": "{{x"}, "text"),
        ({"type": "text", "id": "name", "text": "{{ }}"}, "text"),
        ({"type": "datetime", "id": "name", "key": "d", "dateLabel": "К",
          "subtype": "week"}, "property-value"),
    ],
)  # fmt: skip
def test_what_does_not_run_is_refused_by_id(component, rule):
    assert ("name", rule) in rules(schema(component))


def test_two_answers_may_not_live_in_one_place():
    first, second = textfield(id="a", key="x.y"), textfield(id="b", key="x.y")
    inside = textfield(id="c", key="x.y.z")

    assert rules(schema(first, second)) == {("b", "key-twice")}
    assert rules(schema(first, inside)) == {("c", "key-clash")}
    assert ("a", "id-twice") in rules(schema(first, textfield(id="a", key="other")))


def test_all_findings_come_at_once():
    text = schema(textfield(key=""), {"type": "html", "id": "i"}, surprise=1)

    assert rules(text) == {
        ("name", "key"),
        ("i", "component-not-run"),
        ("sample", "unknown-property"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        b"\xff\xfe\xfd",
        "[]",
        '{"id": "a", "id": "b", "components": []}',
        '{"id": "a", "components": [], "schemaVersion": NaN}',
        "[" * 100_000,
        " " * 600_000,
    ],
)
def test_what_is_not_a_form_at_all_is_refused(text):
    assert len(rules(text)) == 1


def test_groups_in_groups_without_end_are_refused():
    component = textfield()
    for depth in range(12):
        component = {"type": "group", "id": f"g{depth}", "components": [component]}

    assert {rule for _, rule in rules(schema(component))} == {"too-deep"}


def test_a_later_schema_version_is_refused():
    assert rules(schema(textfield(), schemaVersion=99)) == {
        ("sample", "schema-version")
    }


@pytest.mark.parametrize(
    ("pattern", "lacking"),
    [
        ("^[А-Я][а-я-]+$", "ӘҒҚҢӨҰҮҺІЁәғқңөұүһіё"),
        ("^[А-ЯЁа-яё ]+$", "әғқңөұүһіӘҒҚҢӨҰҮҺІ"),
        ("^[а-яәғқңөұүһі]+$", "ё"),
        ("^[А-ЯЁӘҒҚҢӨҰҮҺІа-яёәғқңөұүһі]+$", ""),
        (r"^[\u0400-\u04ff\]-]+$", ""),
        ("^[АВЕ][0-9]{4}$", ""),  # letters of a document, not of a name
        ("^[^А-Яа-я]+$", ""),
        ("^[0-9]+$", ""),
    ],
)
def test_a_pattern_that_refuses_kazakh_names_is_told(pattern, lacking):
    form = forms.read(schema(textfield(validate={"pattern": pattern})), FILE)

    told = [one.message for one in form.warnings if one.rule == "pattern-alphabet"]
    assert [f"not {lacking}," in one for one in told] == ([True] if lacking else [])
