"""`rasim web` and `rasim up` told to stop: what runs is answered, nothing is lost."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from flask import Flask

from server.up import LOOPBACK, find_port, is_ready
from tests.drawn import ask, line
from tests.integration.api.callers import Caller, make_caller
from workflows.model import Role
from workflows.store.session import Store

PATIENCE_SECONDS = 60.0
GRACE_SECONDS = 4
# A request under way is told that its transaction waits for this table.
HOLD = "LOCK TABLE user_tasks IN EXCLUSIVE MODE"
WAITING = """SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database
    WHERE NOT granted AND datname = current_database()"""


@pytest.fixture(scope="module")
def caller(app: Flask, store: Store, offices: object) -> Caller:
    return make_caller(app, store, "stopper", Role.SERVICE, "ministry")


@pytest.fixture(scope="module")
def key(app: Flask, store: Store, offices: object) -> str:
    designer = make_caller(app, store, "stopdesigner", Role.DESIGNER, "ministry")
    key = f"p{uuid.uuid4().hex[:8]}"
    drawn = line(key, ask("read"))
    made = designer.post_files("/api/v1/deployments", {"a.bpmn": drawn})
    assert made.status_code == 201, made.text
    return key


@contextmanager
def running(
    command: str, database_url: str, folder: Path, **told: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The program, ready to serve, and its port."""
    port = find_port(LOOPBACK, 0)
    environment = {
        "DATABASE_URL": database_url,
        "RASIM_DATA": str(folder / "data"),
        "RASIM_HOST": LOOPBACK,
        "RASIM_PORT": str(port),
        "RASIM_SECRET_KEY": "x" * 40,
        "RASIM_WEB_PROCESSES": "2",
        "RASIM_WEB_THREADS": "4",
        "RASIM_STOP_SECONDS": str(GRACE_SECONDS),
        "RASIM_MANUAL_CLOCK": "0",
        "RASIM_LOG_LEVEL": "WARNING",
        **told,
    }
    with (folder / "log").open("wb") as output:
        program = subprocess.Popen(
            [sys.executable, "-P", "-m", "server.cli", command],
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
        )
    try:
        wait_until(lambda: is_ready(LOOPBACK, port) or program.poll() is not None)
        assert program.poll() is None, (folder / "log").read_text()
        yield program, port
    finally:
        if program.poll() is None:
            program.kill()
        program.wait(PATIENCE_SECONDS)


def wait_until(done: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "in vain"
        time.sleep(0.05)


@contextmanager
def under_way(
    database_url: str, start: Callable[[], int], times: int = 1
) -> Iterator[tuple[psycopg.Connection[object], list[Future[int]]]]:
    """Requests that wait for what the connection holds, until it lets go."""
    with psycopg.connect(database_url) as hold, ThreadPoolExecutor(times) as threads:
        hold.execute(HOLD)
        asked = [threads.submit(start) for _ in range(times)]
        wait_until(lambda: hold.execute(WAITING).fetchone() == (times,))
        yield hold, asked


def starting(port: int, caller: Caller, key: str, number: str) -> Callable[[], int]:
    """Starts a case when called; the status that was answered, 0 for none."""

    def start() -> int:
        body = f'{{"process_key": "{key}", "business_key": "{number}"}}'
        headers = caller.headers() | {"Content-Type": "application/json"}
        link = http.client.HTTPConnection(LOOPBACK, port, timeout=PATIENCE_SECONDS)
        try:
            link.request("POST", "/api/v1/instances", body, headers)
            return link.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            link.close()

    return start


def is_refused(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def cases(database_url: str, number: str) -> int:
    asked = "SELECT count(*) FROM process_instances WHERE business_key = %s"
    return number_of(database_url, asked, number)


def number_of(database_url: str, query: LiteralString, *values: str) -> int:
    with psycopg.connect(database_url) as link:
        row = link.execute(query, values).fetchone()
    assert row is not None
    return int(row[0])


def test_what_runs_is_answered_and_who_comes_later_is_refused_at_once(
    database_url: str, tmp_path: Path, caller: Caller, key: str
) -> None:
    with running("web", database_url, tmp_path) as (program, port):
        idle = socket.create_connection((LOOPBACK, port))
        start = starting(port, caller, key, "stop-1")
        with under_way(database_url, start, times=3) as (hold, asked):
            program.send_signal(signal.SIGTERM)
            wait_until(lambda: is_refused(port), seconds=2)
            assert program.poll() is None
            assert not any(one.done() for one in asked)
            hold.rollback()
            answers = [one.result() for one in asked]
        began = time.monotonic()
        assert program.wait(PATIENCE_SECONDS) == 0
        took = time.monotonic() - began
        idle.close()

    assert answers == [201, 201, 201]
    assert cases(database_url, "stop-1") == 3
    assert took < GRACE_SECONDS + 2


def test_what_takes_longer_than_the_grace_is_ended_and_leaves_nothing(
    database_url: str, tmp_path: Path, caller: Caller, key: str
) -> None:
    with running("web", database_url, tmp_path, RASIM_STOP_SECONDS="1") as (
        program,
        port,
    ):
        start = starting(port, caller, key, "stop-2")
        with under_way(database_url, start) as (_, asked):
            program.send_signal(signal.SIGTERM)
            began = time.monotonic()
            assert program.wait(PATIENCE_SECONDS) == 0
            took = time.monotonic() - began
            assert asked[0].result() == 0

    assert took < 1 + 2
    assert cases(database_url, "stop-2") == 0


@pytest.mark.parametrize(
    "told",
    [[signal.SIGTERM], [signal.SIGINT, signal.SIGINT]],
    ids=["SIGTERM", "Ctrl-C twice"],
)
def test_all_of_it_stops_in_time_and_what_runs_is_answered(
    database_url: str,
    tmp_path: Path,
    caller: Caller,
    key: str,
    told: list[signal.Signals],
) -> None:
    number = f"stop-{len(told)}-up"
    (tmp_path / "none").mkdir()
    with running(
        "up",
        database_url,
        tmp_path,
        RASIM_PROCEDURES=str(tmp_path / "none"),
        RASIM_SIMULATORS_URL=f"http://{LOOPBACK}:9",
    ) as (program, port):
        register = tmp_path / "data" / "processes.json"
        wait_until(lambda: number_of(database_url, "SELECT count(*) FROM workers") > 0)
        children = [*json.loads(register.read_text()).values()]
        start = starting(port, caller, key, number)
        with under_way(database_url, start) as (hold, asked):
            for one in told:
                program.send_signal(one)
                time.sleep(0.3)
            wait_until(lambda: is_refused(port), seconds=5)
            hold.rollback()
            assert asked[0].result() == 201
        began = time.monotonic()
        assert program.wait(PATIENCE_SECONDS) == 0
        took = time.monotonic() - began

    log = (tmp_path / "log").read_text()
    assert took < GRACE_SECONDS + 10, log
    assert "killed" not in log
    assert "web: stopped" in log
    assert cases(database_url, number) == 1
    assert not register.exists()
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
