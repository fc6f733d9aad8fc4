"""One thing done with many tasks: each in a transaction of its own, with a report."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from workflows import tasks
from workflows.model import InputRefused, NotAllowed, RasimError
from workflows.people import Caller
from workflows.store.session import Store
from workflows.task_rows import TaskRow
from workflows.world import World

LIMIT = 200
Act = Callable[[sa.Connection, uuid.UUID], TaskRow]


class NotInBulk(NotAllowed):
    """This step wants a decision on each case: complete it on its own page."""


@dataclass(frozen=True)
class Outcome:
    """What came of one id: the task as it is now, or the refusal."""

    task_id: uuid.UUID
    row: TaskRow | None = None
    error: RasimError | None = None

    @property
    def is_done(self) -> bool:
        return self.error is None


def claim(
    store: Store, world: World, caller: Caller, ids: Sequence[uuid.UUID]
) -> list[Outcome]:
    """Claim each; InputRefused for more than 200 ids, as all of these."""
    return _each(store, ids, lambda tx, one: tasks.claim(tx, world, caller, one))


def release(
    store: Store, world: World, caller: Caller, ids: Sequence[uuid.UUID]
) -> list[Outcome]:
    return _each(store, ids, lambda tx, one: tasks.release(tx, world, caller, one))


def assign(
    store: Store,
    world: World,
    caller: Caller,
    ids: Sequence[uuid.UUID],
    assignee: str,
) -> list[Outcome]:
    """Give each to the person with this login."""

    def act(tx: sa.Connection, one: uuid.UUID) -> TaskRow:
        return tasks.assign(tx, world, caller, one, assignee)

    return _each(store, ids, act)


def complete(
    store: Store,
    world: World,
    caller: Caller,
    ids: Sequence[uuid.UUID],
    answers: Mapping[str, Any],
) -> list[Outcome]:
    """Complete each with the same answers, where its drawing allows it (`bulk`)."""

    def act(tx: sa.Connection, one: uuid.UUID) -> TaskRow:
        if not tasks.allows_bulk(tx, world, caller, one):
            raise NotInBulk(action="complete", kind="task")
        return tasks.complete(tx, world, caller, one, answers)

    return _each(store, ids, act)


def _each(store: Store, ids: Sequence[uuid.UUID], act: Act) -> list[Outcome]:
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > LIMIT:
        raise InputRefused(field="ids", reason=f"at most {LIMIT} at once")
    return [_one(store, each, act) for each in wanted]


def _one(store: Store, task_id: uuid.UUID, act: Act) -> Outcome:
    try:
        with store.transaction() as tx:
            return Outcome(task_id, row=act(tx, task_id))
    except RasimError as error:
        return Outcome(task_id, error=error)
