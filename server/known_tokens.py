"""Who is behind a program's token, remembered for some seconds in this process."""

import hashlib
import time
from dataclasses import dataclass, field

from server import context
from workflows import tokens
from workflows.people import Caller

# A token that was revoked, and a role that was taken away, work on for this long at
# most in a process that has just seen the token; the price of not asking the database
# who calls on each of a thousand requests a second.
TOKEN_FRESH_SECONDS = 5.0
TOKENS_KEPT = 1000


@dataclass
class KnownTokens:
    """The tokens of this process, by their hash."""

    EXTENSION = "rasim.tokens"
    _kept: dict[bytes, tuple[float, Caller]] = field(default_factory=dict)

    def caller(self, token: str) -> Caller | None:
        key = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        kept = self._kept.get(key)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        services = context.services()
        with services.store.statement() as tx:
            caller = tokens.caller(tx, services.clock, token)
        if caller is None:
            self._kept.pop(key, None)
            return None
        if len(self._kept) >= TOKENS_KEPT:
            self._kept.clear()
        self._kept[key] = (time.monotonic() + TOKEN_FRESH_SECONDS, caller)
        return caller
