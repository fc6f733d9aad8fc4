"""Small drawings and forms for tests: steps in a line, from a start to an end."""

import itertools
import json


def step(
    kind: str, id_: str, inside: str = "", name: str = "", *, body: str = ""
) -> str:
    """One element; `inside` are its extension elements, `body` what else it holds."""
    named = f' name="{name}"' if name else ""
    extensions = f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"
    held = (extensions if inside else "") + body
    return f'<bpmn:{kind} id="{id_}"{named}>{held}</bpmn:{kind}>'


def call(id_: str, process: str, inside: str = "") -> str:
    called = f'<zeebe:calledElement processId="{process}"/>'
    return step("callActivity", id_, called + inside, name=f"Шақыру {id_}")


def ask(id_: str, form: str | None = None, name: str = "", *properties: str) -> str:
    """A user task for clerks; `properties` are `name=value`."""
    inside = '<zeebe:assignmentDefinition candidateGroups="clerk"/>'
    if form:
        inside += f'<zeebe:formDefinition formId="{form}"/>'
    pairs = [one.split("=", 1) for one in properties]
    if pairs:
        drawn = "".join(f'<zeebe:property name="{k}" value="{v}"/>' for k, v in pairs)
        inside += f"<zeebe:properties>{drawn}</zeebe:properties>"
    return step("userTask", id_, inside, name)


def job(id_: str, type_: str, name: str = "") -> str:
    return step("serviceTask", id_, f'<zeebe:taskDefinition type="{type_}"/>', name)


def line(
    key: str,
    *steps: str,
    start: str = '<bpmn:startEvent id="start"/>',
    besides: str = "",
    inside: str = "",
) -> bytes:
    """A process of steps one after the other, from `start` to `end`.

    `besides` stands beside the process, `inside` are its extension elements.
    """
    ids = [one.split('id="', 1)[1].split('"', 1)[0] for one in (start, *steps)]
    ids.append("end")
    flows = "".join(
        f'<bpmn:sequenceFlow id="{key}_{n}" sourceRef="{a}" targetRef="{b}"/>'
        for n, (a, b) in enumerate(itertools.pairwise(ids))
    )
    extensions = f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions'
        ' xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
        ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
        ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI" targetNamespace="test">'
        f'{besides}<bpmn:process id="{key}" name="{key} рәсімі" isExecutable="true">'
        f"{extensions if inside else ''}{start}{''.join(steps)}"
        f'<bpmn:endEvent id="end"/>{flows}</bpmn:process>'
        f"{_picture(key, ids)}</bpmn:definitions>"
    ).encode()


def _picture(key: str, ids: list[str]) -> str:
    """Where the elements and the flows between them are drawn."""
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{id_}_di" bpmnElement="{id_}">'
        f'<dc:Bounds x="{160 * n}" y="0" width="100" height="80"/></bpmndi:BPMNShape>'
        for n, id_ in enumerate(ids)
    )
    edges = "".join(
        f'<bpmndi:BPMNEdge id="{key}_{n}_di" bpmnElement="{key}_{n}">'
        f'<di:waypoint x="{160 * n + 100}" y="40"/>'
        f'<di:waypoint x="{160 * n + 160}" y="40"/></bpmndi:BPMNEdge>'
        for n in range(len(ids) - 1)
    )
    return (
        f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane"'
        f' bpmnElement="{key}">{shapes}{edges}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    )


def form(id_: str, *fields: str) -> bytes:
    """A form of required text fields."""
    components = [
        {"key": key, "type": "textfield", "label": key, "validate": {"required": True}}
        for key in fields
    ]
    return json.dumps({"id": id_, "type": "default", "components": components}).encode()
