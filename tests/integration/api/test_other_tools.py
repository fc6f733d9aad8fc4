"""Drawings of other tools over the API: released whole, or refused by name."""

import pytest

from tests import conformance

MIWG = conformance.files("bpmn-miwg", "*.bpmn")
DRAWING = """<?xml version="1.0" encoding="{encoding}"?>
<!-- Сызба: {key} -->
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="{key}" name="Өтінім қарау" isExecutable="true">
    <sequenceFlow id="f" sourceRef="s" targetRef="e"/>
    <endEvent id="e"/>
    <startEvent id="s"><!-- no outgoing --></startEvent>
  </process>
</definitions>
"""
RUSSIAN = DRAWING.replace("Өтінім қарау", "Рассмотрение заявления")


@pytest.fixture(scope="module")
def designer(callers):
    return callers["designer"]


@conformance.each("path", MIWG)
def test_a_reference_model_is_released_or_refused_by_name(designer, path):
    answer = designer.post_files("/api/v1/deployments", [path])

    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 422:
        for one in answer.json["findings"]:
            assert {"file", "element_id", "rule", "severity", "message"} <= one.keys()
            assert one["file"] == path.name
    else:
        check_bytes(designer, answer, path.read_bytes())


@conformance.each("path", [path for path in MIWG if path.stem in ("A.1.0", "A.4.1")])
def test_a_model_that_runs_keeps_every_byte(designer, path):
    source = path.read_bytes().replace(b'isExecutable="false"', b'isExecutable="true"')

    answer = designer.post_files("/api/v1/deployments", {path.name: source})

    assert answer.status_code == 201, answer.text
    check_bytes(designer, answer, source)


@pytest.mark.parametrize(
    ("encoding", "mark", "text"),
    [
        ("utf-8", b"", DRAWING),
        ("utf-8", b"\xef\xbb\xbf", DRAWING),
        ("utf-16", b"", DRAWING),
        ("windows-1251", b"", RUSSIAN),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "windows-1251"],
)
def test_any_encoding_and_line_end_is_kept_and_read(
    callers, designer, encoding, mark, text
):
    key = f"kept_{len(mark)}_{encoding.replace('-', '_')}"
    told = text.format(encoding=encoding, key=key).replace("\n", "\r\n")
    if encoding == "windows-1251":
        told = told.replace("Сызба", "Схема")
    source = mark + told.encode(encoding)

    answer = designer.post_files("/api/v1/deployments", {"d.bpmn": source})

    assert answer.status_code == 201, answer.text
    check_bytes(designer, answer, source)
    shown = designer.get(f"/api/v1/definitions/{key}").json
    assert shown["xml"].removeprefix("\ufeff") == told
    assert shown["names"]["kk"] in told
    started = callers["clerk"].post(
        "/api/v1/instances", {"process_key": key, "variables": {}}
    )
    assert started.json["state"] == "completed"


def check_bytes(designer, answer, source):
    for one in answer.json["definitions"]:
        path = f"/api/v1/definitions/{one['key']}/versions/{one['version']}/file"
        assert designer.get(path).data == source
