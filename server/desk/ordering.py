"""The order of the worklist: by moments in the database, by words of its rows here.

Names are in the reader's language and alphabet, which the database does not know: as
many tasks as a person can look through are read whole and put in order.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from server import alphabet, exports, i18n
from server.context import caller, world
from workflows import worklist as lists
from workflows.model import InputRefused, Page
from workflows.task_rows import TaskRow
from workflows.worklist import Count, WorklistQuery

MOST = 1_000  # tasks that are put in order by words
AT_ONCE = 200

WORDS: Mapping[str, Callable[[TaskRow], str]] = {
    "step": lambda row: i18n.name_in(row.names, row.element_id),
    "subject": lambda row: row.subject or "",
    "office": lambda row: i18n.name_in(row.office_names, row.office),
    "assignee": lambda row: row.assignee_name or "",
}


@dataclass(frozen=True)
class Ordered:
    """A page of the list; `is_too_long` to be put in the order that was asked for."""

    page: Page[TaskRow]
    sort: str
    is_too_long: bool = False


def page(
    tx: sa.Connection,
    query: WorklistQuery,
    sort: str,
    cursor: str | None,
    total: Count | None,
) -> Ordered:
    """The tasks after `cursor` in the order `sort`, which may be one of WORDS.

    `total`: how many they are, where that is known already.
    """
    word = WORDS.get(sort.removeprefix("-"))
    if word is None:
        query = replace(query, sort=sort, cursor=cursor)
        return Ordered(lists.page(tx, world(), caller(), query, total), sort)
    total = total or lists.counts(tx, world(), caller(), [query])[0]
    if total.number > MOST:
        query = replace(query, cursor=cursor)
        found = lists.page(tx, world(), caller(), query, total)
        return Ordered(found, query.sort, is_too_long=True)
    rows = list(whole(tx, query, sort))
    place = _place(cursor)
    end = place + query.limit
    following = str(end) if end < len(rows) else None
    return Ordered(Page(rows[place:end], following, len(rows)), sort)


def whole(tx: sa.Connection, query: WorklistQuery, sort: str) -> Iterator[TaskRow]:
    """The list from its beginning to its end, for a file."""
    word = WORDS.get(sort.removeprefix("-"))
    if word is None:
        query = replace(query, sort=sort)
    rows = _every(tx, replace(query, limit=AT_ONCE))
    yield from rows if word is None else _in_order(rows, word, sort.startswith("-"))


def _every(tx: sa.Connection, query: WorklistQuery) -> Iterator[TaskRow]:
    return exports.every(
        lambda cursor: lists.page(tx, world(), caller(), replace(query, cursor=cursor))
    )


def _in_order(
    rows: Iterator[TaskRow], word: Callable[[TaskRow], str], is_falling: bool
) -> list[TaskRow]:
    """By the alphabet; of the same word, the most urgent first."""
    return sorted(rows, key=lambda row: alphabet.key(word(row)), reverse=is_falling)


def _place(cursor: str | None) -> int:
    try:
        place = int(cursor or 0)
    except ValueError as error:
        raise InputRefused(field="cursor", reason="not one of ours") from error
    if place < 0:
        raise InputRefused(field="cursor", reason="not one of ours")
    return place
