"""Call activities: another process of the same release, with variables of its own."""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults

from workflows.engine import scopes
from workflows.engine.elements import Drawn
from workflows.engine.errors import EngineError, Fault
from workflows.engine.tokens import Token

CALLED = "called"  # key of `internal_data`: the key of the process that runs

# A process may call itself; each call is one more level of the saved case.
DEEPEST = 20


class CallActivity(Drawn, defaults.NoneTask):
    """Runs a called process to its end.

    As in Camunda 8: the process gets a copy of all that the activity sees, or with
    `propagateAllParentVariables="false"` of its input mappings alone. Without output
    mappings its variables come back, unless `propagateAllChildVariables="false"`. Other
    than there, only those come back that the process has written: copies that it never
    touched would undo what other branches wrote meanwhile.
    """

    def begin(self, token: Token) -> None:
        called = self._called(token)
        everything = self._says("propagateAllParentVariables")
        local = token.internal_data.get(scopes.LOCAL, {})
        variables = scopes.visible(token) if everything else dict(local)
        token.internal_data[CALLED] = called.key
        running = self.set_up(token)
        running.data = variables
        running.plant()

    def set_up(self, token: Token) -> Any:
        """The scope of the called process, still empty."""
        key = token.internal_data[CALLED]
        called = token.workflow.home.called.get(key)
        if called is None:
            raise EngineError(reason=f"the called process {key} is not there")
        return token.workflow.top_workflow.call(token, called)

    def withdraw(self, token: Token) -> None:
        running = token.workflow.top_workflow.subprocesses.get(token.id)
        if running is not None:
            running.cancel()

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Token) -> None:
        result: dict[str, Any] = {}
        if self.extensions.outputs:
            result = subworkflow.data
        elif self._says("propagateAllChildVariables"):
            written = subworkflow.written
            result = {name: subworkflow.data[name] for name in written}
        my_task.leave_with(result)

    def _says(self, attribute: str) -> bool:
        """Whether an attribute is true, as both are where nothing is drawn."""
        return self.extensions.get("calledElement", attribute) != "false"

    def _called(self, token: Token) -> Any:
        text = self.extensions.get("calledElement", "processId") or ""
        key = token.workflow.script_engine.string(token, "processId", text)
        called = token.workflow.home.called.get(key)
        if called is None or called.start is None:
            raise Fault(
                "expression",
                f"{self.bpmn_id} calls the process {key}, which is not part of its "
                "release or has no start event without trigger.",
                expression=text,
                value=key,
            )
        if _depth(token) >= DEEPEST:
            raise Fault(
                "budget",
                f"{self.bpmn_id} would be the call of a call, {DEEPEST} levels deep. "
                "Does a process call itself without end?",
                depth=DEEPEST,
            )
        return called


def _depth(token: Token) -> int:
    """How many calls lie around a token."""
    depth, current = 0, token
    while current is not None:
        scope = current.workflow
        depth += scope.is_called
        current = scope.parent_task
    return depth
