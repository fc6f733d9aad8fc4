"""What clerks and parents do all day, in the shares in which they do it."""

import random
import threading
from collections import deque
from collections.abc import Callable

from tests.load.cast import Cast

# Each case is started, claimed and completed once; pages are looked at in between.
SHARES = {
    "list tasks": 30,
    "open a task": 20,
    "read a case": 26,
    "start a case": 8,
    "claim a task": 8,
    "complete a task": 8,
}
LIST = "/api/v1/tasks?free=true&sort=created_at&limit=50"
SEED = 7
REMEMBERED = 2000  # cases that are read again, the latest


class Deeds:
    """Each call of `next` does one thing over HTTP; safe between threads.

    Where there is nothing to claim or complete just now, the worklist is asked.
    """

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._dice = random.Random(SEED)
        self._lock = threading.Lock()
        self._free: deque[str] = deque()
        self._listed: set[str] = set()
        self._claimed: deque[str] = deque()
        self._cases: deque[str] = deque(maxlen=REMEMBERED)
        self._does: dict[str, Callable[[], str | None]] = {
            "list tasks": self.list,
            "open a task": self.open,
            "read a case": self.read,
            "start a case": self.start,
            "claim a task": self.claim,
            "complete a task": self.complete,
        }

    def next(self) -> str:
        """Do something; what it was. RuntimeError tells a refusal."""
        with self._lock:
            (what,) = self._dice.choices([*SHARES], [*SHARES.values()])
        return self._does[what]() or what

    def list(self) -> str:
        clerk = self._cast.clerk
        for task in self._cast.client.call("GET", LIST, clerk.token)["items"]:
            with self._lock:
                if task["id"] not in self._listed:
                    self._listed.add(task["id"])
                    self._free.append(task["id"])
        return "list tasks"

    def open(self) -> str | None:
        with self._lock:
            task = self._dice.choice(self._free) if self._free else None
        if task is None:
            return self.list()
        path = f"/api/v1/tasks/{task}"
        self._cast.client.call("GET", path, self._cast.clerk.token)
        return None

    def read(self) -> str | None:
        with self._lock:
            case = self._dice.choice(self._cases)
        path = f"/api/v1/instances/{case}"
        self._cast.client.call("GET", path, self._cast.portal)
        return None

    def start(self) -> str | None:
        case = self._cast.file()
        with self._lock:
            self._cases.append(case["id"])
        return None

    def claim(self) -> str | None:
        with self._lock:
            task = self._free.popleft() if self._free else None
        if task is None:
            return self.list()
        path = f"/api/v1/tasks/{task}/claim"
        self._cast.client.call("POST", path, self._cast.clerk.token, {}, key=f"c{task}")
        with self._lock:
            self._claimed.append(task)
        return None

    def complete(self) -> str | None:
        with self._lock:
            task = self._claimed.popleft() if self._claimed else None
        if task is None:
            return self.list()
        self._cast.clerk.by_call(task)
        return None
