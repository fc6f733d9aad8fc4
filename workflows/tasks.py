"""User tasks: what a person may do with one."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from forms import AnswersInvalid, Form, letters, validate
from workflows import (
    document_answers,
    duties,
    feel,
    form_faults,
    form_feel,
    lookups,
    people,
    task_rights,
    task_rows,
)
from workflows.model import (
    AnswersRefused,
    InputRefused,
    InstanceState,
    MoveRefused,
    NotAllowed,
    NotFound,
    TaskState,
)
from workflows.released import Released
from workflows.steps import LOCK_ANY, Step, locked, peek
from workflows.store.prepared import Prepared, array_of, constant
from workflows.store.tables import process_instances, user_tasks
from workflows.task_rows import OPEN, TaskRow
from workflows.world import World

NOTE_LETTERS = 500


def get(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> TaskRow:
    """One task; NotFound also where the caller's offices do not own it."""
    return task_rows.made(tx, world, find(tx, caller, task_id))


def variables(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> dict[str, Any]:
    """What the task may see of the case, as FEEL values."""
    task = find(tx, caller, task_id)
    case = peek(tx, world, task.instance_id).case
    return dict(case.visible(task_id) if task.state in OPEN else case.variables)


def form(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> tuple[Form | None, dict[str, Any] | None]:
    """The task's form, read and as its file says it; (None, None) without one."""
    task = find(tx, caller, task_id)
    released = world.library.get(tx, task.release_id, task.definition_version_id)
    if task.form_id is None:
        return None, None
    released = released.of(task.called_process)
    return released.forms[task.form_id], released.form_sources[task.form_id]


def claim(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> TaskRow:
    """Take a task to do; claiming one's own task again changes nothing.

    Who stands in for its holder takes it over. HeldByOther, TaskOver, NotAllowed.
    """
    with _on(tx, world, caller, task_id) as (current, task):
        task_rights.check_open(tx, task, "claimed")
        absent = task_rights.working(
            tx, caller, task, _elements(current, task), "claim"
        )
        if task.assignee_id == caller.user_id:
            return task_rows.made(tx, world, task)
        _write(current, task, TaskState.CLAIMED, assignee_id=caller.user_id)
        _record(current, "task.claimed", task, absent)
    return get(tx, world, caller, task_id)


def release(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> TaskRow:
    """Give a task back to the group; its holder or a supervisor may."""
    with _on(tx, world, caller, task_id) as (current, task):
        task_rights.check_open(tx, task, "released")
        if task.state != TaskState.CLAIMED:
            raise MoveRefused(kind="task", state=task.state, move="released")
        absent = None
        if not task_rights.supervises(caller, task):
            absent = task_rights.holding(caller, task, "release")
        _write(
            current,
            task,
            TaskState.CREATED,
            assignee_id=None,
            delegated_by_id=None,
        )
        _record(current, "task.released", task, absent)
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
        task_rights.check_open(tx, task, "assigned")
        if not task_rights.supervises(caller, task):
            raise NotAllowed(action="assign", kind="task")
        person = _given_to(current, task, assignee)
        _write(
            current,
            task,
            TaskState.CLAIMED,
            assignee_id=person.user_id,
            delegated_by_id=None,
        )
        _record(current, "task.assigned", task, to=person.login)
    return get(tx, world, caller, task_id)


def delegate(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    task_id: uuid.UUID,
    assignee: str,
    note: str = "",
) -> TaskRow:
    """Hand one's task to another candidate by login, with a note of up to 500 letters.

    It can be brought back while it is open.
    """
    note = letters.said(note)
    if len(note) > NOTE_LETTERS:
        raise InputRefused(field="note", reason=f"at most {NOTE_LETTERS} letters")
    with _on(tx, world, caller, task_id) as (current, task):
        task_rights.check_open(tx, task, "delegated")
        absent = task_rights.holding(caller, task, "delegate")
        person = _given_to(current, task, assignee)
        if person.user_id == task.assignee_id:
            raise InputRefused(field="assignee", reason="who has the task already")
        _write(
            current,
            task,
            TaskState.CLAIMED,
            assignee_id=person.user_id,
            delegated_by_id=caller.user_id,
        )
        told = {"note": note} if note else {}
        _record(current, "task.delegated", task, absent, to=person.login, **told)
    return get(tx, world, caller, task_id)


def bring_back(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> TaskRow:
    """Take a delegated task back: who delegated it has it again.

    They may, who stands in for them, and a supervisor. Raises NoneToReturnTo, or what
    `duties.check` raises, where they may not do it any more.
    """
    with _on(tx, world, caller, task_id) as (current, task):
        task_rights.check_open(tx, task, "brought back")
        if task.delegated_by_id is None or task.state != TaskState.CLAIMED:
            raise MoveRefused(kind="task", state=task.state, move="brought back")
        by = task.delegated_by_id
        if not (caller.may_act_for(by) or task_rights.supervises(caller, task)):
            raise NotAllowed(action="bring back", kind="task")
        task_rights.check_back(tx, world.clock, task, _elements(current, task))
        _write(current, task, TaskState.CLAIMED, assignee_id=by, delegated_by_id=None)
        _record(current, "task.brought_back", task, people.acting_for(caller, by))
    return get(tx, world, caller, task_id)


def complete(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    task_id: uuid.UUID,
    answers: Mapping[str, Any],
) -> TaskRow:
    """Complete a task with its answers and move the case on.

    Raises AnswersRefused with the fields to mend, FormFailed where the form itself has
    a fault, TaskOver when somebody was faster, HeldByOther, and NotAllowed where a role
    or a duty keeps the caller from it.
    """
    with _on(tx, world, caller, task_id) as (current, task):
        task_rights.check_open(tx, task, "completed")
        elements = _elements(current, task)
        absent = task_rights.working(tx, caller, task, elements, "complete")
        typed = _validated(current, task, answers)
        done = {"task_id": task_id, "at": current.now, "by": caller.user_id}
        COMPLETE.run(tx, done | {"absent": absent.user_id if absent else None})
        if task.not_by:  # a rule of two steps binds both
            duties.remember(tx, current.id)
        _record(current, "task.completed", task, absent, answers=feel.plain(typed))
        current.case.finish(task_id, typed)
    row = task_rows.made(tx, world, task)
    return replace(row, state=TaskState.COMPLETED, ended_at=current.now)


def rights(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> task_rights.Rights:
    """What the caller may do with a task, and what keeps them from it."""
    task = find(tx, caller, task_id)
    released = world.library.get(tx, task.release_id, task.definition_version_id)
    elements = released.of(task.called_process).elements
    return task_rights.rights(tx, caller, task, elements)


def candidates(
    tx: sa.Connection, caller: people.Caller, task_id: uuid.UUID, text: str = ""
) -> list[task_rights.Candidate]:
    """Whom a task may be given to, of those whose name or login has `text`."""
    return task_rights.candidates(tx, find(tx, caller, task_id), text=text)


def allows_bulk(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> bool:
    """Whether the drawing lets many tasks of this step be completed at once."""
    task = find(tx, caller, task_id)
    released = world.library.get(tx, task.release_id, task.definition_version_id)
    drawing = released.of(task.called_process).definition
    return drawing.elements[task.element_id].is_bulk


def _validated(
    current: Step, task: sa.Row[Any], answers: Mapping[str, Any]
) -> dict[str, Any]:
    """The answers, checked against the form; a task without one takes any JSON."""
    if task.form_id is None:
        return {name: feel.from_plain(value) for name, value in answers.items()}
    released = current.released.of(task.called_process)
    form = released.forms[task.form_id]
    try:
        with form_faults.named(form):
            typed = validate(
                form,
                answers,
                current.case.visible(task.id),
                evaluator(released, current.environment),
                lookups.sources(current.tx, task.id),
            )
    except AnswersInvalid as error:
        raise AnswersRefused(errors=error.errors) from error
    if document_answers.asks_for_documents(form):
        _take_documents(current, task, form, typed)
    return typed


def _take_documents(
    current: Step, task: sa.Row[Any], form: Form, typed: Mapping[str, Any]
) -> None:
    """Documents of the answers become part of the case; those taken back do not."""
    dropped = document_answers.take(
        current.tx,
        form,
        task.id,
        typed,
        current.now,
        must_be_clean=current.world.has_scanner,
    )
    for one in dropped:
        document = one.document
        _record(
            current,
            "document.deleted",
            task,
            document=document.id,
            name=document.name,
        )


def evaluator(released: Released, environment: feel.Environment) -> Any:
    """FEEL as a form sees it: a function of a text and variables."""

    def evaluate(text: str, values: Mapping[str, Any]) -> object:
        expression = released.expression(text.removeprefix("=").strip())
        return form_feel.evaluate(expression, values, environment)

    return evaluate


# Made once: everything that is done with a task runs them.
TASK_ID = sa.bindparam("task_id", type_=user_tasks.c.id.type)
FIND = task_rows.seen_at(people.seen()).where(user_tasks.c.id == TASK_ID)
# The case of a task, found and locked at once; neither ever changes its own.
LOCK_CASE_OF = Prepared(
    LOCK_ANY.where(
        process_instances.c.id
        == sa.select(user_tasks.c.instance_id)
        .where(user_tasks.c.id == TASK_ID, user_tasks.c.office_id.in_(people.seen()))
        .scalar_subquery()
    )
)
COMPLETE = Prepared(
    sa.update(user_tasks)
    .where(user_tasks.c.id == TASK_ID)
    .values(
        state=constant(TaskState.COMPLETED),
        ended_at=sa.bindparam("at", type_=user_tasks.c.ended_at.type),
        completed_by=sa.bindparam("by", type_=user_tasks.c.completed_by.type),
        completed_for=sa.bindparam("absent", type_=user_tasks.c.completed_for.type),
        search=sa.null(),  # whom it was about is for its case to say
    )
)


def find(tx: sa.Connection, caller: people.Caller, task_id: uuid.UUID) -> sa.Row[Any]:
    """The row of a task that the caller's offices own; NotFound if they do not."""
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
    case = LOCK_CASE_OF.run(tx, {"task_id": task_id, "seen_by": seen_by}).fetchone()
    if case is None:
        raise NotFound(kind="task", key=task_id)
    # Of a case that is over, too, the task is looked at: it says who ended it.
    with locked(tx, world, case, people.actor(caller)) as current:
        task = find(tx, caller, task_id)
        state = current.instance.state
        if task.state in OPEN and state != InstanceState.ACTIVE:
            raise MoveRefused(kind="case", state=state, move="moved")
        yield current, task


def _elements(current: Step, task: Any) -> task_rights.Elements:
    return current.released.of(task.called_process).elements


def _given_to(current: Step, task: Any, login: str) -> people.Caller:
    """Somebody who may do the task; InputRefused if they may not."""
    person = people.by_login(current.tx, login)
    if person is None or not task_rights.check_given(
        current.tx, person, task, _elements(current, task)
    ):
        raise InputRefused(field="assignee", reason="not somebody who may do it")
    return person


def _record(
    current: Step,
    type_: str,
    task: sa.Row[Any],
    absent: people.StandIn | None = None,
    **told: Any,
) -> None:
    """Write down what a person did with a task, and in whose place."""
    detail = {"task": str(task.id), **told}
    if absent is not None:
        detail["for"] = absent.login
    current.record(type_, task.element_id, detail, process=task.called_process)


def _write(current: Step, task: sa.Row[Any], state: TaskState, **values: Any) -> None:
    current.tx.execute(
        sa.update(user_tasks)
        .where(user_tasks.c.id == task.id)
        .values(state=state, **values)
    )
