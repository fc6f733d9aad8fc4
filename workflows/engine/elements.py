"""The drawn elements that run: tasks, gateways, sub-processes, start and end.

Each goes through the same phases, one step of the queue each: it enters (input
mappings, boundary events), it begins (and waits, or not), it leaves with a result
(output mappings, choice of flows). Whatever can fail is evaluated before anything is
changed, so that a fault leaves the element where it was.
"""

from typing import Any, NamedTuple

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.util.task import TaskState

from workflows.engine import effects, scopes
from workflows.engine.errors import Fault
from workflows.engine.extensions import NOTHING, Extensions
from workflows.engine.repetition import Outcome, Repetition, begin_items
from workflows.engine.tokens import BODY, CAME, DONE, HANDLER, INTO, START, Token

Result = dict[str, Any]


class Route(NamedTuple):
    """One outgoing sequence flow; `flow_id` is None for one that nobody drew."""

    flow_id: str | None
    target: str
    condition: str | None = None


class Drawn:
    """Mixed in front of SpiffWorkflow's class of every drawn element."""

    extensions: Extensions = NOTHING
    routes: tuple[Route, ...] = ()
    default_flow: str | None = None
    conditional: bool = False
    repetition: Repetition | None = None
    handler: str | None = None  # the activity that undoes this one
    boundary: tuple[Any, ...] = ()  # the listeners attached to it (`events.Listener`)

    bpmn_id: str
    name: str
    _wf_spec: Any

    # The phases -------------------------------------------------------------------

    def _run_hook(self, my_task: Token) -> bool | None:
        my_task.enter()
        if DONE not in my_task.internal_data:
            try:
                result = self._enter(my_task)
            except Fault:  # a retry maps again, and writes outside until then
                my_task.internal_data.pop(scopes.LOCAL, None)
                raise
            if result is None:
                return None
            my_task.internal_data[DONE] = result
        if my_task.is_item:
            self._leave_item(my_task)
        else:
            self._leave(my_task)
        return True

    def _enter(self, token: Token) -> Result | None:
        boundary = () if token.is_item else self.boundary
        repeated = self.repetition is not None and not token.is_item
        if not repeated:
            self._take_inputs(token)
        armed = [one.event_definition.prepare(token) for one in boundary]
        result = self._begin_items(token) if repeated else self.begin(token)
        if result is None:
            for listener, prepared in zip(boundary, armed, strict=True):
                listener.arm(token, prepared)
        return result

    def _begin_items(self, token: Token) -> Result | None:
        """The token becomes the body of an activity that runs several times."""
        repetition = self.repetition
        assert repetition is not None  # noqa: S101  # the caller has looked
        state = repetition.begin(token)
        if not state["n"]:
            return repetition.result(state)
        token.internal_data[BODY] = state
        begin_items(token, repetition)
        return None

    def begin(self, token: Token) -> Result | None:
        """Do the work, or open it and wait (None). Evaluate first, change after."""
        return {}

    def withdraw(self, token: Token) -> None:
        """Close what `begin` opened: the process went another way."""

    def choose(self, token: Token, written: Result) -> tuple[Route, ...]:
        """The flows on which the token leaves; `written` is not yet in the scopes."""
        if not self.conditional:
            return self.routes
        holds = token.workflow.script_engine.condition
        taken, otherwise = [], []
        for route in self.routes:
            if route.condition is None:
                otherwise.append(route)
            elif holds(token, route.flow_id, route.condition, written):
                taken.append(route)
        default = [route for route in otherwise if route.flow_id == self.default_flow]
        always = [route for route in otherwise if route not in default]
        chosen = tuple(always + taken) if taken or not default else (*always, *default)
        if not chosen:
            raise self.no_flow()
        return chosen

    def no_flow(self) -> Fault:
        return Fault(
            "expression",
            f"No condition behind element {self.bpmn_id} holds, and no default flow "
            "is drawn.",
            conditions={str(one.flow_id): one.condition for one in self.routes},
        )

    def _take_inputs(self, token: Token) -> None:
        if not self.extensions.inputs:
            return
        evaluator = token.workflow.script_engine
        token.internal_data[scopes.LOCAL] = local = {}
        for target, source in self.extensions.inputs:
            local[target] = evaluator.value(token, source, kind="mapping")

    def _leave(self, token: Token) -> None:
        result = token.internal_data[DONE]
        # The outputs of an activity that runs several times are those of its items.
        mapped = bool(self.extensions.outputs) and self.repetition is None
        written = self._mapped(token, result) if mapped else result
        outside = scopes.leaving(token, written, own=not mapped)
        token.chosen = self.choose(token, outside)
        scopes.write(token, written, own=not mapped)

    def _leave_item(self, token: Token) -> None:
        repetition: Any = self.repetition  # only a repetition makes items
        result = token.internal_data[DONE]
        mapped = bool(self.extensions.outputs)
        written = self._mapped(token, result) if mapped else result
        leaving = scopes.leaving(token, written, own=not mapped)
        outcome = repetition.after(token, leaving, {**result, **written})
        scopes.write(token, written, own=not mapped)
        self.item_is_over(token, outcome)

    def item_is_over(self, token: Token, outcome: Outcome) -> None:
        """What follows when one of several times is done."""
        repetition, body = self.repetition, token.parent
        assert repetition is not None  # noqa: S101  # only a repetition makes items
        body.internal_data[BODY] = outcome.state
        if outcome.ended:
            for other in body.children:
                if other is not token and other.is_item:
                    other.cancel()
            body.leave_with(repetition.result(outcome.state))
        elif outcome.state["started"] == outcome.state["done"]:
            begin_items(body, repetition)

    def _mapped(self, token: Token, result: Result) -> Result:
        evaluator = token.workflow.script_engine
        written: Result = {}
        for target, source in self.extensions.outputs:
            seen = {**result, **written}
            written[target] = evaluator.value(token, source, kind="mapping", over=seen)
        return written

    # SpiffWorkflow's hooks --------------------------------------------------------

    def test(self) -> None:
        """The deployment was linted; SpiffWorkflow would check at every step."""

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready_hook(self, my_task: Token) -> None:
        """No listeners of the library are connected."""

    def _predict_hook(self, my_task: Token) -> None:
        """Called at completion: the only time that children are made."""
        specs = self._wf_spec.task_specs
        for route in my_task.chosen:
            child = my_task._add_child(specs[route.target], TaskState.FUTURE)
            child.via = route.flow_id

    def _on_complete_hook(self, my_task: Token) -> None:
        if my_task.is_item:
            return
        flows = tuple(one.flow_id for one in my_task.chosen if one.flow_id is not None)
        my_task.workflow.report(
            effects.ElementCompleted(self.bpmn_id, my_task.id, flows)
        )
        if self.handler is not None:
            my_task.workflow.completed_here.append(self.name)
        if HANDLER in my_task.internal_data:
            my_task.parent.task_spec.go_on(my_task.parent)

    def _on_cancel(self, my_task: Token) -> None:
        if not my_task.is_body:
            self.withdraw(my_task)


