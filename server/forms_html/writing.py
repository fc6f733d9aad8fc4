"""Questions that are answered by writing: a line, a number, some lines."""

from typing import Any

from markupsafe import Markup

import forms
from forms.limits import LONGEST_TEXT
from server.forms_html import languages
from server.forms_html.asking import Asking
from server.i18n import gettext

WIDTHS = {
    forms.Kind.IIN: "govuk-input--width-20",
    forms.Kind.BIN: "govuk-input--width-20",
    forms.Kind.PHONE: "govuk-input--width-20",
    forms.Kind.TELEPHONE: "govuk-input--width-20",
    forms.Kind.NUMBER: "govuk-input--width-10",
}
KEYBOARDS = {
    forms.Kind.IIN: "numeric",
    forms.Kind.BIN: "numeric",
    forms.Kind.NUMBER: "decimal",
    forms.Kind.PHONE: "tel",
    forms.Kind.TELEPHONE: "tel",
    forms.Kind.EMAIL: "email",
}
TYPES = {
    forms.Kind.PHONE: "tel",
    forms.Kind.TELEPHONE: "tel",
    forms.Kind.EMAIL: "email",
}
COUNT_FROM_PERCENT = 75  # of the limit: before that the count only distracts


def line(asked: Asking) -> dict[str, Any]:
    """One line; what is written may be somebody else's, so no browser fills it in."""
    field = asked.field
    params = asked.common() | {
        "label": asked.label(),
        "value": asked.typed(),
        "classes": WIDTHS.get(field.kind, ""),
        "autocomplete": "off",
        "inputmode": KEYBOARDS.get(field.kind),
        "type": TYPES.get(field.kind, "text"),
        "attributes": asked.focus(),
    }
    if field.kind in KEYBOARDS:
        params["spellcheck"] = False
    for name, affix in (("prefix", field.prefix), ("suffix", field.suffix)):
        if affix is not None:
            params[name] = {"text": languages.plain(affix)}
            # The design system hides an affix from those who listen: the label has it.
            params["label"]["text"] = _with_unit(params["label"]["text"], affix)
    return {"kind": "input", "params": params}


def lines(asked: Asking) -> dict[str, Any]:
    """Some lines of text; where there is a limit, with a count of what is left."""
    params = asked.common() | {
        "label": asked.label(),
        "value": asked.typed(),
        "rows": 4,
        "attributes": asked.focus(),
    }
    limit = asked.question.limits.max_length
    if limit is None or limit >= LONGEST_TEXT:
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


def _with_unit(label: str, unit: forms.Texts) -> Markup:
    told = languages.plain(unit)
    return Markup('{}<span class="govuk-visually-hidden">, {}</span>').format(
        label, told
    )


def _counted(text: str) -> str:
    """The design system's own placeholder: its script puts the number in."""
    return text.replace("{count}", "%{count}")


def _plural(text: str) -> dict[str, str]:
    """One text for every plural form: ours say the number after a colon."""
    return dict.fromkeys(("one", "few", "many", "other"), _counted(text))
