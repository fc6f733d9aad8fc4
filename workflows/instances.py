"""Process instances: cases are started, found, suspended, resumed and canceled."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forms import letters
from workflows import engine, feel, jobs, listing, people, starts
from workflows.deployments import newest
from workflows.model import (
    IncidentState,
    InputRefused,
    InstanceState,
    NotAllowed,
    NotFound,
    Page,
    Role,
)
from workflows.steps import step
from workflows.store.packing import saved_of
from workflows.store.prepared import Prepared, array_of
from workflows.store.tables import definition_versions, incidents, process_instances
from workflows.store.tables import offices as office_rows
from workflows.world import World

MOST_REASON = 1000
REASON_LENGTH = "between 1 and 1000 characters"
ALL_STATES = frozenset(InstanceState)
# Who ends and holds cases, and has what failed tried again.
LEADERS = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SERVICE)


@dataclass(frozen=True)
class InstanceRow:
    """One case as people and programs see it; `variables` are plain JSON."""

    id: uuid.UUID
    process_key: str
    version: int
    version_id: uuid.UUID
    release_id: uuid.UUID
    names: Mapping[str, str]
    business_key: str | None
    subject: str | None
    state: str
    variables: Mapping[str, Any]
    started_at: datetime
    ended_at: datetime | None
    office: str
    office_names: Mapping[str, str]
    incidents: list[uuid.UUID]
    ended_by: Mapping[str, Any] | None


def start(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    *,
    process_key: str,
    variables: Mapping[str, Any],
    business_key: str | None = None,
    office: str | None = None,
    version: int | None = None,
) -> InstanceRow:
    """Start a case and run it as far as it goes without the world.

    `office` is a code, by default the caller's own; it sets calendar and rights.
    InputRefused for a process that only an event starts.
    """
    release_id, version_id = newest(tx, process_key, version)
    released = world.library.get(tx, release_id, version_id)
    if released.definition.start is None:
        raise InputRefused(field="process_key", reason=_only_by(released.summary))
    beginning = starts.Beginning(
        process_key=process_key,
        release_id=release_id,
        version_id=version_id,
        office_id=_office(tx, caller, office),
        actor=people.actor(caller),
        business_key=business_key,
        started_by=caller.user_id,
    )
    values = {name: feel.from_plain(value) for name, value in variables.items()}
    return get(tx, caller, starts.begin(tx, world, beginning, values))


def get(
    tx: sa.Connection, caller: people.Caller, instance_id: uuid.UUID
) -> InstanceRow:
    """One case; NotFound also where the caller's offices do not own it."""
    row = tx.execute(
        GET, {"case_id": instance_id, "seen_by": caller.offices_as()}
    ).one_or_none()
    if row is None:
        raise NotFound(kind="case", key=instance_id)
    return _row(row)