class ScopeStart(BpmnStartTask):
    """The root of a scope: arms its event sub-processes, then starts the drawn start.

    It is no drawn element; its incidents bear the id of the process or sub-process.
    """

    chosen_start: str | None = None  # the start without trigger

    def __init__(self, wf_spec: Any, name: str) -> None:
        super().__init__(wf_spec, name)
        self.bpmn_id = wf_spec.name
        # start events of a process that an event triggers -> its definition
        self.triggered: dict[str, Any] = {}

    def test(self) -> None:
        """As in `Drawn`."""

    def _run_hook(self, my_task: Token) -> bool:
        listeners = self._wf_spec.listeners
        armed = [one.event_definition.prepare(my_task) for one in listeners]
        for listener, prepared in zip(listeners, armed, strict=True):
            listener.arm(my_task, prepared)
        chosen = my_task.internal_data.get(START, self.chosen_start)
        my_task.chosen = (Route(None, chosen),)
        return True

    def _predict_hook(self, my_task: Token) -> None:
        start = my_task._add_child(
            self._wf_spec.task_specs[my_task.chosen[0].target], TaskState.FUTURE
        )
        if CAME in my_task.internal_data:
            start.internal_data[DONE] = my_task.internal_data.pop(CAME)
        if INTO in my_task.internal_data:
            start.internal_data[INTO] = my_task.internal_data.pop(INTO)

    def _on_complete_hook(self, my_task: Token) -> None:
        """Nothing to report."""

    def _on_cancel(self, my_task: Token) -> None:
        """Nothing to close."""


class Start(Drawn, defaults.StartEvent):
    """Whoever made the case, or the listener in front of it, has caught the event."""


class Throws(Drawn):
    """Throws what its event definition says, as the last thing that it does."""

    event_definition: Any

    def begin(self, token: Token) -> Result:
        definition = self.event_definition
        definition.keep_name(token, definition.evaluate_name(token))
        return {}

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        self.event_definition.throw(my_task)


