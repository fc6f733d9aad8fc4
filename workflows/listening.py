"""What the start events of a release listen for, from its release until the next.

Only the newest version of a process listens. A release that leaves a process as it was
leaves its timers as they are; a new version takes those of the old one away.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from workflows import engine, feel, offices, people, starts
from workflows.model import DeploymentRefused, DueState, Finding, NotFound
from workflows.ports import FixedClock
from workflows.store.tables import (
    definition_versions,
    due_work,
    release_parts,
    start_subscriptions,
)
from workflows.world import World

# So old is what this very release retired, at most.
JUST_NOW = timedelta(minutes=1)


@dataclass(frozen=True)
class StartRow:
    """One way in which a procedure starts; `next_at` is that of a timer, if any."""

    element_id: str
    kind: str  # none, message, signal, timer
    name: str | None
    timer: str | None  # its expression, as drawn
    next_at: datetime | None


def listen(
    tx: sa.Connection,
    world: World,
    caller: people.Caller | None,
    release_id: uuid.UUID,
    part_ids: list[uuid.UUID],
) -> None:
    """Let the start events of a release's own parts listen, from now on.

    DeploymentRefused when a timer gives no time, or there is no such office.
    """
    parts = tx.execute(
        sa.select(definition_versions).where(definition_versions.c.id.in_(part_ids))
    ).all()
    for process in parts:
        if process.kind != "process":
            continue
        office_id = _office(tx, caller, release_id, process)
        if not _goes_on(tx, release_id, process, office_id):
            _retire(tx, process.key, world.clock.now())
            for start in process.compiled["summary"].get("starts", []):
                if start["kind"] != "none":
                    _begin(tx, world, release_id, process, office_id, start)


def of(
    tx: sa.Connection, version_id: uuid.UUID, drawn: list[Any]
) -> Iterator[StartRow]:
    """How a version of a process starts, for people; `drawn` is its summary's `starts`.

    Only the newest version has moments to come.
    """
    rows = tx.execute(
        sa.select(start_subscriptions.c.element_id, due_work.c.due_at)
        .join(
            due_work,
            (due_work.c.subject_id == start_subscriptions.c.id)
            & (due_work.c.queue == "start")
            & (due_work.c.state == DueState.WAITING),
        )
        .where(
            start_subscriptions.c.definition_version_id == version_id,
            start_subscriptions.c.retired_at.is_(None),
        )
    )
    next_at = {row.element_id: row.due_at for row in rows}
    for start in drawn:
        timer = start["timer"]
        yield StartRow(
            element_id=start["id"],
            kind=start["kind"],
            name=start["name"],
            timer=timer["expression"] if timer else None,
            next_at=next_at.get(start["id"]),
        )


def _goes_on(
    tx: sa.Connection, release_id: uuid.UUID, process: sa.Row[Any], office_id: Any
) -> bool:
    """Whether this very version listens already: then for the new release."""
    starts_of = start_subscriptions.c
    return bool(
        tx.execute(
            sa.update(start_subscriptions)
            .where(
                starts_of.process_key == process.key,
                starts_of.definition_version_id == process.id,
                starts_of.retired_at.is_(None),
            )
            .values(release_id=release_id, office_id=office_id)
        ).rowcount
    )


def _retire(tx: sa.Connection, key: str, now: datetime) -> None:
    old = tx.scalars(
        sa.update(start_subscriptions)
        .where(
            start_subscriptions.c.process_key == key,
            start_subscriptions.c.retired_at.is_(None),
        )
        .values(retired_at=now)
        .returning(start_subscriptions.c.id)
    ).all()
    # A statement of its own: it sees what a sweep that held a row has armed meanwhile.
    tx.execute(
        sa.update(due_work)
        .where(
            due_work.c.queue == "start",
            due_work.c.subject_id.in_(old),
            due_work.c.state == DueState.WAITING,
        )
        .values(state=DueState.CANCELED)
    )


def _begin(
    tx: sa.Connection,
    world: World,
    release_id: uuid.UUID,
    process: sa.Row[Any],
    office_id: uuid.UUID | None,
    start: Any,
) -> None:
    id_, now, timed = uuid.uuid4(), world.clock.now(), None
    if start["kind"] == "timer":
        timed = _first_moment(tx, world, release_id, process, office_id, start)
    tx.execute(
        sa.insert(start_subscriptions).values(
            id=id_,
            process_key=process.key,
            release_id=release_id,
            definition_version_id=process.id,
            element_id=start["id"],
            kind=start["kind"],
            name=start["name"],
            office_id=office_id,
            created_at=now,
        )
    )
    if timed is not None:
        starts.arm(tx, id_, timed)


def _first_moment(
    tx: sa.Connection,
    world: World,
    release_id: uuid.UUID,
    process: sa.Row[Any],
    office_id: uuid.UUID | None,
    start: Any,
) -> engine.TimedStart | None:
    """By the calendar of the office that its cases will have."""
    definition = world.library.get(tx, release_id, process.id).definition
    environment = feel.Environment(FixedClock(world.clock.now()))
    place = office_id or offices.root_or_none(tx)
    if place is not None:
        calendar = world.calendars.of(tx, place)
        environment = feel.Environment(environment.clock, calendar)
    try:
        return _first_left(tx, definition, process.key, start, environment)
    except engine.EngineError as error:
        raise _refused(process.file, start["id"], "start-timer", str(error)) from error


def _first_left(
    tx: sa.Connection,
    definition: engine.Definition,
    key: str,
    start: Any,
    environment: feel.Environment,
) -> engine.TimedStart | None:
    """The first moment of a timer that has not started a case of an earlier version.

    A fixed date that has passed starts one case at once; a later version not again. A
    cycle without end begins now, or with what the version before still waited for.
    """
    now = environment.clock.now()
    waited = tx.scalar(
        sa.select(sa.func.min(due_work.c.due_at))
        .join(start_subscriptions, start_subscriptions.c.id == due_work.c.subject_id)
        .where(
            due_work.c.queue == "start",
            due_work.c.state == DueState.CANCELED,
            start_subscriptions.c.process_key == key,
            start_subscriptions.c.element_id == start["id"],
            start_subscriptions.c.retired_at >= now - JUST_NOW,
        )
    )
    done = set(
        tx.scalars(
            sa.select(due_work.c.due_at)
            .join(
                start_subscriptions, start_subscriptions.c.id == due_work.c.subject_id
            )
            .where(
                due_work.c.queue == "start",
                due_work.c.state == DueState.FIRED,
                start_subscriptions.c.process_key == key,
                start_subscriptions.c.element_id == start["id"],
            )
        )
    )
    since = min(now, waited or now)
    first = engine.first_start(definition, start["id"], environment, since)
    timed: engine.TimedStart | None = first
    repeats, last = first.left != 0, max(done, default=None)
    while timed is not None and (
        timed.due_at in done or (repeats and last is not None and timed.due_at <= last)
    ):
        timed = engine.next_start(definition, timed, environment)
    return timed


def _office(
    tx: sa.Connection,
    caller: people.Caller | None,
    release_id: uuid.UUID,
    process: sa.Row[Any],
) -> uuid.UUID | None:
    """Of cases that nobody asks for: as the procedure says, else who released it."""
    procedure = tx.execute(
        sa.select(definition_versions.c.file, definition_versions.c.compiled)
        .join(
            release_parts,
            release_parts.c.definition_version_id == definition_versions.c.id,
        )
        .where(
            release_parts.c.release_id == release_id,
            definition_versions.c.kind == "procedure",
            definition_versions.c.key == process.key,
        )
    ).one_or_none()
    code = procedure.compiled.get("office") if procedure else None
    if procedure is not None and code is not None:
        try:
            return offices.by_code(tx, code)
        except NotFound as error:
            message = f"There is no office {code}: correct `office`, or add the office."
            raise _refused(procedure.file, None, "office-unknown", message) from error
    if caller is not None and caller.memberships:
        return caller.memberships[0].office_id
    return None


def _refused(
    file: str, element_id: str | None, rule: str, message: str
) -> DeploymentRefused:
    finding = Finding(file, element_id, rule, "error", message)
    return DeploymentRefused(findings=[finding], count=1)
