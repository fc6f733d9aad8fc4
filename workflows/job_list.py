"""The list of jobs, as people and programs see them."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import instances, listing, people
from workflows.model import Page
from workflows.store.tables import jobs, process_instances


@dataclass(frozen=True)
class JobRow:
    """One job as people and programs see it."""

    id: uuid.UUID
    instance_id: uuid.UUID
    element_id: str
    called_process: str | None  # whose drawing has the element; None: the case's
    type: str
    state: str
    attempts: int
    retries: int
    next_at: datetime | None
    last_error: str | None
    created_at: datetime
    ended_at: datetime | None


def search(
    tx: sa.Connection,
    caller: people.Caller,
    *,
    state: str | None = None,
    type_: str | None = None,
    instance_id: uuid.UUID | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> Page[JobRow]:
    """Jobs of the cases that the caller may see, the newest first."""
    query = (
        sa.select(jobs)
        .join(process_instances, process_instances.c.id == jobs.c.instance_id)
        .where(process_instances.c.office_id.in_(people.visible(caller)))
    )
    for column, wanted in (
        (jobs.c.state, state),
        (jobs.c.type, type_),
        (jobs.c.instance_id, instance_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    order = [jobs.c.created_at.desc(), jobs.c.id.asc()]
    return listing.page(tx, query, order, row, limit, cursor)


def get(tx: sa.Connection, caller: people.Caller, job_id: uuid.UUID) -> JobRow:
    """One job; NotFound also where the caller's offices do not own its case."""
    return row(instances.part_of(tx, caller, jobs, job_id, "job"))


def row(found: sa.Row[Any]) -> JobRow:
    """A row of `jobs` as a value."""
    return listing.value(JobRow, found)
