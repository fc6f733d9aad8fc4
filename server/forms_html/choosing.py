"""Questions that are answered by choosing: a tick, one of some, several of some."""

from typing import Any

import forms
from server.forms_html import languages
from server.forms_html.asking import Asking, as_typed
from server.i18n import gettext


def tick(asked: Asking) -> dict[str, Any]:
    """One box to tick, which is a question of its own."""
    params = asked.common()
    params["idPrefix"] = params.pop("id")
    is_ticked = asked.typed() == "true"
    params["items"] = [
        {"value": "true", "text": asked.question(), "checked": is_ticked}
    ]
    return {"kind": "checkboxes", "params": params}


def one(asked: Asking) -> dict[str, Any]:
    """One of some, all in sight."""
    params = asked.common() | {"fieldset": asked.fieldset()}
    params["idPrefix"] = params.pop("id")
    chosen = _chosen(asked)
    params["items"] = [
        _item(option) | {"checked": option.token == chosen}
        for option in asked.field.options
    ]
    return {"kind": "radios", "params": params}


def one_of_list(asked: Asking) -> dict[str, Any]:
    """One of a list that opens."""
    chosen = _chosen(asked)
    params = asked.common() | {"label": asked.label()}
    params["items"] = [{"value": "", "text": gettext("Choose")}] + [
        _choice(option) | {"selected": option.token == chosen}
        for option in asked.field.options
    ]
    return {"kind": "select", "params": params}


def _chosen(asked: Asking) -> str:
    posted = asked.filling.posted_one(asked.name)
    if posted is not None:
        return posted
    known = (o for o in asked.field.options if _is(o.value, asked.told))
    found = next(known, None)
    return found.token if found else as_typed(asked.told)


def _is(value: object, told: object) -> bool:
    # To Python True equals 1; to a form they are two answers.
    return type(value) is type(told) and value == told


def _item(option: forms.Option) -> dict[str, Any]:
    return {"value": option.token, "text": languages.said(option.label)}


def _choice(option: forms.Option) -> dict[str, Any]:
    """An `<option>`: plain text, whose language is its own attribute."""
    lang = languages.lang_of(option.label)
    return {
        "value": option.token,
        "text": languages.plain(option.label),
        "attributes": {"lang": lang} if lang else {},
    }
