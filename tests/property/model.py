"""What a random process is made of, before it is drawn and before it runs."""

from dataclasses import dataclass, field
from typing import Any, Self

from tests.property.expressions import Expression

ACTIVITIES = {
    "task",
    "userTask",
    "manualTask",
    "serviceTask",
    "sendTask",
    "receiveTask",
    "scriptTask",
    "subProcess",
    "callActivity",
}
GATEWAYS = {
    "exclusiveGateway",
    "parallelGateway",
    "inclusiveGateway",
    "eventBasedGateway",
}


class Shared:
    """The oracle copies its state, never the drawing."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


@dataclass(eq=False)
class Event(Shared):
    """`ref` names a message, signal or link, or is a code; None catches any code.

    A timer comes after `minutes`, `cycle` times (0: without end) when it repeats.
    """

    kind: str
    ref: str | None = None
    minutes: int = 0
    cycle: int | None = None


@dataclass(eq=False)
class Repeat(Shared):
    """A multi-instance over `over` (a list or a number), or a loop when that is None.

    `until` is the completion condition; a loop goes on while `condition` holds.
    """

    over: Expression | None = None
    sequential: bool = True
    item: str | None = None
    collects: tuple[str, Expression] | None = None
    own: str | None = None  # the variable that `collects` names: the item's own
    until: Expression | None = None
    condition: Expression | None = None
    maximum: int | None = None
    test_before: bool = False


@dataclass(eq=False)
class Flow(Shared):
    id: str
    source: "Node"
    target: "Node"
    condition: Expression | None = None


@dataclass(eq=False)
class Node(Shared):
    id: str
    kind: str
    event: Event | None = None
    body: "Scope | None" = None
    calls: str | None = None
    repeat: Repeat | None = None
    inputs: list[tuple[str, Expression]] = field(default_factory=list)
    outputs: list[tuple[str, Expression]] = field(default_factory=list)
    script: tuple[str, Expression] | None = None
    host: "Node | None" = None
    interrupts: bool = True
    default: Flow | None = None
    undone_by: "Node | None" = None  # of an activity: its compensation handler
    undoes: "Node | None" = None  # of a throw: the one activity, None for all
    needs: list[str] = field(default_factory=list)  # what every result has
    shares: tuple[bool, bool] = (True, True)  # propagate parent, child variables
    boundaries: list["Node"] = field(default_factory=list)
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)

    @property
    def described(self) -> str:
        """Its kind, with that of its event and of its repetition."""
        parts = [self.kind, self.event and self.event.kind]
        if self.host is not None and not self.interrupts:
            parts.append("beside")
        if self.repeat is not None:
            parts.append("loop" if self.repeat.over is None else "items")
        return " ".join(one for one in parts if one)


@dataclass(eq=False)
class Scope(Shared):
    """A process or the inside of a sub-process."""

    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    compensates: bool = False
    by_event: bool = False  # inside an event sub-process, however deep

    @property
    def start(self) -> Node:
        return next(one for one in self.nodes if one.kind == "startEvent")

    @property
    def event_subs(self) -> list[Node]:
        return [one for one in self.nodes if one.kind == "eventSubProcess"]

    def connect(
        self, source: Node, target: Node, condition: Expression | None = None
    ) -> Flow:
        flow = Flow(f"{source.id}_{target.id}", source, target, condition)
        self.flows.append(flow)
        source.outgoing.append(flow)
        target.incoming.append(flow)
        return flow


@dataclass(eq=False)
class Drawn:
    """A whole drawing: the process, those that it calls, and what it begins with."""

    scope: Scope
    called: dict[str, Scope]
    variables: dict[str, Any]
