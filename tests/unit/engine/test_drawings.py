"""What a file must be, what is kept, and what a release is told."""

import pytest
from engine_kit import (
    BASE,
    HEAD,
    drawing,
    el,
    els,
    flows,
    timer,
    with_task,
    zeebe,
)

from workflows import engine

BOMB = b"""<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<definitions name="&c;">&c;</definitions>"""


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (BOMB, "xml-doctype"),
        (
            BOMB.decode().replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"),
            "xml-doctype",
        ),
        (b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "xml-doctype"),
        (
            b'<!DOCTYPE d [<!ENTITY x SYSTEM "http://localhost/">]><d>&x;</d>',
            "xml-doctype",
        ),
        (b"<definitions>\n<open>", "xml-malformed"),
        (b"", "xml-malformed"),
        (b"not xml", "xml-malformed"),
        (b'<?xml version="1.0" encoding="no-such"?><d/>', "xml-malformed"),
        (b"<d>&undefined;</d>", "xml-malformed"),
        (b"<d>" * 101 + b"</d>" * 101, "xml-too-deep"),
        (b"<d>" + b"<e/>" * 400_000 + b"</d>", "xml-too-large"),
        (b'<d a="' + b"x" * 100_000 + b'"/>', "xml-too-long"),
        (b"<d " + b"x" * 100_001 + b'=""/>', "xml-too-long"),
        (
            b"<d " + b" ".join(b'a%d=""' % n for n in range(1_001)) + b"/>",
            "xml-too-long",
        ),
        (b"<definitions/>", "not-bpmn"),
        (HEAD.encode() + b"</bpmn:definitions>", "process-missing"),
    ],
)
def test_files_that_are_no_drawing_are_refused(refused, xml, rule):
    found = refused(xml)

    assert [one.rule for one in found] == [rule]
    assert found[0].file == "d.bpmn"


def test_a_malformed_file_names_its_line(refused):
    assert "Line 2" in refused(b"<definitions>\n<open></definitions>")[0].message


def test_a_file_that_is_too_large_is_refused(refused, monkeypatch):
    monkeypatch.setattr("workflows.safe_xml.LARGEST_BYTES", 1000)

    assert refused(b" " * 1001)[0].rule == "xml-too-large"


@pytest.mark.parametrize("attributes", ["", 'isExecutable="false"'])
def test_a_process_that_is_not_executable_is_refused(refused, attributes):
    found = refused(drawing(BASE + flows("s->e"), attributes=attributes))

    assert [(one.rule, one.element_id) for one in found] == [
        ("process-not-executable", "p")
    ]


POOLS = (
    f'{HEAD}<bpmn:collaboration id="c">'
    '<bpmn:participant id="p1" name="Мектеп" processRef="p"/>'
    '<bpmn:participant id="p2" name="Ата-ана" processRef="q"/>'
    '<bpmn:participant id="p3" name="Қара жәшік"/>'
    '<bpmn:messageFlow id="mf" sourceRef="p3" targetRef="p1"/>'
    '<bpmn:textAnnotation id="ta"><bpmn:text>түсінік</bpmn:text></bpmn:textAnnotation>'
    '<bpmn:group id="gr"/></bpmn:collaboration>'
    '<bpmn:process id="q"><bpmn:complexGateway id="cg"/></bpmn:process>'
)


def test_pools_lanes_data_and_notes_are_documentation(parser):
    body = (
        el(
            "laneSet",
            "ls",
            el("lane", "l1", "<bpmn:flowNodeRef>a</bpmn:flowNodeRef>", name="Хатшы"),
        )
        + with_task(
            el(
                "userTask",
                "a",
                '<bpmn:documentation textFormat="text/plain">d</bpmn:documentation>'
                '<bpmn:property id="pr" name="__targetRef_placeholder"/>'
                '<bpmn:dataInputAssociation id="di"><bpmn:sourceRef>dr</bpmn:sourceRef>'
                "<bpmn:targetRef>pr</bpmn:targetRef></bpmn:dataInputAssociation>",
            )
        )
        + el("dataObject", "do")
        + el("dataObjectReference", "dr", dataObjectRef="do")
        + el("dataStoreReference", "ds")
        + el("association", "as", sourceRef="a", targetRef="ta")
        + '<bpmn:textAnnotation id="ta2"><bpmn:text>x</bpmn:text></bpmn:textAnnotation>'
    )
    xml = (
        f'{POOLS}<bpmn:process id="p" isExecutable="true">{body}</bpmn:process>'
        '<bpmndi:BPMNDiagram id="di1"><bpmndi:BPMNPlane id="pl" bpmnElement="c"/>'
        "</bpmndi:BPMNDiagram></bpmn:definitions>"
    ).encode()

    read = engine.read(xml, "d.bpmn", parser)[0]

    assert read.key == "p"
    assert read.findings == []
    element = next(one for one in read.summary["elements"] if one["id"] == "a")
    assert element["lane"] == "Хатшы"
    assert engine.load(xml, "p", read.trees).elements["a"].lane == "Хатшы"


