"""The adapter of clamd against its stand-in, whatever that answers."""

import io
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import urllib3

from integrations import virus_scanner
from integrations.simulators import scanner as simulated
from integrations.simulators.faults import Fault, Faults, Mode
from integrations.simulators.scanner import EICAR, SYSTEM, THREAT, Scanner
from integrations.virus_scanner import ClamDaemon
from tests.integration.documents.bucket_server import free_ports
from workflows.ports import Scan, Verdict

UNAVAILABLE = Scan(Verdict.UNAVAILABLE)
HELD_SECONDS = 60


@pytest.fixture
def faults():
    return Faults(lambda: datetime.now(UTC))


@pytest.fixture
def daemon(faults):
    with simulated.serving(Scanner(faults)) as port:
        yield ClamDaemon("127.0.0.1", port)


def test_a_clean_content_is_clean(daemon):
    assert daemon.scan(io.BytesIO(b"peace" * 100_000)) == Scan(Verdict.CLEAN)


@pytest.mark.parametrize("around", [b"", b"x" * virus_scanner.PIECE_BYTES])
def test_the_test_virus_is_found_and_named(daemon, around):
    scan = daemon.scan(io.BytesIO(around + EICAR + around))

    assert scan == Scan(Verdict.INFECTED, THREAT)


def test_a_scanner_is_reached_at_a_socket_too(faults):
    folder = Path(tempfile.mkdtemp(prefix="rasim-"))
    path = folder / "clamd.sock"
    with simulated.serving(Scanner(faults), path=path):
        assert ClamDaemon(path=str(path)).scan(io.BytesIO(EICAR)).threat == THREAT
    path.unlink()
    folder.rmdir()


@pytest.mark.parametrize("mode", [Mode.DOWN, Mode.ERROR, Mode.GARBAGE, Mode.REJECT])
def test_a_scanner_that_does_not_say_clean_has_not_said_it(daemon, faults, mode):
    faults.set(Fault(SYSTEM, mode, 0, times=1))

    assert daemon.scan(io.BytesIO(b"peace" * 100_000)) == UNAVAILABLE
    assert daemon.scan(io.BytesIO(b"peace")) == Scan(Verdict.CLEAN)


def test_a_scanner_that_holds_back_its_answer_is_not_waited_for(
    daemon, faults, monkeypatch
):
    monkeypatch.setattr(virus_scanner, "ANSWER_SECONDS", 0.2)
    faults.set(Fault(SYSTEM, Mode.TIMEOUT, HELD_SECONDS * 1000))
    started = time.monotonic()

    assert daemon.scan(io.BytesIO(b"peace")) == UNAVAILABLE
    assert time.monotonic() - started < HELD_SECONDS


def test_a_scanner_that_is_not_there_is_unavailable():
    (port,) = free_ports(1)

    assert ClamDaemon("127.0.0.1", port).scan(io.BytesIO(b"peace")) == UNAVAILABLE
    assert ClamDaemon(path="/no/such/clamd.sock").scan(io.BytesIO(b"")) == UNAVAILABLE


def test_the_simulators_program_has_a_scanner_that_is_told_to_fail(tmp_path):
    port, scanner_port = free_ports(2)
    command = [sys.executable, "-P", "-m", "server.cli", "simulators"]
    command += ["--port", str(port), "--scanner-port", str(scanner_port)]
    environment = {**os.environ, "RASIM_DATA": str(tmp_path)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    faults = f"http://127.0.0.1:{port}/_sim/faults"
    daemon = ClamDaemon("127.0.0.1", scanner_port)
    try:
        until = time.monotonic() + 60
        while daemon.scan(io.BytesIO(b"peace")) == UNAVAILABLE:
            assert time.monotonic() < until, "it does not come up"
            time.sleep(0.1)

        urllib3.request("POST", faults, json={"system": SYSTEM, "mode": "down"})
        assert daemon.scan(io.BytesIO(EICAR)) == UNAVAILABLE
        urllib3.request("DELETE", faults)
        assert daemon.scan(io.BytesIO(EICAR)).threat == THREAT
    finally:
        process.terminate()
        process.wait(20)
