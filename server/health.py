"""Whether the service lives, can serve, and how it does: for machines that watch."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from server import context, measures
from server.auth import public
from workflows.model import DatabaseUnavailable
from workflows.store import schema

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """This process answers; it says nothing of the database."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """200 when the database answers and no migration is missing, else 503."""
    try:
        with context.transaction() as tx:
            found, wanted = schema.versions(tx)
    except DatabaseUnavailable:
        return jsonify(status="not ready", database="does not answer"), 503
    if found != wanted:
        return jsonify(status="not ready", schema=found, wanted=wanted), 503
    return jsonify(status="ready", schema=found)


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Prometheus' text format; counts alone, nothing of any person."""
    return Response(measures.text(context.services()), content_type=CONTENT_TYPE_LATEST)
