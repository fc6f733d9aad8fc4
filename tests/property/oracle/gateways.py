"""Gateways: which ways are taken, and which event comes first."""

from typing import Any

from tests.property.expressions import Fault
from tests.property.model import Node
from tests.property.oracle.acts import Act, Came
from tests.property.oracle.parts import Wait


class Decision(Act):
    """An exclusive, inclusive or parallel gateway that has its token."""

    def start(self) -> None:
        self.attempt(self.decide)

    def decide(self) -> None:
        node = self.node
        if node.kind == "parallelGateway" or len(node.outgoing) < 2:
            taken = node.outgoing
        else:
            taken = self.chosen(self.frame.vars.visible())
        self.done()
        self.frame.emit(taken)

    def chosen(self, seen: dict[str, Any]) -> list[Any]:
        node = self.node
        holding = []
        for flow in node.outgoing:
            if flow is node.default or flow.condition is None:
                continue
            if flow.condition.value(seen):
                holding.append(flow)
                if node.kind == "exclusiveGateway":
                    break
        if not holding and node.default is None:
            raise Fault(node.id)
        return holding or [node.default]


class Arm:
    """One event of an event-based gateway."""

    def __init__(self, race: "Race", node: Node) -> None:
        self.race, self.node, self.vars = race, node, race.vars
        kind = "message" if node.kind == "receiveTask" else node.event.kind  # type: ignore[union-attr]  # arms are events
        race.machine.wait(self, kind, node, race.frame)

    def came(self, wait: Wait, values: dict[str, Any]) -> None:
        self.race.came_first(self, values)


class Race(Act):
    """An event-based gateway: the first event decides."""

    def start(self) -> None:
        self.arms = [Arm(self, flow.target) for flow in self.node.outgoing]

    def kill(self) -> None:
        super().kill()
        for arm in self.arms:
            self.machine.forget(arm)

    def came_first(self, arm: Arm, values: dict[str, Any]) -> None:
        self.done()
        Came(self.frame, arm.node, values).start()
