"""The demonstration: offices, one person for each role, and applications that move.

Everybody is invented. Applications come in over the API, as those of a portal do; a
clerk who is a program decides in all schools but the first, whose work is left to you.
"""

import json
import logging
import random
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
import urllib3

from integrations.people import Family, Population, School, Story
from workflows import people, tokens
from workflows.model import InputRefused, Role
from workflows.store.tables import offices
from workflows.world import World

ROOT = "moe"
PORTAL, PROGRAM_CLERK = "oqu", "demo-clerk"
EVERY_SECONDS = 5.0
OPEN_TASKS_AT_MOST = 40  # the stream waits while people do not keep up
ACCEPTED_SHARE = 0.85
WITHDRAWN_SHARE = 0.1
OWN_SCHOOL_EVERY = 5  # applications
BEGIN_DAYS_AGO = (6, 5, 2, 1, 0, 0)
REFUSAL_GROUNDS = ("unreliable_documents", "requirements_not_met", "classes_full")
TOKENS_LAST = timedelta(days=30)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cast:
    """Who plays: the tokens of the two programs, and the school that is yours."""

    portal_token: str
    clerk_token: str
    own_school: School


def seed(tx: sa.Connection, world: World, population: Population) -> None:
    """Make the offices and people that are not there yet."""
    known = set(tx.scalars(sa.select(offices.c.code)))
    for code, kind, names, parent in _offices(population):
        if code not in known:
            known.add(code)
            people.add_office(tx, code=code, kind=kind, names=names, parent=parent)
    for login, name, role, office, is_shown in _people(population.schools[0]):
        if people.by_login(tx, login) is None:
            people.add_user(tx, world.clock, login=login, name=name, is_demo=is_shown)
            people.add_membership(tx, login=login, role=role, office=office)


def cast(tx: sa.Connection, world: World, population: Population) -> Cast:
    """New tokens for the two programs that play along."""
    return Cast(
        _token(tx, world, PORTAL),
        _token(tx, world, PROGRAM_CLERK),
        population.schools[0],
    )


def _token(tx: sa.Connection, world: World, login: str) -> str:
    return tokens.create(tx, world.clock, login, valid_for=TOKENS_LAST)


def _offices(
    population: Population,
) -> Iterator[tuple[str, str, dict[str, str], str | None]]:
    ministry = {
        "kk": "Оқу-ағарту министрлігі",
        "ru": "Министерство просвещения",
        "en": "Ministry of Education",
    }
    yield ROOT, "ministry", ministry, None
    for school in population.schools:
        place = school.place
        yield place.region_code, "region", _texts(place.region), ROOT
        yield place.district_code, "district", _texts(place.district), place.region_code
        yield school.bin, "school", _texts(school.name), place.district_code


def _people(school: School) -> Iterator[tuple[str, str, Role, str, bool]]:
    region = school.place.region_code
    yield "aigul", "Айгүл Серікқызы", Role.CLERK, school.bin, True
    yield "marat", "Марат Ерланұлы", Role.CLERK, school.bin, True
    yield "gulnar", "Гүлнар Асқарқызы", Role.SUPERVISOR, region, True
    yield "daniyar", "Данияр Болатұлы", Role.DESIGNER, ROOT, True
    yield "askar", "Асқар Нұрланұлы", Role.ADMINISTRATOR, ROOT, True
    yield PORTAL, "OQU", Role.SERVICE, ROOT, False
    yield PROGRAM_CLERK, "Бағдарлама", Role.CLERK, ROOT, False


def _texts(texts: Any) -> dict[str, str]:
    return {"kk": texts.kk, "ru": texts.ru, "en": texts.en}


