"""Who plays in the load programs: a portal that files, a clerk who decides."""

import http.client
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from integrations.people import DEFAULT_COUNT, Family, Population, Story
from server import bootstrap, demo
from server.auth import FORM_FIELD, SESSION_COOKIE
from server.postgres.embedded import EmbeddedPostgres
from server.settings import Settings
from tests.load.client import Client
from tests.load.driver import CASES, DECISION, application
from workflows import people, sessions

TYPED = {"decision.accepted": "true"}  # the same, as the page's form sends it


@dataclass(frozen=True)
class Clerk:
    """A clerk of all schools: a program with a token, and somebody at a browser."""

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


@dataclass(frozen=True)
class Cast:
    """The portal's token, the clerk, and families whose cases need a clerk."""

    client: Client
    portal: str
    clerk: Clerk
    families: Iterator[Family]

    def file(self) -> Any:
        """The next family's case, as the API tells it."""
        body = application(next(self.families))
        key = body["business_key"]
        return self.client.call("POST", CASES, self.portal, body, key=key)


def cast_in(postgres: EmbeddedPostgres, folder: Path, url: str) -> Cast:
    """Make the people of the demonstration in a running service's database."""
    settings = Settings.from_environment(
        {
            "DATABASE_URL": postgres.url,
            "RASIM_DATA": str(folder),
            "RASIM_LOG_LEVEL": "WARNING",
        }
    )
    today = datetime.now(UTC).date()
    population = Population(bootstrap.DEMO_SEED, DEFAULT_COUNT, today)
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        demo.seed(tx, world, population)
        found = demo.cast(tx, world, population)
        user = people.known(tx, demo.PROGRAM_CLERK)
        now = world.clock.now()
        begun = sessions.start(tx, user.user_id, now, "password", "load")
    client = Client(url)
    clerk = Clerk(client, url, found.clerk_token, begun.token, begun.csrf_token)
    general = [one for one in population if one.story is not Story.OWN_CLASS]
    return Cast(client, found.portal_token, clerk, itertools.cycle(general))
