"""People, programs and offices: who calls, which roles they hold, what they see."""

import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID, insert

from workflows import passwords
from workflows.callers import HOME as HOME
from workflows.callers import WHO, caller_of, today, with_memberships
from workflows.callers import AnyRow as AnyRow
from workflows.callers import Caller as Caller
from workflows.callers import Membership as Membership
from workflows.callers import StandIn as StandIn
from workflows.model import InputRefused, NotFound, Role
from workflows.ports import Clock
from workflows.store.tables import memberships, offices, users


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demonstration, and the office that they work at, if any."""

    caller: Caller
    office_names: Mapping[str, str]


def below(office_ids: Sequence[uuid.UUID]) -> sa.Select[tuple[uuid.UUID]]:
    """The ids of these offices and of everything below them, for `column.in_(...)`."""
    own = sa.cast(list(office_ids), ARRAY(UUID))
    return sa.select(offices.c.id).where(offices.c.path.op("&&")(own))


def visible(caller: Caller, *roles: Role) -> sa.Select[tuple[uuid.UUID]]:
    """The offices that the caller sees (as one of `roles`), for `column.in_(...)`."""
    return below(caller.offices_as(*roles))


def seen() -> sa.Select[tuple[uuid.UUID]]:
    """As `visible`, in a statement that is made once; it takes `seen_by`."""
    own = sa.bindparam("seen_by", type_=ARRAY(UUID))
    return sa.select(offices.c.id).where(offices.c.path.op("&&")(own))


def sees(tx: sa.Connection, caller: Caller, office_id: uuid.UUID, *roles: Role) -> bool:
    """Whether one office is among those that the caller sees (as one of `roles`)."""
    own = caller.offices_as(*roles)
    if office_id in own:
        return True
    if not own:
        return False
    return bool(
        tx.scalar(sa.select(below(own).where(offices.c.id == office_id).exists()))
    )


def roles_at(caller: Caller, office_path: Sequence[uuid.UUID]) -> frozenset[Role]:
    """The roles held at an office or above it; `office_path`: ids from the root."""
    return frozenset(
        one.role for one in caller.memberships if one.office_id in office_path
    )


def actor(caller: Caller) -> str:
    """How the history names who acted: by login, which never changes."""
    return caller.login


def acting_for(caller: Caller, user_id: uuid.UUID | None) -> StandIn | None:
    """Whom the caller stands in for when acting on what this user holds; else None."""
    return next((one for one in caller.stands_in_for if one.user_id == user_id), None)


def is_visible_to(
    user_id: sa.ColumnElement[Any], office_id: uuid.UUID | sa.BindParameter[Any]
) -> sa.ColumnElement[bool]:
    """Whether the person of a row belongs to this office, or to one above it."""
    above = sa.select(sa.func.unnest(offices.c.path)).where(offices.c.id == office_id)
    return (
        sa.select(memberships.c.user_id)
        .where(memberships.c.user_id == user_id, memberships.c.office_id.in_(above))
        .exists()
    )


def by_login(
    tx: sa.Connection, login: str, clock: Clock | None = None
) -> Caller | None:
    """The caller that a login stands for; None if there is none, or disabled.

    With a `clock`, also what is lent to them today; without one, their own roles.
    """
    rows = tx.execute(
        sa.select(*WHO)
        .select_from(with_memberships(users))
        .where(users.c.login == login_of(login), users.c.disabled_at.is_(None)),
        {"today": None if clock is None else today(clock)},
    ).all()
    return caller_of(rows) if rows else None


def known(tx: sa.Connection, login: str, clock: Clock | None = None) -> Caller:
    """As `by_login`; NotFound instead of None."""
    caller = by_login(tx, login, clock)
    if caller is None:
        raise NotFound(kind="user", key=login)
    return caller


def names_of(tx: sa.Connection, logins: Iterable[str]) -> dict[str, str]:
    """Login -> name, also of who is disabled now; of no other login."""
    rows = tx.execute(
        sa.select(users.c.login, users.c.name).where(users.c.login.in_(list(logins)))
    )
    return {row.login: row.name for row in rows}


def demo_people(tx: sa.Connection) -> list[DemoPerson]:
    """Everybody whom the demonstration brought, by login."""
    rows = tx.execute(
        sa.select(*WHO, offices.c.names.label("office_names"))
        .select_from(with_memberships(users))
        .where(users.c.is_demo, users.c.disabled_at.is_(None))
        .order_by(users.c.login),
        {"today": None},
    ).all()
    by_id: dict[uuid.UUID, list[AnyRow]] = {}
    for row in rows:
        by_id.setdefault(row.id, []).append(row)
    return [
        DemoPerson(caller_of(own), own[0].office_names or {}) for own in by_id.values()
    ]


def set_locale(tx: sa.Connection, caller: Caller, locale: str) -> None:
    """Remember the language in which the caller reads pages ("kk", "ru", "en")."""
    tx.execute(
        sa.update(users).where(users.c.id == caller.user_id).values(locale=locale)
    )


def add_office(
    tx: sa.Connection,
    *,
    code: str,
    kind: str,
    names: Mapping[str, str],
    parent: str | None = None,
    region: str | None = None,
    hours: tuple[time, time] | None = None,
) -> uuid.UUID:
    """A new office below the office with the code `parent`; its id.

    `kind`: ministry, region, district, school or operator; `names`: kk, ru, en;
    `hours`: opening and closing, Asia/Almaty, 09:00-18:30 unless told.
    """
    above = None if parent is None else _office(tx, parent)
    office_id = uuid.uuid4()
    values: dict[str, object] = {
        "id": office_id,
        "code": code,
        "kind": kind,
        "parent_id": above.id if above else None,
        "path": [*(above.path if above else []), office_id],
        "names": dict(names),
        "region": region if region is not None or above is None else above.region,
    }
    if hours is not None:
        values["opens_at"], values["closes_at"] = hours
    added = tx.execute(
        insert(offices).values(values).on_conflict_do_nothing().returning(offices.c.id)
    ).first()
    if added is None:
        raise InputRefused(field="code", reason=f"there is an office {code} already")
    return office_id


def ensure_root(tx: sa.Connection, *, code: str, names: Mapping[str, str]) -> None:
    """Add the office above all, a ministry, where there is no office at all yet."""
    if tx.scalar(sa.select(sa.func.count()).select_from(offices)) == 0:
        add_office(tx, code=code, kind="ministry", names=names)


def add_user(
    tx: sa.Connection,
    clock: Clock,
    *,
    login: str,
    name: str | None = None,
    password: str | None = None,
    locale: str = "kk",
    is_demo: bool = False,
) -> uuid.UUID:
    """A new user without any role; without a password one has tokens only."""
    login = login_of(login)
    if not login:
        raise InputRefused(field="login", reason="type a user name")
    hashed = (
        None if password is None else passwords.new(login, password, name=name or "")
    )
    added = tx.execute(
        insert(users)
        .values(
            login=login,
            name=name or login,
            password_hash=hashed,
            locale=locale,
            is_demo=is_demo,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(users.c.id)
    ).first()
    if added is None:
        raise InputRefused(
            field="login",
            reason="somebody has this user name already: choose another",
        )
    user_id: uuid.UUID = added.id
    return user_id


def add_membership(
    tx: sa.Connection, *, login: str, role: Role, office: str | None = None
) -> None:
    """Give a role at the office with this code; without one, at the root office."""
    at = _root(tx) if office is None else _office(tx, office)
    added = tx.execute(
        insert(memberships)
        .values(user_id=known(tx, login).user_id, office_id=at.id, role=role)
        .on_conflict_do_nothing()
        .returning(memberships.c.user_id)
    ).first()
    if added is None:
        raise InputRefused(
            field="role", reason=f"{login} is {role} at {at.code} already"
        )


def login_of(login: str) -> str:
    """One spelling: no capitals, and nothing unseen, as of a name from a message."""
    plain = unicodedata.normalize("NFKC", login).replace("\0", "")
    seen = (each for each in plain if unicodedata.category(each) != "Cf")
    return "".join(seen).strip().casefold()


def _office(tx: sa.Connection, code: str) -> AnyRow:
    row = tx.execute(sa.select(offices).where(offices.c.code == code)).first()
    if row is None:
        raise NotFound(kind="office", key=code)
    return row


def _root(tx: sa.Connection) -> AnyRow:
    rows = tx.execute(sa.select(offices).where(offices.c.parent_id.is_(None))).all()
    if len(rows) != 1:
        raise InputRefused(
            field="office", reason=f"name one: {len(rows)} have none above"
        )
    return rows[0]
