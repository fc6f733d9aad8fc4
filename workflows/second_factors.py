"""Second factors: codes of an app that change with time (RFC 6238), recovery codes."""

import hashlib
import hmac
import secrets
import uuid
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from workflows import people_changes
from workflows.callers import Caller
from workflows.model import InputRefused, Role
from workflows.ports import Clock
from workflows.sealing import Sealer
from workflows.store.tables import (
    memberships,
    recovery_codes,
    second_factors,
    users,
)

PURPOSE = "second factor"
STEP_SECONDS = 30
DRIFT = 1  # steps by which the telephone's clock may differ
CODES = 10
# 120 bits: so many that a plain hash will do (NIST SP 800-63B rev. 4, 3.1.2.2).
CODE_BYTES = 15
GROUP = 6
NEXT_LASTS = timedelta(minutes=15)  # a telephone that is being set up


@dataclass(frozen=True)
class Setup:
    """A second factor that waits for its first code; `uri` is what the app scans."""

    secret: str
    uri: str


@dataclass(frozen=True)
class Next:
    """Another second factor that waits for its first code; `sealed` comes back with it.

    It is kept by the form alone: the one of now counts until then.
    """

    setup: Setup
    sealed: str


class CodeRefused(InputRefused):
    """The code is not right. Codes change every half minute: type the one shown now."""


class AlreadyOn(InputRefused):
    """The second step is on already."""


def is_on(tx: sa.Connection, user_id: uuid.UUID) -> bool:
    return bool(
        tx.scalar(
            sa.select(second_factors.c.user_id).where(
                second_factors.c.user_id == user_id,
                second_factors.c.confirmed_at.is_not(None),
            )
        )
    )


def missing(tx: sa.Connection, most: int) -> list[str]:
    """The logins of staff whose password opens their account alone, `most` at most."""
    factors = sa.select(second_factors.c.user_id).where(
        second_factors.c.confirmed_at.is_not(None)
    )
    staff = sa.select(memberships.c.user_id).where(
        memberships.c.role.not_in([Role.APPLICANT, Role.SERVICE])
    )
    return list(
        tx.scalars(
            sa.select(users.c.login)
            .where(
                users.c.password_hash.is_not(None),
                users.c.disabled_at.is_(None),
                users.c.id.in_(staff),
                users.c.id.not_in(factors),
            )
            .order_by(users.c.login)
            .limit(most)
        )
    )


def codes_left(tx: sa.Connection, user_id: uuid.UUID) -> int:
    return (
        tx.scalar(
            sa.select(sa.func.count()).where(
                recovery_codes.c.user_id == user_id, recovery_codes.c.used_at.is_(None)
            )
        )
        or 0
    )


def begin(tx: sa.Connection, clock: Clock, sealer: Sealer, caller: Caller) -> Setup:
    """A secret to scan; it counts from its first code on. Asked again: the same."""
    row = _row(tx, caller.user_id)
    if row is not None and row.confirmed_at is not None:
        raise AlreadyOn(field="code")
    kept = None if row is None else _opened(sealer, clock, caller.user_id, row)
    if kept is not None:
        return _setup(kept, caller)
    secret = pyotp.random_base32()
    sealed = sealer.seal(f"{caller.user_id}:{secret}", clock.now())
    values = {"sealed_secret": sealed, "created_at": clock.now(), "last_step": None}
    tx.execute(
        insert(second_factors)
        .values(user_id=caller.user_id, **values)
        .on_conflict_do_update(
            index_elements=["user_id"],
            set_=values,
            # One that was confirmed meanwhile, at another page, stays.
            where=second_factors.c.confirmed_at.is_(None),
        )
    )
    return _setup(secret, caller)


def confirm(
    tx: sa.Connection, clock: Clock, sealer: Sealer, caller: Caller, code: str
) -> list[str]:
    """Turn it on with a first code; the recovery codes, told this once."""
    _lock(tx, caller.user_id)
    row = _row(tx, caller.user_id)
    if row is not None and row.confirmed_at is not None:
        raise AlreadyOn(field="code")
    if row is None or not _takes_code(tx, clock, sealer, row, code):
        raise CodeRefused(field="code")
    tx.execute(
        sa.update(second_factors)
        .where(second_factors.c.user_id == caller.user_id)
        .values(confirmed_at=clock.now())
    )
    people_changes.record(tx, clock, caller.user_id, "second_factor_on", caller)
    return _new_codes(tx, caller.user_id)


def another(clock: Clock, sealer: Sealer, caller: Caller) -> Next:
    """A secret for another telephone, in place of the one of now."""
    secret = pyotp.random_base32()
    sealed = sealer.seal(f"{caller.user_id}:{secret}", clock.now())
    return Next(_setup(secret, caller), sealed)


def opened(clock: Clock, sealer: Sealer, caller: Caller, sealed: str) -> Setup | None:
    """What `another` sealed for this person; None: too long ago, or for nobody here."""
    told = sealer.open(sealed, clock.now(), NEXT_LASTS)
    secret = _secret_of(told, caller.user_id)
    return None if secret is None else _setup(secret, caller)


