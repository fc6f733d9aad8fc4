"""The worklist: which tasks a caller is shown, in which order, and how many."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import listing, people, task_rows
from workflows.model import InputRefused, Page
from workflows.store.tables import process_instances, user_tasks, users
from workflows.task_rows import OPEN, TaskRow
from workflows.world import World

# Nulls last: work without a deadline comes after all that has one.
FAR = sa.literal(datetime.fromisoformat("9999-01-01T00:00:00+00:00"))
SORTS: dict[str, list[Any]] = {
    "deadline_at": [sa.func.coalesce(user_tasks.c.sort_at, FAR).asc()],
    "-deadline_at": [sa.func.coalesce(user_tasks.c.sort_at, FAR).desc()],
    "created_at": [user_tasks.c.created_at.asc()],
    "-created_at": [user_tasks.c.created_at.desc()],
    "priority": [user_tasks.c.priority.desc()],
}


@dataclass(frozen=True)
class WorklistQuery:
    """What to show of the worklist; None means no restriction.

    `state` None shows open tasks (created and claimed), "any" shows all.
    """

    state: str | None = None
    candidate_group: str | None = None
    assignee: str | None = None
    process_key: str | None = None
    instance_id: uuid.UUID | None = None
    due_before: datetime | None = None
    due_from: datetime | None = None
    text: str | None = None
    sort: str = "deadline_at"
    limit: int = 20
    cursor: str | None = None


def page(
    tx: sa.Connection, world: World, caller: people.Caller, query: WorklistQuery
) -> Page[TaskRow]:
    """Tasks of the offices that the caller belongs to, the most urgent first."""
    if query.sort not in SORTS:
        raise InputRefused(field="sort", reason=f"one of {', '.join(SORTS)}")
    chosen = task_rows.seen_at(people.visible(caller)).where(*_restrictions(query))
    order = [*SORTS[query.sort], user_tasks.c.id.asc()]
    return listing.page(
        tx,
        chosen,
        order,
        lambda row: task_rows.made(tx, world, row),
        query.limit,
        query.cursor,
    )


def _restrictions(query: WorklistQuery) -> list[sa.ColumnElement[bool]]:
    tasks = user_tasks.c
    wanted: list[sa.ColumnElement[bool]] = []
    if query.state is None:
        wanted.append(tasks.state.in_(OPEN))
    elif query.state != "any":
        wanted.append(tasks.state == query.state)
    if query.candidate_group:
        wanted.append(tasks.candidate_groups.contains([query.candidate_group]))
    if query.assignee:
        wanted.append(users.c.login == query.assignee)
    if query.process_key:
        wanted.append(tasks.process_key == query.process_key)
    if query.instance_id:
        wanted.append(tasks.instance_id == query.instance_id)
    if query.due_before:
        wanted.append(tasks.sort_at < query.due_before)
    if query.due_from:
        wanted.append(tasks.sort_at >= query.due_from)
    if query.text:
        wanted.append(
            process_instances.c.business_key.icontains(query.text, autoescape=True)
            | process_instances.c.subject.icontains(query.text, autoescape=True)
        )
    return wanted
