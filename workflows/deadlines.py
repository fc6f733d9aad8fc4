"""Deadlines: the moment by which the law wants a task or a case done.

A term is counted in the working days of the office that owes the act (`calendars`).
A missed deadline stays missed when the work is done later; `met_at` then tells when.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from workflows import calendars, listing, people
from workflows.engine import effects as engine_effects
from workflows.model import DeadlineState, DueState, Page
from workflows.store.prepared import Prepared, array_of, constant
from workflows.store.tables import deadlines as deadline_rows
from workflows.store.tables import (
    due_work,
    offices,
    process_instances,
    user_tasks,
    users,
)

if TYPE_CHECKING:
    from workflows.steps import Step

SOON_WORKING_DAYS = 3


def _meeting(which: sa.ColumnElement[bool]) -> Prepared:
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
    return Prepared(
        sa.update(due_work)
        .where(
            due_work.c.queue == sa.literal_column("'deadline'"),
            due_work.c.subject_id.in_(sa.select(met.c.id)),
            due_work.c.state == constant(DueState.WAITING),
        )
        .values(state=constant(DueState.CANCELED))
    )


START = Prepared(
    sa.insert(deadline_rows),
    "id",
    "instance_id",
    "task_id",
    "process_key",
    "element_id",
    "office_id",
    "state",
    "term",
    "norms",
    "started_at",
    "due_at",
    "is_estimated",
)
MEET_TASKS = _meeting(
    deadline_rows.c.task_id
    == sa.any_(sa.bindparam("task_ids", type_=ARRAY(deadline_rows.c.task_id.type)))
)
MEET_CASE = _meeting(deadline_rows.c.task_id.is_(None))
MEET_ALL = _meeting(sa.true())


@dataclass(frozen=True)
class Term:
    """A deadline before it is a row: its end, and the words it was said in."""

    at: datetime
    text: str
    is_estimated: bool
    norms: tuple[str, ...]


@dataclass(frozen=True)
class DeadlineRow:
    """One deadline on the list of what is late or will be."""

    id: uuid.UUID
    instance_id: uuid.UUID
    task_id: uuid.UUID | None
    process_key: str
    element_id: str
    business_key: str | None
    subject: str | None
    office: str
    office_names: dict[str, str]
    assignee: str | None
    state: str
    term: str
    norms: list[str]
    started_at: datetime
    due_at: datetime
    is_estimated: bool
    met_at: datetime | None
    missed_at: datetime | None


@dataclass(frozen=True)
class Overview:
    """The three numbers of the supervisor's page: open deadlines only."""

    missed: int
    today: int
    soon: int  # within three days, today not counted


@dataclass(frozen=True)
class Totals:
    """The numbers of the overview for one procedure at one office."""

    process_key: str
    office: str
    office_names: dict[str, str]
    missed: int
    today: int
    soon: int


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
            (task.token, task.element_id, term)
            for task, term in zip(tasks, terms, strict=True)
            if term is not None
        ],
    )


def start_for_case(step: Step) -> None:
    """Start the deadline of the case itself, if its process has one."""
    term = _term(step, step.case.deadline(), _words(step, "deadline.norm"))
    if term is not None:
        _start(step, [(None, step.released.definition.key, term)])


def _words(step: Step, name: str) -> tuple[str, ...]:
    """A property of the process that lists ids, between blanks."""
    return tuple(step.released.definition.properties.get(name, "").split())


def _start(step: Step, wanted: list[tuple[uuid.UUID | None, str, Term]]) -> None:
    """Write the deadlines; their due work is written with the step's other."""
    if not wanted:
        return
    rows: list[dict[str, Any]] = [
        {
            "id": uuid.uuid4(),
            "instance_id": step.id,
            "task_id": task_id,
            "process_key": step.instance.process_key,
            "element_id": element_id,
            "office_id": step.instance.office_id,
            "state": str(DeadlineState.RUNNING),
            "term": term.text,
            "norms": list(term.norms),
            "started_at": step.now,
            "due_at": term.at,
            "is_estimated": term.is_estimated,
        }
        for task_id, element_id, term in wanted
    ]
    START.run_each(step.tx, rows)
    step.due.extend(("deadline", row["due_at"], row["id"]) for row in rows)


def meet_tasks(step: Step, task_ids: list[uuid.UUID]) -> None:
    """The tasks are over, done or not needed: their deadlines end."""
    if task_ids:
        MEET_TASKS.run(
            step.tx,
            {"case_id": step.id, "at": step.now, "task_ids": array_of(task_ids)},
        )


def meet_case(step: Step, element_ids: list[str]) -> None:
    """One of the elements that deliver the case's result has completed."""
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
        .returning(deadline_rows.c.element_id, deadline_rows.c.due_at)
    ).one_or_none()
    if missed is not None:
        step.record(
            "deadline.missed", missed.element_id, {"due_at": missed.due_at.isoformat()}
        )


