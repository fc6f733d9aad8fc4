"""What is refused, with file, element, rule and mend; and what is kept."""

import pytest
from engine_kit import (
    HEAD,
    JOB,
    MESSAGE,
    drawing,
    el,
    els,
    error,
    event_sub,
    flows,
    mapping,
    timer,
    zeebe,
)

from workflows import engine

BASE = els("startEvent:s endEvent:e")
LOOP = "<bpmn:multiInstanceLoopCharacteristics/>"


def with_task(task, node_id="a"):
    return BASE + task + flows(f"s->{node_id}->e")


def with_event(tag, definition, **attributes):
    return with_task(el(tag, "a", definition, **attributes))


NOT_RUN = {
    "multi-instance": (with_task(el("userTask", "a", LOOP)), "a"),
    "standard loop": (
        with_task(el("userTask", "a", "<bpmn:standardLoopCharacteristics/>")),
        "a",
    ),
    "business rule task": (with_task(el("businessRuleTask", "a")), "a"),
    "call activity": (with_task(el("callActivity", "a")), "a"),
    "ad-hoc": (with_task(el("adHocSubProcess", "a")), "a"),
    "transaction": (with_task(el("transaction", "a")), "a"),
    "inclusive gateway": (with_task(el("inclusiveGateway", "a")), "a"),
    "event-based gateway": (with_task(el("eventBasedGateway", "a")), "a"),
    "complex gateway": (with_task(el("complexGateway", "a")), "a"),
    "intermediate throw": (with_task(el("intermediateThrowEvent", "a")), "a"),
    "signal catch": (
        with_event("intermediateCatchEvent", "<bpmn:signalEventDefinition/>"),
        "a",
    ),
    "conditional catch": (
        with_event("intermediateCatchEvent", "<bpmn:conditionalEventDefinition/>"),
        "a",
    ),
    "link catch": (
        with_event("intermediateCatchEvent", "<bpmn:linkEventDefinition/>"),
        "a",
    ),
    "cycle timer": (
        with_event("intermediateCatchEvent", timer("R/PT1H", "timeCycle")),
        "a",
    ),
    "shared event definition": (
        with_event(
            "intermediateCatchEvent",
            "<bpmn:eventDefinitionRef>x</bpmn:eventDefinitionRef>",
        ),
        "a",
    ),
    "escalation end": (
        els("startEvent:s")
        + el("endEvent", "a", "<bpmn:escalationEventDefinition/>")
        + flows("s->a"),
        "a",
    ),
    "cancel end": (
        els("startEvent:s")
        + el("endEvent", "a", "<bpmn:cancelEventDefinition/>")
        + flows("s->a"),
        "a",
    ),
    "compensation boundary": (
        with_task(els("userTask:u"), "u")
        + el(
            "boundaryEvent",
            "a",
            "<bpmn:compensateEventDefinition/>",
            attachedToRef="u",
        ),
        "a",
    ),
    "message start": (
        el("startEvent", "a", MESSAGE) + els("endEvent:e") + flows("a->e"),
        "a",
    ),
    "timer start": (
        el("startEvent", "a", timer()) + els("endEvent:e") + flows("a->e"),
        "a",
    ),
    "io specification": (
        with_task(el("userTask", "a", "<bpmn:ioSpecification/>")),
        "a",
    ),
    "potential owner": (with_task(el("userTask", "a", "<bpmn:potentialOwner/>")), "a"),
    "rendering": (with_task(el("userTask", "a", "<bpmn:rendering/>")), "a"),
    "script": (
        with_task(el("scriptTask", "a", "<bpmn:script>x = 1</bpmn:script>")),
        "a",
    ),
    "correlation subscription": (
        BASE + flows("s->e") + el("correlationSubscription", "cs"),
        "cs",
    ),
}


@pytest.mark.parametrize("what", NOT_RUN)
def test_what_does_not_run_is_refused_with_its_id_and_a_mend(refused, what):
    body, element_id = NOT_RUN[what]

    found = refused(drawing(body))

    assert ("element-not-run", element_id) in {(f.rule, f.element_id) for f in found}
    assert all(one.file == "d.bpmn" for one in found)
    mend = next(one.message for one in found if one.rule == "element-not-run")
    assert "does not run" in mend
    assert mend.count(".") >= 2


