"""The rules on compensation: who undoes what, and where it may be thrown."""

from lxml import etree

from workflows.engine.documents import BPMN
from workflows.engine.extensions import read_extensions
from workflows.engine.parser import COMPENSATION, handler_of
from workflows.engine.repetition import MULTI_INSTANCE, STANDARD_LOOP
from workflows.engine.rules import Findings, ScopeDrawing

THROWS = ("intermediateThrowEvent", "endEvent")


def check_compensation(scope: ScopeDrawing, findings: Findings) -> None:
    """All rules on compensation in one scope."""
    check = _Compensation(scope, findings)
    for node_id, node in scope.of("boundaryEvent"):
        if node.find(COMPENSATION) is not None:
            check.boundary(node_id, node)
    for node_id, node in scope.nodes.items():
        if node.get("isForCompensation") == "true":
            check.handler(node_id, node)
    for node_id, node in scope.of(*THROWS):
        kind = node.find(COMPENSATION)
        if kind is not None:
            check.throw(node_id, kind)


class _Compensation:
    def __init__(self, scope: ScopeDrawing, findings: Findings) -> None:
        self.scope, self.findings = scope, findings
        self.handlers: set[str] = set()
        self.undone: set[str | None] = set()
        around = [scope.node, *scope.node.iterancestors(BPMN + "subProcess")]
        self.by_event = any(one.get("triggeredByEvent") == "true" for one in around)

    def boundary(self, node_id: str, node: etree._Element) -> None:
        host_id = node.get("attachedToRef")
        host = self.scope.nodes.get(host_id or "")
        if host_id in self.undone or node.get("cancelActivity") == "false":
            self._wrong(node_id, "must be the only compensation event of its activity.")
        self.undone.add(host_id)
        if node_id in self.scope.outgoing:
            self._wrong(node_id, "has a flow. Lead an association to the handler.")
        if self.by_event:
            self._wrong(node_id, "is inside an event sub-process. Draw it outside.")
        extensions = read_extensions(node)
        if extensions.inputs or extensions.outputs:
            self._wrong(node_id, "cannot map variables. Map them at the handler.")
        if host is not None and _repeats(host):
            self._wrong(
                node_id,
                f"is attached to {host_id}, which runs several times. Put the activity "
                "and what undoes it into the sub-process that repeats.",
            )
        handler_id = handler_of(node)
        handler = self.scope.nodes.get(handler_id or "")
        if handler is None or handler.get("isForCompensation") != "true":
            self._wrong(
                node_id,
                "leads to no handler. Draw one association to an activity beside it "
                'with isForCompensation="true".',
            )
        elif handler_id is not None:
            self.handlers.add(handler_id)

    def handler(self, node_id: str, node: etree._Element) -> None:
        attached = {
            one.get("attachedToRef") for _, one in self.scope.of("boundaryEvent")
        }
        flows = node_id in self.scope.incoming or node_id in self.scope.outgoing
        if flows or node_id in attached or _repeats(node):
            self._wrong(
                node_id,
                "is for compensation, so it has no flow, no boundary event and no "
                "repetition. Remove them.",
            )
        if node.get("triggeredByEvent") == "true" or node_id not in self.handlers:
            self._wrong(
                node_id,
                "is for compensation, but no compensation event leads to it. Draw the "
                "association.",
            )

    def throw(self, node_id: str, kind: etree._Element) -> None:
        activity = kind.get("activityRef")
        if activity is not None and activity not in self.undone:
            self._wrong(
                node_id,
                f"undoes {activity}, which has no compensation event beside it.",
            )
        if self.by_event:
            self._wrong(
                node_id,
                "throws compensation inside an event sub-process. Throw it in the "
                "scope whose activities it undoes.",
            )
        if activity is None and _undone_further_inside(self.scope, self.undone):
            self._wrong(
                node_id,
                "would have to undo what sub-processes or calls beside it have "
                "completed. Give them compensation events of their own, or throw "
                "compensation inside them.",
            )

    def _wrong(self, node_id: str, what: str) -> None:
        self.findings.error(node_id, "compensation-invalid", f"{node_id} {what}")


def _repeats(node: etree._Element) -> bool:
    return any(node.find(tag) is not None for tag in (MULTI_INSTANCE, STANDARD_LOOP))


def _undone_further_inside(scope: ScopeDrawing, undone: set[str | None]) -> bool:
    """Whether a part of this scope that nothing undoes as a whole may hold handlers."""
    for node_id, node in scope.nodes.items():
        if node_id in undone or node.get("isForCompensation") == "true":
            continue
        if node.tag == BPMN + "subProcess":
            boundaries = node.iter(BPMN + "boundaryEvent")
            if any(one.find(COMPENSATION) is not None for one in boundaries):
                return True
            if next(node.iter(BPMN + "callActivity"), None) is not None:
                return True
        elif node.tag == BPMN + "callActivity":
            return True
    return False
