"""How many statements the steps of a case take, and what prepared ones hold to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from pgqueuer.adapters.drivers.psycopg import SyncPsycopgDriver
from pgqueuer.adapters.persistence.queries import SyncQueries

from tests.integration.desk import Desk, answers
from workflows import jobs
from workflows.model import JobState, TaskState
from workflows.ports import Call
from workflows.store.prepared import Prepared, array_of, constant, driver_of
from workflows.store.queue import enqueue
from workflows.store.session import Store
from workflows.store.tables import jobs as job_rows
from workflows.store.tables import user_tasks

pytestmark = pytest.mark.usefixtures("admission")


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that is run in the block."""
    seen: list[str] = []

    def watch(name: str) -> None:
        run = getattr(psycopg.Cursor, name)

        def watched(cursor: Any, query: Any, *rest: Any, **told: Any) -> Any:
            seen.append(query.decode() if isinstance(query, bytes) else str(query))
            return run(cursor, query, *rest, **told)

        patch.setattr(psycopg.Cursor, name, watched)

    with monkeypatch.context() as patch:
        watch("execute")
        watch("executemany")
        yield seen


def test_a_case_starts_with_seven_statements(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.apply()

    with counted(monkeypatch) as seen:
        desk.apply()

    # Release, office, case with events, deadline, job with its entry, due work, answer.
    assert len(seen) == 7, "\n".join(seen)


def test_a_check_that_others_wait_beside_takes_three_statements(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.apply()
    jobs.perform(desk.store, desk.world, desk.outside, desk.waiting(case)[0])
    first = desk.waiting(case)[0]

    with counted(monkeypatch) as seen:
        jobs.perform(desk.store, desk.world, desk.outside, first)

    # Claim, lock, and all that the answer changes.
    assert len(seen) == 3, "\n".join(seen)


def test_an_answer_is_taken_though_its_claim_was_lost(desk: Desk) -> None:
    case = desk.apply()
    (job,) = desk.waiting(case)

    def lose_the_claim(call: Call) -> dict[str, Any]:
        with desk.store.transaction() as tx:
            tx.execute(
                sa.update(job_rows)
                .where(job_rows.c.id == call.job_id)
                .values(state=JobState.TODO, attempts=0)
            )
        found: dict[str, Any] = answers()["nobd.preschool"](call)
        return found

    desk.outside.answers["nobd.preschool"] = lose_the_claim
    jobs.perform(desk.store, desk.world, desk.outside, job)

    assert "find_preschool" in desk.passed(case)
    assert job not in desk.waiting(case)


def test_a_value_inside_a_prepared_statement_is_refused(store: Store) -> None:
    loose = Prepared(
        sa.select(user_tasks.c.id).where(user_tasks.c.state == TaskState.CREATED)
    )

    with store.transaction() as tx, pytest.raises(ValueError, match=r"constant\(\)"):
        loose.run(tx, {})


def test_a_prepared_statement_takes_constants_and_arrays_of_ids(
    store: Store, desk: Desk
) -> None:
    case = desk.apply()
    (job,) = desk.waiting(case)
    found = Prepared(
        sa.select(job_rows.c.id).where(
            job_rows.c.state == constant(JobState.TODO),
            job_rows.c.id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.UUID))),
        )
    )

    with store.transaction() as tx:
        some = found.run(tx, {"ids": array_of([job, case])}).fetchall()
        none = found.run(tx, {"ids": array_of([])}).fetchall()

    assert [row.id for row in some] == [job]
    assert none == []


def test_an_entry_is_what_the_queues_own_program_writes(
    store: Store, desk: Desk
) -> None:
    case = desk.apply()
    (job,) = desk.waiting(case)

    with store.statement() as tx:  # their program wants one without transactions
        enqueue(tx, [("ours", job.bytes)])
        SyncQueries(SyncPsycopgDriver(driver_of(tx))).enqueue(
            ["theirs"], [job.bytes], [0]
        )
    with store.transaction() as tx:
        rows = tx.execute(
            sa.text("SELECT * FROM pgqueuer WHERE payload = :job ORDER BY id"),
            {"job": job.bytes},
        ).all()
        tx.execute(sa.text("DELETE FROM pgqueuer WHERE entrypoint LIKE '%rs'"))

    apart = {"id", "entrypoint", "created", "updated", "heartbeat", "execute_after"}
    said = [
        {name: one._mapping[name] for name in one._fields if name not in apart}
        for one in rows
    ]
    assert [one.entrypoint for one in rows][1:] == ["ours", "theirs"]
    assert said[0] == said[1] == said[2]
    assert all(one.execute_after <= one.created for one in rows)