def test_what_editors_keep_for_themselves_is_kept(parser):
    task = el("userTask", "a").replace(
        "<bpmn:userTask ",
        '<bpmn:userTask zeebe:modelerTemplate="t" zeebe:modelerTemplateVersion="1" '
        'modeler:x="y" ',
    )
    condition = flows("g->e ? =x").replace(
        "<bpmn:conditionExpression>",
        '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">',
    )
    body = (
        els("startEvent:s endEvent:e exclusiveGateway:g")
        + task
        + flows("s->a->g")
        + condition
    )

    read = engine.read(drawing(body), "d.bpmn", parser)[0]

    assert read.findings == []


def test_warnings_come_with_the_drawing(parser):
    body = (
        BASE
        + els("exclusiveGateway:g task:a,b userTask:lost")
        + flows("s->g", "g->a ? =x", "g->b ? =y", "a->e", "b->e")
        + el(
            "task",
            "t",
            zeebe(
                '<zeebe:properties><zeebe:property name="dedline" '
                'value="PT1H"/></zeebe:properties>'
            ),
        )
        + flows("lost->t->lost")
        + el("boundaryEvent", "bt", timer(), attachedToRef="a")
        + flows("bt->e")
    )

    findings = engine.read(drawing(body), "d.bpmn", parser)[0].findings

    assert {(one.rule, one.element_id, one.severity) for one in findings} == {
        ("default-missing", "g", "warning"),
        ("unreachable", "lost", "warning"),
        ("unreachable", "t", "warning"),
        ("property-unread", "t", "warning"),
        ("boundary-never", "bt", "warning"),
    }


def test_a_drawing_tells_what_a_release_must_know(parser):
    task = el(
        "userTask",
        "a",
        zeebe(
            '<zeebe:formDefinition formId="f.decision" bindingType="deployment"/>'
            '<zeebe:assignmentDefinition candidateGroups="clerk"/>'
            '<zeebe:properties><zeebe:property name="norm" value="ADM-5 BA-1.11"/>'
            '<zeebe:property name="title.en" value="Decide"/></zeebe:properties>'
        ),
        name="Шешу",
    )
    head = zeebe(
        '<zeebe:versionTag value="2026-1"/><zeebe:properties>'
        '<zeebe:property name="title.ru" value="Приём"/>'
        '<zeebe:property name="norm" value="ADM-1"/>'
        '<zeebe:property name="deadline" value="=5 + 1"/></zeebe:properties>'
    )
    body = (
        head
        + els("startEvent:s serviceTask:j endEvent:e")
        + task
        + el("receiveTask", "r", messageRef="msg1")
        + flows("s->a->j->r->e")
    )
    xml = drawing(body, attributes='isExecutable="true" name="Қабылдау"')

    read = engine.read(xml, "d.bpmn", parser)[0]

    assert read.names == {"kk": "Қабылдау", "ru": "Приём", "en": "Қабылдау"}
    assert read.version_tag == "2026-1"
    assert set(read.trees) == {"5 + 1", "key"}
    summary = read.summary
    assert (summary["norms"], summary["deadline"]) == (["ADM-1"], "=5 + 1")
    assert summary["form_ids"] == ["f.decision"]
    assert summary["job_types"] == ["work"]
    assert summary["messages"] == ["M1"]
    assert summary["candidate_groups"] == ["clerk"]
    decide = next(one for one in summary["elements"] if one["id"] == "a")
    assert decide["names"] == {"kk": "Шешу", "ru": "Шешу", "en": "Decide"}
    assert decide["norms"] == ["ADM-5", "BA-1.11"]
    assert decide["type"] == "userTask"
    definition = engine.load(xml, "p", read.trees)
    assert definition.start == "s"
    assert definition.names == read.names
    assert set(definition.elements) == {"s", "j", "e", "a", "r"}


def test_duties_are_kept_apart_whichever_of_two_steps_comes_second(parser):
    rule = (
        '<zeebe:properties><zeebe:property name="not_by" value="a, c"/>'
        '<zeebe:property name="bulk" value="true"/></zeebe:properties>'
    )
    body = (
        els("startEvent:s userTask:a,c,d endEvent:e")
        + el("userTask", "b", zeebe(rule))
        + flows("s->a->b->c->d->e")
    )
    xml = drawing(body)

    read = engine.read(xml, "d.bpmn", parser)[0]
    definition = engine.load(xml, "p", read.trees)

    assert read.findings == []
    assert definition.apart == {"a": ("b",), "b": ("a", "c"), "c": ("b",)}
    assert [one.id for one in definition.elements.values() if one.is_bulk] == ["b"]


def test_two_executable_processes_are_two_drawings(parser):
    one = el("process", "p", BASE + flows("s->e"), isExecutable="true")
    two = one.replace('"p"', '"q"').replace('"s', '"x').replace('"e"', '"y"')
    two = two.replace('"s_e"', '"x_y"').replace('"xourceRef', '"sourceRef')
    xml = f"{HEAD}{one}{two}</bpmn:definitions>".encode()

    assert [one.key for one in engine.read(xml, "d.bpmn", parser)] == ["p", "q"]
