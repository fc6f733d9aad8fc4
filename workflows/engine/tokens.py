"""A token: SpiffWorkflow's task, without prediction, without data, retired when done.

`task.data` stays empty: variables belong to scopes (`scopes`). Children are made when
an element completes, and a finished task leaves the tree at once, so that the tree, and
the saved case with it, is as large as what is alive.
"""

from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine.effects import ElementCanceled, ElementEntered
from workflows.ids import new_id

DONE = "done"  # key of `internal_data`: the result with which the element will leave
BODY = "body"  # key: how far an activity is that runs several times (`repetition`)
ITEM = "item"  # key: the variables of one of those times; whoever has it is no body
INDEX = "index"  # key: which of those times it is, from 1
ARM = "arm"  # key: the flow from an event-based gateway to this event that it awaits
START = "start"  # key: the start event that a root leads to, where it was chosen
CAME = "came"  # key: what came with the event that starts there, to be mapped
INTO = "into"  # key: a path into sub-processes, where one begins at another element
HANDLER = "handler"  # key: it undoes something; its parent is what asked for that
INCIDENT = "incident"  # key: the kind of the fault that holds the element

WAITS = TaskState.WAITING | TaskState.STARTED


class Token(Task):
    """One token of the drawing; its `id` is what the rest of the house knows it by."""

    # The flow on which it came, the flows on which it leaves, whether its element was
    # reported as entered.
    via: str | None = None
    chosen: tuple[Any, ...] = ()
    entered: bool = False

    def __init__(self, *args: Any, id: UUID | None = None, **options: Any) -> None:
        super().__init__(*args, id=id or new_id(), **options)
        # A dict keeps the order and forgets one of 500 children without a search.
        self._children: dict[Any, None] = {}

    @property
    def children(self) -> list[Any]:
        tasks = self.workflow.tasks
        if tasks.asleep:
            tasks.wake_items(self)
        return [tasks[child] for child in self._children]

    @property
    def finished(self) -> bool:
        return bool(self._state & TaskState.FINISHED_MASK)

    @property
    def waits(self) -> bool:
        return bool(self._state & WAITS)

    @property
    def is_item(self) -> bool:
        return ITEM in self.internal_data

    @property
    def is_arm(self) -> bool:
        return ARM in self.internal_data

    @property
    def is_body(self) -> bool:
        return BODY in self.internal_data

    @property
    def whole(self) -> "Token":
        """The token that boundary events watch: the body of an item, else itself."""
        whole: Token = self.parent if self.is_item else self
        return whole

    @property
    def listens(self) -> bool:
        """It only hears an event beside the work of another token."""
        return (self.triggered or self.is_arm) and self.waits

    def enter(self) -> None:
        """Report the element as entered, once."""
        if not self.entered and not self.is_item:
            self.entered = True
            self.workflow.report(ElementEntered(self.task_spec.bpmn_id, self.id))

    def leave_with(self, result: dict[str, Any]) -> None:
        """What the element waited for has come: it leaves in the next step."""
        self.internal_data[DONE] = result
        self._set_state(TaskState.READY)

    def run(self) -> bool | None:
        if self.finished:
            return None
        outcome: bool | None = self.task_spec._run(self)
        if outcome:
            self.complete()
        elif self._state == TaskState.READY:
            self._set_state(TaskState.STARTED)
        return outcome

    def complete(self) -> None:
        if self.finished:
            return
        if self is not self.workflow.task_tree:  # the root's listen on with the scope
            for listener in self.children:
                listener.cancel()
        self.task_spec._predict_hook(self)
        super().complete()
        self.workflow.retire(self)

    def cancel(self) -> None:
        if self.finished:
            return
        waited = self.waits
        self._state = TaskState.CANCELLED
        for listener in self.children:
            listener.cancel()
        if waited:
            self.task_spec._on_cancel(self)
        if self.entered or INCIDENT in self.internal_data:
            self.workflow.report(ElementCanceled(self.task_spec.bpmn_id, self.id))
        self.workflow.discard(self)

    def error(self) -> None:
        """A failing element stays where it is: the step loop raises an incident."""

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> "Token":
        return Token(self.workflow, task_spec, self, state=state)

    def _sync_children(self, task_specs: Any, state: int = TaskState.MAYBE) -> None:
        """Make one child for each specification; nothing is ever predicted."""
        for task_spec in task_specs:
            self._add_child(task_spec, state)

    def _child_added_notify(self, child: "Token") -> None:
        self._children[child.id] = None

    def _set_state(self, value: int) -> None:
        if value != self._state:
            self._state = value
            if value == TaskState.READY:
                self.workflow.top_workflow.ready_queue.append(self)

    def _inherit_data(self) -> None:
        """Nothing is copied from token to token."""
