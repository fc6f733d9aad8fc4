"""The people around the service: they file, decide and withdraw, and try again."""

import enum
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import urllib3

from tests.load.client import composed

PROCEDURE = "first_grade_admission"
PATIENCE_SECONDS = 90.0  # a client gives up after that, which is a violation
PAUSE_SECONDS = 0.3
WITHDRAWS_WITHIN_SECONDS = 8.0


class Plan(enum.StrEnum):
    """What becomes of an application, as its people want it."""

    ACCEPT = "accept"
    WITHDRAW = "withdraw"  # accepted, and taken back by the parent (ADM-6)
    REFUSE = "refuse"
    LEAVE = "leave"  # no clerk decides: the deadline passes


@dataclass
class Application:
    number: str
    plan: Plan
    variables: dict[str, Any]
    is_automatic: bool  # ADM-4.1: no clerk
    case: str | None = None  # id, once filed
    withdraw_at: float | None = None
    is_withdrawn: bool = False

    @property
    def decision(self) -> dict[str, Any]:
        if self.plan is Plan.REFUSE:
            return {"accepted": False, "reason": "classes_full"}
        return {"accepted": True}


@dataclass
class Tally:
    """What clients met; every thread writes here."""

    statuses: Counter[str] = field(default_factory=Counter)
    replayed: int = 0
    longest_seconds: float = 0.0
    violations: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def met(self, status: str) -> None:
        with self._lock:
            self.statuses[status] += 1

    def answered(self, seconds: float, *, replayed: bool) -> None:
        with self._lock:
            self.longest_seconds = max(self.longest_seconds, seconds)
            self.replayed += replayed

    def violated(self, text: str) -> None:
        with self._lock:
            self.violations.append(text)


class Client:
    """A program with a token that repeats a call until it is answered."""

    def __init__(self, base: str, token: str, tally: Tally) -> None:
        self._base = f"{base}/api/v1"
        self._token = token
        self._tally = tally
        self._http = urllib3.PoolManager(retries=False, timeout=15, maxsize=8)

    def renew(self, token: str) -> None:
        """Use another token from now on."""
        self._token = token

    def violated(self, text: str) -> None:
        self._tally.violated(text)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        key: str | None = None,
        *,
        patient: bool = True,
    ) -> Any:
        """The answer, or None after a refusal, which is written down.

        Who is not patient asks once, and takes no or no answer for None.
        """
        started = time.monotonic()
        while time.monotonic() - started < PATIENCE_SECONDS:
            answer = self._ask(method, path, body, key)
            if answer is not None and answer.status < 400:
                replayed = answer.headers.get("Idempotent-Replayed") == "true"
                self._tally.answered(time.monotonic() - started, replayed=replayed)
                return answer.json()
            if answer is not None and answer.status != 503:
                if patient or answer.status >= 500:
                    told = answer.data[:300].decode(errors="replace")
                    self._tally.violated(f"{method} {path}: {answer.status} {told}")
                if answer.status < 500:
                    return None
            if not patient:
                return None
            time.sleep(PAUSE_SECONDS)
        self._tally.violated(f"{method} {path}: no answer in {PATIENCE_SECONDS:.0f} s")
        return None

    def _ask(
        self, method: str, path: str, body: Any, key: str | None
    ) -> urllib3.BaseHTTPResponse | None:
        """What is answered; None where nobody answers."""
        sent, headers = composed(self._token, body, key)
        try:
            answer = self._http.request(
                method, self._base + path, body=sent, headers=headers
            )
        except urllib3.exceptions.HTTPError as error:
            self._tally.met(type(error).__name__)
            return None
        self._tally.met(str(answer.status))
        if answer.status == 503 and "Retry-After" not in answer.headers:
            self._tally.violated(f"{method} {path}: 503 without Retry-After")
        return answer

    def send_file(self, path: str, content: bytes) -> int:
        """The status with which a document is taken or refused, asked once."""
        answer = self._http.request(
            "POST",
            self._base + path,
            fields={"file": ("page.txt", content, "text/plain")},
            headers={"Authorization": f"Bearer {self._token}"},
        )
        return int(answer.status)


