"""Separation of duties: a step that must not be done by whoever did another one."""

import string
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID, array

from workflows.model import NotAllowed, TaskState
from workflows.store.prepared import Ids, Prepared, array_of, constant
from workflows.store.tables import user_tasks, users


class DutyRefused(NotAllowed):
    """Another person must do this."""

    step: Mapping[str, str]  # the other step's name: kk, ru, en

    def __str__(self) -> str:
        step = self.step.get("en") or next(iter(self.step.values()), "")
        return string.Formatter().vformat(self.msgid, (), self.data | {"step": step})


class DoneBySame(DutyRefused):
    """You did the step “{step}” of this case, so another person must do this."""


class DoneByOther(DutyRefused):
    """{who} did the step “{step}” of this case, so another person must do this."""


class DoneByAbsent(DutyRefused):
    """{who}, for whom you stand in, did the step “{step}” of this case, so another
    person must do this."""


@dataclass(frozen=True)
class Done:
    """A step of the case that keeps somebody from another one."""

    user_id: uuid.UUID
    name: str
    element_id: str
    called_process: str | None


def _done_before(task: Any, done: Any) -> list[sa.ColumnElement[bool]]:
    """Completed steps of the same case and drawing that `task` is not to be done by."""
    return [
        done.c.instance_id == task.c.instance_id,
        done.c.element_id == sa.any_(task.c.not_by),
        done.c.called_process.is_not_distinct_from(task.c.called_process),
        done.c.state == constant(TaskState.COMPLETED),
    ]


def _those_who_did() -> sa.ColumnElement[Any]:
    done = user_tasks.alias("done")
    both = sa.func.unnest(array([done.c.completed_by, done.c.completed_for]))
    who: sa.ColumnElement[Any] = both.column_valued("who")
    found = (
        sa.select(who)
        .distinct()
        .select_from(done)
        .where(*_done_before(user_tasks, done), who.is_not(None))
    )
    return sa.func.array(found.correlate(user_tasks).scalar_subquery())


REMEMBER = Prepared(
    sa.update(user_tasks)
    .where(
        user_tasks.c.instance_id == sa.bindparam("case_id", type_=UUID()),
        user_tasks.c.state.in_(
            [constant(TaskState.CREATED), constant(TaskState.CLAIMED)]
        ),
        user_tasks.c.not_by != sa.literal_column("'{}'"),
    )
    .values(barred_ids=_those_who_did())
)


def remember(tx: sa.Connection, case_id: uuid.UUID) -> None:
    """Write down on the open tasks of a case who may not do them.

    To be called where a task with the rule opens, and where a step that a rule names
    was done. A step done in somebody's place counts as done by both.
    """
    REMEMBER.run(tx, {"case_id": case_id})


def barred(user_ids: Sequence[uuid.UUID]) -> sa.ColumnElement[bool]:
    """Whether an open row of `user_tasks` must not be done by these people."""
    asked = sa.literal(array_of(user_ids), Ids())
    return user_tasks.c.barred_ids.op("&&", return_type=sa.Boolean())(asked)


def done_before(tx: sa.Connection, *tasks: Any) -> list[Done]:
    """Who did steps whose doers may not do one of the tasks (rows of `user_tasks`)."""
    ruled = [task.id for task in tasks if task.not_by]
    if not ruled:
        return []
    asked, done = user_tasks.alias("asked"), user_tasks.alias("done")
    rows = tx.execute(
        sa.select(users.c.id, users.c.name, done.c.element_id, done.c.called_process)
        .select_from(asked)
        .join(done, sa.and_(*_done_before(asked, done)))
        .join(users, users.c.id.in_([done.c.completed_by, done.c.completed_for]))
        .where(asked.c.id.in_(ruled))
        .order_by(done.c.ended_at)
    )
    return [Done(row.id, row.name, row.element_id, row.called_process) for row in rows]


def check(
    tx: sa.Connection,
    task: Any,
    user_id: uuid.UUID,
    elements: Mapping[str, Mapping[str, Any]],
    instead_of: uuid.UUID | None = None,
    *,
    is_other: bool = False,
) -> None:
    """Raises an error that says which step keeps a person from this task.

    `elements`: those of the task's drawing by id, with their names; `instead_of`: the
    absent person for whom they act; `is_other`: the task is to be given to them,
    somebody else asks.
    """
    # What they did themselves is told first.
    for done in sorted(done_before(tx, task), key=lambda one: one.user_id != user_id):
        step = elements[done.element_id]["names"]
        told = {"action": "do", "kind": "task", "step": step, "who": done.name}
        if done.user_id == user_id:
            raise (DoneByOther if is_other else DoneBySame)(**told)
        if done.user_id == instead_of:
            raise DoneByAbsent(**told)
