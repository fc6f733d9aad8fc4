"""The people of an administrator's offices: found, filtered, sorted, one by one."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from forms import letters
from workflows import listing
from workflows.callers import LENT, Caller, today
from workflows.model import InputRefused, NotFound, Page, Role
from workflows.people import below
from workflows.ports import Clock
from workflows.store.tables import (
    identities,
    memberships,
    offices,
    second_factors,
    sessions,
    substitutions,
    users,
)

SORTS: Mapping[str, list[Any]] = {
    "name": [users.c.name.asc()],
    "-name": [users.c.name.desc()],
    "login": [users.c.login.asc()],
    "-login": [users.c.login.desc()],
    "created_at": [users.c.created_at.asc()],
    "-created_at": [users.c.created_at.desc()],
}
STATES = ("active", "locked", "disabled")


@dataclass(frozen=True)
class Held:
    """A role at an office, as a person's page tells it."""

    role: Role
    office_id: uuid.UUID
    office: str  # code
    office_names: Mapping[str, str]
    source: str  # "local", or "openid": given and taken by the provider


@dataclass(frozen=True)
class PersonRow:
    """Somebody of the list; `held` is what they hold at offices that the reader has."""

    id: uuid.UUID
    login: str
    name: str
    state: str
    created_at: datetime
    held: tuple[Held, ...]


@dataclass(frozen=True)
class Person:
    """One person as their administrator sees them."""

    row: PersonRow
    elsewhere: int  # roles, own or lent, at offices that are not the reader's
    has_password: bool
    first_password_until: datetime | None  # None: the password is their own
    has_codes: bool
    issuers: tuple[str, ...]  # of the providers that vouch for them
    last_seen_at: datetime | None  # of the sessions that are kept

    @property
    def is_whole(self) -> bool:
        """Whether the whole account is the reader's to change, not only some roles."""
        return self.elsewhere == 0


@dataclass(frozen=True)
class PeopleQuery:
    """Which people; None means no restriction. `office`: a code, with all below it."""

    text: str | None = None
    office: str | None = None
    role: str | None = None
    state: str | None = None
    sort: str = "name"
    limit: int = 50
    cursor: str | None = None


def administered(caller: Caller) -> list[uuid.UUID]:
    """The offices whose people are the caller's to change, with all below them."""
    held = (one.office_id for one in caller.own if one.role == Role.ADMINISTRATOR)
    return list(dict.fromkeys(held))


def page(
    tx: sa.Connection, clock: Clock, caller: Caller, query: PeopleQuery
) -> Page[PersonRow]:
    """People who hold a role at the caller's offices or below them."""
    if query.sort not in SORTS:
        raise InputRefused(field="sort", reason=f"one of {', '.join(SORTS)}")
    state = _state(clock.now())
    chosen = _visible(caller, state).where(*_restrictions(caller, query, state))
    order = [*SORTS[query.sort], users.c.id.asc()]
    found = listing.page(tx, chosen, order, lambda row: row, query.limit, query.cursor)
    held = _held(tx, caller, [row.id for row in found.items])
    return Page(
        items=[_row(row, held.get(row.id, ())) for row in found.items],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_capped=found.total_is_capped,
    )


def get(tx: sa.Connection, clock: Clock, caller: Caller, user_id: uuid.UUID) -> Person:
    """One person; NotFound also where no office of theirs is the caller's."""
    row = tx.execute(
        _visible(caller, _state(clock.now()))
        .add_columns(
            users.c.password_hash.is_not(None).label("has_password"),
            users.c.first_password_until,
            sa.select(second_factors.c.user_id)
            .where(
                second_factors.c.user_id == users.c.id,
                second_factors.c.confirmed_at.is_not(None),
            )
            .exists()
            .label("has_codes"),
            sa.select(sa.func.max(sessions.c.last_seen_at))
            .where(sessions.c.user_id == users.c.id)
            .scalar_subquery()
            .label("last_seen_at"),
            sa.select(sa.func.count())
            .select_from(memberships)
            .where(memberships.c.user_id == users.c.id)
            .scalar_subquery()
            .label("all_held"),
            _lent_elsewhere(caller, today(clock)).label("lent_elsewhere"),
        )
        .where(users.c.id == user_id)
    ).first()
    if row is None:
        raise NotFound(kind="person", key=user_id)
    held = _held(tx, caller, [user_id]).get(user_id, ())
    issuers = tx.scalars(
        sa.select(identities.c.issuer).where(identities.c.user_id == user_id)
    ).all()
    return Person(
        row=_row(row, held),
        elsewhere=row.all_held - len(held) + row.lent_elsewhere,
        has_password=row.has_password,
        first_password_until=row.first_password_until,
        has_codes=row.has_codes,
        issuers=tuple(dict.fromkeys(issuers)),
        last_seen_at=row.last_seen_at,
    )


