"""The case and its frames (running scopes): how tokens move, meet and end."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.property.model import ACTIVITIES, Flow, Node, Scope
from tests.property.oracle.acts import Act, Activity, Handler, Listener
from tests.property.oracle.gateways import Decision, Race
from tests.property.oracle.parts import Variables, Wait
from tests.property.oracle.throws import Catch, Throw

MOVES = 1500  # after which the engine has not reached its budget of steps


class Endless(Exception):
    """A circle of automatic elements, drawn by chance: nothing is to be compared."""


class Machine:
    """A case: `waits` and `held` (what has an incident) are all that is open.

    Where the standard leaves order open (tokens that move at the same time), they move
    in the order in which they appeared, or in any other one that `order` picks.
    Settled beside the standard, as the dialect and the decisions on the engine have it:

    - Inclusive joins are looked at when nothing else can move, all at the same time.
    - A path may lead over a boundary event of an activity on it (table 13.3 knows
      sequence flows only).
    - Of two events at one moment, whoever is told first acts first.
    - What an interrupting event sub-process begins with is the end of every other
      listener of its scope. One that does not interrupt runs inside the scope: what it
      throws is caught by the others there, and not by itself.
    - An element whose inputs or script fail has not begun: nothing watches it yet, and
      a retry maps again; where the work is done, it corrects the answer. The items of
      a multi-instance are watched as a whole.
    - A completion condition and an output element see the result of the work, also
      what an output mapping does not let out.
    - Variables are in scopes as in Camunda 8. A called process has a copy; what it has
      written comes back.
    """

    def __init__(
        self,
        scope: Scope,
        called: Mapping[str, Scope],
        variables: Mapping[str, Any],
        now: datetime,
        order: random.Random | None = None,
    ) -> None:
        self.called = called
        self.now, self.order = now, order
        self.count = 0
        self.waits: dict[int, Wait] = {}
        self.held: dict[int, Any] = {}
        self.ready: list[tuple[Frame, int, Callable[..., None], Any]] = []
        self.thrown: list[tuple[str, str, dict[str, Any]]] = []
        self.passed: Counter[str] = Counter()  # completed elements
        self.ended = False
        self.ended_by: dict[str, Any] | None = None
        self.top = Frame(self, scope, None, Variables(None, variables), None)
        self.top.begin()
        self.play()

    def fresh(self) -> int:
        self.count += 1
        return self.count

    # What the world may do

    def finish(self, number: int, values: Mapping[str, Any]) -> None:
        """Work is done, an event has come, or a moment has."""
        wait = self.waits.pop(number)
        wait.owner.came(wait, dict(values))
        self.play()

    def fail(self, number: int, code: str, values: Mapping[str, Any]) -> bool:
        owner = self.waits[number].owner
        act = owner if isinstance(owner, Act) else owner.act
        if act.catcher("error", code) is None:
            return False
        listener = act.catcher("error", code)
        listener.trigger(values)
        self.play()
        return True

    def retry(self, number: int, values: Mapping[str, Any]) -> None:
        holder = self.held.pop(number)
        kept = holder.kept
        for name, value in values.items():
            if name in kept:  # it corrects the answer
                kept[name] = value
            else:
                holder.vars.write(name, value)
        holder.again()
        self.play()

    # How it moves

    def wait(self, owner: Any, kind: str, node: Node, frame: "Frame") -> Wait:
        event = node.event
        made = Wait(self.fresh(), kind, node.id, owner, frame.process)
        if kind == "timer" and event is not None:
            made.due = self.now + timedelta(minutes=event.minutes)
        elif event is not None:
            made.name = event.ref
        self.waits[made.number] = made
        return made

    def forget(self, owner: Any) -> None:
        for number in [n for n, one in self.waits.items() if one.owner is owner]:
            del self.waits[number]
        for number in [n for n, one in self.held.items() if one is owner]:
            del self.held[number]

    def play(self) -> None:
        moves = 0
        while not self.ended:
            moves += 1
            if moves > MOVES:
                raise Endless
            self.settle()
            if self.ready:
                at = self.order.randrange(len(self.ready)) if self.order else 0
                frame, epoch, move, given = self.ready.pop(at)
                if frame.alive and frame.epoch == epoch:
                    frame.moving -= 1
                    move(*given)
            elif not self.top.fire_inclusive():
                return

    def settle(self) -> None:
        while any(frame.settle() for frame in reversed(self.frames())):
            pass

    def frames(self) -> list["Frame"]:
        found = [self.top]
        for frame in found:
            found += [inner for act in frame.acts for inner in act.inside()]
        return found

    def end(self, ended_by: dict[str, Any] | None) -> None:
        self.top.clear()
        self.ended, self.ended_by = True, ended_by

    def signal(self, element: str, name: str, values: dict[str, Any]) -> None:
        self.thrown.append((element, name, values))
        hearing = [
            one
            for one in self.waits.values()
            if one.kind == "signal" and one.name == name
        ]
        for wait in hearing:
            if self.waits.pop(wait.number, None) is not None:
                wait.owner.came(wait, dict(values))


class Frame:
    """A running scope; `owner` is the item of an activity that runs it."""

    def __init__(
        self,
        machine: Machine,
        scope: Scope,
        owner: Any,
        variables: Variables,
        process: str | None,
    ) -> None:
        self.machine, self.scope, self.owner = machine, scope, owner
        self.vars, self.process = variables, process
        self.acts: list[Act] = []
        self.listeners: list[Listener] = []
        self.tokens: Counter[Flow] = Counter()  # in front of joins
        self.done: list[Node] = []  # what can be compensated
        self.moving, self.epoch, self.alive = 0, 0, True

    def begin(self) -> None:
        for sub in self.scope.event_subs:
            if sub.body is not None:
                self.listeners.append(Listener(self, None, sub.body.start, sub))
        self.later(self.start)

    def start(self) -> None:
        start = self.scope.start
        self.machine.passed[start.id] += 1
        self.emit(start.outgoing)

    def inner(
        self, scope: Scope, owner: Any, variables: Variables, process: str | None
    ) -> "Frame":
        return Frame(self.machine, scope, owner, variables, process)

    def later(self, move: Callable[..., None], *given: Any) -> None:
        self.moving += 1
        self.machine.ready.append((self, self.epoch, move, given))

    def emit(self, flows: list[Flow]) -> None:
        for flow in flows:
            self.later(self.arrive, flow)

    def leave(self, node: Node) -> None:
        """A node is done: its unconditional flows, and the conditions that hold."""
        seen = self.vars.visible()
        taken = [
            flow
            for flow in node.outgoing
            if flow is not node.default
            and (flow.condition is None or flow.condition.value(seen))
        ]
        only_default = node.default is not None and not any(
            flow.condition for flow in taken
        )
        if only_default and node.default is not None:
            taken.append(node.default)
        self.emit(taken)

    def arrive(self, flow: Flow) -> None:
        node = flow.target
        joins = node.kind in ("parallelGateway", "inclusiveGateway")
        if not joins or len(node.incoming) < 2:
            self.enter(node)
            return
        self.tokens[flow] += 1
        if node.kind == "parallelGateway" and all(
            self.tokens[one] for one in node.incoming
        ):
            self.consume(node)
            self.enter(node)

    def consume(self, node: Node) -> None:
        for flow in node.incoming:
            self.tokens[flow] -= bool(self.tokens[flow])

    def enter(self, node: Node) -> None:
        if node.kind in ACTIVITIES:
            Activity(self, node).start()
        elif node.kind == "eventBasedGateway":
            Race(self, node).start()
        elif node.kind.endswith("Gateway"):
            Decision(self, node).start()
        elif node.kind == "intermediateCatchEvent":
            Catch(self, node).start()
        else:
            Throw(self, node).start()

    def linked(self, name: str | None) -> Node:
        return next(
            one
            for one in self.scope.nodes
            if one.kind == "intermediateCatchEvent"
            and one.event is not None
            and (one.event.kind, one.event.ref) == ("link", name)
        )

    def handle(self, sub: Node, values: dict[str, Any]) -> None:
        Handler(self, sub, values).start()

    def clear(self) -> None:
        """All that runs in this scope or listens to it is gone."""
        self.epoch += 1
        self.moving = 0
        self.tokens.clear()
        for act in list(self.acts):
            act.kill()
        for listener in self.listeners:
            listener.forget()
        self.listeners = []

    def settle(self) -> bool:
        """Whether the scope has just come to its end."""
        if not self.alive or self.acts or self.moving or +self.tokens:
            return False
        self.clear()
        self.alive = False
        if self.owner is None:
            self.machine.ended = True
        else:
            self.owner.act.frame.later(self.owner.inside_done)
        return True

    # Inclusive joins

    def fire_inclusive(self) -> bool:
        ready = [
            (frame, node)
            for frame in self.machine.frames()
            for node in frame.scope.nodes
            if node.kind == "inclusiveGateway" and frame.enabled(node)
        ]
        for frame, node in ready:
            frame.consume(node)
            frame.later(frame.enter, node)
        return bool(ready)

    def enabled(self, node: Node) -> bool:
        """Table 13.3: what can come on an empty flow can also come on a filled one."""
        filled = {flow for flow in node.incoming if self.tokens[flow]}
        if len(node.incoming) < 2 or not filled:
            return False
        ways = [{flow} for flow, count in self.tokens.items() if count]
        ways += [set(self.behind(act.node)) for act in self.acts]
        ends = [self.ends(way, node) for way in ways]
        return all(not (one - filled) or one & filled for one in ends)

    def behind(self, node: Node) -> list[Flow]:
        found = list(node.outgoing)
        for boundary in node.boundaries:
            found += boundary.outgoing
        if node.event is not None and node.event.kind == "link":
            if node.kind == "intermediateThrowEvent":
                found += self.linked(node.event.ref).outgoing
        return found

    def ends(self, start: set[Flow], join: Node) -> set[Flow]:
        """The flows into `join` on which a path that begins in `start` may end."""
        seen, ahead, found = set(start), list(start), set()
        while ahead:
            flow = ahead.pop()
            if flow.target is join:
                found.add(flow)
                continue
            new = set(self.behind(flow.target)) - seen
            seen |= new
            ahead += new
        return found
