"""The rules on events: triggers, boundaries, links, gateways that wait for events."""

from collections.abc import Callable
from typing import Any

from lxml import etree

from workflows.engine.documents import BPMN
from workflows.engine.evaluation import (
    is_expression,
    literal_cycle,
    literal_duration,
    literal_moment,
)
from workflows.engine.parser import LINK, MESSAGE, TIMES
from workflows.engine.repetition import MULTI_INSTANCE, STANDARD_LOOP
from workflows.engine.rules import ACTIVITIES, WAITING, Findings, ScopeDrawing

NEED_TRIGGER = frozenset({BPMN + "boundaryEvent", BPMN + "intermediateCatchEvent"})
ESCALATE = frozenset({BPMN + "subProcess", BPMN + "callActivity"})
# A job may end with an error; a person, a message or an expression cannot.
ERR = ESCALATE | {BPMN + "serviceTask", BPMN + "sendTask"}
THROWS = frozenset({BPMN + "endEvent", BPMN + "intermediateThrowEvent"})

# What is caught by its code: the reference to it, and where the code stands.
CODES = {
    "errorEventDefinition": ("errorRef", "errorCode"),
    "escalationEventDefinition": ("escalationRef", "escalationCode"),
}
LITERALS: dict[str, tuple[Callable[[str], Any], str]] = {
    "timeDate": (literal_moment, "2026-08-25T09:00:00+05:00"),
    "timeDuration": (literal_duration, "PT30M"),
    "timeCycle": (literal_cycle, "R3/PT10M"),
}


