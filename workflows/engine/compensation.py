"""Compensation: what was completed in a scope is undone, the last thing first.

A scope remembers which activities with a handler it has completed, once for each time.
Whoever throws compensation takes them from there, runs their handlers one after the
other, and goes on when the last one is done.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from workflows.engine.elements import Drawn, Result
from workflows.engine.tokens import HANDLER, Token

LEFT = "left"  # key of `internal_data`: the handlers still to run, the next one last


class CompensationThrow(Drawn, defaults.NoneTask):
    """An intermediate or end event; `activity` names the one that it undoes, or all."""

    activity: str | None = None

    def begin(self, token: Token) -> Result | None:
        scope = token.workflow
        taken = [one for one in scope.completed_here if self._is_meant(one)]
        if not taken:
            return {}
        scope.completed_here = [
            one for one in scope.completed_here if not self._is_meant(one)
        ]
        specs = self._wf_spec.task_specs
        token.internal_data[LEFT] = [specs[one].handler for one in taken]
        self.go_on(token)
        return None

    def go_on(self, token: Token) -> None:
        """Run the next handler, or leave when there is none."""
        left = token.internal_data[LEFT]
        if not left:
            token.leave_with({})
            return
        spec = self._wf_spec.task_specs[left.pop()]
        handler = token._add_child(spec, TaskState.FUTURE)
        handler.internal_data[HANDLER] = True
        handler._set_state(TaskState.READY)

    def _is_meant(self, activity: Any) -> bool:
        return self.activity in (None, activity)
