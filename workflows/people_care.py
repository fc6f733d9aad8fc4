"""What an administrator may do to the people of their offices, each written down.

A role is given and taken at the administrator's own offices and below them. The account
itself (its password, its second step, whether it is open) is the administrator's only
when it holds no role anywhere else, nor is lent one: whoever sets the password of an
account has all that it has.
"""

import uuid
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from forms import letters
from workflows import credentials, people_changes, second_factors, sessions
from workflows.callers import AnyRow, Caller
from workflows.model import InputRefused, NotAllowed, NotFound, Role
from workflows.people import add_user, below
from workflows.people_list import Person, administered, get
from workflows.ports import Clock
from workflows.store.tables import memberships, offices, users

# Programs have tokens, made by a command; applicants come by another door.
GIVEN = (Role.CLERK, Role.SUPERVISOR, Role.DESIGNER, Role.ADMINISTRATOR)
NAME_LENGTH = 200
LOGIN_LENGTH = 100


def add(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    *,
    login: str,
    name: str,
    role: str,
    office: str,
) -> uuid.UUID:
    """A new person with a first role; InputRefused names the field to mend."""
    name = letters.line(name).replace("\0", "").strip()
    if not name:
        raise InputRefused(field="name", reason="type the full name of the person")
    if len(name) > NAME_LENGTH:
        raise InputRefused(
            field="name", reason="the full name is too long: at most 200 letters"
        )
    if not _is_login(login):
        raise InputRefused(
            field="login",
            reason="type a user name of one word, at most 100 letters, without spaces",
        )
    at = _office(tx, caller, office)
    given = _given(role)
    user_id = add_user(tx, clock, login=login, name=name)
    people_changes.record(tx, clock, user_id, "person_added", caller)
    _give(tx, clock, caller, user_id, given, at)
    return user_id


def give_role(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    user_id: uuid.UUID,
    *,
    role: str,
    office: str,
) -> None:
    """Give a role at one of the caller's offices, or below them."""
    _person(tx, clock, caller, user_id)
    _give(tx, clock, caller, user_id, _given(role), _office(tx, caller, office))


def take_role(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    user_id: uuid.UUID,
    *,
    role: str,
    office: str,
) -> None:
    """Take a role away; not one's own of an administrator, nor one of a provider."""
    person = _person(tx, clock, caller, user_id)
    held = next(
        (
            each
            for each in person.row.held
            if (each.role, each.office) == (role, office)
        ),
        None,
    )
    if held is None:
        raise NotFound(kind="role", key=role)
    if held.source != "local":
        raise InputRefused(
            field="role",
            reason="this role is given and taken by the provider: change it there",
        )
    if user_id == caller.user_id and held.role == Role.ADMINISTRATOR:
        raise InputRefused(
            field="role",
            reason="nobody takes this role from themselves: ask another administrator",
        )
    tx.execute(
        sa.delete(memberships).where(
            memberships.c.user_id == user_id,
            memberships.c.office_id == held.office_id,
            memberships.c.role == held.role,
        )
    )
    _tell(tx, clock, caller, user_id, "role_taken", held.role, held.office)


def disable(
    tx: sa.Connection, clock: Clock, caller: Caller, user_id: uuid.UUID
) -> None:
    """Close an account: every session of it ends, and no token of it works."""
    person = _account(tx, clock, caller, user_id, "close")
    if user_id == caller.user_id:
        raise NotAllowed(action="close", kind="account")
    if person.row.state == "disabled":
        return
    tx.execute(
        sa.update(users).where(users.c.id == user_id).values(disabled_at=clock.now())
    )
    sessions.end_all(tx, user_id)
    people_changes.record(tx, clock, user_id, "disabled", caller)


def enable(tx: sa.Connection, clock: Clock, caller: Caller, user_id: uuid.UUID) -> None:
    """Open an account again."""
    person = _account(tx, clock, caller, user_id, "open")
    if person.row.state != "disabled":
        return
    tx.execute(sa.update(users).where(users.c.id == user_id).values(disabled_at=None))
    people_changes.record(tx, clock, user_id, "enabled", caller)


def give_first_password(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    user_id: uuid.UUID,
    lasts: timedelta = credentials.FIRST_PASSWORD_LASTS,
) -> str:
    """A password for the first sign-in within that time, told once."""
    person = _account(tx, clock, caller, user_id, "open")
    if person.row.state == "disabled":
        raise NotAllowed(action="open", kind="account")
    owner = Caller(user_id, person.row.login, person.row.name, "", ())
    return credentials.give_first_password(tx, clock, caller, owner, lasts)


def reset_second_factor(
    tx: sa.Connection, clock: Clock, caller: Caller, user_id: uuid.UUID
) -> None:
    """For who lost the telephone and the recovery codes; their sessions end."""
    _account(tx, clock, caller, user_id, "change")
    if second_factors.turn_off(tx, clock, user_id, caller):
        sessions.end_all(tx, user_id)


def unlock(tx: sa.Connection, clock: Clock, caller: Caller, user_id: uuid.UUID) -> None:
    """Let somebody try again who typed wrong passwords too often."""
    _account(tx, clock, caller, user_id, "open")
    credentials.unlock(tx, clock, caller, user_id)


def _person(
    tx: sa.Connection, clock: Clock, caller: Caller, user_id: uuid.UUID
) -> Person:
    """Locked first, then read: nobody gives them another role meanwhile."""
    tx.execute(sa.select(users.c.id).where(users.c.id == user_id).with_for_update())
    return get(tx, clock, caller, user_id)


def _account(
    tx: sa.Connection, clock: Clock, caller: Caller, user_id: uuid.UUID, action: str
) -> Person:
    person = _person(tx, clock, caller, user_id)
    if not person.is_whole:
        raise NotAllowed(action=action, kind="account")
    return person


def _give(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    user_id: uuid.UUID,
    role: Role,
    office: AnyRow,
) -> None:
    added = tx.execute(
        insert(memberships)
        .values(user_id=user_id, office_id=office.id, role=role)
        .on_conflict_do_nothing()
        .returning(memberships.c.user_id)
    ).first()
    if added is None:
        raise InputRefused(
            field="role",
            reason="the person has this role there already: choose another one",
        )
    _tell(tx, clock, caller, user_id, "role_given", role, office.code)


def _is_login(told: str) -> bool:
    word = told.replace("\0", "").strip()
    return 0 < len(word) <= LOGIN_LENGTH and not any(map(str.isspace, word))


def _given(role: str) -> Role:
    if role not in GIVEN:
        raise InputRefused(field="role", reason="choose a role")
    return Role(role)


def _office(tx: sa.Connection, caller: Caller, code: str) -> AnyRow:
    """An office of the caller's or below; another looks like one that is not there."""
    found = tx.execute(
        sa.select(offices.c.id, offices.c.code).where(
            offices.c.code == code.strip().replace("\0", ""),
            offices.c.id.in_(below(administered(caller))),
        )
    ).first()
    if found is None:
        raise InputRefused(
            field="office",
            reason="none of your offices has this code: choose one of the list",
        )
    return found


def _tell(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    user_id: uuid.UUID,
    what: str,
    role: str,
    office: str,
) -> None:
    people_changes.record(tx, clock, user_id, what, caller, role=role, office=office)
