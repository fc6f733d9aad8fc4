"""The rules on codes: what throws an error or escalation, and what catches it.

A job may end with any error, and a called process throw anything: nothing is said of
what they may be behind.
"""

from collections.abc import Iterator, Mapping

from lxml import etree

from workflows.engine.documents import BPMN
from workflows.engine.evaluation import is_expression
from workflows.engine.event_rules import THROWS, throws_message
from workflows.engine.rules import Findings

# Kind of event -> the reference to what it throws, and the code of that.
CODES = {"error": ("errorRef", "errorCode")}
CODES["escalation"] = ("escalationRef", "escalationCode")
CATCHES = (BPMN + "boundaryEvent", BPMN + "startEvent")
JOBS = frozenset({BPMN + "serviceTask", BPMN + "sendTask"})
SCOPES = frozenset({BPMN + "process", BPMN + "subProcess"})


def check_codes(
    root: etree._Element, processes: list[etree._Element], findings: Findings
) -> None:
    for kind in CODES:
        check = _Codes(root, kind, findings)
        for process in processes:
            check.check(process)


class _Codes:
    """One kind of event, error or escalation, in one file."""

    def __init__(self, root: etree._Element, kind: str, findings: Findings) -> None:
        self.kind, self.findings = kind, findings
        self.reference, attribute = CODES[kind]
        self.codes: Mapping[str | None, str | None] = {
            node.get("id"): node.get(attribute) for node in root.iter(BPMN + kind)
        }

    def check(self, process: etree._Element) -> None:
        for definition in process.iter(f"{BPMN}{self.kind}EventDefinition"):
            event = definition.getparent()
            if event is None:
                continue
            code = self._code(definition)
            if event.tag in THROWS:
                if next(self._catchers(event, code), None) is None:
                    self._uncaught(event, code)
            elif event.tag in CATCHES and not self._thrown(event, code):
                self._never_thrown(event, code)

    def _code(self, definition: etree._Element) -> str | None:
        reference = definition.get(self.reference)
        return None if reference is None else self.codes.get(reference)

    def _catchers(
        self, event: etree._Element, code: str | None
    ) -> Iterator[etree._Element]:
        """As `events.throw_outward` looks for them."""
        scope = event.getparent()
        by_event = False  # what an event sub-process throws, none beside it catches
        while scope is not None and scope.tag in SCOPES:
            listening = [] if by_event else _starts_by_event(scope)
            beside = scope.getparent()
            if scope.tag == BPMN + "subProcess" and beside is not None:
                attached = beside.iterchildren(BPMN + "boundaryEvent")
                mine = [
                    one
                    for one in attached
                    if one.get("attachedToRef") == scope.get("id")
                ]
                listening = [*listening, *mine]
            for listener in listening:
                definition = listener.find(f"{BPMN}{self.kind}EventDefinition")
                if definition is not None:
                    if _may_be(code, self._code(definition)):
                        yield listener
            by_event = scope.get("triggeredByEvent") == "true"
            scope = beside

    def _thrown(self, event: etree._Element, code: str | None) -> bool:
        """Whether something inside of what this event watches may throw its code."""
        parent = event.getparent()
        if parent is None:
            return True
        if event.tag == BPMN + "boundaryEvent":
            watched = _by_id(parent, event.get("attachedToRef"))
        else:
            watched = parent.getparent()  # the scope of the event sub-process
        if watched is None or watched.tag == BPMN + "callActivity":
            return True
        if self._throws_anything(watched):
            return True
        for definition in watched.iter(f"{BPMN}{self.kind}EventDefinition"):
            thrower, own = definition.getparent(), self._code(definition)
            if thrower is None or thrower.tag not in THROWS:
                continue
            if _may_be(own, code) and event in self._catchers(thrower, own):
                return True
        return False

    def _throws_anything(self, watched: etree._Element) -> bool:
        if next(watched.iter(BPMN + "callActivity"), None) is not None:
            return True
        if self.kind != "error":
            return False
        for node in watched.iter(BPMN + "*"):
            if node.tag in JOBS or (node.tag in THROWS and throws_message(node)):
                return True
        return False

    def _uncaught(self, event: etree._Element, code: str | None) -> None:
        event_id = event.get("id")
        what = (
            "the case ends there with an incident"
            if self.kind == "error"
            else "nothing follows from it"
        )
        self.findings.warning(
            event_id,
            f"{self.kind}-uncaught",
            f"Nothing in this process catches the {self.kind} {code} that {event_id} "
            f"throws: unless a process that calls this one catches it, {what}. Draw a "
            "boundary event or an event sub-process that catches it around it.",
        )

    def _never_thrown(self, event: etree._Element, code: str | None) -> None:
        event_id = event.get("id")
        named = f"the {self.kind} {code}" if code else f"any {self.kind}"
        self.findings.warning(
            event_id,
            f"{self.kind}-never-thrown",
            f"{event_id} waits for {named}, which nothing inside throws: what follows "
            "it never runs. Correct the code, or draw the event that throws it.",
        )


def _may_be(thrown: str | None, caught: str | None) -> bool:
    """A code that is thrown may be an expression, and then be any."""
    return caught in (None, thrown) or is_expression(thrown)


def _starts_by_event(scope: etree._Element) -> list[etree._Element]:
    return [
        start
        for child in scope.iterchildren(BPMN + "subProcess")
        if child.get("triggeredByEvent") == "true"
        for start in child.iterchildren(BPMN + "startEvent")
    ]


def _by_id(scope: etree._Element, node_id: str | None) -> etree._Element | None:
    return next((one for one in scope if one.get("id") == node_id), None)
