"""Drawings of other tools: read, or refused in words that their author understands."""

import re

import pytest
from engine_kit import drawing, el, els, flows, zeebe
from lxml import etree

from tests import conformance
from workflows import engine

MIWG = conformance.files("bpmn-miwg", "*.bpmn")
ABOUT_THE_FILE = {"xml-malformed", "not-bpmn", "process-missing"}


def marked_executable(source):
    return re.sub(
        rb'(<(?:\w+:)?process\b(?![^>]*isExecutable="true")[^>]*?)'
        rb'(?: isExecutable="false")?(/?>)',
        rb'\1 isExecutable="true"\2',
        re.sub(rb' isExecutable="false"', b"", source),
    )


def check(source, parser):
    """The findings of a file, each of which a modeller can act on."""
    ids = {node.get("id") for node in etree.fromstring(source).iter("*")}
    try:
        drawings = engine.read(source, "theirs.bpmn", parser)
    except engine.DrawingRefused as refused:
        findings = refused.findings
        assert any(one.severity == "error" for one in findings)
    else:
        assert drawings
        findings = [one for each in drawings for one in each.findings]
        assert not [one for one in findings if one.severity == "error"]
    for one in findings:
        assert one.element_id in ids or one.rule in ABOUT_THE_FILE, one
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", one.rule)
        # What is wrong, and the mend.
        assert one.message.endswith(".")
        assert one.severity == "warning" or one.message.count(". ") >= 1, one
        assert "None" not in one.message
        assert "{http" not in one.message


@conformance.each("path", MIWG)
@pytest.mark.parametrize("prepare", [bytes, marked_executable], ids=["as is", "marked"])
def test_a_reference_model_is_read_or_refused_by_name(path, prepare, parser):
    check(prepare(path.read_bytes()), parser)


THEIRS = (
    ' xmlns:sig="http://www.signavio.com" xmlns:biz="http://www.bizagi.com/bpmn20"'
    ' xmlns:flow="http://flowable.org/bpmn" xmlns:who="urn:nobody"'
)


def theirs(inner):
    body = els("startEvent:s endEvent:e") + inner + flows("s->a->e")
    drawn = drawing(body, declared="")
    return drawn.replace(b" targetNamespace", THEIRS.encode() + b" targetNamespace", 1)


def refusals(source, parser):
    with pytest.raises(engine.DrawingRefused) as refused:
        engine.read(source, "theirs.bpmn", parser)
    return [(one.element_id, one.rule) for one in refused.value.findings]


def test_what_a_drawing_tool_notes_is_kept(parser):
    noted = zeebe('<sig:signavioMetaData metaKey="bgcolor" metaValue="#fff"/>')
    task = el("task", "a", noted, **{"biz:anything": "1"})
    (found,) = engine.read(theirs(task), "theirs.bpmn", parser)
    assert not found.findings


@pytest.mark.parametrize("vendor", ["flow", "who"])
def test_what_another_engine_would_do_is_refused_in_one_finding(vendor, parser):
    task = el("task", "a", **{f"{vendor}:async": "true", f"{vendor}:skip": "${x}"})
    assert refusals(theirs(task), parser) == [("a", "attribute-unknown")]
    task = el("task", "a", zeebe(f"<{vendor}:listener/><{vendor}:field/>"))
    assert refusals(theirs(task), parser) == [("a", "extension-unknown")]


def test_at_documentation_every_note_is_kept(parser):
    noted = zeebe("<who:anything/>")
    note = el("textAnnotation", "n", noted, **{"who:colour": "red"})
    store = el("dataObjectReference", "d", noted, **{"who:colour": "red"})
    (found,) = engine.read(theirs(el("task", "a") + note + store), "t.bpmn", parser)
    assert not found.findings


def test_at_documentation_a_wrong_word_of_ours_is_still_refused(parser):
    note = el("textAnnotation", "n", zeebe("<zeebe:unheard/>"))
    assert refusals(theirs(el("task", "a") + note), parser) == [
        ("n", "extension-unknown")
    ]


def test_what_runs_is_told_by_the_closed_world_even_with_a_known_vendor(parser):
    task = el("task", "a", **{"flow:async": "true", "biz:x": "1"})
    assert refusals(theirs(task), parser) == [("a", "attribute-unknown")]
