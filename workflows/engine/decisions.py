"""Business rule tasks: a decision of the release, evaluated inside the step.

The engine does not know what a decision is made of: those that a process names come
with its definition, ready to be called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from SpiffWorkflow.bpmn.specs import defaults

from workflows import feel
from workflows.engine import effects, scopes
from workflows.engine.elements import Drawn, Result
from workflows.engine.errors import DecisionFailed, Fault
from workflows.engine.tokens import Token


@dataclass(frozen=True)
class Decided:
    """The value of a decision, and how it came about; `explanation` is JSON-able."""

    value: Any
    explanation: Mapping[str, Any]


class Decision(Protocol):
    """A decision, ready to be called."""

    def __call__(
        self, variables: Mapping[str, Any], environment: feel.Environment
    ) -> Decided:
        """DecisionFailed where it has no value."""


class BusinessRuleTask(Drawn, defaults.NoneTask):
    """A decision that sees what the task sees; its value goes into a variable."""

    def begin(self, token: Token) -> Result:
        get = self.extensions.get
        key = get("calledDecision", "decisionId") or ""
        decided = self._decided(token, key)
        token.workflow.report(
            effects.DecisionEvaluated(self.bpmn_id, token.id, key, decided.explanation)
        )
        return {get("calledDecision", "resultVariable") or "": decided.value}

    def _decided(self, token: Token, key: str) -> Decided:
        decision = token.workflow.home.decisions.get(key)
        if decision is None:
            raise Fault(
                "decision",
                f"{self.bpmn_id} asks the decision {key}, which is not part of its "
                "release.",
                decision=key,
            )
        environment = token.workflow.script_engine.environment
        try:
            decided: Decided = decision(scopes.view(token), environment)
            _check_kept(decided.value)
        except DecisionFailed as error:
            raise Fault("decision", str(error), decision=key, **error.detail) from error
        except feel.NotAValue as error:
            raise Fault(
                "decision",
                f"The decision {key} gave what a case cannot keep: {error.reason}.",
                decision=key,
                reason=error.reason,
            ) from error
        return decided


def _check_kept(value: Any) -> None:
    """NotAValue for a function, or for a list or context with one inside."""
    if type(value) in (list, dict, feel.Function):
        feel.dumps(value)
