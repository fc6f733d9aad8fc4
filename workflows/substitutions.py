"""Substitutes for absence: who acts for whom on which days.

On these days a substitute holds the roles of a clerk and of a supervisor that the
absent person has, and no other; what was lent is never lent further.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from workflows import listing, people_changes
from workflows.callers import LENT, Caller, today
from workflows.model import InputRefused, NotFound, Page, Role
from workflows.people import login_of
from workflows.ports import Clock
from workflows.store.tables import memberships, offices, substitutions, users

LONGEST = timedelta(days=366)
SHOWN = 50
ORDER = [substitutions.c.from_on.desc(), substitutions.c.id.asc()]
# Who may be named: somebody who works here, not a program and not a parent.
STAFF = (*LENT, Role.DESIGNER, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Substitution:
    """Days on which one person acts for another, both days included."""

    id: uuid.UUID
    user_id: uuid.UUID
    login: str
    name: str
    substitute_id: uuid.UUID
    substitute_login: str
    substitute_name: str
    from_on: date
    to_on: date
    ended_at: datetime | None

    def state(self, day: date) -> str:
        """One of "ended", "over", "now" and "ahead", on this day."""
        if self.ended_at is not None:
            return "ended"
        if self.to_on < day:
            return "over"
        return "now" if self.from_on <= day else "ahead"


@dataclass(frozen=True)
class Colleague:
    """Somebody who may be named as a substitute."""

    login: str
    name: str


def add(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    *,
    user_id: uuid.UUID,
    substitute: str,
    from_on: date,
    to_on: date,
) -> uuid.UUID:
    """Name a substitute, by login, for somebody's absence: one's own, or a clerk's.

    NotFound where the caller may not speak for the person; InputRefused names the
    field to mend.
    """
    # Their row is locked: of two who name a substitute for the same days, one waits.
    tx.execute(sa.select(users.c.id).where(users.c.id == user_id).with_for_update())
    _check_speaks_for(tx, caller, user_id)
    _check_days(clock, from_on, to_on)
    if not substitute.strip():
        raise InputRefused(
            field="substitute", reason="type the user name of the substitute"
        )
    found = tx.execute(
        _able(user_id).where(users.c.login == login_of(substitute))
    ).first()
    if found is None:
        raise InputRefused(
            field="substitute",
            reason="nobody of these offices has this user name: choose one of the list",
        )
    _check_free(tx, user_id, from_on, to_on)
    added: uuid.UUID = tx.execute(
        sa.insert(substitutions)
        .values(
            user_id=user_id,
            substitute_id=found.id,
            from_on=from_on,
            to_on=to_on,
            created_at=clock.now(),
            created_by=caller.user_id,
        )
        .returning(substitutions.c.id)
    ).scalar_one()
    people_changes.record(
        tx,
        clock,
        user_id,
        "substitute_named",
        caller,
        substitute=found.name,
        from_on=from_on.isoformat(),
        to_on=to_on.isoformat(),
    )
    return added


def end(
    tx: sa.Connection, clock: Clock, caller: Caller, substitution_id: uuid.UUID
) -> None:
    """End one before its time; ending what is over changes nothing."""
    row = tx.execute(
        sa.select(substitutions)
        .where(substitutions.c.id == substitution_id)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound(kind="substitution", key=substitution_id)
    _check_speaks_for(tx, caller, row.user_id)
    if row.ended_at is not None or row.to_on < today(clock):
        return
    tx.execute(
        sa.update(substitutions)
        .where(substitutions.c.id == substitution_id)
        .values(ended_at=clock.now(), ended_by=caller.user_id)
    )
    people_changes.record(tx, clock, row.user_id, "substitution_ended", caller)


def of_person(
    tx: sa.Connection, caller: Caller, user_id: uuid.UUID, *, cursor: str | None = None
) -> Page[Substitution]:
    """Who stood, stands and will stand in for somebody, the latest first."""
    _check_speaks_for(tx, caller, user_id)
    query = _every().where(substitutions.c.user_id == user_id)
    return listing.page(tx, query, ORDER, _row, SHOWN, cursor)


def by_substitute(
    tx: sa.Connection, clock: Clock, caller: Caller
) -> list[Substitution]:
    """For whom the caller stands in, today and later."""
    query = _every().where(
        substitutions.c.substitute_id == caller.user_id,
        substitutions.c.ended_at.is_(None),
        substitutions.c.to_on >= today(clock),
    )
    return [_row(row) for row in tx.execute(query.order_by(*ORDER))]


def colleagues(tx: sa.Connection, user_id: uuid.UUID) -> list[Colleague]:
    """Whom a page may propose as a substitute: the nearest first, then by name."""
    able = _able(user_id)
    rows = tx.execute(
        able.order_by(able.selected_columns.away, users.c.name, users.c.id).limit(SHOWN)
    )
    return [Colleague(row.login, row.name) for row in rows]


def speaks_for(tx: sa.Connection, caller: Caller, user_id: uuid.UUID) -> bool:
    """Whether the caller may name this person's substitutes.

    Oneself may; so may who supervises every office where the person has something to
    lend: else a supervisor of one school could lend out what is the ministry's.
    """
    if user_id == caller.user_id:
        return True
    own = [one.office_id for one in caller.own if one.role == Role.SUPERVISOR]
    paths = _paths(tx, user_id)
    return bool(own and paths) and all(set(own) & set(path) for path in paths)


def _check_speaks_for(tx: sa.Connection, caller: Caller, user_id: uuid.UUID) -> None:
    if not speaks_for(tx, caller, user_id):
        raise NotFound(kind="person", key=user_id)


def _check_days(clock: Clock, from_on: date, to_on: date) -> None:
    if from_on < today(clock):
        raise InputRefused(
            field="from_on", reason="the first day is over: choose today or a later one"
        )
    if to_on < from_on:
        raise InputRefused(
            field="to_on",
            reason="the last day is before the first one: choose a later one",
        )
    if to_on - from_on > LONGEST:
        raise InputRefused(
            field="to_on",
            reason="the last day is at most a year after the first one: choose an "
            "earlier one",
        )


def _check_free(
    tx: sa.Connection, user_id: uuid.UUID, from_on: date, to_on: date
) -> None:
    taken = substitutions.c
    if tx.scalar(
        sa.select(taken.id)
        .where(
            taken.user_id == user_id,
            taken.ended_at.is_(None),
            taken.from_on <= to_on,
            taken.to_on >= from_on,
        )
        .limit(1)
    ):
        raise InputRefused(
            field="from_on",
            reason="some of these days have a substitute already: choose other days, "
            "or end that one first",
        )


def _paths(tx: sa.Connection, user_id: uuid.UUID) -> Sequence[list[uuid.UUID]]:
    """The offices where a person has something to lend, each from the root down."""
    return tx.scalars(
        sa.select(offices.c.path)
        .join(memberships, memberships.c.office_id == offices.c.id)
        .where(memberships.c.user_id == user_id, memberships.c.role.in_(LENT))
    ).all()


def _able(user_id: uuid.UUID) -> sa.Select[Any]:
    """Who works at, above or below an office where the person has something to lend;
    `away`: by how many levels, 0 at the same office.
    """
    theirs, place = memberships.alias("theirs"), offices.alias("place")
    away = sa.func.abs(
        sa.func.cardinality(offices.c.path) - sa.func.cardinality(place.c.path)
    )
    near = (
        sa.select(memberships.c.user_id, sa.func.min(away).label("away"))
        .join(offices, offices.c.id == memberships.c.office_id)
        .join(
            place,
            sa.or_(
                offices.c.id == sa.any_(place.c.path),
                place.c.id == sa.any_(offices.c.path),
            ),
        )
        .join(theirs, theirs.c.office_id == place.c.id)
        .where(
            memberships.c.role.in_(STAFF),
            theirs.c.user_id == user_id,
            theirs.c.role.in_(LENT),
        )
        .group_by(memberships.c.user_id)
        .subquery("near")
    )
    return (
        sa.select(users.c.id, users.c.login, users.c.name, near.c.away)
        .join(near, near.c.user_id == users.c.id)
        .where(users.c.id != user_id, users.c.disabled_at.is_(None))
    )


def _every() -> sa.Select[Any]:
    absent, other = users.alias("absent"), users.alias("other")
    return (
        sa.select(
            substitutions.c.id,
            substitutions.c.user_id,
            absent.c.login,
            absent.c.name,
            substitutions.c.substitute_id,
            other.c.login.label("substitute_login"),
            other.c.name.label("substitute_name"),
            substitutions.c.from_on,
            substitutions.c.to_on,
            substitutions.c.ended_at,
        )
        .join(absent, absent.c.id == substitutions.c.user_id)
        .join(other, other.c.id == substitutions.c.substitute_id)
    )


def _row(row: sa.Row[Any]) -> Substitution:
    return listing.value(Substitution, row)
