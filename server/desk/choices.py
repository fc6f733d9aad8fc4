"""What may be chosen in the filter of the worklist, and what is chosen, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from server import alphabet, i18n, rendering, words
from server.context import caller, world
from server.desk.filters import DUE, FREE, VARIABLE, Filter
from server.i18n import gettext, lazy_gettext
from workflows import worklist_choices
from workflows.worklist_choices import Office, Procedure

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

    def said(self, value: object) -> str:
        """A value of the variable in words; empty for none."""
        if value is None:
            return ""
        return dict(self.options).get(str(value)) or rendering.value(value)


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
    procedure = worklist_choices.procedure(tx, world(), wanted.process)
    every = [("", gettext("all"))]
    named = [
        (key, i18n.name_in(names, key))
        for key, names in worklist_choices.procedures(tx)
    ]
    return Choices(
        processes=every + sorted(named, key=_by_text),
        elements=every + (_steps(procedure) if procedure else []),
        offices=every + _tree(worklist_choices.offices_of(tx, caller(), wanted.office)),
        people=[
            ("", gettext("anybody")),
            (FREE, gettext("nobody: free")),
            *sorted(worklist_choices.workers(tx, caller(), wanted.who), key=_by_text),
        ],
        dues=[("", gettext("any")), *((name, str(each)) for name, each in DUE.items())],
        sorts=[(name, str(each)) for name, each in SORTS.items()],
        variables=_variables(procedure) if procedure else [],
    )


def _by_text(option: tuple[str, str]) -> list[int]:
    return alphabet.key(option[1])


def _steps(procedure: Procedure) -> list[tuple[str, str]]:
    """Steps in the order of the drawing; one id in two drawings is one choice."""
    named = {
        step.element_id: i18n.name_in(step.names, step.element_id)
        for step in reversed(procedure.steps)
    }
    return list(reversed(named.items()))


def _variables(procedure: Procedure) -> list[VariableField]:
    return [
        VariableField(
            path,
            i18n.name_in(names, path),
            _values(procedure.words.values.get(path, {})),
        )
        for path, names in procedure.variables.items()
    ]


def _values(values: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    if not values:
        return []
    named = ((value, i18n.name_in(names, value)) for value, names in values.items())
    return [("", gettext("any")), *named]


def _tree(found: Sequence[Office]) -> list[tuple[str, str]]:
    """Each office below the one above it, by the alphabet, set in by its depth."""
    names = {one.path[-1]: i18n.name_in(one.names, one.code) for one in found}

    def place(one: Office) -> list[list[int]]:
        return [alphabet.key(names.get(each, "")) for each in one.path]

    top = min((len(one.path) for one in found), default=0)
    return [
        (one.code, "\u2003" * (len(one.path) - top) + names[one.path[-1]])
        for one in sorted(found, key=place)
    ]


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
