"""What the engine refuses, and the faults that become incidents."""

from collections.abc import Sequence
from typing import Any

from workflows.model import Finding, RasimError


class DrawingRefused(RasimError):
    """The drawing {file} is refused: {count} errors."""

    findings: list[Finding]

    def __init__(self, file: str, findings: Sequence[Finding]) -> None:
        errors = [found for found in findings if found.severity == "error"]
        super().__init__(file=file, count=len(errors), findings=list(findings))


class EngineError(RasimError):
    """The step cannot be done: {reason}."""

    reason: str


class TokenNotWaiting(EngineError):
    """The token {token} does not wait for {what}: it was done, canceled, or never
    there."""


class SavedByOther(EngineError):
    """A newer program saved this case (format {version}), which this one cannot read.
    Nothing was lost; try again in a moment."""


class DecisionFailed(EngineError):
    """{reason}"""

    # What an incident tells beside its message; JSON-able.
    detail: dict[str, Any]


class Fault(Exception):
    """A drawn element cannot go on; the step loop turns it into an incident.

    `kind` and `detail` are those of `effects.IncidentRaised`.
    """

    def __init__(self, kind: str, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.detail = detail


class DeadlineFailed(EngineError):
    """The deadline of the case cannot be reckoned: {reason}"""


class MoveNotPossible(EngineError):
    """The case cannot be moved so."""


class NoSuchStep(MoveNotPossible):
    """This procedure has no step {element}."""


class BegunByEvent(MoveNotPossible):
    """The case cannot go to {element}: only an event of its own leads there."""


class BegunAtStart(MoveNotPossible):
    """The case cannot go to {element}, where a case begins: choose the step behind."""


class BringsTogether(MoveNotPossible):
    """The case cannot go to {element}, where branches come together: choose the step
    behind it."""


class DoneSeveralTimes(MoveNotPossible):
    """{element} is done several times: one of these times can be skipped, and all of
    them together be moved."""


class UndoesAStep(MoveNotPossible):
    """{element} undoes an earlier step: it can be skipped, not moved."""


class StandsElsewhere(MoveNotPossible):
    """The case also stands at {other}, which is never open together with {element}."""


class WouldWaitForEver(MoveNotPossible):
    """From {element} the case would come to {other} and wait there for ever: a branch
    would be missing."""


class CannotSkip(MoveNotPossible):
    """{element} waits for several ways at once and cannot be skipped: move the case to
    a step behind it."""


class NoWayOn(MoveNotPossible):
    """What comes after {element} cannot be told: {detail}"""


class NothingToRepeat(MoveNotPossible):
    """Nothing of the case would go back to {element}: no open step came from there."""
