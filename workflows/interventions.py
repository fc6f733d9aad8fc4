"""What an administrator does to a running case by hand: a step is skipped, the case is
moved to another one or goes back; each with a reason, which the history keeps.

A suspended case may be moved too: hold it, mend it, let it go on.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from workflows import engine, feel, instances, people
from workflows.instances import InstanceRow
from workflows.model import (
    InputRefused,
    InstanceState,
    MoveRefused,
    NotAllowed,
    NotFound,
    Role,
)
from workflows.steps import Step, step
from workflows.store.tables import (
    events,
    offices,
    process_instances,
)
from workflows.world import World

OPEN = frozenset({InstanceState.ACTIVE, InstanceState.SUSPENDED})
NO_STEP = "not a step of this procedure"
DONE = ("element.completed", "step.skipped")


@dataclass(frozen=True)
class Place:
    """An element, and the called process whose drawing has it."""

    element_id: str
    process: str | None


def skip(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    step_id: uuid.UUID,
    reason: str,
    variables: Mapping[str, Any] | None = None,
) -> InstanceRow:
    """A step ends as if it had been done, with `variables` (plain JSON) as its result.

    Raises engine.MoveNotPossible, and MoveRefused when the step is over.
    """
    given = variables or {}
    values = {name: feel.from_plain(value) for name, value in given.items()}
    return skip_with(tx, world, caller, instance_id, step_id, reason, values)


def skip_with(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    step_id: uuid.UUID,
    reason: str,
    values: Mapping[str, feel.Value],
) -> InstanceRow:
    """`skip` with FEEL values, as the form of a step gives them: a date is a date."""
    with _on(tx, world, caller, instance_id, reason, move="skipped") as (current, why):
        place = _place(current, step_id, move="skipped")
        detail: dict[str, Any] = {**why, "step": str(step_id)}
        if values:
            detail["variables"] = feel.plain(dict(values))
        current.record("step.skipped", place.element_id, detail, process=place.process)
        current.case.skip(step_id, values)
    return instances.get(tx, caller, instance_id)


def move(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    step_id: uuid.UUID,
    to: str,
    reason: str,
) -> InstanceRow:
    """A step ends unfinished, and the case goes on at another one of its process.

    Raises engine.MoveNotPossible, and MoveRefused when the step is over.
    """
    with _on(tx, world, caller, instance_id, reason, move="moved") as (current, why):
        place = _place(current, step_id, move="moved")
        detail: dict[str, Any] = {**why, "from": [place.element_id], "to": to}
        current.record("step.moved", to, detail, process=place.process)
        try:
            current.case.move(step_id, to)
        except engine.NoSuchStep as unknown:
            raise InputRefused(field="to", reason=NO_STEP) from unknown
    return instances.get(tx, caller, instance_id)


def repeat(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    element_id: str,
    reason: str,
) -> InstanceRow:
    """The case goes back to a step that was done; what came from there ends unfinished.

    Raises engine.MoveNotPossible, also where the step was not done yet.
    """
    with _on(tx, world, caller, instance_id, reason, move="repeated") as (current, why):
        check_done(tx, current, element_id)
        before = {one.token: one for one in current.case.standing}
        current.case.repeat(element_id)
        staying = {one.token for one in current.case.standing}
        ended = [
            one.element_id for token, one in before.items() if token not in staying
        ]
        detail: dict[str, Any] = {**why, "from": ended, "to": element_id}
        current.record("step.repeated", element_id, detail)
    return instances.get(tx, caller, instance_id)


def may_intervene(
    tx: sa.Connection, caller: people.Caller, instance_id: uuid.UUID
) -> bool:
    """Whether the caller administers the case's office."""
    return Role.ADMINISTRATOR in _roles(tx, caller, instance_id)


@contextmanager
def _on(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    reason: str,
    *,
    move: str,
) -> Iterator[tuple[Step, Mapping[str, str]]]:
    """A locked case that the caller administers; a step that is gone is a conflict."""
    may(tx, caller, instance_id, Role.ADMINISTRATOR, action="move")
    because = instances.because(reason)
    actor = people.actor(caller)
    with (
        step(tx, world, instance_id, actor, states=OPEN, move=move) as current,
        gone(move=move),
    ):
        yield current, because


@contextmanager
def gone(*, move: str) -> Iterator[None]:
    try:
        yield
    except engine.TokenNotWaiting as gone:
        raise MoveRefused(kind="step", state="over", move=move) from gone


def may(
    tx: sa.Connection,
    caller: people.Caller,
    instance_id: uuid.UUID,
    *roles: Role,
    action: str,
) -> None:
    """NotFound where the case is not seen, NotAllowed without one of the roles."""
    if _roles(tx, caller, instance_id).isdisjoint(roles):
        raise NotAllowed(action=action, kind="case")


def _roles(
    tx: sa.Connection, caller: people.Caller, instance_id: uuid.UUID
) -> frozenset[Role]:
    """The caller's roles at the case's office; NotFound if there is none."""
    path = tx.scalar(
        sa.select(offices.c.path)
        .join(process_instances, process_instances.c.office_id == offices.c.id)
        .where(process_instances.c.id == instance_id)
    )
    roles = people.roles_at(caller, path or ())
    if not roles:
        raise NotFound(kind="case", key=instance_id)
    return roles


def _place(current: Step, step_id: uuid.UUID, *, move: str) -> Place:
    for one in current.case.standing:
        if one.token == step_id:
            return Place(one.element_id, one.process)
    raise MoveRefused(kind="step", state="over", move=move)


def done(tx: sa.Connection, instance_id: uuid.UUID) -> set[str]:
    """The elements of the case's own drawing that it has done, or gone past."""
    return set(
        tx.scalars(
            sa.select(events.c.element_id)
            .distinct()
            .where(
                events.c.instance_id == instance_id,
                events.c.type.in_(DONE),
                events.c.called_process.is_(None),
            )
        )
    )


def check_done(tx: sa.Connection, current: Step, element_id: str) -> None:
    if element_id not in current.released.elements:
        raise InputRefused(field="element_id", reason=NO_STEP)
    if element_id not in done(tx, current.id):
        raise engine.NothingToRepeat(element=element_id)
