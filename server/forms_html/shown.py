"""What a form only shows: texts, tables, pictures, answers that may not change."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import forms
from forms.choices import chosen
from server import i18n, rendering
from server.forms_html import documents, languages
from server.forms_html.asking import Asking
from server.forms_html.filling import Filling

Item = dict[str, Any]
# A page's style is not written into it: a height in pixels is one of three.
SPACES = ((30, "small"), (60, "medium"))


def paragraph(filling: Filling, words: forms.Words) -> Item:
    parts = words.paragraph.say(i18n.locale())
    text = "".join(
        rendering.value(filling.evaluate(part.text, words.context))
        if part.is_expression
        else part.text
        for part in parts
    )
    is_own = i18n.locale() in words.paragraph.parts
    return {"kind": "paragraph", "text": text, "lang": None if is_own else "kk"}


def fact(asked: Asking) -> Item:
    """An answer that may not change here, in words."""
    label = languages.said(asked.field.label)
    if asked.field.kind is forms.Kind.FILES:
        told = documents.listed(asked)
        return {"kind": "fact", "label": label, "text": None, "documents": told}
    return {"kind": "fact", "label": label, "text": _in_words(asked)}


def _in_words(asked: Asking) -> str:
    told = asked.told
    if not asked.question.options:
        return rendering.value(told)
    several = told if isinstance(told, list | tuple) else [told]
    found = [(chosen(asked.question.options, one), one) for one in several]
    words = (
        languages.said(option.label) if option else rendering.value(one)
        for option, one in found
    )
    return languages.joined(words)


def table(grid: forms.Grid) -> Item:
    """Rows as their source gives them; those after the first page are folded."""
    rows = [[_cell(told) for told in row] for row in grid.rows]
    first = grid.table.row_count or len(rows)
    label = grid.table.label
    return {
        "kind": "table",
        "label": languages.said(label) if label else None,
        "columns": [
            {"label": languages.said(each.label), "plain": languages.plain(each.label)}
            for each in grid.columns
        ],
        "rows": rows[:first],
        "rest": rows[first:],
    }


def _cell(told: object) -> dict[str, Any]:
    return {"text": rendering.value(told), "is_number": isinstance(told, Decimal)}


def picture(filling: Filling, told: forms.Picture) -> Item | None:
    """A picture of the form, or a document of the case where it may be seen."""
    src = told.data
    if src is None and told.document is not None:
        src = filling.picture_of(told.document)
    if src is None:
        return None
    alt = told.image.alt
    return {
        "kind": "image",
        "src": src,
        "alt": languages.plain(alt),
        "lang": languages.lang_of(alt),
    }


def spacer(told: forms.Space) -> Item:
    size = next((size for most, size in SPACES if told.height <= most), "large")
    return {"kind": "spacer", "size": size}


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
