"""FEEL of forms: null over what is open, an error over what is wrong."""

from decimal import Decimal

import pytest

from tests import forming
from workflows import feel


@pytest.fixture(scope="module", autouse=True)
def _parser():
    yield
    forming.close()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("open * 2", None),
        ("open > 5", None),
        ("not(open)", None),
        ("count(open)", None),
        ("if open then 1 else 2", Decimal(2)),
        ("some x in open satisfies x = 1", None),
        ("known * 2", Decimal(4)),
        ("open = null", True),
    ],
)
def test_an_expression_over_an_open_question_gives_null(text, value):
    assert forming.evaluate(text, {"open": None, "known": Decimal(2)}) == value


def test_a_name_that_is_not_there_is_an_error():
    with pytest.raises(feel.UnknownName):
        forming.evaluate("other * 2", {"open": None})


def test_a_value_of_a_wrong_type_is_an_error():
    with pytest.raises(feel.WrongType):
        forming.evaluate('known * "2"', {"known": Decimal(2)})
