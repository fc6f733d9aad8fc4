"""One scope as a net: its gateways, splits and joins apart, and all else a place.

Conditions are free choices here, and events may happen or not. What a token does
between two places takes no time.
"""

from collections.abc import Iterator, Set
from enum import StrEnum
from functools import cached_property

from lxml import etree

from workflows.engine.documents import BPMN
from workflows.engine.parser import COMPENSATION, MESSAGE, triggers_of
from workflows.engine.rules import ScopeDrawing, has_condition


class Kind(StrEnum):
    PLACE = "place"  # a token stays as long as it likes
    MERGE = "merge"  # every token goes through
    CHOICE = "choice"  # a token takes one way
    SPLIT = "split"  # a token takes every way that is fixed, and some of the others
    JOIN = "join"  # takes one token from each way in
    OR_JOIN = "or join"  # takes what is there when no more can come
    END = "end"  # a token is gone
    STOP = "stop"  # all tokens of the scope are gone


AT_ONCE = ("task", "scriptTask", "businessRuleTask", "intermediateThrowEvent")


class Way:
    """From one node to the next; `flows` are the drawn flows that it stands for.

    Once a net is reduced, `flows` are those that lead to its target.

    Of a split's ways those that are not `optional` are always taken; `default` is taken
    when no other one is. `loose` is one beside the work: a boundary event that does not
    interrupt.
    """

    __slots__ = ("begins", "default", "flows", "loose", "optional", "source", "target")

    def __init__(self, source: "Node", target: "Node", *flows: str) -> None:
        self.source, self.target, self.flows = source, target, flows
        self.begins = flows  # as above, at the side of its source
        self.optional = self.default = self.loose = False
        source.outs.append(self)
        target.ins.append(self)

    def remove(self) -> None:
        self.source.outs.remove(self)
        self.target.ins.remove(self)

    def lead_to(self, target: "Node") -> None:
        """Lead to another node; its place among that one's ways in is the last."""
        self.target.ins.remove(self)
        self.target = target
        target.ins.append(self)

    def leave_from(self, source: "Node") -> None:
        self.source.outs.remove(self)
        self.source = source
        source.outs.append(self)


class Node:
    """`ids` are the drawn elements that it stands for.

    A place `at_once` waits for nobody: its token may go on before all else.
    """

    __slots__ = ("at_once", "ids", "ins", "kind", "outs")

    def __init__(self, kind: Kind, *ids: str) -> None:
        self.kind, self.ids = kind, ids
        self.at_once = False
        self.ins: list[Way] = []
        self.outs: list[Way] = []

    @property
    def only_out(self) -> Way:
        return self.outs[0]


