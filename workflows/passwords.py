"""Passwords: which are good enough, and how they are kept (Argon2id).

NIST SP 800-63B rev. 4, 3.1.1.2: length is what counts, no kind of character is asked
for; what is common, compromised or close to its owner is refused; none grows old.
"""

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workflows.model import InputRefused

LEAST = 15  # where nothing else is asked for
LEAST_BESIDE_ANOTHER_FACTOR = 8
MOST = 128
# Of zxcvbn, which knows what leaked, names, keyboards, dates and repeats: online, with
# 40 tries an hour, more would not be needed; a stolen hash takes longer than a million.
GUESSES_AT_LEAST = 10**8
SEEN_BY_ESTIMATE = 72  # characters: what zxcvbn takes
OURS = ("rasim", "rásim", "рәсім", "расим")
# A common password stays common when it is typed with the other keyboard on.
RUSSIAN_KEYS = str.maketrans(
    "йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,."
)


class PasswordTooShort(InputRefused):
    """The password needs {least} characters or more. A sentence of your own is easy to
    remember."""


class PasswordTooLong(InputRefused):
    """The password may have {most} characters at most."""


class PasswordHoldsLogin(InputRefused):
    """The password must not hold the user name."""


class PasswordTooCommon(InputRefused):
    """This password is easy to guess: it is common, repeats itself, follows the
    keyboard or is your name. Choose a sentence of your own."""


def new(login: str, password: str, *, name: str = "", least: int = LEAST) -> str:
    """The hash of an acceptable password; InputRefused says what to mend.

    `least` is LEAST_BESIDE_ANOTHER_FACTOR for who has a second factor.
    """
    password = _one_spelling(password)
    if len(password) < least:
        raise PasswordTooShort(field="password", least=least)
    if len(password) > MOST:
        raise PasswordTooLong(field="password", most=MOST)
    if login in password.casefold():
        raise PasswordHoldsLogin(field="password")
    if _guesses(password.casefold(), login, name) < GUESSES_AT_LEAST:
        raise PasswordTooCommon(field="password")
    return _hasher().hash(password)


def is_long(password: str) -> bool:
    """Whether a password is long enough where it is the only factor."""
    return len(_one_spelling(password)) >= LEAST


def is_right(hashed: str | None, password: str) -> bool:
    """Whether it is the password; as slow where there is none to compare with."""
    # What is longer than any password is not hashed whole, and is wrong anyway.
    told = password[: 4 * MOST]
    # The second is how passwords were spelt once, the third leaves out the space that
    # comes along from a message (NIST SP 800-63B allows it); mostly all are the same.
    spellings = dict.fromkeys(
        (_one_spelling(told), _old_spelling(told), _one_spelling(told.strip()))
    )
    return any(_is_right(hashed, each[: MOST + 1]) for each in spellings)


def renewed(hashed: str, password: str) -> str | None:
    """A new hash of a right password, if `hashed` is weaker than today's ones."""
    if not _hasher().check_needs_rehash(hashed):
        return None
    return _hasher().hash(_one_spelling(password))


def first() -> str:
    """A password for somebody else's first sign-in, easy to read over a telephone."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
    groups = ("".join(secrets.choice(letters) for _ in range(4)) for _ in range(5))
    return "-".join(groups)


def _guesses(password: str, login: str, name: str) -> float:
    # Imported here: its lists take a tenth of a second, and few requests need them.
    from zxcvbn import zxcvbn

    close = [login, *OURS, *name.casefold().split()]
    spellings = {password, password.translate(RUSSIAN_KEYS)}
    return min(
        float(zxcvbn(each[:SEEN_BY_ESTIMATE], user_inputs=close)["guesses"])
        for each in spellings
    )


def _is_right(hashed: str | None, told: str) -> bool:
    try:
        return _hasher().verify(hashed or _nobodys(), told) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    """Argon2id with OWASP's least memory: a storm of sign-ins must not eat it all."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe())


def _one_spelling(password: str) -> str:
    """As NIST asks: letters that Unicode spells in several ways are one (NFC)."""
    plain = password.encode("utf-8", "replace").decode("utf-8")  # no lone surrogates
    return unicodedata.normalize("NFC", plain)


def _old_spelling(password: str) -> str:
    return unicodedata.normalize("NFKC", _one_spelling(password))
