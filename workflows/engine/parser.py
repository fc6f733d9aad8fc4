"""From XML to SpiffWorkflow's specifications, in two passes: the nodes, then the flows.

SpiffWorkflow's own parser goes along the flows and recurses: about 500 elements in a
row end it. What comes here has passed `closed_world` and `rules`.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from workflows.engine import awaited, calls, decisions, elements, events, joins
from workflows.engine.compensation import CompensationThrow
from workflows.engine.documents import BPMN
from workflows.engine.elements import Route
from workflows.engine.extensions import read_extensions
from workflows.engine.repetition import read_repetition

# Ids that nobody drew end so; `rules` refuses a drawn one that does.
MADE_UP = "__"


class ProcessSpec(BpmnProcessSpec):
    """A process or sub-process: its elements by id, and what listens beside them."""

    def __init__(self, name: str, filename: str | None = None) -> None:
        super().__init__(name=name, filename=filename)
        # The joins that SpiffWorkflow puts at the end would count tokens by a walk
        # through the tree, and their names could be those of drawn elements.
        self.task_specs.clear()
        self.start = elements.ScopeStart(self, "start" + MADE_UP)
        self.listeners: list[events.Listener] = []


class ElementParser(TaskParser):
    """Makes the specification of one drawn element; its flows come later."""

    @property
    def bpmn_attributes(self) -> dict[str, Any]:
        """Without the data associations, which are documentation here."""
        return {"bpmn_name": self.node.get("name"), "lane": self.lane}

    def parse_node(self) -> Any:
        self.task = self.create_task()
        self.task.extensions = read_extensions(self.node)
        self.task.repetition = read_repetition(self.node)
        return self.task


class ScriptTaskParser(ElementParser):
    def create_task(self) -> Any:
        return self.spec_class(self.spec, self.bpmn_id, None, **self.bpmn_attributes)


class EventParser(ElementParser):
    """An event with at most one event definition, written inside of it."""

    def create_task(self) -> Any:
        definition = self.event_definition()
        return self.spec_class(
            self.spec, self.bpmn_id, definition, **self.bpmn_attributes
        )

    def event_definition(self) -> Any:
        for child in self.node:
            read = self._KINDS.get(child.tag)
            if read is not None:
                return read(self, child)
        return awaited.Nothing()

    def message(self, reference: str | None) -> awaited.Message:
        parser = self.process_parser.parser
        name = parser.messages[reference]
        return awaited.Message(name, parser.message_keys.get(reference))

    def _timer(self, node: etree._Element) -> awaited.Timer:
        """The first time of the definition: `rules` allows no second one."""
        when = next(child for child in node if child.tag in TIMES)
        kind = etree.QName(when).localname
        return awaited.Timer(self.bpmn_id, kind, (when.text or "").strip())

    def _message(self, node: etree._Element) -> awaited.Message:
        return self.message(node.get("messageRef"))

    def _error(self, node: etree._Element) -> events.Error:
        error = self.process_parser.parser.errors.get(node.get("errorRef"), {})
        code = error.get("error_code")
        return events.Error(code or self.bpmn_id, code)

    def _signal(self, node: etree._Element) -> events.Signal:
        return events.Signal(self.process_parser.parser.signals[node.get("signalRef")])

    def _escalation(self, node: etree._Element) -> events.Escalation:
        drawn = self.process_parser.parser.escalations
        code = drawn.get(node.get("escalationRef"), {}).get("escalation_code")
        return events.Escalation(code or self.bpmn_id, code)

    def _terminate(self, _node: etree._Element) -> events.Terminate:
        return events.Terminate()

    _KINDS = {  # noqa: RUF012  # a table of this class's own methods
        BPMN + "timerEventDefinition": _timer,
        BPMN + "messageEventDefinition": _message,
        BPMN + "signalEventDefinition": _signal,
        BPMN + "errorEventDefinition": _error,
        BPMN + "escalationEventDefinition": _escalation,
        BPMN + "terminateEventDefinition": _terminate,
    }


TIMES = (BPMN + "timeDate", BPMN + "timeDuration", BPMN + "timeCycle")
MESSAGE = BPMN + "messageEventDefinition"
COMPENSATION = BPMN + "compensateEventDefinition"
LINK = BPMN + "linkEventDefinition"


class ThrowParser(EventParser):
    """A message is thrown by a connector; a link is a way drawn apart."""

    def create_task(self) -> Any:
        if self.node.find(MESSAGE) is not None:
            spec_class = elements.JobTask
        elif self.node.find(LINK) is not None:
            spec_class = elements.Link
        elif self.node.find(COMPENSATION) is not None:
            return self._compensation()
        else:
            return super().create_task()
        return spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes)

    def _compensation(self) -> CompensationThrow:
        task = CompensationThrow(self.spec, self.bpmn_id, **self.bpmn_attributes)
        task.activity = self.node.find(COMPENSATION).get("activityRef")
        return task


class CatchParser(EventParser):
    def create_task(self) -> Any:
        if self.node.find(LINK) is None:
            return super().create_task()
        return elements.Link(self.spec, self.bpmn_id, **self.bpmn_attributes)


class StartParser(EventParser):
    """Inside an event sub-process the listener in front has caught the event."""

    def event_definition(self) -> Any:
        return awaited.Nothing()

    def parse_node(self) -> Any:
        start = super().parse_node()
        by_event = self.node.getparent().get("triggeredByEvent") == "true"
        if by_event:
            start.extensions = dataclasses.replace(start.extensions, outputs=())
        trigger = next((child for child in self.node if child.tag in self._KINDS), None)
        if by_event or trigger is None:
            self.spec.start.chosen_start = start.name
        else:
            definition = self._KINDS[trigger.tag](self, trigger)
            self.spec.start.triggered[start.name] = definition
        return start


class ReceiveParser(EventParser):
    def event_definition(self) -> Any:
        return self.message(self.node.get("messageRef"))


class BoundaryParser(EventParser):
    def create_task(self) -> Any:
        return self.spec_class(
            self.spec,
            self.bpmn_id,
            self.event_definition(),
            self.node.get("cancelActivity", "true") == "true",
            **self.bpmn_attributes,
        )


class ScopeListenerParser(EventParser):
    """The start event of an event sub-process, seen from the scope around it."""

    def parse_node(self) -> events.Listener:
        interrupting = self.node.get("isInterrupting", "true") == "true"
        listener = events.Listener(
            self.spec, self.bpmn_id + MADE_UP, self.event_definition(), interrupting
        )
        listener.bpmn_id = self.bpmn_id
        listener.of_scope = True
        listener.extensions = read_extensions(self.node)
        return listener


class SubProcessParser(ElementParser):
    def create_task(self) -> Any:
        parser = self.process_parser.parser
        parser.create_parser(self.node, filename=self.filename, lane=self.lane)
        parser.process_parsers[self.bpmn_id].parent = self.process_parser
        task = self.spec_class(
            self.spec, self.bpmn_id, self.bpmn_id, **self.bpmn_attributes
        )
        if self.node.get("triggeredByEvent") == "true":
            task.triggered_by_event = True
            self._listen(task)
        return task

    def _listen(self, task: elements.SubProcess) -> None:
        start = self.node.find(BPMN + "startEvent")
        listener = ScopeListenerParser(
            self.process_parser, events.Listener, start, self.nsmap
        ).parse_node()
        listener.routes = (Route(None, task.name),)
        listener.connect(task)
        self.spec.listeners.append(listener)


class ProcessReader(ProcessParser):
    """Reads the nodes of one scope, then its flows; never along the flows."""

    def create_spec(self) -> ProcessSpec:
        return ProcessSpec(self.bpmn_id, self.filename)

    def _parse(self) -> None:
        self.spec = self.create_spec()
        self.add_tasks()

    def add_tasks(self) -> None:
        for node in self.node:
            if node.tag in self.parser.OVERRIDE_PARSER_CLASSES:
                self.parse_node(node)
        for node in self.node:
            if node.tag == BPMN + "sequenceFlow":
                self._connect(node)
            elif node.tag == BPMN + "boundaryEvent":
                host = self.spec.task_specs[node.get("attachedToRef")]
                if node.find(COMPENSATION) is not None:
                    host.handler = handler_of(node)
                    continue
                host.boundary += (self.spec.task_specs[node.get("id")],)
            elif node.tag in self.parser.OVERRIDE_PARSER_CLASSES:
                self.spec.task_specs[node.get("id")].default_flow = node.get("default")

        for thrown, caught in links_of(self.node):
            source, target = (self.spec.task_specs[one] for one in (thrown, caught))
            source.routes = (Route(None, target.name),)
            source.connect(target)

    def _connect(self, flow: etree._Element) -> None:
        specs = self.spec.task_specs
        source, target = specs[flow.get("sourceRef")], specs[flow.get("targetRef")]
        condition = flow.find(BPMN + "conditionExpression")
        text = None if condition is None else (condition.text or "").strip()
        flow_id = str(flow.get("id"))
        source.routes += (Route(flow_id, target.name, text),)
        source.conditional = source.conditional or text is not None
        source.connect(target)
        if isinstance(target, joins.Join):
            target.incoming_flows += (flow_id,)


class DrawingParser(BpmnParser):
    """Every element that runs, with its parser and its class."""

    PROCESS_PARSER_CLASS = ProcessReader
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012  # a class attribute in SpiffWorkflow
        BPMN + tag: classes
        for tag, classes in {
            "startEvent": (StartParser, elements.Start),
            "endEvent": (ThrowParser, elements.End),
            "boundaryEvent": (BoundaryParser, events.Listener),
            "intermediateCatchEvent": (CatchParser, events.Catch),
            "intermediateThrowEvent": (ThrowParser, elements.Throw),
            "eventBasedGateway": (EventParser, events.EventGateway),
            "receiveTask": (ReceiveParser, events.Receive),
            "task": (ElementParser, elements.PassThrough),
            "userTask": (ElementParser, elements.UserTask),
            "manualTask": (ElementParser, elements.UserTask),
            "serviceTask": (ElementParser, elements.JobTask),
            "sendTask": (ElementParser, elements.JobTask),
            "scriptTask": (ScriptTaskParser, elements.ScriptTask),
            "businessRuleTask": (ElementParser, decisions.BusinessRuleTask),
            "exclusiveGateway": (ElementParser, elements.ExclusiveGateway),
            "parallelGateway": (ElementParser, joins.ParallelGateway),
            "inclusiveGateway": (ElementParser, joins.InclusiveGateway),
            "callActivity": (ElementParser, calls.CallActivity),
            "subProcess": (SubProcessParser, elements.SubProcess),
        }.items()
    }

    def __init__(self) -> None:
        super().__init__()
        self.message_keys: dict[str | None, str | None] = {}

    def _add_data_stores(self, bpmn: etree._Element) -> None:
        """Data stores are documentation."""

    def _add_correlations(self, bpmn: etree._Element) -> None:
        """Correlation is by `zeebe:subscription`; the standard's is refused."""

    def _add_messages(self, bpmn: etree._Element) -> None:
        super()._add_messages(bpmn)
        for message in bpmn.iter(BPMN + "message"):
            key = read_extensions(message).get("subscription", "correlationKey")
            self.message_keys[message.get("id")] = key

    def _add_diagram_indexes(self, bpmn: etree._Element) -> None:
        """Lanes only: where a shape stands decides nothing here."""
        self.document_positions[self._document_key(bpmn)] = {}
        self.document_lanes[self._document_key(bpmn)] = lanes_of(bpmn)


