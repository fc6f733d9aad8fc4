"""What an intervention would do: done to a copy of the case that nobody keeps."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import engine, interventions, people
from workflows.interventions import Place
from workflows.model import DeadlineState, MoveRefused, Role
from workflows.steps import peek
from workflows.store.tables import deadlines
from workflows.world import World

Action = Callable[[engine.Case], None]


@dataclass(frozen=True)
class Preview:
    """What would follow: what ends unfinished, what begins, and by when it was due."""

    tasks: list[Place]
    jobs: list[Place]
    events: list[Place]  # timers, messages and signals that are no longer waited for
    deadlines: list[tuple[Place, datetime]]
    begins: list[Place]
    ends_case: bool


def of_skip(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    step_id: uuid.UUID,
) -> Preview:
    """What `skip` would do, without doing it; raises what it would raise."""
    return _preview(tx, world, caller, instance_id, lambda case: case.skip(step_id, {}))


def of_move(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    step_id: uuid.UUID,
    to: str,
) -> Preview:
    """What `move` would do, without doing it; raises what it would raise."""
    return _preview(tx, world, caller, instance_id, lambda case: case.move(step_id, to))


def of_repeat(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    element_id: str,
) -> Preview:
    """What `repeat` would do, without doing it; raises what it would raise."""

    def act(case: engine.Case) -> None:
        interventions.check_done(tx, seen, element_id)
        case.repeat(element_id)

    seen = peek(tx, world, instance_id)
    return _preview(tx, world, caller, instance_id, act)


def of_cancel(
    tx: sa.Connection, world: World, caller: people.Caller, instance_id: uuid.UUID
) -> Preview:
    """What `instances.cancel` would end."""
    return _preview(tx, world, caller, instance_id, lambda case: case.cancel())


def _preview(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    act: Action,
) -> Preview:
    """Do it to a copy of the case that nobody keeps, and tell what followed."""
    interventions.may(tx, caller, instance_id, Role.ADMINISTRATOR, action="move")
    seen = peek(tx, world, instance_id)
    if seen.instance.state not in interventions.OPEN:
        raise MoveRefused(kind="case", state=seen.instance.state, move="moved")
    case = seen.case
    places = {token: Place(*place) for token, place in case.places().items()}
    with interventions.gone(move="moved"):
        act(case)
    effects: list[Any] = list(case.take_effects())

    def ended(*kinds: Any) -> list[Place]:
        tokens = [one.token for one in effects if isinstance(one, kinds)]
        return [places[token] for token in tokens if token in places]

    closed = [one.token for one in effects if isinstance(one, engine.TaskClosed)]
    begun = (engine.TaskOpened, engine.JobOpened, engine.TimerArmed)
    waits = (*begun, engine.MessageAwaited, engine.SignalAwaited)
    begins = [
        Place(one.element_id, one.process) for one in effects if isinstance(one, waits)
    ]
    return Preview(
        tasks=ended(engine.TaskClosed),
        jobs=ended(engine.JobClosed),
        events=ended(
            engine.TimerDisarmed, engine.MessageForgotten, engine.SignalForgotten
        ),
        deadlines=_deadlines(tx, instance_id, closed, ends_case=case.completed),
        begins=list(dict.fromkeys(begins)),
        ends_case=case.completed,
    )


def _deadlines(
    tx: sa.Connection,
    instance_id: uuid.UUID,
    tasks: list[uuid.UUID],
    *,
    ends_case: bool,
) -> list[tuple[Place, datetime]]:
    """The deadlines that would run no longer: of these tasks, or of the whole case."""
    of_tasks = deadlines.c.task_id.in_(tasks)
    which = sa.or_(of_tasks, sa.literal(ends_case))
    rows = tx.execute(
        sa.select(deadlines)
        .where(
            deadlines.c.instance_id == instance_id,
            deadlines.c.state != DeadlineState.MET,
            deadlines.c.met_at.is_(None),
            which,
        )
        .order_by(deadlines.c.due_at)
    )
    return [(Place(row.element_id, row.called_process), row.due_at) for row in rows]
