"""The worklist bench's people: a browser that looks, clerks who take tasks."""

import http.client
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from server.auth import SESSION_COOKIE
from tests.load.place import Place
from tests.load.promises import Findings, at, milliseconds
from tests.load.worklist_data import Viewer
from workflows import people, sessions, worklist
from workflows.model import Role
from workflows.worklist import WorklistQuery

CLAIM_MS = 30.0
CLAIMS, CLERKS_AT_ONCE = 200, 50


class Browser:
    """Somebody signed in, with a connection that is kept."""

    def __init__(self, here: Place, viewer: Viewer) -> None:
        with here.store.transaction() as tx:
            now = here.world.clock.now()
            user_id = viewer.caller.user_id
            begun = sessions.start(tx, user_id, now, "password", "bench")
        parts = urlsplit(here.running.url)
        self._link = http.client.HTTPConnection(parts.hostname or "", parts.port)
        self._headers = {
            "Cookie": f"{SESSION_COOKIE}={begun.token}",
            "Accept-Encoding": "gzip",
        }

    def worklist(self) -> None:
        self._link.request("GET", "/tasks?view=groups", headers=self._headers)
        answer = self._link.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"/tasks: {answer.status} {body[:300]!r}")


def measure(here: Place, found: Findings, viewers: Sequence[Viewer]) -> None:
    found.part("taking tasks")
    taken: set[uuid.UUID] = set()
    for viewer in viewers:
        ids = [one.task_id for one in viewer.samples if one.is_free]
        ids = [one for one in ids if one not in taken][:CLAIMS]
        _claims(here, found, viewer, ids)
        taken.update(ids)
    _next_alone(here, found, viewers)
    _next_at_once(here, found, viewers[0])


def _claims(
    here: Place, found: Findings, viewer: Viewer, ids: Sequence[uuid.UUID]
) -> None:
    """Each claim is one of a task that nobody has, over the API."""
    spent = []
    for task_id in ids:
        began = time.perf_counter()
        here.client.call("POST", f"/api/v1/tasks/{task_id}/claim", viewer.token)
        spent.append(time.perf_counter() - began)
    found.most(
        f"claim by {viewer.name}: API, p95 of {len(ids)}"
        f" (p50 {milliseconds(at(spent, 0.5))})",
        at(spent, 0.95) * 1000,
        CLAIM_MS,
        " ms",
    )


def _next_alone(here: Place, found: Findings, viewers: Sequence[Viewer]) -> None:
    for viewer in viewers:
        spent = []
        for _ in range(CLAIMS // 4):
            began = time.perf_counter()
            with here.store.transaction() as tx:
                worklist.next_task(tx, here.world, viewer.caller, WorklistQuery())
            spent.append(time.perf_counter() - began)
        found.told(
            f"next task for {viewer.name}: p50 {milliseconds(at(spent, 0.5))},"
            f" p95 {milliseconds(at(spent, 0.95))}"
        )


def _next_at_once(here: Place, found: Findings, viewer: Viewer) -> None:
    """Clerks of one school ask for their next task at the same moment."""
    logins = []
    with here.store.transaction() as tx:
        for at_ in range(CLERKS_AT_ONCE):
            login = f"at-once-{at_}"
            people.add_user(tx, here.world.clock, login=login)
            people.add_membership(
                tx, login=login, role=Role.CLERK, office=viewer.office
            )
            logins.append(login)
    with here.store.transaction() as tx:
        callers = [people.known(tx, login, here.world.clock) for login in logins]

    def take(at_: int) -> object:
        with here.store.transaction() as tx:
            row = worklist.next_task(tx, here.world, callers[at_], WorklistQuery())
        return row and row.id

    began = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(CLERKS_AT_ONCE)))
    spent = time.perf_counter() - began
    found.true(
        f"{CLERKS_AT_ONCE} clerks of one school, 8 at a time: as many tasks,"
        f" in {milliseconds(spent)}",
        len(set(taken)) == CLERKS_AT_ONCE and None not in taken,
    )
