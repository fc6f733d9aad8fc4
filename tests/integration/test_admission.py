"""The first-grade admission on a real database, with outside systems that we answer."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from server import bootstrap
from tests.integration.conftest import SCHOOL
from tests.integration.desk import Desk, answers
from workflows import (
    deadline_list,
    due,
    history,
    incidents,
    instances,
    jobs,
    messages,
    steps,
    tasks,
    worklist,
)
from workflows.model import (
    AnswersRefused,
    InstanceState,
    MoveRefused,
    NotFound,
)
from workflows.ports import BusinessError, Call, ConnectorFault, ConnectorRefusal
from workflows.store.session import Store
from workflows.store.tables import due_work
from workflows.store.tables import jobs as job_rows
from workflows.task_rights import HeldByOther
from workflows.worklist import WorklistQuery

pytestmark = pytest.mark.usefixtures("admission")


def test_a_child_of_the_own_preschool_class_is_enrolled_without_a_clerk(
    desk: Desk,
) -> None:
    desk.outside.answers = answers(nobd__preschool={"completed": True, "bin": SCHOOL})
    case = desk.apply(stays=True)

    desk.work(case)

    assert desk.passed(case)[:5] == [
        "application_filed",
        "find_preschool",
        "own_class",
        "enrol",
        "tell_accepted",
    ]
    assert "decide" not in desk.passed(case)
    assert desk.case(case).variables["result"] == "accepted"
    assert desk.deadline(case, "first_grade_admission").state == "met"


def test_the_general_branch_waits_for_a_clerk_with_all_four_answers(desk: Desk) -> None:
    case = desk.apply()

    desk.work(case)

    task = desk.task(case)
    assert task.element_id == "decide"
    assert task.deadline_at == datetime.fromisoformat("2026-06-02T18:30:00+05:00")
    variables = desk.case(case).variables
    assert {"person", "relation", "education", "health"} <= variables.keys()


def test_a_release_keeps_the_order_in_which_the_procedure_words_its_variables(
    desk: Desk,
) -> None:
    case = desk.apply()
    with desk.store.transaction() as tx:
        words = steps.peek(tx, desk.world, case).released.words

    groups = [path for path in words.names if "." not in path]
    assert groups[:4] == ["child", "applicant", "application", "school"]


def test_a_refusal_needs_a_ground_and_tells_the_parent(desk: Desk) -> None:
    case = desk.apply()
    desk.work(case)
    task = desk.task(case)

    with pytest.raises(AnswersRefused) as refused:
        desk.complete(task.id, given={"decision": {"accepted": False}})
    assert refused.value.errors.keys() == {"decision.reason"}
    desk.complete(
        task.id, given={"decision": {"accepted": False, "reason": "classes_full"}}
    )
    desk.work(case)

    assert desk.case(case).state == InstanceState.COMPLETED
    assert desk.passed(case)[-2:] == ["tell_refused", "refused"]


def test_withdrawal_after_a_positive_result_frees_the_place(desk: Desk) -> None:
    case = desk.apply()
    desk.work(case)
    desk.complete(desk.task(case).id)
    desk.work(case)
    number = desk.case(case).business_key
    assert desk.case(case).state == InstanceState.ACTIVE

    with desk.store.transaction() as tx:
        taken = messages.publish(
            tx,
            desk.world,
            desk.callers["portal"],
            name="application_withdrawn",
            correlation_key=number,
            variables={},
            ttl_seconds=0,
        )
    desk.work(case)

    assert taken == 1
    assert "free_place" in desk.passed(case)
    assert desk.case(case).state == InstanceState.COMPLETED
    assert desk.case(case).variables["result"] == "withdrawn"


def test_a_case_without_withdrawal_ends_on_the_day_of_the_order(desk: Desk) -> None:
    case = desk.apply()
    desk.work(case)
    desk.complete(desk.task(case).id)
    desk.work(case)

    desk.clock.moment = datetime.fromisoformat("2026-08-25T00:00:01+05:00")
    due.run(desk.store, desk.world)

    assert desk.case(case).state == InstanceState.COMPLETED
    with desk.store.transaction() as tx:
        left = tx.scalar(
            sa.select(sa.func.count()).where(
                due_work.c.instance_id == case, due_work.c.state == "waiting"
            )
        )
    assert left == 0


def test_a_missed_deadline_is_written_down_and_the_supervisor_is_told(
    desk: Desk,
) -> None:
    case = desk.apply()
    desk.work(case)

    desk.clock.advance(days=1, hours=8, minutes=31)
    due.run(desk.store, desk.world)
    desk.work(case)

    assert desk.deadline(case, "decide").state == "missed"
    assert "tell_supervisor" in desk.passed(case)
    with desk.store.transaction() as tx:
        late = deadline_list.listed(
            tx, desk.callers["supervisor"], desk.clock.now(), band="missed", limit=200
        )
    assert case in {row.instance_id for row in late.items}
    desk.complete(desk.task(case).id)
    assert desk.deadline(case, "decide").state == "missed"
    assert desk.deadline(case, "decide").met_at == desk.clock.now()


def test_a_clerk_of_another_school_cannot_learn_of_the_task(desk: Desk) -> None:
    case = desk.apply()
    desk.work(case)
    task = desk.task(case)

    with pytest.raises(NotFound), desk.store.transaction() as tx:
        tasks.get(tx, desk.world, desk.callers["stranger"], task.id)
    with pytest.raises(NotFound), desk.store.transaction() as tx:
        instances.get(tx, desk.callers["stranger"], case)


def test_a_task_is_completed_once_and_by_who_holds_it(desk: Desk) -> None:
    case = desk.apply()
    desk.work(case)
    task = desk.task(case)
    with desk.store.transaction() as tx:
        tasks.claim(tx, desk.world, desk.callers["clerk"], task.id)

    with pytest.raises(HeldByOther):
        desk.complete(task.id, "clerk2")
    with pytest.raises(MoveRefused), desk.store.transaction() as tx:
        tasks.claim(tx, desk.world, desk.callers["clerk2"], task.id)
    desk.complete(task.id)
    with pytest.raises(MoveRefused):
        desk.complete(task.id)

    assert desk.passed(case).count("decide") == 1


def test_a_silent_system_is_asked_again_and_then_becomes_an_incident(
    desk: Desk,
) -> None:
    def silent(call: Call) -> dict[str, Any]:
        raise ConnectorFault("no answer in 5 s")

    desk.outside.answers["nobd.preschool"] = silent
    case = desk.apply()
    for _ in range(5):
        desk.work(case)
        desk.clock.advance(hours=2)
        due.run(desk.store, desk.world)
        with desk.store.transaction() as tx:
            tx.execute(
                sa.update(job_rows)
                .where(job_rows.c.instance_id == case, job_rows.c.state == "todo")
                .values(next_at=None)
            )

    (opened,) = desk.case(case).incidents
    desk.outside.answers = answers()
    with desk.store.transaction() as tx:
        retried = incidents.retry(tx, desk.world, desk.callers["admin"], opened)
    desk.work(case)

    assert retried.detail["cause"] == "unanswered"
    assert desk.task(case).element_id == "decide"
    assert desk.case(case).incidents == []
    assert len({call.job_id for call in desk.outside.calls[:6]}) == 1


@pytest.mark.parametrize(
    "fault",
    [
        ConnectorRefusal("unknown child"),
        BusinessError("no_free_places", "no place", {}),
    ],
)
def test_a_refusal_of_an_outside_system_is_an_incident_at_once(
    desk: Desk, fault: Exception
) -> None:
    def refuse(call: Call) -> dict[str, Any]:
        raise fault

    desk.outside.answers["nobd.preschool"] = refuse
    case = desk.apply()

    desk.work(case)

    assert len(desk.case(case).incidents) == 1
    assert desk.case(case).state == InstanceState.ACTIVE


def test_a_suspended_case_keeps_still_and_goes_on_when_resumed(desk: Desk) -> None:
    case = desk.apply()
    with desk.store.transaction() as tx:
        instances.suspend(tx, desk.world, desk.callers["admin"], case)

    for job_id in desk.waiting(case):
        jobs.perform(desk.store, desk.world, desk.outside, job_id)
    assert desk.passed(case) == ["application_filed"]
    with desk.store.transaction() as tx:
        instances.resume(tx, desk.world, desk.callers["admin"], case)
    desk.work(case)

    assert desk.task(case).element_id == "decide"


def test_a_canceled_case_leaves_nothing_open(desk: Desk) -> None:
    case = desk.apply()
    desk.work(case)

    with desk.store.transaction() as tx:
        instances.cancel(tx, desk.world, desk.callers["admin"], case)
        query = WorklistQuery(instance_id=case)
        page = worklist.page(tx, desk.world, desk.callers["clerk"], query)

    assert desk.case(case).state == InstanceState.CANCELED
    assert page.items == []
    assert {d.met_at for d in (desk.deadline(case, "decide"),)} == {desk.clock.now()}


def test_a_message_that_comes_early_is_kept_until_somebody_waits(desk: Desk) -> None:
    case = desk.apply()
    desk.work(case)
    with desk.store.transaction() as tx:
        taken = messages.publish(
            tx,
            desk.world,
            desk.callers["portal"],
            name="application_withdrawn",
            correlation_key=desk.case(case).business_key,
            variables={},
            ttl_seconds=3600,
        )

    desk.complete(desk.task(case).id)
    desk.work(case)

    assert taken == 0
    assert "free_place" in desk.passed(case)


def test_every_chain_holds_and_a_changed_event_shows(desk: Desk, owner: Store) -> None:
    case = desk.apply()
    desk.work(case)

    with owner.transaction() as tx:
        assert list(history.verify(tx)) == []
        history.erase_details(tx, case)
        assert list(history.verify(tx, case)) == []
    with owner.transaction() as tx:
        tx.exec_driver_sql("ALTER TABLE events DISABLE TRIGGER events_append_only")
        tx.execute(
            sa.text("UPDATE events SET actor = 'x' WHERE instance_id = :c AND seq = 3"),
            {"c": case},
        )
        (broken,) = history.verify(tx, case)
        tx.rollback()

    assert (broken.seq, broken.reason) == (3, "the event was changed")


def test_events_cannot_be_changed_or_deleted_even_by_who_owns_them(
    desk: Desk, owner: Store
) -> None:
    case = desk.apply()

    for statement in ("DELETE FROM events", "UPDATE events SET actor = 'x'"):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            owner.transaction() as tx,
        ):
            tx.execute(sa.text(f"{statement} WHERE instance_id = :c"), {"c": case})


def test_a_job_type_that_nobody_does_is_warned_of_and_becomes_an_incident() -> None:
    assert bootstrap.system_of(bootstrap.queue_of("nobd.enrol")) == "nobd"
    assert bootstrap.queue_of("fax.send") in bootstrap.queues()
