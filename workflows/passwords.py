"""Passwords: which are good enough, and how they are kept (Argon2id)."""

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workflows.model import InputRefused

# NIST SP 800-63B, 5.1.1.2: length is what counts, no rules on kinds of characters.
LEAST = 12
MOST = 128


def new(login: str, password: str) -> str:
    """The hash of an acceptable password; InputRefused says what to mend."""
    password = _one_spelling(password)
    reason = None
    if len(password) < LEAST:
        reason = f"at least {LEAST} characters"
    elif len(password) > MOST:
        reason = f"at most {MOST} characters"
    elif login in password.casefold():
        reason = "it must not hold the login"
    elif len(set(password)) <= LEAST // 3:
        reason = "too few different characters"
    if reason:
        raise InputRefused(field="password", reason=reason)
    return _hasher().hash(password)


def is_right(hashed: str | None, password: str) -> bool:
    """Whether it is the password; as slow where there is none to compare with."""
    # What is longer than any password is not hashed whole, and is wrong anyway.
    told = _one_spelling(password[: 4 * MOST])[: MOST + 1]
    try:
        return _hasher().verify(hashed or _nobodys(), told) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def renewed(hashed: str, password: str) -> str | None:
    """A new hash of a right password, if `hashed` is weaker than today's ones."""
    if not _hasher().check_needs_rehash(hashed):
        return None
    return _hasher().hash(_one_spelling(password))


@cache
def _hasher() -> PasswordHasher:
    """Argon2id with OWASP's least memory: a storm of sign-ins must not eat it all."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe())


def _one_spelling(password: str) -> str:
    """As NIST SP 800-63B asks: letters that Unicode spells in several ways are one."""
    plain = password.encode("utf-8", "replace").decode("utf-8")  # no lone surrogates
    return unicodedata.normalize("NFKC", plain)
