"""Signals are not lost, whatever dies, and not heard twice, whoever sweeps."""

import itertools
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from tests.drawn import ask, line
from tests.integration.conftest import HeldClock
from tests.integration.events import (
    cases,
    catch,
    count,
    give,
    named,
    on,
    received,
    start,
    waiter,
)
from tests.integration.house import House
from workflows import due, instances, signals
from workflows.people import Caller
from workflows.ports import SystemClock
from workflows.store.session import Store
from workflows.store.tables import (
    process_instances,
)
from workflows.world import World


class Killed(BaseException):
    """A worker that is no more: nothing of ours may catch it."""


@pytest.fixture
def house(store: Store, world: World, callers: Mapping[str, Caller]) -> House:
    return House(store, world, callers)


@pytest.fixture
def key() -> str:
    """A key of this test's own, for the database is the module's."""
    return f"p{uuid.uuid4().hex[:8]}"


def test_a_kill_between_the_throw_and_the_hearing_loses_nothing(
    house: House, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{key}.go"
    house.release(
        a__bpmn=waiter(key, name),
        b__bpmn=line(
            f"{key}s",
            ask("a"),
            start=start(on("signal", name)),
            besides=named("signal", name),
        ),
    )
    pair = [house.start(key) for _ in range(3)]
    id_ = give(house, name)
    hear, heard = signals.hear, []

    def dies(current: object) -> None:
        hear(current)  # type: ignore[arg-type]  # as it came
        heard.append(current)
        if len(heard) == 2:  # before it is written down
            raise Killed

    monkeypatch.setattr(signals, "hear", dies)
    with pytest.raises(Killed):
        due.hear(house.store, house.world, id_)
    monkeypatch.setattr(signals, "hear", hear)
    before = sum(len(received(house, case)) for case in pair)
    house.begun_anew().sweep()
    house.sweep()

    assert before == 1
    assert [received(house, case) for case in pair] == [["w"]] * 3
    assert len(cases(house, f"{key}s")) == 1


DIES = """
import os, signal, sys, uuid
from server import bootstrap
from workflows import due, people, signals
from workflows.ports import SystemClock
from workflows.store.session import Store
from workflows.world import World

url, name = sys.argv[1:]
store, world = Store(url), World(clock=SystemClock(), queue_of=bootstrap.queue_of)
with store.transaction() as tx:
    caller = people.known(tx, "portal")
    thrown = signals.publish(tx, world, caller, name=name, variables={})
fire, fired = due._fire, []

def dies(*row):
    fired.append(fire(*row))
    if len(fired) == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return fired[-1]

due._fire = dies
due.hear(store, world, thrown)
"""


def test_a_killed_web_process_leaves_the_rest_to_the_sweep(
    house: House, key: str, clock: HeldClock, database_url: str
) -> None:
    name = f"{key}.go"
    house.release(a__bpmn=waiter(key, name))
    waiting = [house.start(key) for _ in range(20)]
    arguments = [sys.executable, "-c", DIES, database_url, name]

    died = subprocess.run(arguments, check=False, timeout=60)
    before = sum(len(received(house, case)) for case in waiting)
    clock.moment = SystemClock().now() + timedelta(minutes=1)
    house.sweep()

    assert died.returncode == -signal.SIGKILL
    assert before == 7
    assert [received(house, case) for case in waiting] == [["w"]] * 20


def test_a_throw_that_is_rolled_back_is_heard_by_nobody(house: House, key: str) -> None:
    name = f"{key}.go"
    house.release(a__bpmn=waiter(key, name))
    case = house.start(key)

    def die() -> None:
        with house.store.transaction() as tx:
            caller = house.callers["portal"]
            signals.publish(tx, house.world, caller, name=name, variables={})
            raise Killed

    with pytest.raises(Killed):
        die()
    house.sweep()

    assert received(house, case) == []


def test_a_thousand_waiting_cases_hear_it_once_each_by_several_sweeps(
    house: House, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{key}.go"
    house.release(a__bpmn=waiter(key, name, catch("w", on("signal", name))))
    with house.store.transaction() as tx:
        for _ in range(1000):
            instances.start(
                tx,
                house.world,
                house.callers["clerk"],
                process_key=key,
                variables={},
            )

    done = sa.and_(
        process_instances.c.process_key == key,
        process_instances.c.state == "completed",
    )
    id_ = give(house, name)
    thrown = count(house, done)
    ticking = SimpleNamespace(monotonic=itertools.count().__next__)
    with monkeypatch.context() as patch:  # each look at the clock is a second later
        patch.setattr(due, "time", ticking)
        patch.setattr(due, "HEARING_SECONDS", 10)
        due.hear(house.store, house.world, id_)
    heard = count(house, done)
    threads = [threading.Thread(target=house.sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.sweep()

    assert count(house, done) == 1000
    # Whoever throws it waits for none of them, then for as many as there is time for.
    assert (thrown, heard) == (0, 10)
