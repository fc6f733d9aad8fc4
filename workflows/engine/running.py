"""A case in memory: SpiffWorkflow's workflows, stepped by a queue of ready tokens.

One scope is one process or sub-process that runs: it has its tokens, the starts of its
event sub-processes that listen, and its joins that wait.
"""

from collections import deque
from dataclasses import replace
from time import thread_time
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from workflows.engine.effects import CaseEnded, Effect, IncidentRaised
from workflows.engine.errors import Fault
from workflows.engine.sleeping import Tokens
from workflows.engine.tokens import CAME, INCIDENT, START, Token

# Of this thread's work, so that a loaded machine does not cut a case short.
STEP_SECONDS = 5.0
LOOK_EVERY = 50  # steps


class Scope:
    """What a process and a sub-process that run have in common."""

    # Attributes of SpiffWorkflow's Workflow.
    spec: Any
    top_workflow: Any
    tasks: Tokens
    data: dict[str, Any]
    completed: bool

    parent_task: Token | None
    home: Any  # the `Definition` whose drawing this scope is part of
    is_called: bool = False  # whether a call activity began it

    def begin(self) -> None:
        """Set up what is empty before the first token."""
        self.tasks = Tokens()
        self.listeners: dict[UUID, Token] = {}
        # join -> incoming flow -> the tokens that wait on it
        self.joins: dict[str, dict[str, list[Token]]] = {}
        # inclusive join that waits -> a token that it waits for, where one is known
        self.blocking: dict[str, Token | None] = {}
        # the activities with a compensation handler that were completed, in order
        self.completed_here: list[str] = []
        # the names that a called process has written, for whoever called it
        self.written: dict[str, None] = {}

    def plant(
        self, start_event: str | None = None, came: dict[str, Any] | None = None
    ) -> None:
        """Make the root, which starts the scope in the next step.

        `came` is what came with the start event and is still to be mapped.
        """
        self.task_tree = Token(self, self.spec.start, state=TaskState.FUTURE)
        if start_event is not None:
            self.task_tree.internal_data[START] = start_event
        if came is not None:
            self.task_tree.internal_data[CAME] = came
        self.task_tree._set_state(TaskState.READY)

    def changed(self) -> None:
        """A token came or went: an inclusive join that waits may fire now."""
        if self.blocking:
            self.top_workflow.unsettled[self] = None

    def report(self, effect: Effect) -> None:
        if self.home is not self.top_workflow.home and hasattr(effect, "process"):
            effect = replace(effect, process=self.home.key)
        self.top_workflow.effects.append(effect)

    def retire(self, token: Token) -> None:
        """Take a finished token out; its children take its place."""
        if token is self.task_tree or self.tasks.pop(token.id, None) is None:
            return
        root = self.task_tree
        token.parent._children.pop(token.id, None)
        for child in token._children:
            if child in self.tasks:
                self.tasks[child]._parent = root.id
                root._children[child] = None
        self.changed()
        self.settle_if_empty()

    def settle_if_empty(self) -> None:
        if not self.completed and len(self.tasks) == 1 + len(self.listeners):
            self.settle()

    def discard(self, token: Token) -> None:
        """Take a canceled or merged token out, its scope living on."""
        if token is self.task_tree:
            return  # a scope that is canceled before it began keeps its root
        if self.tasks.pop(token.id, None) is not None:
            token.parent._children.pop(token.id, None)
            self.changed()

    def adopt(self, token: Token) -> None:
        """Put a listener that was triggered beside its host."""
        token.parent._children.pop(token.id, None)
        token._parent = self.task_tree.id
        self.task_tree._children[token.id] = None

    def cancel_all(self, but: Token | None = None) -> None:
        for token in list(self.tasks.values()):
            if token is not self.task_tree and token is not but:
                token.cancel()
        if not self.task_tree.finished:
            self.task_tree.cancel()
        self.joins.clear()
        self.blocking.clear()

    def settle(self) -> None:
        """No token is left: whatever still listens stops, and the scope is done."""
        for listener in list(self.listeners.values()):
            listener.cancel()
        self.completed = True

    def _task_completed_notify(self, task: Token) -> None:
        """Nothing: SpiffWorkflow would walk the whole tree after each step."""


