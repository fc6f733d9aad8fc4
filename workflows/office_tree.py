"""The offices below an administrator's own: one at a time, with what is below it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import sqlalchemy as sa

from workflows.callers import Caller
from workflows.model import NotFound
from workflows.people import below
from workflows.people_list import administered
from workflows.store.tables import calendar_overrides, memberships, offices

SHOWN = 1000  # children; a region has some hundred
PROPOSED = 300


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
    """One office with the way to it, and those right below; `office` None: the top."""

    office: Office | None
    above: list[Office]
    below: list[Office]
    overrides: list[Override]


def branch(tx: sa.Connection, caller: Caller, code: str | None, since: date) -> Branch:
    """An office of the caller's or below it; NotFound for any other.

    Without a `code`, the caller's own offices. Overrides are those from `since` on.
    """
    own = administered(caller)
    if code is None:
        return Branch(None, [], _offices(tx, offices.c.id.in_(own)), [])
    row = tx.execute(
        sa.select(offices.c.id, offices.c.path).where(
            offices.c.code == code, offices.c.id.in_(below(own))
        )
    ).first()
    if row is None:
        raise NotFound(kind="office", key=code)
    top = next(place for place, each in enumerate(row.path) if each in own)
    way = _offices(tx, offices.c.id.in_(row.path[top:]))
    return Branch(
        office=way[-1],
        above=way[:-1],
        below=_offices(tx, offices.c.parent_id == row.id),
        overrides=_overrides(tx, row.path, since),
    )


def proposed(tx: sa.Connection, caller: Caller) -> list[tuple[str, Mapping[str, str]]]:
    """(code, names) of the first of the caller's offices, from the top down."""
    rows = tx.execute(
        sa.select(offices.c.code, offices.c.names)
        .where(offices.c.id.in_(below(administered(caller))))
        .order_by(sa.func.cardinality(offices.c.path), offices.c.code)
        .limit(PROPOSED)
    )
    return [(row.code, row.names) for row in rows]


def _offices(tx: sa.Connection, which: sa.ColumnElement[bool]) -> list[Office]:
    """From the top down, then by code."""
    inner = offices.alias("inner_offices")
    is_below = offices.c.id == sa.any_(inner.c.path)
    counted = (
        sa.select(sa.func.count(sa.distinct(memberships.c.user_id)))
        .join(inner, inner.c.id == memberships.c.office_id)
        .where(is_below)
    )
    rows = tx.execute(
        sa.select(
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
        .where(which)
        .order_by(sa.func.cardinality(offices.c.path), offices.c.code)
        .limit(SHOWN)
    )
    return [Office(**row._mapping) for row in rows]


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
