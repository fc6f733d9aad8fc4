"""Lists in the order that their reader asks for, `sort` in the address.

A list has an order of its own, which the database keeps however long it is. Any other
one is made here, in the reader's language and alphabet, of lists that a person can look
through.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from flask import request

from server import alphabet, exports
from workflows.listing import LIMIT_MAX
from workflows.model import InputRefused, Page

MOST = 1_000  # rows that are put in order here
PAGE_SIZE = 50

Item = TypeVar("Item")
Part = Callable[[int, str | None], Page[Item]]  # of a limit and a cursor


@dataclass(frozen=True)
class Ordered(Generic[Item]):
    """A page of the list; `is_too_long` to be put in the order that was asked for."""

    page: Page[Item]
    sort: str
    is_too_long: bool = False


@dataclass(frozen=True)
class Order(Generic[Item]):
    """How a list may be sorted.

    `first`: the name of its own order; `keys`: what it is sorted by, for each name
    (None comes before all else). A name after "-" is the same the other way round.
    `usual`: what is meant where the address names none; None: its own order.
    """

    first: str
    keys: Mapping[str, Callable[[Item], Any]]
    usual: str | None = None

    def asked(self) -> str:
        """The name in the address, unless that is of another list or of nothing."""
        asked = request.args.get("sort", "")
        known = asked.removeprefix("-") in self.keys
        return asked if known else self.usual or self.first

    def of(self, rows: Iterable[Item], sort: str | None = None) -> list[Item]:
        """Rows that are in the list's own order, as asked for or as `sort` names it."""
        sort = sort or self.asked()
        if sort == self.first:
            return list(rows)
        by = partial(_comparable, self.keys[sort.removeprefix("-")])
        return sorted(rows, key=by, reverse=sort.startswith("-"))

    def page(
        self, part: Part[Item], cursor: str | None, long: Part[Item] | None = None
    ) -> Ordered[Item]:
        """The rows after `cursor`; `part` answers in the list's own order.

        `long`: what answers in the order that was asked for, where the database has it
        too, and the list is too long for us.
        """
        sort = self.asked()
        if sort == self.first:
            return Ordered(part(PAGE_SIZE, cursor), sort)
        head = part(LIMIT_MAX, None)
        if head.total > MOST:
            if long is not None:
                return Ordered(long(PAGE_SIZE, cursor), sort)
            return Ordered(part(PAGE_SIZE, cursor), self.first, is_too_long=True)
        rows = self.of(_all(part, head), sort)
        place = _place(cursor)
        end = place + PAGE_SIZE
        following = str(end) if end < len(rows) else None
        return Ordered(Page(rows[place:end], following, len(rows)), sort)

    def whole(self, part: Part[Item]) -> list[Item]:
        """The list from its beginning to its end, for a file."""
        return self.of(exports.every(partial(part, LIMIT_MAX)))


def _all(part: Part[Item], head: Page[Item]) -> list[Item]:
    rows, cursor = list(head.items), head.next_cursor
    while cursor is not None:
        page = part(LIMIT_MAX, cursor)
        rows += page.items
        cursor = page.next_cursor
    return rows


def _comparable(key: Callable[[Item], Any], row: Item) -> tuple[bool, Any]:
    value = key(row)
    if isinstance(value, str):
        return (True, alphabet.key(value))
    return (value is not None, value)


def _place(cursor: str | None) -> int:
    place = cursor or "0"
    if not (place.isascii() and place.isdigit() and len(place) < 6):
        raise InputRefused(field="cursor", reason="not one of ours")
    return int(place)
