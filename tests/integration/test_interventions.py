"""A case steered by hand: rows, deadlines and history follow; nobody is overrun."""

import uuid

import pytest
import sqlalchemy as sa

from tests.integration.desk import Desk
from workflows import (
    engine,
    history,
    instances,
    interventions,
    jobs,
    previews,
    standing,
)
from workflows.model import InputRefused, MoveRefused, NotAllowed, NotFound
from workflows.ports import ConnectorRefusal
from workflows.store.tables import due_work, message_subscriptions, user_tasks
from workflows.store.tables import jobs as job_rows

WHY = "Ата-ана құжаттарды қағазда әкелді"


@pytest.fixture
def deciding(desk: Desk) -> uuid.UUID:
    """A case that waits for the clerk's decision."""
    case = desk.apply()
    desk.work(case)
    return case


def steps(desk: Desk, case: uuid.UUID, login: str = "admin") -> standing.Steps:
    with desk.store.transaction() as tx:
        return standing.steps(tx, desk.world, desk.callers[login], case)


def step_of(desk: Desk, case: uuid.UUID, element_id: str) -> standing.StepRow:
    found = steps(desk, case).steps
    return next(one for one in found if one.element_id == element_id)


def skip(desk, case, element_id, login="admin", reason=WHY, variables=None):
    token = step_of(desk, case, element_id).step
    with desk.store.transaction() as tx:
        return interventions.skip(
            tx, desk.world, desk.callers[login], case, token, reason, variables
        )


def move(desk, case, element_id, to, login="admin", reason=WHY):
    token = step_of(desk, case, element_id).step
    with desk.store.transaction() as tx:
        return interventions.move(
            tx, desk.world, desk.callers[login], case, token, to, reason
        )


def repeat(desk, case, element_id, login="admin", reason=WHY):
    with desk.store.transaction() as tx:
        return interventions.repeat(
            tx, desk.world, desk.callers[login], case, element_id, reason
        )


def left_open(desk: Desk, case: uuid.UUID) -> dict[str, list[str]]:
    """What of a case is open in the tables, by table."""
    open_states = {
        user_tasks: ("created", "claimed"),
        job_rows: ("todo", "doing", "failed"),
        due_work: ("waiting",),
    }
    found = {}
    with desk.store.transaction() as tx:
        for table, states in open_states.items():
            query = sa.select(table).where(
                table.c.instance_id == case, table.c.state.in_(states)
            )
            if table is due_work:
                query = query.where(table.c.queue == "timer")
            found[table.name] = sorted(str(row.element_id) for row in tx.execute(query))
        query = sa.select(message_subscriptions.c.element_id).where(
            message_subscriptions.c.instance_id == case
        )
        found["messages"] = sorted(tx.scalars(query))
    return found


def is_whole(desk: Desk, case: uuid.UUID) -> bool:
    with desk.store.transaction() as tx:
        return not list(history.verify(tx, case))


def told(desk: Desk, case: uuid.UUID, type_: str) -> history.EventRow:
    return next(one for one in desk.events(case) if one.type == type_)


def test_a_case_tells_where_it_stands_and_where_it_can_go(
    desk: Desk, deciding: uuid.UUID
) -> None:
    found = steps(desk, deciding)

    (decide,) = found.steps
    assert (decide.element_id, decide.kind, decide.can_skip) == ("decide", "task", True)
    assert decide.since == desk.clock.now()
    assert "enrol" in decide.targets
    assert "checks_join" not in decide.targets
    assert "check_health" not in decide.targets
    assert "find_preschool" in found.repeatable
    assert "decide" not in found.repeatable


def test_a_supervisor_may_look_and_not_touch(desk: Desk, deciding: uuid.UUID) -> None:
    assert steps(desk, deciding, "supervisor").steps
    with pytest.raises(NotAllowed):
        steps(desk, deciding, "clerk")
    with pytest.raises(NotFound):
        steps(desk, deciding, "stranger")
    for login, refusal in (
        ("supervisor", NotAllowed),
        ("clerk", NotAllowed),
        ("portal", NotAllowed),
        ("stranger", NotFound),
    ):
        with pytest.raises(refusal):
            skip(desk, deciding, "decide", login)


