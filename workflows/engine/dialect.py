"""The closed world: every element and attribute of BPMN and `zeebe:`, and what it does.

What runs, what is kept as documentation, what is refused with which mend. What these
tables do not name is refused; what they refuse is in `refusals`, each with its mend. A
test walks the XML schema of BPMN and fails on a gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

RUN = "run"  # has an effect, with any value that `rules` lets through
DOC = "documentation"  # kept, and has no effect by nature

# An attribute is RUN, DOC, or the only values with which it runs.
Attribute = str | tuple[str, ...]
ONLY_FALSE = ("false",)
ONLY_ONE = ("1",)
BOOLEAN = ("true", "false")
_VERSIONS = ("20180521", "20191111", "20211108", "20230324")  # of DMN
FEEL = (
    *("feel", "FEEL", "http://www.omg.org/spec/FEEL/20140401"),
    *(f"https://www.omg.org/spec/DMN/{version}/FEEL/" for version in _VERSIONS),
)


@dataclass(frozen=True)
class Element:
    """An element that runs or documents.

    `documents`: what is in it is not read. `is_note`: it documents, and its children
    are read; what other tools add to it is documentation too.
    """

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()
    documents: bool = False
    is_note: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ANY: dict[str, Attribute] = {"id": RUN, "name": DOC}
_BASE = _words("documentation extensionElements")
_TITLED = _words("properties")
_NOTES = _BASE | _words("auditing monitoring categoryValueRef")
_NODE = _NOTES | _words("incoming outgoing")
_DATA = _words("property dataInputAssociation dataOutputAssociation")
_ARTIFACTS = _words("association group textAnnotation")
_ACTIVITY_ATTRIBUTES: dict[str, Attribute] = {
    **_ANY,
    "isForCompensation": BOOLEAN,
    "startQuantity": ONLY_ONE,
    "completionQuantity": ONLY_ONE,
    "default": RUN,
}
_IN_SCOPE = _ARTIFACTS | _words(
    """laneSet sequenceFlow startEvent endEvent boundaryEvent intermediateCatchEvent
    task userTask manualTask serviceTask sendTask receiveTask scriptTask
    businessRuleTask subProcess callActivity intermediateThrowEvent exclusiveGateway
    parallelGateway inclusiveGateway eventBasedGateway
    dataObject dataObjectReference dataStoreReference property"""
)
_FOR_PERSONS = _TITLED | _words(
    "ioMapping formDefinition assignmentDefinition taskSchedule priorityDefinition"
)
# How the work is done is the connector's; the other values name technologies.
_UNSPECIFIED = ("##unspecified", "##WebService")
_REPEATED = _words("multiInstanceLoopCharacteristics standardLoopCharacteristics")


def _activity(
    extensions: frozenset[str],
    attributes: Mapping[str, Attribute] | None = None,
    children: frozenset[str] = _REPEATED,
) -> Element:
    return Element(
        {**_ACTIVITY_ATTRIBUTES, **(attributes or {})},
        _NODE | _DATA | children,
        extensions | _TITLED,
    )


def _gateway(*, with_default: bool) -> Element:
    default = {"default": RUN} if with_default else {}
    return Element({**_ANY, "gatewayDirection": DOC, **default}, _NODE, _TITLED)


def _event(
    attributes: Mapping[str, Attribute], definitions: str, extensions: str = ""
) -> Element:
    children = _NODE | _DATA | _words(definitions)
    return Element({**_ANY, **attributes}, children, _TITLED | _words(extensions))


def _definition(attributes: Mapping[str, Attribute], children: str = "") -> Element:
    return Element({**_ANY, **attributes}, _BASE | _words(children))


def _documents(attributes: str = "", children: str = "") -> Element:
    named = dict.fromkeys(attributes.split(), DOC)
    return Element({**_ANY, **named}, _NOTES | _words(children), _TITLED, is_note=True)


# Nothing inside: an element would cut the text of the expression short.
_EXPRESSION = Element({"id": RUN, "language": FEEL, "evaluatesToTypeRef": DOC})
_DATA_ASSOCIATION = _documents("", "sourceRef targetRef")
_TEXT = Element({}, frozenset())

ELEMENTS: Mapping[str, Element] = {
    "definitions": Element(
        {
            **_ANY,
            **dict.fromkeys(
                "targetNamespace expressionLanguage typeLanguage exporter "
                "exporterVersion".split(),
                DOC,
            ),
        },
        _BASE
        | _words(
            """process collaboration message error signal escalation itemDefinition
            dataStore category interface resource partnerEntity partnerRole endPoint
            relationship"""
        ),
    ),
    "process": Element(
        {
            **_ANY,
            "isExecutable": RUN,
            "processType": DOC,
            "isClosed": DOC,
            "definitionalCollaborationRef": DOC,
        },
        _NOTES | _IN_SCOPE,
        _words("properties versionTag"),
    ),
    "subProcess": _activity(
        _words("ioMapping"), {"triggeredByEvent": BOOLEAN}, _IN_SCOPE | _REPEATED
    ),
    "task": _activity(_words("ioMapping")),
    "userTask": _activity(
        _FOR_PERSONS | _words("userTask"), {"implementation": _UNSPECIFIED}
    ),
    "manualTask": _activity(_FOR_PERSONS),
    "serviceTask": _activity(
        _words("ioMapping taskDefinition taskHeaders"),
        {"implementation": _UNSPECIFIED},
    ),
    "sendTask": _activity(
        _words("ioMapping taskDefinition taskHeaders"),
        {"implementation": _UNSPECIFIED},
    ),
    "receiveTask": _activity(
        _words("ioMapping"),
        {
            "implementation": _UNSPECIFIED,
            "instantiate": ONLY_FALSE,
            "messageRef": RUN,
        },
    ),
    "callActivity": _activity(
        _words("ioMapping calledElement"), {"calledElement": RUN}
    ),
    "scriptTask": _activity(_words("ioMapping script")),
    "businessRuleTask": _activity(
        _words("ioMapping calledDecision"), {"implementation": ("##unspecified",)}
    ),
    "multiInstanceLoopCharacteristics": Element(
        {"id": RUN, "isSequential": BOOLEAN, "behavior": ("All",)},
        _BASE | _words("loopCardinality completionCondition"),
        _words("loopCharacteristics"),
    ),
    "loopCardinality": _EXPRESSION,
    "completionCondition": _EXPRESSION,
    "standardLoopCharacteristics": Element(
        {"id": RUN, "testBefore": BOOLEAN, "loopMaximum": RUN},
        _BASE | _words("loopCondition"),
    ),
    "loopCondition": _EXPRESSION,
    "exclusiveGateway": _gateway(with_default=True),
    "inclusiveGateway": _gateway(with_default=True),
    "parallelGateway": _gateway(with_default=False),
    "eventBasedGateway": Element(
        {
            **_ANY,
            "gatewayDirection": DOC,
            "instantiate": ONLY_FALSE,
            "eventGatewayType": ("Exclusive",),
        },
        _NODE,
        _TITLED,
    ),
    "startEvent": _event(
        {"isInterrupting": BOOLEAN, "parallelMultiple": ONLY_FALSE},
        """messageEventDefinition timerEventDefinition signalEventDefinition
        errorEventDefinition escalationEventDefinition""",
        "ioMapping",
    ),
    "intermediateCatchEvent": _event(
        {"parallelMultiple": ONLY_FALSE},
        """messageEventDefinition timerEventDefinition signalEventDefinition
        linkEventDefinition""",
        "ioMapping",
    ),
    "intermediateThrowEvent": _event(
        {},
        """messageEventDefinition signalEventDefinition escalationEventDefinition
        linkEventDefinition compensateEventDefinition""",
        "ioMapping taskDefinition taskHeaders",
    ),
    "boundaryEvent": _event(
        {
            "attachedToRef": RUN,
            "cancelActivity": BOOLEAN,
            "parallelMultiple": ONLY_FALSE,
        },
        """messageEventDefinition timerEventDefinition signalEventDefinition
        errorEventDefinition escalationEventDefinition
        compensateEventDefinition""",
        "ioMapping",
    ),
    "endEvent": _event(
        {},
        """terminateEventDefinition errorEventDefinition messageEventDefinition
        signalEventDefinition escalationEventDefinition compensateEventDefinition""",
        "ioMapping taskDefinition taskHeaders",
    ),
    "messageEventDefinition": _definition({"messageRef": RUN}),
    "timerEventDefinition": _definition({}, "timeDate timeDuration timeCycle"),
    "signalEventDefinition": _definition({"signalRef": RUN}),
    "escalationEventDefinition": _definition({"escalationRef": RUN}),
    "linkEventDefinition": _definition({"name": RUN}),
    "compensateEventDefinition": _definition(
        {"activityRef": RUN, "waitForCompletion": ("true",)}
    ),
    "errorEventDefinition": _definition({"errorRef": RUN}),
    "terminateEventDefinition": _definition({}),
    "timeDate": _EXPRESSION,
    "timeDuration": _EXPRESSION,
    "timeCycle": _EXPRESSION,
    "sequenceFlow": Element(
        {**_ANY, "sourceRef": RUN, "targetRef": RUN, "isImmediate": ("true",)},
        _NOTES | _words("conditionExpression"),
        _TITLED,
    ),
    "conditionExpression": _EXPRESSION,
    "incoming": _TEXT,
    "outgoing": _TEXT,
    "message": Element(
        {**_ANY, "name": RUN, "itemRef": DOC}, _BASE, _words("subscription")
    ),
    "error": Element({**_ANY, "errorCode": RUN, "structureRef": DOC}, _BASE),
    "signal": Element({**_ANY, "name": RUN, "structureRef": DOC}, _BASE),
    "escalation": Element({**_ANY, "escalationCode": RUN, "structureRef": DOC}, _BASE),
    # Documentation by nature: nothing below decides where a token goes.
    "documentation": Element({"id": RUN, "textFormat": DOC}, documents=True),
    "extensionElements": Element(),
    "auditing": _documents(),
    "monitoring": _documents(),
    "categoryValueRef": _TEXT,
    "category": _documents("", "categoryValue"),
    "categoryValue": _documents("value"),
    "association": _documents("sourceRef targetRef associationDirection"),
    "group": _documents("categoryValueRef"),
    "textAnnotation": _documents("textFormat", "text"),
    "text": Element(documents=True),
    "collaboration": _documents(
        "isClosed",
        """participant messageFlow association group textAnnotation
        participantAssociation messageFlowAssociation""",
    ),
    "participant": _documents(
        "processRef", "interfaceRef endPointRef participantMultiplicity"
    ),
    "participantMultiplicity": _documents("minimum maximum"),
    "participantAssociation": _documents("", "innerParticipantRef outerParticipantRef"),
    "innerParticipantRef": _TEXT,
    "outerParticipantRef": _TEXT,
    "messageFlow": _documents("sourceRef targetRef messageRef"),
    "messageFlowAssociation": _documents("innerMessageFlowRef outerMessageFlowRef"),
    "interfaceRef": _TEXT,
    "endPointRef": _TEXT,
    "laneSet": _documents("", "lane"),
    "lane": _documents(
        "partitionElementRef", "flowNodeRef childLaneSet partitionElement"
    ),
    "childLaneSet": _documents("", "lane"),
    "flowNodeRef": _TEXT,
    "partitionElement": Element({"id": RUN}, documents=True),
    "dataObject": _documents("itemSubjectRef isCollection", "dataState"),
    "dataObjectReference": _documents("itemSubjectRef dataObjectRef", "dataState"),
    "dataStore": _documents("capacity isUnlimited itemSubjectRef", "dataState"),
    "dataStoreReference": _documents("itemSubjectRef dataStoreRef", "dataState"),
    "dataState": _documents(),
    "property": _documents("itemSubjectRef", "dataState"),
    "dataInputAssociation": _DATA_ASSOCIATION,
    "dataOutputAssociation": _DATA_ASSOCIATION,
    "sourceRef": _TEXT,
    "targetRef": _TEXT,
    "itemDefinition": _documents("structureRef isCollection itemKind"),
    "interface": Element({**_ANY, "implementationRef": DOC}, documents=True),
    "resource": Element(_ANY, documents=True),
    "partnerEntity": Element(_ANY, documents=True),
    "partnerRole": Element(_ANY, documents=True),
    "endPoint": Element(_ANY, documents=True),
    "relationship": Element({**_ANY, "type": DOC, "direction": DOC}, documents=True),
}


@dataclass(frozen=True)
class Extension:
    """A `zeebe:` element: its attributes and its own children."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    children: frozenset[str] = frozenset()


