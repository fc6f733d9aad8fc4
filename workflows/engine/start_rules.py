"""The rules on start events: how many a scope has, and what may trigger them."""

from lxml import etree

from workflows.engine.parser import triggers_of
from workflows.engine.rules import Findings, ScopeDrawing

STARTS_A_CASE = frozenset(
    {"messageEventDefinition", "timerEventDefinition", "signalEventDefinition"}
)


def check_starts(scope: ScopeDrawing, findings: Findings) -> None:
    """A process may have one start without trigger and any number with one."""
    starts = list(scope.of("startEvent"))
    if not starts:
        findings.error(
            scope.id, "start-missing", f"{scope.id} has no start event. Draw one."
        )
    counted = [
        (node_id, node)
        for node_id, node in starts
        if not (scope.is_process and triggers_of(node))
    ]
    for node_id, _ in counted[1:]:
        findings.error(
            node_id,
            "start-several",
            f"{scope.id} has several start events, and nothing would say which of them "
            "begins it. Keep one.",
        )
    for node_id, node in starts:
        if scope.by_event:
            _check_by_event(node_id, node, findings)
        else:
            _check_plain(scope, node_id, node, findings)


def _check_by_event(node_id: str, node: etree._Element, findings: Findings) -> None:
    if not triggers_of(node):
        findings.error(
            node_id,
            "event-without-trigger",
            f"The start event {node_id} of an event sub-process has no trigger. "
            "Give it a message, a timer, a signal, an escalation or an error.",
        )


def _check_plain(
    scope: ScopeDrawing, node_id: str, node: etree._Element, findings: Findings
) -> None:
    """The start of a process or of an embedded sub-process."""
    for trigger in triggers_of(node):
        if not scope.is_process or trigger not in STARTS_A_CASE:
            findings.error(
                node_id,
                "element-not-run",
                f"{trigger} does not run at the start event {node_id}. Use a start "
                "event without trigger.",
            )
    if node.get("isInterrupting") == "false":
        findings.error(
            node_id,
            "attribute-not-run",
            f'The attribute isInterrupting="false" at {node_id} has a meaning in '
            "event sub-processes only. Remove it.",
        )