ATTRIBUTES = {
    "compensation": el("userTask", "a", isForCompensation="true"),
    "start quantity": el("userTask", "a", startQuantity="2"),
    "completion quantity": el("userTask", "a", completionQuantity="2"),
    "instantiating receive": el(
        "receiveTask", "a", messageRef="msg1", instantiate="true"
    ),
    "implementation": el("serviceTask", "a", implementation="http://example.org/x"),
    "operation": el("serviceTask", "a", operationRef="o"),
    "message of a send task": el("sendTask", "a", messageRef="msg1"),
    "parallel multiple": el(
        "intermediateCatchEvent", "a", MESSAGE, parallelMultiple="true"
    ),
    "unheard of": el("userTask", "a", isUrgent="true"),
    "case of letters": el("userTask", "a", isforcompensation="false"),
    "form key": el("userTask", "a", zeebe('<zeebe:formDefinition formKey="k"/>')),
    "form binding": el(
        "userTask",
        "a",
        zeebe('<zeebe:formDefinition formId="f" bindingType="latest"/>'),
    ),
    "unheard of zeebe": el(
        "userTask", "a", zeebe('<zeebe:taskSchedule dueDate="=now()" reminder="x"/>')
    ),
    "vendor": el("userTask", "a").replace(
        "<bpmn:userTask ",
        '<bpmn:userTask xmlns:c="http://camunda.org/schema/1.0/bpmn" '
        'c:asyncBefore="true" ',
    ),
    "script format": el(
        "scriptTask",
        "a",
        zeebe('<zeebe:script expression="=1" resultVariable="x"/>'),
        scriptFormat="python",
    ),
    "plain start is not interrupting": els("task:a"),
}


@pytest.mark.parametrize("what", ATTRIBUTES)
def test_attributes_that_would_be_ignored_are_refused(refused, what):
    body = with_task(ATTRIBUTES[what])
    element_id = "a"
    if what.startswith("plain start"):
        element_id = "s"
        body = body.replace('id="s"', 'id="s" isInterrupting="false"')

    found = refused(drawing(body))

    assert {one.element_id for one in found} == {element_id}
    assert {one.rule for one in found} <= {
        "attribute-not-run",
        "attribute-unknown",
        "script-not-feel",
    }


EXTENSIONS = {
    "unknown": ("<zeebe:surprise/>", "extension-unknown"),
    "listener": ("<zeebe:executionListeners/>", "extension-not-run"),
    "decision": ('<zeebe:calledDecision decisionId="d"/>', "extension-not-run"),
    "embedded form": ("<zeebe:userTaskForm/>", "extension-not-run"),
    "misplaced": (JOB, "extension-misplaced"),
    "doubled": (
        '<zeebe:taskSchedule dueDate="=now()"/><zeebe:taskSchedule dueDate="=now()"/>',
        "extension-doubled",
    ),
    "vendor": (
        '<c:executionListener xmlns:c="http://camunda.org/schema/1.0/bpmn"/>',
        "extension-unknown",
    ),
    "inside": ("<zeebe:ioMapping><zeebe:property/></zeebe:ioMapping>", None),
}


@pytest.mark.parametrize("what", EXTENSIONS)
def test_extensions_that_would_be_ignored_are_refused(refused, what):
    extension, rule = EXTENSIONS[what]

    found = refused(drawing(with_task(el("userTask", "a", zeebe(extension)))))

    assert [one.element_id for one in found] == ["a"]
    assert found[0].rule == (rule or "extension-misplaced")


