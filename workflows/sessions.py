"""Sessions of browsers: begun, found by their token, told to their owner, ended."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from workflows.callers import WHO, Caller, caller_of, today, with_memberships
from workflows.model import NotFound
from workflows.ports import Clock
from workflows.store.tables import second_factors, sessions, users

IDLE_LIMIT = timedelta(hours=1)
SESSION_LIMIT = timedelta(hours=12)  # a working day with its overtime
SEEN_EVERY = timedelta(minutes=1)  # so that reading a page does not write a row
BY_PASSWORD = ("password", "second_factor")  # alone, or with a code
BROWSER_LENGTH = 300  # characters of what a browser says of itself


@dataclass(frozen=True)
class Session:
    """A signed-in browser: `csrf_token` must come back with every form."""

    caller: Caller
    csrf_token: str
    must_change_password: bool = False
    is_one_factor: bool = False  # a password opened it, and nothing stands beside it


@dataclass(frozen=True)
class SignedIn:
    """A new session; `token` is told once and stored only as its hash."""

    token: str
    csrf_token: str
    expires_at: datetime
    user_id: uuid.UUID
    how: str


@dataclass(frozen=True)
class SessionRow:
    """One session as its owner sees it."""

    id: uuid.UUID
    how: str  # "password", "second_factor", "openid" or "demo"
    browser: str
    created_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    is_this: bool


def by_session(tx: sa.Connection, clock: Clock, token: str) -> Session | None:
    """The session behind a cookie, if neither idle nor old; keeps it from idling."""
    now = clock.now()
    hashed = hash_of(token)
    rows = tx.execute(
        sa.select(
            *WHO,
            sessions.c.csrf_token,
            sessions.c.last_seen_at,
            sessions.c.how,
            users.c.must_change_password,
            _has_second_factor().label("has_second_factor"),
        )
        .select_from(
            with_memberships(sessions.join(users, users.c.id == sessions.c.user_id))
        )
        .where(
            sessions.c.token_hash == hashed,
            *_alive(now),
            users.c.disabled_at.is_(None),
        ),
        {"today": today(clock)},
    ).all()
    if not rows:
        return None
    found = rows[0]
    if found.last_seen_at <= now - SEEN_EVERY:
        tx.execute(
            sa.update(sessions)
            .where(sessions.c.token_hash == hashed)
            .values(last_seen_at=now)
        )
    # Who came in without the password has no use for another one.
    by_password = found.how in BY_PASSWORD
    return Session(
        caller_of(rows),
        found.csrf_token,
        must_change_password=found.must_change_password and by_password,
        is_one_factor=by_password and not found.has_second_factor,
    )


def of_user(
    tx: sa.Connection, clock: Clock, user_id: uuid.UUID, token: str = ""
) -> list[SessionRow]:
    """Somebody's live sessions, the one behind `token` first, then the latest."""
    this = sessions.c.token_hash == hash_of(token)
    rows = tx.execute(
        sa.select(sessions, this.label("is_this"))
        .where(sessions.c.user_id == user_id, *_alive(clock.now()))
        .order_by(this.desc(), sessions.c.last_seen_at.desc(), sessions.c.id)
    )
    return [
        SessionRow(
            row.id,
            row.how,
            row.browser,
            row.created_at,
            row.last_seen_at,
            min(row.expires_at, row.last_seen_at + IDLE_LIMIT),
            row.is_this,
        )
        for row in rows
    ]


def end(tx: sa.Connection, user_id: uuid.UUID, session_id: uuid.UUID) -> None:
    """End one of somebody's sessions; NotFound for anybody else's."""
    ended = tx.execute(
        sa.delete(sessions)
        .where(sessions.c.id == session_id, sessions.c.user_id == user_id)
        .returning(sessions.c.id)
    ).first()
    if ended is None:
        raise NotFound(kind="session", key=session_id)


def end_all(tx: sa.Connection, user_id: uuid.UUID, but: str | None = None) -> int:
    """End a user's sessions (all but the one behind the token `but`); how many."""
    which = [sessions.c.user_id == user_id]
    if but is not None:
        which.append(sessions.c.token_hash != hash_of(but))
    return tx.execute(sa.delete(sessions).where(*which)).rowcount


def counted(tx: sa.Connection, clock: Clock, but: str) -> tuple[int, int]:
    """How many live sessions of how many people, beside the one of the token `but`."""
    people = sa.func.count(sessions.c.user_id.distinct())
    row = tx.execute(
        sa.select(sa.func.count(), people).where(
            sessions.c.token_hash != hash_of(but), *_alive(clock.now())
        )
    ).one()
    return row[0], row[1]


def end_everybodys(tx: sa.Connection, but: str) -> list[uuid.UUID]:
    """End every session but the one behind the token `but`; whose they were."""
    which = sessions.c.token_hash != hash_of(but)
    return list(
        tx.scalars(sa.delete(sessions).where(which).returning(sessions.c.user_id))
    )


def alone(tx: sa.Connection, user_id: uuid.UUID, token: str) -> str:
    """Leave a user the one session behind `token`, under a new one that is returned.

    ASVS 5.0, 7.2.4 and 7.4.3: after a change of what proves who one is, no copy of the
    old token is of use. Forms that are open in other tabs go on: theirs is kept.
    """
    end_all(tx, user_id, but=token)
    fresh = secrets.token_urlsafe(32)
    tx.execute(
        sa.update(sessions)
        .where(sessions.c.user_id == user_id, sessions.c.token_hash == hash_of(token))
        .values(token_hash=hash_of(fresh))
    )
    return fresh


def sign_out(tx: sa.Connection, token: str) -> None:
    tx.execute(sa.delete(sessions).where(sessions.c.token_hash == hash_of(token)))


def start(
    tx: sa.Connection, user_id: uuid.UUID, now: datetime, how: str, browser: str
) -> SignedIn:
    """Also drops the user's sessions that are over, so that the table stays small."""
    tx.execute(
        sa.delete(sessions).where(
            sessions.c.user_id == user_id, sa.not_(sa.and_(*_alive(now)))
        )
    )
    begun = SignedIn(
        token=secrets.token_urlsafe(32),
        csrf_token=secrets.token_urlsafe(32),
        expires_at=now + SESSION_LIMIT,
        user_id=user_id,
        how=how,
    )
    tx.execute(
        sa.insert(sessions).values(
            token_hash=hash_of(begun.token),
            user_id=user_id,
            csrf_token=begun.csrf_token,
            how=how,
            browser=browser[:BROWSER_LENGTH].replace("\0", ""),
            created_at=now,
            last_seen_at=now,
            expires_at=begun.expires_at,
        )
    )
    return begun


def hash_of(token: str) -> bytes:
    """SHA-256 is enough for 32 random bytes: there is nothing to guess."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _has_second_factor() -> sa.ColumnElement[bool]:
    return (
        sa.select(second_factors.c.user_id)
        .where(
            second_factors.c.user_id == users.c.id,
            second_factors.c.confirmed_at.is_not(None),
        )
        .exists()
    )


def _alive(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (sessions.c.expires_at > now, sessions.c.last_seen_at > now - IDLE_LIMIT)
