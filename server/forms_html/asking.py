"""One question on a page: its name there, its words, what is typed, what is wrong."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import forms
from forms.choices import same
from server import i18n
from server.forms_html import languages
from server.forms_html.filling import Filling
from server.i18n import gettext

_JOINTS = re.compile(r"[.\[\]]+")
# A tick box that need not be ticked is not "if needed": leaving it is an answer.
ALWAYS_ANSWERED = frozenset({forms.Kind.CHECKBOX})


@dataclass(frozen=True)
class Asking:
    """A question where it stands in somebody's page; its path names its inputs."""

    filling: Filling
    question: forms.Question

    @property
    def name(self) -> str:
        return self.question.path

    @property
    def field(self) -> forms.Field:
        return self.question.field

    @property
    def told(self) -> Any:
        return self.question.value

    @property
    def id(self) -> str:
        return field_id(self.name)

    @property
    def problem(self) -> forms.Problem | str | None:
        return self.filling.problem(self.name)

    @property
    def is_focus(self) -> bool:
        """Whether the page begins here: the first question of an item just added."""
        return self.filling.begins_at == self.name

    def focus(self) -> dict[str, str]:
        """Attributes of its first input."""
        return {"autofocus": ""} if self.is_focus else {}

    def common(self) -> dict[str, Any]:
        """What every component of the design system takes: id, name, hint, error."""
        params: dict[str, Any] = {"id": self.id, "name": self.name}
        if self.field.description:
            params["hint"] = {"text": languages.said(self.field.description)}
        if self.problem is not None:
            params["errorMessage"] = error(self.problem)
        return params

    def asked(self) -> str:
        """Its label; one that may stay open says so."""
        label = languages.said(self.field.label)
        is_owed = self.question.limits.required or self.field.kind in ALWAYS_ANSWERED
        return label if is_owed else languages.if_needed(label)

    def label(self) -> dict[str, Any]:
        return {"text": self.asked(), "classes": "govuk-label--s"}

    def fieldset(self) -> dict[str, Any]:
        classes = "govuk-fieldset__legend--s"
        return {"legend": {"text": self.asked(), "classes": classes}}

    def typed(self) -> str:
        """The answer as its one input shows it: what was typed, else what is known."""
        posted = self.posted()
        return as_typed(self.told) if posted is None else posted

    def posted(self, part: str = "") -> str | None:
        """What the browser sent for it, or for a part (`-day`), as it was typed."""
        return self.filling.posted_one(f"{self.name}{part}")

    def chosen(self) -> Sequence[str]:
        """The tokens of the options that are chosen now."""
        posted = self.filling.posted_all(self.name)
        if posted:
            return posted
        told = self.told if isinstance(self.told, list | tuple) else (self.told,)
        options = self.question.options
        return [o.token for o in options if any(same(o.value, one) for one in told)]


def field_id(name: str) -> str:
    """The id in the page of what this path names."""
    return "f-" + _JOINTS.sub("-", name).strip("-")


def error(problem: forms.Problem | str) -> dict[str, str]:
    return {
        "text": i18n.say_problem(problem),
        "visuallyHiddenText": gettext("Error"),
    }


def as_typed(told: Any) -> str:
    """An answer as people write it in an input."""
    if told is None:
        return ""
    if isinstance(told, bool):
        return "true" if told else "false"
    if isinstance(told, Decimal):
        return i18n.exact_number(told)
    if isinstance(told, date):
        return i18n.day(told, "dd.MM.y")
    return str(told)
