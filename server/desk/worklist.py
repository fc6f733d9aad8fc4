"""The worklist: what must I do next, and by when?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from server import exports, i18n, moments, rendering, words
from server.auth import require
from server.context import caller, services, transaction, world
from server.desk import choices, filters, kept_filters, ordering
from server.desk.choices import VariableField
from server.desk.filters import Filter
from server.desk.kept_filters import Link
from server.desk.ordering import Ordered
from server.i18n import gettext
from server.sections import WORKERS
from workflows import searched_values
from workflows import worklist as lists
from workflows.model import NotFound, Page, Role
from workflows.task_rows import TaskRow
from workflows.worklist import Count, WorklistQuery

PAGE_SIZE = 50
READ_AT_ONCE = 200  # cases whose variables a file takes in one go
COUNTED = ("mine", "groups", "all")  # what is completed is not work that waits

NOTHING = Ordered(Page([], None, 0), "deadline_at")


@dataclass(frozen=True)
class Band:
    """Tasks that are due alike: "overdue", "today", "later", or "" for one list."""

    name: str
    title: str
    tasks: list[TaskRow]
    is_whole: bool  # whether this page holds all of them


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/tasks", "worklist", worklist)
    blueprint.add_url_rule("/tasks.csv", "worklist_csv", worklist_csv)
    blueprint.add_url_rule("/tasks/next", "take_next", take_next, methods=["POST"])


@require(*WORKERS)
def worklist() -> ResponseReturnValue:
    view, wanted = filters.asked()
    now = services().clock.now()
    query = replace(wanted.query(view), limit=PAGE_SIZE)
    is_live = rendering.is_fragment()
    with transaction() as tx:
        saved = kept_filters.links(tx, view, wanted)
        numbers = _numbers(tx, saved)
        total = None if wanted else numbers.get(view)
        found = _found(tx, query, total)
        options = None if is_live else choices.choices(tx, wanted)
    shown = found or NOTHING
    context: dict[str, Any] = {
        "arguments": filters.address(view, wanted),
        "bands": _bands(shown.page, view, shown.sort, now),
        "filter": wanted,
        "has_no_office": found is None,
        "is_breached": lambda row: _is_breached(row, now),
        "is_too_long": shown.is_too_long,
        "load": _load(numbers["mine"], numbers["groups"]),
        "now": now,
        "numbers": numbers,
        "page": shown.page,
        "saved": saved,
        "section": "tasks",
        "sort": shown.sort,
        "view": view,
        "views": filters.VIEWS,
    }
    if options is None:
        return rendering.live("desk/_worklist.html", is_live=True, **context)
    page = render_template(
        "desk/worklist.html",
        chips=choices.chips(wanted, options),
        choices=options,
        may_assign=caller().has(Role.SUPERVISOR, Role.ADMINISTRATOR),
        **context,
    )
    return page, 404 if found is None else 200


def _found(
    tx: sa.Connection, query: WorklistQuery, total: Count | None
) -> Ordered | None:
    """The tasks that are asked for; None at an office that the caller does not see."""
    cursor = request.args.get("cursor")
    try:
        return ordering.page(tx, query, _sort(query), cursor, total)
    except NotFound as error:
        if error.data["kind"] != "office":
            raise
        return None


@require(*WORKERS)
def worklist_csv() -> Response:
    """The list as it is filtered and sorted, whole; of one procedure, what it declares
    to be searched by as well.
    """
    view, wanted = filters.asked()
    query = wanted.query(view)
    try:
        with transaction() as tx:
            declared = choices.choices(tx, wanted).variables
            found = ordering.whole(tx, query, _sort(query))
            rows = [row for part in _parts(found) for row in _lines(tx, part, declared)]
    except NotFound:
        return _to_list(view, wanted)
    head = [
        gettext("Application number"),
        gettext("Whom it is about"),
        gettext("Step"),
        gettext("Office"),
        gettext("Who has it"),
        gettext("State"),
        gettext("Deadline"),
        gettext("On the list since"),
        *(one.label for one in declared),
    ]
    return exports.csv_file("tasks", head, rows)


@require(*WORKERS)
def take_next() -> Response:
    """Claim the free task of the list that is due first, and open it."""
    view, wanted = filters.asked()
    try:
        with transaction() as tx:
            row = lists.next_task(tx, world(), caller(), wanted.query(view))
    except NotFound:
        return _to_list(view, wanted)
    if row is None:
        return _to_list(view, wanted, said="none_free")
    return redirect(url_for("desk.task", task_id=row.id, said="claimed"))


def _to_list(view: str, wanted: Filter, **said: Any) -> Response:
    """Back to the list, which says what is wrong with its filter."""
    where = filters.address(view, wanted)
    return redirect(url_for("desk.worklist", **where, **said))


def _sort(query: WorklistQuery) -> str:
    return request.args.get("sort") or query.sort


def _numbers(tx: sa.Connection, saved: Sequence[Link]) -> dict[str, Count]:
    """How many tasks the views hold, by name, and the first saved filters, by id."""
    counted = saved[: kept_filters.COUNTED]
    queries = [Filter().query(name) for name in COUNTED]
    queries += [one.query for one in counted]
    names = [*COUNTED, *(str(one.id) for one in counted)]
    counts = lists.counts(tx, world(), caller(), queries)
    return dict(zip(names, counts, strict=True))


def _load(mine: Count, groups: Count) -> str:
    """One's own load against that of all who share the work."""
    return gettext(
        "You have %(mine)s, your groups %(groups)s in all.",
        mine=_capped(mine),
        groups=_capped(groups),
    )


