"""What a form only shows: texts, answers that may not change, lines."""

from collections.abc import Iterable, Mapping
from typing import Any

import forms
from server import i18n, rendering
from server.forms_html import languages
from server.forms_html.asking import Asking

Item = dict[str, Any]


def paragraph(
    told: forms.Paragraph, evaluate: forms.Evaluate, context: Mapping[str, Any]
) -> Item:
    text = "".join(
        rendering.value(evaluate(part.text, context))
        if part.is_expression
        else part.text
        for part in told.say(i18n.locale())
    )
    return {"kind": "paragraph", "text": text}


def fact(asked: Asking) -> Item:
    """An answer that may not change here, in words."""
    chosen = next((o for o in asked.field.options if o.value == asked.told), None)
    words = languages.said(chosen.label) if chosen else rendering.value(asked.told)
    return {"kind": "fact", "label": languages.said(asked.field.label), "text": words}


def gathered(items: Iterable[Item]) -> list[Item]:
    """Facts that follow each other become one list of facts."""
    found: list[Item] = []
    for item in items:
        if item["kind"] != "fact":
            found.append(item)
        elif found and found[-1]["kind"] == "facts":
            found[-1]["facts"].append(item)
        else:
            found.append({"kind": "facts", "facts": [item]})
    return found
