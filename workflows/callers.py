"""Callers: who asks, with the roles they hold and those lent to them today."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.sql.selectable import LateralFromClause

from workflows.model import Role
from workflows.ports import Clock
from workflows.store.tables import memberships, offices, substitutions, users

AnyRow = sa.Row[*tuple[Any, ...]]

HOME = ZoneInfo("Asia/Almaty")  # days of absence are days of this zone
# What a substitute may do for the absent; never to administrate.
LENT = (Role.CLERK, Role.SUPERVISOR)


@dataclass(frozen=True)
class Membership:
    """A role that somebody holds at an office, and so at every office below it."""

    office_id: uuid.UUID
    office_code: str
    role: Role
    for_user: uuid.UUID | None = None  # whom the holder stands in for; None: own


@dataclass(frozen=True)
class StandIn:
    """Somebody absent, for whom a substitute acts today."""

    user_id: uuid.UUID
    login: str
    name: str


@dataclass(frozen=True)
class Caller:
    """Who asks; every use case is told.

    `memberships` holds the roles of those whom the caller stands in for as well.
    """

    user_id: uuid.UUID
    login: str
    name: str
    locale: str
    memberships: tuple[Membership, ...]
    stands_in_for: tuple[StandIn, ...] = ()

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(one.role for one in self.memberships)

    @cached_property
    def own(self) -> tuple[Membership, ...]:
        """The memberships that are the caller's own."""
        return tuple(one for one in self.memberships if one.for_user is None)

    def may_act_for(self, user_id: uuid.UUID | None) -> bool:
        """Whether what this user holds is the caller's to work on today: the caller's
        own, and that of everybody whom the caller stands in for."""
        return user_id is not None and (
            user_id == self.user_id
            or any(one.user_id == user_id for one in self.stands_in_for)
        )

    def has(self, *roles: Role) -> bool:
        """Whether any of the roles is held, at whichever office."""
        return not self.roles.isdisjoint(roles)

    def offices_as(self, *roles: Role) -> tuple[uuid.UUID, ...]:
        """The offices where one of the roles is held; none named: any but applicant.

        Whoever applies at an office sees nothing of it: their own cases are theirs.
        """
        asked = roles or tuple(role for role in Role if role is not Role.APPLICANT)
        held = (one for one in self.memberships if one.role in asked)
        return tuple(dict.fromkeys(one.office_id for one in held))


def today(clock: Clock) -> date:
    return clock.now().astimezone(HOME).date()


def _held() -> LateralFromClause:
    """The memberships of a user's row, and those lent to them on the day `today`.

    Somebody absent who has no role to lend is a row without an office.
    """
    lent, absent = memberships.alias("lent"), users.alias("absent")
    nobody = sa.null()
    own = sa.select(
        memberships.c.office_id,
        memberships.c.role,
        sa.cast(nobody, UUID).label("for_id"),
        sa.cast(nobody, sa.Text).label("for_login"),
        sa.cast(nobody, sa.Text).label("for_name"),
    ).where(memberships.c.user_id == users.c.id)
    others = (
        sa.select(
            lent.c.office_id, lent.c.role, absent.c.id, absent.c.login, absent.c.name
        )
        .select_from(
            substitutions.join(
                absent, absent.c.id == substitutions.c.user_id
            ).outerjoin(
                lent, sa.and_(lent.c.user_id == absent.c.id, lent.c.role.in_(LENT))
            )
        )
        .where(
            substitutions.c.substitute_id == users.c.id,
            substitutions.c.ended_at.is_(None),
            sa.bindparam("today", type_=sa.Date).between(
                substitutions.c.from_on, substitutions.c.to_on
            ),
            absent.c.disabled_at.is_(None),
        )
    )
    return sa.union_all(own, others).lateral("held")


HELD = _held()
# Who calls: one row for each role; a statement that has them takes `today`.
WHO = (
    users.c.id,
    users.c.login,
    users.c.name,
    users.c.locale,
    HELD.c.office_id,
    HELD.c.role,
    HELD.c.for_id,
    HELD.c.for_login,
    HELD.c.for_name,
    offices.c.code,
)


def with_memberships(table: sa.FromClause) -> sa.Join:
    return table.outerjoin(HELD, sa.true()).outerjoin(
        offices, offices.c.id == HELD.c.office_id
    )


def caller_of(rows: Sequence[AnyRow]) -> Caller:
    first = rows[0]
    held = tuple(
        dict.fromkeys(
            Membership(row.office_id, row.code, Role(row.role), row.for_id)
            for row in rows
            if row.office_id is not None
        )
    )
    absent = dict.fromkeys(
        StandIn(row.for_id, row.for_login, row.for_name)
        for row in rows
        if row.for_id is not None
    )
    return Caller(first.id, first.login, first.name, first.locale, held, tuple(absent))
