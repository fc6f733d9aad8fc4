"""Cases steered by hand: where one stands, a step skipped, moved or repeated."""

import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from server.api import answers, step_schemas
from server.api.blueprints import instances as blueprint
from server.api.idempotency import Subject, once
from server.auth import authenticated
from server.context import caller, transaction, world
from workflows import instances, interventions, standing
from workflows.instances import InstanceRow
from workflows.model import Role

MOVERS = (Role.ADMINISTRATOR,)


@blueprint.get("/<uuid:instance_id>/steps")
@authenticated
@blueprint.response(200, step_schemas.StepsOut(), example=step_schemas.STEPS_EXAMPLE)
@blueprint.says(roles=standing.SEES)
def steps(instance_id: uuid.UUID) -> standing.Steps:
    """Where a case stands, and where it can be moved to.

    For administrators and supervisors of the case's office.
    """
    with transaction() as tx:
        return standing.steps(tx, world(), caller(), instance_id)


@blueprint.post("/<uuid:instance_id>/skip")
@authenticated
@blueprint.arguments(step_schemas.Skip(), example=step_schemas.SKIP_EXAMPLE)
@blueprint.response(200, answers.InstanceOut())
@blueprint.says(roles=MOVERS, refuses=(409,))
def skip(body: dict[str, Any], instance_id: uuid.UUID) -> InstanceRow:
    """A step ends as if it had been done; for administrators.

    Its output mappings are not asked: `variables` are written as they are.
    """
    return _once(
        lambda tx: interventions.skip(
            tx,
            world(),
            caller(),
            instance_id,
            body["step"],
            body["reason"],
            body["variables"],
        )
    )


@blueprint.post("/<uuid:instance_id>/move")
@authenticated
@blueprint.arguments(step_schemas.Move(), example=step_schemas.MOVE_EXAMPLE)
@blueprint.response(200, answers.InstanceOut())
@blueprint.says(roles=MOVERS, refuses=(409,))
def move(body: dict[str, Any], instance_id: uuid.UUID) -> InstanceRow:
    """A step ends unfinished and the case goes on at another; for administrators.

    409 where the procedure could not have come to stand so by itself.
    """
    return _once(
        lambda tx: interventions.move(
            tx,
            world(),
            caller(),
            instance_id,
            body["step"],
            body["to"],
            body["reason"],
        )
    )


@blueprint.post("/<uuid:instance_id>/repeat")
@authenticated
@blueprint.arguments(step_schemas.Repeat(), example=step_schemas.REPEAT_EXAMPLE)
@blueprint.response(200, answers.InstanceOut())
@blueprint.says(roles=MOVERS, refuses=(409,))
def repeat(body: dict[str, Any], instance_id: uuid.UUID) -> InstanceRow:
    """The case goes back to a step that it has done; for administrators.

    All that came from there ends unfinished.
    """
    return _once(
        lambda tx: interventions.repeat(
            tx, world(), caller(), instance_id, body["element_id"], body["reason"]
        )
    )


def _once(act: Callable[[sa.Connection], InstanceRow]) -> InstanceRow:
    return once(act, subject=_subject, again=_again)


def _subject(instance: InstanceRow) -> Subject:
    return {"instance": str(instance.id)}


def _again(tx: sa.Connection, subject: Subject) -> InstanceRow:
    return instances.get(tx, caller(), uuid.UUID(subject["instance"]))
