"""The same questions for each item of a list, and the buttons that add and remove."""

from collections.abc import Callable
from typing import Any

import forms
from server.forms_html import languages
from server.forms_html.asking import error, field_id
from server.forms_html.filling import Filling
from server.i18n import gettext

Show = Callable[[tuple[forms.Item, ...]], list[dict[str, Any]]]


def rows(filling: Filling, told: forms.Rows, show: Show) -> dict[str, Any]:
    """A list; `show` gives what is inside of an item."""
    label = languages.said(told.list.label) if told.list.label else gettext("List")
    problem = filling.problem(told.path)
    is_focus = filling.begins_at == told.path
    is_changed = told.path in (filling.focus, filling.focus.rpartition("[")[0])
    return {
        "kind": "list",
        "id": field_id(told.path),
        "label": label,
        "error": error(problem) if problem else None,
        "each": [
            _row(filling, row, number, label, show)
            for number, row in enumerate(told.rows, start=1)
        ],
        "add": _button(filling, forms.ADD, told.path) if told.may_add else None,
        "is_focus": is_focus,
        "said": _said(filling, len(told.rows)) if is_changed else "",
    }


def _said(filling: Filling, count: int) -> str:
    return {
        "added": gettext("An entry is added. Entries now: %(count)s", count=count),
        "removed": gettext("An entry is removed. Entries now: %(count)s", count=count),
    }.get(filling.done, "")


def _row(
    filling: Filling, row: forms.Row, number: int, label: str, show: Show
) -> dict[str, Any]:
    problem = filling.problem(row.path)
    return {
        "id": field_id(row.path),
        "name": row.path,
        "label": languages.numbered(label, number),
        "error": error(problem) if problem else None,
        "items": show(row.items),
        "remove": _button(filling, forms.REMOVE, row.path) if row.may_remove else None,
    }


def _button(filling: Filling, name: str, value: str) -> dict[str, str] | None:
    if not filling.action:
        return None
    return {"name": name, "value": value, "action": filling.action}