@pytest.mark.parametrize("reason", ["", "   ", "ә" * 1001])
def test_a_reason_is_asked_for(desk: Desk, deciding: uuid.UUID, reason: str) -> None:
    with pytest.raises(InputRefused):
        skip(desk, deciding, "decide", reason=reason)

    assert left_open(desk, deciding)["user_tasks"] == ["decide"]


def test_a_skipped_task_is_canceled_with_its_deadline_and_timer(
    desk: Desk, deciding: uuid.UUID
) -> None:
    task = desk.task(deciding)
    accepted = {"decision": {"accepted": True}}

    skip(desk, deciding, "decide", variables=accepted)

    assert desk.deadline(deciding, "decide").state == "met"
    assert left_open(desk, deciding) == {
        "user_tasks": [],
        "jobs": ["enrol"],
        "due_work": [],
        "messages": [],
    }
    event = told(desk, deciding, "step.skipped")
    assert event.element_id == "decide"
    assert event.actor == "admin"
    assert event.detail == {
        "reason": WHY,
        "step": str(task.id),
        "variables": accepted,
    }
    assert desk.case(deciding).variables["decision"] == accepted["decision"]
    assert is_whole(desk, deciding)


def test_a_step_without_what_its_way_asks_for_is_not_skipped(
    desk: Desk, deciding: uuid.UUID
) -> None:
    """The gateway behind it cannot tell the way: that is an incident, with its help."""
    skip(desk, deciding, "decide")

    assert [one.element_id for one in steps(desk, deciding).steps] == ["positive"]
    assert len(desk.case(deciding).incidents) == 1

    skip(desk, deciding, "positive", variables={"decision": {"accepted": True}})

    assert desk.case(deciding).incidents == []
    assert left_open(desk, deciding)["jobs"] == ["enrol"]


def test_a_case_goes_back_and_is_decided_anew(desk: Desk, deciding: uuid.UUID) -> None:
    repeat(desk, deciding, "find_preschool")

    assert left_open(desk, deciding) == {
        "user_tasks": [],
        "jobs": ["find_preschool"],
        "due_work": [],
        "messages": [],
    }
    event = told(desk, deciding, "step.repeated")
    assert event.detail == {"reason": WHY, "from": ["decide"], "to": "find_preschool"}
    desk.work(deciding)
    desk.complete(desk.task(deciding).id)
    desk.work(deciding)
    assert [one.element_id for one in steps(desk, deciding).steps] == [
        "place_held",
        "until_order",
    ]
    assert is_whole(desk, deciding)


def test_all_open_checks_go_back_together_and_one_alone_does_not(desk: Desk) -> None:
    case = desk.apply()
    desk.outside.answers["health.check"] = _unanswered
    desk.work(case)
    assert left_open(desk, case)["jobs"] == ["check_health"]

    with pytest.raises(engine.MoveNotPossible):
        move(desk, case, "check_health", "find_preschool")
    repeat(desk, case, "find_preschool")

    assert left_open(desk, case)["jobs"] == ["find_preschool"]
    assert [one.element_id for one in steps(desk, case).steps] == ["find_preschool"]


def test_a_job_that_broke_down_is_skipped_with_its_answer(desk: Desk) -> None:
    case = desk.apply()
    desk.outside.answers["health.check"] = _unanswered
    desk.work(case)

    skip(desk, case, "check_health", variables={"health": {"passport_052_2": True}})

    assert desk.case(case).incidents == []
    assert desk.task(case).element_id == "decide"


