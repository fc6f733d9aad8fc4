"""The sweep: what it reads, what a row costs, and who may not hold up whom."""

import threading
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.drawn import line
from tests.integration.conftest import SCHOOL, HeldClock
from tests.integration.events import at, catch
from tests.integration.test_statements import counted
from tests.load import long_drawings
from workflows import deployments, due, instances
from workflows.model import DueState, InstanceState
from workflows.people import Caller
from workflows.store.session import Store
from workflows.store.tables import due_work, events, process_instances, user_tasks
from workflows.world import World

# More than a sweep reads at a time: they would be all that it ever sees.
CROWD = due.BATCH + 20


@pytest.fixture(scope="module", autouse=True)
def released(store: Store) -> None:
    """Processes that wait for a moment, and then open a task; one of them twice."""
    files = {
        "timer.bpmn": long_drawings.timer_or_message(),
        "timers.bpmn": long_drawings.timers(2),
    }
    with store.transaction() as tx:
        deployments.release(tx, World(HeldClock(), queue_of=str), None, files)


@pytest.fixture(autouse=True)
def nothing_else_is_due(store: Store) -> None:
    """What an earlier test left must not be fired by this one."""
    with store.transaction() as tx:
        tx.execute(sa.update(due_work).values(state=DueState.CANCELED))


@pytest.fixture
def portal(callers: Mapping[str, Caller]) -> Caller:
    return callers["portal"]


def test_a_sweep_reads_only_what_is_due(
    store: Store, world: World, portal: Caller
) -> None:
    (case,) = _cases(store, world, portal, 1)
    _many_later(store, world, case)

    once = _plan(store, world, generic=False)
    prepared = _plan(store, world, generic=True)

    for plan in (once, prepared):
        assert "Index Scan using due_work_due_idx" in plan, plan
        assert "Seq Scan on due_work" not in plan, plan


def test_a_case_that_ends_finds_its_own_due_work(
    store: Store, world: World, portal: Caller
) -> None:
    (case,) = _cases(store, world, portal, 1)
    _many_later(store, world, case)
    ends = sa.select(due_work.c.id).where(
        due_work.c.instance_id == uuid.uuid4(),
        due_work.c.state.in_([DueState.WAITING]),
    )

    text = ends.compile(store.engine, compile_kwargs={"literal_binds": True})
    with store.transaction() as tx:
        tx.exec_driver_sql("ANALYZE due_work")
        plan = "\n".join(tx.exec_driver_sql(f"EXPLAIN {text}").scalars())

    assert "due_work_instance_idx" in plan, plan


def test_a_timer_takes_four_statements(
    store: Store, world: World, clock: HeldClock, portal: Caller, monkeypatch: Any
) -> None:
    _cases(store, world, portal, 12)
    clock.advance(minutes=2)
    due.run(store, world)
    _cases(store, world, portal, 10)
    clock.advance(minutes=2)

    with counted(monkeypatch) as seen:
        fired = due.run(store, world)

    # What is due, asked before and after; each timer: its case claimed, the task, the
    # message forgotten, the case with its events.
    assert fired == 10
    assert len(seen) == 2 + 10 * 4, "\n".join(seen[:8])


def test_what_is_due_comes_earliest_first(
    store: Store, world: World, clock: HeldClock, portal: Caller
) -> None:
    cases = _cases(store, world, portal, 3)
    order = [cases[1], cases[2], cases[0]]
    for minutes, case in enumerate(order):
        _put_off(store, [case], clock.now() + timedelta(minutes=minutes))
    clock.advance(minutes=30)

    due.run(store, world)

    with store.transaction() as tx:
        fired = tx.scalars(
            sa.text(
                "SELECT instance_id FROM events WHERE instance_id = ANY (:cases)"
                " AND element_id = 'until' ORDER BY xmin::text::bigint"
            ),
            {"cases": cases},
        ).all()
    assert list(dict.fromkeys(fired)) == order


