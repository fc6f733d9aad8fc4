"""What a step of the engine did, for the use cases to write down with it.

Effects come in the order in which they happened. Something that was opened and closed
within one step is reported twice: once opened, once closed. `process` is the key of
the called process whose drawing has the element, None for the case's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class ElementEntered:
    """A token arrived at a drawn element, and the element began."""

    element_id: str
    token: UUID
    process: str | None = None


@dataclass(frozen=True)
class ElementCompleted:
    """A drawn element is done; `flows` are the sequence flows that it took."""

    element_id: str
    token: UUID
    flows: tuple[str, ...] = ()
    process: str | None = None


@dataclass(frozen=True)
class ElementCanceled:
    """The process went another way; an incident of this token is void."""

    element_id: str
    token: UUID
    process: str | None = None


@dataclass(frozen=True)
class TaskOpened:
    """Work for a person.

    `deadline` is the text of a term ("1 working day"), still to be counted by the
    office's calendar, or the moment itself; None when the drawing sets none.
    """

    token: UUID
    element_id: str
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    priority: int = 50
    form_id: str | None = None
    deadline: str | datetime | None = None
    norms: tuple[str, ...] = ()
    process: str | None = None


@dataclass(frozen=True)
class TaskClosed:
    token: UUID
    canceled: bool


@dataclass(frozen=True)
class JobOpened:
    """Automatic work for a connector; `variables` is what it may see."""

    token: UUID
    element_id: str
    type: str
    retries: int
    headers: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    process: str | None = None


@dataclass(frozen=True)
class JobClosed:
    token: UUID
    canceled: bool


@dataclass(frozen=True)
class TimerArmed:
    """`fire(token)` is expected at `due_at` (aware)."""

    token: UUID
    element_id: str
    due_at: datetime
    process: str | None = None


@dataclass(frozen=True)
class TimerDisarmed:
    """The timer is no longer wanted; not sent for a timer that was fired."""

    token: UUID


@dataclass(frozen=True)
class MessageAwaited:
    """`deliver(token, ...)` is expected for a message of this name and key."""

    token: UUID
    element_id: str
    name: str
    correlation_key: str | None
    process: str | None = None


@dataclass(frozen=True)
class MessageForgotten:
    """The message is no longer wanted; not sent for one that was delivered."""

    token: UUID


@dataclass(frozen=True)
class SignalAwaited:
    """`deliver(token, ...)` is expected for a signal of this name."""

    token: UUID
    element_id: str
    name: str
    process: str | None = None


@dataclass(frozen=True)
class SignalForgotten:
    """The signal is no longer wanted, or came from within the case itself.

    Not sent for one that was delivered by `deliver`.
    """

    token: UUID


@dataclass(frozen=True)
class SignalThrown:
    """To be heard by every other case that waits for it, and by start events.

    This case has heard it already: what it awaits after this effect is for the next.
    """

    element_id: str
    name: str
    variables: dict[str, Any] = field(default_factory=dict)
    process: str | None = None


@dataclass(frozen=True)
class DecisionEvaluated:
    """A business rule task has its answer; `explanation` tells how, JSON-able."""

    element_id: str
    token: UUID
    decision: str
    explanation: Mapping[str, Any] = field(default_factory=dict)
    process: str | None = None


@dataclass(frozen=True)
class IncidentRaised:
    """The element stays where it is until `retry`; other branches go on.

    `kind` is "expression", "mapping", "decision", "engine", "budget" or "error" (a BPMN
    error that nothing catches: the case ended with it, there is nothing to retry).
    """

    token: UUID
    element_id: str
    kind: str
    message: str
    detail: dict[str, Any] = field(default_factory=dict)
    process: str | None = None


@dataclass(frozen=True)
class CaseEnded:
    """Every token reached an end, or one of them ended the case.

    `ended_by` is None, or {"kind": "terminate" | "error", "code", "element_id"}.
    """

    ended_by: dict[str, Any] | None


Effect = (
    ElementEntered
    | ElementCompleted
    | ElementCanceled
    | TaskOpened
    | TaskClosed
    | JobOpened
    | JobClosed
    | TimerArmed
    | TimerDisarmed
    | MessageAwaited
    | MessageForgotten
    | SignalAwaited
    | SignalForgotten
    | SignalThrown
    | DecisionEvaluated
    | IncidentRaised
    | CaseEnded
)
