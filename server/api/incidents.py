"""Incidents: steps that wait for help, and the help."""

import uuid
from typing import Any

import sqlalchemy as sa

from server.api import answers, schemas
from server.api.blueprints import incidents as blueprint
from server.api.idempotency import Subject, once
from server.auth import authenticated, require
from server.context import caller, transaction, world
from workflows import incidents
from workflows.incidents import IncidentRow
from workflows.model import Page, Role


@blueprint.get("")
@authenticated
@blueprint.arguments(schemas.IncidentQuery(), location="query")
@blueprint.response(200, answers.IncidentList())
def search(query: dict[str, Any]) -> Page[IncidentRow]:
    """The incidents of the caller's cases, the newest first."""
    with transaction() as tx:
        return incidents.search(tx, caller(), **query)


@blueprint.post("/<uuid:incident_id>/retry")
@require(Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SERVICE)
@blueprint.arguments(schemas.IncidentRetry(), required=False)
@blueprint.response(200, answers.IncidentOut())
@blueprint.says(refuses=(409,))
def retry(body: dict[str, Any], incident_id: uuid.UUID) -> IncidentRow:
    """Try the step again, with `variables` laid over the case's first."""
    return once(
        lambda tx: incidents.retry(
            tx, world(), caller(), incident_id, body["variables"]
        ),
        subject=lambda incident: {"incident": str(incident.id)},
        again=_again,
    )


def _again(tx: sa.Connection, subject: Subject) -> IncidentRow:
    return incidents.get(tx, caller(), uuid.UUID(subject["incident"]))
