"""States, the moves between them, value objects and errors that every room shares."""

import enum
import string
from dataclasses import dataclass
from typing import Generic, TypeVar


class InstanceState(enum.StrEnum):
    ACTIVE = "active"  # tokens move or wait
    SUSPENDED = "suspended"  # nothing moves until somebody resumes it
    COMPLETED = "completed"  # every token reached an end
    CANCELED = "canceled"  # a person ended it


class TaskState(enum.StrEnum):
    CREATED = "created"  # on the worklist, nobody has it
    CLAIMED = "claimed"  # one clerk has it
    COMPLETED = "completed"  # its answers moved the process on
    CANCELED = "canceled"  # the process went another way


class JobState(enum.StrEnum):
    TODO = "todo"  # waits for a worker, or for its next attempt
    DOING = "doing"  # a worker has it
    SUCCEEDED = "succeeded"  # its answer moved the process on
    FAILED = "failed"  # attempts used up; an incident tells why
    CANCELED = "canceled"  # the process went another way


class DueState(enum.StrEnum):
    WAITING = "waiting"
    FIRED = "fired"
    CANCELED = "canceled"


class DeadlineState(enum.StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"  # stays missed when the work is done later


class IncidentState(enum.StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


class Role(enum.StrEnum):
    ADMINISTRATOR = "administrator"  # keeps the service alive
    SUPERVISOR = "supervisor"
    DESIGNER = "designer"
    CLERK = "clerk"
    APPLICANT = "applicant"
    SERVICE = "service"  # a program


MOVES: dict[enum.StrEnum, frozenset[enum.StrEnum]] = {
    InstanceState.ACTIVE: frozenset(
        {InstanceState.SUSPENDED, InstanceState.COMPLETED, InstanceState.CANCELED}
    ),
    InstanceState.SUSPENDED: frozenset(
        {InstanceState.ACTIVE, InstanceState.COMPLETED, InstanceState.CANCELED}
    ),
    TaskState.CREATED: frozenset(
        {TaskState.CLAIMED, TaskState.COMPLETED, TaskState.CANCELED}
    ),
    TaskState.CLAIMED: frozenset(
        {TaskState.CREATED, TaskState.COMPLETED, TaskState.CANCELED}
    ),
    JobState.TODO: frozenset({JobState.DOING, JobState.CANCELED}),
    JobState.DOING: frozenset(
        {JobState.TODO, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED}
    ),
    JobState.FAILED: frozenset({JobState.TODO, JobState.CANCELED}),
    DeadlineState.RUNNING: frozenset(
        {DeadlineState.PAUSED, DeadlineState.MET, DeadlineState.MISSED}
    ),
    DeadlineState.PAUSED: frozenset({DeadlineState.RUNNING, DeadlineState.MET}),
}


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a file of a deployment, told so that its author can mend it.

    `rule` is a stable slug (`element-not-run`); `severity` is "error" or "warning".
    """

    file: str
    element_id: str | None
    rule: str
    severity: str
    message: str


class RasimError(Exception):
    """Something that Rásim refuses."""

    def __init__(self, **data: object) -> None:
        super().__init__()
        self.__dict__.update(data)
        self.data = data

    @property
    def msgid(self) -> str:
        """The English sentence with its placeholders; what a translator sees."""
        return " ".join((type(self).__doc__ or "").split())

    def __str__(self) -> str:
        return string.Formatter().vformat(self.msgid, (), self.data)


class NotFound(RasimError):
    """There is no {kind} {key}."""


class NotAllowed(RasimError):
    """You may not {action} this {kind}."""


class MoveRefused(RasimError):
    """This {kind} is {state}: it cannot be {move}."""


class DeploymentRefused(RasimError):
    """The deployment is refused: {count} errors. Nothing was stored."""

    findings: list[Finding]


class AnswersRefused(RasimError):
    """Some answers need mending."""

    errors: dict[str, list[str]]


class InputRefused(RasimError):
    """{field}: {reason}."""


class DatabaseUnavailable(RasimError):
    """The database does not answer. Nothing was lost; try again in a moment."""


class Busy(DatabaseUnavailable):
    """Others are at work on the same just now. Nothing was lost; try again in a
    moment."""


Item = TypeVar("Item", covariant=True)


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list; `next_cursor` is opaque and None at the end."""

    items: list[Item]
    next_cursor: str | None
    total: int
    total_is_capped: bool = False
