"""What is over takes little room, and loses nothing that anybody reads."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.integration.conftest import HeldClock
from tests.integration.desk import Desk
from workflows import engine, history, instances, searched_values
from workflows.model import DueState, InstanceState
from workflows.store import pruning
from workflows.store.packing import saved_of
from workflows.store.session import Store
from workflows.store.tables import due_work, jobs, process_instances

DAYS = 7


def row_of(desk: Desk, case: uuid.UUID) -> Any:
    with desk.store.transaction() as tx:
        return tx.execute(
            sa.select(process_instances).where(process_instances.c.id == case)
        ).one()


def canceled(desk: Desk) -> uuid.UUID:
    case = desk.apply()
    with desk.store.transaction() as tx:
        instances.cancel(tx, desk.world, desk.callers["supervisor"], case)
    return case


def test_a_case_that_has_ended_is_packed_and_read_as_before(desk: Desk) -> None:
    open_case = desk.apply()
    ended = canceled(desk)

    running, over = row_of(desk, open_case), row_of(desk, ended)
    with desk.store.transaction() as tx:
        told = instances.get(tx, desk.callers["supervisor"], ended)
        found = searched_values.of_cases(tx, [open_case, ended], ["child.name"])
        broken = list(history.verify(tx, ended))

    assert running.packed is None
    assert over.saved is None
    assert len(over.packed) < len(running.saved.encode()) * 0.8
    assert engine.saved_variables(saved_of(over)) == engine.saved_variables(
        running.saved
    ) | {"application": engine.saved_variables(saved_of(over))["application"]}
    assert told.variables["child"]["name"]
    assert found[ended] == found[open_case]
    assert over.state == InstanceState.CANCELED
    assert not broken


def test_a_case_is_saved_either_way_and_never_both(desk: Desk) -> None:
    case = desk.apply()

    with pytest.raises(sa.exc.IntegrityError), desk.store.transaction() as tx:
        tx.execute(
            sa.update(process_instances)
            .where(process_instances.c.id == case)
            .values(packed=b"x")
        )


def test_due_work_that_is_called_off_goes_at_once(desk: Desk) -> None:
    case = canceled(desk)

    with desk.store.transaction() as tx:
        left = tx.scalar(
            sa.select(sa.func.count())
            .select_from(due_work)
            .where(due_work.c.instance_id == case)
        )
    assert left == 0


def test_due_work_that_was_done_stays_for_some_days(
    desk: Desk, clock: HeldClock
) -> None:
    case = desk.apply()
    now = clock.now()
    with desk.store.transaction() as tx:
        tx.execute(sa.delete(due_work).where(due_work.c.state == DueState.FIRED))
        for state, days in (("fired", DAYS + 1), ("fired", 1), ("waiting", DAYS + 1)):
            tx.execute(
                sa.insert(due_work).values(
                    queue="timer",
                    due_at=now - timedelta(days=days),
                    state=state,
                    instance_id=case,
                    subject_id=uuid.uuid4(),
                    element_id="kept",
                )
            )

    pruning.prune(desk.store, now, queue_log_days=DAYS, idempotency_days=DAYS)

    with desk.store.transaction() as tx:
        left = tx.execute(
            sa.select(due_work.c.state, due_work.c.due_at)
            .where(due_work.c.element_id == "kept")
            .order_by(due_work.c.state)
        ).all()
        tx.execute(sa.delete(due_work).where(due_work.c.element_id == "kept"))
    assert [(one.state, (now - one.due_at).days) for one in left] == [
        ("fired", 1),
        ("waiting", DAYS + 1),
    ]


def test_the_queue_logs_what_fails_and_no_routine(store: Store) -> None:
    with store.transaction() as tx:
        for status in ("queued", "picked", "successful", "exception", "canceled"):
            tx.execute(
                sa.text(
                    "INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint)"
                    " VALUES (4711, CAST(:status AS pgqueuer_status), 0, 'x')"
                ),
                {"status": status},
            )
        kept = tx.scalars(
            sa.text("SELECT status::text FROM pgqueuer_log WHERE job_id = 4711")
        ).all()
        tx.execute(sa.text("DELETE FROM pgqueuer_log WHERE job_id = 4711"))

    assert {*kept} == {"exception", "canceled"}


def test_jobs_that_have_not_ended_are_those_that_are_open(desk: Desk) -> None:
    desk.apply()
    canceled(desk)

    with desk.store.transaction() as tx:
        wrong = tx.scalar(
            sa.select(sa.func.count())
            .select_from(jobs)
            .where(
                jobs.c.state.in_(["todo", "doing", "failed"])
                != jobs.c.ended_at.is_(None)
            )
        )
    assert wrong == 0
