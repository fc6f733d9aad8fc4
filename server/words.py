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

STANDING: Words = {
    "task": _("a task for a person"),
    "job": _("a request to a system"),
    "timer": _("waits for a moment"),
    "message": _("waits for a message"),
    "signal": _("waits for news"),
    "events": _("waits for the first of several events"),
    "join": _("waits for the other branches"),
    "undoing": _("undoes earlier steps"),
    "sub_process": _("a part of the procedure"),
    "call": _("another procedure runs"),
    "several": _("is done several times"),
    "step": _("cannot go on"),
}

# What an administrator may do by hand, as a heading.
BY_HAND_TITLES: Words = {
    "skip": _("Skip the step"),
    "move": _("Move the case"),
    "repeat": _("Go back"),
    "suspend": _("Stop the case for a time"),
    "resume": _("Let the case go on"),
    "cancel": _("Cancel the case"),
}

# The same as it is explained, and on the button.
BY_HAND: Mapping[str, Mapping[str, object]] = {
    "skip": {
        "told": _("The step ends as if it had been done, and the case goes on."),
        "button": _("Skip"),
    },
    "move": {
        "told": _("The step ends unfinished, and the case goes on elsewhere."),
        "button": _("Move"),
    },
    "repeat": {
        "told": _("The case does this step again; what came from it ends unfinished."),
        "button": _("Go back"),
    },
    "suspend": {
        "told": _("Nothing in the case moves until it is let go on."),
        "button": _("Stop for a time"),
    },
    "resume": {
        "told": _("The case goes on where it stood."),
        "button": _("Let go on"),
    },
    "cancel": {
        "told": _("The case ends for good. This cannot be undone."),
        "button": _("Cancel the case"),
    },
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

# How the rules of a table are taken together, by the standard's letter.
HIT_POLICIES: Words = {
    "U": _("Exactly one rule may match"),
    "A": _("Several rules may match if they say the same"),
    "P": _("Of the rules that match, the first by the order of results counts"),
    "F": _("The first rule that matches counts"),
    "R": _("All rules that match count, in the order of the table"),
    "O": _("All rules that match count, in the order of results"),
    "C": _("All rules that match count"),
    "C+": _("The results of all rules that match are added up"),
    "C<": _("The smallest result of the rules that match counts"),
    "C>": _("The largest result of the rules that match counts"),
    "C#": _("The rules that match are counted"),
}

# How an input of a decision is written, by its type.
WRITTEN: Words = {
    "number": _("A number: 3 or 2.5"),
    "string": _("Text"),
    "date": _("A date: 2026-06-01"),
    "time": _("A time: 09:30:00"),
    "date and time": _("A date and time: 2026-06-01T09:30:00+05:00"),
    "duration": _("A duration: P5D, PT8H or P1Y2M"),
    "boolean": "",
    "json": _('JSON: true, 3, "text" or [1, 2]'),
}

# What a decision model draws.
DRAWN: Words = {
    "decision": _("decision"),
    "decisionService": _("decision service"),
    "businessKnowledgeModel": _("function"),
    "inputData": _("input"),
    "import": _("of another model"),
}

BOXED: Words = {
    "context": _("Named values, each worked out from those above it"),
    "invocation": _("A function is called"),
    "list": _("A list"),
    "functionDefinition": _("A function of its own"),
    "conditional": _("A choice of two"),
    "filter": _("Some of a list"),
    "for": _("Something for each of a list"),
    "some": _("Whether some of a list satisfy a condition"),
    "every": _("Whether all of a list satisfy a condition"),
}

BOXED_PARTS: Words = {
    "if": _("if"),
    "then": _("then"),
    "else": _("otherwise"),
    "in": _("of the list"),
    "match": _("those that"),
    "return": _("gives"),
    "satisfies": _("satisfies"),
}

BANDS: Words = {
    "overdue": _("Overdue"),
    "today": _("Due today"),
    "later": _("Later"),
}


def of(words: Words, name: str) -> str:
    """The word for a state, or the state itself where we have none."""
    return str(words.get(name, name))


def tone(name: str) -> str:
    """The end of a CSS class for a state; empty for a quiet one."""
    return TONES.get(name, "")


def system(job_type: str) -> str:
    """The outside system that a type of job asks: `nobd.check` asks the `nobd`."""
    name = job_type.partition(".")[0]
    return str(SYSTEMS.get(name, name))
