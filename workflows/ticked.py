"""Several tasks at once, as somebody ticked them on a list: read in one statement."""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from workflows import people, task_rights, task_rows
from workflows.store.tables import user_tasks
from workflows.task_rows import TaskRow
from workflows.world import World


def get(
    tx: sa.Connection, world: World, caller: people.Caller, ids: Sequence[uuid.UUID]
) -> list[TaskRow]:
    """The tasks in the order of the ids, without those that the caller does not see."""
    return [task_rows.made(tx, world, row) for row in _rows(tx, caller, ids)]


def candidates(
    tx: sa.Connection, caller: people.Caller, ids: Sequence[uuid.UUID]
) -> list[task_rights.Candidate]:
    """Those who may do all of the tasks, who has least to do first."""
    rows = _rows(tx, caller, ids)
    return task_rights.candidates(tx, *rows) if rows else []


def allows_bulk(
    tx: sa.Connection, world: World, caller: people.Caller, ids: Sequence[uuid.UUID]
) -> bool:
    """Whether all are of one step, which each case's drawing lets be done in bulk."""
    rows = _rows(tx, caller, ids)
    kinds = {(one.process_key, one.called_process, one.element_id) for one in rows}
    return len(kinds) == 1 and all(
        world.library.get(tx, one.release_id, one.definition_version_id)
        .of(one.called_process)
        .definition.elements[one.element_id]
        .is_bulk
        for one in rows
    )


def _rows(
    tx: sa.Connection, caller: people.Caller, ids: Sequence[uuid.UUID]
) -> list[sa.Row[Any]]:
    if not ids:
        return []
    query = task_rows.seen_at(people.seen()).where(user_tasks.c.id.in_(ids))
    found = tx.execute(query, {"seen_by": caller.offices_as()})
    rows = {row.id: row for row in found}
    return [rows[one] for one in ids if one in rows]
