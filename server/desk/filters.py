"""What a clerk asks of the worklist: the page's address read, said in words, written.

An address carries everything: it can be sent to a colleague, kept, and gone back to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from server import rendering, words
from server.i18n import gettext, lazy_gettext, number
from workflows.model import TaskState
from workflows.worklist import Count, WorklistQuery

VIEWS = ("mine", "groups", "all", "done")
VARIABLE = "v."  # v.child.name=Айша asks for a search variable of the procedure
ANYBODY, FREE, ME = "", "free", "me"
Options = Sequence[tuple[str, str]]  # (value, text)
_ = lazy_gettext

DUE: words.Words = {
    "overdue": _("Overdue"),
    "today": _("Due today"),
    "three_days": _("Within three days"),
    "week": _("Within a week"),
    "none": _("Without a deadline"),
}
SORTS: words.Words = {
    "deadline_at": _("By deadline"),
    "-created_at": _("Newest first"),
    "created_at": _("Oldest first"),
    "priority": _("By priority"),
}


@dataclass(frozen=True)
class Filter:
    """What of a view is shown; an empty text restricts nothing."""

    process: str = ""
    element: str = ""
    office: str = ""
    due: str = ""
    who: str = ANYBODY  # FREE, ME, or a login
    is_breached: bool = False
    text: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)  # by path

    def __bool__(self) -> bool:
        return self != Filter()

    def arguments(self) -> dict[str, str]:
        """As an address carries it."""
        told = {
            "process": self.process,
            "element": self.element,
            "office": self.office,
            "due": self.due,
            "who": self.who,
            "breached": "1" if self.is_breached else "",
            "q": self.text,
            **{f"{VARIABLE}{path}": text for path, text in self.variables.items()},
        }
        return {name: each for name, each in told.items() if each}

    def query(self, view: str, login: str) -> WorklistQuery:
        """As the worklist is asked; `login` is of whoever asks."""
        is_done = view == "done"
        assignee = login if self.who == ME else self.who
        return WorklistQuery(
            view="all" if is_done else view,
            state=TaskState.COMPLETED if is_done else None,
            process_key=self.process or None,
            element_id=self.element or None,
            office=self.office or None,
            due=self.due or None,
            breached=self.is_breached,
            free=self.who == FREE,
            assignee=None if self.who in (ANYBODY, FREE) else assignee,
            text=self.text or None,
            search=dict(self.variables),
        )


@dataclass(frozen=True)
class Chip:
    """One active part of a filter in words, and the address without it."""

    text: str
    href: str


@dataclass(frozen=True)
class VariableField:
    """A search variable that may be asked for; `options` are its values, if known."""

    path: str
    label: str
    options: Options

    @property
    def name(self) -> str:
        return f"{VARIABLE}{self.path}"


@dataclass(frozen=True)
class Choices:
    """What may be chosen, in words; the first of each list restricts nothing."""

    processes: Options
    elements: Options
    offices: Options
    people: Options
    dues: Options
    sorts: Options
    variables: Sequence[VariableField]


def read(arguments: Mapping[str, str]) -> Filter:
    """A filter from an address; what we do not know in it is left aside."""

    def told(name: str) -> str:
        return arguments.get(name, "").strip()

    process = told("process")
    return Filter(
        process=process,
        element=told("element") if process else "",
        office=told("office"),
        due=told("due") if told("due") in DUE else "",
        who=told("who"),
        is_breached=told("breached") == "1",
        text=told("q"),
        variables={
            name.removeprefix(VARIABLE): text.strip()
            for name, text in arguments.items()
            if process and name.startswith(VARIABLE) and text.strip()
        },
    )


def view_of(arguments: Mapping[str, str], default: str) -> str:
    asked = arguments.get("view", default)
    return asked if asked in VIEWS else default


def capped(count: Count) -> str:
    """A number of tasks as people say it: 31, or "10 000+" where there are more."""
    return f"{number(count.number)}+" if count.is_capped else number(count.number)


def choices(tx: sa.Connection, wanted: Filter) -> Choices:
    """What may be chosen, in the reader's words."""
    return Choices(
        processes=[("", gettext("all"))],
        elements=[("", gettext("all"))],
        offices=[("", gettext("all"))],
        people=[
            (ANYBODY, gettext("anybody")),
            (FREE, gettext("nobody: free")),
            (ME, gettext("me")),
        ],
        dues=[("", gettext("any")), *((name, str(each)) for name, each in DUE.items())],
        sorts=[(name, str(each)) for name, each in SORTS.items()],
        variables=[],
    )


def chips(wanted: Filter, found: Choices) -> list[Chip]:
    """The active parts of a filter, each with the address that is without it."""
    return [
        Chip(text, rendering.same_page(cursor=None, **_gone(name, wanted)))
        for name, text in _said(wanted, found)
    ]


def _gone(name: str, wanted: Filter) -> dict[str, None]:
    """What leaves the address with one part; a step is of its procedure."""
    gone = [name]
    if name == "process":
        gone += ["element", *(f"{VARIABLE}{path}" for path in wanted.variables)]
    return dict.fromkeys(gone)


def _said(wanted: Filter, found: Choices) -> Iterator[tuple[str, str]]:
    """(name in the address, words) of each active part."""
    if wanted.text:
        yield "q", f"«{wanted.text}»"
    for name, title, options in (
        ("due", gettext("Deadline"), found.dues),
        ("who", gettext("Who has it"), found.people),
        ("process", gettext("Procedure"), found.processes),
        ("element", gettext("Step"), found.elements),
        ("office", gettext("Office"), found.offices),
    ):
        if told := getattr(wanted, name):
            yield name, f"{title}: {dict(options).get(told, told).strip()}"
    if wanted.is_breached:
        yield "breached", gettext("Only with a missed deadline")
    fields = {one.path: one for one in found.variables}
    for path, text in wanted.variables.items():
        one = fields.get(path)
        value = dict(one.options).get(text, text) if one else text
        yield f"{VARIABLE}{path}", f"{one.label if one else path}: {value}"
