"""The refused half of the closed world: what does not run, and what helps.

Kept beside `dialect`; neither names what the other does.
"""

from collections.abc import Mapping

_LOOP = "Draw the repetition as a loop through an exclusive gateway."
_LINKED = "Give both link events the same name."
_ITEMS = "Name the list and its items with zeebe:loopCharacteristics."
_CONNECTOR = "Use a service task with a job type."
_SPLIT_EVENTS = "Use a message or a timer, or call a service task."
_IO = "Use zeebe:ioMapping inputs and outputs."
_PERSON = "Say who may do it with zeebe:assignmentDefinition."
_CORRELATE = "Give the message a zeebe:subscription with a correlationKey."
_CHOREOGRAPHY = "Draw the procedure as a process; draw partners as empty pools."
_REMOVE = "Remove it."
_INLINE = "Write the event definition inside the event."
REFUSED: Mapping[str, str] = {
    "source": _LINKED,
    "target": _LINKED,
    "complexBehaviorDefinition": _REMOVE,
    "loopDataInputRef": _ITEMS,
    "inputDataItem": _ITEMS,
    "loopDataOutputRef": _ITEMS,
    "outputDataItem": _ITEMS,
    "complexGateway": "Use exclusive and parallel gateways.",
    "adHocSubProcess": "Draw the order of the steps.",
    "transaction": "Use an embedded sub-process with error boundary events.",
    "implicitThrowEvent": _REMOVE,
    "conditionalEventDefinition": _SPLIT_EVENTS,
    "cancelEventDefinition": "Use an error end event.",
    "script": "Write a FEEL expression in zeebe:script.",
    "eventDefinitionRef": _INLINE,
    "operationRef": _CONNECTOR,
    "ioSpecification": _IO,
    "dataInput": _IO,
    "dataOutput": _IO,
    "inputSet": _IO,
    "outputSet": _IO,
    "transformation": _IO,
    "assignment": _IO,
    "ioBinding": _IO,
    "supportedInterfaceRef": _CONNECTOR,
    "performer": _PERSON,
    "humanPerformer": _PERSON,
    "potentialOwner": _PERSON,
    "resourceRole": _PERSON,
    "rendering": "Name the form with zeebe:formDefinition formId.",
    "loopCharacteristics": _LOOP,
    "correlationKey": _CORRELATE,
    "correlationProperty": _CORRELATE,
    "correlationSubscription": _CORRELATE,
    "import": "Remove it: a deployment holds all of its files.",
    "extension": _REMOVE,
    "supports": _REMOVE,
    **dict.fromkeys(
        """globalTask globalUserTask globalManualTask globalScriptTask
        globalBusinessRuleTask""".split(),
        "Draw the task in the process.",
    ),
    **dict.fromkeys(
        """choreography globalChoreographyTask choreographyTask callChoreography
        subChoreography choreographyRef conversation subConversation callConversation
        conversationAssociation conversationLink globalConversation
        conversationNode""".split(),
        _CHOREOGRAPHY,
    ),
}

REFUSED_EXTENSIONS: Mapping[str, str] = {
    "adHoc": "Draw the order of the steps.",
    "executionListeners": "Use a service task before or after the element.",
    "taskListeners": "Use a service task before or after the task.",
    "userTaskForm": "Deploy the form as a .form.json file, and name its id.",
    "linkedResources": _REMOVE,
    "conditionalFilter": _REMOVE,
    "publishMessage": _CONNECTOR,
}

# Attributes of elements that do run: (element, attribute).
REFUSED_ATTRIBUTES: Mapping[tuple[str, str], str] = {
    ("serviceTask", "operationRef"): "Name the job with zeebe:taskDefinition type.",
    ("sendTask", "operationRef"): "Name the job with zeebe:taskDefinition type.",
    ("sendTask", "messageRef"): "Name the job with zeebe:taskDefinition type.",
    ("receiveTask", "operationRef"): "Name the message with messageRef.",
    ("scriptTask", "scriptFormat"): "Only FEEL runs: write the expression in "
    "zeebe:script, and remove scriptFormat.",
    ("calledDecision", "versionTag"): "Decisions are released together with the "
    "process.",
    ("multiInstanceLoopCharacteristics", "oneBehaviorEventRef"): _REMOVE,
    ("multiInstanceLoopCharacteristics", "noneBehaviorEventRef"): _REMOVE,
    ("formDefinition", "formKey"): "Name the deployed form with formId.",
    ("formDefinition", "externalReference"): "Name the deployed form with formId.",
    ("formDefinition", "versionTag"): "Forms are released together with the process.",
}
