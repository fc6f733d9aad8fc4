"""What a step of the engine asks for, written as rows: tasks, jobs, timers, messages.

Rows are opened before rows are closed, so that what a step opened and closed again
leaves a closed row and not an open one.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from workflows import (
    deadlines,
    duties,
    feel,
    kept_messages,
    task_words,
    thrown_signals,
)
from workflows.engine import effects as engine_effects
from workflows.ids import new_id
from workflows.model import (
    DueState,
    IncidentState,
    JobState,
    TaskState,
)
from workflows.store.prepared import Prepared, array_of, constant
from workflows.store.queue import OPEN_JOBS
from workflows.store.tables import (
    due_work,
    incidents,
    jobs,
    message_subscriptions,
    signal_deliveries,
    signal_subscriptions,
    user_tasks,
)

if TYPE_CHECKING:
    from workflows.steps import Step

Effect = TypeVar("Effect")
TASK_OPEN = (TaskState.CREATED, TaskState.CLAIMED)
JOB_OPEN = (JobState.TODO, JobState.DOING, JobState.FAILED)


OPEN_TASKS = Prepared(
    sa.insert(user_tasks),
    "id",
    "instance_id",
    "process_key",
    "element_id",
    "called_process",
    "state",
    "office_id",
    "candidate_groups",
    "candidate_users",
    "priority",
    "due_at",
    "follow_up_at",
    "deadline_at",
    "sort_at",
    "form_id",
    "norms",
    "not_by",
    "search",
    "created_at",
)
ADD_DUE_WORK = Prepared(
    sa.insert(due_work),
    "id",
    "queue",
    "due_at",
    "state",
    "instance_id",
    "subject_id",
    "element_id",
)
# Deadlines of tasks that are over, and timers: together, for the way may be long.
END_WAITS = Prepared(
    sa.delete(due_work)
    .where(
        due_work.c.queue == sa.literal_column("'timer'"),
        due_work.c.subject_id == sa.any_(sa.bindparam("timers", type_=ARRAY(UUID))),
        due_work.c.state == constant(DueState.WAITING),
    )
    .returning(due_work.c.incident_id)
    .add_cte(deadlines.meeting_tasks().cte("called_off"))
)
CASE_ID = sa.bindparam("case_id", type_=jobs.c.instance_id.type)
NOW = sa.bindparam("now", type_=jobs.c.ended_at.type)


def _close() -> sa.Update:
    """All that a case may have left open; each part has a table of its own."""
    resolved = (
        sa.update(incidents)
        .where(
            incidents.c.instance_id == CASE_ID,
            incidents.c.state == constant(IncidentState.OPEN),
            # An error that nothing caught is what ended the case: a person must see it.
            incidents.c.kind != sa.literal_column("'error'"),
        )
        .values(state=constant(IncidentState.RESOLVED), resolved_at=NOW)
    )
    for table, states, closed in (
        (user_tasks, TASK_OPEN, TaskState.CANCELED),
        (jobs, JOB_OPEN, JobState.CANCELED),
    ):
        values: dict[str, Any] = {"state": constant(closed), "ended_at": NOW}
        if "search" in table.c:  # nobody looks for it among what is to be done
            values["search"] = sa.null()
        if "variables" in table.c:  # nobody does it any more
            values["variables"] = sa.null()
        is_open = sa.or_(*(table.c.state == constant(one) for one in states))
        ended = sa.update(table).where(table.c.instance_id == CASE_ID, is_open)
        resolved = resolved.add_cte(ended.values(values).cte(f"ended_{table.name}"))
    for table in (message_subscriptions, signal_subscriptions, signal_deliveries):
        heard = sa.delete(table).where(table.c.instance_id == CASE_ID)
        resolved = resolved.add_cte(heard.cte(f"ended_{table.name}"))
    called_off = sa.delete(due_work).where(
        due_work.c.instance_id == CASE_ID,
        due_work.c.state == constant(DueState.WAITING),
    )
    return resolved.add_cte(called_off.cte("called_off"))


CLOSE = Prepared(_close())


class Batch:
    """The effects of one step, by type, each list in the order they happened."""

    def __init__(self, effects: list[engine_effects.Effect]) -> None:
        self._by_type: dict[type, list[Any]] = defaultdict(list)
        for effect in effects:
            self._by_type[type(effect)].append(effect)

    def of(self, type_: type[Effect]) -> list[Effect]:
        return self._by_type.get(type_, [])


def record(step: Step, effects: list[engine_effects.Effect]) -> None:
    """Turn the engine's effects into events."""
    for effect in effects:
        _record(step, effect)


