"""Writes a random process as BPMN XML."""

from xml.sax.saxutils import escape, quoteattr

from tests.property.expressions import Expression
from tests.property.model import Event, Node, Repeat, Scope

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'targetNamespace="t" id="defs">'
    '<bpmn:message id="M1" name="M1"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=key"/></bpmn:extensionElements>'
    '</bpmn:message><bpmn:message id="M2" name="M2"/>'
    '<bpmn:error id="E1" name="E1" errorCode="E1"/>'
    '<bpmn:error id="E2" name="E2" errorCode="E2"/>'
    '<bpmn:signal id="S1" name="S1"/><bpmn:signal id="S2" name="S2"/>'
    '<bpmn:escalation id="X1" name="X1" escalationCode="X1"/>'
    '<bpmn:escalation id="X2" name="X2" escalationCode="X2"/>'
)
KEYS = {"M1": "K", "M2": None}


def element(tag: str, inner: str = "", **attributes: object) -> str:
    written = "".join(
        f" {name}={quoteattr(text(value))}"
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{written}>{inner}</{tag}>"


def text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def feel(expression: Expression) -> str:
    return f"={expression.feel()}"


def definition(event: Event | None, undoes: Node | None = None) -> str:
    if event is None or event.kind == "none":
        return ""
    tag = f"bpmn:{event.kind}EventDefinition"
    if event.kind == "timer":
        kind, term = "timeDuration", f"PT{event.minutes}M"
        if event.cycle is not None:
            kind, term = "timeCycle", f"R{event.cycle or ''}/{term}"
        return element(tag, element(f"bpmn:{kind}", term))
    if event.kind == "link":
        return element(tag, name=event.ref)
    if event.kind == "compensate":
        return element(tag, activityRef=undoes and undoes.id)
    if event.kind == "terminate" or event.ref is None:
        return element(tag)
    return element(tag, **{f"{event.kind}Ref": event.ref})


def mappings(node: Node) -> str:
    inner = "".join(
        element(f"zeebe:{tag}", source=feel(source), target=target)
        for tag, pairs in (("input", node.inputs), ("output", node.outputs))
        for target, source in pairs
    )
    return element("zeebe:ioMapping", inner) if inner else ""


def extensions(node: Node) -> str:
    inner = ""
    throws = node.kind in ("intermediateThrowEvent", "endEvent")
    if node.kind in ("serviceTask", "sendTask") or (
        throws and node.event and node.event.kind == "message"
    ):
        inner += element("zeebe:taskDefinition", type="work")
    if node.script:
        name, expression = node.script
        inner += element(
            "zeebe:script", expression=feel(expression), resultVariable=name
        )
    if node.calls:
        inner += element(
            "zeebe:calledElement",
            processId=node.calls,
            propagateAllParentVariables=node.shares[0],
            propagateAllChildVariables=node.shares[1],
        )
    inner += mappings(node)
    return element("bpmn:extensionElements", inner) if inner else ""


def repetition(repeat: Repeat | None) -> str:
    if repeat is None:
        return ""
    if repeat.over is None:
        inner = ""
        if repeat.condition:
            inner = element("bpmn:loopCondition", escape(feel(repeat.condition)))
        return element(
            "bpmn:standardLoopCharacteristics",
            inner,
            loopMaximum=repeat.maximum,
            testBefore=repeat.test_before,
        )
    attributes: dict[str, object] = {}
    inner = ""
    if repeat.item:
        attributes = {"inputCollection": feel(repeat.over), "inputElement": repeat.item}
    if repeat.collects:
        attributes["outputCollection"] = repeat.collects[0]
        attributes["outputElement"] = feel(repeat.collects[1])
    if attributes:
        inner = element(
            "bpmn:extensionElements",
            element("zeebe:loopCharacteristics", **attributes),
        )
    if not repeat.item:
        inner += element("bpmn:loopCardinality", escape(feel(repeat.over)))
    if repeat.until:
        inner += element("bpmn:completionCondition", escape(feel(repeat.until)))
    return element(
        "bpmn:multiInstanceLoopCharacteristics",
        inner,
        isSequential=repeat.sequential,
    )


def drawn(node: Node, by_event: bool) -> str:
    tag, attributes = node.kind, {}
    inner = extensions(node)
    if node.kind == "startEvent" and by_event:
        attributes["isInterrupting"] = node.interrupts
    if node.kind == "eventSubProcess":
        tag, attributes["triggeredByEvent"] = "subProcess", True
    if node.host is not None:
        tag = "boundaryEvent"
        attributes = {"attachedToRef": node.host.id, "cancelActivity": node.interrupts}
        if node.event and node.event.kind == "compensate":
            del attributes["cancelActivity"]
    if node.kind == "receiveTask":
        attributes["messageRef"] = node.event and node.event.ref
    else:
        inner += definition(node.event, node.undoes)
    if node.default is not None:
        attributes["default"] = node.default.id
    inner += repetition(node.repeat)
    if node.body is not None:
        inner += content(node.body, node.kind == "eventSubProcess")
    return element(f"bpmn:{tag}", inner, id=node.id, **attributes) + undoing(node)


def undoing(node: Node) -> str:
    handler = node.undone_by
    if handler is None:
        return ""
    event = f"cb{node.id}"
    definition = element("bpmn:compensateEventDefinition")
    written = drawn(handler, by_event=False)
    written = written.replace(">", ' isForCompensation="true">', 1)
    return (
        element("bpmn:boundaryEvent", definition, id=event, attachedToRef=node.id)
        + written
        + element(
            "bpmn:association",
            id=f"as{node.id}",
            sourceRef=event,
            targetRef=handler.id,
        )
    )


def content(scope: Scope, by_event: bool = False) -> str:
    written = "".join(drawn(node, by_event) for node in scope.nodes)
    for flow in scope.flows:
        inner = ""
        if flow.condition is not None:
            inner = element("bpmn:conditionExpression", escape(feel(flow.condition)))
        written += element(
            "bpmn:sequenceFlow",
            inner,
            id=flow.id,
            sourceRef=flow.source.id,
            targetRef=flow.target.id,
        )
    return written


def document(key: str, scope: Scope) -> bytes:
    process = element("bpmn:process", content(scope), id=key, isExecutable=True)
    return f"{HEAD}{process}</bpmn:definitions>".encode()