SHAPES = {
    "start-missing": els("userTask:a endEvent:e") + flows("a->e"),
    "start-several": els("startEvent:s,s2 endEvent:e") + flows("s->e", "s2->e"),
    "flow-into-start": BASE + els("task:a") + flows("s->a->e", "a->s"),
    "flow-out-of-end": BASE + els("task:a") + flows("s->e->a"),
    "flow-dangling": BASE + flows("s->e", "s->nowhere"),
    "flow-doubled": BASE
    + els("exclusiveGateway:g")
    + flows("s->g")
    + flows("g->e ? =a").replace('id="g_e"', 'id="f1"')
    + flows("g->e ? =b").replace('id="g_e"', 'id="f2"'),
    "condition-missing": BASE
    + els("exclusiveGateway:g task:a,b")
    + flows("s->g", "g->a ? =x", "g->b", "a->e", "b->e"),
    "condition-misplaced": BASE
    + els("parallelGateway:g task:a,b")
    + flows("s->g", "g->a ? =x", "g->b", "a->e", "b->e"),
    "condition-not-feel": BASE
    + els("exclusiveGateway:g task:a,b")
    + flows("s->g", "g->a ? x > 1", "g->b ? =x", "a->e", "b->e"),
    "default-unknown": BASE
    + el("exclusiveGateway", "g", default="s_g")
    + flows("s->g->e"),
    "default-conditional": BASE
    + el("exclusiveGateway", "g", default="g_e")
    + els("task:a")
    + flows("s->g", "g->e ? =x", "g->a ? =y", "a->e"),
    "default-unconditional": BASE
    + el("userTask", "a", default="a_e")
    + els("task:b")
    + flows("s->a->e", "a->b->e"),
    "event-without-trigger": with_task(els("intermediateCatchEvent:a")),
    "event-several-triggers": with_event("intermediateCatchEvent", MESSAGE + timer()),
    "boundary-unattached": BASE
    + els("exclusiveGateway:g")
    + el("boundaryEvent", "b", timer(), attachedToRef="g")
    + flows("s->g->e", "b->e"),
    "boundary-without-flow": with_task(els("userTask:a"))
    + el("boundaryEvent", "b", timer(), attachedToRef="a"),
    "message-unknown": with_task(els("receiveTask:a")),
    "error-unknown": els("startEvent:s")
    + el("endEvent", "e", error("nothing"))
    + flows("s->e"),
    "error-not-interrupting": with_task(els("userTask:a"))
    + el("boundaryEvent", "b", error(), attachedToRef="a", cancelActivity="false")
    + flows("b->e"),
    "timer-invalid": with_event("intermediateCatchEvent", timer("soon")),
    "job-type-missing": with_task(
        el("serviceTask", "a", zeebe('<zeebe:taskDefinition retries="1"/>'))
    ),
    "number-invalid": with_task(
        el("userTask", "a", zeebe('<zeebe:priorityDefinition priority="high"/>'))
    ),
    "date-invalid": with_task(
        el("userTask", "a", zeebe('<zeebe:taskSchedule dueDate="tomorrow"/>'))
    ),
    "variable-name-invalid": with_task(
        el("userTask", "a", zeebe(mapping(inputs="a.b<-1")))
    ),
    "mapping-empty": with_task(
        el(
            "userTask",
            "a",
            zeebe('<zeebe:ioMapping><zeebe:input target="x"/></zeebe:ioMapping>'),
        )
    ),
    "script-not-feel": with_task(
        el(
            "scriptTask",
            "a",
            zeebe('<zeebe:script expression="1" resultVariable="x"/>'),
        )
    ),
    "form-not-fixed": with_task(
        el("userTask", "a", zeebe('<zeebe:formDefinition formId="=f"/>'))
    ),
    "deadline-invalid": with_task(
        el(
            "userTask",
            "a",
            zeebe(
                '<zeebe:properties><zeebe:property name="deadline" value="soon"/>'
                "</zeebe:properties>"
            ),
        )
    ),
    "deadline-misplaced": with_task(
        el(
            "task",
            "a",
            zeebe(
                '<zeebe:properties><zeebe:property name="deadline" value="PT1H"/>'
                "</zeebe:properties>"
            ),
        )
    ),
    "feel-syntax": with_task(el("userTask", "a", zeebe(mapping(inputs="x<-1 +")))),
    "duplicate-id": BASE + els("task:a") + el("task", "a") + flows("s->a->e"),
    "id-invalid": BASE + els("task:a__") + flows("s->a__->e"),
    "id-missing": BASE + "<bpmn:task/>" + flows("s->e"),
    "element-misplaced": with_task(el("userTask", "a", el("laneSet", "q"))),
    "element-unknown": BASE + el("superTask", "a") + flows("s->e"),
}


@pytest.mark.parametrize("rule", SHAPES)
def test_shapes_that_cannot_run_are_refused(refused, rule):
    found = refused(drawing(SHAPES[rule]))

    assert rule in {one.rule for one in found}


def test_an_event_sub_process_needs_a_trigger_and_an_embedded_one_may_have_none(
    refused,
):
    without = event_sub("", "true")
    trigger = el(
        "subProcess",
        "sp",
        el("startEvent", "x", MESSAGE) + els("task:y") + flows("x->y"),
    )

    found = refused(drawing(BASE + flows("s->e") + without))
    assert [one.rule for one in found] == ["event-without-trigger"]
    found = refused(drawing(BASE + trigger + flows("s->sp->e")))
    assert [one.rule for one in found] == ["element-not-run"]


def test_flows_may_not_cross_the_edge_of_a_sub_process(refused):
    inner = els("startEvent:s1 task:t") + flows("s1->t")
    found = refused(
        drawing(BASE + el("subProcess", "sp", inner) + flows("s->sp->e", "t->e"))
    )

    assert [(one.rule, one.element_id) for one in found] == [("flow-dangling", "t_e")]


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
    monkeypatch.setattr("workflows.engine.documents.LARGEST_BYTES", 1000)

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
        + els("exclusiveGateway:g task:a,b,lost")
        + flows("s->g", "g->a ? =x", "g->b ? =y", "a->e", "b->e")
        + el(
            "task",
            "t",
            zeebe(
                '<zeebe:properties><zeebe:property name="dedline" '
                'value="PT1H"/></zeebe:properties>'
            ),
        )
        + flows("lost->t")
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


def test_two_executable_processes_are_two_drawings(parser):
    one = el("process", "p", BASE + flows("s->e"), isExecutable="true")
    two = one.replace('"p"', '"q"').replace('"s', '"x').replace('"e"', '"y"')
    two = two.replace('"s_e"', '"x_y"').replace('"xourceRef', '"sourceRef')
    xml = f"{HEAD}{one}{two}</bpmn:definitions>".encode()

    assert [one.key for one in engine.read(xml, "d.bpmn", parser)] == ["p", "q"]
