"""docs/forms.md tells what runs: made of the palette, its examples run here."""

import json

import pytest

import forms
from forms.palette import COSMETIC, EVERY, FOLDED, KNOWN
from tests import forms_document
from tests.form_examples import EXAMPLES
from tests.forming import check, codes, page
from workflows import feel


def form_of(example):
    return forms.read(
        json.dumps({"id": "f", "components": [example.component]}), "f.form.json"
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=[one.type for one in EXAMPLES])
def test_an_example_of_the_document_gives_what_it_says(example):
    form = form_of(example)
    known = {name: feel.from_plain(told) for name, told in example.variables.items()}

    assert codes(form, example.answers, known) == example.told
    if not example.told:
        told = {
            n: feel.plain(v) for n, v in check(form, example.answers, known).items()
        }
        assert told == example.result
    shown = page(form, example.answers, known).items
    assert len(shown) == (example.type not in ("button", "expression"))


@pytest.mark.parametrize("example", EXAMPLES, ids=[one.type for one in EXAMPLES])
def test_an_example_of_the_document_is_complete_in_three_languages(example):
    assert {w.rule for w in form_of(example).warnings} <= {"button"}


def test_every_component_has_an_example():
    assert {one.type for one in EXAMPLES} == set(KNOWN)


def test_the_document_is_up_to_date():
    text = forms_document.DOCUMENT.read_text(encoding="utf-8")

    assert forms_document.text_of() == text, "run: make docs"


def test_what_every_component_may_say_is_in_the_document():
    text = forms_document.DOCUMENT.read_text(encoding="utf-8")
    common = text.partition("## Components")[0]

    untold = (EVERY | COSMETIC | FOLDED) - {"type", "conditional", "properties"}
    assert [name for name in sorted(untold) if f"`{name}`" not in common] == []
