"""Gateways that bring tokens together: how many they wait for, and when they fire."""

from functools import cached_property
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from workflows.engine.elements import Drawn
from workflows.engine.tokens import Token

# Incoming flow -> the tokens that wait on it, first come first.
Waiting = dict[str, list[Token]]


class Join(Drawn):
    """A gateway that may have several incoming flows, each with tokens of its own."""

    incoming_flows: tuple[str, ...] = ()

    def arrive(self, token: Token) -> Waiting:
        """Put a token on its flow; all that wait here now."""
        waiting: Waiting = token.workflow.joins.setdefault(self.name, {})
        waiting.setdefault(token.via or "", []).append(token)
        return waiting

    def consume(self, waiting: Waiting) -> list[Token]:
        """Take one token from each flow that has any, in the order of the flows."""
        taken = []
        for flow in self.incoming_flows:
            if flow in waiting:
                taken.append(waiting[flow].pop(0))
                if not waiting[flow]:
                    del waiting[flow]
        return taken

    def withdraw(self, token: Token) -> None:
        scope = token.workflow
        waiting = scope.joins.get(self.name, {})
        if token in waiting.get(token.via, ()):
            waiting[token.via].remove(token)
            if not waiting[token.via]:
                del waiting[token.via]
        if not waiting:
            scope.blocking.pop(self.name, None)


class ParallelGateway(Join, defaults.ParallelGateway):
    """Takes one token from each incoming flow; a second one on a flow waits on."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.incoming_flows) < 2:
            return True
        waiting = self.arrive(my_task)
        if len(waiting) < len(self.incoming_flows):
            my_task._set_state(TaskState.WAITING)
            return False
        for token in self.consume(waiting):
            if token is not my_task:
                merge(token)
        return True


class InclusiveGateway(Join, defaults.InclusiveGateway):
    """Waits while a token elsewhere could still come on a flow that has none.

    BPMN 2.0.2, table 13.3: it fires when every token that can reach an incoming flow
    without a token, not through the gateway itself, can also reach one that has a
    token. A running activity can reach what its boundary events lead to. It is looked
    at when nothing else is ready (`RunningProcess.step`).
    """

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.incoming_flows) < 2:
            return True
        self.arrive(my_task)
        my_task._set_state(TaskState.WAITING)
        scope = my_task.workflow
        scope.blocking.setdefault(self.name, None)
        scope.changed()
        return False

    def may_fire(self, scope: Any) -> bool:
        """Whether no token blocks it; one that does is kept and looked at first."""
        waiting = scope.joins[self.name]
        known = scope.blocking[self.name]
        if (
            known is not None
            and known.id in scope.tasks
            and self._holds(known, waiting)
        ):
            return False
        for token in scope.tasks.awake():
            if self._holds(token, waiting):
                scope.blocking[self.name] = token
                return False
        return True

    def fire(self, scope: Any) -> None:
        waiting = scope.joins[self.name]
        first, *others = self.consume(waiting)
        for token in others:
            merge(token)
        if not waiting:
            del scope.blocking[self.name]
        first._set_state(TaskState.READY)

    def _holds(self, token: Token, waiting: Waiting) -> bool:
        spec = token.task_spec
        if token.finished or token.listens or (spec is self and token.waits):
            return False
        reached = self._reached.get(spec.name)
        return reached is not None and reached.isdisjoint(waiting)

    @cached_property
    def _reached(self) -> dict[str, set[str]]:
        """Element -> the incoming flows that a token there may come on."""
        before: dict[str, list[str]] = {}
        sources: dict[str, str] = {}
        for name, spec in self._wf_spec.task_specs.items():
            for route in getattr(spec, "routes", ()):
                before.setdefault(route.target, []).append(name)
                if route.target == self.name:
                    sources[route.flow_id] = name
            for listener in getattr(spec, "boundary", ()):
                before.setdefault(listener.name, []).append(name)
        reached: dict[str, set[str]] = {}
        for flow in self.incoming_flows:
            seen, ahead = {sources[flow]}, [sources[flow]]
            while ahead:
                name = ahead.pop()
                reached.setdefault(name, set()).add(flow)
                if name != self.name:
                    new = set(before.get(name, ())) - seen
                    seen |= new
                    ahead += new
        return reached


def merge(token: Token) -> None:
    """A token goes on as part of another one; nothing of it is reported."""
    token._state = TaskState.CANCELLED
    token.workflow.discard(token)
