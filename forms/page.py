"""A form at one moment, as a page shows it: `lay_out` in `forms.layout` makes it.

Only what is shown is in it. Every input is named by the path of its question:
`decision.reason`, `children[0].name`; questions with several answers (checklist,
taglist, documents) post one value for each, and each item of a list posts a hidden
input named by its path (`children[0]`, any value), so that one without ticks is there.
The buttons are `:add=children` and `:remove=children[1]`; after either, and before a
page is shown again, `renumbered(form, posted)` gives the inputs their new names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms.documents import Document
from forms.model import (
    Column,
    DynamicList,
    Field,
    Group,
    Image,
    Limits,
    Option,
    Paragraph,
    Table,
)


@dataclass(frozen=True)
class Question:
    """One question with its place; `limits` and `options` have FEEL worked out.

    `value` is the answer so far: typed where it can be read, else as it came; of a
    fixed question what the case knows. Documents are in `documents`, those known.
    """

    field: Field
    path: str
    limits: Limits
    options: tuple[Option, ...]
    is_fixed: bool  # shown with its value, not to be changed
    value: Any = None
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Words:
    """A paragraph, and the context in which its FEEL parts are evaluated."""

    paragraph: Paragraph
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    id: str


@dataclass(frozen=True)
class Space:
    id: str
    height: int  # pixels


@dataclass(frozen=True)
class Picture:
    """An image: `data` (a data URI) or the id of a document of the case."""

    image: Image
    data: str | None = None
    document: str | None = None


@dataclass(frozen=True)
class Grid:
    """A table with its cells, FEEL values, row by row."""

    table: Table
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Section:
    """A group with what it shows; `path` is where its problems are told, with an id."""

    group: Group
    path: str
    items: tuple["Item", ...]


@dataclass(frozen=True)
class Row:
    """One item of a list; `path` names its hidden input and its remove button."""

    path: str
    items: tuple["Item", ...]
    may_remove: bool


@dataclass(frozen=True)
class Rows:
    """A list; `path` names its add button and is where its problems are told."""

    list: DynamicList
    path: str
    rows: tuple[Row, ...]
    may_add: bool


Item = Question | Words | Line | Space | Picture | Grid | Section | Rows


@dataclass(frozen=True)
class Page:
    """What is shown, in the order of the form."""

    items: tuple[Item, ...]
    computed: Mapping[str, Any]  # path -> the value that the server computed

    def questions(self) -> Iterator[Question]:
        """Every question shown, in the order of the page."""
        waiting = list(reversed(self.items))
        while waiting:
            item = waiting.pop()
            if isinstance(item, Question):
                yield item
            elif isinstance(item, Section):
                waiting.extend(reversed(item.items))
            elif isinstance(item, Rows):
                inside = [each for row in item.rows for each in row.items]
                waiting.extend(reversed(inside))
