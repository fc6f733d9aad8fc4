"""Credentials: signing in with a password, sessions of browsers, tokens of programs."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from workflows import passwords
from workflows.callers import WHO, Caller, caller_of, today, with_memberships
from workflows.people import known, login_of
from workflows.ports import Clock
from workflows.store.tables import api_tokens, sessions, users

TOKEN_PREFIX = "rsm_"  # noqa: S105 - the mark of a token, so that scanners find leaks

# A guesser gets 40 tries an hour at one login; the price is that a stranger can lock a
# person out for a quarter of an hour, which the same answer to every refusal hides.
FAILURES_BEFORE_LOCK = 10
LOCKED_FOR = timedelta(minutes=15)

IDLE_LIMIT = timedelta(hours=1)
SESSION_LIMIT = timedelta(hours=12)  # a working day with its overtime
SEEN_EVERY = timedelta(minutes=1)  # so that reading a page does not write a row


@dataclass(frozen=True)
class Session:
    """A signed-in browser: `csrf_token` must come back with every form."""

    caller: Caller
    csrf_token: str


@dataclass(frozen=True)
class SignedIn:
    """A new session; `token` is told once and stored only as its hash."""

    token: str
    csrf_token: str
    expires_at: datetime
    user_id: uuid.UUID


def by_token(tx: sa.Connection, clock: Clock, token: str) -> Caller | None:
    """The program behind a bearer token; one statement. None: unknown or no longer."""
    now = clock.now()
    rows = tx.execute(
        sa.select(*WHO)
        .select_from(
            with_memberships(api_tokens.join(users, users.c.id == api_tokens.c.user_id))
        )
        .where(
            api_tokens.c.token_hash == _hash(token),
            api_tokens.c.revoked_at.is_(None),
            sa.or_(api_tokens.c.expires_at.is_(None), api_tokens.c.expires_at > now),
            users.c.disabled_at.is_(None),
        ),
        {"today": today(clock)},
    ).all()
    return caller_of(rows) if rows else None


def by_session(tx: sa.Connection, clock: Clock, token: str) -> Session | None:
    """The session behind a cookie, if neither idle nor old; keeps it from idling."""
    now = clock.now()
    hashed = _hash(token)
    rows = tx.execute(
        sa.select(*WHO, sessions.c.csrf_token, sessions.c.last_seen_at)
        .select_from(
            with_memberships(sessions.join(users, users.c.id == sessions.c.user_id))
        )
        .where(
            sessions.c.token_hash == hashed,
            sessions.c.expires_at > now,
            sessions.c.last_seen_at > now - IDLE_LIMIT,
            users.c.disabled_at.is_(None),
        ),
        {"today": today(clock)},
    ).all()
    if not rows:
        return None
    if rows[0].last_seen_at <= now - SEEN_EVERY:
        tx.execute(
            sa.update(sessions)
            .where(sessions.c.token_hash == hashed)
            .values(last_seen_at=now)
        )
    return Session(caller_of(rows), rows[0].csrf_token)


# --- signing in and out -----------------------------------------------------------


def sign_in(
    tx: sa.Connection, clock: Clock, login: str, password: str
) -> SignedIn | None:
    """A new session, or None: wrong, unknown, disabled and locked look the same.

    None and not an error, because the failure counted here must be committed. The work
    is the same for every refusal, so that its time tells nothing either.
    """
    now = clock.now()
    row = tx.execute(sa.select(users).where(users.c.login == login_of(login))).first()
    hashed = None if row is None else row.password_hash
    right = passwords.is_right(hashed, password)
    is_locked = row is not None and bool(row.locked_until and row.locked_until > now)
    if row is None or not right or is_locked or row.disabled_at is not None:
        _count_failure(tx, None if row is None or is_locked else row.id, now)
        return None
    changes: dict[str, object] = {"failed_sign_ins": 0, "locked_until": None}
    renewed = passwords.renewed(row.password_hash, password)
    if renewed is not None:
        changes["password_hash"] = renewed
    tx.execute(sa.update(users).where(users.c.id == row.id).values(changes))
    return _start_session(tx, row.id, now)


def sign_in_demo(tx: sa.Connection, clock: Clock, login: str) -> SignedIn | None:
    """A session without a password, for people of the demonstration alone."""
    user_id = tx.scalar(
        sa.select(users.c.id).where(
            users.c.login == login_of(login),
            users.c.is_demo,
            users.c.disabled_at.is_(None),
        )
    )
    return None if user_id is None else _start_session(tx, user_id, clock.now())


def sign_out(tx: sa.Connection, token: str) -> None:
    tx.execute(sa.delete(sessions).where(sessions.c.token_hash == _hash(token)))


def set_password(tx: sa.Connection, login: str, password: str) -> None:
    """A new password; every session of the old one ends."""
    user_id = known(tx, login).user_id
    tx.execute(
        sa.update(users)
        .where(users.c.id == user_id)
        .values(
            password_hash=passwords.new(login_of(login), password),
            failed_sign_ins=0,
            locked_until=None,
        )
    )
    tx.execute(sa.delete(sessions).where(sessions.c.user_id == user_id))


def create_token(
    tx: sa.Connection, clock: Clock, login: str, *, valid_for: timedelta | None
) -> str:
    """A new bearer token of a user, told once; `valid_for` None: until revoked."""
    now = clock.now()
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    tx.execute(
        sa.insert(api_tokens).values(
            user_id=known(tx, login).user_id,
            token_hash=_hash(token),
            created_at=now,
            expires_at=None if valid_for is None else now + valid_for,
        )
    )
    return token


def revoke_tokens(tx: sa.Connection, clock: Clock, login: str) -> int:
    """End every live token of a user; how many."""
    return tx.execute(
        sa.update(api_tokens)
        .where(
            api_tokens.c.user_id == known(tx, login).user_id,
            api_tokens.c.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now())
    ).rowcount


def _hash(token: str) -> bytes:
    """SHA-256 is enough for 32 random bytes: there is nothing to guess."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _count_failure(tx: sa.Connection, user_id: uuid.UUID | None, now: datetime) -> None:
    """Nobody's failure does the same work and counts nothing.

    Committed without waiting for the disk, which only a real change would wait for: a
    stranger could tell by the clock that the login exists. A crash may forget a count.
    """
    failed = users.c.failed_sign_ins + 1
    locks = failed >= FAILURES_BEFORE_LOCK
    tx.execute(sa.text("SET LOCAL synchronous_commit = off"))
    tx.execute(
        sa.update(users)
        .where(users.c.id == (user_id or uuid.uuid4()))
        .values(
            failed_sign_ins=sa.case((locks, 0), else_=failed),
            locked_until=sa.case((locks, now + LOCKED_FOR), else_=users.c.locked_until),
        )
    )


def _start_session(tx: sa.Connection, user_id: uuid.UUID, now: datetime) -> SignedIn:
    """Also drops the user's sessions that are over, so that the table stays small."""
    tx.execute(
        sa.delete(sessions).where(
            sessions.c.user_id == user_id,
            sa.or_(
                sessions.c.expires_at <= now,
                sessions.c.last_seen_at <= now - IDLE_LIMIT,
            ),
        )
    )
    begun = SignedIn(
        token=secrets.token_urlsafe(32),
        csrf_token=secrets.token_urlsafe(32),
        expires_at=now + SESSION_LIMIT,
        user_id=user_id,
    )
    tx.execute(
        sa.insert(sessions).values(
            token_hash=_hash(begun.token),
            user_id=user_id,
            csrf_token=begun.csrf_token,
            created_at=now,
            last_seen_at=now,
            expires_at=begun.expires_at,
        )
    )
    return begun