class EventRules:
    """The rules on the events of one file."""

    def __init__(self, root: etree._Element, findings: Findings) -> None:
        self.findings = findings
        self.messages = _by_id(root, "message")
        self.errors = _by_id(root, "error")
        self.signals = _by_id(root, "signal")
        self.escalations = _by_id(root, "escalation")

    def check(self, scope: ScopeDrawing, node_id: str, node: etree._Element) -> None:
        kinds = [one for one in node if str(one.tag).endswith("EventDefinition")]
        if not kinds and node.tag in NEED_TRIGGER:
            self.findings.error(
                node_id,
                "event-without-trigger",
                f"Event {node_id} has no trigger. Give it a message or a timer.",
            )
        if len(kinds) > 1:
            self.findings.error(
                node_id,
                "event-several-triggers",
                f"Event {node_id} has several triggers. Draw one event for each.",
            )
        for kind in kinds:
            self._trigger(node_id, node, kind)
        if node.tag == BPMN + "receiveTask":
            self._message(node_id, node, node)
        if node.tag == BPMN + "eventBasedGateway":
            self._arms(scope, node_id)
        if node.tag == BPMN + "boundaryEvent":
            self._boundary(scope, node_id, node, kinds)

    def _trigger(
        self, node_id: str, node: etree._Element, kind: etree._Element
    ) -> None:
        name = etree.QName(kind).localname
        if name == "messageEventDefinition":
            if node.tag not in THROWS:
                self._message(node_id, node, kind)
        elif name == "signalEventDefinition":
            self._signal(node_id, node, kind)
        elif name == "escalationEventDefinition":
            self._escalation(node_id, node, kind)
        elif name == "timerEventDefinition":
            self._timer(node_id, node, kind)
        elif name == "errorEventDefinition":
            self._error(node_id, node, kind)

    def _message(
        self, node_id: str, node: etree._Element, holder: etree._Element
    ) -> None:
        reference = holder.get("messageRef")
        if not _is_named(self.messages.get(reference), node):
            self._unknown(node_id, "message", reference, _name_for(node))

    def _unknown(
        self, node_id: str, kind: str, reference: str | None, missing: str
    ) -> None:
        told = f"names no {kind}"
        if reference is not None:
            told = (
                f"names the {kind} {reference}, which is not there or has no {missing}"
            )
        self.findings.error(
            node_id,
            f"{kind}-unknown",
            f"{node_id} {told}. Name one that has it."
            if reference is not None
            else f"{node_id} {told}. Name one.",
        )

    def _signal(self, node_id: str, node: etree._Element, kind: etree._Element) -> None:
        reference = kind.get("signalRef")
        if not _is_named(self.signals.get(reference), node):
            self._unknown(node_id, "signal", reference, _name_for(node))

    def _escalation(
        self, node_id: str, node: etree._Element, kind: etree._Element
    ) -> None:
        reference = kind.get("escalationRef")
        escalation = self.escalations.get(reference)
        code = None if escalation is None else escalation.get("escalationCode")
        catches_all = reference is None and node.tag not in THROWS
        if not catches_all and not _is_code(code, node):
            self._unknown(
                node_id, "escalation", reference, _code_for(node, "escalationCode")
            )

    def _timer(self, node_id: str, node: etree._Element, kind: etree._Element) -> None:
        times = [one for one in kind if one.tag in TIMES]
        if len(times) != 1:
            self.findings.error(
                node_id,
                "timer-invalid",
                f"Timer {node_id} takes exactly one of timeDate, timeDuration and "
                "timeCycle.",
            )
            return
        text, name = (times[0].text or "").strip(), etree.QName(times[0]).localname
        if name == "timeCycle" and not _listens_on(node):
            self.findings.error(
                node_id,
                "timer-cycle-misplaced",
                f"Timer {node_id} repeats, which only an event that does not interrupt "
                "can do. Use a timeDate or timeDuration, or make it non-interrupting.",
            )
        read, example = LITERALS[name]
        if not is_expression(text) and read(text) is None:
            self.findings.error(
                node_id,
                "timer-invalid",
                f'"{text}" of timer {node_id} cannot be read. Write it like {example}, '
                "or as a FEEL expression that begins with =.",
            )

    def _error(self, node_id: str, node: etree._Element, kind: etree._Element) -> None:
        reference = kind.get("errorRef")
        error = self.errors.get(reference)
        code = None if error is None else error.get("errorCode")
        catches_all = reference is None and node.tag != BPMN + "endEvent"
        if not catches_all and not _is_code(code, node):
            self._unknown(node_id, "error", reference, _code_for(node, "errorCode"))
        interrupting = (
            node.get("cancelActivity", "true"),
            node.get("isInterrupting", "true"),
        )
        if "false" in interrupting:
            self.findings.error(
                node_id,
                "error-not-interrupting",
                f"An error always interrupts: make {node_id} interrupting.",
            )

    def _boundary(
        self,
        scope: ScopeDrawing,
        node_id: str,
        node: etree._Element,
        kinds: list[etree._Element],
    ) -> None:
        host = scope.nodes.get(node.get("attachedToRef") or "")
        if (
            host is None
            or host.tag not in ACTIVITIES
            or host.get("triggeredByEvent") == "true"
        ):
            self.findings.error(
                node_id,
                "boundary-unattached",
                f"Boundary event {node_id} is attached to {node.get('attachedToRef')}, "
                "which is no task or sub-process beside it. Attach it to one.",
            )
        elif host.tag not in ESCALATE and _has(kinds, "escalation"):
            self.findings.error(
                node_id,
                "boundary-never",
                f"{host.get('id')} throws no escalation, so boundary event {node_id} "
                "never happens. Attach it to a sub-process or a call activity.",
            )
        elif host.tag not in ERR and _has(kinds, "error"):
            self.findings.error(
                node_id,
                "boundary-never",
                f"{host.get('id')} throws no error, so boundary event {node_id} never "
                "happens. Attach it to a task that is a job, a sub-process or a call "
                "activity.",
            )
        elif host.tag not in WAITING and not _has(kinds, "compensate"):
            self.findings.warning(
                node_id,
                "boundary-never",
                f"{host.get('id')} is done at once, so boundary event {node_id} never "
                "happens.",
            )
        if node_id not in scope.outgoing and not _has(kinds, "compensate"):
            self.findings.error(
                node_id,
                "boundary-without-flow",
                f"No flow leaves boundary event {node_id}. Draw what follows it.",
            )

    def _arms(self, scope: ScopeDrawing, node_id: str) -> None:
        """BPMN 2.0.2, section 10.6.6: what may stand behind an event-based gateway."""
        flows = scope.outgoing.get(node_id, [])
        arms = [scope.nodes.get(flow.get("targetRef") or "") for flow in flows]
        if len(flows) < 2:
            self._arm(node_id, "has fewer than two events to wait for. Draw them.")
        attached = {node.get("attachedToRef") for _, node in scope.of("boundaryEvent")}
        messages = set()
        for arm in arms:
            if arm is None:
                continue
            arm_id = arm.get("id") or ""
            if not _can_be_arm(arm):
                self._arm(
                    arm_id,
                    "stands behind an event-based gateway. Only message, timer and "
                    "signal events and receive tasks can.",
                )
            if len(scope.incoming.get(arm_id, [])) > 1 or arm_id in attached:
                self._arm(
                    arm_id,
                    "stands behind an event-based gateway, where it can have no other "
                    "incoming flow and no boundary event. Remove them.",
                )
            if any(
                arm.find(tag) is not None for tag in (MULTI_INSTANCE, STANDARD_LOOP)
            ):
                self._arm(
                    arm_id,
                    "stands behind an event-based gateway, where it can run only once. "
                    "Remove the repetition.",
                )
            if arm.find(MESSAGE) is not None:
                messages.add("event")
            elif arm.tag == BPMN + "receiveTask":
                messages.add("task")
        if len(messages) > 1:
            self._arm(
                node_id, "mixes message events and receive tasks. Use one of them."
            )

    def _arm(self, node_id: str, what: str) -> None:
        self.findings.error(node_id, "event-gateway-invalid", f"{node_id} {what}")

    def check_doubled(self, scope: ScopeDrawing) -> None:
        """Nothing would say which of two listeners catches the same code."""
        listening = [(node.get("attachedToRef"), node) for node in scope.catching]
        seen: set[tuple[str | None, ...]] = set()
        for host, node in listening:
            for kind in node:
                name = str(kind.tag).removeprefix(BPMN)
                if name not in CODES:
                    continue
                reference, attribute = CODES[name]
                named = {"errorRef": self.errors, "escalationRef": self.escalations}
                thrown = named[reference].get(kind.get(reference))
                code = None if thrown is None else thrown.get(attribute)
                if (host, name, code) in seen:
                    self.findings.error(
                        node.get("id"),
                        "event-doubled",
                        f"{node.get('id')} catches the code {code}, as another event "
                        "at the same place does. Keep one of them.",
                    )
                seen.add((host, name, code))

    def check_links(self, scope: ScopeDrawing) -> None:
        """Each link that is thrown is caught once, and has no flow on that side."""
        caught: dict[str, int] = {}
        thrown: list[tuple[str, str]] = []
        for node_id, node in scope.of(
            "intermediateCatchEvent", "intermediateThrowEvent"
        ):
            link = node.find(LINK)
            if link is None:
                continue
            name = link.get("name") or ""
            throws = node.tag in THROWS
            if node_id in (scope.outgoing if throws else scope.incoming):
                self._link(
                    node_id, "has a flow where the link itself leads. Remove it."
                )
            if throws:
                thrown.append((node_id, name))
            else:
                caught[name] = caught.get(name, 0) + 1
                if caught[name] > 1 or not name:
                    self._link(
                        node_id, f'catches the link "{name}", as no other may. Name it.'
                    )
        for node_id, name in thrown:
            if name not in caught:
                self._link(
                    node_id,
                    f'throws the link "{name}", which nothing in {scope.id} catches. '
                    "Draw the link event that does.",
                )

    def _link(self, node_id: str, what: str) -> None:
        self.findings.error(node_id, "link-invalid", f"{node_id} {what}")