class Traffic:
    """All clients, each in a thread of its own, until `stop`."""

    def __init__(
        self,
        portal: Client,
        clerk: Client,
        applications: list[Application],
        *,
        spread_seconds: float,
        dice: random.Random,
    ) -> None:
        self.portal = portal
        self.clerk = clerk
        self.applications = applications
        self._spread_seconds = spread_seconds
        self._dice = dice
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._jumps: list[threading.Thread] = []
        self._started = 0.0

    def start(self) -> None:
        self._started = time.monotonic()
        for lane in range(3):
            self._run(self._file_all, self.applications[lane::3])
        # Some portals are impatient: the same POST at the same moment, with its key.
        self._run(self._file_all, self.applications[::3])
        for seed in range(2):
            self._run(self._decide_all, random.Random(self._dice.random() + seed))
        self._run(self._withdraw_all)
        self._run(self._tick)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)

    def is_done(self) -> bool:
        """Everything was filed, withdrawn where wanted, and the clock was moved."""
        return not any(jump.is_alive() for jump in self._jumps) and all(
            each.case and (each.is_withdrawn or each.plan is not Plan.WITHDRAW)
            for each in self.applications
        )

    def advance(self, duration: timedelta) -> None:
        """Move the service's clock, in a thread: kills come while it happens."""
        self._jumps.append(self._run(move_clock, self.portal, duration))

    def _run(self, target: Any, *arguments: Any) -> threading.Thread:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _file_all(self, mine: list[Application]) -> None:
        for at, application in enumerate(mine):
            wanted = self._started + self._spread_seconds * at / len(mine)
            if self._stop.wait(max(0.0, wanted - time.monotonic())):
                return
            body = {
                "process_key": PROCEDURE,
                "business_key": application.number,
                "office": application.variables["school"]["bin"],
                "variables": application.variables,
            }
            answer = self.portal.call(
                "POST", "/instances", body, key=f"file-{application.number}"
            )
            if answer is None:
                continue
            if application.case not in (None, answer["id"]):
                self.portal.violated(f"{application.number}: two cases under one key")
            wait = self._dice.uniform(0, WITHDRAWS_WITHIN_SECONDS)
            application.withdraw_at = time.monotonic() + wait
            application.case = answer["id"]

    def _decide_all(self, dice: random.Random) -> None:
        """Two clerks do this over the same list: the key makes it one decision."""
        while not self._stop.wait(0.3):
            known = {each.case: each for each in self.applications if each.case}
            listed = self.clerk.call("GET", "/tasks?sort=created_at&limit=200")
            items = listed["items"] if listed else []
            dice.shuffle(items)
            for task in items:
                application = known.get(task["instance_id"])
                if application is None or application.plan is Plan.LEAVE:
                    continue
                self.clerk.call(
                    "POST",
                    f"/tasks/{task['id']}/complete",
                    {"variables": {"decision": application.decision}},
                    key=f"decide-{task['id']}",
                )
                if self._stop.is_set():
                    return

    def _withdraw_all(self) -> None:
        """Some parents are early: the message is kept until the place is held."""
        while not self._stop.wait(0.2):
            for each in self.applications:
                if (
                    each.plan is Plan.WITHDRAW
                    and not each.is_withdrawn
                    and each.withdraw_at is not None
                    and each.withdraw_at <= time.monotonic()
                ):
                    body = {
                        "name": "application_withdrawn",
                        "correlation_key": each.number,
                        "variables": {},
                    }
                    key = f"withdraw-{each.number}"
                    answer = self.portal.call("POST", "/messages", body, key=key)
                    each.is_withdrawn = answer is not None

    def _tick(self) -> None:
        """The manual clock goes on about as fast as a real one: retries need it."""
        while not self._stop.wait(1.0):
            key = f"tick-{uuid.uuid4()}"
            self.portal.call("POST", "/clock", {"advance": "PT1S"}, key=key)


def move_clock(portal: Client, duration: timedelta) -> None:
    """To a moment, not by a duration: who is killed on the way has moved it already."""
    now = datetime.fromisoformat(portal.call("GET", "/clock")["now"])
    target = now + duration
    while now < target:
        portal.call("POST", "/clock", {"now": target.isoformat()}, patient=False)
        now = datetime.fromisoformat(portal.call("GET", "/clock")["now"])


def make_applications(
    base: str, count: int, dice: random.Random, first: int = 0
) -> list[Application]:
    """Families of the simulators' population, each with a plan."""
    http = urllib3.PoolManager(retries=False, timeout=10)
    asked = f"first={first}&count={count}"
    answer = http.request("GET", f"{base}/_sim/applications?{asked}")
    return [_application(item, dice) for item in answer.json()["items"]]


def _application(item: dict[str, Any], dice: random.Random) -> Application:
    is_automatic = item["story"] == "own_class"
    if is_automatic:
        (plan,) = dice.choices((Plan.ACCEPT, Plan.WITHDRAW), (75, 25))
    else:
        (plan,) = dice.choices(tuple(Plan), (50, 15, 20, 15))
    variables = item["variables"]
    return Application(
        variables["application"]["number"], plan, variables, is_automatic
    )
