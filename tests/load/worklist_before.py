"""The worklist's statement as it was before there were views: what is compared with."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from workflows import listing, people, task_rows
from workflows.callers import Caller
from workflows.model import Page
from workflows.store.tables import process_instances, user_tasks
from workflows.task_rows import OPEN, TaskRow
from workflows.world import World

INDEX = (
    "CREATE INDEX user_tasks_worklist_idx ON user_tasks (office_id, sort_at, id)"
    " WHERE state IN ('created', 'claimed')"
)
FAR = sa.literal_column("'9999-01-01 00:00:00+00'::timestamptz")
ORDER = [sa.func.coalesce(user_tasks.c.sort_at, FAR).asc(), user_tasks.c.id.asc()]


@dataclass(frozen=True)
class Before:
    """What could be asked then."""

    is_free: bool = False
    process_key: str | None = None
    is_overdue: bool = False
    text: str | None = None


def page(
    tx: sa.Connection, world: World, caller: Caller, asked: Before, limit: int
) -> Page[TaskRow]:
    chosen = task_rows.seen_at(people.visible(caller)).where(
        user_tasks.c.state.in_(OPEN), *_restrictions(world, asked)
    )

    def made(row: sa.Row[Any]) -> TaskRow:
        return task_rows.made(tx, world, row)

    return listing.page(tx, chosen, ORDER, made, limit, None)


def _restrictions(world: World, asked: Before) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if asked.is_free:
        found.append(user_tasks.c.state == "created")
    if asked.process_key:
        found.append(user_tasks.c.process_key == asked.process_key)
    if asked.is_overdue:
        found.append(user_tasks.c.sort_at < world.clock.now())
    if asked.text:
        found.append(
            process_instances.c.business_key.icontains(asked.text, autoescape=True)
            | process_instances.c.subject.icontains(asked.text, autoescape=True)
        )
    return found
