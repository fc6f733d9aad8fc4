"""Incidents: steps that cannot go on without help, and the help."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import feel, jobs, listing, people
from workflows.model import IncidentState, MoveRefused, NotFound, Page
from workflows.steps import Step, step
from workflows.store.tables import incidents, process_instances
from workflows.world import World


@dataclass(frozen=True)
class IncidentRow:
    """One incident as people and programs see it."""

    id: uuid.UUID
    instance_id: uuid.UUID
    element_id: str
    called_process: str | None  # whose drawing has the element; None: the case's
    kind: str
    message: str
    detail: dict[str, Any]
    opened_at: datetime
    state: str
    resolved_at: datetime | None


def search(
    tx: sa.Connection,
    caller: people.Caller,
    *,
    instance_id: uuid.UUID | None = None,
    state: str | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> Page[IncidentRow]:
    """Incidents of the cases that the caller may see, the newest first."""
    query = _visible(caller)
    if instance_id is not None:
        query = query.where(incidents.c.instance_id == instance_id)
    if state is not None:
        query = query.where(incidents.c.state == state)
    order = [incidents.c.opened_at.desc(), incidents.c.id.asc()]
    return listing.page(tx, query, order, _row, limit, cursor)


def get(
    tx: sa.Connection, caller: people.Caller, incident_id: uuid.UUID
) -> IncidentRow:
    """One incident; NotFound also where the caller's offices do not own its case."""
    found = tx.execute(
        _visible(caller).where(incidents.c.id == incident_id)
    ).one_or_none()
    if found is None:
        raise NotFound(kind="incident", key=incident_id)
    return _row(found)


def retry(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    incident_id: uuid.UUID,
    variables: Mapping[str, Any] | None = None,
) -> IncidentRow:
    """Try the step again, with `variables` (plain JSON) written to the case first."""
    found = tx.execute(
        _visible(caller).where(incidents.c.id == incident_id)
    ).one_or_none()
    if found is None:
        raise NotFound(kind="incident", key=incident_id)
    values = {name: feel.from_plain(value) for name, value in (variables or {}).items()}
    with step(tx, world, found.instance_id, people.actor(caller)) as current:
        resolved = tx.execute(
            sa.update(incidents)
            .where(
                incidents.c.id == incident_id, incidents.c.state == IncidentState.OPEN
            )
            .values(
                state=IncidentState.RESOLVED,
                resolved_at=current.now,
                resolved_by=caller.user_id,
            )
        ).rowcount
        if not resolved:
            raise MoveRefused(kind="incident", state="resolved", move="retried")
        process = found.called_process
        current.record("incident.retried", found.element_id, process=process)
        _go_on(current, found, values, caller.user_id)
    return _row(
        tx.execute(sa.select(incidents).where(incidents.c.id == incident_id)).one()
    )


def _go_on(
    current: Step,
    incident: sa.Row[Any],
    variables: Mapping[str, Any],
    people_id: uuid.UUID,
) -> None:
    if incident.kind == "job":
        jobs.again(current, incident.token, people_id=people_id, variables=variables)
    else:
        current.case.retry(incident.token, dict(variables))


def _visible(caller: people.Caller) -> sa.Select[Any]:
    return (
        sa.select(incidents)
        .join(process_instances, process_instances.c.id == incidents.c.instance_id)
        .where(process_instances.c.office_id.in_(people.visible(caller)))
    )


def _row(row: sa.Row[Any]) -> IncidentRow:
    return IncidentRow(
        **{name: row._mapping[name] for name in IncidentRow.__dataclass_fields__}
    )
