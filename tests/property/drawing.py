"""Random activities and events: what they are given, how they repeat."""

import random
from typing import Any

from tests.property.expressions import Expression, constant, infix, var
from tests.property.model import Drawn, Event, Node, Repeat, Scope

WORLD = ("a", "b", "c", "d")  # the variables that the world writes
WORK = {"userTask": 5, "manualTask": 1, "serviceTask": 4, "sendTask": 1}
KINDS = {**WORK, "userTask": 8, "receiveTask": 2, "scriptTask": 2, "task": 1}
WRITES = {"userTask", "serviceTask", "sendTask", "subProcess", "callActivity"}
REPEATS = {*WORK, "scriptTask", "task", "receiveTask", "subProcess", "callActivity"}
ENDS = {
    "none": 10,
    "terminate": 2,
    "error": 2,
    "escalation": 2,
    "signal": 2,
    "message": 2,
    "compensate": 3,
}


class Pen:
    """Makes the parts of one drawing; `left` is how many nodes it may still have."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.numbers: dict[str, int] = {}
        self.called: dict[str, Scope] = {}
        self.left = self.random.randint(6, 34)
        self.deep = 0
        self.variables: dict[str, Any] = {
            "key": "K",
            "ns": [constant(n).parts[0] for n in self.sample_numbers()],
            **{name: constant(self.random.randint(0, 3)).parts[0] for name in WORLD},
        }

    def drawn(self, scope: Scope) -> Drawn:
        return Drawn(scope, self.called, self.variables)

    def sample_numbers(self) -> list[int]:
        return [self.random.randint(0, 3) for _ in range(self.random.randint(0, 3))]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def fresh(self, prefix: str) -> str:
        self.numbers[prefix] = self.numbers.get(prefix, 0) + 1
        return f"{prefix}{self.numbers[prefix]}"

    def weighted(self, weights: dict[str, int]) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def node(self, scope: Scope, kind: str, prefix: str, **given: Any) -> Node:
        made = Node(self.fresh(prefix), kind, **given)
        scope.nodes.append(made)
        self.left -= 1
        return made

    # Expressions

    def number(self, depth: int = 1) -> Expression:
        if depth and self.chance(0.3):
            op = self.random.choice("+-*")
            return infix(self.number(depth - 1), op, self.number(depth - 1))
        if self.chance(0.7):
            return var(self.random.choice(WORLD))
        return constant(self.random.randint(0, 3))

    def condition(self, depth: int = 1) -> Expression:
        if depth and self.chance(0.2):
            op = self.random.choice(["and", "or"])
            return infix(self.condition(depth - 1), op, self.condition(depth - 1))
        if self.chance(0.1):
            return Expression("not", (self.condition(0),))
        if self.chance(0.1):
            return Expression("list contains", (var("ns"), self.number(0)))
        op = self.random.choice(["=", "!=", "<", ">", ">="])
        return infix(self.number(), op, self.number(0))

    # Events

    def trigger(self, *kinds: str) -> Event:
        kind = self.random.choice(kinds)
        if kind == "timer":
            return Event(kind, minutes=self.random.randint(1, 90))
        letter = {"message": "M", "signal": "S", "error": "E", "escalation": "X"}[kind]
        return Event(kind, f"{letter}{self.random.randint(1, 2)}")

    def catching(self, interrupts: bool, *kinds: str) -> Event:
        """What a boundary event or an event sub-process begins with."""
        event = self.trigger(*kinds)
        if event.kind in ("error", "escalation") and self.chance(0.4):
            event.ref = None
        if event.kind == "timer" and not interrupts and self.chance(0.5):
            event.cycle = self.random.choice([0, 2, 3])
        return event

    def event_outputs(self, node: Node) -> None:
        if node.event and node.event.kind in ("message", "signal") and self.chance(0.2):
            node.outputs = [(f"o_{node.id}", var("p"))]
            sure = node.kind == "startEvent" or self.chance(0.8)
            node.needs = ["p"] if sure else []

    def throw(self, scope: Scope, kind: str, end: bool) -> Node:
        event = Event(kind)
        if kind in ("error", "escalation", "signal", "message"):
            event = self.trigger(kind)
        tag = "endEvent" if end else "intermediateThrowEvent"
        made = self.node(scope, tag, "e" if end else "th", event=event)
        if kind == "compensate" and self.chance(0.4):
            known = [one for one in scope.nodes if one.undone_by is not None]
            made.undoes = self.random.choice(known) if known else None
        if kind in ("signal", "message") and self.chance(0.4):
            made.inputs = [(self.random.choice(("n_th", *WORLD)), self.number())]
        if kind == "message":
            self.work_outputs(made)
        return made

    def ending(self, scope: Scope) -> Node:
        kind = self.weighted(ENDS)
        if scope.by_event and self.chance(0.2):
            kind = "escalation"  # which the handler itself must not hear
        if kind == "compensate" and not scope.compensates:
            kind = "none"
        if kind in ("error", "terminate") and self.deep < 2 and self.chance(0.7):
            kind = "none"
        return self.throw(scope, kind, end=True)

    # Activities

    def work_outputs(self, node: Node) -> None:
        if self.chance(0.25):
            own = f"o_{node.id}"
            target = self.random.choice((own, own, *WORLD))
            node.outputs = [(target, infix(var("r"), "+", self.number(0)))]
            if self.chance(0.3):
                node.outputs.append((f"{own}_2", infix(var(target), "*", constant(2))))
            if self.chance(0.9):
                node.needs.append("r")

    def activity(self, scope: Scope, kind: str | None = None) -> Node:
        kind = kind or self.weighted(KINDS)
        made = self.node(scope, kind, kind[0])
        if kind == "receiveTask":
            made.event = self.trigger("message")
            self.event_outputs(made)
        elif kind == "scriptTask":
            name = self.random.choice((f"v_{made.id}", f"v_{made.id}", *WORLD))
            made.script = (name, self.number(2))
            if self.chance(0.06):
                made.script = (name, infix(self.number(), "+", var(f"u_{made.id}")))
                made.needs.append(f"u_{made.id}")
        return made

    def dress(self, scope: Scope, node: Node) -> Node:
        """Mappings, repetition and compensation."""
        if node.kind != "task" and self.chance(0.2):
            target = self.random.choice((f"k_{node.id}", *WORLD))
            node.inputs.append((target, self.number()))
            if self.chance(0.05):
                node.inputs.append((f"f_{node.id}", var(f"u_{node.id}")))
                node.needs.append(f"u_{node.id}")
        if node.kind in WRITES and node.kind in WORK:
            self.work_outputs(node)
        elif node.kind in WRITES and self.chance(0.2):
            node.outputs.append((f"o_{node.id}", self.number()))
        if node.kind in REPEATS and self.chance(0.2):
            self.repeat(node)
        elif scope.compensates and not scope.by_event and self.chance(0.6):
            node.undone_by = self.handler(node)
        return node

    def handler(self, host: Node) -> Node:
        kind = self.random.choice(["userTask", "serviceTask", "scriptTask", "task"])
        made = Node(self.fresh("u"), kind)
        if kind == "scriptTask":
            made.script = (f"v_{made.id}", self.number())
        return made

    def repeat(self, node: Node) -> None:
        if self.chance(0.25):
            made = Repeat(maximum=self.random.randint(1, 3))
            if self.chance(0.6):
                made.condition = self.condition()
                made.test_before = self.chance(0.4)
            node.repeat = made
            return
        made = Repeat(sequential=self.chance(0.5))
        if self.chance(0.6):
            made.over = var("ns")
            if self.chance(0.5):
                numbers = [constant(n).parts[0] for n in self.sample_numbers()]
                made.over = constant(numbers)
            made.item = f"it_{node.id}"
        else:
            made.over = constant(self.random.randint(0, 3))
        if self.chance(0.6):
            self.collect(node, made)
        if self.chance(0.4):
            done = var("numberOfCompletedInstances")
            made.until = self.random.choice(
                [
                    self.condition(),
                    infix(done, ">=", constant(self.random.randint(1, 3))),
                    infix(var("loopCounter"), "=", constant(2)),
                    infix(var("numberOfActiveInstances"), "=", constant(1)),
                ]
            )
        node.repeat = made

    def collect(self, node: Node, made: Repeat) -> None:
        name = f"rs_{node.id}"
        if node.kind in WORK and not node.outputs and self.chance(0.6):
            node.needs.append("r")
            made.collects, made.own = (name, var("r")), "r"
        else:
            source = infix(var("loopCounter"), "*", self.number(0))
            made.collects = (name, source)
