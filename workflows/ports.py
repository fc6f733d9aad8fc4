"""What the engine room needs of the world; adapters live above it."""

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any, Protocol

from workflows.model import RasimError


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


class NotDelivered(Exception):
    """A receiver of webhooks did not answer, or may not be asked; tried again later.

    The message is ours and holds nothing that the receiver said.
    """


class Postman(Protocol):
    """Brings what webhooks are told to the addresses that others chose."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status that was answered, whatever it is; raises NotDelivered.

        Called with no lock held and no transaction open; takes some seconds at most.
        """
        ...


class DocumentsUnavailable(RasimError):
    """The place where documents are kept does not answer. Try again in a moment."""


class ContentMissing(RasimError):
    """The content of this document is not where it should be. Tell an administrator."""


@dataclass(frozen=True)
class Stored:
    """What the document store has taken: `sha256` in hexadecimal, `size` in bytes."""

    sha256: str
    size: int


class DocumentStore(Protocol):
    """Contents of documents by their SHA-256, outside the database; never run.

    What is made from a content (a picture of its page) lies beside it under a label of
    letters, digits and `-._`, and goes with it. All raise DocumentsUnavailable.
    """

    def put(self, source: IO[bytes]) -> Stored:
        """Keep all of `source`, which can be read twice; the same again is no harm."""
        ...

    def open(self, sha256: str) -> IO[bytes]:
        """The bytes, to be closed by the caller; raises ContentMissing."""
        ...

    def exists(self, sha256: str) -> bool: ...

    def delete(self, sha256: str) -> None:
        """The content and all that was made from it; one that is gone is no error."""
        ...

    def keep(self, sha256: str, label: str, made: bytes) -> None: ...

    def kept(self, sha256: str, label: str) -> bytes | None: ...


class Verdict(enum.StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"
    UNAVAILABLE = "unavailable"  # nobody has looked: the scanner does not answer


@dataclass(frozen=True)
class Scan:
    """What a scanner says of a content; `threat` is its name for what it found."""

    verdict: Verdict
    threat: str | None = None


class VirusScanner(Protocol):
    """Whoever looks for viruses; never raises for a scanner that does not answer."""

    def scan(self, source: IO[bytes]) -> Scan: ...
