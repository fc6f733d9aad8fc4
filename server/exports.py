"""Lists as files: CSV that the offices' spreadsheet programs open as it is."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from flask import Response

from workflows.listing import TOTAL_CAP
from workflows.model import Page

# A cell that begins so is a formula to a spreadsheet program.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Item = TypeVar("Item")


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """A download with a byte order mark and semicolons, as Excel reads Cyrillic."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(head)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return Response(
        "\ufeff" + text.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def every(page_after: Callable[[str | None], Page[Item]]) -> Iterator[Item]:
    """The items of page after page, at most as many as a list counts."""
    cursor: str | None = None
    taken = 0
    while True:
        page = page_after(cursor)
        yield from page.items
        taken, cursor = taken + len(page.items), page.next_cursor
        if cursor is None or taken >= TOTAL_CAP:
            return


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
