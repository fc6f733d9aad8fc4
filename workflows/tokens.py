"""Bearer tokens of programs: made, told once, found again, listed, ended.

A token is 256 random bits; only its hash is kept. Its beginning says to whoever finds
one, a scanner of secrets above all, what it is.
"""

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from workflows import listing, people_changes
from workflows.callers import WHO, Caller, caller_of, today, with_memberships
from workflows.model import InputRefused, NotAllowed, NotFound, Page, RasimError
from workflows.people import below, known
from workflows.people_list import Person, administered, get
from workflows.ports import Clock
from workflows.sessions import hash_of
from workflows.store.tables import api_tokens, memberships, users

PREFIX = "rasim_"
DAYS_USUAL, DAYS_MOST = 90, 366
LABEL_LENGTH = 100
HINT_LENGTH = len(PREFIX) + 4
USED_EVERY = timedelta(hours=1)  # so that a request does not write a row
# By what is sorted that ends first: what never ends is last.
ENDS: sa.ColumnElement[Any] = sa.func.coalesce(
    api_tokens.c.expires_at,
    sa.literal_column("'9999-01-01 00:00:00+00'::timestamptz"),
)


class TokenExpired(RasimError):
    """This token has expired. Make a new one: rasim token create NAME"""


class TokenRevoked(RasimError):
    """This token was revoked, or the account that it is of was closed."""


@dataclass(frozen=True)
class TokenRow:
    """One token as its owner and administrators see it; it opens nothing."""

    id: uuid.UUID
    user_id: uuid.UUID
    login: str
    name: str
    label: str
    hint: str  # its first letters; empty where it was made before they were kept
    state: str  # "live", "expired" or "revoked"
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None  # to the hour


def create(
    tx: sa.Connection,
    clock: Clock,
    login: str,
    *,
    valid_for: timedelta | None,
    label: str = "",
    by: Caller | None = None,
) -> str:
    """A new token of a user, told once; `valid_for` None: until it is revoked."""
    now = clock.now()
    user_id = known(tx, login).user_id
    token = PREFIX + secrets.token_urlsafe(32)
    tx.execute(
        sa.insert(api_tokens).values(
            user_id=user_id,
            token_hash=hash_of(token),
            created_at=now,
            expires_at=None if valid_for is None else now + valid_for,
            label=checked_label(label),
            hint=token[:HINT_LENGTH],
            created_by=by.user_id if by else None,
        )
    )
    people_changes.record(tx, clock, user_id, "token_made", by)
    return token


def create_for(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    user_id: uuid.UUID,
    *,
    days: int,
    label: str,
) -> str:
    """A new token of one's own account, or of one that is the caller's to administer.

    NotFound for others; NotAllowed where the account has roles elsewhere, too: who has
    a token of it has all that it has.
    """
    login = _account(tx, clock, caller, user_id)
    if not 1 <= days <= DAYS_MOST:
        raise InputRefused(field="days", reason=f"a number from 1 to {DAYS_MOST}")
    if not label.strip():
        raise InputRefused(field="label", reason="say what the token is for")
    return create(
        tx, clock, login, valid_for=timedelta(days=days), label=label, by=caller
    )


def checked_label(label: str) -> str:
    """The label as it is kept; InputRefused where it is too long."""
    label = re.sub(r"[\x00-\x1f]+", " ", label).strip()
    if len(label) > LABEL_LENGTH:
        raise InputRefused(field="label", reason="it is too long")
    return label


def caller(tx: sa.Connection, clock: Clock, token: str) -> Caller | None:
    """The program behind a token, in one statement, which notes once an hour that it
    is used. None where there is no such token; TokenExpired, TokenRevoked."""
    rows = tx.execute(
        WHOSE,
        {
            "hashed": hash_of(token),
            "now": clock.now(),
            "stale": clock.now() - USED_EVERY,
            "today": today(clock),
        },
    ).all()
    if not rows:
        return None
    first = rows[0]
    if first.revoked_at is not None or first.disabled_at is not None:
        raise TokenRevoked
    if first.expires_at is not None and first.expires_at <= clock.now():
        raise TokenExpired
    return caller_of(rows)


def by_token(tx: sa.Connection, clock: Clock, token: str) -> Caller | None:
    """As `caller`; None for every token that does not work."""
    try:
        return caller(tx, clock, token)
    except (TokenExpired, TokenRevoked):
        return None


def _whose() -> sa.Select[Any]:
    now = sa.bindparam("now", type_=api_tokens.c.created_at.type)
    stale = sa.bindparam("stale", type_=api_tokens.c.created_at.type)
    this = api_tokens.c.token_hash == sa.bindparam(
        "hashed", type_=api_tokens.c.token_hash.type
    )
    used = (
        sa.update(api_tokens)
        .where(
            this,
            api_tokens.c.revoked_at.is_(None),
            sa.or_(api_tokens.c.expires_at.is_(None), api_tokens.c.expires_at > now),
            sa.or_(
                api_tokens.c.last_used_at.is_(None), api_tokens.c.last_used_at < stale
            ),
        )
        .values(last_used_at=now)
        .returning(api_tokens.c.id)
        .cte("used")
    )
    return (
        sa.select(
            *WHO,
            api_tokens.c.revoked_at,
            api_tokens.c.expires_at,
            users.c.disabled_at,
        )
        .select_from(
            with_memberships(api_tokens.join(users, users.c.id == api_tokens.c.user_id))
        )
        .where(this)
        .add_cte(used)
    )


