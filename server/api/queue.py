"""The queue: jobs by type, outside systems, workers."""

from marshmallow import fields

from server.api.answers import Output
from server.api.blueprints import queue as blueprint
from server.auth import require
from server.context import caller, transaction, world
from workflows import queue_care
from workflows.model import Role
from workflows.queue_care import Queue


class QueuedTypeOut(Output):
    type = fields.String()
    waiting = fields.Integer()
    running = fields.Integer()
    later = fields.Integer()
    failed = fields.Integer()
    next_at = fields.DateTime(allow_none=True)
    oldest_at = fields.DateTime(allow_none=True)
    done = fields.Integer(metadata={"description": "In the last hour, by all workers."})
    pause_reason = fields.String(allow_none=True)
    paused_at = fields.DateTime(allow_none=True)
    paused_by = fields.String(allow_none=True)


class OutsideSystemOut(Output):
    system = fields.String()
    is_open = fields.Boolean(
        metadata={"description": "It does not answer, and is left alone for a while."}
    )
    opened_at = fields.DateTime(allow_none=True)
    probe_at = fields.DateTime(
        allow_none=True, metadata={"description": "When one job tries it again."}
    )
    last_error = fields.String(allow_none=True)


class WorkerOut(Output):
    host = fields.String()
    pid = fields.Integer()
    state = fields.String(metadata={"enum": ["working", "stopping", "silent"]})
    started_at = fields.DateTime()
    seen_at = fields.DateTime()
    running = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Jobs under way, by outside system."},
    )


class QueueOut(Output):
    types = fields.List(fields.Nested(QueuedTypeOut))
    systems = fields.List(fields.Nested(OutsideSystemOut))
    workers = fields.List(fields.Nested(WorkerOut))


@blueprint.get("")
@require(Role.ADMINISTRATOR, Role.SUPERVISOR)
@blueprint.response(200, QueueOut())
def look() -> Queue:
    """Open jobs of the caller's offices by type; systems and workers of the service."""
    with transaction() as tx:
        return queue_care.look(tx, world(), caller())
