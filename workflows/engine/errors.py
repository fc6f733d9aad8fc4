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
    """The saved case has format {version}, which this program cannot read."""


class Fault(Exception):
    """A drawn element cannot go on; the step loop turns it into an incident.

    `kind` and `detail` are those of `effects.IncidentRaised`.
    """

    def __init__(self, kind: str, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.detail = detail
