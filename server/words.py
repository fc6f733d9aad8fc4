"""Words for states, roles, systems and variables, as people say them."""

from collections.abc import Mapping

from server.i18n import lazy_gettext
from workflows.model import Role

_ = lazy_gettext
Words = Mapping[str, object]

# A colour for a state: good, bad, soon, live, or quiet (""); never without a word.
TONES: Mapping[str, str] = {
    "active": "live",
    "suspended": "soon",
    "claimed": "live",
    "created": "",
    "doing": "live",
    "todo": "",
    "succeeded": "good",
    "failed": "bad",
    "open": "bad",
    "resolved": "good",
    "running": "live",
    "paused": "soon",
    "met": "good",
    "missed": "bad",
    "done": "good",
    "valid": "good",
}

ROLES: Words = {
    Role.ADMINISTRATOR: _("administrator"),
    Role.SUPERVISOR: _("supervisor"),
    Role.DESIGNER: _("process designer"),
    Role.CLERK: _("clerk"),
    Role.APPLICANT: _("applicant"),
    Role.SERVICE: _("program"),
}

INSTANCE: Words = {
    "active": _("in progress"),
    "suspended": _("stopped for a time"),
    "completed": _("completed"),
    "canceled": _("canceled"),
}

TASK: Words = {
    "created": _("free"),
    "claimed": _("in work"),
    "completed": _("completed"),
    "canceled": _("no longer needed"),
}

JOB: Words = {
    "todo": _("waits its turn"),
    "doing": _("is being asked"),
    "succeeded": _("answered"),
    "failed": _("did not succeed"),
    "canceled": _("no longer needed"),
}

INCIDENT: Words = {
    "open": _("open"),
    "resolved": _("resolved"),
}

DEADLINE: Words = {
    "running": _("running"),
    "paused": _("paused"),
    "met": _("met"),
    "missed": _("missed"),
}

STEP: Words = {
    "done": _("done"),
    "active": _("now"),
    "failed": _("stopped by a fault"),
}

DEFINITION: Words = {
    "released": _("in force"),
    "retired": _("withdrawn"),
}

SYSTEMS: Words = {
    "persons": _("State database of natural persons"),
    "civil": _("Civil records"),
    "nobd": _("National education database"),
    "health": _("Health system"),
    "notify": _("Messages to people"),
}

BANDS: Words = {
    "overdue": _("Overdue"),
    "today": _("Due today"),
    "later": _("Later"),
}

# What the answers of state systems are called, by the path of the variable.
VARIABLES: Words = {
    "application": _("Application"),
    "application.number": _("Application number"),
    "application.filed_at": _("Filed"),
    "application.channel": _("Filed through"),
    "application.language": _("Language of teaching"),
    "application.stays": _("Wishes to stay in the school of the preschool class"),
    "applicant": _("Parent, legal representative"),
    "applicant.iin": _("IIN"),
    "applicant.name": _("Name"),
    "applicant.phone": _("Telephone"),
    "applicant.locale": _("Language of correspondence"),
    "child": _("Child"),
    "child.iin": _("IIN"),
    "child.name": _("Name"),
    "child.birth_date": _("Date of birth"),
    "school": _("School"),
    "school.bin": _("BIN"),
    "school.name": _("Name"),
    "preschool": _("Preschool class"),
    "preschool.completed": _("Preschool class completed"),
    "preschool.bin": _("BIN of the organisation"),
    "person": _("State database of natural persons"),
    "person.found": _("The child is found"),
    "person.matches": _("Name and date of birth agree"),
    "person.address": _("Registered address"),
    "relation": _("Civil records"),
    "relation.confirmed": _("The applicant is a parent"),
    "relation.kind": _("Relation"),
    "education": _("National education database"),
    "education.enrolled_elsewhere": _("Enrolled in another school"),
    "education.free_places": _("Free places"),
    "health": _("Health system"),
    "health.passport": _("Health passport of the child"),
    "health.vaccinated": _("Vaccinated"),
    "decision": _("Decision"),
    "decision.accepted": _("Positive result"),
    "decision.reason": _("Ground for the refusal"),
    "decision.note": _("Comment"),
    "enrolment": _("Enrolment"),
    "enrolment.id": _("Enrolment number"),
    "result": _("Result"),
}

# Values that are words of a program, by the path of the variable and the value.
VALUES: Words = {
    "application.channel=egov": _("eGov portal"),
    "application.channel=oqu": _("OQU platform"),
    "application.language=kk": _("Kazakh"),
    "application.language=ru": _("Russian"),
    "applicant.locale=kk": _("Kazakh"),
    "applicant.locale=ru": _("Russian"),
    "applicant.locale=en": _("English"),
    "relation.kind=mother": _("mother"),
    "relation.kind=father": _("father"),
    "relation.kind=guardian": _("guardian"),
    "result=accepted": _("accepted"),
    "result=refused": _("reasoned refusal"),
    "result=withdrawn": _("application withdrawn"),
}


def of(words: Words, name: str) -> str:
    """The word for a state, or the state itself where we have none."""
    return str(words.get(name, name))


def tone(name: str) -> str:
    """The end of a CSS class for a state; empty for a quiet one."""
    return TONES.get(name, "")


def variable(path: str) -> str:
    """What a variable is called; its own last name, spaced, where we have no word."""
    return str(VARIABLES.get(path, path.rpartition(".")[2].replace("_", " ")))


def system(job_type: str) -> str:
    """The outside system that a type of job asks: `nobd.check` asks the `nobd`."""
    name = job_type.partition(".")[0]
    return str(SYSTEMS.get(name, name))
