"""The worklist: what must I do next, and by when?"""

from dataclasses import dataclass, replace

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from server import exports, i18n, moments, rendering, words
from server.auth import require
from server.context import caller, services, transaction, world
from server.i18n import gettext
from server.sections import WORKERS
from workflows import tasks
from workflows import worklist as lists
from workflows.model import Page, TaskState
from workflows.task_rows import TaskRow
from workflows.worklist import WorklistQuery

PAGE_SIZE = 50
VIEWS = ("all", "free", "mine", "done")


@dataclass(frozen=True)
class Band:
    """Tasks that are due alike: "overdue", "today", "later", or "" for one list."""

    name: str
    title: str
    tasks: list[TaskRow]


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/tasks", "worklist", worklist)
    blueprint.add_url_rule("/tasks.csv", "worklist_csv", worklist_csv)
    blueprint.add_url_rule("/tasks/next", "take_next", take_next, methods=["POST"])


@require(*WORKERS)
def worklist() -> str | Response:
    view = _view()
    with transaction() as tx:
        page = lists.page(tx, world(), caller(), _query(view))
        counts = {name: _count(tx, name) for name in VIEWS if name != "done"}
    context = {
        "bands": _bands(page, view),
        "counts": counts,
        "page": page,
        "section": "tasks",
        "sort": request.args.get("sort", "deadline_at"),
        "view": view,
    }
    if rendering.is_fragment():
        return rendering.live("desk/_worklist.html", is_live=True, **context)
    return render_template("desk/worklist.html", **context)


@require(*WORKERS)
def worklist_csv() -> Response:
    """The list as it is filtered and sorted, whole."""
    query = replace(_query(_view()), limit=200)
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
    """Claim the free task that is due first, and open it."""
    query = WorklistQuery(state=TaskState.CREATED, limit=1)
    with transaction() as tx:
        page = lists.page(tx, world(), caller(), query)
        if page.items:
            tasks.claim(tx, world(), caller(), page.items[0].id)
    if not page.items:
        return redirect(url_for("desk.worklist", said="none_free"))
    return redirect(url_for("desk.task", task_id=page.items[0].id, said="claimed"))


def _view() -> str:
    asked = request.args.get("view", "all")
    return asked if asked in VIEWS else "all"


def _query(view: str) -> WorklistQuery:
    query = WorklistQuery(
        text=request.args.get("q", "").strip() or None,
        sort=request.args.get("sort", "deadline_at"),
        limit=PAGE_SIZE,
        cursor=request.args.get("cursor") or None,
    )
    return _seen_as(query, view)


def _seen_as(query: WorklistQuery, view: str) -> WorklistQuery:
    if view == "free":
        return replace(query, state=TaskState.CREATED)
    if view == "mine":
        return replace(query, state=TaskState.CLAIMED, assignee=caller().login)
    if view == "done":
        return replace(query, state=TaskState.COMPLETED)
    return query


def _count(tx: sa.Connection, view: str) -> int:
    query = _seen_as(WorklistQuery(limit=1), view)
    return lists.page(tx, world(), caller(), query).total


def _bands(page: Page[TaskRow], view: str) -> list[Band]:
    """By due moment while that is the order; any other order is one list."""
    is_by_deadline = request.args.get("sort", "deadline_at") == "deadline_at"
    if view == "done" or not is_by_deadline:
        return [Band("", "", page.items)] if page.items else []
    now = services().clock.now()
    found = []
    for name in words.BANDS:
        due = [
            row
            for row in page.items
            if moments.band(row.deadline_at or row.due_at, now) == name
        ]
        if due:
            found.append(Band(name, words.of(words.BANDS, name), due))
    return found


def _cells(row: TaskRow) -> list[str]:
    due_at = row.deadline_at or row.due_at
    return [
        row.business_key or "",
        i18n.name_in(row.names, row.element_id),
        i18n.name_in(row.office_names, row.office),
        row.assignee_name or "",
        words.of(words.TASK, row.state),
        moments.exact(due_at) if due_at else "",
        moments.exact(row.created_at),
    ]
