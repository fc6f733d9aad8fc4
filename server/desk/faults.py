"""Faults in words: what did not work, and who helps; a program's own words apart."""

from server import words
from server.context import caller
from server.i18n import gettext
from workflows.incidents import IncidentRow
from workflows.model import IncidentState, Role

MENDERS = (Role.ADMINISTRATOR, Role.DESIGNER)


def incident(row: IncidentRow) -> str:
    """What happened and, while it is open, who helps."""
    said = cause(row.detail.get("type"), row.detail.get("cause"))
    if row.state != IncidentState.OPEN:
        return said
    helped = gettext("The case goes on when an administrator has helped.")
    return f"{said} {helped}"


def cause(job_type: str | None, told: str | None) -> str:
    """Why a step could not go on; `told` is the cause that a job's incident keeps."""
    if told == "unanswered":
        system = _system(job_type)
        return gettext("%(system)s: no answer came.", system=system)
    if told == "refused":
        system = _system(job_type)
        return gettext("%(system)s: the request was refused.", system=system)
    return gettext("The step could not go on.")


def attempt(job_type: str | None, number: int | None) -> str:
    """One attempt that came to nothing; another follows."""
    return gettext(
        "%(system)s, attempt %(attempt)s. The request is repeated by itself.",
        system=_system(job_type),
        attempt=number,
    )


def raw(said: str) -> str:
    """What a program said, for those who mend it; for everybody else nothing."""
    return said if caller().has(*MENDERS) else ""


def _system(job_type: str | None) -> str:
    """The system's name; a type of job is no name that people know."""
    name = (job_type or "").partition(".")[0]
    return (
        words.of(words.SYSTEMS, name)
        if name in words.SYSTEMS
        else gettext("An outside system")
    )
