"""The lists of deadlines: what is late, what will be, and what a case has."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from workflows import calendars, listing, people
from workflows.model import DeadlineState, Page
from workflows.store.tables import deadlines as deadline_rows
from workflows.store.tables import offices, process_instances, user_tasks, users

SOON_WORKING_DAYS = 3


@dataclass(frozen=True)
class DeadlineRow:
    """One deadline on the list of what is late or will be."""

    id: uuid.UUID
    instance_id: uuid.UUID
    task_id: uuid.UUID | None
    process_key: str
    element_id: str
    called_process: str | None  # whose drawing has the element; None: the case's
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
    return listing.value(DeadlineRow, row)
