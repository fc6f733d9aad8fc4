"""The fourth check of a drawing: whether its tokens come to an end, and only once.

Joins that wait for ever, steps that run twice, steps that never run, circles without a
way out. Only what is certain is said: conditions count as free choices.
"""

from collections.abc import Iterable, Set

from lxml import etree

from workflows.engine.documents import BPMN
from workflows.engine.expression_rules import Ways
from workflows.engine.markings import Explored, Game, runnable
from workflows.engine.nets import Kind, Net, Node, Way
from workflows.engine.parser import COMPENSATION, triggers_of
from workflows.engine.reduction import reduce
from workflows.engine.rules import Findings, ScopeDrawing, reachable, scopes_of

# The markings looked at: of the scope as drawn, and then of what it is reduced to.
FEW = 2_000
MANY = 20_000


def check_soundness(
    processes: Iterable[etree._Element], ways: Ways, findings: Findings
) -> None:
    """Warnings and errors on all scopes; `ways` are what is known of the flows."""
    for process in processes:
        for scope in scopes_of(process):
            _Scope(scope, ways, findings).check()


class _Scope:
    def __init__(self, scope: ScopeDrawing, ways: Ways, findings: Findings) -> None:
        self.scope, self.ways, self.findings = scope, ways, findings
        self.dead = ways.dead
        self.told: set[str] = set()

    def check(self) -> None:
        net = Net(self.scope, self.ways.dead, self.ways.exclusive)
        fires = {one for node in runnable(net) for one in node.ids}
        explored = Game(net).explore(FEW)
        if explored.bounded:
            reduce(net)
            explored = Game(net).explore(MANY)
            explored.complete = explored.complete and net.exact
        self._joins(net, explored)
        self._piles(explored)
        self._never(net, explored, fires)
        self._circles()

    def _joins(self, net: Net, explored: Explored) -> None:
        can = runnable(net)
        for join in net.nodes:
            if join.kind is not Kind.JOIN or join in explored.reached:
                continue
            came = [way for way in join.ins if way.source in can]
            if not came or not (explored.complete or join not in can):
                continue
            ways = explored.stuck.get(join)
            if ways is None and join in can:
                continue  # no token ever comes to it
            missing = [way for way in join.ins if way not in came]
            filled, missing = ways or (came, missing)
            self._never_full(join, filled, missing, explored)
        for join, (filled, missing) in explored.stuck.items():
            if join.ids[0] not in self.told:
                self._stuck(join, filled, missing)

    def _never_full(
        self, join: Node, filled: list[Way], missing: list[Way], explored: Explored
    ) -> None:
        node_id = join.ids[0]
        self.told.add(node_id)
        ends = explored.ends or not explored.complete or self._is_left_otherwise()
        tell = self.findings.warning if ends else self.findings.error
        tell(
            node_id,
            "join-never-full",
            f"The parallel gateway {node_id} can never be full: it waits for a token "
            f"on each of its flows, and when one comes on {_flows(filled)}, none comes "
            f"on {_flows(missing)}. So nothing behind it ever runs. If only one of its "
            "ways is taken, make it an exclusive gateway; else draw a parallel gateway "
            "where the ways part.",
        )

    def _stuck(self, join: Node, filled: list[Way], missing: list[Way]) -> None:
        node_id = join.ids[0]
        self.told.add(node_id)
        if join.kind is Kind.OR_JOIN:
            self.findings.warning(
                node_id,
                "join-stuck",
                f"The inclusive gateway {node_id} can wait for ever: it and another "
                "gateway that joins wait for each other. Draw them so that neither "
                "leads to the other.",
            )
            return
        self.findings.warning(
            node_id,
            "join-stuck",
            f"The parallel gateway {node_id} can wait for ever: it may get a token on "
            f"{_flows(filled)} and none on {_flows(missing)}. If not all of its ways "
            "are always taken, make it an inclusive gateway, or an exclusive one if "
            "only one is taken.",
        )

    def _piles(self, explored: Explored) -> None:
        for node in explored.piled:
            node_id = next((one for one in node.ids if one not in self.told), None)
            if node_id is None:
                continue
            self.told.add(node_id)
            meet = self._meeting(node_id)
            where = f"at {node_id}" if meet == node_id else f"at {meet}, before it"
            self.findings.warning(
                node_id,
                "tokens-pile-up",
                f"Two tokens can come to {node_id}, so it can run twice: ways that go "
                f"on side by side meet {where} and are not joined. Join them with a "
                "parallel gateway, or with an inclusive one if not all of them are "
                "always taken.",
            )

    def _meeting(self, node_id: str) -> str:
        """The nearest element at or before this one that several flows lead to."""
        seen = {node_id}
        current = node_id
        while len(flows := self.scope.incoming.get(current, [])) == 1:
            current = flows[0].get("sourceRef") or ""
            if current in seen:
                return node_id
            seen.add(current)
        return current if flows else node_id

    def _never(self, net: Net, explored: Explored, fires: Set[str]) -> None:
        """What runs in no marking, but only where that begins."""
        drawn = reachable(self.scope)
        runs = set(fires)
        if explored.complete:
            runs &= {one for node in explored.reached for one in node.ids}
        for node_id, node in self.scope.nodes.items():
            gone = node_id not in drawn or node_id in runs or node_id in self.told
            if gone or _by_event(node) or _undoes(node):
                continue
            before = [
                flow.get("sourceRef") or ""
                for flow in self.scope.incoming.get(node_id, [])
                if flow.get("id") not in self.dead
            ]
            begins = any(one in runs for one in before) or (
                node.get("attachedToRef") in runs
            )
            if begins:
                self.findings.warning(
                    node_id,
                    "never-runs",
                    f"{node_id} never runs: whenever a token is about to come to it, "
                    "the case has ended or gone another way. Draw it before that.",
                )

    def _circles(self) -> None:
        """Elements from which no way leads to an end, where they go round."""
        if self._is_left_otherwise() or self._stops():
            return
        stays = self._turning(reachable(self.scope) - self._that_end())
        turning = [node_id for node_id in self.scope.nodes if node_id in stays]
        if turning:
            listed = ", ".join(turning[:5]) + (" ..." if len(turning) > 5 else "")
            self.findings.warning(
                turning[0],
                "circle-without-end",
                f"No way leads out of the circle {listed}: {self.scope.id} would never "
                "end. Draw a gateway in it, with a flow that leads to an end event.",
            )

    def _turning(self, stays: set[str]) -> set[str]:
        """Without the elements that only lead into the circles."""
        pairs = [
            *((one.get("sourceRef"), one.get("targetRef")) for one in self.scope.flows),
            *self.scope.links.items(),
            *(
                (node.get("attachedToRef"), node_id)
                for node_id, node in self.scope.of("boundaryEvent")
            ),
        ]
        after: dict[str, list[str]] = {one: [] for one in stays}
        before = dict.fromkeys(stays, 0)
        for source, target in pairs:
            if source in after and target in before:
                after[source].append(target)
                before[target] += 1
        leading = [one for one, count in before.items() if not count]
        for one in leading:  # it grows while it is gone through
            for target in after[one]:
                before[target] -= 1
                if not before[target]:
                    leading.append(target)
        return stays - set(leading)

    def _that_end(self) -> set[str]:
        """The elements from which a flow, link or boundary event leads to an end."""
        before: dict[str, list[str]] = {}
        for flow in self.scope.flows:
            if flow.get("id") not in self.dead:
                target = flow.get("targetRef") or ""
                before.setdefault(target, []).append(flow.get("sourceRef") or "")
        for thrown, caught in self.scope.links.items():
            before.setdefault(caught, []).append(thrown)
        leads_on = {source for sources in before.values() for source in sources}
        ends = {one for one in self.scope.nodes if one not in leads_on}
        for node_id, node in self.scope.of("boundaryEvent"):
            if node.get("cancelActivity") != "false":
                before.setdefault(node_id, []).append(node.get("attachedToRef") or "")
        waiting = list(ends)
        while waiting:
            new = set(before.get(waiting.pop(), ())) - ends
            ends |= new
            waiting += new
        return ends

    def _stops(self) -> bool:
        """Whether an end event may end the whole scope, circles and all."""
        stops = {"terminateEventDefinition", "errorEventDefinition"}
        ends = self.scope.of("endEvent")
        return any(stops & set(triggers_of(node)) for _, node in ends)

    def _is_left_otherwise(self) -> bool:
        """Whether an event may end this scope from outside its flows."""
        node: etree._Element | None = self.scope.node
        while node is not None and node.tag in (BPMN + "subProcess", BPMN + "process"):
            beside = ScopeDrawing(node)
            if any(_interrupts(one) for _, one in beside.of("subProcess")):
                return True
            around = node.getparent()
            if around is not None:
                for event in around.iterchildren(BPMN + "boundaryEvent"):
                    is_here = event.get("attachedToRef") == node.get("id")
                    if is_here and event.get("cancelActivity") != "false":
                        return True
            node = around
        return False


def _interrupts(node: etree._Element) -> bool:
    if not _by_event(node):
        return False
    starts = [one for one in node.iterchildren(BPMN + "startEvent") if triggers_of(one)]
    return any(one.get("isInterrupting") != "false" for one in starts)


def _undoes(node: etree._Element) -> bool:
    """Whether it is outside the flows: compensation, and what calls for it."""
    if node.tag == BPMN + "boundaryEvent":
        return node.find(COMPENSATION) is not None
    return node.get("isForCompensation") == "true"


def _by_event(node: etree._Element) -> bool:
    return node.get("triggeredByEvent") == "true"


def _flows(ways: list[Way]) -> str:
    names = [flow for way in ways for flow in way.flows]
    return ", ".join(names) if names else "the others"
