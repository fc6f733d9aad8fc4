"""docs/security.md: no requirement is left out, and its evidence is there."""

from collections import Counter

import pytest

from tests import security_document
from tests.security_document import MET, NOT_APPLICABLE, OPEN, ROOT


def test_the_standard_has_as_many_requirements_as_it_says():
    assert Counter(security_document.asked().values()) == {"1": 70, "2": 183}


def test_each_requirement_of_levels_one_and_two_is_answered_once_and_in_order():
    told = [row["id"] for row in security_document.rows()]

    assert told == list(security_document.asked())


@pytest.mark.parametrize(
    "row", security_document.rows(), ids=[r["id"] for r in security_document.rows()]
)
def test_an_answer_has_what_it_rests_on(row):
    paths = row["evidence"].split()

    assert row["state"] in (MET, NOT_APPLICABLE, OPEN)
    assert paths or row["state"] == NOT_APPLICABLE
    assert row["why"] or row["state"] == MET
    assert [one for one in paths if not (ROOT / one).is_file()] == []


def test_the_document_says_what_the_table_says():
    text = security_document.DOCUMENT.read_text(encoding="utf-8")

    assert text == security_document.text(), "run `make docs`"
