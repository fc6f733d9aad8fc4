"""Reading what a form only shows: words, tables, pictures, lines, computed values."""

import base64
import binascii
import re
from typing import Any

from forms import templates
from forms.entries import KEY, Entry
from forms.model import (
    Column,
    Computed,
    Image,
    Paragraph,
    Separator,
    Spacer,
    Table,
)
from forms.palette import LANGUAGES

TALLEST_SPACER = 1_000  # pixels
LARGEST_IMAGE = 200 * 1024  # bytes of a picture inside the form's file
MOST_COLUMNS = 30
MOST_ROWS = 500
_DATA = re.compile(r"data:image/(png|jpeg);base64,([A-Za-z0-9+/]+={0,2})\Z")
_BEGINS = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff"}


def separator(entry: Entry) -> Separator:
    return Separator(entry.id, entry.hide())


def spacer(entry: Entry) -> Spacer:
    height = entry.count("height", 60, TALLEST_SPACER)
    return Spacer(entry.id, height, entry.hide())


def paragraph(entry: Entry) -> Paragraph | None:
    told = {"kk": entry.text("text")}
    for lang in LANGUAGES:
        other = entry.properties.get(f"text.{lang}")
        if isinstance(other, str) and other.strip():
            told[lang] = other.strip()
        else:
            entry.notes.warn(entry.id, "translation", f"`text.{lang}` is missing")
    if not told["kk"]:
        entry.refuse("text", "the text is empty")
    try:
        parts = {lang: templates.cut(text) for lang, text in told.items()}
    except templates.TemplateRefused as e:
        entry.refuse("text", str(e))
        return None
    return Paragraph(entry.id, parts, entry.hide())


def computed(entry: Entry) -> Computed | None:
    told = entry.raw.get("computeOn", "change")
    if told not in ("change", "presubmit"):
        entry.refuse("property-value", "`computeOn` is `change` or `presubmit`")
    path, hide = entry.key(), entry.hide()
    for feel in entry.feel("expression", entry.raw.get("expression")):
        return Computed(entry.id, path, feel, told == "presubmit", hide)
    return None


def button(entry: Entry) -> None:
    if entry.text("action") not in ("", "submit"):
        message = "a button that empties the form loses what was typed: remove it"
        entry.refuse("property-value", message)
    message = "the page has a button of its own: this one is left out"
    entry.notes.warn(entry.id, "button", message)


def image(entry: Entry) -> Image | None:
    """A picture; addresses are refused: the page loads nothing from elsewhere."""
    alt = entry.text("alt")
    if not alt:
        entry.refuse("alt", "`alt` must say what the picture shows, in Kazakh")
    texts, hide = entry.texts("alt", alt), entry.hide()
    source = entry.text("source")
    if source.startswith("="):
        feel = entry.feel("source", source)
        return Image(entry.id, texts, feel=feel[0], hide=hide) if feel else None
    if not _is_picture(source):
        entry.refuse(
            "source",
            "`source` must be FEEL that gives a document of the case, or a data URI "
            f"of a PNG or JPEG picture of at most {LARGEST_IMAGE // 1024} KB",
        )
        return None
    return Image(entry.id, texts, data=source, hide=hide)


def table(entry: Entry) -> Table | None:
    told = entry.raw.get("rowCount")
    rows = entry.count("rowCount", 10, MOST_ROWS) if told is not None else None
    heading, hide = entry.heading(), entry.hide()
    source = entry.feel("dataSource", entry.raw.get("dataSource"))
    expression = entry.raw.get("columnsExpression")
    columns: tuple[Column, ...] = ()
    columns_feel: tuple[str, ...] = ()
    if expression not in (None, ""):
        columns_feel = entry.feel("columnsExpression", expression)
    else:
        columns = _columns(entry)
    if not source:
        return None
    return Table(
        entry.id,
        heading,
        source[0],
        columns,
        next(iter(columns_feel), None),
        rows or None,
        hide,
    )


def _columns(entry: Entry) -> tuple[Column, ...]:
    told = entry.raw.get("columns")
    if not isinstance(told, list) or not 1 <= len(told) <= MOST_COLUMNS:
        entry.refuse("columns", f"a table needs 1 to {MOST_COLUMNS} `columns`")
        return ()
    return tuple(one for one in (_column(entry, raw) for raw in told) if one)


def _column(entry: Entry, raw: Any) -> Column | None:
    if not isinstance(raw, dict) or raw.keys() - {"label", "key", "id", "properties"}:
        entry.refuse("columns", "a column has `label`, `key` and `properties` alone")
        return None
    key, label, more = raw.get("key"), raw.get("label"), raw.get("properties", {})
    if not isinstance(key, str) or not KEY.match(key):
        entry.refuse("columns", "a column's `key` must name a property of the rows")
        return None
    if not isinstance(label, str) or not label.strip() or not isinstance(more, dict):
        entry.refuse("columns", f"the column `{key}` needs a label, in Kazakh")
        return None
    return Column(key, entry.texts("label", label.strip(), more))


def _is_picture(source: str) -> bool:
    found = _DATA.match(source) if len(source) <= LARGEST_IMAGE * 4 // 3 else None
    if found is None:
        return False
    try:
        content = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return False
    return content.startswith(_BEGINS[found[1]])
