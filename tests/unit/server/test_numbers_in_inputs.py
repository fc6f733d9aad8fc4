"""A number that a page shows and that nobody touches comes back as it was."""

from decimal import Decimal

import pytest
from flask import Flask

import forms
from server import i18n
from tests.forming import form_of, question

NUMBERS = ["1234", "1234567.89", "43.238949", "-0.05", "0.123456789012", "1E+29"]
NUMBERS += ["123456789012345678901234567890"]


@pytest.mark.parametrize("language", i18n.LOCALES)
@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_comes_back_in_every_language(forms_app: Flask, language, number):
    """English thousands have commas, which are decimals where a number is typed."""
    with forms_app.test_request_context(f"/?lang={language}"):
        shown = i18n.exact_number(Decimal(number))

    answers = forms.from_html(form_of(question("number")), {"q": shown})

    assert answers == {"q": Decimal(number)}


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("1234567.89", "1\xa0234\xa0567,89"),
        ("76.945465", "76,945465"),
        ("0.33333333333333333333", "0,3333333333"),
        ("1E-30", "0"),
        ("-0", "0"),
        ("1E+400", "1E+400"),
        ("123456789012345678901234567890", "123 456 789 012 345 678 901 234 567 890"),
    ],
)
def test_a_number_that_is_read_has_the_digits_that_count(
    forms_app: Flask, number, shown
):
    with forms_app.test_request_context("/?lang=kk"):
        told = i18n.number(Decimal(number))

    assert told.replace("\xa0", " ") == shown.replace("\xa0", " ")