def replace(
    tx: sa.Connection,
    clock: Clock,
    sealer: Sealer,
    caller: Caller,
    sealed: str,
    code: str,
) -> list[str]:
    """Another telephone takes the place of that of now with its first code; new
    recovery codes, told this once. At no moment the password alone is enough."""
    _lock(tx, caller.user_id)
    row = _row(tx, caller.user_id)
    setup = opened(clock, sealer, caller, sealed)
    if row is None or row.confirmed_at is None or setup is None:
        raise CodeRefused(field="code")
    if _opened(sealer, clock, caller.user_id, row) == setup.secret:
        raise AlreadyOn(field="code")
    step = _step_of(setup.secret, code, clock.now())
    if step is None:
        raise CodeRefused(field="code")
    kept = sealer.seal(f"{caller.user_id}:{setup.secret}", clock.now())
    now = clock.now()
    values = {"sealed_secret": kept, "created_at": now, "confirmed_at": now}
    tx.execute(
        sa.update(second_factors)
        .where(second_factors.c.user_id == caller.user_id)
        .values(**values, last_step=step)
    )
    people_changes.record(tx, clock, caller.user_id, "second_factor_moved", caller)
    return _new_codes(tx, caller.user_id)


def takes(
    tx: sa.Connection, clock: Clock, sealer: Sealer, user_id: uuid.UUID, told: str
) -> bool:
    """Whether it is a code of now, or a recovery code; either works once."""
    row = _row(tx, user_id)
    if row is None or row.confirmed_at is None:
        return False
    if _takes_code(tx, clock, sealer, row, told):
        return True
    used = tx.execute(
        sa.update(recovery_codes)
        .where(
            recovery_codes.c.user_id == user_id,
            recovery_codes.c.code_hash == _hash(told),
            recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(recovery_codes.c.user_id)
    ).first()
    return used is not None


def renew_codes(tx: sa.Connection, clock: Clock, caller: Caller) -> list[str]:
    """New recovery codes; the old ones no longer work."""
    if not is_on(tx, caller.user_id):
        raise CodeRefused(field="code")
    people_changes.record(tx, clock, caller.user_id, "recovery_codes_renewed", caller)
    return _new_codes(tx, caller.user_id)


def turn_off(
    tx: sa.Connection, clock: Clock, user_id: uuid.UUID, by: Caller | None
) -> bool:
    """Forget the secret and the recovery codes; whether there was anything."""
    _lock(tx, user_id)
    gone = tx.execute(
        sa.delete(second_factors)
        .where(second_factors.c.user_id == user_id)
        .returning(second_factors.c.confirmed_at)
    ).first()
    tx.execute(sa.delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    if gone is None or gone.confirmed_at is None:
        return False
    people_changes.record(tx, clock, user_id, "second_factor_off", by)
    return True


def _lock(tx: sa.Connection, user_id: uuid.UUID) -> None:
    """The person first, then the factor, as a sign-in does: one that is under way comes
    before a change, which ends its session, or after it, and is asked for a code."""
    tx.execute(sa.select(users.c.id).where(users.c.id == user_id).with_for_update())


def _row(tx: sa.Connection, user_id: uuid.UUID) -> sa.Row[Any] | None:
    """Locked: of two who tell the same code at once, one is late."""
    return tx.execute(
        sa.select(second_factors)
        .where(second_factors.c.user_id == user_id)
        .with_for_update()
    ).first()


def _takes_code(
    tx: sa.Connection,
    clock: Clock,
    sealer: Sealer,
    row: sa.Row[Any],
    told: str,
) -> bool:
    secret = _opened(sealer, clock, row.user_id, row)
    if secret is None:
        return False
    step = _step_of(secret, told, clock.now())
    if step is None or (row.last_step is not None and step <= row.last_step):
        return False
    tx.execute(
        sa.update(second_factors)
        .where(second_factors.c.user_id == row.user_id)
        .values(last_step=step)
    )
    return True


def _step_of(secret: str, told: str, now: datetime) -> int | None:
    """The step of time whose code this is, among those that may be shown now."""
    code = "".join(told.split()).encode("utf-8", "replace")
    maker = pyotp.TOTP(secret)
    now_step = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(now_step - DRIFT, now_step + DRIFT + 1):
        if hmac.compare_digest(maker.generate_otp(step).encode(), code):
            found = step
    return found


def _opened(
    sealer: Sealer,
    clock: Clock,
    user_id: uuid.UUID,
    row: sa.Row[Any],
) -> str | None:
    """The secret; None if it is sealed with another key, or for somebody else."""
    return _secret_of(sealer.open(row.sealed_secret, clock.now()), user_id)


def _secret_of(told: str | None, user_id: uuid.UUID) -> str | None:
    owner, _, secret = (told or "").partition(":")
    return secret if owner == str(user_id) else None


def _setup(secret: str, caller: Caller) -> Setup:
    uri = pyotp.TOTP(secret).provisioning_uri(name=caller.login, issuer_name="Rásim")
    return Setup(secret, uri)


def _new_codes(tx: sa.Connection, user_id: uuid.UUID) -> list[str]:
    tx.execute(sa.delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    codes = [_new_code() for _ in range(CODES)]
    tx.execute(
        sa.insert(recovery_codes),
        [{"user_id": user_id, "code_hash": _hash(code)} for code in codes],
    )
    return codes


def _new_code() -> str:
    letters = b32encode(secrets.token_bytes(CODE_BYTES)).decode()
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def _hash(code: str) -> bytes:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).digest()
