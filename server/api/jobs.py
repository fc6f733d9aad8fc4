"""Jobs: automatic work, and its retry after the attempts are used up."""

import uuid
from typing import Any

import sqlalchemy as sa

from server.api import answers, schemas
from server.api.blueprints import jobs as blueprint
from server.api.idempotency import Subject, once
from server.auth import authenticated, require
from server.context import caller, transaction, world
from workflows import job_list, jobs
from workflows.job_list import JobRow
from workflows.model import Page, Role


@blueprint.get("")
@authenticated
@blueprint.arguments(schemas.JobQuery(), location="query")
@blueprint.response(200, answers.JobList())
def search(query: dict[str, Any]) -> Page[JobRow]:
    """The jobs of the caller's cases, the newest first."""
    with transaction() as tx:
        return job_list.search(tx, caller(), **query)


@blueprint.post("/<uuid:job_id>/retry")
@require(Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SERVICE)
@blueprint.response(200, answers.JobOut())
@blueprint.says(refuses=(409,))
def retry(job_id: uuid.UUID) -> JobRow:
    """Give a failed job its attempts again."""
    return once(
        lambda tx: jobs.retry(tx, world(), caller(), job_id),
        subject=lambda job: {"job": str(job.id)},
        again=_again,
    )


def _again(tx: sa.Connection, subject: Subject) -> JobRow:
    return job_list.get(tx, caller(), uuid.UUID(subject["job"]))
