"""Credentials: signing in with a password and a code, and lock-out."""

import hashlib
import logging
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from workflows import passwords, people_changes, second_factors
from workflows.callers import Caller
from workflows.people import known, login_of
from workflows.ports import Clock
from workflows.sealing import Sealer
from workflows.sessions import SignedIn, alone, end_all, start
from workflows.store.tables import users
from workflows.tokens import by_token as by_token
from workflows.tokens import create as create_token  # noqa: F401 - asked for here
from workflows.tokens import revoke_all as revoke_tokens  # noqa: F401 - asked for here

# A guesser gets 40 tries an hour at one login; the price is that a stranger can lock a
# person out for a quarter of an hour, which the same answer to every refusal hides.
FAILURES_BEFORE_LOCK = 10
LOCKED_FOR = timedelta(minutes=15)
# NIST SP 800-63B rev. 4, 3.2.2: then only an administrator opens it again.
FAILURES_AT_MOST = 100
FOR_GOOD = datetime(9999, 12, 31, tzinfo=UTC)
FIRST_PASSWORD_LASTS = timedelta(hours=72)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SecondStep:
    """The password was right and a code is wanted; `proof` goes stale with it."""

    user_id: uuid.UUID
    proof: str


@dataclass(frozen=True)
class FirstPasswordOver:
    """The password was right, but a first one that nobody used until `until`.

    `by`: the name of the administrator who gave it, None for a command.
    """

    until: datetime
    by: str | None


def sign_in(
    tx: sa.Connection, clock: Clock, login: str, password: str, browser: str = ""
) -> SignedIn | SecondStep | FirstPasswordOver | None:
    """A new session, the wish for a code, or None: wrong, unknown, disabled and locked
    look the same. That a first password is over learns only who knows it.

    None and not an error, because the failure counted here must be committed. The work
    is the same for every refusal, so that its time tells nothing either.
    """
    now = clock.now()
    row = tx.execute(sa.select(users).where(users.c.login == login_of(login))).first()
    hashed = None if row is None else row.password_hash
    right = passwords.is_right(hashed, password)
    # Locked and read again, now that the slow work is done: a guess that was on its way
    # while others locked the account counts for nothing, even if it is the right one.
    row = _locked_row(tx, uuid.uuid4() if row is None else row.id)
    right = right and row is not None and row.password_hash == hashed
    is_locked = row is not None and _is_locked(row, now)
    if row is None or not right or is_locked or row.disabled_at is not None:
        _count_failure(tx, None if row is None or is_locked else row.id, now)
        _tell_refusal("password", row, now)
        return None
    if row.first_password_until is not None and row.first_password_until <= now:
        _tell_refusal("password", row, now, "over")
        given_by = people_changes.last_by(tx, row.id, "first_password")
        return FirstPasswordOver(row.first_password_until, given_by)
    if second_factors.is_on(tx, row.id):
        # Failures stay counted: who knows the password must not guess codes for ever.
        return SecondStep(row.id, _proof(row))
    changes: dict[str, object] = {"failed_sign_ins": 0, "locked_until": None}
    if not passwords.is_long(password):
        changes["must_change_password"] = True
    renewed = passwords.renewed(row.password_hash, password)
    if renewed is not None:
        changes["password_hash"] = renewed
    tx.execute(sa.update(users).where(users.c.id == row.id).values(changes))
    return start(tx, row.id, now, "password", browser)


def finish_sign_in(
    tx: sa.Connection,
    clock: Clock,
    sealer: Sealer,
    step: SecondStep,
    code: str,
    browser: str = "",
) -> SignedIn | None:
    """The session after the code of the second step; None as in `sign_in`."""
    now = clock.now()
    row = _locked_row(tx, step.user_id)
    if row is None or row.disabled_at is not None or _is_locked(row, now):
        _tell_refusal("second_factor", row, now)
        return None
    if not secrets.compare_digest(_proof(row), step.proof):
        _tell_refusal("second_factor", row, now, "over")
        return None
    if not second_factors.takes(tx, clock, sealer, row.id, code):
        _count_failure(tx, row.id, now)
        _tell_refusal("second_factor", row, now)
        return None
    _forget_failures(tx, row.id)
    return start(tx, row.id, now, "second_factor", browser)


def sign_in_demo(
    tx: sa.Connection, clock: Clock, login: str, browser: str = ""
) -> SignedIn | None:
    """A session without a password, for people of the demonstration alone."""
    user_id = tx.scalar(
        sa.select(users.c.id).where(
            users.c.login == login_of(login),
            users.c.is_demo,
            users.c.disabled_at.is_(None),
        )
    )
    if user_id is None:
        return None
    return start(tx, user_id, clock.now(), "demo", browser)


