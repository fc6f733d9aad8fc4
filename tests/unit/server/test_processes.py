"""Keeping processes alive: restarts, order, and what a killed supervisor leaves."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.processes import Program, StartFailed, Stopped, Supervisor

FOR_EVER = "import time\ntime.sleep(600)\n"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def program(name: str, code: str = FOR_EVER) -> Program:
    return Program(name, python(code), os.environ)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def soon(happens, seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervisor(tmp_path, said):
    supervisor = Supervisor(tmp_path / "processes.json", said.append)
    yield supervisor
    supervisor.stop()


def test_what_dies_comes_back_and_is_told(supervisor, said, tmp_path):
    child = program("worker")
    supervisor.add("worker", child)
    first = child.pid

    os.kill(first, signal.SIGKILL)

    assert supervisor.wait(lambda: child.pid != first and child.is_running(), 60)
    assert [line.split(" (")[0] for line in said] == [
        "worker: started",
        "worker: died, back in 0.4 s",
        "worker: restarted",
    ]
    register = json.loads((tmp_path / "processes.json").read_text())
    assert register == {"worker": child.pid}


def test_what_keeps_dying_before_all_is_up_ends_the_start(supervisor, monkeypatch):
    monkeypatch.setattr("server.processes.LONGEST_PAUSE_SECONDS", 0.05)

    supervisor.add("web", program("web", "raise SystemExit(3)"))

    with pytest.raises(StartFailed, match="web did not start"):
        supervisor.wait(lambda: False, 60)


def test_what_keeps_dying_later_is_brought_back_for_ever(supervisor, monkeypatch, said):
    monkeypatch.setattr("server.processes.LONGEST_PAUSE_SECONDS", 0.05)
    supervisor.settled = True

    supervisor.add("web", program("web", "raise SystemExit(3)"))

    deaths = lambda: sum("died" in line for line in said) > 6  # noqa: E731 - one line
    assert supervisor.wait(deaths, 60)


def test_a_preparation_that_fails_ends_the_start(supervisor):
    supervisor.once(program("migrations", "pass"))

    with pytest.raises(StartFailed, match="deploy did not start"):
        supervisor.once(program("deploy", "raise SystemExit(1)"))


def test_a_stop_ends_children_and_grandchildren_last_started_first(supervisor, said):
    code = (
        "import subprocess, sys, time\n"
        "sleep = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "child = subprocess.Popen(sleep)\n"
        "open(sys.argv[1], 'w').write(str(child.pid))\ntime.sleep(600)\n"
    )
    note = supervisor.register.with_name("grandchild")
    web = Program("web", [*python(code), str(note)], os.environ)
    supervisor.add("web", web)
    supervisor.add("worker", program("worker"))
    assert soon(lambda: note.exists() and note.read_text())
    pids = [each.service.pid for each in supervisor.watched]

    supervisor.stop()

    assert said[-2:] == ["worker: stopped", "web: stopped"]
    pids.append(int(note.read_text()))
    assert soon(lambda: not any(is_alive(pid) for pid in pids))
    assert not supervisor.register.exists()


def test_who_does_not_listen_is_killed(supervisor, monkeypatch):
    for name in ("STOP_SECONDS", "PATIENCE_SECONDS"):
        monkeypatch.setattr(f"server.processes.{name}", 0.1)
    note = supervisor.register.with_name("deaf")
    deaf = "import signal, sys\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    ready = "open(sys.argv[1], 'w').close()\n"
    child = Program("worker", [*python(deaf + ready + FOR_EVER), str(note)], os.environ)
    supervisor.add("worker", child)
    assert soon(note.exists)

    supervisor.stop()

    assert child.process.returncode == -signal.SIGKILL


def test_output_is_marked_with_the_name_of_who_said_it(supervisor, capfd):
    supervisor.once(program("deploy", "print('Рәсім дайын')"))

    assert soon(lambda: "deploy: Рәсім дайын\n" in capfd.readouterr().out)


def test_a_signal_ends_the_waiting(supervisor):
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        supervisor.take_signals()
        os.kill(os.getpid(), signal.SIGTERM)

        with pytest.raises(Stopped):
            supervisor.wait(lambda: False, 60)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_killed_supervisor_leaves_nobody_behind(tmp_path):
    code = (
        "import os, sys, pathlib\n"
        "from server.processes import Program, Supervisor\n"
        "supervisor = Supervisor(pathlib.Path(sys.argv[1]), lambda line: None)\n"
        "command = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "supervisor.add('a', Program('a', command, os.environ))\n"
        "supervisor.add('b', Program('b', command, os.environ))\n"
        "print('up', flush=True)\n"
        "supervisor.wait(lambda: False)\n"
    )
    register = tmp_path / "processes.json"
    command = [*python(code), str(register)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout.readline() == "up\n"
        pids = json.loads(register.read_text()).values()
        assert all(is_alive(pid) for pid in pids)
        time.sleep(0.3)  # both are past their leash and run what they were told to
        parent.kill()

    assert soon(lambda: not any(is_alive(pid) for pid in pids))
