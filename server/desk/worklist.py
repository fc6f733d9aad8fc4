"""The worklist: what must I do next, and by when?"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from server import exports, i18n, moments, rendering, words
from server.auth import require
from server.context import caller, services, transaction, world
from server.desk import filters
from server.desk.filters import Filter
from server.i18n import gettext
from server.sections import WORKERS
from workflows import worklist as lists
from workflows.model import Page, Role
from workflows.task_rows import TaskRow
from workflows.worklist import Count, WorklistQuery

PAGE_SIZE = 50
COUNTED = ("mine", "groups", "all")  # what is completed is not work that waits


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
def worklist() -> str | Response:
    view, wanted = asked()
    now = services().clock.now()
    query = replace(
        _query(view, wanted), limit=PAGE_SIZE, cursor=request.args.get("cursor") or None
    )
    is_live = rendering.is_fragment()
    with transaction() as tx:
        page = lists.page(tx, world(), caller(), query)
        queries = [Filter().query(name, caller().login) for name in COUNTED]
        counts = lists.counts(tx, world(), caller(), queries)
        choices = None if is_live else filters.choices(tx, wanted)
    numbers = dict(zip(COUNTED, counts, strict=False))
    context: dict[str, Any] = {
        "arguments": address(view, wanted),
        "bands": _bands(page, view, query.sort or "", now),
        "filter": wanted,
        "is_breached": lambda row: _is_breached(row, now),
        "load": _load(numbers["mine"], numbers["groups"]),
        "now": now,
        "numbers": numbers,
        "page": page,
        "saved": [],
        "section": "tasks",
        "sort": query.sort,
        "view": view,
    }
    if choices is None:
        return rendering.live("desk/_worklist.html", is_live=True, **context)
    return render_template(
        "desk/worklist.html",
        chips=filters.chips(wanted, choices),
        choices=choices,
        may_assign=caller().has(Role.SUPERVISOR, Role.ADMINISTRATOR),
        **context,
    )


@require(*WORKERS)
def worklist_csv() -> Response:
    """The list as it is filtered and sorted, whole."""
    view, wanted = asked()
    query = replace(_query(view, wanted), limit=200)
    with transaction() as tx:
        rows = [
            _cells(row)
            for row in exports.every(
                lambda cursor: lists.page(
                    tx, world(), caller(), replace(query, cursor=cursor)
                )
            )
        ]
    head = [
        gettext("Application number"),
        gettext("Whom it is about"),
        gettext("Step"),
        gettext("Office"),
        gettext("Who has it"),
        gettext("State"),
        gettext("Deadline"),
        gettext("On the list since"),
    ]
    return exports.csv_file("tasks", head, rows)


@require(*WORKERS)
def take_next() -> Response:
    """Claim the free task of the list that is due first, and open it."""
    view, wanted = asked()
    with transaction() as tx:
        row = lists.next_task(tx, world(), caller(), wanted.query(view, caller().login))
    if row is None:
        return redirect(
            url_for("desk.worklist", said="none_free", **address(view, wanted))
        )
    return redirect(url_for("desk.task", task_id=row.id, said="claimed"))


def asked() -> tuple[str, Filter]:
    """The view and the filter that the page's address names."""
    usual = "groups" if caller().has(Role.CLERK) else "all"
    return filters.view_of(request.args, usual), filters.read(request.args)


def address(view: str, wanted: Filter) -> dict[str, Any]:
    """The arguments that lead back to a list, its order among them."""
    sort = request.args.get("sort")
    return {"view": view, **({"sort": sort} if sort else {}), **wanted.arguments()}


def _query(view: str, wanted: Filter) -> WorklistQuery:
    usual = "-ended_at" if view == "done" else "deadline_at"
    query = wanted.query(view, caller().login)
    return replace(query, sort=request.args.get("sort") or usual)


def _load(mine: Count, groups: Count) -> str:
    """One's own load against that of all who share the work."""
    return gettext(
        "You have %(mine)s, your groups %(groups)s in all.",
        mine=filters.capped(mine),
        groups=filters.capped(groups),
    )


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