def test_suspended_cases_do_not_hold_up_what_is_due_after_them(
    store: Store, world: World, clock: HeldClock, portal: Caller
) -> None:
    held = _cases(store, world, portal, CROWD)
    (other,) = _cases(store, world, portal, 1)
    _put_off(store, [other], clock.now() + timedelta(minutes=5))
    _move(store, held, InstanceState.SUSPENDED)
    clock.advance(minutes=10)

    fired = due.run(store, world)
    _move(store, held, InstanceState.ACTIVE)
    later = due.run(store, world)

    assert fired == 1
    assert later == CROWD


def test_what_becomes_due_behind_a_crowd_is_fired_by_the_same_sweep(
    store: Store, world: World, clock: HeldClock, portal: Caller
) -> None:
    """The second timers were due before the first ones, of which many are read."""
    key, moments = (
        f"p{uuid.uuid4().hex[:8]}",
        (timedelta(minutes=1), timedelta(days=-1)),
    )
    first, second = ((clock.now() + one).isoformat() for one in moments)
    drawn = line(
        key, catch("a", at("timeDate", first)), catch("b", at("timeDate", second))
    )
    with store.transaction() as tx:
        deployments.release(tx, world, None, {"behind.bpmn": drawn})
    cases = _cases(store, world, portal, CROWD, key)
    clock.advance(minutes=30)

    due.run(store, world)

    with store.transaction() as tx:
        ended = tx.scalar(
            sa.select(sa.func.count()).where(
                process_instances.c.id.in_(cases),
                process_instances.c.state == InstanceState.COMPLETED,
            )
        )
    assert ended == CROWD


def test_cases_that_others_hold_are_passed_without_waiting(
    store: Store, world: World, clock: HeldClock, portal: Caller
) -> None:
    locked = _cases(store, world, portal, CROWD)
    (other,) = _cases(store, world, portal, 1)
    _put_off(store, [other], clock.now() + timedelta(minutes=5))
    clock.advance(minutes=10)

    with store.transaction() as tx:
        tx.execute(
            sa.select(process_instances.c.id)
            .where(process_instances.c.id.in_(locked))
            .with_for_update()
        )
        fired = due.run(store, world)

    assert fired == 1
    assert due.run(store, world) == CROWD


def test_a_sweep_of_several_threads_keeps_the_rows_of_a_case_together(
    store: Store, world: World, clock: HeldClock, portal: Caller
) -> None:
    cases = _cases(store, world, portal, 20, "scale_timers")
    clock.advance(minutes=10)

    with ThreadPoolExecutor(4) as threads:
        fired = due.run(store, world, threads.map)

    assert fired == 2 * len(cases)
    assert _opened(store, cases) == 2 * len(cases)


def test_two_sweeps_at_once_share_the_work(
    store: Store, database_url: str, clock: HeldClock, portal: Caller
) -> None:
    world = World(clock, queue_of=str)
    cases = _cases(store, world, portal, CROWD)
    clock.advance(minutes=10)
    together, fired = threading.Barrier(2), []

    def sweep() -> None:
        own = Store(database_url)
        together.wait(10)
        fired.append(due.run(own, World(clock, queue_of=str)))
        own.close()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sum(fired) == CROWD
    assert all(fired), f"one of them did everything: {fired}"
    assert _opened(store, cases) == CROWD
    with store.transaction() as tx:
        passed = tx.scalar(
            sa.select(sa.func.count()).where(
                events.c.instance_id.in_(cases),
                events.c.element_id == "until",
                events.c.type == "element.completed",
            )
        )
    assert passed == CROWD


def _cases(
    store: Store,
    world: World,
    portal: Caller,
    number: int,
    process_key: str = "scale_timer",
) -> list[uuid.UUID]:
    """Cases whose timers are due in a minute."""
    at = (world.clock.now() + timedelta(minutes=1)).isoformat()
    with store.transaction() as tx:
        return [
            instances.start(
                tx,
                world,
                portal,
                process_key=process_key,
                variables={"number": uuid.uuid4().hex, "due": at},
                office=SCHOOL,
            ).id
            for _ in range(number)
        ]