class Net:
    """The net of one scope; `starts` are its start events, one of which begins it."""

    def __init__(
        self,
        scope: ScopeDrawing,
        dead: Set[str] = frozenset(),
        exclusive: Set[frozenset[str]] = frozenset(),
    ) -> None:
        """`dead` are flows never taken, `exclusive` pairs of which never both are."""
        self.scope = scope
        self.dead = dead
        self.exclusive = exclusive
        self.exact = True  # whether no run of the scope was lost by reducing it
        self.nodes: list[Node] = []
        self.starts: list[Node] = []
        self._nowhere = self._make(Kind.PLACE)
        self._begins: dict[str, Node] = {}
        self._ends: dict[str, Node] = {}
        self._boundary: dict[str, list[etree._Element]] = {}
        for _, node in scope.of("boundaryEvent"):
            if node.find(COMPENSATION) is None:
                host = node.get("attachedToRef") or ""
                self._boundary.setdefault(host, []).append(node)
        drawn = dict(self._drawn())
        for node_id, node in drawn.items():
            self._add(node_id, node)
        for node_id, node in drawn.items():
            self._lead_on(node_id, node)
        self._close()

    @cached_property
    def looks_at_time(self) -> bool:
        """Whether it matters what comes at once."""
        return any(node.kind is Kind.OR_JOIN for node in self.nodes)

    def _drawn(self) -> Iterator[tuple[str, etree._Element]]:
        for node_id, node in self.scope.nodes.items():
            by_event = node.get("triggeredByEvent") == "true"
            undoes = node.get("isForCompensation") == "true"
            catches = node.tag == BPMN + "boundaryEvent"
            undone = catches and node.find(COMPENSATION) is not None
            if not (by_event or undoes or undone):
                yield node_id, node

    def _make(self, kind: Kind, *ids: str) -> Node:
        node = Node(kind, *ids)
        self.nodes.append(node)
        return node

    def _add(self, node_id: str, node: etree._Element) -> None:
        """The nodes of one element, up to where its flows divide."""
        name = str(etree.QName(node).localname)
        first = last = self._make(_entry(name), node_id)
        if name == "endEvent":
            first, last = self._end(node_id, node, first)
        elif not _passes(name):
            last = self._make(Kind.PLACE, node_id)
            last.at_once = name in AT_ONCE and node.find(MESSAGE) is None
            Way(first, last)
        if name == "startEvent":
            self.starts.append(first)
        self._begins[node_id], self._ends[node_id] = first, last

    def _end(
        self, node_id: str, node: etree._Element, first: Node
    ) -> tuple[Node, Node]:
        triggers = triggers_of(node)
        stops = {"terminateEventDefinition", "errorEventDefinition"} & set(triggers)
        last = self._make(Kind.STOP if stops else Kind.END, node_id)
        if triggers and not stops:
            work = self._make(Kind.PLACE, node_id)
            work.at_once = node.find(MESSAGE) is None
            Way(first, work)
            Way(work, last)
        else:
            Way(first, last)
        return first, last

    def _lead_on(self, node_id: str, node: etree._Element) -> None:
        """The ways out of an element: to its boundary events, and its flows."""
        last = self._watch(node_id, self._ends[node_id])
        flows = []
        for flow in self.scope.outgoing.get(node_id, []):
            if (
                flow.get("id") in self.dead
            ):  # a join behind it waits for it all the same
                target = self._begins[flow.get("targetRef") or ""]
                Way(self._nowhere, target, flow.get("id") or "")
            else:
                flows.append(flow)
        if node_id in self.scope.links:
            Way(last, self._begins[self.scope.links[node_id]])
        elif flows:
            self._divide(node, last, flows)

    def _watch(self, node_id: str, last: Node) -> Node:
        events = self._boundary.get(node_id, [])
        beside = [one for one in events if one.get("cancelActivity") == "false"]
        instead = [one for one in events if one not in beside]
        for kind, some in ((Kind.SPLIT, beside), (Kind.CHOICE, instead)):
            if not some:
                continue
            parting, on = self._make(kind, node_id), self._make(Kind.MERGE, node_id)
            Way(last, parting)
            Way(parting, on)
            for event in some:
                way = Way(parting, self._begins[event.get("id") or ""])
                way.loose = way.optional = kind is Kind.SPLIT
            last = on
        return last

    def _divide(
        self, node: etree._Element, last: Node, flows: list[etree._Element]
    ) -> None:
        name = str(etree.QName(node).localname)
        divides = last
        if len(flows) > 1 or name == "inclusiveGateway":
            one = name in ("exclusiveGateway", "eventBasedGateway")
            kind = Kind.CHOICE if one else Kind.SPLIT
            divides = self._make(kind, node.get("id") or "")
            Way(last, divides)
        for flow in flows:
            target = self._begins[flow.get("targetRef") or ""]
            way = Way(divides, target, flow.get("id") or "")
            if divides.kind is Kind.SPLIT:
                way.optional = has_condition(flow)
                way.default = node.get("default") == flow.get("id")
        if not any(one.optional for one in divides.outs):
            for way in divides.outs:
                way.default = False

    def _close(self) -> None:
        """Where no flow leads on, a token is gone; a single way in needs no join."""
        for node in list(self.nodes):
            if not node.outs and node.kind not in (Kind.END, Kind.STOP):
                Way(node, self._make(Kind.END))
            if node.kind in (Kind.JOIN, Kind.OR_JOIN) and len(node.ins) < 2:
                node.kind = Kind.MERGE


def _entry(name: str) -> Kind:
    if name == "parallelGateway":
        return Kind.JOIN
    return Kind.OR_JOIN if name == "inclusiveGateway" else Kind.MERGE


def _passes(name: str) -> bool:
    gateways = ("exclusiveGateway", "parallelGateway", "inclusiveGateway")
    return name in (*gateways, "startEvent", "boundaryEvent")
