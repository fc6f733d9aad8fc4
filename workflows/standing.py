"""Where a running case stands, and where it can be moved to, as its keepers see it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from workflows import engine, interventions, people
from workflows.model import DueState, IncidentState, Role
from workflows.steps import Step, peek
from workflows.store.tables import (
    due_work,
    incidents,
    jobs,
    message_subscriptions,
    user_tasks,
)
from workflows.world import World

SEES = (Role.ADMINISTRATOR, Role.SUPERVISOR)


@dataclass(frozen=True)
class StepRow:
    """One place where a case stands; `step` names it in what is done to it.

    `kind`, `process` and `path` are those of `engine.Standing`. `since` is known of
    tasks, jobs, messages and what has an incident, `due_at` of timers. `targets` are
    the elements that it can be moved to.
    """

    step: uuid.UUID
    element_id: str
    process: str | None
    names: Mapping[str, str]
    kind: str
    path: list[str]
    since: datetime | None
    due_at: datetime | None
    incident: uuid.UUID | None
    can_skip: bool
    targets: list[str]


@dataclass(frozen=True)
class Steps:
    """Where a case stands, and the steps it has done that it can go back to."""

    steps: list[StepRow]
    repeatable: list[str]


def steps(
    tx: sa.Connection, world: World, caller: people.Caller, instance_id: uuid.UUID
) -> Steps:
    """Where the case stands; for administrators and supervisors of its office."""
    interventions.may(tx, caller, instance_id, *SEES, action="look into")
    seen = peek(tx, world, instance_id)
    if seen.instance.state not in interventions.OPEN:
        return Steps([], [])
    case, told = seen.case, _Told.of(tx, instance_id)
    rows = [_row(seen, case, told, one) for one in case.standing]
    passed = interventions.done(tx, instance_id)
    return Steps(rows, [one for one in case.repeatable() if one in passed])


@dataclass(frozen=True)
class _Told:
    """What the rows of a case say of its tokens."""

    since: Mapping[uuid.UUID, datetime]
    due: Mapping[uuid.UUID, datetime]
    incidents: Mapping[uuid.UUID, uuid.UUID]

    @classmethod
    def of(cls, tx: sa.Connection, instance_id: uuid.UUID) -> "_Told":
        broken = tx.execute(
            sa.select(incidents).where(
                incidents.c.instance_id == instance_id,
                incidents.c.state == IncidentState.OPEN,
            )
        ).all()
        since = {row.token: row.opened_at for row in broken}
        for table, token in (
            (user_tasks, user_tasks.c.id),
            (jobs, jobs.c.id),
            (message_subscriptions, message_subscriptions.c.token),
        ):
            query = sa.select(token, table.c.created_at)
            rows = tx.execute(query.where(table.c.instance_id == instance_id))
            since |= {row[0]: row.created_at for row in rows}
        timers = tx.execute(
            sa.select(due_work.c.subject_id, due_work.c.due_at).where(
                due_work.c.instance_id == instance_id,
                due_work.c.queue == "timer",
                due_work.c.state == DueState.WAITING,
            )
        )
        due = {row.subject_id: row.due_at for row in timers}
        return cls(since, due, {row.token: row.id for row in broken})


def _row(seen: Step, case: engine.Case, told: _Told, one: engine.Standing) -> StepRow:
    elements = seen.released.of(one.process).elements
    element = elements.get(one.element_id)
    return StepRow(
        step=one.token,
        element_id=one.element_id,
        process=one.process,
        names=element["names"] if element else seen.released.of(one.process).names,
        kind=one.kind,
        path=list(one.path),
        since=told.since.get(one.token),
        due_at=told.due.get(one.token),
        incident=told.incidents.get(one.token),
        can_skip=one.can_skip,
        targets=list(case.targets(one.token)),
    )
