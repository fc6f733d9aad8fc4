"""The driver: a portal that files applications and clerks who decide, over HTTP.

A closed loop: so many cases are under way at any time, and each one that ends is
followed by a new one. Light, for it shares the machine with what it measures.
"""

import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from integrations.people import Family
from tests.load.client import Client

THREADS = 4
LOOK_SECONDS = 0.1
PROCEDURE = "first_grade_admission"
CASES = "/api/v1/instances"
# Both lists are asked for by the state of the thing, never by its case: one cheap call
# serves every case under way.
TASKS = "/api/v1/tasks?sort=created_at&limit=200"
DECISION = {"variables": {"decision": {"accepted": True}}}
# Who waits for a withdrawal has their positive result, and sits in `place_held`.
HELD = """
    SELECT instance_id FROM message_subscriptions
    WHERE name = 'application_withdrawn' AND instance_id = ANY (%s)
"""


def application(family: Family) -> dict[str, Any]:
    """What starts a case of the family's child, under a new number."""
    number = f"B-{uuid.uuid4().hex[:8].upper()}"
    return {
        "process_key": PROCEDURE,
        "business_key": number,
        "office": family.wanted.bin,
        "variables": family.variables(number, datetime.now(UTC)),
    }


@dataclass
class Window:
    """What was seen in one stretch of time."""

    seconds: float = 0.0
    finished: int = 0
    starts: list[float] = field(default_factory=list)  # seconds that a call took
    completions: list[float] = field(default_factory=list)
    cases: list[float] = field(default_factory=list)  # from filing to held place

    @property
    def rate(self) -> float:
        return self.finished / self.seconds

    def __add__(self, other: "Window") -> "Window":
        return Window(
            self.seconds + other.seconds,
            self.finished + other.finished,
            self.starts + other.starts,
            self.completions + other.completions,
            self.cases + other.cases,
        )


class Driver:
    """Files, decides and counts; `token` is that of a program that may do both."""

    def __init__(
        self, url: str, token: str, clerk: str, families: Iterator[Family]
    ) -> None:
        self._client = Client(url)
        self._token, self._clerk = token, clerk
        self._families = families
        self._threads = ThreadPoolExecutor(THREADS)
        self._filed: dict[str, float] = {}  # cases under way: when they were filed
        self._decided: set[str] = set()  # tasks
        self._filing: set[Future[None]] = set()
        self._completing: set[Future[None]] = set()
        self._window = Window()
        self._lock = threading.Lock()
        self.finished = 0  # cases, in all windows

    def run(
        self, database: psycopg.Connection[Any], under_way: int, seconds: float
    ) -> Window:
        """Keep so many cases under way for so long; what was seen meanwhile."""
        with self._lock:
            self._window = window = Window()
        started = time.perf_counter()
        while time.perf_counter() - started < seconds:
            for _ in range(under_way - len(self._filed) - _open(self._filing)):
                call = self._threads.submit(self._file, next(self._families))
                self._filing.add(call)
            self._decide()
            self._count(database, window)
            time.sleep(LOOK_SECONDS)
        window.seconds = time.perf_counter() - started
        return window

    def file(
        self, database: psycopg.Connection[Any], under_way: int, cases: int
    ) -> None:
        """File so many applications, so many under way at a time."""
        window = Window()
        while cases > 0:
            free = under_way - len(self._filed) - _open(self._filing)
            for _ in range(min(free, cases)):
                call = self._threads.submit(self._file, next(self._families))
                self._filing.add(call)
                cases -= 1
            self._decide()
            self._count(database, window)
            time.sleep(LOOK_SECONDS)

    def drain(self, database: psycopg.Connection[Any], seconds: float) -> int:
        """Let the cases under way end; how many did not within so many seconds."""
        until = time.monotonic() + seconds
        while self._filed or _open(self._filing) or _open(self._completing):
            if time.monotonic() > until:
                break
            self._decide()
            self._count(database, Window())
            time.sleep(LOOK_SECONDS)
        return len(self._filed)

    def close(self) -> None:
        self._threads.shutdown()

    def _file(self, family: Family) -> None:
        body = application(family)
        began = time.perf_counter()
        case = self._client.call(
            "POST", CASES, self._token, body, key=body["business_key"]
        )
        took = time.perf_counter() - began
        with self._lock:
            self._filed[case["id"]] = began
            self._window.starts.append(took)

    def _decide(self) -> None:
        for task in self._client.call("GET", TASKS, self._clerk)["items"]:
            if task["id"] not in self._decided:
                self._decided.add(task["id"])
                call = self._threads.submit(self._complete, task["id"])
                self._completing.add(call)
        _open(self._completing)

    def _complete(self, task: str) -> None:
        path = f"/api/v1/tasks/{task}/complete"
        began = time.perf_counter()
        self._client.call("POST", path, self._clerk, DECISION, key=task)
        with self._lock:
            self._window.completions.append(time.perf_counter() - began)

    def _count(self, database: psycopg.Connection[Any], window: Window) -> None:
        with self._lock:
            asked = [uuid.UUID(case) for case in self._filed]
        held = [str(row[0]) for row in database.execute(HELD, (asked,))]
        now = time.perf_counter()
        with self._lock:
            for case in held:
                window.cases.append(now - self._filed.pop(case))
                window.finished += 1
                self.finished += 1


def _open(calls: set[Future[None]]) -> int:
    """How many are under way; those that are over leave, and raise what they met."""
    over = {call for call in calls if call.done()}
    calls -= over
    for call in over:
        call.result()
    return len(calls)
