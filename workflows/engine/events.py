"""Events that the drawing waits for, and what it throws.

A boundary event and the start of an event sub-process are both listeners: they stand
beside the work that they watch, tied to their host. Due times are computed when the
host begins; only the due-work table fires them.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from workflows.engine import effects, scopes
from workflows.engine.awaited import Awaited, Named, forget
from workflows.engine.elements import Drawn, Route
from workflows.engine.errors import Fault
from workflows.engine.tokens import ARM, Token


class Signal(Awaited, SignalEventDefinition):
    """A signal by name: whoever waits for it hears it."""

    @property
    def named(self) -> str:
        return str(self.name)

    def prepare(self, token: Token) -> Any:
        """The name."""
        return self.evaluate_name(token)

    def again(self, token: Token) -> Any:
        return self.name_for(token)

    def open(self, token: Token, prepared: Any) -> None:
        self.keep_name(token, prepared)
        element_id = token.task_spec.bpmn_id
        token.workflow.report(effects.SignalAwaited(token.id, element_id, prepared))

    def close(self, token: Token) -> None:
        token.workflow.report(effects.SignalForgotten(token.id))

    def throw(self, my_task: Token) -> None:
        """Heard by all that wait now, with the input mappings of what throws it."""
        variables = dict(my_task.internal_data.get(scopes.LOCAL, {}))
        scope, name = my_task.workflow, self.name_for(my_task) or ""
        hearers = [
            token
            for running in scope.top_workflow.scopes
            for token in running.tasks.values()
            if _hears(token, name)
        ]
        scope.report(effects.SignalThrown(my_task.task_spec.bpmn_id, name, variables))
        for token in hearers:
            if token.waits:  # what heard it before may have interrupted this one
                token.workflow.report(effects.SignalForgotten(token.id))
                hear(token, dict(variables))


class Escalation(Awaited, EscalationEventDefinition):
    """Goes outward like an error; what throws it goes on unless it is interrupted."""

    code: str | None

    @property
    def named(self) -> str | None:
        return self.code

    def throw(self, my_task: Token) -> None:
        """Caught nowhere, it has no effect: BPMN 2.0.2, section 10.5.1."""
        throw_outward(my_task, Escalation, self.name_for(my_task), {})


class Error(Awaited, ErrorEventDefinition):
    """A BPMN error: caught by the nearest scope outward, the exact code first."""

    code: str | None

    @property
    def named(self) -> str | None:
        return self.code

    def throw(self, my_task: Token) -> None:
        """Thrown by an end event: caught, or it ends the case."""
        code = self.name_for(my_task)
        if throw_outward(my_task, Error, code, {}):
            return
        top = my_task.workflow.top_workflow
        element_id = my_task.task_spec.bpmn_id
        message = f"Error {code}, thrown at {element_id}, is caught nowhere."
        detail = {"code": code}
        my_task.workflow.report(
            effects.IncidentRaised(my_task.id, element_id, "error", message, detail)
        )
        top.end("error", code, element_id)
        top.cancel_all()
        top.settle()


class Terminate(Named, TerminateEventDefinition):
    def throw(self, my_task: Token) -> None:
        """End the scope of the event; the process's own scope ends the case."""
        scope = my_task.workflow
        if scope.parent_task is None:
            scope.end("terminate", None, my_task.task_spec.bpmn_id)
        scope.cancel_all(but=my_task)


class Catch(Drawn, defaults.IntermediateCatchEvent):
    """An intermediate catch event."""

    def prepare_arm(self, arm: Token) -> Any:
        """What an arm of an event-based gateway needs, before it waits."""
        self._take_inputs(arm)
        return self.event_definition.prepare(arm)

    def begin(self, token: Token) -> None:
        prepared = self.event_definition.prepare(token)
        token._set_state(TaskState.WAITING)
        self.event_definition.open(token, prepared)

    def withdraw(self, token: Token) -> None:
        self.event_definition.close(token)


class Receive(Catch, defaults.ReceiveTask):
    """A receive task: a message catch that can have boundary events."""


