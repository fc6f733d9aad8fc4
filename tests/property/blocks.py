"""Random scopes: in blocks that end where they begin, or without any structure."""

import itertools
from typing import Any

from tests.property.drawing import Pen
from tests.property.expressions import constant, infix, var
from tests.property.model import Drawn, Event, Node, Scope
from tests.property.shrinking import drop

PLAIN = {"activity": 6, "catch": 1, "throw": 2, "watched": 5}
NESTED = {
    "seq": 8,
    "split": 6,
    "choose": 4,
    "either": 4,
    "race": 3,
    "again": 3,
    "inside": 6,
    "leave": 3,
    "linked": 1,
}
LISTENS = ("timer", "message", "signal", "escalation", "error")


class Sketch(Pen):
    """Draws a whole process."""

    def process(self) -> Drawn:
        return self.drawn(self.scope())

    def scope(self, by_event: Node | None = None, within: Scope | None = None) -> Scope:
        scope = Scope(by_event=bool(within and within.by_event) or by_event is not None)
        plain = within is None or not within.compensates
        scope.compensates = plain and not scope.by_event and self.chance(0.3)
        if by_event is None:
            start = self.node(scope, "startEvent", "s")
        else:
            start = by_event
            scope.nodes.append(start)
        self.event_subs(scope)
        if self.chance(0.3):
            self.graph(scope, start)
        else:
            first, last = self.block(scope) if self.deep else self.seq(scope, 4)
            scope.connect(start, first)
            scope.connect(last, self.ending(scope))
        return scope

    def event_subs(self, scope: Scope) -> None:
        heard: set[Any] = set()
        while self.left > 4 and self.deep < 4 and self.chance(0.25):
            interrupts = self.chance(0.5)
            kinds = LISTENS if interrupts else LISTENS[:4]
            event = self.catching(interrupts, *kinds)
            if event.kind != "timer" and (event.kind, event.ref) in heard:
                continue
            heard.add((event.kind, event.ref))
            start = Node(self.fresh("es"), "startEvent", event=event)
            start.interrupts = interrupts
            self.event_outputs(start)
            self.deep += 1
            body = self.scope(start, scope)
            self.deep -= 1
            self.node(scope, "eventSubProcess", "ep", body=body)

    # Blocks: each gives its first and last node

    def block(self, scope: Scope) -> tuple[Node, Node]:
        kinds = dict(PLAIN)
        if self.left > 2 and self.deep < 5:
            kinds |= NESTED
        self.deep += 1
        found: tuple[Node, Node] = getattr(self, self.weighted(kinds))(scope)
        self.deep -= 1
        return found

    def activity(self, scope: Scope, kind: str | None = None) -> Any:
        node = self.dress(scope, super().activity(scope, kind))
        return node, node

    def host(self, scope: Scope) -> Node:
        """An activity, maybe one with something inside."""
        if self.left > 2 and self.deep < 5 and self.chance(0.5):
            return self.nesting(scope)
        made: Node = self.activity(scope)[0]
        return made

    def nesting(self, scope: Scope) -> Node:
        self.deep += 1
        if self.chance(0.3):
            made = super().activity(scope, "callActivity")
            if self.called and self.chance(0.4):
                made.calls = self.random.choice(list(self.called))
            else:
                made.calls = self.fresh("q")
                body = self.scope(within=scope)
                self.called[made.calls] = body
            made.shares = (self.chance(0.8), self.chance(0.8))
            self.dress(scope, made)
            if not made.shares[0]:
                taken = {name for name, _ in made.inputs}
                names = [*sorted(set(self.variables) - taken)]
                made.inputs = [(one, var(one)) for one in names] + made.inputs
        else:
            made = super().activity(scope, "subProcess")
            made.body = self.scope(within=scope)
            self.dress(scope, made)
        self.deep -= 1
        return made

    def inside(self, scope: Scope) -> tuple[Node, Node]:
        node = self.nesting(scope)
        return (node, node) if self.chance(0.4) else self.watch(scope, node)

    def watched(self, scope: Scope) -> tuple[Node, Node]:
        return self.watch(scope, self.host(scope))

    def boundary(self, scope: Scope, host: Node) -> Node | None:
        interrupts = self.chance(0.6)
        kinds = ["timer", "message", "signal"]
        if host.kind in ("subProcess", "callActivity"):
            kinds += ["escalation", "escalation"]
        errors = ("subProcess", "callActivity", "serviceTask", "sendTask")
        if interrupts and host.kind in errors:
            kinds += ["error", "error"]
        event = self.catching(interrupts, *kinds)
        if event.kind == "timer" and any(
            one.event and one.event.kind == "timer" for one in host.boundaries
        ):
            return None
        for one in host.boundaries:
            if one.event and (one.event.kind, one.event.ref) == (event.kind, event.ref):
                return None
        made = self.node(scope, "boundaryEvent", "b", event=event, host=host)
        made.interrupts = interrupts
        host.boundaries.append(made)
        self.event_outputs(made)
        return made

    def watch(self, scope: Scope, host: Node) -> tuple[Node, Node]:
        """An activity with boundary events, and where its ways meet."""
        last = self.node(scope, "exclusiveGateway", "m")
        scope.connect(host, last)
        for _ in range(self.random.randint(1, 2)):
            event = self.boundary(scope, host)
            if event is None:
                continue
            first, end = self.block(scope)
            scope.connect(event, first)
            joined = self.chance(0.5)
            scope.connect(end, last if joined else self.ending(scope))
        return host, last

    def catch(self, scope: Scope) -> tuple[Node, Node]:
        event = self.trigger("timer", "message", "signal")
        node = self.node(scope, "intermediateCatchEvent", "c", event=event)
        self.event_outputs(node)
        return node, node

    def throw(self, scope: Scope, kind: str = "", end: bool = False) -> Any:
        if kind:
            return super().throw(scope, kind, end)
        kinds = ["none", "message", "signal", "escalation"]
        if scope.compensates:
            kinds += ["compensate"] * 4
        node = super().throw(scope, self.random.choice(kinds), end=False)
        return node, node

    def linked(self, scope: Scope) -> tuple[Node, Node]:
        """A way that goes on at a link."""
        one, other = self.block(scope), self.block(scope)
        name = self.fresh("L")
        thrown = self.node(
            scope, "intermediateThrowEvent", "th", event=Event("link", name)
        )
        caught = self.node(
            scope, "intermediateCatchEvent", "c", event=Event("link", name)
        )
        scope.connect(one[1], thrown)
        scope.connect(caught, other[0])
        return one[0], other[1]

    def seq(self, scope: Scope, most: int = 3) -> tuple[Node, Node]:
        parts = [self.block(scope) for _ in range(self.random.randint(2, most))]
        for one, other in itertools.pairwise(parts):
            scope.connect(one[1], other[0])
        return parts[0][0], parts[-1][1]

    def branches(
        self, scope: Scope, first: Node, last: Node, conditions: bool
    ) -> tuple[Node, Node]:
        for _ in range(self.random.randint(2, 3)):
            one, other = self.block(scope)
            condition = self.condition() if conditions else None
            scope.connect(first, one, condition)
            scope.connect(other, last)
        if conditions and self.chance(0.85):
            first.default = first.outgoing[-1]
            first.default.condition = None
        return first, last

    def split(self, scope: Scope) -> tuple[Node, Node]:
        """A fork, or several flows out of a task; joined, or merged without one."""
        join = "parallelGateway" if self.chance(0.8) else "exclusiveGateway"
        if self.chance(0.3):
            first = self.activity(scope)[0]
        else:
            first = self.node(scope, "parallelGateway", "f")
        return self.branches(scope, first, self.node(scope, join, "j"), False)

    def choose(self, scope: Scope) -> tuple[Node, Node]:
        first = self.node(scope, "exclusiveGateway", "x")
        last = self.node(scope, "exclusiveGateway", "m")
        return self.branches(scope, first, last, True)

    def either(self, scope: Scope) -> tuple[Node, Node]:
        """An inclusive gateway, or conditional flows of a task, and the join."""
        last = self.node(scope, "inclusiveGateway", "j")
        if self.chance(0.7):
            first = self.node(scope, "inclusiveGateway", "o")
            return self.branches(scope, first, last, True)
        first = self.activity(scope)[0]
        self.branches(scope, first, last, True)
        if first.default is None:
            first.outgoing[-1].condition = None
        return first, last

    def race(self, scope: Scope) -> tuple[Node, Node]:
        """An event-based gateway whose ways meet again."""
        first = self.node(scope, "eventBasedGateway", "g")
        last = self.node(scope, "exclusiveGateway", "m")
        for kind in self.random.sample(["timer", "message", "signal"], 2):
            event = self.trigger(kind)
            if kind == "message" and self.chance(0.4):
                arm = self.node(scope, "receiveTask", "r", event=event)
            else:
                arm = self.node(scope, "intermediateCatchEvent", "c", event=event)
            self.event_outputs(arm)
            one, other = self.block(scope)
            scope.connect(first, arm)
            scope.connect(arm, one)
            scope.connect(other, last)
        return first, last

    def counter(self, scope: Scope) -> tuple[Node, Node]:
        """A script that counts, and the gateway behind it that may go back."""
        name = self.fresh("n")
        self.variables[name] = constant(0).parts[0]
        script = self.node(scope, "scriptTask", "s_")
        script.script = (name, infix(var(name), "+", constant(1)))
        back = self.node(scope, "exclusiveGateway", "x")
        scope.connect(script, back)
        return script, back

    def back(self, scope: Scope, gateway: Node, target: Node) -> None:
        script = gateway.incoming[0].source.script
        assert script is not None
        name = script[0]
        again = infix(var(name), "<", constant(self.random.randint(2, 3)))
        scope.connect(gateway, target, again)

    def again(self, scope: Scope) -> tuple[Node, Node]:
        """A cycle over an exclusive gateway."""
        first = self.node(scope, "exclusiveGateway", "m")
        one, other = self.block(scope)
        script, gateway = self.counter(scope)
        last = self.node(scope, "exclusiveGateway", "m")
        scope.connect(first, one)
        scope.connect(other, script)
        self.back(scope, gateway, first)
        gateway.default = scope.connect(gateway, last)
        return first, last

    def leave(self, scope: Scope) -> tuple[Node, Node]:
        """A way that may end before the others."""
        first = self.node(scope, "exclusiveGateway", "x")
        last = self.node(scope, "exclusiveGateway", "m")
        one, other = self.block(scope)
        scope.connect(first, one, self.condition())
        scope.connect(other, self.ending(scope))
        first.default = scope.connect(first, last)
        return first, last

    # Without structure

    def graph(self, scope: Scope, start: Node) -> None:
        """Nodes in a row; flows lead forward, some back, over a counting gateway."""
        row = [self.element(scope) for _ in range(self.random.randint(3, 9))]
        row = [one for pair in row for one in pair]
        row.append(self.ending(scope))
        scope.connect(start, row[0])
        for at, node in enumerate(row[:-1]):
            if node.kind == "endEvent":
                continue
            ahead = row[at + 1 : at + 6]
            sources = [node] if not node.boundaries else [node, *node.boundaries]
            for source in sources:
                self.lead(scope, source, ahead)
        while lost := [one for one in row if not one.incoming]:
            for node in lost:
                drop(scope, node)
                row.remove(node)
        for gateway in [one for one in row if one.kind == "scriptTask"]:
            if gateway.id.startswith("s_"):
                at = row.index(gateway)
                target = self.random.choice(row[: at + 1])
                self.back(scope, row[at + 1], target)

    def element(self, scope: Scope) -> list[Node]:
        kinds = {"host": 6, "exclusive": 3, "parallel": 2, "inclusive": 4, "event": 2}
        kind = self.weighted({**kinds, "counter": 1})
        if kind == "counter":
            return list(self.counter(scope))
        if kind == "event":
            node: Node = self.random.choice([self.catch, self.throw])(scope)[0]
            return [node]
        if kind != "host":
            return [self.node(scope, f"{kind}Gateway", kind[0])]
        host = self.host(scope)
        for _ in range(self.random.randint(0, 2)):
            self.boundary(scope, host)
        return [host]

    def lead(self, scope: Scope, source: Node, ahead: list[Node]) -> None:
        splits = source.kind.endswith("Gateway") or (
            source.host is None and self.chance(0.15)
        )
        known = {flow.target for flow in source.outgoing}
        ahead = [one for one in ahead if one not in known]
        if not ahead:
            return
        if known:  # a counting script and its gateway
            if source.kind == "exclusiveGateway":
                pass
            else:
                return
        count = self.random.randint(1, min(3, len(ahead))) if splits else 1
        targets = self.random.sample(ahead, count)
        counts = source.kind == "exclusiveGateway" and any(
            flow.source.id.startswith("s_") for flow in source.incoming
        )
        if counts:
            source.default = scope.connect(source, targets[0])
            return
        for target in targets:
            scope.connect(source, target)
        if source.kind == "parallelGateway" or len(source.outgoing) < 2:
            return
        if source.kind in ("exclusiveGateway", "inclusiveGateway"):
            for flow in source.outgoing:
                flow.condition = self.condition()
            if self.chance(0.85):
                source.default = source.outgoing[-1]
                source.default.condition = None
