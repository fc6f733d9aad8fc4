"""One question on a page: its name there, its words, what is typed, what is wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import forms
from server import i18n
from server.forms_html import languages
from server.forms_html.filling import Filling
from server.i18n import gettext

_JOINTS = re.compile(r"[.\[\]]+")
# A tick box that need not be ticked is not "if needed": leaving it is an answer.
ALWAYS_ANSWERED = frozenset({forms.Kind.CHECKBOX})


@dataclass(frozen=True)
class Asking:
    """A field where it stands: `name` is its input's, `told` its answer so far."""

    filling: Filling
    field: forms.Field
    name: str
    told: Any

    @property
    def id(self) -> str:
        return field_id(self.name)

    @property
    def problem(self) -> forms.Problem | None:
        found = self.filling.problems.get(self.name)
        return found[0] if found else None

    def common(self) -> dict[str, Any]:
        """What every component of the design system takes: id, name, hint, error."""
        params: dict[str, Any] = {"id": self.id, "name": self.name}
        if self.field.description:
            params["hint"] = {"text": languages.said(self.field.description)}
        if self.problem is not None:
            params["errorMessage"] = error(self.problem)
        return params

    def question(self) -> str:
        """Its label; one that may stay open says so."""
        label = languages.said(self.field.label)
        is_owed = self.field.limits.required or self.field.kind in ALWAYS_ANSWERED
        return label if is_owed else languages.if_needed(label)

    def label(self) -> dict[str, Any]:
        return {"text": self.question(), "classes": "govuk-label--s"}

    def fieldset(self) -> dict[str, Any]:
        classes = "govuk-fieldset__legend--s"
        return {"legend": {"text": self.question(), "classes": classes}}

    def typed(self) -> str:
        """The answer as its one input shows it: what was typed, else what is known."""
        posted = self.filling.posted_one(self.name)
        return as_typed(self.told) if posted is None else posted


def field_id(name: str) -> str:
    """The id in the page of the question whose input has this name."""
    return "f-" + _JOINTS.sub("-", name).strip("-")


def error(problem: forms.Problem) -> dict[str, str]:
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
        return i18n.number(told)
    if isinstance(told, date):
        return i18n.day(told, "dd.MM.y")
    return str(told)


def at(held: Any, keys: tuple[str, ...]) -> Any:
    """What stands under nested names; None where there is nothing."""
    for key in keys:
        held = held.get(key) if isinstance(held, Mapping) else None
    return held
