"""Lists as files: CSV that the offices' spreadsheet programs open as it is."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from flask import Response

from server import i18n
from server.i18n import gettext
from workflows.listing import TOTAL_CAP
from workflows.model import Page

# A cell that begins so is a formula to a spreadsheet program.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
AMOUNT = re.compile(r"-[0-9][0-9\s.,]*")
# An IIN or BIN, of which it would show 1.5E+11, and no zeros where it begins with them.
NUMBER_OF_NOTHING = re.compile(r"0[0-9]+|[0-9]{12,}")

Item = TypeVar("Item")


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """A download with a byte order mark and semicolons, as Excel reads Cyrillic.

    A list that `every` may have cut says so in its last line.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(head)
    lines = [[_harmless(cell) for cell in row] for row in rows]
    writer.writerows(lines)
    if len(lines) >= TOTAL_CAP:
        told = gettext(
            "The file ends here, after %(number)s lines, and there may be more. Set a "
            "filter to see the rest.",
            number=i18n.number(TOTAL_CAP),
        )
        writer.writerow([told])
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
    """The cell as text where a spreadsheet would make something else of it."""
    if AMOUNT.fullmatch(cell):
        return cell
    is_text = cell.startswith(FORMULA) or NUMBER_OF_NOTHING.fullmatch(cell)
    return f"'{cell}" if is_text else cell
