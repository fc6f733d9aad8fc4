"""Types of a model: what conforms, and what is made to fit (DMN 10.3.2.9.4)."""

from datetime import date

import pytest

from tests.decisions import Bench, decision, text
from tests.models import given


def item(name: str, inside: str, *, collection: bool = False) -> str:
    listed = ' isCollection="true"' if collection else ""
    return f'<itemDefinition name="{name}"{listed}>{inside}</itemDefinition>'


def component(name: str, kind: str) -> str:
    return f'<itemComponent name="{name}"><typeRef>{kind}</typeRef></itemComponent>'


TYPES = "".join(
    (
        item("tNumbers", "<typeRef>number</typeRef>", collection=True),
        item("tPerson", component("name", "string") + component("age", "number")),
        item("tPeople", "<typeRef>tPerson</typeRef>", collection=True),
        item("tGroup", component("head", "tPerson") + component("all", "tPeople")),
        item(
            "tGrade",
            "<typeRef>string</typeRef>"
            '<allowedValues><text>"A", "B"</text></allowedValues>',
        ),
        item(
            "tGrades",
            "<typeRef>tGrade</typeRef>"
            "<typeConstraint><text>count(?) &lt; 3</text></typeConstraint>",
            collection=True,
        ),
        item("tMoment", "<typeRef>dateTime</typeRef>"),
        item(
            "tTree",
            '<itemComponent name="below" isCollection="true"><typeRef>tTree</typeRef>'
            "</itemComponent>",
        ),
        item(
            "tSum",
            '<functionItem outputTypeRef="number"><parameters name="a" '
            'typeRef="number"/></functionItem>',
        ),
    )
)


def typed(kind: str, expression: str) -> str:
    return TYPES + decision(text(expression), type_=kind)


@pytest.mark.parametrize(
    ("kind", "expression", "value"),
    [
        ("number", "1", 1),
        ("number", "null", None),
        ("number", "[1]", 1),
        ("tNumbers", "[1, null]", [1, None]),
        ("tNumbers", "1", [1]),
        ("tNumbers", "[]", []),
        ("tPerson", '{name: "A", age: 1, more: 2}', {"name": "A", "age": 1, "more": 2}),
        ("tPerson", '{name: "A", age: null}', {"name": "A", "age": None}),
        ("tPerson", '[{name: "A", age: 1}]', {"name": "A", "age": 1}),
        ("tPeople", '{name: "A", age: 1}', [{"name": "A", "age": 1}]),
        ("tGrade", '"A"', "A"),
        ("tGrades", '["A", "B"]', ["A", "B"]),
        ("tTree", "{below: [{below: []}]}", {"below": [{"below": []}]}),
        ("Any", "{a: 1}", {"a": 1}),
        ("context", "{a: 1}", {"a": 1}),
        ("list", "[1]", [1]),
        ("dayTimeDuration", 'duration("P1D")', "P1D"),
        ("dateTime", '@"2026-09-01"', "2026-09-01T00:00:00+00:00"),
        ("tMoment", '@"2026-09-01"', "2026-09-01T00:00:00+00:00"),
    ],
)
def test_a_value_fits(bench: Bench, kind, expression, value) -> None:
    assert bench.value(typed(kind, expression), "asked") == value


@pytest.mark.parametrize(
    ("kind", "expression"),
    [
        ("number", '"1"'),
        ("number", '["1"]'),
        ("number", "[1, 2]"),
        ("tNumbers", '[1, "2"]'),
        ("tNumbers", '"2"'),
        ("tPerson", '{name: "A"}'),
        ("tPerson", '{name: "A", age: "1"}'),
        ("tGroup", '{head: {name: "A", age: 1}, all: [1]}'),
        ("tGrade", '"C"'),
        ("tGrades", '["C"]'),
        ("tGrades", '["A", "B", "A"]'),
        ("tTree", "{below: [1]}"),
        ("date", '@"2026-09-01T00:00:00"'),
        ("tSum", "function() 1"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(bench: Bench, kind, expression) -> None:
    error = bench.refusal(typed(kind, expression), "asked")

    assert kind in error.reason
    assert error.element_id == "asked"
    assert bench.value(typed(kind, expression), "asked", lenient=True) is None


def test_a_function_fits_its_type(bench: Bench) -> None:
    body = (
        TYPES
        + decision(text("function(a) a + 1"), type_="tSum", id_="plus")
        + decision(text("plus(1)"), "Decision=plus")
    )

    assert bench.value(body, "asked") == 2


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('{name: "A", age: 1} instance of tPerson', True),
        ('{name: "A"} instance of tPerson', False),
        ("[1] instance of tNumbers", True),
        ("null instance of tPerson", False),
        # The standard leaves allowed values out here.
        ('"C" instance of tGrade', True),
    ],
)
def test_instance_of_knows_the_types_of_the_model(bench: Bench, expression, value):
    assert bench.value(TYPES + decision(text(expression)), "asked") is value


def test_an_input_is_made_to_fit_or_refused(bench: Bench) -> None:
    body = TYPES + given("grade", "tGrade") + decision(text("grade"), "Input=in_grade")

    assert bench.value(body, "asked", {"grade": ["A"]}) == "A"
    error = bench.refusal(body, "asked", {"grade": "C"})
    assert error.decision_name == "grade"
    assert "the string is not among the values of tGrade" in str(error)
    assert bench.value(body, "asked", {"grade": "C"}, lenient=True) is None


def test_a_date_becomes_midnight_in_utc(bench: Bench) -> None:
    outcome = bench.outcome(typed("date and time", '@"2026-09-01"'), "asked")

    assert outcome.value.date() == date(2026, 9, 1)
    assert outcome.value.utcoffset().total_seconds() == 0
