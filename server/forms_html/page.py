"""The questions of a form in their order: what is shown now, each by its family."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from markupsafe import Markup

import forms
from server.forms_html import choosing, languages, shown, timing, writing
from server.forms_html.asking import Asking, at
from server.forms_html.filling import Filling
from server.forms_html.shown import Item

FAMILIES: Mapping[forms.Kind, Callable[[Asking], Item]] = {
    forms.Kind.TEXT: writing.line,
    forms.Kind.NUMBER: writing.line,
    forms.Kind.IIN: writing.line,
    forms.Kind.BIN: writing.line,
    forms.Kind.PHONE: writing.line,
    forms.Kind.TEXTAREA: writing.lines,
    forms.Kind.CHECKBOX: choosing.tick,
    forms.Kind.RADIO: choosing.one,
    forms.Kind.SELECT: choosing.one_of_list,
    forms.Kind.DATE: timing.day,
}


def fields(filling: Filling) -> Markup:
    """The questions of a form, without the `<form>` around them."""
    answers = filling.answers()
    seen = forms.visible(filling.form, answers, filling.variables, filling.evaluate)
    fixed = forms.read_only(filling.form, filling.variables, filling.evaluate)
    page = _Page(filling, answers, seen, frozenset(fixed))
    items = page.items(filling.form.components)
    return Markup(render_template("forms/fields.html", items=items))  # noqa: S704 - escaped by the template itself


@dataclass(frozen=True)
class _Page:
    filling: Filling
    answers: Mapping[str, Any]
    seen: frozenset[str]
    fixed: frozenset[str]

    def items(self, components: tuple[forms.Component, ...]) -> list[Item]:
        found = (self._item(component) for component in components)
        return shown.gathered(item for item in found if item is not None)

    def _item(self, component: forms.Component) -> Item | None:
        name = component.path if isinstance(component, forms.Field) else component.id
        if name not in self.seen:
            return None
        match component:
            case forms.Field():
                return self._field(component)
            case forms.Paragraph():
                context = over(self.filling.variables, self.answers)
                return shown.paragraph(component, self.filling.evaluate, context)
            case forms.Group():
                label = languages.said(component.label) if component.label else None
                inside = self.items(component.components)
                return {"kind": "group", "label": label, "items": inside}
            case forms.Separator():
                return {"kind": "separator"}

    def _field(self, field: forms.Field) -> Item:
        is_fixed = field.path in self.fixed
        held = self.filling.variables if is_fixed else self.answers
        asked = Asking(self.filling, field, field.path, at(held, field.keys))
        return shown.fact(asked) if is_fixed else FAMILIES[field.kind](asked)


def over(under: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """`upper` laid on `under`, context by context; neither is changed."""
    merged = dict(under)
    for name, told in upper.items():
        held = merged.get(name)
        if isinstance(held, Mapping) and isinstance(told, Mapping):
            merged[name] = over(held, told)
        else:
            merged[name] = told
    return merged