def _runs(attributes: str, children: str = "") -> Extension:
    return Extension(dict.fromkeys(attributes.split(), RUN), _words(children))


EXTENSIONS: Mapping[str, Extension] = {
    "taskDefinition": _runs("type retries"),
    "taskHeaders": _runs("", "header"),
    "header": _runs("key value"),
    "ioMapping": _runs("", "input output"),
    "input": _runs("source target"),
    "output": _runs("source target"),
    # Forms are released together with the process, which `deployment` says.
    "formDefinition": Extension({"formId": RUN, "bindingType": ("deployment",)}),
    "assignmentDefinition": _runs("assignee candidateGroups candidateUsers"),
    "taskSchedule": _runs("dueDate followUpDate"),
    "priorityDefinition": _runs("priority"),
    "script": _runs("expression resultVariable"),
    "subscription": _runs("correlationKey"),
    "calledElement": Extension(
        {
            "processId": RUN,
            "propagateAllParentVariables": BOOLEAN,
            "propagateAllChildVariables": BOOLEAN,
            # The called process is that of the same release.
            "bindingType": ("deployment",),
        }
    ),
    "calledDecision": Extension(
        {"decisionId": RUN, "resultVariable": RUN, "bindingType": ("deployment",)}
    ),
    "loopCharacteristics": _runs(
        "inputCollection inputElement outputCollection outputElement"
    ),
    "properties": _runs("", "property"),
    "property": _runs("name value"),
    "versionTag": _runs("value"),
    "userTask": _runs(""),
}

