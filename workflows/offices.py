"""The working time of an office: its hours, the state's holidays, decrees over both."""

import threading
import time
import uuid
from collections.abc import Iterable, Mapping
from datetime import date

import sqlalchemy as sa

from workflows.calendars import OfficeHours, WorkingCalendar
from workflows.model import NotFound
from workflows.store.tables import calendar_overrides, offices

FRESH_SECONDS = 30.0


class Calendars:
    """Calendars by office, read again after half a minute: decrees do come in."""

    def __init__(self) -> None:
        self._kept: dict[uuid.UUID, tuple[float, WorkingCalendar]] = {}
        self._lock = threading.Lock()

    def of(self, tx: sa.Connection, office_id: uuid.UUID) -> WorkingCalendar:
        kept = self._kept.get(office_id)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        calendar = read_calendar(tx, office_id)
        with self._lock:
            self._kept[office_id] = (time.monotonic() + FRESH_SECONDS, calendar)
        return calendar


def read_calendar(tx: sa.Connection, office_id: uuid.UUID) -> WorkingCalendar:
    """An override of the office beats one of an office above it, nearest first."""
    office = tx.execute(
        sa.select(offices.c.path, offices.c.opens_at, offices.c.closes_at).where(
            offices.c.id == office_id
        )
    ).one_or_none()
    if office is None:
        raise NotFound(kind="office", key=office_id)
    rows = tx.execute(
        sa.select(calendar_overrides).where(
            calendar_overrides.c.office_id.in_(office.path)
            | calendar_overrides.c.office_id.is_(None)
        )
    ).all()
    nearness = {place: rank for rank, place in enumerate(office.path)}
    overrides: dict[date, bool] = {
        row.day: row.is_working
        for row in sorted(rows, key=lambda row: nearness.get(row.office_id, -1))
    }
    return WorkingCalendar(OfficeHours(office.opens_at, office.closes_at), overrides)


def names_of(
    tx: sa.Connection, office_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, Mapping[str, str]]:
    """What offices are called, in three languages, by id."""
    rows = tx.execute(
        sa.select(offices.c.id, offices.c.names).where(offices.c.id.in_(office_ids))
    )
    return {row.id: row.names for row in rows}


def names_by_code(
    tx: sa.Connection, codes: Iterable[str]
) -> dict[str, Mapping[str, str]]:
    """What offices are called, in three languages, by code; of no other code."""
    rows = tx.execute(
        sa.select(offices.c.code, offices.c.names).where(offices.c.code.in_(codes))
    )
    return {row.code: row.names for row in rows}


def by_code(tx: sa.Connection, code: str) -> uuid.UUID:
    """The id of the office with this code (a BIN, or a region's code)."""
    found = tx.scalar(sa.select(offices.c.id).where(offices.c.code == code))
    if found is None:
        raise NotFound(kind="office", key=code)
    return uuid.UUID(str(found))


def root_or_none(tx: sa.Connection) -> uuid.UUID | None:
    """The office above all others: the ministry, where several stand alone."""
    found = tx.scalar(
        sa.select(offices.c.id)
        .where(offices.c.parent_id.is_(None))
        .order_by(offices.c.kind != "ministry", offices.c.code)
        .limit(1)
    )
    return uuid.UUID(str(found)) if found else None


def root(tx: sa.Connection) -> uuid.UUID:
    """As `root_or_none`; NotFound while there is no office at all."""
    found = root_or_none(tx)
    if found is None:
        raise NotFound(kind="office", key="above all others")
    return found
