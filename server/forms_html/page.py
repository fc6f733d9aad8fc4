"""The questions of a form in their order: what is shown now, each by its family."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup

import forms
from server.forms_html import (
    choosing,
    documents,
    languages,
    lists,
    shown,
    timing,
    writing,
)
from server.forms_html.asking import Asking, error, field_id
from server.forms_html.filling import Filling
from server.forms_html.shown import Item

FAMILIES: Mapping[forms.Kind, Callable[[Asking], Item]] = {
    forms.Kind.TEXT: writing.line,
    forms.Kind.NUMBER: writing.line,
    forms.Kind.IIN: writing.line,
    forms.Kind.BIN: writing.line,
    forms.Kind.PHONE: writing.line,
    forms.Kind.EMAIL: writing.line,
    forms.Kind.TELEPHONE: writing.line,
    forms.Kind.TEXTAREA: writing.lines,
    forms.Kind.CHECKBOX: choosing.tick,
    forms.Kind.RADIO: choosing.one,
    forms.Kind.SELECT: choosing.one_of_list,
    forms.Kind.CHECKLIST: choosing.several,
    forms.Kind.TAGLIST: choosing.several_of_many,
    forms.Kind.DATE: timing.day,
    forms.Kind.TIME: timing.clock,
    forms.Kind.DATETIME: timing.day_and_clock,
    forms.Kind.FILES: documents.question,
}


def fields(filling: Filling) -> Markup:
    """The questions of a form, without the `<form>` around them."""
    items = _Page(filling).items(filling.page.items)
    told = render_template(
        "forms/fields.html",
        items=items,
        again={"name": ":again", "value": "", "action": filling.action},
        may_follow=bool(filling.action) and filling.changes_itself(),
    )
    return Markup(told)  # noqa: S704 - escaped by the template itself


@dataclass(frozen=True)
class _Page:
    filling: Filling

    def items(self, told: tuple[forms.Item, ...]) -> list[Item]:
        found = (self._item(each) for each in told)
        return shown.gathered(item for item in found if item is not None)

    def _item(self, told: forms.Item) -> Item | None:
        match told:
            case forms.Question():
                asked = Asking(self.filling, told)
                family = shown.fact if told.is_fixed else FAMILIES[told.field.kind]
                return family(asked)
            case forms.Section():
                return self._section(told)
            case forms.Rows():
                return lists.rows(self.filling, told, self.items)
            case forms.Words():
                return shown.paragraph(self.filling, told)
            case forms.Grid():
                return shown.table(told)
            case forms.Picture():
                return shown.picture(self.filling, told)
            case forms.Space():
                return shown.spacer(told)
            case forms.Line():
                return {"kind": "separator"}

    def _section(self, told: forms.Section) -> Item:
        label, problem = told.group.label, self.filling.problem(told.path)
        return {
            "kind": "group",
            "id": field_id(told.path),
            "label": languages.said(label) if label else None,
            "error": error(problem) if problem else None,
            "items": self.items(told.items),
        }
