"""The second check of a drawing: what is known must also make sense as a process."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from lxml import etree

from workflows.engine.documents import BPMN
from workflows.engine.parser import MADE_UP, DrawingParser, links_of
from workflows.model import Finding

ACTIVITIES = frozenset(
    BPMN + tag
    for tag in """task userTask manualTask serviceTask sendTask receiveTask scriptTask
    businessRuleTask subProcess callActivity""".split()
)
WAITING = ACTIVITIES - {
    BPMN + tag for tag in ("task", "scriptTask", "businessRuleTask")
}
CHOOSING = frozenset({BPMN + "exclusiveGateway", BPMN + "inclusiveGateway"})
NODES = frozenset(DrawingParser.OVERRIDE_PARSER_CLASSES)

VARIABLE = re.compile(r"[^\W\d]\w*")
ID = re.compile(r"[^\W\d][\w.\-]*")


class Findings:
    """Collects findings; every rule of this package writes through it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Finding] = []

    def error(self, node_id: str | None, rule: str, message: str) -> None:
        self.found.append(Finding(self.file, node_id, rule, "error", message))

    def warning(self, node_id: str | None, rule: str, message: str) -> None:
        self.found.append(Finding(self.file, node_id, rule, "warning", message))


class ScopeDrawing:
    """One process or sub-process: its own nodes and flows, not those further inside."""

    def __init__(self, node: etree._Element) -> None:
        self.node = node
        self.id = node.get("id") or ""
        self.nodes = {one.get("id") or "": one for one in node if one.tag in NODES}
        self.flows = [one for one in node if one.tag == BPMN + "sequenceFlow"]

    @cached_property
    def flow_ids(self) -> frozenset[str]:
        return frozenset(flow.get("id") or "" for flow in self.flows)

    @cached_property
    def outgoing(self) -> Mapping[str, list[etree._Element]]:
        return _by(self.flows, "sourceRef")

    @cached_property
    def incoming(self) -> Mapping[str, list[etree._Element]]:
        return _by(self.flows, "targetRef")

    @property
    def catching(self) -> Iterator[etree._Element]:
        """What listens: boundary events, and the starts of event sub-processes."""
        for _, node in self.of("boundaryEvent"):
            yield node
        for _, node in self.of("subProcess"):
            if node.get("triggeredByEvent") == "true":
                yield from node.iterchildren(BPMN + "startEvent")

    @cached_property
    def links(self) -> Mapping[str, str]:
        """Link event that throws -> the one that catches."""
        return dict(links_of(self.node))

    def of(self, *names: str) -> Iterator[tuple[str, etree._Element]]:
        tags = {BPMN + name for name in names}
        for node_id, node in self.nodes.items():
            if node.tag in tags:
                yield node_id, node

    @property
    def is_process(self) -> bool:
        return bool(self.node.tag == BPMN + "process")

    @property
    def by_event(self) -> bool:
        return self.node.get("triggeredByEvent") == "true"


def scopes_of(process: etree._Element) -> Iterator[ScopeDrawing]:
    yield ScopeDrawing(process)
    for node in process.iter(BPMN + "subProcess"):
        yield ScopeDrawing(node)


def check_ids(root: etree._Element, findings: Findings) -> None:
    """Ids are there, well-formed and unique: all else refers to them."""
    seen: set[str] = set()
    for node in root.iter(BPMN + "*"):
        node_id = node.get("id")
        name = str(etree.QName(node).localname)
        if node_id is None:
            if node.tag in NODES or name in ("process", "sequenceFlow"):
                findings.error(None, "id-missing", f"A {name} has no id. Give it one.")
            continue
        if node_id in seen:
            findings.error(
                node_id,
                "duplicate-id",
                f"The id {node_id} is used twice. Give {name} an id of its own.",
            )
        seen.add(node_id)
        if not ID.fullmatch(node_id) or node_id.endswith(MADE_UP):
            findings.error(
                node_id,
                "id-invalid",
                f'The id "{node_id}" cannot be used. Begin it with a letter, go on '
                f"with letters, digits, _ - . and do not end it with {MADE_UP}.",
            )


def check_scope(scope: ScopeDrawing, findings: Findings) -> None:
    """All rules on the shape of one scope."""
    _check_flows(scope, findings)
    _check_conditions(scope, findings)
    if not any(one.severity == "error" for one in findings.found):
        _check_reachable(scope, findings)


def _check_flows(scope: ScopeDrawing, findings: Findings) -> None:
    pairs: set[tuple[str | None, str | None]] = set()
    for flow in scope.flows:
        pair = flow.get("sourceRef"), flow.get("targetRef")
        for end, reference in zip(("source", "target"), pair, strict=True):
            if reference not in scope.nodes:
                findings.error(
                    flow.get("id"),
                    "flow-dangling",
                    f"The {end} {reference} of flow {flow.get('id')} is no element of "
                    f"{scope.id}. Draw the flow between two elements of one process or "
                    "sub-process.",
                )
        if pair in pairs:
            findings.error(
                flow.get("id"),
                "flow-doubled",
                f"Two flows lead from {pair[0]} to {pair[1]}. Keep one, and join their "
                "conditions with `or`.",
            )
        pairs.add(pair)
    for node_id, node in scope.nodes.items():
        _check_ends_of_flows(scope, node_id, node, findings)


