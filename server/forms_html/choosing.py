"""Questions that are answered by choosing: a tick, one of some, several of some."""

from typing import Any

import forms
from server.forms_html import languages
from server.forms_html.asking import Asking
from server.i18n import gettext

IN_SIGHT = 12  # options of a list of tags that are shown without a search among them


def tick(asked: Asking) -> dict[str, Any]:
    """One box to tick, which is a question of its own."""
    params = asked.common()
    params["idPrefix"] = params.pop("id")
    params["items"] = [
        {
            "value": "true",
            "text": asked.asked(),
            "checked": asked.typed() == "true",
            "attributes": asked.focus(),
        }
    ]
    return {"kind": "checkboxes", "params": params}


def one(asked: Asking) -> dict[str, Any]:
    """One of some, all in sight."""
    return {"kind": "radios", "params": _in_sight(asked)}


def several(asked: Asking) -> dict[str, Any]:
    """Several of some, all in sight."""
    return {"kind": "checkboxes", "params": _in_sight(asked)}


def several_of_many(asked: Asking) -> dict[str, Any]:
    """Several of many: ticks in a box of their own, which a script can search."""
    params = _in_sight(asked)
    if len(asked.question.options) > IN_SIGHT:
        params["classes"] = "r-tags__options"
        params["formGroup"] = {
            "classes": "r-tags",
            "attributes": {
                "data-tags": "",
                "data-tags-search": gettext("Search among the answers"),
                "data-tags-found": gettext("Found: {count}"),
                "data-tags-chosen": gettext("Chosen: {count}"),
            },
        }
    return {"kind": "checkboxes", "params": params}


def one_of_list(asked: Asking) -> dict[str, Any]:
    """One of a list that opens."""
    chosen = asked.chosen()
    params = asked.common() | {"label": asked.label(), "attributes": asked.focus()}
    params["items"] = [{"value": "", "text": gettext("Choose")}] + [
        _choice(option) | {"selected": option.token in chosen}
        for option in asked.question.options
    ]
    return {"kind": "select", "params": params}


def _in_sight(asked: Asking) -> dict[str, Any]:
    params = asked.common() | {"fieldset": asked.fieldset()}
    params["idPrefix"] = params.pop("id")
    chosen = asked.chosen()
    params["items"] = [
        {
            "value": option.token,
            "text": languages.said(option.label),
            "checked": option.token in chosen,
            "attributes": asked.focus() if n == 0 else {},
        }
        for n, option in enumerate(asked.question.options)
    ]
    return params


def _choice(option: forms.Option) -> dict[str, Any]:
    """An `<option>`: plain text, whose language is its own attribute."""
    lang = languages.lang_of(option.label)
    return {
        "value": option.token,
        "text": languages.plain(option.label),
        "attributes": {"lang": lang} if lang else {},
    }
