"""User tasks: what a person may do with one."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from forms import AnswersInvalid, Form, validate
from workflows import feel, people, task_rows
from workflows.model import (
    MOVES,
    AnswersRefused,
    InputRefused,
    MoveRefused,
    NotAllowed,
    NotFound,
    Role,
    TaskState,
)
from workflows.released import Released
from workflows.steps import Step, peek, step
from workflows.store.prepared import Prepared, array_of, constant
from workflows.store.tables import user_tasks
from workflows.task_rows import OPEN, TaskRow
from workflows.world import World


def get(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> TaskRow:
    """One task; NotFound also where the caller's offices do not own it."""
    return task_rows.made(tx, world, _find(tx, caller, task_id))


def variables(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> dict[str, Any]:
    """What the task may see of the case, as FEEL values."""
    task = _find(tx, caller, task_id)
    case = peek(tx, world, task.instance_id).case
    return dict(case.visible(task_id) if task.state in OPEN else case.variables)


def form(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> tuple[Form | None, dict[str, Any] | None]:
    """The task's form, read and as its file says it; (None, None) without one."""
    task = _find(tx, caller, task_id)
    released = world.library.get(tx, task.release_id, task.definition_version_id)
    if task.form_id is None:
        return None, None
    released = released.of(task.called_process)
    return released.forms[task.form_id], released.form_sources[task.form_id]


def claim(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> TaskRow:
    """Take a task to do; claiming one's own task again changes nothing."""
    with _on(tx, world, caller, task_id) as (current, task):
        _may_work(caller, task, "claim")
        if task.state == TaskState.CLAIMED and task.assignee_id == caller.user_id:
            return task_rows.made(tx, world, task)
        _move(current, task, TaskState.CLAIMED, "claimed", assignee_id=caller.user_id)
        _record(current, "task.claimed", task)
    return get(tx, world, caller, task_id)


def release(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> TaskRow:
    """Give a task back to the group; its holder or a supervisor may."""
    with _on(tx, world, caller, task_id) as (current, task):
        if task.assignee_id != caller.user_id and not _supervises(caller, task):
            raise NotAllowed(action="release", kind="task")
        if task.state != TaskState.CLAIMED:
            raise MoveRefused(kind="task", state=task.state, move="released")
        _move(current, task, TaskState.CREATED, "released", assignee_id=None)
        _record(current, "task.released", task)
    return get(tx, world, caller, task_id)


def assign(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    task_id: uuid.UUID,
    assignee: str,
) -> TaskRow:
    """Give a task to a person by login; supervisors do this."""
    with _on(tx, world, caller, task_id) as (current, task):
        if not _supervises(caller, task):
            raise NotAllowed(action="assign", kind="task")
        person = people.by_login(tx, assignee)
        if person is None or not _is_candidate(person, task):
            raise InputRefused(field="assignee", reason="not somebody who may do it")
        if task.state not in OPEN:
            raise MoveRefused(kind="task", state=task.state, move="assigned")
        _write(current, task, TaskState.CLAIMED, assignee_id=person.user_id)
        _record(current, "task.assigned", task, to=assignee)
    return get(tx, world, caller, task_id)


def complete(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    task_id: uuid.UUID,
    answers: Mapping[str, Any],
) -> TaskRow:
    """Complete a task with its answers and move the case on.

    Raises AnswersRefused with the fields to mend, MoveRefused when somebody was faster,
    NotAllowed when another person holds it.
    """
    with _on(tx, world, caller, task_id) as (current, task):
        if task.state not in OPEN:
            raise MoveRefused(kind="task", state=task.state, move="completed")
        _may_work(caller, task, "complete")
        if task.assignee_id not in (None, caller.user_id):
            raise NotAllowed(action="complete", kind="task")
        typed = _validated(current, task, answers)
        COMPLETE.run(tx, {"task_id": task_id, "at": current.now, "by": caller.user_id})
        _record(current, "task.completed", task, answers=feel.plain(typed))
        current.case.finish(task_id, typed)
    row = task_rows.made(tx, world, task)
    return replace(row, state=TaskState.COMPLETED, ended_at=current.now)


def _validated(
    current: Step, task: sa.Row[Any], answers: Mapping[str, Any]
) -> dict[str, Any]:
    """The answers, checked against the form; a task without one takes any JSON."""
    if task.form_id is None:
        return {name: feel.from_plain(value) for name, value in answers.items()}
    released = current.released.of(task.called_process)
    try:
        typed = validate(
            released.forms[task.form_id],
            answers,
            current.case.visible(task.id),
            evaluator(released, current.environment),
        )
    except AnswersInvalid as error:
        raise AnswersRefused(errors=error.errors) from error
    return {name: feel.from_plain(value) for name, value in typed.items()}


def evaluator(released: Released, environment: feel.Environment) -> Any:
    """FEEL as a form sees it: a function of a text and variables."""

    def evaluate(text: str, values: Mapping[str, Any]) -> object:
        return released.expression(text.removeprefix("=").strip()).evaluate(
            values, environment
        )

    return evaluate


# Made once: everything that is done with a task runs them.
TASK_ID = sa.bindparam("task_id", type_=user_tasks.c.id.type)
FIND = task_rows.seen_at(people.seen()).where(user_tasks.c.id == TASK_ID)
CASE_OF = Prepared(
    sa.select(user_tasks.c.instance_id).where(
        user_tasks.c.id == TASK_ID, user_tasks.c.office_id.in_(people.seen())
    )
)
COMPLETE = Prepared(
    sa.update(user_tasks)
    .where(user_tasks.c.id == TASK_ID)
    .values(
        state=constant(TaskState.COMPLETED),
        ended_at=sa.bindparam("at", type_=user_tasks.c.ended_at.type),
        completed_by=sa.bindparam("by", type_=user_tasks.c.completed_by.type),
    )
)


def _find(tx: sa.Connection, caller: people.Caller, task_id: uuid.UUID) -> sa.Row[Any]:
    row = tx.execute(
        FIND, {"task_id": task_id, "seen_by": caller.offices_as()}
    ).one_or_none()
    if row is None:
        raise NotFound(kind="task", key=task_id)
    return row


@contextmanager
def _on(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> Iterator[tuple[Step, sa.Row[Any]]]:
    """Lock the task's case, then read the task: nobody changes it under us."""
    seen_by = array_of(caller.offices_as())
    found = CASE_OF.run(tx, {"task_id": task_id, "seen_by": seen_by}).fetchone()
    if found is None:
        raise NotFound(kind="task", key=task_id)
    with step(tx, world, found.instance_id, people.actor(caller)) as current:
        yield current, _find(tx, caller, task_id)


def _move(
    current: Step, task: sa.Row[Any], state: TaskState, move: str, **values: Any
) -> None:
    if state not in MOVES.get(TaskState(task.state), ()):
        raise MoveRefused(kind="task", state=task.state, move=move)
    _write(current, task, state, **values)


def _record(current: Step, type_: str, task: sa.Row[Any], **told: Any) -> None:
    """Write down what a person did with a task."""
    detail = {"task": str(task.id), **told}
    current.record(type_, task.element_id, detail, process=task.called_process)


def _write(current: Step, task: sa.Row[Any], state: TaskState, **values: Any) -> None:
    current.tx.execute(
        sa.update(user_tasks)
        .where(user_tasks.c.id == task.id)
        .values(state=state, **values)
    )


def _may_work(caller: people.Caller, task: sa.Row[Any], action: str) -> None:
    if not (_is_candidate(caller, task) or _supervises(caller, task)):
        raise NotAllowed(action=action, kind="task")


def _is_candidate(person: people.Caller, task: sa.Row[Any]) -> bool:
    """A candidate group is a role at the task's office, or at one above it."""
    held = people.roles_at(person, task.office_path)
    if not task.candidate_groups and not task.candidate_users:
        return bool(held - {Role.APPLICANT})
    return person.login in task.candidate_users or not held.isdisjoint(
        task.candidate_groups
    )


def _supervises(person: people.Caller, task: sa.Row[Any]) -> bool:
    held = people.roles_at(person, task.office_path)
    return not held.isdisjoint({Role.SUPERVISOR, Role.ADMINISTRATOR})
