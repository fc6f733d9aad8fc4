"""Activities: what they are given, how often they run, what watches them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.property.expressions import Fault
from tests.property.model import Node
from tests.property.oracle.parts import Variables, Wait, mapped


class Act:
    """A node that has a token; subclasses say what it does with it."""

    handles = False  # runs an event sub-process of its frame

    def __init__(self, frame: Any, node: Node) -> None:
        self.frame, self.node, self.machine = frame, node, frame.machine
        self.vars = Variables(frame.vars)
        self.at = node.id  # where an incident is told
        self.kept: dict[str, Any] = {}  # what came and is still to be written
        self.alive = True
        self.listeners: list[Listener] = []
        self.items: list[Item] = []
        self.again: Callable[[], None] = self.start
        frame.acts.append(self)

    def start(self) -> None:
        raise NotImplementedError

    def inside(self) -> list[Any]:
        return [one.frame for one in self.items if one.frame is not None]

    def attempt(self, stage: Callable[[], None]) -> None:
        attempt(self, stage)

    def kill(self) -> None:
        self.alive = False
        self.frame.acts.remove(self)
        self.machine.forget(self)
        for listener in self.listeners:
            listener.forget()
        self.listeners = []
        for item in list(self.items):
            item.kill()

    def done(self) -> None:
        """The node is completed; whoever calls this says where the token goes."""
        self.machine.passed[self.node.id] += 1
        self.kill()

    def catcher(self, kind: str, code: str) -> "Listener | None":
        """Who catches what is thrown from here: outward, the exact code first."""
        act: Act | None = self
        while act is not None:
            own = act.node if act.handles else None
            around = [one for one in act.frame.listeners if one.sub is not own]
            for listeners in (act.listeners, around):
                for wanted in (code, None):
                    for one in listeners:
                        if one.catches(kind, wanted):
                            return one
            owner = act.frame.owner
            act = owner.act if owner is not None else None
        return None


def attempt(holder: Any, stage: Callable[[], None]) -> None:
    """Do `stage`, or wait for help at it; it changes nothing before it can fail."""
    try:
        stage()
    except Fault:
        holder.again = Again(holder, stage)
        holder.machine.held[holder.machine.fresh()] = holder


class Again:
    """Tries a stage once more; an object, so that it is copied with its holder."""

    def __init__(self, holder: Any, stage: Callable[[], None]) -> None:
        self.holder, self.stage = holder, stage

    def __call__(self) -> None:
        attempt(self.holder, self.stage)


class Listener:
    """A boundary event, or the start of an event sub-process."""

    def __init__(self, frame: Any, host: Act | None, node: Node, sub: Node | None):
        self.frame, self.host, self.node, self.sub = frame, host, node, sub
        self.machine = frame.machine
        self.left = node.event.cycle if node.event.cycle is not None else 1
        self.vars = frame.vars
        if node.event.kind in ("timer", "message", "signal"):
            self.machine.wait(self, node.event.kind, node, frame)

    def catches(self, kind: str, code: str | None) -> bool:
        event = self.node.event
        return event is not None and (event.kind, event.ref) == (kind, code)

    def forget(self) -> None:
        self.machine.forget(self)

    def came(self, wait: Wait, values: dict[str, Any]) -> None:
        if not self.node.interrupts:
            self.listen_again(wait)
        self.trigger(values)

    def listen_again(self, wait: Wait) -> None:
        event = self.node.event
        assert event is not None
        if wait.kind != "timer":
            self.machine.wait(self, wait.kind, self.node, self.frame)
            return
        self.left -= 1
        endless = event.cycle == 0
        if event.cycle is not None and (self.left > 0 or endless):
            again = self.machine.wait(self, "timer", self.node, self.frame)
            assert wait.due is not None
            again.due = wait.due + timedelta(minutes=event.minutes)

    def trigger(self, values: Mapping[str, Any]) -> None:
        if self.node.interrupts:
            if self.host is not None:
                self.host.kill()
            else:
                self.frame.clear()
        if self.sub is None:
            Came(self.frame, self.node, dict(values)).start()
            return
        self.frame.later(self.frame.handle, self.sub, dict(values))


class Came(Act):
    """An event that has come, and what it brought still to be written."""

    def __init__(self, frame: Any, node: Node, values: dict[str, Any]) -> None:
        super().__init__(frame, node)
        self.kept = values

    def start(self) -> None:
        attempt(self, self.write)

    def write(self) -> None:
        write(self.frame.vars, self.node, self.kept)
        self.done()
        self.frame.leave(self.node)


def write(variables: Variables, node: Node, values: Mapping[str, Any]) -> None:
    """What an event brings: all of it, or what its mapping names."""
    if node.outputs:
        values = mapped(node.outputs, {**variables.visible(), **values})
    for name, value in values.items():
        variables.write(name, value)


class Activity(Act):
    """A task, sub-process or call activity, once or several times."""

    def start(self) -> None:
        self.attempt(self.plan)

    def plan(self) -> None:
        repeat = self.node.repeat
        if repeat is None:
            item = Item(self, 1, self.frame.vars)
            item.evaluate_inputs()
            item.evaluate_script()
            self.arm()
            self.items = [item]
            item.run()
            return
        self.number = 0
        self.total: int | None = None
        if repeat.over is None:
            self.arm()
            self.turn(repeat.test_before)
            return
        value = repeat.over.value(self.frame.vars.visible())
        self.list = value if repeat.item else [None] * int(value)
        self.total = len(self.list)
        self.arm()
        if repeat.collects:
            self.vars.values[repeat.collects[0]] = [None] * self.total
        if not self.list:
            self.over()
        for _ in range(1 if repeat.sequential else self.total):
            self.next_item()

    def arm(self) -> None:
        self.listeners = [
            Listener(self.frame, self, one, None) for one in self.node.boundaries
        ]

    def next_item(self) -> None:
        repeat = self.node.repeat
        if not self.alive or repeat is None or self.number == self.total:
            return
        self.number += 1
        outer = Variables(self.vars, {"loopCounter": Decimal(self.number)})
        if repeat.item:
            outer.values[repeat.item] = self.list[self.number - 1]
        if repeat.own:
            outer.values[repeat.own] = None
        item = Item(self, self.number, outer)
        self.items.append(item)
        self.frame.later(item.begin)

    def turn(self, ask: bool) -> None:
        """The next turn of a loop, or its end."""
        repeat = self.node.repeat
        assert repeat is not None
        seen = {**self.frame.vars.visible(), "loopCounter": Decimal(self.number)}
        over = repeat.maximum is not None and self.number >= repeat.maximum
        if ask and (over or (repeat.condition and not repeat.condition.value(seen))):
            self.over()
        else:
            self.next_item()

    def item_done(self, item: "Item") -> None:
        repeat = self.node.repeat
        self.items.remove(item)
        item.kill()
        if repeat is None:
            self.finished()
        elif repeat.over is None:
            self.turn(ask=True)
        elif item.enough or (not self.items and self.number == self.total):
            self.over()
        elif repeat.sequential:
            self.next_item()

    def counts(self, more: int) -> dict[str, Decimal]:
        """The attributes of a multi-instance (table 10.30), for its condition."""
        total = self.total or 0
        open_ = len(self.items) - more
        return {
            "numberOfInstances": Decimal(total),
            "numberOfActiveInstances": Decimal(open_),
            "numberOfCompletedInstances": Decimal(self.number - open_),
        }

    def over(self) -> None:
        """No further time: what still runs of them ends, and then the whole."""
        for item in self.items:
            item.kill()
        self.items = []
        self.frame.later(self.finished)

    def finished(self) -> None:
        if not self.alive:
            return
        repeat = self.node.repeat
        if repeat and repeat.collects:
            name = repeat.collects[0]
            self.frame.vars.write(name, self.vars.values[name])
        self.done()
        if self.node.undone_by is not None:
            self.frame.done.append(self.node)
        self.leave()

    def leave(self) -> None:
        self.frame.leave(self.node)


class Handler(Activity):
    """The run of an event sub-process, with what its start event brings."""

    handles = True

    def __init__(self, frame: Any, node: Node, values: dict[str, Any]) -> None:
        super().__init__(frame, node)
        self.kept = values

    def start(self) -> None:
        self.at = self.node.body.start.id
        attempt(self, self.hear)

    def hear(self) -> None:
        write(self.frame.vars, self.node.body.start, self.kept)
        self.at = self.node.id
        self.plan()


class Item:
    """One run of an activity; `outer` are the variables around its own."""

    def __init__(self, act: Activity, number: int, outer: Variables) -> None:
        self.act, self.number, self.outer = act, number, outer
        self.at = act.node.id
        self.node, self.machine = act.node, act.machine
        self.vars = Variables(outer)
        self.frame: Any = None
        self.again: Callable[[], None] = self.begin
        self.kept: dict[str, Any] = {}
        self.enough = False

    def kill(self) -> None:
        self.machine.forget(self)
        if self.frame is not None:
            self.frame.clear()
            self.frame.alive = False

    def evaluate_inputs(self) -> None:
        self.vars.values.clear()
        self.vars.values.update(mapped(self.node.inputs, self.outer.visible()))

    def evaluate_script(self) -> None:
        """Before anything else begins: a script that fails opens nothing."""
        if self.node.script is not None:
            name, expression = self.node.script
            try:
                self.kept = {name: expression.value(self.vars.visible())}
            except Fault:
                self.vars.values.clear()  # a retry writes outside
                raise

    def begin(self) -> None:
        if self.act.alive and self in self.act.items:
            attempt(self, self.begin_now)

    def begin_now(self) -> None:
        self.evaluate_inputs()
        self.evaluate_script()
        self.run()

    def run(self) -> None:
        node = self.node
        frame, machine = self.act.frame, self.machine
        if node.kind == "task":
            self.finish({})
        elif node.kind == "scriptTask":
            self.finish(self.kept)
        elif node.kind in ("userTask", "manualTask"):
            machine.wait(self, "task", node, frame)
        elif node.kind in ("serviceTask", "sendTask"):
            wait = machine.wait(self, "job", node, frame)
            wait.given = dict(self.vars.values if node.inputs else self.vars.visible())
        elif node.kind == "receiveTask":
            machine.wait(self, "message", node, frame)
        else:
            self.enter()

    def enter(self) -> None:
        """Run what is inside a sub-process, or a called process."""
        node, process = self.node, self.act.frame.process
        scope, variables = node.body, self.vars
        if node.calls is not None:
            scope, process = self.machine.called[node.calls], node.calls
            given = self.vars.visible() if node.shares[0] else self.vars.values
            variables = Variables(None, given)
        self.frame = self.act.frame.inner(scope, self, variables, process)
        self.frame.later(self.frame.begin)

    def inside_done(self) -> None:
        if not self.act.alive or self not in self.act.items:
            return
        result = {}
        if self.node.calls is not None:
            inner = self.frame.vars
            result = dict(inner.values)
            if not self.node.outputs:
                names = inner.written if self.node.shares[1] else ()
                result = {name: inner.values[name] for name in names}
        self.frame = None
        self.finish(result)

    def came(self, wait: Wait, values: dict[str, Any]) -> None:
        self.finish(values)

    def finish(self, result: dict[str, Any]) -> None:
        self.kept = result
        attempt(self, self.output)

    def output(self) -> None:
        """Work out all that the run leaves, and only then write it."""
        node, repeat = self.node, self.node.repeat
        seen = {**self.vars.visible(), **self.kept}
        leaves = mapped(node.outputs, seen)
        collected = None
        if repeat and repeat.collects:
            collected = repeat.collects[1].value({**seen, **leaves})
        for name, value in (leaves if node.outputs else self.kept).items():
            (self.outer if node.outputs else self.vars).write(name, value)
        if repeat and repeat.collects:
            self.act.vars.values[repeat.collects[0]][self.number - 1] = collected
        if repeat and repeat.until:
            kept = self.kept if node.outputs else {}
            seen = {**self.vars.visible(), **kept, **self.act.counts(1)}
            self.enough = repeat.until.value(seen)
        self.act.item_done(self)
