"""A task's form as HTML: our form schema in the design system's components.

The server alone decides what is shown: conditions are FEEL, evaluated here each time an
answer changes, so that the page behaves the same with scripts and without.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask import render_template
from markupsafe import Markup

import forms
from server import i18n, rendering
from server.i18n import gettext

NUMERIC = (forms.Kind.IIN, forms.Kind.BIN)
WIDTHS = {
    forms.Kind.IIN: "govuk-input--width-20",
    forms.Kind.BIN: "govuk-input--width-20",
    forms.Kind.PHONE: "govuk-input--width-20",
    forms.Kind.NUMBER: "govuk-input--width-10",
}
DATE_PARTS = ("day", "month", "year")


@dataclass(frozen=True)
class Filling:
    """One person's form at one moment.

    `posted` is what the browser sent, raw, or None for a page that is opened afresh;
    `problems` are by dotted path, as validation names them.
    """

    form: forms.Form
    variables: Mapping[str, Any]
    evaluate: forms.Evaluate
    posted: Mapping[str, str] | None = None
    problems: Mapping[str, list[forms.Problem]] = field(default_factory=dict)

    def answers(self) -> dict[str, Any]:
        """What is answered so far, nested as the paths say."""
        if self.posted is not None:
            return forms.from_html(self.form, self.posted)
        return forms.starting_answers(self.form, self.variables)

    def changes_itself(self) -> bool:
        """Whether an answer may show or hide something else."""
        return any(component.hide for component in self.form.walk())


def fields(filling: Filling) -> Markup:
    """The questions of a form, without the `<form>` around them."""
    answers = filling.answers()
    shown = forms.visible(filling.form, answers, filling.variables, filling.evaluate)
    fixed = forms.read_only(filling.form, filling.variables, filling.evaluate)
    page = _Page(filling, answers, shown, frozenset(fixed))
    items = page.items(filling.form.components)
    return Markup(render_template("forms/fields.html", items=items))  # noqa: S704 - escaped by the template itself


def summary(filling: Filling) -> list[dict[str, str]]:
    """What needs mending, in the order of the page, each linked to its question."""
    known = {each.path: each for each in filling.form.fields}
    ordered = [path for path in known if path in filling.problems]
    ordered += [path for path in filling.problems if path not in known]
    return [
        {
            "text": i18n.say_problem(filling.problems[path][0]),
            "href": f"#{_first_id(known[path]) if path in known else 'form'}",
        }
        for path in ordered
    ]


def field_id(path: str) -> str:
    """The id in the page of the question at `path`."""
    return "f-" + path.replace(".", "-")


@dataclass(frozen=True)
class _Page:
    filling: Filling
    answers: Mapping[str, Any]
    shown: frozenset[str]
    fixed: frozenset[str]

    def items(self, components: tuple[forms.Component, ...]) -> list[dict[str, Any]]:
        found = (self._item(component) for component in components)
        return [item for item in found if item is not None]

    def _item(self, component: forms.Component) -> dict[str, Any] | None:
        name = component.path if isinstance(component, forms.Field) else component.id
        if name not in self.shown:
            return None
        match component:
            case forms.Field():
                return self._field(component)
            case forms.Paragraph():
                return {"kind": "paragraph", "text": self._words(component)}
            case forms.Group():
                label = component.label.say(i18n.locale()) if component.label else None
                inside = self.items(component.components)
                return {"kind": "group", "label": label, "items": inside}
            case forms.Separator():
                return {"kind": "separator"}

    def _words(self, paragraph: forms.Paragraph) -> str:
        context = _over(self.filling.variables, self.answers)
        return "".join(
            rendering.value(self.filling.evaluate(part.text, context))
            if part.is_expression
            else part.text
            for part in paragraph.say(i18n.locale())
        )

    def _field(self, asked: forms.Field) -> dict[str, Any]:
        if asked.path in self.fixed:
            return {
                "kind": "fixed",
                "label": asked.label.say(i18n.locale()),
                "text": self._read(asked),
            }
        build = {
            forms.Kind.TEXTAREA: self._textarea,
            forms.Kind.CHECKBOX: self._checkbox,
            forms.Kind.RADIO: self._radio,
            forms.Kind.SELECT: self._select,
            forms.Kind.DATE: self._date,
        }.get(asked.kind, self._input)
        return build(asked)

    def _read(self, asked: forms.Field) -> str:
        told = _get(self.filling.variables, asked.keys)
        chosen = next((o for o in asked.options if o.value == told), None)
        return chosen.label.say(i18n.locale()) if chosen else rendering.value(told)

    def _common(self, asked: forms.Field) -> dict[str, Any]:
        params: dict[str, Any] = {"id": field_id(asked.path), "name": asked.path}
        if asked.description:
            params["hint"] = {"text": asked.description.say(i18n.locale())}
        problems = self.filling.problems.get(asked.path)
        if problems:
            params["errorMessage"] = {
                "text": i18n.say_problem(problems[0]),
                "visuallyHiddenText": gettext("Error"),
            }
        return params

    def _label(self, asked: forms.Field) -> str:
        label = asked.label.say(i18n.locale())
        if asked.limits.required or asked.kind is forms.Kind.CHECKBOX:
            return label
        return gettext("%(question)s (if needed)", question=label)

    def _legend(self, asked: forms.Field) -> dict[str, Any]:
        legend = {
            "text": self._label(asked),
            "classes": "govuk-fieldset__legend--s",
        }
        return {"legend": legend}

    def _input(self, asked: forms.Field) -> dict[str, Any]:
        params = self._common(asked) | {
            "label": {"text": self._label(asked), "classes": "govuk-label--s"},
            "value": self._typed(asked),
            "classes": WIDTHS.get(asked.kind, ""),
            "autocomplete": "off",
            "spellcheck": False,
        }
        if asked.kind is forms.Kind.PHONE:
            params |= {"type": "tel", "inputmode": "tel"}
        elif asked.kind in NUMERIC:
            params["inputmode"] = "numeric"
        elif asked.kind is forms.Kind.NUMBER:
            params["inputmode"] = "decimal"
        return {"kind": "input", "params": params}

    def _textarea(self, asked: forms.Field) -> dict[str, Any]:
        params = self._common(asked) | {
            "label": {"text": self._label(asked), "classes": "govuk-label--s"},
            "value": self._typed(asked),
            "rows": 4,
        }
        limit = asked.limits.max_length
        if limit is None:
            return {"kind": "textarea", "params": params}
        params |= {
            "maxlength": limit,
            "threshold": 75,
            "textareaDescriptionText": _counted(gettext("At most {count} characters")),
            "charactersUnderLimitText": _plural(gettext("Characters left: {count}")),
            "charactersAtLimitText": gettext("No characters left"),
            "charactersOverLimitText": _plural(
                gettext("Characters over the limit: {count}")
            ),
        }
        return {"kind": "counted", "params": params}

    def _checkbox(self, asked: forms.Field) -> dict[str, Any]:
        params = self._common(asked)
        params["idPrefix"] = params.pop("id")
        is_ticked = self._typed(asked) == "true"
        params["items"] = [
            {"value": "true", "text": self._label(asked), "checked": is_ticked}
        ]
        return {"kind": "checkboxes", "params": params}

    def _radio(self, asked: forms.Field) -> dict[str, Any]:
        params = self._common(asked) | {"fieldset": self._legend(asked)}
        params["idPrefix"] = params.pop("id")
        params["items"] = self._options(asked, "checked")
        return {"kind": "radios", "params": params}

    def _select(self, asked: forms.Field) -> dict[str, Any]:
        label = {"text": self._label(asked), "classes": "govuk-label--s"}
        none = {"value": "", "text": gettext("Choose")}
        params = self._common(asked) | {"label": label}
        params["items"] = [none, *self._options(asked, "selected")]
        return {"kind": "select", "params": params}

    def _options(self, asked: forms.Field, mark: str) -> list[dict[str, Any]]:
        typed = self._typed(asked)
        return [
            {
                "value": option.token,
                "text": option.label.say(i18n.locale()),
                mark: option.token == typed,
            }
            for option in asked.options
        ]

    def _date(self, asked: forms.Field) -> dict[str, Any]:
        names = {
            "day": (gettext("Day"), "govuk-input--width-2"),
            "month": (gettext("Month"), "govuk-input--width-2"),
            "year": (gettext("Year"), "govuk-input--width-4"),
        }
        parts = self._date_parts(asked)
        is_wrong = " govuk-input--error" if asked.path in self.filling.problems else ""
        params = self._common(asked) | {"fieldset": self._legend(asked)}
        params["namePrefix"] = params.pop("name")
        params["items"] = [
            {
                "name": part,
                "label": names[part][0],
                "classes": names[part][1] + is_wrong,
                "value": parts[part],
            }
            for part in DATE_PARTS
        ]
        return {"kind": "date", "params": params}

    def _date_parts(self, asked: forms.Field) -> dict[str, str]:
        posted = self.filling.posted
        if posted is not None and f"{asked.path}-day" in posted:
            return {part: posted.get(f"{asked.path}-{part}", "") for part in DATE_PARTS}
        told = _get(self.answers, asked.keys)
        if isinstance(told, str):
            told = _iso_date(told)
        if not isinstance(told, date):
            return dict.fromkeys(DATE_PARTS, "")
        return {"day": str(told.day), "month": str(told.month), "year": str(told.year)}

    def _typed(self, asked: forms.Field) -> str:
        """The answer as its input shows it: what was typed, else what is known."""
        if self.filling.posted is not None and asked.path in self.filling.posted:
            return self.filling.posted[asked.path]
        told = _get(self.answers, asked.keys)
        if told is None:
            return ""
        if isinstance(told, bool):
            return "true" if told else "false"
        if isinstance(told, Decimal) and not asked.options:
            return i18n.number(told)
        if isinstance(told, date):
            return i18n.day(told, "dd.MM.y")
        return str(told)


def _first_id(asked: forms.Field) -> str:
    is_date = asked.kind is forms.Kind.DATE
    return field_id(asked.path) + ("-day" if is_date else "")


def _counted(text: str) -> str:
    """The design system's own placeholder: its script puts the number in."""
    return text.replace("{count}", "%{count}")


def _plural(text: str) -> dict[str, str]:
    """One text for every plural form: ours say the number after a colon."""
    return dict.fromkeys(("one", "few", "many", "other"), _counted(text))


def _iso_date(told: str) -> date | None:
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None


def _get(held: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        held = held.get(key) if isinstance(held, Mapping) else None
    return held


def _over(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid on `under`, context by context; neither is changed."""
    merged = dict(under)
    for name, told in over.items():
        held = merged.get(name)
        if isinstance(held, Mapping) and isinstance(told, Mapping):
            merged[name] = _over(held, told)
        else:
            merged[name] = told
    return merged