def _capped(count: Count) -> str:
    """As people say it: 31, or "10 000+" where there are more."""
    return f"{i18n.number(count.number)}{'+' if count.is_capped else ''}"


def _is_breached(row: TaskRow, now: datetime) -> bool:
    """Whether the deadline of the law went by before the task was done."""
    return row.deadline_at is not None and row.deadline_at <= (row.ended_at or now)


def _bands(page: Page[TaskRow], view: str, sort: str, now: datetime) -> list[Band]:
    """By due moment while that is the order; any other order is one list."""
    if view == "done" or sort != "deadline_at":
        return [Band("", "", page.items, is_whole=True)] if page.items else []
    by_name: dict[str, list[TaskRow]] = {}
    for row in page.items:
        name = moments.band(row.deadline_at or row.due_at, now)
        by_name.setdefault(name, []).append(row)
    names = [name for name in words.BANDS if name in by_name]
    cut = set()  # the bands that go on on another page
    if names and page.next_cursor:
        cut.add(names[-1])
    if names and request.args.get("cursor"):
        cut.add(names[0])
    return [
        Band(name, words.of(words.BANDS, name), by_name[name], name not in cut)
        for name in names
    ]


def _parts(rows: Iterator[TaskRow]) -> Iterator[list[TaskRow]]:
    while part := list(islice(rows, READ_AT_ONCE)):
        yield part


def _lines(
    tx: sa.Connection, rows: Sequence[TaskRow], declared: Sequence[VariableField]
) -> Iterator[list[str]]:
    """Lines of a file: what every task has, then the variables that are declared."""
    if not declared:
        yield from map(_cells, rows)
        return
    ids = {row.instance_id for row in rows}
    values = searched_values.of_cases(tx, ids, [one.path for one in declared])
    for row in rows:
        own = values.get(row.instance_id, {})
        yield _cells(row) + [one.said(own.get(one.path)) for one in declared]


def _cells(row: TaskRow) -> list[str]:
    due_at = row.deadline_at or row.due_at
    return [
        row.business_key or "",
        row.subject or "",
        i18n.name_in(row.names, row.element_id),
        i18n.name_in(row.office_names, row.office),
        row.assignee_name or "",
        words.of(words.TASK, row.state),
        moments.exact(due_at) if due_at else "",
        moments.exact(row.created_at),
    ]