def is_confirmed(
    tx: sa.Connection, clock: Clock, caller: Caller, password: str
) -> bool:
    """Whether somebody who is signed in knows the password; failures count.

    As in `sign_in`, the failure counted here must be committed.
    """
    now = clock.now()
    row = _locked_row(tx, caller.user_id)
    if row is None or _is_locked(row, now):
        return False
    if not passwords.is_right(row.password_hash, password):
        _count_failure(tx, row.id, now)
        return False
    return True


def has_password(tx: sa.Connection, user_id: uuid.UUID) -> bool:
    """Whether there is one to change: programs and people of a provider have none."""
    return bool(
        tx.scalar(
            sa.select(users.c.password_hash.is_not(None)).where(users.c.id == user_id)
        )
    )


def set_password(tx: sa.Connection, login: str, password: str) -> None:
    """A new password; every session of the old one ends."""
    user = known(tx, login)
    _write_password(tx, user, password)
    end_all(tx, user.user_id)


def change_password(
    tx: sa.Connection, clock: Clock, caller: Caller, password: str, token: str
) -> str:
    """One's own new password; the sessions but that of `token` end, whose new token
    is returned.

    InputRefused where it will not do. The old one was asked for by `is_confirmed`.
    """
    _write_password(tx, caller, password)
    people_changes.record(tx, clock, caller.user_id, "password_changed", caller)
    return alone(tx, caller.user_id, token)


def give_first_password(
    tx: sa.Connection,
    clock: Clock,
    by: Caller | None,
    person: Caller,
    lasts: timedelta = FIRST_PASSWORD_LASTS,
) -> str:
    """A new password, told once, which its owner changes at the first sign-in.

    Not used for so long it opens nothing any more (ASVS 5.0, 6.4.1).
    """
    password = passwords.first()
    _write_password(tx, person, password, first_until=clock.now() + lasts)
    end_all(tx, person.user_id)
    people_changes.record(tx, clock, person.user_id, "first_password", by)
    return password


def unlock(tx: sa.Connection, clock: Clock, by: Caller, user_id: uuid.UUID) -> None:
    """Let somebody try again who was locked out."""
    _forget_failures(tx, user_id)
    people_changes.record(tx, clock, user_id, "unlocked", by)


def _write_password(
    tx: sa.Connection,
    user: Caller,
    password: str,
    *,
    first_until: datetime | None = None,
) -> None:
    least = (
        passwords.LEAST_BESIDE_ANOTHER_FACTOR
        if second_factors.is_on(tx, user.user_id)
        else passwords.LEAST
    )
    tx.execute(
        sa.update(users)
        .where(users.c.id == user.user_id)
        .values(
            password_hash=passwords.new(
                user.login, password, name=user.name, least=least
            ),
            must_change_password=first_until is not None,
            first_password_until=first_until,
            failed_sign_ins=0,
            locked_until=None,
        )
    )


def _locked_row(tx: sa.Connection, user_id: uuid.UUID) -> sa.Row[Any] | None:
    """Guesses of one account wait for each other: none slips by the count."""
    return tx.execute(
        sa.select(users).where(users.c.id == user_id).with_for_update()
    ).first()


def _is_locked(row: sa.Row[Any], now: datetime) -> bool:
    return bool(row.locked_until and row.locked_until > now)


def _tell_refusal(
    how: str, row: sa.Row[Any] | None, now: datetime, because: str = "wrong"
) -> None:
    """Into the log: whose account, never what was typed: it may be a password.

    `because`: "wrong", "over" (it was right once), "unknown", "closed" or "locked".
    """
    if row is None:
        because = "unknown"
    elif row.disabled_at is not None:
        because = "closed"
    elif _is_locked(row, now):
        because = "locked"
    said = {"how": how, "because": because, "user": str(row.id) if row else None}
    log.warning("a sign-in was refused", extra=said)


def _proof(row: sa.Row[Any]) -> str:
    return hashlib.sha256(f"{row.id}:{row.password_hash}".encode()).hexdigest()


def _forget_failures(tx: sa.Connection, user_id: uuid.UUID) -> None:
    tx.execute(
        sa.update(users)
        .where(users.c.id == user_id)
        .values(failed_sign_ins=0, locked_until=None)
    )


def _count_failure(tx: sa.Connection, user_id: uuid.UUID | None, now: datetime) -> None:
    """Nobody's failure does the same work and counts nothing.

    Committed without waiting for the disk, which only a real change would wait for: a
    stranger could tell by the clock that the login exists. A crash may forget a count.
    """
    failed = users.c.failed_sign_ins + 1
    tx.execute(sa.text("SET LOCAL synchronous_commit = off"))
    tx.execute(
        sa.update(users)
        .where(users.c.id == (user_id or uuid.uuid4()))
        .values(
            failed_sign_ins=failed,
            locked_until=sa.case(
                (failed >= FAILURES_AT_MOST, FOR_GOOD),
                (failed % FAILURES_BEFORE_LOCK == 0, now + LOCKED_FOR),
                else_=users.c.locked_until,
            ),
        )
    )