class RunningSubProcess(Scope, BpmnSubWorkflow):
    """A sub-process, or with `called` a called process, that `parent_task` runs."""

    parent_task: Token

    def __init__(self, spec: Any, parent_task: Token, called: Any = None) -> None:
        self.parent_task = parent_task
        self.home = called or parent_task.workflow.home
        self.is_called = called is not None
        top = parent_task.workflow.top_workflow
        super().__init__(spec, parent_task.id, top, deserializing=True)
        self.begin()

    @property
    def parent_workflow(self) -> Any:
        return self.parent_task.workflow

    def settle(self) -> None:
        super().settle()
        self.top_workflow.subprocesses.pop(self.parent_task_id, None)
        self.parent_task.task_spec._on_subworkflow_completed(self, self.parent_task)

    def cancel(self, success: bool = False) -> None:
        self.cancel_all()
        self.completed = True
        self.top_workflow.subprocesses.pop(self.parent_task_id, None)


class RunningProcess(Scope, BpmnWorkflow):
    """The process of a case; holds the queue and the effects of the whole case."""

    parent_task: Token | None = None

    def __init__(self, definition: Any, evaluator: Any) -> None:
        self.home = definition
        self.ready_queue: deque[Token] = deque()
        self.effects: list[Effect] = []
        self.unsettled: dict[Scope, None] = {}  # inclusive joins there may fire
        self.ended_by: dict[str, Any] | None = None
        super().__init__(
            definition.spec,
            definition.subprocess_specs,
            script_engine=evaluator,
            deserializing=True,
        )
        self.begin()

    def create_subprocess(self, my_task: Token, spec_name: str) -> RunningSubProcess:
        spec = my_task.workflow.home.subprocess_specs[spec_name]
        running = RunningSubProcess(spec, my_task)
        self.subprocesses[my_task.id] = running
        return running

    def call(self, token: Token, called: Any) -> RunningSubProcess:
        """Set up the called process of a call activity."""
        running = RunningSubProcess(called.spec, token, called)
        self.subprocesses[token.id] = running
        return running

    @property
    def scopes(self) -> list[Any]:
        """The process and every sub-process that runs."""
        return [self, *self.subprocesses.values()]

    def find(self, token_id: UUID) -> Token | None:
        """A token anywhere in the case, the roots of scopes included."""
        found: Token | None = self.tasks.get(token_id)
        for scope in self.subprocesses.values():
            if found is not None:
                break
            found = scope.tasks.get(token_id)
        return found

    def do_engine_steps(
        self, will_complete_task: Any = None, did_complete_task: Any = None
    ) -> None:
        """Run what is ready until everything waits. `budget` bounds it: see `step`."""
        self.step(budget=None)

    def step(self, budget: int | None) -> None:
        """Run ready tokens; after `budget` steps what is still ready has an incident.

        A drawing may loop without end through elements that need nobody; where tokens
        pile up, each step costs more than the last, so their time is bounded as well.
        """
        queue = self.ready_queue
        steps, began, is_late = 0, thread_time(), False
        while queue or self._fire_joins():
            token = queue.popleft()
            if token._state != TaskState.READY or token.internal_data.get(INCIDENT):
                continue
            if budget and steps and steps % LOOK_EVERY == 0:
                is_late = is_late or thread_time() - began > STEP_SECONDS
            if steps == budget or is_late:
                fault = Fault(
                    "budget",
                    f"{steps} steps were made at one go without coming to rest. "
                    "Does the drawing turn in a circle that nothing ends?",
                    steps=steps,
                )
                self.raise_incident(token, fault)
                continue
            steps += 1
            try:
                token.run()
            except Fault as fault:
                self.raise_incident(token, fault)

    def _fire_joins(self) -> bool:
        """Nothing is ready: the inclusive joins fire that wait for nobody."""
        scopes, self.unsettled = self.unsettled, {}
        for scope in scopes:
            for name in list(scope.blocking):
                join = scope.spec.task_specs[name]
                if join.may_fire(scope):
                    join.fire(scope)
        return bool(self.ready_queue)

    def raise_incident(self, token: Token, fault: Fault) -> None:
        token.internal_data[INCIDENT] = fault.kind
        token.workflow.report(
            IncidentRaised(
                token.id,
                token.task_spec.bpmn_id,
                fault.kind,
                fault.message,
                fault.detail,
            )
        )

    def end(self, kind: str, code: str | None, element_id: str) -> None:
        """One element ends the whole case, whatever else runs."""
        self.ended_by = {"kind": kind, "code": code, "element_id": element_id}

    def settle(self) -> None:
        super().settle()
        self.report(CaseEnded(self.ended_by))

    def cancel(self, workflow: Any = None) -> list[Token]:
        """Cancel everything, without a walk through the tree."""
        self.cancel_all()
        self.completed = True
        return []
