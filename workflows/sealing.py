"""Sealing: what only this service may read again, with a key for each purpose."""

import base64
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Sealer:
    """Seals texts with a key made of the service's secret for one purpose.

    What was sealed for another purpose, or with another secret, is not opened.
    """

    def __init__(self, secret: str, purpose: str) -> None:
        made = HKDF(SHA256(), 32, salt=None, info=b"rasim:" + purpose.encode())
        key = made.derive(secret.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, text: str, now: datetime) -> str:
        moment = int(now.timestamp())
        return self._fernet.encrypt_at_time(text.encode(), moment).decode()

    def open(
        self, sealed: str, now: datetime, within: timedelta | None = None
    ) -> str | None:
        """The text, if sealed with this key (and not longer than `within` ago)."""
        token = sealed.encode("utf-8", "replace")
        try:
            if within is None:
                return self._fernet.decrypt(token).decode()
            seconds, moment = int(within.total_seconds()), int(now.timestamp())
            return self._fernet.decrypt_at_time(token, seconds, moment).decode()
        except InvalidToken:
            return None