def search(
    tx: sa.Connection,
    caller: people.Caller,
    *,
    process_key: str | None = None,
    state: str | None = None,
    business_key: str | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> Page[InstanceRow]:
    """Cases of the offices that the caller belongs to, the newest first."""
    query = _visible(people.visible(caller))
    for column, wanted in (
        (process_instances.c.process_key, process_key),
        (process_instances.c.state, state),
        (process_instances.c.business_key, business_key),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    order = [process_instances.c.started_at.desc(), process_instances.c.id.asc()]
    return listing.page(tx, query, order, _row, limit, cursor)


def cancel(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    reason: str | None = None,
) -> InstanceRow:
    """End a case for good; nothing of it stays open."""
    open_states = frozenset({InstanceState.ACTIVE, InstanceState.SUSPENDED})
    with _led(tx, world, caller, instance_id, open_states, "canceled") as current:
        current.case.cancel()
        current.because = because(reason)
        current.changes |= {
            "state": InstanceState.CANCELED,
            "ended_at": current.now,
            "ended_by": {"kind": "canceled", "code": None},
        }
    return get(tx, caller, instance_id)


def suspend(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    reason: str | None = None,
) -> InstanceRow:
    """Hold a case: no task, job, timer or message moves it until it is resumed."""
    states = frozenset({InstanceState.ACTIVE})
    with _led(tx, world, caller, instance_id, states, "suspended") as current:
        current.changes["state"] = InstanceState.SUSPENDED
        current.record("instance.suspended", detail=because(reason))
    return get(tx, caller, instance_id)


def resume(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    reason: str | None = None,
) -> InstanceRow:
    """Let a suspended case go on where it stood."""
    states = frozenset({InstanceState.SUSPENDED})
    with _led(tx, world, caller, instance_id, states, "resumed") as current:
        current.changes["state"] = InstanceState.ACTIVE
        current.record("instance.resumed", detail=because(reason))
        jobs.requeue_all(current)
    return get(tx, caller, instance_id)


def because(reason: str | None) -> dict[str, str]:
    """Why a person steers a case, as its history keeps it; InputRefused if too long."""
    if reason is None:
        return {}
    said = letters.said(reason)
    if not 1 <= len(said) <= MOST_REASON:
        raise InputRefused(field="reason", reason=REASON_LENGTH)
    return {"reason": said}


def _led(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    states: frozenset[InstanceState],
    move: str,
) -> Any:
    """A step on a case that the caller may steer, or NotFound, or NotAllowed."""
    check_led(tx, caller, instance_id, move)
    return step(tx, world, instance_id, people.actor(caller), states=states, move=move)


def check_led(
    tx: sa.Connection, caller: people.Caller, instance_id: uuid.UUID, action: str
) -> None:
    """NotAllowed for who sees the case but does not lead at its office or above."""
    led = {"case_id": instance_id, "seen_by": caller.offices_as(*LEADERS)}
    if tx.execute(GET, led).one_or_none() is None:
        get(tx, caller, instance_id)
        raise NotAllowed(action=action, kind="case")


def _only_by(summary: Mapping[str, Any]) -> str:
    """What starts a process that has no plain start event, for whoever tries."""
    ways = [
        one["kind"] if one["name"] is None else f"{one['kind']} {one['name']}"
        for one in summary["starts"]
    ]
    return f"its cases are started by an event alone: {', '.join(ways)}"


def _office(tx: sa.Connection, caller: people.Caller, code: str | None) -> uuid.UUID:
    """The office of a new case: one that the caller sees."""
    if code is None:
        if not caller.memberships:
            raise NotAllowed(action="start", kind="case")
        return caller.memberships[0].office_id
    seen = OFFICE.run(tx, {"code": code, "seen_by": array_of(caller.offices_as())})
    found: uuid.UUID | None = next((row.id for row in seen), None)
    if found is None:
        raise NotFound(kind="office", key=code)
    return found


def part_of(
    tx: sa.Connection,
    caller: people.Caller,
    table: sa.Table,
    id_: uuid.UUID,
    kind: str,
) -> sa.Row[Any]:
    """A row of `table` by its id, if the caller sees the case that it belongs to."""
    row = tx.execute(
        sa.select(table)
        .join(process_instances, process_instances.c.id == table.c.instance_id)
        .where(
            table.c.id == id_,
            process_instances.c.office_id.in_(people.visible(caller)),
        )
    ).one_or_none()
    if row is None:
        raise NotFound(kind=kind, key=id_)
    return row


def _visible(seen: sa.Select[tuple[uuid.UUID]]) -> sa.Select[Any]:
    open_incidents = (
        sa.select(sa.func.array_agg(incidents.c.id))
        .where(
            incidents.c.instance_id == process_instances.c.id,
            incidents.c.state == IncidentState.OPEN,
        )
        .scalar_subquery()
    )
    return (
        sa.select(
            process_instances,
            definition_versions.c.version,
            definition_versions.c.names,
            office_rows.c.code.label("office"),
            office_rows.c.names.label("office_names"),
            open_incidents.label("open_incidents"),
        )
        .join(
            definition_versions,
            definition_versions.c.id == process_instances.c.definition_version_id,
        )
        .join(office_rows, office_rows.c.id == process_instances.c.office_id)
        .where(process_instances.c.office_id.in_(seen))
    )


# Made once: every start of a case runs them.
GET = _visible(people.seen()).where(process_instances.c.id == sa.bindparam("case_id"))
OFFICE = Prepared(
    people.seen().where(
        office_rows.c.code == sa.bindparam("code", type_=office_rows.c.code.type)
    )
)


def _row(row: sa.Row[Any]) -> InstanceRow:
    return InstanceRow(
        id=row.id,
        process_key=row.process_key,
        version=row.version,
        version_id=row.definition_version_id,
        release_id=row.release_id,
        names=row.names,
        business_key=row.business_key,
        subject=row.subject,
        state=row.state,
        variables=feel.plain(engine.saved_variables(saved_of(row))),
        started_at=row.started_at,
        ended_at=row.ended_at,
        office=row.office,
        office_names=row.office_names,
        incidents=row.open_incidents or [],
        ended_by=row.ended_by,
    )