def _many_later(store: Store, world: World, case: uuid.UUID) -> None:
    """Due work of other cases, as far as an index can tell: 5,000 rows far ahead."""
    with store.transaction() as tx:
        tx.execute(
            sa.text(
                "INSERT INTO due_work (queue, due_at, state, instance_id, subject_id)"
                " SELECT 'timer', :now + n * interval '1 hour', 'waiting', :case,"
                " gen_random_uuid() FROM generate_series(1, 5000) AS n"
            ),
            {"now": world.clock.now(), "case": case},
        )


def _put_off(store: Store, cases: list[uuid.UUID], moment: Any) -> None:
    with store.transaction() as tx:
        tx.execute(
            sa.update(due_work)
            .where(due_work.c.instance_id.in_(cases))
            .values(due_at=moment)
        )


def _move(store: Store, cases: list[uuid.UUID], state: InstanceState) -> None:
    with store.transaction() as tx:
        tx.execute(
            sa.update(process_instances)
            .where(process_instances.c.id.in_(cases))
            .values(state=state)
        )


def _opened(store: Store, cases: list[uuid.UUID]) -> int:
    query = sa.select(sa.func.count()).where(user_tasks.c.instance_id.in_(cases))
    with store.transaction() as tx:
        return tx.scalar(query) or 0


def _plan(store: Store, world: World, *, generic: bool) -> str:
    """How PostgreSQL runs the search, planned for this moment or for any."""
    mode = "force_generic_plan" if generic else "force_custom_plan"
    search = due.FIND.text.decode() % {"now": "$1", "passed": "$2", "after": "$3"}
    with store.transaction() as tx:
        tx.exec_driver_sql("ANALYZE due_work, process_instances")
        tx.exec_driver_sql(f"SET LOCAL plan_cache_mode = {mode}")
        types = "timestamptz, uuid[], timestamptz"
        tx.exec_driver_sql(f"PREPARE search ({types}) AS {search}")
        asked = f"'{world.clock.now().isoformat()}', '{{}}', '{due.EVER.isoformat()}'"
        rows = tx.exec_driver_sql(f"EXPLAIN EXECUTE search ({asked})").all()
        tx.exec_driver_sql("DEALLOCATE search")
    return "\n".join(row[0] for row in rows)


def test_a_sweep_ends_though_there_is_no_end_of_what_is_due(
    store: Store, world: World, portal: Caller
) -> None:
    """A timer of no time in a circle: messages and upkeep must have their turn."""
    back = (
        '<bpmn:sequenceFlow id="back" sourceRef="h" targetRef="g"><bpmn:conditionExpr'
        'ession xsi:type="bpmn:tFormalExpression">=go</bpmn:conditionExpression>'
        "</bpmn:sequenceFlow></bpmn:process>"
    )
    drawn = line(
        "circle",
        '<bpmn:exclusiveGateway id="g"/>',
        catch("t", at("timeDuration", "=duration(pause)")),
        '<bpmn:exclusiveGateway id="h" default="circle_3"/>',
    ).replace(b"</bpmn:process>", back.encode())
    with store.transaction() as tx:
        deployments.release(tx, world, None, {"circle.bpmn": drawn})
        case = instances.start(
            tx,
            world,
            portal,
            process_key="circle",
            variables={"pause": "PT0S", "go": True},
            office=SCHOOL,
        ).id
    began = time.monotonic()
    fired = due.run(store, world, most_seconds=0.5)
    took = time.monotonic() - began
    with store.transaction() as tx:
        left = tx.scalars(
            sa.select(due_work.c.state).where(
                due_work.c.instance_id == case, due_work.c.state == DueState.WAITING
            )
        ).all()

    assert fired > 0
    assert took < 5
    assert left == [DueState.WAITING]
