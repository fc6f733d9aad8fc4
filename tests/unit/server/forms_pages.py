"""Reading a form's page in tests, and what its form of every component knows."""

from collections.abc import Callable
from typing import Any

import forms
from server import forms_html

PAPER = forms.Document("d-1", "Куәлік.pdf", "application/pdf", 700_000)
Show = Callable[..., Any]
Fill = Callable[..., forms_html.Filling]


def said(element: Any) -> str:
    """The text of an element with all in it, as one reads it."""
    return " ".join(element.text_content().split())


def legend_of(page: Any, text: str) -> Any:
    (found,) = [each for each in page.xpath("//legend") if said(each) == text]
    return found


def rows_of(table: Any) -> list[list[str]]:
    return [[said(cell) for cell in row] for row in table.xpath("./tbody/tr")]


def re_path(name: str) -> str:
    """The question that an input belongs to: `born` of `born-day`."""
    return name.partition("-")[0]


def value_of(control: Any) -> str:
    if control.tag == "select":
        chosen = control.xpath("./option[@selected]/@value")
        return str(chosen[0]) if chosen else ""
    if control.tag == "textarea":
        return str(control.text or "").removeprefix("\n")
    return str(control.get("value") or "")
