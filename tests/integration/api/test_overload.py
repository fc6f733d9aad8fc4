"""When more is asked than can be served: 503 and when to come back, never a fault."""

import collections
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import sqlalchemy as sa
import urllib3
from flask import g
from werkzeug.datastructures import MultiDict

from server import auth, bootstrap, overload
from server.settings import Settings
from server.up import LOOPBACK, find_port
from tests.integration.api.callers import make_caller
from workflows.callers import Caller, Membership
from workflows.model import DatabaseUnavailable, Role
from workflows.sessions import Session

AT_ONCE = 60
THREADS = 2
PATIENCE_SECONDS = 90
TASKS = "/api/v1/tasks"
OPEN_WITHOUT = {"/healthz", "/readyz", "/api/v1/docs", "/api/v1/openapi.json"}


# --- a real web server --------------------------------------------------------------


@pytest.fixture(scope="module")
def served(database_url, offices, app, store, tmp_path_factory):
    """`rasim web` with one process of two threads, which lets nobody wait long."""
    caller = make_caller(app, store, "crowd", Role.SERVICE, "ministry")
    port = find_port(LOOPBACK, 0)
    folder = tmp_path_factory.mktemp("served")
    told = {
        "DATABASE_URL": database_url,
        "RASIM_DATA": str(folder),
        "RASIM_HOST": LOOPBACK,
        "RASIM_PORT": str(port),
        "RASIM_SECRET_KEY": "x" * 40,
        "RASIM_WEB_PROCESSES": "1",
        "RASIM_WEB_THREADS": str(THREADS),
        "RASIM_WAIT_MILLISECONDS": "250",
        "RASIM_LOG_LEVEL": "WARNING",
        "RASIM_MANUAL_CLOCK": "0",
    }
    command = [sys.executable, "-P", "-m", "server.cli", "web"]
    with (folder / "log").open("wb") as output:
        program = subprocess.Popen(
            command, env={**os.environ, **told}, stdout=output, stderr=output
        )
    url = f"http://{LOOPBACK}:{port}"
    http = urllib3.PoolManager(num_pools=1, maxsize=AT_ONCE, retries=False, timeout=30)
    try:
        wait_for(http, url, program, folder / "log")
        yield http, url, caller.headers()
    finally:
        http.clear()
        program.send_signal(signal.SIGTERM)
        program.wait(PATIENCE_SECONDS)


def wait_for(http, url, program, log):
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        assert program.poll() is None, log.read_text()
        try:
            if http.request("GET", f"{url}/readyz").status == 200:
                return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def ask(served, path, times, **headers):
    """`times` requests at once; their answers."""
    http, url, token = served
    with ThreadPoolExecutor(times) as threads:
        return list(
            threads.map(
                lambda _: http.request("GET", url + path, headers=token | headers),
                range(times),
            )
        )


def soon(is_so):
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.1)


def waiting_for_locks(database_url):
    with psycopg.connect(database_url) as link:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return link.execute(waiting).fetchone()[0]


def test_a_crowd_is_served_or_told_to_come_back(served, database_url):
    with psycopg.connect(database_url) as hold:
        hold.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(1) as thread:
            crowd = thread.submit(ask, served, TASKS, AT_ONCE)
            soon(lambda: waiting_for_locks(database_url) == THREADS)
            time.sleep(1)
            hold.rollback()  # what had its turn goes on; the rest has waited too long
            answers = crowd.result()

    counted = collections.Counter(answer.status for answer in answers)
    assert set(counted) == {200, 503}, counted
    for answer in answers:
        if answer.status == 503:
            assert answer.headers["Retry-After"].isdigit()
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["type"].endswith("#problem-overloaded")
    # And then it is as it was: on a busy machine in a moment.
    soon(lambda: [one.status for one in ask(served, TASKS, 3)] == [200] * 3)


def test_connections_that_say_nothing_take_nobodys_turn(served):
    http, url, _ = served
    silent = [http.connection_from_url(url)._new_conn() for _ in range(10)]
    for one in silent:
        one.connect()
    try:
        assert ask(served, TASKS, 1)[0].status == 200
    finally:
        for one in silent:
            one.close()


# --- what a reader is told ----------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "word"), [("kk", "жоғал"), ("ru", "потер"), ("en", "lost")]
)
def test_a_page_says_in_the_readers_language_that_nothing_is_lost(client, lang, word):
    with overload.having_waited(60):
        answer = client.get(f"/sign-in?lang={lang}")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.mimetype == "text/html"
    assert word in answer.text
    assert f'lang="{lang}"' in answer.text


def test_machines_that_watch_are_answered_however_late(client):
    with overload.having_waited(60):
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200


# --- without a database -------------------------------------------------------------


@pytest.fixture(scope="module")
def cut_off(settings, app, callers):
    """An application whose database nobody answers for, and who calls it."""
    told = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "RASIM_DATA": str(settings.data),
        "RASIM_SECRET_KEY": "x" * 40,
    }
    made = bootstrap.create_app(Settings.from_environment(told))
    yield made
    made.extensions["rasim"].store.close()


def test_without_a_database_every_route_answers_503(cut_off, monkeypatch):
    """As who is known and may do everything: each view is reached, not only the door.

    A view may refuse what it is sent before it needs the database, never fail.
    """
    everything = everywhere()
    monkeypatch.setattr(auth, "_program", lambda: known(everything))
    monkeypatch.setattr(auth, "_session", lambda: session_of(everything))
    monkeypatch.setattr(auth, "_check_form", lambda: None)
    client = cut_off.test_client()
    down = collections.Counter()
    for one in cut_off.url_map.iter_rules():
        if one.endpoint == "static":
            continue
        path = re.sub(r"<[^<>]*uuid:[^<>]*>", "0" * 8 + "-0000" * 3 + "-" + "0" * 12,
                      one.rule)  # fmt: skip
        path = re.sub(r"<int:[^<>]*>", "1", path)
        path = re.sub(r"<[^<>]*>", "x", path)
        for method in one.methods - {"HEAD", "OPTIONS"}:
            kwargs = {"json": {}} if path.startswith("/api/") else {"data": MultiDict()}
            if method in ("GET", "DELETE"):
                kwargs = {}
            answer = client.open(path, method=method, **kwargs)
            where = (method, one.rule, answer.status_code, answer.text[:300])
            assert answer.status_code == 503 or answer.status_code < 500, where
            if answer.status_code == 503 and one.rule != "/readyz":
                assert answer.headers["Retry-After"], where
            if method == "GET" and one.rule not in OPEN_WITHOUT:
                down[answer.status_code] += 1
    assert down[503] > 40, down


def everywhere():
    held = tuple(Membership(uuid.uuid4(), "x", role) for role in Role)
    return Caller(uuid.uuid4(), "all", "All", "kk", held)


def known(caller):
    g.caller = caller
    return caller


def session_of(caller):
    return Session(caller, "csrf")


def run(store, *statements):
    with store.transaction() as tx:
        for statement in statements:
            tx.execute(sa.text(statement))


@pytest.mark.parametrize(
    "statements",
    [
        ["SET TRANSACTION READ ONLY", "DELETE FROM sessions"],
        ["SET LOCAL statement_timeout = 50", "SELECT pg_sleep(5)"],
    ],
    ids=["it may only be read", "a statement takes too long"],
)
def test_a_database_that_does_not_do_its_work_is_told_as_down(store, statements):
    with pytest.raises(DatabaseUnavailable):
        run(store, *statements)