def _visible(caller: Caller, state: sa.ColumnElement[str]) -> sa.Select[Any]:
    own = administered(caller)
    theirs = sa.select(memberships.c.user_id).where(
        memberships.c.office_id.in_(below(own))
    )
    # Who holds nothing at all is found by those above all others, lest they be lost.
    roots = (
        sa.select(offices.c.id)
        .where(offices.c.parent_id.is_(None), offices.c.id.in_(own))
        .exists()
    )
    nothing = ~(
        sa.select(memberships.c.user_id)
        .where(memberships.c.user_id == users.c.id)
        .exists()
    )
    return sa.select(
        users.c.id,
        users.c.login,
        users.c.name,
        users.c.created_at,
        state.label("state"),
    ).where(users.c.id.in_(theirs) | (roots & nothing))


def _lent_elsewhere(caller: Caller, day: date) -> sa.ScalarSelect[int]:
    """How many roles at others' offices a person is lent, today or later."""
    lent = memberships.alias("lent")
    return (
        sa.select(sa.func.count())
        .select_from(lent)
        .join(substitutions, substitutions.c.user_id == lent.c.user_id)
        .where(
            substitutions.c.substitute_id == users.c.id,
            substitutions.c.ended_at.is_(None),
            substitutions.c.to_on >= day,
            lent.c.role.in_(LENT),
            lent.c.office_id.not_in(below(administered(caller))),
        )
        .scalar_subquery()
    )


def _state(now: datetime) -> sa.ColumnElement[str]:
    return sa.case(
        (users.c.disabled_at.is_not(None), sa.literal("disabled")),
        (users.c.locked_until > now, sa.literal("locked")),
        else_=sa.literal("active"),
    )


def _restrictions(
    caller: Caller, query: PeopleQuery, state: sa.ColumnElement[str]
) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if text := letters.line(query.text or ""):
        wanted.append(
            users.c.name.icontains(text, autoescape=True)
            | users.c.login.icontains(text, autoescape=True)
        )
    if query.state:
        wanted.append(state == query.state)
    if query.office or query.role:
        held = sa.select(memberships.c.user_id).where(
            memberships.c.office_id.in_(below(administered(caller)))
        )
        if query.role:
            held = held.where(memberships.c.role == query.role)
        if query.office:
            top = sa.select(offices.c.id).where(offices.c.code == query.office)
            at = sa.select(offices.c.id).where(
                top.scalar_subquery() == sa.any_(offices.c.path)
            )
            held = held.where(memberships.c.office_id.in_(at))
        wanted.append(users.c.id.in_(held))
    return wanted


def _held(
    tx: sa.Connection, caller: Caller, user_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, tuple[Held, ...]]:
    rows = tx.execute(
        sa.select(memberships, offices.c.code, offices.c.names)
        .join(offices, offices.c.id == memberships.c.office_id)
        .where(
            memberships.c.user_id.in_(list(user_ids)),
            memberships.c.office_id.in_(below(administered(caller))),
        )
        .order_by(sa.func.cardinality(offices.c.path), offices.c.code)
        .order_by(memberships.c.role)
    )
    found: dict[uuid.UUID, tuple[Held, ...]] = {}
    for row in rows:
        one = Held(Role(row.role), row.office_id, row.code, row.names, row.source)
        found[row.user_id] = (*found.get(row.user_id, ()), one)
    return found


def _row(row: sa.Row[Any], held: tuple[Held, ...]) -> PersonRow:
    return PersonRow(row.id, row.login, row.name, row.state, row.created_at, held)