def test_a_suspended_case_is_moved_and_goes_on_when_it_is_resumed(
    desk: Desk, deciding: uuid.UUID
) -> None:
    admin = desk.callers["admin"]
    with desk.store.transaction() as tx:
        instances.suspend(tx, desk.world, admin, deciding, "Қате тексеріледі")
    move(desk, deciding, "decide", "enrol")

    assert desk.case(deciding).state == "suspended"
    for job in desk.waiting(deciding):
        jobs.perform(desk.store, desk.world, desk.outside, job)
    assert "enrol" not in desk.passed(deciding)
    with desk.store.transaction() as tx:
        instances.resume(tx, desk.world, admin, deciding, "Қате түзетілді")
    desk.work(deciding)

    assert "enrol" in desk.passed(deciding)
    assert told(desk, deciding, "instance.suspended").detail == {
        "reason": "Қате тексеріледі"
    }
    assert told(desk, deciding, "instance.resumed").detail == {
        "reason": "Қате түзетілді"
    }
    assert is_whole(desk, deciding)


def test_a_suspended_case_may_be_moved_to_its_end(
    desk: Desk, deciding: uuid.UUID
) -> None:
    with desk.store.transaction() as tx:
        instances.suspend(tx, desk.world, desk.callers["admin"], deciding)

    assert move(desk, deciding, "decide", "closed").state == "completed"
    assert left_open(desk, deciding) == {
        "user_tasks": [],
        "jobs": [],
        "due_work": [],
        "messages": [],
    }


def test_a_cancellation_says_why_in_the_history_alone(
    desk: Desk, deciding: uuid.UUID
) -> None:
    with desk.store.transaction() as tx:
        row = instances.cancel(tx, desk.world, desk.callers["admin"], deciding, WHY)

    assert row.ended_by == {"kind": "canceled", "code": None}
    event = told(desk, deciding, "instance.canceled")
    assert event.detail == {"kind": "canceled", "code": None, "reason": WHY}
    with pytest.raises(MoveRefused):
        repeat(desk, deciding, "decide")


def test_who_comes_second_is_told_so(desk: Desk, deciding: uuid.UUID) -> None:
    token = step_of(desk, deciding, "decide").step
    desk.complete(token)

    with pytest.raises(MoveRefused) as refusal, desk.store.transaction() as tx:
        interventions.skip(tx, desk.world, desk.callers["admin"], deciding, token, WHY)

    assert refusal.value.data["kind"] == "step"
    assert [one.type for one in desk.events(deciding)].count("step.skipped") == 0


def test_a_clerk_who_comes_second_is_told_so(desk: Desk, deciding: uuid.UUID) -> None:
    task = desk.task(deciding).id
    skip(desk, deciding, "decide", variables={"decision": {"accepted": True}})

    with pytest.raises(MoveRefused):
        desk.complete(task)


def test_a_step_that_was_never_done_is_not_repeated(
    desk: Desk, deciding: uuid.UUID
) -> None:
    with pytest.raises(engine.MoveNotPossible):
        repeat(desk, deciding, "tell_refused")
    with pytest.raises(InputRefused):
        repeat(desk, deciding, "no_such_step")
    with pytest.raises(InputRefused):
        move(desk, deciding, "decide", "no_such_step")


def test_a_preview_tells_what_would_end_and_begin_and_changes_nothing(
    desk: Desk, deciding: uuid.UUID
) -> None:
    before = desk.case(deciding), len(desk.events(deciding))
    admin = desk.callers["admin"]
    with desk.store.transaction() as tx:
        back = previews.of_repeat(tx, desk.world, admin, deciding, "find_preschool")
        end = previews.of_cancel(tx, desk.world, admin, deciding)

    assert [one.element_id for one in back.tasks] == ["decide"]
    assert [one.element_id for one in back.events] == ["decision_late"]
    assert [one.element_id for one in back.begins] == ["find_preschool"]
    assert [place.element_id for place, _ in back.deadlines] == ["decide"]
    assert not back.ends_case
    assert end.ends_case
    assert len(end.deadlines) >= len(back.deadlines)
    assert (desk.case(deciding), len(desk.events(deciding))) == before


def _unanswered(_call: object) -> dict[str, object]:
    raise ConnectorRefusal("the paper passport was not found")
