"""Counts of requests that all web processes of one machine share.

One number for each who asks: the moment at which all that they have asked for would be
paid back (the generic cell rate algorithm). The table lies in memory that the processes
inherit from the one that forked them; no lock is taken.
"""

import mmap
import secrets
import time
from dataclasses import dataclass
from hashlib import blake2b

CELLS = 1 << 16  # a power of two; 16 bytes each
REACH = 8  # cells that one key may lie in


@dataclass(frozen=True)
class Rate:
    """`most` requests at once, and as many again in each `seconds`."""

    name: str
    most: int
    seconds: float = 60.0


@dataclass(frozen=True)
class Taken:
    """What is left after a request; `wait` is 0, or seconds until it would pass."""

    rate: Rate
    left: int
    wait: float
    full_in: float  # seconds until everything is there again

    @property
    def is_refused(self) -> bool:
        return self.wait > 0


class Rates:
    """The shared table. Made before the fork, it is the same in every process.

    Two processes that write one cell at the same moment count one request instead of
    two: the price of taking no lock, paid by nobody who asks. A table that is full
    forgets who has most left.
    """

    def __init__(self, cells: int = CELLS) -> None:
        memory = memoryview(mmap.mmap(-1, cells * 16))
        self._keys = memory[: cells * 8].cast("Q")
        self._moments = memory[cells * 8 :].cast("d")
        self._mask = cells - 1
        self._salt = secrets.token_bytes(16)  # nobody chooses whose cell they share

    def take(self, rate: Rate, key: bytes, now: float | None = None) -> Taken:
        """Count one request of `key`; `now` in seconds that never go back.

        The machine's own seconds and not our clock's: this is about how much the
        machine can bear, and must end though a test holds our clock still.
        """
        now = time.monotonic() if now is None else now
        cell = self._cell(rate.name.encode() + b":" + key, now)
        cost = rate.seconds / rate.most
        paid = max(self._moments[cell], now) + cost
        over = paid - now - rate.seconds
        if over > 1e-9:
            return Taken(rate, 0, over, paid - cost - now)
        self._moments[cell] = paid
        return Taken(rate, int((rate.seconds - (paid - now)) / cost), 0.0, paid - now)

    def _cell(self, key: bytes, now: float) -> int:
        """The key's cell; a new key gets one that nobody needs, or needs least."""
        hashed = blake2b(key, digest_size=8, key=self._salt).digest()
        number = int.from_bytes(hashed, "little") or 1
        keys, moments, mask = self._keys, self._moments, self._mask
        least = number & mask
        for step in range(REACH):
            cell = (number + step) & mask
            if keys[cell] == number:
                return cell
            if moments[cell] < moments[least]:
                least = cell
        keys[least] = number
        moments[least] = now
        return least
