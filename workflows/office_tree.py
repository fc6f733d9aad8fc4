"""The offices below an administrator's own: one at a time, with what is below it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import sqlalchemy as sa

from workflows import listing
from workflows.callers import Caller
from workflows.model import NotFound, Page
from workflows.people import below
from workflows.people_list import administered
from workflows.store.tables import calendar_overrides, memberships, offices

SHOWN = 1000  # days ahead that are against the calendar; a year has some dozen
PROPOSED = 300
# From the top down, then by code.
ORDER = [
    sa.func.cardinality(offices.c.path, type_=sa.Integer).asc(),
    offices.c.code.asc(),
]


@dataclass(frozen=True)
class Office:
    """One office; `people` counts those who hold a role at it or below it."""

    id: uuid.UUID
    code: str
    kind: str
    names: Mapping[str, str]
    opens_at: time
    closes_at: time
    people: int
    offices: int  # below it
    overrides: int  # days that are its own


@dataclass(frozen=True)
class Override:
    """A day on which an office works, or does not, against the calendar."""

    day: date
    is_working: bool
    source: str
    office_names: Mapping[str, str] | None  # None: of the whole state


@dataclass(frozen=True)
class Branch:
    """One office with the way to it; `office` None: the top."""

    office: Office | None
    above: list[Office]
    overrides: list[Override]


def branch(tx: sa.Connection, caller: Caller, code: str | None, since: date) -> Branch:
    """An office of the caller's or below it; NotFound for any other.

    Without a `code`, the caller's own offices. Overrides are those from `since` on.
    """
    own = administered(caller)
    if code is None:
        return Branch(None, [], [])
    row = tx.execute(
        sa.select(offices.c.id, offices.c.path).where(
            offices.c.code == code, offices.c.id.in_(below(own))
        )
    ).first()
    if row is None:
        raise NotFound(kind="office", key=code)
    top = next(place for place, each in enumerate(row.path) if each in own)
    query = _counted().where(offices.c.id.in_(row.path[top:])).order_by(*ORDER)
    way = [_office(each) for each in tx.execute(query)]
    return Branch(
        office=way[-1],
        above=way[:-1],
        overrides=_overrides(tx, row.path, since),
    )


def right_below(
    tx: sa.Connection,
    caller: Caller,
    office: Office | None,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[Office]:
    """The offices right below one that `branch` found; of the top, the caller's own."""
    own = administered(caller)
    which = offices.c.id.in_(own) if office is None else _children(office)
    return listing.page(tx, _counted().where(which), ORDER, _office, limit, cursor)


def _children(office: Office) -> sa.ColumnElement[bool]:
    return offices.c.parent_id == office.id


def proposed(tx: sa.Connection, caller: Caller) -> list[tuple[str, Mapping[str, str]]]:
    """(code, names) of the first of the caller's offices, from the top down."""
    rows = tx.execute(
        sa.select(offices.c.code, offices.c.names)
        .where(offices.c.id.in_(below(administered(caller))))
        .order_by(sa.func.cardinality(offices.c.path), offices.c.code)
        .limit(PROPOSED)
    )
    return [(row.code, row.names) for row in rows]


def _counted() -> sa.Select[Any]:
    inner = offices.alias("inner_offices")
    is_below = offices.c.id == sa.any_(inner.c.path)
    counted = (
        sa.select(sa.func.count(sa.distinct(memberships.c.user_id)))
        .join(inner, inner.c.id == memberships.c.office_id)
        .where(is_below)
    )
    return sa.select(
        offices.c.id,
        offices.c.code,
        offices.c.kind,
        offices.c.names,
        offices.c.opens_at,
        offices.c.closes_at,
        counted.scalar_subquery().label("people"),
        sa.select(sa.func.count() - 1)
        .select_from(inner)
        .where(is_below)
        .scalar_subquery()
        .label("offices"),
        sa.select(sa.func.count())
        .select_from(calendar_overrides)
        .where(calendar_overrides.c.office_id == offices.c.id)
        .scalar_subquery()
        .label("overrides"),
    )


def _office(row: sa.Row[Any]) -> Office:
    return listing.value(Office, row)


def _overrides(tx: sa.Connection, path: Any, since: date) -> list[Override]:
    """Those that hold at an office: its own, of those above it, of the state."""
    rows = tx.execute(
        sa.select(calendar_overrides, offices.c.names)
        .outerjoin(offices, offices.c.id == calendar_overrides.c.office_id)
        .where(
            calendar_overrides.c.office_id.in_(path)
            | calendar_overrides.c.office_id.is_(None),
            calendar_overrides.c.day >= since,
        )
        .order_by(calendar_overrides.c.day)
        .limit(SHOWN)
    )
    return [Override(row.day, row.is_working, row.source, row.names) for row in rows]