class End(Throws, defaults.EndEvent):
    """An end event, but for a message end, which is a `JobTask`."""


class Throw(Throws, defaults.IntermediateThrowEvent):
    """An intermediate event that throws, but for messages and links; or passes."""


class PassThrough(Drawn, defaults.NoneTask):
    """An abstract task: nobody has said what it is, so nothing is waited for."""


class Link(Drawn, defaults.NoneTask):
    """Either side of a link; the one that throws has a route to the other."""


class UserTask(Drawn, defaults.UserTask):
    """Work for a person. A manual task is one too: only a person knows it is done."""

    def begin(self, token: Token) -> None:
        evaluator, get = token.workflow.script_engine, self.extensions.get
        opened = effects.TaskOpened(
            token=token.id,
            element_id=self.bpmn_id,
            assignee=evaluator.string(
                token, "assignee", get("assignmentDefinition", "assignee")
            ),
            candidate_groups=evaluator.strings(
                token, "candidateGroups", get("assignmentDefinition", "candidateGroups")
            ),
            candidate_users=evaluator.strings(
                token, "candidateUsers", get("assignmentDefinition", "candidateUsers")
            ),
            due_at=evaluator.schedule(token, "dueDate", get("taskSchedule", "dueDate")),
            follow_up_at=evaluator.schedule(
                token, "followUpDate", get("taskSchedule", "followUpDate")
            ),
            priority=evaluator.whole(
                token, "priority", get("priorityDefinition", "priority"), default=50
            ),
            form_id=get("formDefinition", "formId"),
            deadline=evaluator.deadline(token, self.extensions.deadline),
            norms=self.extensions.norms,
        )
        token.workflow.report(opened)

    def withdraw(self, token: Token) -> None:
        self.closed(token, canceled=True)

    def closed(self, token: Token, *, canceled: bool) -> None:
        token.workflow.report(effects.TaskClosed(token.id, canceled))


class JobTask(Drawn, defaults.ServiceTask):
    """A service or send task, or an event that throws a message.

    It waits for the answer of a connector.
    """

    def begin(self, token: Token) -> None:
        evaluator, get = token.workflow.script_engine, self.extensions.get
        retries = evaluator.whole(
            token, "retries", get("taskDefinition", "retries"), default=3, least=1
        )
        seen = (
            dict(token.internal_data[scopes.LOCAL])
            if self.extensions.inputs
            else scopes.visible(token)
        )
        opened = effects.JobOpened(
            token.id,
            self.bpmn_id,
            get("taskDefinition", "type") or "",
            retries,
            dict(self.extensions.headers),
            seen,
        )
        token.workflow.report(opened)

    def withdraw(self, token: Token) -> None:
        self.closed(token, canceled=True)

    def closed(self, token: Token, *, canceled: bool) -> None:
        token.workflow.report(effects.JobClosed(token.id, canceled))


class ScriptTask(Drawn, defaults.ScriptTask):
    """A FEEL expression whose value goes into a variable."""

    def begin(self, token: Token) -> Result:
        get = self.extensions.get
        value = token.workflow.script_engine.value(token, get("script", "expression"))
        return {get("script", "resultVariable") or "": value}


class ExclusiveGateway(Drawn, defaults.ExclusiveGateway):
    def choose(self, token: Token, written: Result) -> tuple[Route, ...]:
        """The first flow, in the order of the file, whose condition holds."""
        if not self.conditional:
            return self.routes
        holds = token.workflow.script_engine.condition
        for route in self.routes:
            if route.condition is not None and holds(
                token, route.flow_id, route.condition, written
            ):
                return (route,)
        for route in self.routes:
            if route.flow_id == self.default_flow:
                return (route,)
        raise self.no_flow()


class SubProcess(Drawn, defaults.SubWorkflowTask):
    """An embedded or event sub-process: a scope of its own inside the case."""

    triggered_by_event: bool = False

    def begin(self, token: Token) -> None:
        running = self.set_up(token)
        first, *further = token.internal_data.pop(INTO, [None])
        running.plant(first)
        if further:
            running.task_tree.internal_data[INTO] = further

    def set_up(self, token: Token) -> Any:
        """The scope that this token runs, still empty."""
        return token.workflow.top_workflow.create_subprocess(token, self.spec)

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Token) -> None:
        my_task.leave_with({})

    def withdraw(self, token: Token) -> None:
        running = token.workflow.top_workflow.subprocesses.get(token.id)
        if running is not None:
            running.cancel()
