"""The simulators as the program that `rasim simulators` runs: kept alive, killed."""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
import urllib3

from integrations.connectors import HttpConnectors
from integrations.people import Population, Story
from workflows.ports import Call

PROGRAM = """
import sys
from datetime import date
from pathlib import Path
from integrations.simulators import run
run("127.0.0.1", int(sys.argv[1]), 7, Path(sys.argv[2]), count=40, on=date(2026, 4, 1))
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextmanager
def program(port, folder):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(port), str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        wait_until_up(process, port)
        yield process
    finally:
        process.terminate()
        process.wait(15)


def local_port(connectors, url):
    """Of the pooled connection, None if it is closed: tells whether it is the same."""
    pooled = connectors._pool.connection_from_url(url).pool.queue[-1]
    return pooled.sock and pooled.sock.getsockname()[1]


def wait_until_up(process, port):
    for _ in range(300):
        try:
            urllib3.request(
                "GET", f"http://127.0.0.1:{port}/_sim/health", retries=False, timeout=5
            )
        except urllib3.exceptions.HTTPError:
            assert process.poll() is None, "the program ended"
            time.sleep(0.1)
        else:
            return
    pytest.fail("the program did not come up")


def test_a_killed_program_remembers_what_it_did(tmp_path):
    port, folder = free_port(), tmp_path / "жай күйі"
    url, key = f"http://127.0.0.1:{port}", uuid.uuid4()
    family = Population(7, 40, date(2026, 4, 1)).told(Story.GENERAL)
    variables = family.variables("A-1", datetime(2026, 4, 1, tzinfo=UTC))
    call = Call(key, "nobd.enrol", 1, variables)
    connectors = HttpConnectors(url)

    with program(port, folder) as process:
        first = connectors.call(call)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(5)
    with program(port, folder):
        again = connectors.call(call)
        sockets = {local_port(connectors, url)}
        for _ in range(4):
            connectors.call(call)
            sockets.add(local_port(connectors, url))
        effects = urllib3.request("GET", f"{url}/_sim/effects").json()["items"]
    connectors.close()

    assert again == first
    assert [(e["kind"], e["requests"]) for e in effects] == [("nobd.enrol", 6)]
    assert len(sockets) == 1  # the connection was kept


def test_a_chunked_body_is_refused(tmp_path):
    port = free_port()

    with program(port, tmp_path), urllib3.PoolManager(retries=False) as pool:
        url = f"http://127.0.0.1:{port}"
        refused = pool.request(
            "POST", f"{url}/nobd/v1/check", body=iter([b"{}"]), chunked=True
        )

    assert refused.status == 413
