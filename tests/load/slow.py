"""`make slow`: a case's task completed while each statement takes 24 ms more.

The whole service speaks with its database by way of a link that holds back every
statement, BEGIN and COMMIT among them, also those that are sent together. It is an
error if a promise falls short.
"""

import http.client
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import psutil  # type: ignore[import-untyped]  # it has none

from integrations.people import DEFAULT_COUNT, Family, Population, Story
from server import bootstrap, demo
from server.auth import FORM_FIELD, SESSION_COOKIE
from server.postgres import EmbeddedPostgres
from server.settings import Settings
from tests.load import bench, service
from tests.load.client import Client
from tests.load.promises import Findings, at, milliseconds
from tests.load.slow_link import Link, slow_link
from workflows import people, sessions

DELAY_MS = 24.0
COMPLETED_MS = 400.0  # at most, p95
TASKS = 60  # completed by each way, after those that warm up
WARM = 20
COUNTED = 10
TASKS_SECONDS = 180.0
DECISION = {"variables": {"decision": {"accepted": True}}}
TYPED = {"decision.accepted": "true"}
LIST = "/api/v1/tasks?sort=created_at&limit=200"


@dataclass(frozen=True)
class Clerk:
    """Somebody who decides: as a program with a token, and at a browser."""

    client: Client
    url: str
    token: str
    cookie: str
    csrf: str

    def by_call(self, task: str) -> None:
        path = f"/api/v1/tasks/{task}/complete"
        self.client.call("POST", path, self.token, DECISION, key=task)

    def by_page(self, task: str) -> None:
        """The form of the task's page; the answer sends the browser on."""
        parts = urlsplit(self.url)
        link = http.client.HTTPConnection(parts.hostname or "", parts.port)
        headers = {
            "Cookie": f"{SESSION_COOKIE}={self.cookie}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        typed = urlencode(TYPED | {FORM_FIELD: self.csrf})
        link.request("POST", f"/tasks/{task}", typed, headers)
        answer = link.getresponse()
        said = answer.read()
        link.close()
        if answer.status != http.client.FOUND:
            raise RuntimeError(f"/tasks/{task}: {answer.status} {said[:500]!r}")


def main() -> None:
    found = Findings()
    people_ = Population(bench.SEED, DEFAULT_COUNT, datetime.now(UTC).date())
    families = (one for one in people_ if one.story is not Story.OWN_CLASS)
    with (
        bench.server() as (postgres, folder),
        slow_link(postgres.url) as link,
        service.running(folder, link.url, postgres.pid or 0) as running,
    ):
        settings = _settings(postgres, folder)
        portal, clerk = _people(settings, people_, running.url)
        tasks = _tasks(clerk, portal, families)
        time.sleep(1.0)  # the workers have nothing left to do
        found.part(f"{DELAY_MS:.0f} ms more for each statement")
        load = psutil.getloadavg()[0]
        found.told(f"load of the machine before: {load:.1f}")
        _measure(found, link, "a task completed: API", clerk.by_call, tasks)
        _measure(found, link, "a task completed: page", clerk.by_page, tasks)
    found.show()
    if found.short:
        raise SystemExit(f"falls short: {'; '.join(found.short)}")


def _measure(
    found: Findings,
    link: Link,
    what: str,
    complete: Callable[[str], None],
    tasks: Iterator[str],
) -> None:
    for _ in range(WARM):  # statements are prepared, the release is read
        complete(next(tasks))
    counted = [_counted(link, complete, next(tasks)) for _ in range(COUNTED)]
    link.delay_seconds = DELAY_MS / 1000
    spent = [_timed(complete, next(tasks)) for _ in range(TASKS)]
    link.delay_seconds = 0.0
    statements, trips = (sorted(each) for each in zip(*counted, strict=True))
    # Of others, too: a worker that asks for work meanwhile. The least is ours alone.
    found.told(f"{what}: {statements[0]} statements, {trips[0]} round trips")
    name = f"{what}, p95 of {TASKS} (p50 {milliseconds(at(spent, 0.5))})"
    found.most(name, at(spent, 0.95) * 1000, COMPLETED_MS, " ms")


def _counted(link: Link, complete: Callable[[str], None], task: str) -> tuple[int, int]:
    passed = link.count_anew()
    complete(task)
    return passed.statements, passed.round_trips


def _timed(complete: Callable[[str], None], task: str) -> float:
    began = time.perf_counter()
    complete(task)
    return time.perf_counter() - began


def _tasks(clerk: Clerk, portal: str, families: Iterator[Family]) -> Iterator[str]:
    """So many cases that each wait for a clerk's decision."""
    wanted = 2 * (WARM + COUNTED + TASKS)
    for _ in range(wanted):
        _file(clerk.client, portal, next(families))
    found: Sequence[str] = ()
    until = time.monotonic() + TASKS_SECONDS
    while len(found) < wanted:
        if time.monotonic() > until:
            raise SystemExit(f"{len(found)} of {wanted} cases came to a clerk")
        time.sleep(0.5)
        listed = clerk.client.call("GET", LIST, clerk.token)
        found = [task["id"] for task in listed["items"]]
    return iter(found)


def _file(client: Client, token: str, family: Family) -> None:
    number = f"B-{uuid.uuid4().hex[:8].upper()}"
    body = {
        "process_key": "first_grade_admission",
        "business_key": number,
        "office": family.wanted.bin,
        "variables": family.variables(number, datetime.now(UTC)),
    }
    client.call("POST", "/api/v1/instances", token, body, key=number)


def _people(settings: Settings, population: Population, url: str) -> tuple[str, Clerk]:
    """The portal's token, and a clerk of all schools."""
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        demo.seed(tx, world, population)
        cast = demo.cast(tx, world, population)
        user = people.known(tx, demo.PROGRAM_CLERK)
        now = world.clock.now()
        begun = sessions.start(tx, user.user_id, now, "password", "slow")
    client = Client(url)
    clerk = Clerk(client, url, cast.clerk_token, begun.token, begun.csrf_token)
    return cast.portal_token, clerk


def _settings(postgres: EmbeddedPostgres, folder: object) -> Settings:
    return Settings.from_environment(
        {
            "DATABASE_URL": postgres.url,
            "RASIM_DATA": str(folder),
            "RASIM_LOG_LEVEL": "WARNING",
        }
    )


if __name__ == "__main__":
    sys.exit(main())