def handler_of(boundary: etree._Element) -> str | None:
    """The only association that leads from a compensation event, to its handler."""
    process = next(boundary.iterancestors(BPMN + "process"))
    targets = [
        one.get("targetRef")
        for one in process.iter(BPMN + "association")
        if one.get("sourceRef") == boundary.get("id")
    ]
    return targets[0] if len(targets) == 1 else None


def triggers_of(event: etree._Element) -> list[str]:
    """The names of the event definitions inside of an event."""
    return [
        str(etree.QName(child).localname)
        for child in event
        if str(child.tag).endswith("EventDefinition")
    ]


def links_of(scope: etree._Element) -> Iterator[tuple[str, str]]:
    """(throwing, catching) ids of the link events of one scope, by the link's name."""
    catching = {}
    for node in scope.iterchildren(BPMN + "intermediateCatchEvent"):
        link = node.find(LINK)
        if link is not None:
            catching[link.get("name")] = str(node.get("id"))
    for node in scope.iterchildren(BPMN + "intermediateThrowEvent"):
        link = node.find(LINK)
        if link is not None and link.get("name") in catching:
            yield str(node.get("id")), catching[link.get("name")]


def lanes_of(root: etree._Element) -> dict[str, str]:
    """Element id -> the name of its innermost lane."""
    lanes = {}
    for reference in root.iter(BPMN + "flowNodeRef"):
        lane = reference.getparent()
        if lane is not None:
            element_id = (reference.text or "").strip()
            lanes[element_id] = lane.get("name") or lane.get("id") or ""
    return lanes


def specifications(root: etree._Element, key: str) -> tuple[Any, dict[str, Any]]:
    """The specification of process `key`, and those of its sub-processes by id."""
    parser = DrawingParser()
    parser.add_bpmn_xml(root)
    return parser.get_spec(key), parser.get_subprocess_specs(key)
