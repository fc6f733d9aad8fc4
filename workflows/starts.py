"""Starts: how a new case begins, and the start events that something else triggers.

The newest version of each process listens, for messages, signals and its timers.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from workflows import engine, feel, history, offices, people
from workflows.ids import new_id
from workflows.model import DueState, InstanceState, NotAllowed
from workflows.ports import FixedClock
from workflows.steps import Step, finish
from workflows.store.tables import due_work, start_subscriptions
from workflows.world import World


@dataclass(frozen=True)
class Beginning:
    """What a new case is: its process in a version, its office, who asked for it."""

    process_key: str
    release_id: uuid.UUID
    version_id: uuid.UUID
    office_id: uuid.UUID
    actor: str
    business_key: str | None = None
    started_by: uuid.UUID | None = None


@dataclass(frozen=True)
class Trigger:
    """The event that starts a case; `told` says in its history what came."""

    element_id: str
    told: Mapping[str, Any]
    signal_depth: int = 0


def begin(
    tx: sa.Connection,
    world: World,
    beginning: Beginning,
    variables: Mapping[str, Any],
    trigger: Trigger | None = None,
) -> uuid.UUID:
    """Start a case, with FEEL values, and run it as far as it goes without the world.

    Without a trigger it begins at its plain start event.
    """
    released = world.library.get(tx, beginning.release_id, beginning.version_id)
    now, id_ = world.clock.now(), new_id()
    row = {
        "id": id_,
        "process_key": beginning.process_key,
        "definition_version_id": beginning.version_id,
        "release_id": beginning.release_id,
        "business_key": beginning.business_key,
        "subject": released.subject_of(variables),
        "office_id": beginning.office_id,
        "state": str(InstanceState.ACTIVE),
        "started_at": now,
        "started_by": beginning.started_by,
    }
    chain = history.Chain(id_, 0, history.first_hash(id_))
    case = SimpleNamespace(**row, packed=None)
    current = Step(tx, world, beginning.actor, case, now, chain, is_new=True)
    element_id = None
    detail: dict[str, Any] = {"business_key": beginning.business_key}
    if trigger is not None:
        element_id = trigger.element_id
        detail |= trigger.told
        current.signal_depth = trigger.signal_depth
    current.record("instance.started", element_id, detail)
    given = {}
    if released.configuration:
        given["configuration"] = dict(released.configuration)
    current.started = engine.Case.start(
        released.definition, variables, current.environment, element_id, given
    )
    finish(current)
    return id_


def by_message(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    *,
    name: str,
    correlation_key: str | None,
    variables: Mapping[str, Any],
    but: Collection[str] = (),
) -> int:
    """A case of each process that a message starts, `but` for these; how many.

    The office is the caller's own, as of a case that they start themselves.
    """
    rows = tx.execute(
        sa.select(start_subscriptions)
        .where(
            start_subscriptions.c.kind == "message",
            start_subscriptions.c.name == name,
            start_subscriptions.c.retired_at.is_(None),
            start_subscriptions.c.process_key.not_in(but),
        )
        .order_by(start_subscriptions.c.process_key, start_subscriptions.c.element_id)
    ).all()
    if rows and not caller.memberships:
        raise NotAllowed(action="start", kind="case")
    for row in rows:
        beginning = Beginning(
            process_key=row.process_key,
            release_id=row.release_id,
            version_id=row.definition_version_id,
            office_id=caller.memberships[0].office_id,
            actor=people.actor(caller),
            business_key=correlation_key,
            started_by=caller.user_id,
        )
        trigger = Trigger(row.element_id, {"message": name})
        begin(tx, world, beginning, variables, trigger)
    return len(rows)


def by_signal(
    tx: sa.Connection,
    world: World,
    start_id: uuid.UUID,
    *,
    variables: Mapping[str, Any],
    depth: int,
) -> None:
    """A case of the version that listened when the signal was thrown."""
    row = tx.execute(
        sa.select(start_subscriptions).where(start_subscriptions.c.id == start_id)
    ).one()
    trigger = Trigger(row.element_id, {"signal": row.name}, depth)
    begin(tx, world, _by_itself(tx, row, "signal"), variables, trigger)


def by_timer(tx: sa.Connection, world: World, due_id: uuid.UUID) -> bool:
    """The moment of a timer start has come; False if somebody else has it.

    A cycle is armed again, counted from the moment that was due.
    """
    row = tx.execute(
        sa.select(start_subscriptions, due_work.c.due_at)
        .join(due_work, due_work.c.subject_id == start_subscriptions.c.id)
        .where(
            due_work.c.id == due_id,
            due_work.c.state == DueState.WAITING,
            start_subscriptions.c.retired_at.is_(None),
        )
        # Before the due work, as a release does that takes the timer away.
        .with_for_update(of=start_subscriptions, skip_locked=True)
    ).one_or_none()
    if row is None:
        return False
    fired = tx.execute(
        sa.update(due_work)
        .where(due_work.c.id == due_id, due_work.c.state == DueState.WAITING)
        .values(state=DueState.FIRED)
    ).rowcount
    if not fired:
        return False
    trigger = Trigger(row.element_id, {"due_at": row.due_at.isoformat()})
    beginning = _by_itself(tx, row, "clock")
    begin(tx, world, beginning, {}, trigger)
    done = engine.TimedStart(row.element_id, row.due_at, row.repeats_left)
    environment = feel.Environment(
        clock=FixedClock(world.clock.now()),
        calendar=world.calendars.of(tx, beginning.office_id),
    )
    released = world.library.get(tx, row.release_id, row.definition_version_id)
    after = engine.next_start(released.definition, done, environment)
    if after is not None:
        arm(tx, row.id, after)
    return True


def arm(tx: sa.Connection, start_id: uuid.UUID, timed: engine.TimedStart) -> None:
    """A timer start is due at its next moment."""
    tx.execute(
        sa.update(start_subscriptions)
        .where(start_subscriptions.c.id == start_id)
        .values(repeats_left=timed.left)
    )
    tx.execute(
        sa.insert(due_work).values(
            queue="start",
            due_at=timed.due_at,
            state=DueState.WAITING,
            subject_id=start_id,
            element_id=timed.element_id,
        )
    )


def _by_itself(tx: sa.Connection, row: sa.Row[Any], actor: str) -> Beginning:
    """A case that no person asked for."""
    return Beginning(
        process_key=row.process_key,
        release_id=row.release_id,
        version_id=row.definition_version_id,
        office_id=row.office_id or offices.root(tx),
        actor=actor,
    )
