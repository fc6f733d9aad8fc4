"""What is known of a case, in words: its variables as groups of facts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from server import i18n, rendering
from server.context import caller
from server.i18n import gettext
from workflows import feel
from workflows.model import Role
from workflows.vocabulary import Vocabulary

HIDDEN = ("configuration",)
MENDERS = (Role.ADMINISTRATOR, Role.DESIGNER)  # who see all of a case, to mend it
ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d|$)")


@dataclass(frozen=True)
class Answers:
    """What is known under one name: a system's answer, or what the applicant wrote."""

    title: str
    pairs: list[tuple[str, str]]


def answers(words: Vocabulary, variables: Mapping[str, Any]) -> list[Answers]:
    """Contexts as groups, the rest together; in the order in which words name them.

    What the procedure says to concern others than the reader is left out.
    """
    plain: Mapping[str, Any] = feel.plain(dict(variables))
    plain = {name: told for name, told in plain.items() if _concerns(words, name)}
    names = [name for name in words.names if name in plain]
    names += [name for name in plain if name not in (*names, *HIDDEN)]
    groups = [
        Answers(_name(words, name), _pairs(words, name, plain[name]))
        for name in names
        if isinstance(plain[name], Mapping)
    ]
    alone = [
        (_name(words, name), _said(words, name, plain[name]))
        for name in names
        if not isinstance(plain[name], Mapping)
    ]
    if alone:
        groups.append(Answers(gettext("Other"), alone))
    return [group for group in groups if group.pairs]


def _pairs(
    words: Vocabulary, name: str, told: Mapping[str, Any]
) -> list[tuple[str, str]]:
    return [
        (_name(words, f"{name}.{key}"), _said(words, f"{name}.{key}", value))
        for key, value in told.items()
        if _concerns(words, f"{name}.{key}")
    ]


def _concerns(words: Vocabulary, path: str) -> bool:
    roles = words.concerns.get(path)
    return roles is None or caller().has(*MENDERS, *(Role(one) for one in roles))


def _name(words: Vocabulary, path: str) -> str:
    """The word for a variable, or its own last name, spaced."""
    last = path.rpartition(".")[2].replace("_", " ")
    return i18n.name_in(words.names.get(path, {}), last)


def _said(words: Vocabulary, path: str, told: object) -> str:
    if isinstance(told, list):
        return ", ".join(_said(words, path, each) for each in told) or "—"
    meaning = words.value(path, told)
    return i18n.name_in(meaning) if meaning else rendering.value(_moment(told))


def _moment(told: object) -> object:
    """A date or a moment that came as text, as the state systems send them."""
    if not isinstance(told, str) or not ISO.match(told):
        return told
    try:
        return datetime.fromisoformat(told) if "T" in told else date.fromisoformat(told)
    except ValueError:
        return told
