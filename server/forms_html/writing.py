"""Questions that are answered by writing: a line, a number, some lines."""

from typing import Any

import forms
from server.forms_html.asking import Asking
from server.i18n import gettext

WIDTHS = {
    forms.Kind.IIN: "govuk-input--width-20",
    forms.Kind.BIN: "govuk-input--width-20",
    forms.Kind.PHONE: "govuk-input--width-20",
    forms.Kind.NUMBER: "govuk-input--width-10",
}
KEYBOARDS = {
    forms.Kind.IIN: "numeric",
    forms.Kind.BIN: "numeric",
    forms.Kind.NUMBER: "decimal",
    forms.Kind.PHONE: "tel",
}
COUNT_FROM_PERCENT = 75  # of the limit: before that the count only distracts


def line(asked: Asking) -> dict[str, Any]:
    kind = asked.field.kind
    params = asked.common() | {
        "label": asked.label(),
        "value": asked.typed(),
        "classes": WIDTHS.get(kind, ""),
        "autocomplete": "off",
        "inputmode": KEYBOARDS.get(kind),
        "type": "tel" if kind is forms.Kind.PHONE else "text",
    }
    if kind in KEYBOARDS:
        params["spellcheck"] = False
    return {"kind": "input", "params": params}


def lines(asked: Asking) -> dict[str, Any]:
    """Some lines of text; where there is a limit, with a count of what is left."""
    params = asked.common() | {
        "label": asked.label(),
        "value": asked.typed(),
        "rows": 4,
    }
    limit = asked.field.limits.max_length
    if limit is None:
        return {"kind": "textarea", "params": params}
    params |= {
        "maxlength": limit,
        "threshold": COUNT_FROM_PERCENT,
        "textareaDescriptionText": _counted(gettext("At most {count} characters")),
        "charactersUnderLimitText": _plural(gettext("Characters left: {count}")),
        "charactersAtLimitText": gettext("No characters left"),
        "charactersOverLimitText": _plural(
            gettext("Characters over the limit: {count}")
        ),
    }
    return {"kind": "counted", "params": params}


def _counted(text: str) -> str:
    """The design system's own placeholder: its script puts the number in."""
    return text.replace("{count}", "%{count}")


def _plural(text: str) -> dict[str, str]:
    """One text for every plural form: ours say the number after a colon."""
    return dict.fromkeys(("one", "few", "many", "other"), _counted(text))
