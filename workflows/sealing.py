"""Sealing: what only this service may read again, with a key for each purpose."""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Sealer:
    """Seals texts with a key made of the service's secret for one purpose.

    What was sealed with one of the secrets of before is opened, too; what was sealed
    for another purpose, or with another secret, is not.
    """

    def __init__(self, secret: str, purpose: str, before: Sequence[str] = ()) -> None:
        self._first = _fernet(secret, purpose)
        old = (_fernet(each, purpose) for each in before)
        self._fernet = MultiFernet([self._first, *old])

    def seal(self, text: str, now: datetime) -> str:
        moment = int(now.timestamp())
        return self._fernet.encrypt_at_time(text.encode(), moment).decode()

    def open(
        self, sealed: str, now: datetime, within: timedelta | None = None
    ) -> str | None:
        """The text, if sealed with a key of ours (and not longer than `within` ago)."""
        token = sealed.encode("utf-8", "replace")
        try:
            if within is None:
                return self._fernet.decrypt(token).decode()
            seconds, moment = int(within.total_seconds()), int(now.timestamp())
            return self._fernet.decrypt_at_time(token, seconds, moment).decode()
        except InvalidToken:
            return None

    def is_current(self, sealed: str) -> bool:
        """Whether it is sealed with the secret of now, not with one of before."""
        try:
            self._first.decrypt(sealed.encode("utf-8", "replace"))
        except InvalidToken:
            return False
        return True

    def renewed(self, sealed: str) -> str | None:
        """The same, sealed with the secret of now and as of the same moment.

        None if it is sealed with none that is known.
        """
        try:
            return self._fernet.rotate(sealed.encode("utf-8", "replace")).decode()
        except InvalidToken:
            return None


def _fernet(secret: str, purpose: str) -> Fernet:
    made = HKDF(SHA256(), 32, salt=None, info=b"rasim:" + purpose.encode())
    return Fernet(base64.urlsafe_b64encode(made.derive(secret.encode())))
