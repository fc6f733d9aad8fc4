"""What DMN refuses while it runs; what is wrong with a file is a Finding instead."""

from workflows.feel import FeelError
from workflows.model import RasimError


class UnknownDecision(RasimError):
    """The decision model {model} has no decision, service or function {key}."""

    model: str
    key: str


class DecisionError(RasimError):
    """The decision "{decision_name}" fails at {element_id}: {reason}"""

    # `element_id` is the nearest element that has an id: a decision, a rule, an entry.
    # `error` is what FEEL refused, None where DMN itself did (a hit policy, a type).
    decision_id: str
    decision_name: str
    element_id: str
    reason: str
    error: FeelError | None

    def __init__(
        self,
        reason: str,
        *,
        element_id: str,
        decision_id: str = "",
        decision_name: str = "",
        error: FeelError | None = None,
    ) -> None:
        super().__init__(
            decision_id=decision_id,
            decision_name=decision_name,
            element_id=element_id,
            reason=reason,
        )
        self.error = error
