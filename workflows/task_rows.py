"""One user task as people and programs see it, with its case, office and holder."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import listing
from workflows.model import TaskState
from workflows.store.tables import offices, process_instances, user_tasks, users
from workflows.world import World

OPEN = (TaskState.CREATED, TaskState.CLAIMED)


@dataclass(frozen=True)
class TaskRow:
    """One task as people and programs see it; `name` comes in three languages."""

    id: uuid.UUID
    instance_id: uuid.UUID
    process_key: str
    element_id: str
    called_process: str | None  # whose drawing has the element; None: the case's
    names: Mapping[str, str]
    state: str
    assignee: str | None  # login
    assignee_name: str | None
    candidate_groups: list[str]
    office: str
    office_names: Mapping[str, str]
    business_key: str | None
    subject: str | None
    created_at: datetime
    deadline_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    priority: int
    form_id: str | None
    norms: list[str]


def seen_at(seen: sa.Select[tuple[uuid.UUID]]) -> sa.Select[Any]:
    """The tasks of these offices, with the columns of which `made` makes rows."""
    return every().where(user_tasks.c.office_id.in_(seen))


def every() -> sa.Select[Any]:
    """All tasks, whoever sees them, with the columns of which `made` makes rows."""
    return (
        sa.select(
            user_tasks,
            users.c.login.label("assignee"),
            users.c.name.label("assignee_name"),
            offices.c.code.label("office"),
            offices.c.names.label("office_names"),
            offices.c.path.label("office_path"),
            process_instances.c.business_key,
            process_instances.c.subject,
            process_instances.c.release_id,
            process_instances.c.definition_version_id,
        )
        .join(process_instances, process_instances.c.id == user_tasks.c.instance_id)
        .join(offices, offices.c.id == user_tasks.c.office_id)
        .outerjoin(users, users.c.id == user_tasks.c.assignee_id)
    )


def made(tx: sa.Connection, world: World, row: sa.Row[Any]) -> TaskRow:
    released = world.library.get(tx, row.release_id, row.definition_version_id)
    drawing = released.of(row.called_process)
    names = drawing.elements[row.element_id]["names"]
    return listing.value(TaskRow, row, names=names)