class Stream:
    """Applications, decisions and withdrawals, one small thing after another."""

    def __init__(self, base_url: str, cast: Cast, population: Population) -> None:
        self._http = urllib3.PoolManager(retries=False, timeout=10)
        self._base = base_url
        self._cast = cast
        self._families = list(population)
        self._dice = random.Random()  # noqa: S311  # which invented family is next
        self._next = self._dice.randrange(len(self._families))
        # Those whom only a clerk can admit, at the school whose clerk you may be.
        self._own = [
            family
            for family in population
            if family.wanted.bin == cast.own_school.bin
            and family.story is not Story.OWN_CLASS
        ]
        self._dice.shuffle(self._own)
        self._turns = 0

    def run(self, stop: threading.Event) -> None:
        """Until `stop`; a service that is not there yet, or gone, is waited for."""
        while not stop.is_set():
            try:
                self.turn()
            except (urllib3.exceptions.HTTPError, RefusedByApi) as error:
                log.warning("the demonstration waits: %s", type(error).__name__)
            stop.wait(EVERY_SECONDS)

    def turn(self) -> None:
        """One application if there is room, one decision, now and then a withdrawal."""
        tasks = self._call("GET", "/tasks?sort=created_at&limit=200", clerk=True)
        if not tasks["total"] and not self._turns:
            self._begin()
        if tasks["total"] < OPEN_TASKS_AT_MOST:
            self._turns += 1
            if self._turns % OWN_SCHOOL_EVERY == 0 and self._own:
                self.apply(self._own.pop())  # one application for a child (BA 1.16)
            else:
                self.apply(self._families[self._next % len(self._families)])
                self._next += 1
        others = [
            task
            for task in tasks["items"]
            if task["office"] != self._cast.own_school.bin
        ]
        if others and self._dice.random() < 0.5:
            self.decide(others[0]["id"])
        if self._dice.random() < WITHDRAWN_SHARE:
            self.withdraw()

    def _begin(self) -> None:
        """A desk that is not empty: work of today, and some that came days ago."""
        for days in BEGIN_DAYS_AGO:
            self.apply(self._own.pop(), self._now() - timedelta(days=days))

    def apply(self, family: Family, filed_at: datetime | None = None) -> str:
        """File the application of a family, now unless told; its number."""
        filed_at = filed_at or self._now()
        number = f"A-{filed_at:%Y}-{uuid.uuid4().hex[:8].upper()}"
        body = {
            "process_key": "first_grade_admission",
            "business_key": number,
            "office": family.wanted.bin,
            "variables": family.variables(number, filed_at),
        }
        self._call("POST", "/instances", body)
        return number

    def decide(self, task_id: str) -> None:
        decision: dict[str, Any] = {"accepted": self._dice.random() < ACCEPTED_SHARE}
        if not decision["accepted"]:
            decision["reason"] = self._dice.choice(REFUSAL_GROUNDS)
        body = {"variables": {"decision": decision}}
        self._call("POST", f"/tasks/{task_id}/complete", body, clerk=True)

    def withdraw(self) -> None:
        """The parent of some accepted child takes the application back (ADM-6)."""
        path = "/instances?process_key=first_grade_admission&state=active&limit=200"
        held = [
            case
            for case in self._call("GET", path)["items"]
            if case["variables"].get("result") == "accepted"
        ]
        if held:
            body = {
                "name": "application_withdrawn",
                "correlation_key": self._dice.choice(held)["business_key"],
                "variables": {},
                "ttl_seconds": 0,
            }
            self._call("POST", "/messages", body)

    def _now(self) -> datetime:
        """The service's time; a service without a clock of its own has the machine's.

        One that was started with `--manual-clock` tells its own, all others answer 404.
        """
        try:
            return datetime.fromisoformat(self._call("GET", "/clock")["now"])
        except RefusedByApi as refused:
            if refused.data["status"] != 404:
                raise
            return datetime.now(UTC)

    def _call(
        self, method: str, path: str, body: Any = None, *, clerk: bool = False
    ) -> Any:
        token = self._cast.clerk_token if clerk else self._cast.portal_token
        answer = self._http.request(
            method,
            f"{self._base}/api/v1{path}",
            body=None if body is None else json.dumps(body),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
            },
        )
        if answer.status >= 400:
            raise RefusedByApi(
                field=path, reason=f"answered {answer.status}", status=answer.status
            )
        return answer.json()


class RefusedByApi(InputRefused):
    """{field}: {reason}."""
