"""Faults on demand: how a simulated system behaves badly, and for how long."""

import enum
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LONGEST_HOLD_SECONDS = 120.0


class Mode(enum.StrEnum):
    DOWN = "down"  # 503 with Retry-After; nothing happens
    SLOW = "slow"  # the right answer, after the delay
    ERROR = "error"  # 500; nothing happens
    GARBAGE = "garbage"  # it happens, and the answer is no JSON
    TIMEOUT = "timeout"  # it happens, and the answer is held back for the delay
    REJECT = "reject"  # 422; nothing happens


@dataclass
class Fault:
    """`system` "*" is every system; `times` None and `until` None: until taken back."""

    system: str
    mode: Mode
    delay_ms: int
    times: int | None = None
    until: datetime | None = None

    def as_told(self) -> dict[str, Any]:
        told = dict(vars(self))
        told["until"] = self.until.isoformat() if self.until else None
        return told


class Faults:
    """The faults in force; safe between threads. The first that fits is taken."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._all: list[Fault] = []
        self._released = threading.Event()

    def set(self, fault: Fault) -> None:
        with self._lock:
            self._all.append(fault)

    def clear(self) -> None:
        """Ends every fault; answers that are held back go out at once."""
        with self._lock:
            self._all.clear()
            self._released.set()
            self._released = threading.Event()

    def told(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.as_told() for fault in self._all]

    def take(self, system: str) -> Fault | None:
        """The fault that this request meets; it is counted."""
        if not self._all:
            return None
        with self._lock:
            now = self._now()
            self._all = [f for f in self._all if f.until is None or f.until > now]
            found = next((f for f in self._all if f.system in ("*", system)), None)
            if found is not None and found.times is not None:
                found.times -= 1
                if found.times <= 0:
                    self._all.remove(found)
            return found

    def hold(self, fault: Fault) -> None:
        """Waits as long as the fault says, or until faults are cleared."""
        seconds = min(fault.delay_ms / 1000, LONGEST_HOLD_SECONDS)
        self._released.wait(seconds)
