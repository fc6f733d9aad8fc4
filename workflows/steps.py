"""One step of a case: lock it, move it, write down what follows, in one transaction.

Every use case that moves a case goes through here, so that state, tasks, jobs, timers,
deadlines and history can only change together.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from workflows import engine, feel, follow_ups, history
from workflows.model import InstanceState, MoveRefused, NotFound
from workflows.ports import FixedClock
from workflows.released import Released
from workflows.store.tables import process_instances
from workflows.world import World


@dataclass
class Step:
    """A case that is locked for us until the transaction ends."""

    tx: sa.Connection
    world: World
    actor: str
    instance: Any  # the locked row of process_instances
    now: datetime
    chain: history.Chain
    started: engine.Case | None = None
    changes: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def released(self) -> Released:
        return self.world.library.get(
            self.tx, self.instance.release_id, self.instance.definition_version_id
        )

    @cached_property
    def environment(self) -> feel.Environment:
        """FEEL's surroundings: one moment for the whole step, the office's calendar."""
        return feel.Environment(
            clock=FixedClock(self.now),
            calendar=self.world.calendars.of(self.tx, self.instance.office_id),
        )

    @cached_property
    def case(self) -> engine.Case:
        """The running case; restored at first use, saved when the step ends."""
        if self.started is not None:
            return self.started
        return engine.Case.restore(
            self.released.definition, self.instance.saved, self.environment
        )

    @property
    def id(self) -> uuid.UUID:
        return uuid.UUID(str(self.instance.id))

    def record(
        self,
        type_: str,
        element_id: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Add an event to the history of the case."""
        self.chain.add(type_, self.now, self.actor, element_id, detail)


@contextmanager
def step(
    tx: sa.Connection,
    world: World,
    instance_id: uuid.UUID,
    actor: str,
    *,
    states: frozenset[InstanceState] = frozenset({InstanceState.ACTIVE}),
    move: str = "moved",
) -> Iterator[Step]:
    """Lock a case and do one step with it.

    Raises NotFound, and MoveRefused when its state is not one of `states`.
    """
    row = tx.execute(
        sa.select(process_instances)
        .where(process_instances.c.id == instance_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(kind="case", key=instance_id)
    if row.state not in states:
        raise MoveRefused(kind="case", state=row.state, move=move)
    chain = history.Chain(instance_id, row.event_seq, row.event_hash)
    current = Step(tx, world, actor, row, world.clock.now(), chain)
    yield current
    finish(current)


def peek(tx: sa.Connection, world: World, instance_id: uuid.UUID) -> Step:
    """A case to look at, neither locked nor saved."""
    row = tx.execute(
        sa.select(process_instances).where(process_instances.c.id == instance_id)
    ).one_or_none()
    if row is None:
        raise NotFound(kind="case", key=instance_id)
    chain = history.Chain(instance_id, row.event_seq, row.event_hash)
    return Step(tx, world, "", row, world.clock.now(), chain)


def finish(current: Step) -> None:
    """Write what the step did: rows that follow, the case itself, its events."""
    values = current.changes
    if "case" in current.__dict__ or current.started is not None:
        case = current.case
        while effects := case.take_effects():  # a kept message may move it again
            follow_ups.write(current, effects)
        values["saved"] = case.save()
        if case.completed and current.instance.state == InstanceState.ACTIVE:
            values.setdefault("state", InstanceState.COMPLETED)
            values["ended_at"] = current.now
            values["ended_by"] = case.ended_by
    if values.get("state") in (InstanceState.COMPLETED, InstanceState.CANCELED):
        current.record(f"instance.{values['state']}", detail=values.get("ended_by"))
        follow_ups.close(current)
    current.tx.execute(
        sa.update(process_instances)
        .where(process_instances.c.id == current.id)
        .values(event_seq=current.chain.seq, event_hash=current.chain.head, **values)
    )
    current.chain.write(current.tx)