def _check_ends_of_flows(
    scope: ScopeDrawing, node_id: str, node: etree._Element, findings: Findings
) -> None:
    name = etree.QName(node).localname
    by_event = node.get("triggeredByEvent") == "true"
    if node_id in scope.incoming and (
        by_event or name in ("startEvent", "boundaryEvent")
    ):
        findings.error(
            node_id,
            "flow-into-start",
            f"A flow leads into {name} {node_id}, which begins by itself. Remove it.",
        )
    if node_id in scope.outgoing and (by_event or name == "endEvent"):
        findings.error(
            node_id,
            "flow-out-of-end",
            f"A flow leads out of {name} {node_id}, behind which nothing can come. "
            "Remove it.",
        )
    for reference in node.iterchildren(BPMN + "incoming", BPMN + "outgoing"):
        if (reference.text or "").strip() not in scope.flow_ids:
            findings.error(
                node_id,
                "flow-dangling",
                f"{name} {node_id} names the flow {reference.text}, which is not "
                f"drawn in {scope.id}. Draw it, or remove the reference.",
            )


def _check_conditions(scope: ScopeDrawing, findings: Findings) -> None:
    for node_id, node in scope.nodes.items():
        flows = scope.outgoing.get(node_id, [])
        conditional = [flow for flow in flows if has_condition(flow)]
        default = node.get("default")
        if conditional and node.tag not in ACTIVITIES | CHOOSING:
            for flow in conditional:
                findings.error(
                    flow.get("id"),
                    "condition-misplaced",
                    f"Flow {flow.get('id')} leaves {node_id}, whose flows are all "
                    "taken. Put an exclusive gateway before the condition.",
                )
        if default is not None:
            _check_default(node_id, node, flows, findings)
        if node.tag in CHOOSING and len(flows) > 1:
            _check_choices(node_id, flows, default, findings)


def _check_default(
    node_id: str,
    node: etree._Element,
    flows: list[etree._Element],
    findings: Findings,
) -> None:
    by_id = {flow.get("id"): flow for flow in flows}
    default = node.get("default")
    if default not in by_id:
        findings.error(
            node_id,
            "default-unknown",
            f"The default flow {default} does not leave {node_id}. Choose one that "
            "does.",
        )
    elif has_condition(by_id[default]):
        findings.error(
            default,
            "default-conditional",
            f"The default flow {default} has a condition. Remove the condition, or "
            "choose another default.",
        )
    elif len(flows) > 1 and not any(has_condition(flow) for flow in flows):
        if node.tag in ACTIVITIES:
            findings.error(
                node_id,
                "default-unconditional",
                f"No other flow of {node_id} has a condition, so its default flow "
                f"{default} could never be taken. Add a condition, or remove it.",
            )


def _check_choices(
    node_id: str, flows: list[etree._Element], default: str | None, findings: Findings
) -> None:
    for flow in flows:
        if not has_condition(flow) and flow.get("id") != default:
            findings.error(
                flow.get("id"),
                "condition-missing",
                f"Flow {flow.get('id')} of the gateway {node_id} has no "
                "condition. Write one, or make it the default flow.",
            )
    if default is None:
        findings.warning(
            node_id,
            "default-missing",
            f"The gateway {node_id} has no default flow: when no condition "
            "holds, the case stops with an incident.",
        )


def reachable(scope: ScopeDrawing) -> set[str]:
    """The elements to which some way leads, whatever holds on it."""
    begins = [node_id for node_id, _ in scope.of("startEvent")]
    begins += [
        node_id
        for node_id, node in scope.of("subProcess")
        if node.get("triggeredByEvent") == "true"
    ]
    attached = _by((node for _, node in scope.of("boundaryEvent")), "attachedToRef")
    seen = set(begins)
    waiting = list(begins)
    while waiting:
        node_id = waiting.pop()
        ahead = [flow.get("targetRef") for flow in scope.outgoing.get(node_id, [])]
        ahead += [node.get("id") for node in attached.get(node_id, [])]
        ahead += [scope.links[node_id]] if node_id in scope.links else []
        for found in ahead:
            if found is not None and found not in seen:
                seen.add(found)
                waiting.append(found)
    return seen


def _check_reachable(scope: ScopeDrawing, findings: Findings) -> None:
    seen = reachable(scope)
    for node_id, node in scope.nodes.items():
        if node_id in seen or node.get("isForCompensation") == "true":
            continue
        name = etree.QName(node).localname
        if not scope.incoming.get(node_id) and _would_begin(node):
            findings.error(
                node_id,
                "flow-missing",
                f"No flow leads into {name} {node_id}, beside the start of "
                f"{scope.id}. Draw the flow that leads there, or remove {node_id}.",
            )
        else:
            findings.warning(
                node_id,
                "unreachable",
                f"No way leads to {name} {node_id}: it never runs.",
            )


def _would_begin(node: etree._Element) -> bool:
    """Whether the standard (§ 10.3) runs it with its process if no flow leads there.

    An end event without a trigger would do nothing then.
    """
    kinds = [tag for one in node if (tag := str(one.tag)).endswith("EventDefinition")]
    is_idle = node.tag == BPMN + "endEvent" and not kinds
    return not is_idle and BPMN + "linkEventDefinition" not in kinds


def has_condition(flow: etree._Element) -> bool:
    return flow.find(BPMN + "conditionExpression") is not None


def _by(
    nodes: Iterable[etree._Element], attribute: str
) -> dict[str, list[etree._Element]]:
    found: dict[str, list[etree._Element]] = {}
    for node in nodes:
        found.setdefault(node.get(attribute) or "", []).append(node)
    return found
