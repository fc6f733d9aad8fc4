"""Events that catch or throw, the end of scopes, and compensation."""

from typing import Any

from tests.property.model import Node
from tests.property.oracle.acts import Act, Activity, Came
from tests.property.oracle.parts import Wait, mapped


class Catch(Act):
    """An intermediate event that waits."""

    def start(self) -> None:
        assert self.node.event is not None
        if self.node.event.kind == "link":
            self.done()
            self.frame.leave(self.node)
            return
        self.machine.wait(self, self.node.event.kind, self.node, self.frame)

    def came(self, wait: Wait, values: dict[str, Any]) -> None:
        self.kill()
        Came(self.frame, self.node, values).start()


class Undo(Activity):
    """The run of a compensation handler; the throw event goes on when it is done."""

    thrower: Any = None

    def leave(self) -> None:
        if self.thrower.alive:
            self.thrower.undo_next()


class Throw(Act):
    """An intermediate throw event, or an end event."""

    def start(self) -> None:
        self.attempt(self.prepare)

    def prepare(self) -> None:
        self.vars.values = mapped(self.node.inputs, self.frame.vars.visible())
        event = self.node.event
        getattr(self, event.kind if event is not None else "none")()

    def none(self) -> None:
        self.proceed()

    def proceed(self) -> None:
        self.done()
        self.frame.leave(self.node)

    def message(self) -> None:
        wait = self.machine.wait(self, "job", self.node, self.frame)
        inputs = self.node.inputs
        wait.given = dict(self.vars.values if inputs else self.vars.visible())

    def came(self, wait: Wait, values: dict[str, Any]) -> None:
        self.kept = values
        self.attempt(self.output)

    def output(self) -> None:
        node = self.node
        seen = {**self.vars.visible(), **self.kept}
        leaves = mapped(node.outputs, seen)
        target = self.frame.vars if node.outputs else self.vars
        for name, value in (leaves if node.outputs else self.kept).items():
            target.write(name, value)
        self.proceed()

    def link(self) -> None:
        assert self.node.event is not None
        target = self.frame.linked(self.node.event.ref)
        self.done()
        self.frame.later(self.frame.enter, target)

    def signal(self) -> None:
        assert self.node.event is not None
        assert self.node.event.ref is not None
        self.machine.passed[self.node.id] += 1
        self.machine.signal(self.node.id, self.node.event.ref, self.vars.values)
        self.go_on()

    def go_on(self) -> None:
        """Unless what was thrown has taken the thrower away."""
        if self.alive:
            self.kill()
            self.frame.leave(self.node)

    def escalation(self) -> None:
        assert self.node.event is not None
        assert self.node.event.ref is not None
        listener = self.catcher("escalation", self.node.event.ref)
        self.machine.passed[self.node.id] += 1
        if listener is not None:
            listener.trigger({})
        self.go_on()

    def error(self) -> None:
        assert self.node.event is not None
        assert self.node.event.ref is not None
        code = self.node.event.ref
        listener = self.catcher("error", code)
        self.done()
        if listener is not None:
            listener.trigger({})
        else:
            self.machine.end(
                {"kind": "error", "code": code, "element_id": self.node.id}
            )

    def terminate(self) -> None:
        self.done()
        self.frame.clear()
        if self.frame.owner is None:
            self.machine.end(
                {"kind": "terminate", "code": None, "element_id": self.node.id}
            )

    def compensate(self) -> None:
        """Undo what the scope has completed, or one activity, the last thing first."""
        wanted, done = self.node.undoes, self.frame.done
        self.left: list[Node] = [one for one in done if wanted is None or one is wanted]
        self.frame.done = [one for one in done if one not in self.left]
        self.undo_next()

    def undo_next(self) -> None:
        if not self.left:
            self.proceed()
            return
        handler: Any = self.left.pop().undone_by
        undo = Undo(self.frame, handler)
        undo.thrower = self
        undo.start()
