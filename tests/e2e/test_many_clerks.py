"""Fifty clerks send the same task's form at once to the service as it runs for real."""

import re
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
import urllib3

from server import bootstrap
from server.auth import SESSION_COOKIE
from server.settings import Settings
from tests.drawn import ask, form, line
from workflows import credentials, people
from workflows.model import Role

CLERKS = 50
SECONDS = 20  # for all of them, on the busiest machine
KEY = "many_clerks"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Sender:
    """One clerk, signed in: what goes with a form of theirs."""

    name: str
    cookie: str
    token: str


@dataclass(frozen=True)
class ServiceClock:
    moment: datetime

    def now(self):
        return self.moment


@pytest.fixture(scope="module")
def senders(service):
    office = service.population.schools[0].bin
    cookies = {}
    # The clock of this program is the machine's; that of the sessions the service's.
    settings = replace(
        Settings.from_environment(service.environment), manual_clock=False
    )
    clock = ServiceClock(service.now())
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        for number in range(CLERKS):
            login, name = f"many.{uuid.uuid4().hex[:8]}", f"Маман {number}-ші"
            people.add_user(tx, world.clock, login=login, name=name, is_demo=True)
            people.add_membership(tx, login=login, role=Role.CLERK, office=office)
            signed_in = credentials.sign_in_demo(tx, clock, login)
            cookies[name] = f"{SESSION_COOKIE}={signed_in.token}"
    return [Sender(name, one, token(service, one)) for name, one in cookies.items()]


@pytest.fixture
def task(service):
    """The id of a task that asks why."""
    service.release(
        {
            "many.bpmn": line(KEY, ask("a", f"{KEY}.f", "Неге?")),
            "many.form.json": form(f"{KEY}.f", "why"),
        }
    )
    office = service.population.schools[0].bin
    body = {"process_key": KEY, "office": office, "variables": {}}
    case = service.call("POST", "/instances", body)
    return service.call("GET", f"/tasks?instance_id={case['id']}")["items"][0]["id"]


def token(service, cookie):
    page = service.http.request(
        "GET", f"{service.url}/mentions", headers={"Cookie": cookie}
    )
    return TOKEN.search(page.data.decode())[1]


def test_one_completes_it_and_all_others_are_told_who_did(service, senders, task):
    begin = threading.Barrier(CLERKS)
    http = urllib3.PoolManager(maxsize=CLERKS, retries=False, timeout=SECONDS)

    def send(number):
        sender = senders[number]
        told = {"csrf_token": sender.token, "why": f"{number}-ші себеп"}
        begin.wait()
        return http.request_encode_body(
            "POST",
            f"{service.url}/tasks/{task}",
            fields=told,
            encode_multipart=False,
            headers={"Cookie": sender.cookie},
            redirect=False,
        )

    began = time.monotonic()
    with http, ThreadPoolExecutor(CLERKS) as pool:
        answers = list(pool.map(send, range(CLERKS)))
    assert time.monotonic() - began < SECONDS

    statuses = Counter(one.status for one in answers)
    assert statuses == {302: 1, 409: CLERKS - 1}, service.program.heard
    [winner] = (n for n, one in enumerate(answers) if one.status == 302)
    for number, one in enumerate(answers):
        if number != winner:
            page = one.data.decode()
            assert f"аяқтаған маман: {senders[winner].name}" in page
            assert f"{number}-ші себеп" in page
    assert service.call("GET", f"/tasks/{task}")["state"] == "completed"
