"""Incidents: steps that cannot go on without help, and the help."""

import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import feel, instances, jobs, listing, people
from workflows.model import (
    DatabaseUnavailable,
    DueState,
    IncidentState,
    InputRefused,
    InstanceState,
    MoveRefused,
    NotFound,
    Page,
)
from workflows.steps import Step, step
from workflows.store.session import Store
from workflows.store.tables import (
    due_work,
    incidents,
    message_subscriptions,
    process_instances,
)
from workflows.world import World

# In the detail of an incident that is none of the drawing's: what of ours failed.
OURS = "failed_at"
ANY_STATE = frozenset(InstanceState)
log = logging.getLogger(__name__)


class WorkersDied(Exception):
    """Worker after worker ended while it saw to this."""


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
    """Try the step again, with `variables` (plain JSON) written to the case first.

    What failed by a fault of ours takes no variables; the next sweep tries it.
    """
    found = tx.execute(
        _visible(caller).where(incidents.c.id == incident_id)
    ).one_or_none()
    if found is None:
        raise NotFound(kind="incident", key=incident_id)
    instances.check_led(tx, caller, found.instance_id, "retry")
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
    if OURS in incident.detail:
        if variables:
            reason = "variables do not mend what failed by a fault of the service"
            raise InputRefused(field="variables", reason=reason)
        current.tx.execute(
            sa.update(due_work)
            .where(due_work.c.incident_id == incident.id)
            .values(incident_id=None, deaths=0)
        )
        current.tx.execute(
            sa.update(message_subscriptions)
            .where(message_subscriptions.c.token == incident.token)
            .values(deaths=0)
        )
    elif incident.kind == "job":
        jobs.again(current, incident.token, people_id=people_id, variables=variables)
    else:
        current.case.retry(incident.token, dict(variables))


@contextmanager
def of_ours(store: Store, error: Exception) -> Iterator[tuple[sa.Connection, str]]:
    """A transaction in which a fault of ours becomes an incident, and how it is told.

    If not even that is possible, what failed stays and fails again at the next sweep:
    the rest of this one must not wait for it.
    """
    try:
        with store.transaction() as tx:
            yield tx, f"{type(error).__name__}: {error}"
    except DatabaseUnavailable:
        raise
    except Exception:
        log.exception("a fault of ours cannot become an incident")


def of_due_work(
    tx: sa.Connection, world: World, row: Any, instance_id: uuid.UUID, message: str
) -> None:
    """Due work that failed by a fault of ours waits until its incident is resolved."""
    with step(tx, world, instance_id, "clock", states=ANY_STATE) as current:
        still = sa.select(due_work.c.id).where(
            due_work.c.id == row.id,
            due_work.c.state == DueState.WAITING,
            due_work.c.incident_id.is_(None),
        )
        if tx.scalar(still) is None:  # somebody else could do it, or it has one
            return
        incident_id = _of_fault(
            current, row.subject_id, row.element_id, None, message, row.queue
        )
        tx.execute(
            sa.update(due_work)
            .where(due_work.c.id == row.id)
            .values(incident_id=incident_id)
        )


def of_message(tx: sa.Connection, world: World, waiting: Any, message: str) -> None:
    """A kept message that a case cannot take by a fault of ours waits likewise."""
    with step(tx, world, waiting.instance_id, "message", states=ANY_STATE) as current:
        _of_fault(
            current,
            waiting.token,
            waiting.element_id,
            waiting.called_process,
            message,
            "message",
        )


def _of_fault(
    current: Step,
    token: uuid.UUID,
    element_id: str | None,
    process: str | None,
    message: str,
    at: str,
) -> uuid.UUID:
    """`at` is the queue of due work, or "message"; without an element, the case's."""
    id_, where = uuid.uuid4(), element_id or current.instance.process_key
    current.tx.execute(
        sa.insert(incidents).values(
            id=id_,
            instance_id=current.id,
            token=token,
            element_id=where,
            called_process=process,
            kind="engine",
            message=message,
            detail={OURS: at},
            state=IncidentState.OPEN,
            opened_at=current.now,
        )
    )
    told = {"kind": "engine", "message": message}
    current.record("incident.opened", where, told, process=process)
    return id_


def _visible(caller: people.Caller) -> sa.Select[Any]:
    return (
        sa.select(incidents)
        .join(process_instances, process_instances.c.id == incidents.c.instance_id)
        .where(process_instances.c.office_id.in_(people.visible(caller)))
    )


def _row(row: sa.Row[Any]) -> IncidentRow:
    return listing.value(IncidentRow, row)