def write(step: Step, effects: list[engine_effects.Effect]) -> None:
    """Turn the engine's effects into rows, in the step's transaction.

    Jobs that succeeded are left in `step.succeeded`, for the statement that saves the
    case.
    """
    batch = Batch(effects)
    _open_tasks(step, batch.of(engine_effects.TaskOpened))
    _open_jobs(step, batch.of(engine_effects.JobOpened))
    _arm_timers(step, batch.of(engine_effects.TimerArmed))
    _add_due_work(step)
    kept_messages.await_(
        step,
        batch.of(engine_effects.MessageAwaited),
        batch.of(engine_effects.MessageForgotten),
    )
    thrown_signals.write(
        step,
        batch.of(engine_effects.SignalAwaited),
        batch.of(engine_effects.SignalForgotten),
        batch.of(engine_effects.SignalThrown),
    )
    tasks_closed = batch.of(engine_effects.TaskClosed)
    _cancel_tasks(step, tasks_closed)
    _close_jobs(step, batch.of(engine_effects.JobClosed))
    _end_waits(step, tasks_closed, batch.of(engine_effects.TimerDisarmed))
    canceled = [each.token for each in batch.of(engine_effects.ElementCanceled)]
    # One of several times is not told as an element; its job is.
    jobs_closed = batch.of(engine_effects.JobClosed)
    canceled += [each.token for each in jobs_closed if each.canceled]
    _void_incidents(step, incidents.c.token, canceled)
    _raise_incidents(step, batch.of(engine_effects.IncidentRaised))
    completed = batch.of(engine_effects.ElementCompleted)
    deadlines.meet_case(step, [e.element_id for e in completed if e.process is None])


def close(step: Step) -> None:
    """The case has ended: nothing of it may still be open."""
    CLOSE.run(step.tx, {"case_id": step.id, "now": step.now})
    deadlines.meet_all(step)


def _record(step: Step, effect: engine_effects.Effect) -> None:
    match effect:
        case engine_effects.ElementCompleted(element_id=element_id):
            way = _way(step, effect)
            step.record("element.completed", element_id, way, process=effect.process)
        case engine_effects.ElementCanceled(element_id=element_id):
            step.record("element.canceled", element_id, process=effect.process)
        case engine_effects.TaskOpened(element_id=element_id, token=token):
            told = {"task": str(token)}
            step.record("task.created", element_id, told, process=effect.process)
        case engine_effects.DecisionEvaluated(element_id=element_id):
            told = {"decision": effect.decision, **effect.explanation}
            step.record("decision.evaluated", element_id, told, process=effect.process)
        case engine_effects.IncidentRaised(element_id=element_id):
            told = {"kind": effect.kind, "message": effect.message}
            step.record("incident.opened", element_id, told, process=effect.process)
        case engine_effects.SignalThrown(element_id=element_id, name=name):
            told = {"signal": name}
            step.record("signal.thrown", element_id, told, process=effect.process)
        case _:
            pass


def _way(step: Step, effect: engine_effects.ElementCompleted) -> dict[str, Any] | None:
    """Which flows a token took, told only where the drawing left a choice."""
    drawing = step.released.of(effect.process).definition
    element = drawing.elements.get(effect.element_id)
    if element is None or not element.type.endswith("Gateway"):
        return None
    return {"flows": list(effect.flows)}


def _open_tasks(step: Step, opened: list[engine_effects.TaskOpened]) -> None:
    if not opened:
        return
    terms = [deadlines.term_of(step, effect) for effect in opened]
    words = task_words.of(step)
    OPEN_TASKS.run_each(
        step.tx,
        [
            {
                "id": effect.token,
                "instance_id": step.id,
                "process_key": step.instance.process_key,
                "element_id": effect.element_id,
                "called_process": effect.process,
                "state": str(TaskState.CREATED),
                "office_id": step.instance.office_id,
                "candidate_groups": list(effect.candidate_groups),
                "candidate_users": _users(effect),
                "priority": effect.priority,
                "due_at": effect.due_at,
                "follow_up_at": effect.follow_up_at,
                "deadline_at": term.at if term else None,
                "sort_at": term.at if term else effect.due_at,
                "form_id": effect.form_id,
                "norms": list(effect.norms),
                "not_by": _not_by(step, effect),
                "search": words,
                "created_at": step.now,
            }
            for effect, term in zip(opened, terms, strict=True)
        ],
    )
    if any(_not_by(step, effect) for effect in opened):
        duties.remember(step.tx, step.id)
    deadlines.start_for_tasks(step, opened, terms)