# What tells the children of an extension apart; a `norm` may be given several times.
KEYS: Mapping[str, str] = {
    "header": "key",
    "input": "target",
    "output": "target",
    "property": "name",
}
REPEATED = frozenset({"norm"})

# Attributes of the `zeebe:` namespace on drawn elements that are the editor's own.
EXTENSION_ATTRIBUTES = _words(
    "modelerTemplate modelerTemplateVersion modelerTemplateIcon"
)

# Attributes that hold an expression or a literal, and texts of elements that do.
EXPRESSION_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "input": _words("source"),
    "output": _words("source"),
    "taskDefinition": _words("retries"),
    "assignmentDefinition": _words("assignee candidateGroups candidateUsers"),
    "taskSchedule": _words("dueDate followUpDate"),
    "priorityDefinition": _words("priority"),
    "script": _words("expression"),
    "subscription": _words("correlationKey"),
    "calledElement": _words("processId"),
    "loopCharacteristics": _words("inputCollection outputElement"),
}
EXPRESSION_TEXTS = _words(
    """conditionExpression timeDate timeDuration timeCycle loopCardinality
    completionCondition loopCondition"""
)
# What events are told apart by, which may be an expression.
EXPRESSION_NAMES: Mapping[str, str] = {
    "message": "name",
    "signal": "name",
    "error": "errorCode",
    "escalation": "escalationCode",
}
