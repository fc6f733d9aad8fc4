"""What the engine room needs of the world; adapters live above it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol


class Clock(Protocol):
    """The one source of time: aware datetimes in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """One moment: that of a step, so that every `now()` in it is the same."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True)
class Call:
    """One job as a connector sees it.

    `job_id` is the idempotency key: a repeat of the same job carries the same one, and
    the outside system must have its effect once.
    """

    job_id: uuid.UUID
    type: str
    attempt: int
    variables: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    instance_id: uuid.UUID | None = None
    business_key: str | None = None


class ConnectorFault(Exception):
    """An outside system did not answer as it should; the job is tried again.

    `retry_after_seconds` is the system's own wish, if it told one.
    """

    def __init__(
        self, message: str, *, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ConnectorRefusal(Exception):
    """An outside system understood and refuses for good: an incident, no retry."""


class BusinessError(Exception):
    """A result that the drawing handles: thrown as a BPMN error with this code."""

    def __init__(self, code: str, message: str, variables: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.code = code
        self.variables = variables


class Connectors(Protocol):
    """Every outside system, found by the type of a job."""

    def types(self) -> frozenset[str]: ...

    def call(self, call: Call) -> dict[str, Any]:
        """Do it; raises ConnectorFault, ConnectorRefusal or BusinessError.

        Called with no lock held and no transaction open. The answer is plain JSON.
        """
        ...
