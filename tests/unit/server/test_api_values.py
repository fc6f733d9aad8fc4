"""FEEL values as JSON: every digit, and temporal values as FEEL writes them."""

import json
from decimal import Decimal

import pytest

from server.api.values import encoded
from workflows import feel
from workflows.feel import wide


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0.1", "0.1"),
        ("1.50", "1.5"),
        ("-0.0", "0"),
        ("1E+3", "1000"),
        ("1E-7", "0.0000001"),
        ("12345678901234567890123456789012.34", "12345678901234567890123456789012.34"),
        ("1E+50", "1E+50"),
        ("1.20E+60", "1.2E+60"),
        ("-5E-50", "-5E-50"),
    ],
)
def test_a_number_keeps_its_digits(number, text):
    assert encoded(Decimal(number)) == text
    assert json.loads(text, parse_float=Decimal) == Decimal(number)


def test_names_and_texts_are_json():
    value = {'а"б': [None, True, "\n\u2028"], "": {}}

    assert json.loads(encoded(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "-2017-12-31",
        "11:22:33.123456789",
        "99999-12-31T11:22:33",
        "2017-12-31T11:22:33.123456789@Europe/Paris",
    ],
)
def test_what_only_lenient_evaluation_has_is_written_as_it_was_read(text):
    assert encoded(wide.parse_at_literal(text)) == f'"{text}"'


def test_a_function_has_no_form():
    function = feel.Function("f", (), lambda run, arguments: None)

    with pytest.raises(feel.NotAValue):
        encoded([function])
