"""Who somebody is elsewhere: people whom a provider of identities vouches for.

A person is known by (issuer, subject) and nothing else: an address or a login may pass
to somebody else. What the provider says of roles is taken anew at each sign-in.
"""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from forms import letters
from workflows import people_changes
from workflows.model import InputRefused, Role
from workflows.people import add_user, known, login_of
from workflows.ports import Clock
from workflows.sessions import SignedIn, start
from workflows.store.tables import identities, memberships, offices, users

LOGIN_LENGTH = 100
NAME_LENGTH = 200


@dataclass(frozen=True)
class Told:
    """What the provider says of somebody who signed in there; `roles` hold codes of
    offices."""

    issuer: str
    subject: str
    login: str  # wished; a new person gets it if nobody has it
    name: str
    locale: str
    roles: tuple[tuple[Role, str], ...]


class Reason(enum.StrEnum):
    """Why somebody whom the provider knows does not come in."""

    DISABLED = "disabled"
    NO_ROLE = "no_role"
    OFFICE_UNKNOWN = "office_unknown"


@dataclass(frozen=True)
class Refusal:
    """Committed like a success: roles that are gone at the provider are gone here."""

    reason: Reason
    detail: str = ""


def enter(
    tx: sa.Connection, clock: Clock, told: Told, browser: str = ""
) -> SignedIn | Refusal:
    """A session of the person behind an identity; who is new is made."""
    codes = list(dict.fromkeys(code for _, code in told.roles))
    found = _offices(tx, codes)
    missing = [code for code in codes if code not in found]
    user = _user(tx, told)
    if user is not None and user.disabled_at is not None:
        return Refusal(Reason.DISABLED)
    if missing or (user is None and not told.roles):
        if user is not None:
            _replace(tx, clock, user.id, [])
        reason = Reason.OFFICE_UNKNOWN if missing else Reason.NO_ROLE
        return Refusal(reason, ", ".join(missing))
    user_id = _make(tx, clock, told) if user is None else user.id
    _replace(tx, clock, user_id, [(role, found[code]) for role, code in told.roles])
    if user is not None:
        tx.execute(
            sa.update(users).where(users.c.id == user_id).values(name=_name(told))
        )
    if not _has_role(tx, user_id):
        return Refusal(Reason.NO_ROLE)
    return start(tx, user_id, clock.now(), "openid", browser)


def link(
    tx: sa.Connection, clock: Clock, *, login: str, issuer: str, subject: str
) -> None:
    """Let somebody who is here already come in by an identity as well."""
    user_id = known(tx, login).user_id
    added = tx.execute(
        insert(identities)
        .values(issuer=issuer, subject=subject, user_id=user_id, created_at=clock.now())
        .on_conflict_do_nothing()
        .returning(identities.c.user_id)
    ).first()
    if added is None:
        raise InputRefused(field="subject", reason="it belongs to somebody already")
    people_changes.record(tx, clock, user_id, "identity_linked", None, issuer=issuer)


def _user(tx: sa.Connection, told: Told) -> sa.Row[*tuple[object, ...]] | None:
    """Locked: two sign-ins of one person at once replace the roles in turn."""
    return tx.execute(
        sa.select(users)
        .join(identities, identities.c.user_id == users.c.id)
        .where(identities.c.issuer == told.issuer, identities.c.subject == told.subject)
        .with_for_update(of=users)
    ).first()


def _make(tx: sa.Connection, clock: Clock, told: Told) -> uuid.UUID:
    login = _free_login(tx, told)
    user_id = add_user(
        tx, clock, login=login, name=_name(told), locale=told.locale or "kk"
    )
    link(tx, clock, login=login, issuer=told.issuer, subject=told.subject)
    return user_id


def _free_login(tx: sa.Connection, told: Told) -> str:
    """The wished login, or with the first number that makes it nobody's: never that of
    somebody who is here, whatever the provider calls its people."""
    wished = (
        login_of(told.login)[:LOGIN_LENGTH] or login_of(told.subject)[:LOGIN_LENGTH]
    )
    taken = set(
        tx.scalars(
            sa.select(users.c.login).where(
                users.c.login.startswith(wished, autoescape=True)
            )
        )
    )
    number, login = 1, wished
    while login in taken:
        number += 1
        login = f"{wished}-{number}"
    return login


def _name(told: Told) -> str:
    return letters.line(told.name).replace("\0", "").strip()[:NAME_LENGTH] or told.login


def _offices(tx: sa.Connection, codes: Sequence[str]) -> dict[str, uuid.UUID]:
    asked = [code for code in codes if "\0" not in code]
    rows = tx.execute(
        sa.select(offices.c.code, offices.c.id).where(offices.c.code.in_(asked))
    )
    return {row.code: row.id for row in rows}


def _replace(
    tx: sa.Connection,
    clock: Clock,
    user_id: uuid.UUID,
    wanted: Sequence[tuple[Role, uuid.UUID]],
) -> None:
    """The provider's memberships become these; local ones stay as they are."""
    own = sa.and_(memberships.c.user_id == user_id, memberships.c.source == "openid")
    before = {
        (row.role, row.office_id)
        for row in tx.execute(
            sa.select(memberships.c.role, memberships.c.office_id).where(own)
        )
    }
    after = {(str(role), office_id) for role, office_id in wanted}
    for role, office_id in before - after:
        tx.execute(
            sa.delete(memberships).where(
                own,
                memberships.c.role == role,
                memberships.c.office_id == office_id,
            )
        )
        _tell(tx, clock, user_id, "role_taken", role, office_id)
    for role, office_id in sorted(after - before, key=str):
        added = tx.execute(
            insert(memberships)
            .values(user_id=user_id, office_id=office_id, role=role, source="openid")
            .on_conflict_do_nothing()
            .returning(memberships.c.user_id)
        ).first()
        if added is not None:
            _tell(tx, clock, user_id, "role_given", role, office_id)


def _tell(
    tx: sa.Connection,
    clock: Clock,
    user_id: uuid.UUID,
    what: str,
    role: str,
    office_id: uuid.UUID,
) -> None:
    code = tx.scalar(sa.select(offices.c.code).where(offices.c.id == office_id))
    people_changes.record(tx, clock, user_id, what, None, role=role, office=str(code))


def _has_role(tx: sa.Connection, user_id: uuid.UUID) -> bool:
    return bool(
        tx.scalar(
            sa.select(memberships.c.role)
            .where(memberships.c.user_id == user_id)
            .limit(1)
        )
    )