def throws_message(node: etree._Element) -> bool:
    return node.find(MESSAGE) is not None


def _by_id(root: etree._Element, name: str) -> dict[str | None, etree._Element]:
    return {node.get("id"): node for node in root.iter(BPMN + name)}


def _starts_a_process(node: etree._Element) -> bool:
    parent = node.getparent()
    in_process = parent is not None and parent.tag == BPMN + "process"
    return in_process and node.tag == BPMN + "startEvent"


def _is_named(named: etree._Element | None, node: etree._Element) -> bool:
    """An expression is evaluated when the event begins to wait, or is thrown."""
    name = "" if named is None else (named.get("name") or "").strip()
    return bool(name) and not (is_expression(name) and _starts_a_process(node))


def _name_for(node: etree._Element) -> str:
    return "fixed name" if _starts_a_process(node) else "name"


def _is_code(code: str | None, node: etree._Element) -> bool:
    """What throws may work its code out; what catches must name it."""
    return bool(code) and (node.tag in THROWS or not is_expression(code))


def _code_for(node: etree._Element, attribute: str) -> str:
    return attribute if node.tag in THROWS else f"fixed {attribute}"


def _listens_on(node: etree._Element) -> bool:
    """Whether an event does not interrupt, or starts a process."""
    if node.tag == BPMN + "boundaryEvent":
        return node.get("cancelActivity") == "false"
    if node.tag != BPMN + "startEvent":
        return False
    return _starts_a_process(node) or node.get("isInterrupting") == "false"


def _has(kinds: list[etree._Element], name: str) -> bool:
    return any(str(kind.tag) == f"{BPMN}{name}EventDefinition" for kind in kinds)


def _can_be_arm(node: etree._Element) -> bool:
    if node.tag == BPMN + "receiveTask":
        return True
    kinds = [one for one in node if str(one.tag).endswith("EventDefinition")]
    is_catch = node.tag == BPMN + "intermediateCatchEvent"
    return is_catch and not _has(kinds, "link")
