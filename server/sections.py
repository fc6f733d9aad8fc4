"""The sections of the pages by role: what the header links to, where one begins."""

from dataclasses import dataclass

from flask import url_for

from server import words
from server.i18n import gettext
from workflows.model import Role
from workflows.people import Caller

WORKERS = (Role.CLERK, Role.SUPERVISOR)
WATCHERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
STAFF = (Role.CLERK, Role.SUPERVISOR, Role.DESIGNER, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Section:
    name: str
    text: str
    href: str
    key: str = ""  # pressed after "g"; the sheet of keys tells it


def sections(caller: Caller) -> list[Section]:
    """What the caller may open, in the order of the header."""
    found = []
    if caller.has(*WORKERS):
        href = url_for("desk.worklist")
        found.append(Section("tasks", gettext("Tasks"), href, "t"))
    if caller.has(*WATCHERS):
        href = url_for("supervisor.late")
        found.append(Section("late", gettext("Deadlines"), href, "d"))
    if caller.has(*STAFF):
        href = url_for("desk.cases")
        found.append(Section("cases", gettext("Cases"), href, "c"))
        href = url_for("designer.procedures")
        found.append(Section("procedures", gettext("Procedures"), href, "p"))
    if caller.has(*WATCHERS):
        href = url_for("supervisor.queue")
        found.append(Section("queue", gettext("Queue"), href, "q"))
    if caller.has(Role.ADMINISTRATOR):
        href = url_for("people.people")
        found.append(Section("people", gettext("People"), href, "l"))
    return found


def home(caller: Caller) -> str:
    """Where a person's day begins: deadlines for who watches, tasks for who works."""
    if caller.has(Role.SUPERVISOR):
        return url_for("supervisor.late")
    if caller.has(Role.CLERK):
        return url_for("desk.worklist")
    if caller.has(Role.DESIGNER):
        return url_for("designer.procedures")
    return url_for("desk.cases")


def roles_of(caller: Caller) -> str:
    """The caller's roles in words, each once."""
    return ", ".join(words.of(words.ROLES, role) for role in sorted(caller.roles))