class EventGateway(Drawn, defaults.EventBasedGateway):
    """Waits for several events at once; the first one decides which way it goes."""

    connect = TaskSpec.connect

    def begin(self, token: Token) -> None:
        specs = self._wf_spec.task_specs
        arms = []
        try:
            for route in self.routes:
                spec = specs[route.target]
                arm = token._add_child(spec, TaskState.WAITING)
                arm.internal_data[ARM] = route.flow_id
                arms.append((arm, spec, spec.prepare_arm(arm)))
        except Fault:
            for arm in token.children:
                token.workflow.discard(arm)
            raise
        for arm, spec, prepared in arms:
            spec.event_definition.open(arm, prepared)

    def decide(self, arm: Token) -> None:
        """The event of this arm has come: the gateway is left on its flow."""
        gateway = arm.parent
        arm.via = arm.internal_data.pop(ARM)
        arm.workflow.adopt(arm)
        gateway.chosen = (Route(arm.via, arm.task_spec.name),)
        gateway.complete()

    def _predict_hook(self, my_task: Token) -> None:
        """The arm is there already."""


class Listener(Drawn, defaults.BoundaryEvent):
    """A boundary event, or the start event of an event sub-process.

    The latter (`of_scope`) listens beside the whole scope, and reports nothing of
    itself: the start event inside the sub-process does.
    """

    of_scope: bool = False

    def arm(self, host: Token, prepared: Any) -> Token:
        """Start to listen: a waiting token tied to its host, or to the scope's root."""
        token = host._add_child(self, TaskState.WAITING)
        token.triggered = True
        if self.of_scope:
            host.workflow.listeners[token.id] = token
        self.event_definition.open(token, prepared)
        return token

    def trigger(self, token: Token, variables: dict[str, Any]) -> None:
        """The event came: interrupt or listen on, and go the way behind the event."""
        scope, host = token.workflow, token.parent
        if self.of_scope:
            del scope.listeners[token.id]
        scope.adopt(token)
        if not self.cancel_activity:
            if self.event_definition.repeats(token):
                self.arm(host, self.event_definition.again(token))
        elif self.of_scope:
            scope.cancel_all(but=token)
        else:
            host.cancel()
        forget(token)
        token.leave_with(variables)

    def withdraw(self, token: Token) -> None:
        token.workflow.listeners.pop(token.id, None)
        self.event_definition.close(token)

    def _update_hook(self, my_task: Token) -> bool:
        """A listener is readied by its event alone."""
        return False

    def _run_hook(self, my_task: Token) -> bool | None:
        if self.of_scope:
            self._leave(my_task)
            return True
        return super()._run_hook(my_task)

    def _on_complete_hook(self, my_task: Token) -> None:
        if not self.of_scope:
            super()._on_complete_hook(my_task)


def hear(token: Token, variables: dict[str, Any]) -> None:
    """What this token waits for has come, with `variables`."""
    if isinstance(token.task_spec, Listener):
        token.task_spec.trigger(token, variables)
        return
    if token.is_arm:
        token.parent.task_spec.decide(token)
    forget(token)
    token.leave_with(variables)


def _hears(token: Token, signal: str) -> bool:
    spec = token.task_spec
    if not token.waits or token.is_body or not isinstance(spec, Catch | Listener):
        return False
    definition = spec.event_definition
    return isinstance(definition, Signal) and definition.name_for(token) == signal


def throw_outward(
    thrower: Token,
    kind: type[Error] | type[Escalation],
    code: str | None,
    variables: dict[str, Any],
    *,
    by_job: bool = False,
) -> bool:
    """Throw an error or escalation; False, and nothing changed, if nothing catches.

    It travels outward only, and is caught by the nearest scope around it that listens
    for it: BPMN 2.0.2, section 10.5.6. No handler catches what it throws itself.
    """
    scope = thrower.workflow
    host: Token | None = thrower if by_job else None
    while True:
        found = None
        if host is not None:
            found = _catcher(host.whole.children, kind, code)
        if found is None:
            others = (one for one in scope.listeners.values() if not _began(one, host))
            found = _catcher(others, kind, code)
        if found is not None:
            found.task_spec.trigger(found, variables)
            return True
        host = scope.parent_task
        if host is None:
            return False
        scope = host.workflow


def _began(listener: Token, host: Token | None) -> bool:
    """Whether `host` is a run of the event sub-process that the listener starts."""
    began = [route.target for route in listener.task_spec.routes]
    return host is not None and host.task_spec.name in began


def _catcher(
    listeners: Any, kind: type[Error] | type[Escalation], code: str | None
) -> Token | None:
    caught = {}
    for token in listeners:
        if not isinstance(token.task_spec, Listener):
            continue
        definition = token.task_spec.event_definition
        if isinstance(definition, kind) and definition.code in (None, code):
            caught[definition.code] = token
    return caught.get(code) or caught.get(None)