def overview(tx: sa.Connection, caller: people.Caller, now: datetime) -> Overview:
    """How many open deadlines are missed, end today, or end within three days."""
    today_ends, soon_ends = _horizons(now)
    due = deadline_rows.c.due_at
    row = tx.execute(
        sa.select(
            sa.func.count().filter(due <= now).label("missed"),
            sa.func.count().filter(due > now, due <= today_ends).label("today"),
            sa.func.count().filter(due > today_ends, due <= soon_ends).label("soon"),
        ).where(_open(caller))
    ).one()
    return Overview(row.missed, row.today, row.soon)


def totals(tx: sa.Connection, caller: people.Caller, now: datetime) -> list[Totals]:
    """The same three numbers by procedure and office, the most missed first."""
    today_ends, soon_ends = _horizons(now)
    due = deadline_rows.c.due_at
    missed = sa.func.count().filter(due <= now).label("missed")
    today = sa.func.count().filter(due > now, due <= today_ends).label("today")
    soon = sa.func.count().filter(due > today_ends, due <= soon_ends).label("soon")
    groups = (deadline_rows.c.process_key, offices.c.code, offices.c.names)
    rows = tx.execute(
        sa.select(*groups, missed, today, soon)
        .join(offices, offices.c.id == deadline_rows.c.office_id)
        .where(_open(caller), due <= soon_ends)
        .group_by(*groups)
        .order_by(missed.desc(), today.desc(), soon.desc(), offices.c.code)
    ).all()
    return [
        Totals(row.process_key, row.code, row.names, row.missed, row.today, row.soon)
        for row in rows
    ]


def listed(
    tx: sa.Connection,
    caller: people.Caller,
    now: datetime,
    *,
    band: str | None = None,
    process_key: str | None = None,
    office: str | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> Page[DeadlineRow]:
    """Open deadlines, the most urgent first.

    `band` is "missed", "today", "soon" or None for all.
    """
    today_ends, soon_ends = _horizons(now)
    due = deadline_rows.c.due_at
    bands = {
        None: sa.true(),
        "missed": due <= now,
        "today": (due > now) & (due <= today_ends),
        "soon": (due > today_ends) & (due <= soon_ends),
    }
    query = _joined().where(_open(caller), bands[band])
    if process_key:
        query = query.where(deadline_rows.c.process_key == process_key)
    if office:
        query = query.where(offices.c.code == office)
    order = [due.asc(), deadline_rows.c.id.asc()]
    return listing.page(tx, query, order, _row, limit, cursor)


def of_case(tx: sa.Connection, instance_id: uuid.UUID) -> list[DeadlineRow]:
    """Every deadline of a case that the caller has already been allowed to see."""
    query = _joined().where(deadline_rows.c.instance_id == instance_id)
    rows = tx.execute(query.order_by(deadline_rows.c.due_at)).all()
    return [_row(row) for row in rows]


def _joined() -> sa.Select[Any]:
    return (
        sa.select(
            deadline_rows,
            process_instances.c.business_key,
            process_instances.c.subject,
            offices.c.code.label("office"),
            offices.c.names.label("office_names"),
            users.c.name.label("assignee"),
        )
        .join(process_instances, process_instances.c.id == deadline_rows.c.instance_id)
        .join(offices, offices.c.id == deadline_rows.c.office_id)
        .outerjoin(user_tasks, user_tasks.c.id == deadline_rows.c.task_id)
        .outerjoin(users, users.c.id == user_tasks.c.assignee_id)
    )


def _open(caller: people.Caller) -> sa.ColumnElement[bool]:
    # A case's deadline is told by its open task's, where that one is not later.
    of_task = deadline_rows.alias()
    told_by_task = sa.exists().where(
        of_task.c.instance_id == deadline_rows.c.instance_id,
        of_task.c.task_id.is_not(None),
        of_task.c.met_at.is_(None),
        of_task.c.due_at <= deadline_rows.c.due_at,
    )
    return sa.and_(
        deadline_rows.c.met_at.is_(None),
        deadline_rows.c.task_id.is_not(None) | ~told_by_task,
        deadline_rows.c.state != DeadlineState.PAUSED,
        deadline_rows.c.office_id.in_(people.visible(caller)),
    )


def _horizons(now: datetime) -> tuple[datetime, datetime]:
    """The end of today and of the third working day, by the state's calendar."""
    calendar = calendars.WorkingCalendar(calendars.OfficeHours(), {})
    local = now.astimezone(calendar.zone)
    midnight = datetime.combine(
        local.date() + timedelta(days=1), datetime.min.time(), calendar.zone
    )
    third = calendar.add_working_days(local.date(), SOON_WORKING_DAYS)
    soon = datetime.combine(
        third + timedelta(days=1), datetime.min.time(), calendar.zone
    )
    return midnight, soon


def _row(row: sa.Row[Any]) -> DeadlineRow:
    return DeadlineRow(
        **{name: row._mapping[name] for name in DeadlineRow.__dataclass_fields__}
    )
