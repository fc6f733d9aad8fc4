"""Elements, attributes and extensions that do not run, each with its mend."""

import pytest
from engine_kit import (
    BASE,
    JOB,
    MESSAGE,
    drawing,
    el,
    els,
    flows,
    mapping,
    with_event,
    with_task,
    zeebe,
)

NOT_RUN = {
    "ad-hoc": (with_task(el("adHocSubProcess", "a")), "a"),
    "transaction": (with_task(el("transaction", "a")), "a"),
    "complex gateway": (with_task(el("complexGateway", "a")), "a"),
    "conditional catch": (
        with_event("intermediateCatchEvent", "<bpmn:conditionalEventDefinition/>"),
        "a",
    ),
    "shared event definition": (
        with_event(
            "intermediateCatchEvent",
            "<bpmn:eventDefinitionRef>x</bpmn:eventDefinitionRef>",
        ),
        "a",
    ),
    "cancel end": (
        els("startEvent:s")
        + el("endEvent", "a", "<bpmn:cancelEventDefinition/>")
        + flows("s->a"),
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
    "decision": ('<zeebe:calledDecision decisionId="d"/>', "extension-misplaced"),
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
    "two targets": (mapping(inputs="x<-1;x<-2"), "extension-doubled"),
    "two deadlines": (
        (
            '<zeebe:properties><zeebe:property name="deadline" value="PT1H"/>'
            '<zeebe:property name="deadline" value="PT2H"/></zeebe:properties>'
        ),
        "extension-doubled",
    ),
}


@pytest.mark.parametrize("what", EXTENSIONS)
def test_extensions_that_would_be_ignored_are_refused(refused, what):
    extension, rule = EXTENSIONS[what]

    found = refused(drawing(with_task(el("userTask", "a", zeebe(extension)))))

    assert [one.element_id for one in found] == ["a"]
    assert found[0].rule == (rule or "extension-misplaced")
