"""Deadlines: the moment by which the law wants a task or a case done.

A term is counted in the working days of the office that owes the act (`calendars`).
A missed deadline stays missed when the work is done later; `met_at` then tells when.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from workflows import calendars
from workflows.engine import effects as engine_effects
from workflows.ids import new_id
from workflows.model import DeadlineState, DueState
from workflows.store.prepared import Prepared, constant
from workflows.store.tables import deadlines as deadline_rows
from workflows.store.tables import due_work

if TYPE_CHECKING:
    from workflows.steps import Step


def _meeting(which: sa.ColumnElement[bool]) -> sa.Delete:
    """Ends the open deadlines of `case_id` that are meant, and their due work."""
    rows = deadline_rows.c
    case_id = sa.bindparam("case_id", type_=rows.instance_id.type)
    at = sa.bindparam("at", type_=rows.due_at.type)
    is_late = rows.due_at < at
    met = (
        sa.update(deadline_rows)
        .where(rows.instance_id == case_id, rows.met_at.is_(None), which)
        .values(
            met_at=at,
            state=sa.case(
                (
                    is_late | (rows.state == constant(DeadlineState.MISSED)),
                    constant(DeadlineState.MISSED),
                ),
                else_=constant(DeadlineState.MET),
            ),
            missed_at=sa.case(
                (is_late, sa.func.coalesce(rows.missed_at, rows.due_at)),
                else_=rows.missed_at,
            ),
        )
        .returning(rows.id)
        .cte("met")
    )
    return sa.delete(due_work).where(
        due_work.c.queue == sa.literal_column("'deadline'"),
        due_work.c.subject_id.in_(sa.select(met.c.id)),
        due_work.c.state == constant(DueState.WAITING),
    )


START = Prepared(
    sa.insert(deadline_rows),
    "id",
    "instance_id",
    "task_id",
    "process_key",
    "element_id",
    "called_process",
    "office_id",
    "state",
    "term",
    "norms",
    "started_at",
    "due_at",
    "is_estimated",
)
MEET_CASE = Prepared(_meeting(deadline_rows.c.task_id.is_(None)))
MEET_ALL = Prepared(_meeting(sa.true()))


@dataclass(frozen=True)
class Term:
    """A deadline before it is a row: its end, and the words it was said in."""

    at: datetime
    text: str
    is_estimated: bool
    norms: tuple[str, ...]


def count(step: Step, text: str, norms: Iterable[str]) -> Term:
    """The end of a term such as "1 working day", counted from now.

    What arrives after closing counts as arrived on the next working day.
    """
    calendar = step.environment.calendar
    start = calendars.arrival(step.now, calendar)
    end = calendars.term_end(calendars.parse_term(text), start, calendar)
    return Term(end.at, text, end.estimated, tuple(norms))


def term_of(step: Step, task: engine_effects.TaskOpened) -> Term | None:
    """The deadline that the drawing gives a task: a term in words, or a moment."""
    return _term(step, task.deadline, task.norms)


def _term(step: Step, said: str | datetime | None, norms: Iterable[str]) -> Term | None:
    if said is None:
        return None
    if isinstance(said, str):
        return count(step, said, norms)
    calendar = step.environment.calendar
    day = said.astimezone(calendar.zone).date()
    return Term(
        said.astimezone(UTC),
        said.isoformat(timespec="minutes"),
        calendar.is_estimated(day),
        tuple(norms),
    )


def start_for_tasks(
    step: Step,
    tasks: list[engine_effects.TaskOpened],
    terms: list[Term | None],
) -> None:
    """Start the deadlines of tasks that were just opened."""
    _start(
        step,
        [
            (task, term)
            for task, term in zip(tasks, terms, strict=True)
            if term is not None
        ],
    )


def start_for_case(step: Step) -> None:
    """Start the deadline of the case itself, if its process has one."""
    term = _term(step, step.case.deadline(), _words(step, "deadline.norm"))
    if term is not None:
        _start(step, [(None, term)])


def _words(step: Step, name: str) -> tuple[str, ...]:
    """A property of the process that lists ids, between blanks."""
    return tuple(step.released.definition.properties.get(name, "").split())


def _start(
    step: Step, wanted: list[tuple[engine_effects.TaskOpened | None, Term]]
) -> None:
    """Write the deadlines; their due work is written with the step's other.

    One without a task is that of the case, and bears the key of its process.
    """
    if not wanted:
        return
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "instance_id": step.id,
            "task_id": task.token if task else None,
            "process_key": step.instance.process_key,
            "element_id": (task.element_id if task else step.released.definition.key),
            "called_process": task.process if task else None,
            "office_id": step.instance.office_id,
            "state": str(DeadlineState.RUNNING),
            "term": term.text,
            "norms": list(term.norms),
            "started_at": step.now,
            "due_at": term.at,
            "is_estimated": term.is_estimated,
        }
        for task, term in wanted
    ]
    START.run_each(step.tx, rows)
    due = ((row["due_at"], row["id"], row["element_id"]) for row in rows)
    step.due.extend(("deadline", *each) for each in due)


def meeting_tasks() -> sa.Delete:
    """The tasks `task_ids` of `case_id` are over, done or not needed at the moment
    `at`: their deadlines end."""
    task_id = deadline_rows.c.task_id
    ids = sa.bindparam("task_ids", type_=ARRAY(task_id.type))
    return _meeting(task_id == sa.any_(ids))


def meet_case(step: Step, element_ids: list[str]) -> None:
    """Elements of the case's own drawing have completed: if one delivers its result,
    the case's deadline is met."""
    if not set(_words(step, "deadline.met_by")).isdisjoint(element_ids):
        MEET_CASE.run(step.tx, {"case_id": step.id, "at": step.now})


def meet_all(step: Step) -> None:
    """The case has ended: no deadline of it runs on."""
    MEET_ALL.run(step.tx, {"case_id": step.id, "at": step.now})


def miss(step: Step, deadline_id: uuid.UUID) -> None:
    """The moment has come and the work is not done: written down, once."""
    missed = step.tx.execute(
        sa.update(deadline_rows)
        .where(
            deadline_rows.c.id == deadline_id,
            deadline_rows.c.state == DeadlineState.RUNNING,
        )
        .values(state=DeadlineState.MISSED, missed_at=step.now)
        .returning(
            deadline_rows.c.element_id,
            deadline_rows.c.called_process,
            deadline_rows.c.due_at,
        )
    ).one_or_none()
    if missed is not None:
        step.record(
            "deadline.missed",
            missed.element_id,
            {"due_at": missed.due_at.isoformat()},
            process=missed.called_process,
        )