def _users(effect: engine_effects.TaskOpened) -> list[str]:
    """An assignee of the drawing is the only candidate; claiming is a person's act."""
    if effect.assignee:
        return [effect.assignee]
    return list(effect.candidate_users)


def _not_by(step: Step, effect: engine_effects.TaskOpened) -> list[str]:
    """The steps whose doers must not do this task: elements of the same drawing."""
    drawing = step.released.of(effect.process).definition
    return list(drawing.apart.get(effect.element_id, ()))


def _cancel_tasks(step: Step, closed: list[engine_effects.TaskClosed]) -> None:
    canceled = [effect.token for effect in closed if effect.canceled]
    if canceled:
        step.tx.execute(
            sa.update(user_tasks)
            .where(user_tasks.c.id.in_(canceled), user_tasks.c.state.in_(TASK_OPEN))
            .values(state=TaskState.CANCELED, ended_at=step.now, search=None)
        )


def _open_jobs(step: Step, opened: list[engine_effects.JobOpened]) -> None:
    if not opened:
        return
    told = [
        {
            "id": str(effect.token),
            "element_id": effect.element_id,
            "called_process": effect.process,
            "type": effect.type,
            "variables": feel.dumps(effect.variables),
            "headers": dict(effect.headers),
            "retries": effect.retries,
            "queue": step.world.queue_of(effect.type),
        }
        for effect in opened
    ]
    text = json.dumps(told, ensure_ascii=False)
    OPEN_JOBS.run(step.tx, {"case_id": step.id, "now": step.now, "jobs": text})


def _close_jobs(step: Step, closed: list[engine_effects.JobClosed]) -> None:
    step.succeeded.extend(effect.token for effect in closed if not effect.canceled)
    canceled = [effect.token for effect in closed if effect.canceled]
    if canceled:
        step.tx.execute(
            sa.update(jobs)
            .where(jobs.c.id.in_(canceled), jobs.c.state.in_(JOB_OPEN))
            .values(
                state=JobState.CANCELED,
                ended_at=step.now,
                variables=None,
                next_at=None,
            )
        )


def _arm_timers(step: Step, armed: list[engine_effects.TimerArmed]) -> None:
    step.due.extend(
        ("timer", effect.due_at, effect.token, effect.element_id) for effect in armed
    )


def _add_due_work(step: Step) -> None:
    """Timers and deadlines of the step together: they are one kind of row."""
    rows = [
        {
            "id": new_id(),
            "queue": queue,
            "due_at": due_at,
            "state": str(DueState.WAITING),
            "instance_id": step.id,
            "subject_id": subject_id,
            "element_id": element_id,
        }
        for queue, due_at, subject_id, element_id in step.due
    ]
    ADD_DUE_WORK.run_each(step.tx, rows)
    step.due.clear()


def _end_waits(
    step: Step,
    closed: list[engine_effects.TaskClosed],
    disarmed: list[engine_effects.TimerDisarmed],
) -> None:
    if closed or disarmed:
        ended = {
            "case_id": step.id,
            "at": step.now,
            "task_ids": array_of(effect.token for effect in closed),
            "timers": array_of(effect.token for effect in disarmed),
        }
        rows = END_WAITS.run(step.tx, ended).fetchall()
        void = [row.incident_id for row in rows if row.incident_id is not None]
        _void_incidents(step, incidents.c.id, void)


def _void_incidents(
    step: Step, column: sa.Column[Any], values: list[uuid.UUID]
) -> None:
    """The process went another way: what was broken there needs no help any more."""
    if values:
        step.tx.execute(
            sa.update(incidents)
            .where(column.in_(values), incidents.c.state == IncidentState.OPEN)
            .values(state=IncidentState.RESOLVED, resolved_at=step.now)
        )


def _raise_incidents(step: Step, raised: list[engine_effects.IncidentRaised]) -> None:
    if raised:
        step.tx.execute(
            sa.insert(incidents),
            [
                {
                    "instance_id": step.id,
                    "token": effect.token,
                    "element_id": effect.element_id,
                    "called_process": effect.process,
                    "kind": effect.kind,
                    "message": effect.message,
                    "detail": dict(effect.detail),
                    "state": IncidentState.OPEN,
                    "opened_at": step.now,
                }
                for effect in raised
            ],
        )