WHOSE = _whose()


def of_user(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    user_id: uuid.UUID,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[TokenRow]:
    """The tokens of one's own account, or of one of the caller's people.

    Those that work first, each the newest first.
    """
    if user_id != caller.user_id:
        get(tx, clock, caller, user_id)  # NotFound
    state = _state(clock)
    order = [*_works_first(state), api_tokens.c.id.asc()]
    return listing.page(
        tx, _rows(state).where(_of(user_id)), order, _row, limit, cursor
    )


def live(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    user_id: uuid.UUID,
    token_id: uuid.UUID,
) -> TokenRow:
    """One of the tokens that `of_user` lists; NotFound where it works no more."""
    if user_id != caller.user_id:
        get(tx, clock, caller, user_id)  # NotFound
    state = _state(clock)
    query = _rows(state).where(_of(user_id), _is(token_id), state == "live")
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(kind="token", key=token_id)
    return _row(row)


def of_people(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[TokenRow]:
    """The tokens that work of the caller's people, what ends first before all else."""
    theirs = sa.select(memberships.c.user_id).where(
        memberships.c.office_id.in_(below(administered(caller)))
    )
    state = _state(clock)
    query = _rows(state).where(api_tokens.c.user_id.in_(theirs), state == "live")
    order = [ENDS.asc(), api_tokens.c.created_at.desc(), api_tokens.c.id.asc()]
    return listing.page(tx, query, order, _row, limit, cursor)


def every(
    tx: sa.Connection, clock: Clock, *, login: str | None = None
) -> list[TokenRow]:
    """All tokens of a user or of all, those that work first, each the newest first."""
    state = _state(clock)
    query = _rows(state).order_by(*_works_first(state), api_tokens.c.id)
    if login is not None:
        query = query.where(_of(known(tx, login).user_id))
    return [_row(row) for row in tx.execute(query)]


def _rows(state: sa.ColumnElement[str]) -> sa.Select[Any]:
    return sa.select(
        api_tokens, users.c.login, users.c.name, state.label("state")
    ).join(users, users.c.id == api_tokens.c.user_id)


def _state(clock: Clock) -> sa.ColumnElement[str]:
    return sa.case(
        (api_tokens.c.revoked_at.is_not(None), sa.literal("revoked")),
        (api_tokens.c.expires_at <= clock.now(), sa.literal("expired")),
        else_=sa.literal("live"),
    )


def _works_first(state: sa.ColumnElement[str]) -> list[sa.UnaryExpression[Any]]:
    works = sa.case((state == "live", 0), else_=1)
    return [works.asc(), api_tokens.c.created_at.desc()]


def _row(row: sa.Row[Any]) -> TokenRow:
    return listing.value(TokenRow, row)


def revoke_for(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    user_id: uuid.UUID,
    token_id: uuid.UUID,
) -> None:
    """End a token of one's own, or of an account that is the caller's to administer."""
    _account(tx, clock, caller, user_id)
    if not _revoke(tx, clock, caller, sa.and_(_of(user_id), _is(token_id))):
        raise NotFound(kind="token", key=token_id)


def revoke(tx: sa.Connection, clock: Clock, token_id: uuid.UUID) -> int:
    """End one token by its id; 0 where it had ended already. NotFound."""
    there = sa.select(api_tokens.c.id).where(_is(token_id))
    if tx.scalar(there) is None:
        raise NotFound(kind="token", key=token_id)
    return _revoke(tx, clock, None, _is(token_id))


def revoke_all(tx: sa.Connection, clock: Clock, login: str) -> int:
    """End every live token of a user; how many."""
    return _revoke(tx, clock, None, _of(known(tx, login).user_id))


def _revoke(
    tx: sa.Connection, clock: Clock, by: Caller | None, which: sa.ColumnElement[bool]
) -> int:
    ended = tx.scalars(
        sa.update(api_tokens)
        .where(which, api_tokens.c.revoked_at.is_(None))
        .values(revoked_at=clock.now(), revoked_by=by.user_id if by else None)
        .returning(api_tokens.c.user_id)
    ).all()
    for user_id in dict.fromkeys(ended):
        people_changes.record(tx, clock, user_id, "token_revoked", by)
    return len(ended)


def _of(user_id: uuid.UUID) -> sa.ColumnElement[bool]:
    return api_tokens.c.user_id == user_id


def _is(token_id: uuid.UUID) -> sa.ColumnElement[bool]:
    return api_tokens.c.id == token_id


def _account(
    tx: sa.Connection, clock: Clock, caller: Caller, user_id: uuid.UUID
) -> str:
    """The login of an account whose tokens the caller may make and end."""
    if user_id == caller.user_id:
        return caller.login
    person: Person = get(tx, clock, caller, user_id)
    if not person.is_whole:
        raise NotAllowed(action="change", kind="account")
    return person.row.login
