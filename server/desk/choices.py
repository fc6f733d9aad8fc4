"""What may be chosen in the filter of the worklist, and what is chosen, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from server import rendering, words
from server.desk.filters import DUE, FREE, VARIABLE, Filter
from server.i18n import gettext, lazy_gettext

Options = Sequence[tuple[str, str]]  # (value, text)
_ = lazy_gettext

SORTS: words.Words = {
    "deadline_at": _("By deadline"),
    "-created_at": _("Newest first"),
    "created_at": _("Oldest first"),
    "priority": _("By priority"),
    "step": _("By step"),
    "subject": _("By whom it is about"),
    "office": _("By office"),
    "assignee": _("By who has it"),
}


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


def choices(tx: sa.Connection, wanted: Filter) -> Choices:
    """What may be chosen, in the reader's words."""
    return Choices(
        processes=[("", gettext("all"))],
        elements=[("", gettext("all"))],
        offices=[("", gettext("all"))],
        people=[
            ("", gettext("anybody")),
            (FREE, gettext("nobody: free")),
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


def in_words(wanted: Filter, found: Choices) -> list[str]:
    """The active parts of a filter, for people."""
    return [text for _name, text in _said(wanted, found)]


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
