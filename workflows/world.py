"""What a use case needs beside its transaction: clock, queues, what is cached."""

from collections.abc import Callable, Set
from dataclasses import dataclass, field

from workflows.offices import Calendars
from workflows.ports import Clock
from workflows.released import Library


@dataclass(frozen=True)
class World:
    """Built once per process by the bootstrap; holds no state of any case.

    `queue_of` names the queue (PgQueuer's entrypoint) of a type of job: its own,
    so that one can be held back while the others go on.
    """

    clock: Clock
    queue_of: Callable[[str], str]
    job_types: frozenset[str] | None = None  # all that the connectors do, if known
    norm_ids: Set[str] | None = None  # those of the register of norms, if known
    has_scanner: bool = False  # then a document counts only when it was found clean
    calendars: Calendars = field(default_factory=Calendars)
    library: Library = field(default_factory=Library)
