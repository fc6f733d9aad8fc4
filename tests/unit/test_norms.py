"""Norms: what a step rests on can always be opened."""

import json
import re
from pathlib import Path

import pytest

from workflows.model import NotFound
from workflows.norms import Norms, NormsUnreadable

BPMN = Path(__file__).parents[2] / "bpmn"


@pytest.fixture(scope="module")
def norms() -> Norms:
    return Norms.load(BPMN)


def copy_of(folder: Path, **changed: object) -> Path:
    for name in ("acts", "norms", "base_acts"):
        text = (BPMN / f"{name}.json").read_text("utf-8")
        if name in changed:
            text = json.dumps(changed[name])
        (folder / f"{name}.json").write_text(text, "utf-8")
    return folder


def test_an_article_speaks_the_words_of_the_act(norms):
    norm = norms.get("ADM-6")

    assert norm.is_literal
    assert "кері қайтарып ала алады" in norm.quote_kk
    assert norm.act.numbers == ["73-НҚ", "168/НҚ"]
    assert norm.confidence is None


def test_a_fact_of_an_act_outside_tells_its_source_and_confidence(norms):
    norm = norms.get("BA-1.11")

    assert not norm.is_literal
    assert norm.confidence == "A/B"
    assert norm.source
    assert norm.act.id == "model_rules_564"


def test_a_norm_without_a_russian_text_is_shown_in_kazakh(norms):
    norm = norms.get("RM-1")

    assert norm.say("ru") == norm.quote_kk
    assert norm.say("en") != norm.quote_kk


def test_an_unknown_norm_is_named(norms):
    with pytest.raises(NotFound, match="ADM-99"):
        norms.get("ADM-99")


def test_every_norm_of_every_drawing_exists_and_is_told_in_three_languages(norms):
    drawn = {
        norm
        for drawing in BPMN.rglob("*.bpmn")
        for used in re.findall(
            r'name="(?:deadline\.)?norm" value="([^"]*)"', drawing.read_text("utf-8")
        )
        for norm in used.split()
    }

    assert drawn
    assert {norm for norm in drawn if norm not in norms} == set()
    assert {norm for norm in drawn if "ru" not in norms.get(norm).texts} == set()


def test_every_norm_of_every_form_exists(norms):
    forms = BPMN.parent / "forms"
    used = {
        norm
        for form in forms.rglob("*.form.json")
        for found in re.findall(r'"norm": "([^"]*)"', form.read_text("utf-8"))
        for norm in found.split()
    }

    assert used
    assert {norm for norm in used if norm not in norms} == set()


def test_a_norm_that_is_there_twice_is_refused(tmp_path):
    articles = json.loads((BPMN / "norms.json").read_text("utf-8"))
    folder = copy_of(tmp_path, norms=[*articles, articles[0]])

    with pytest.raises(NormsUnreadable, match=f"{articles[0]['id']} is there twice"):
        Norms.load(folder)


def test_a_norm_of_an_unknown_act_is_refused(tmp_path):
    articles = json.loads((BPMN / "norms.json").read_text("utf-8"))
    articles[0]["act"] = "no_such_act"

    with pytest.raises(NormsUnreadable, match="no_such_act"):
        Norms.load(copy_of(tmp_path, norms=articles))


def test_a_field_that_is_not_known_is_refused_with_the_file(tmp_path):
    facts = json.loads((BPMN / "base_acts.json").read_text("utf-8"))
    facts[0]["confidance"] = "A"

    with pytest.raises(NormsUnreadable, match=r"base_acts\.json.*confidance"):
        Norms.load(copy_of(tmp_path, base_acts=facts))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NormsUnreadable, match=r"acts\.json"):
        Norms.load(tmp_path)
