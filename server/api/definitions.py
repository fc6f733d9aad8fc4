"""Definitions: what was released, in which versions, and the files themselves."""

from typing import Any

from flask import Response

from server.api import answers, reading, schemas
from server.api.blueprints import definitions as blueprint
from server.auth import authenticated
from server.context import transaction
from server.drawings import text_of
from workflows import deployments
from workflows.deployments import DefinitionDetail, DefinitionRow
from workflows.model import Page


@blueprint.get("")
@authenticated
@blueprint.arguments(reading.ListQuery(), location="query")
@blueprint.response(200, answers.DefinitionList())
def search(query: dict[str, Any]) -> Page[DefinitionRow]:
    """Every version of every part, by key, the newest version first."""
    with transaction() as tx:
        return deployments.definitions(tx, **query)


@blueprint.get("/<string(maxlength=255):key>")
@authenticated
@blueprint.arguments(schemas.DefinitionQuery(), location="query")
@blueprint.response(200, answers.DefinitionHistoryOut())
def show(query: dict[str, str | None], key: str) -> dict[str, Any]:
    """The newest version with its file, and the list of all versions."""
    with transaction() as tx:
        kind = query["kind"] or deployments.kind_of(tx, key)
        newest = deployments.definition(tx, key, kind=kind)
        versions = deployments.versions_of(tx, key, kind)
    return _told(newest) | {"versions": versions}


@blueprint.get("/<string(maxlength=255):key>/versions/<int(max=2147483647):version>")
@authenticated
@blueprint.arguments(schemas.DefinitionQuery(), location="query")
@blueprint.response(200, answers.DefinitionVersionOut())
def version(query: dict[str, str | None], key: str, version: int) -> dict[str, Any]:
    """One version with its file."""
    with transaction() as tx:
        kind = query["kind"] or deployments.kind_of(tx, key)
        return _told(deployments.definition(tx, key, version, kind))


@blueprint.get(
    "/<string(maxlength=255):key>/versions/<int(max=2147483647):version>/file"
)
@authenticated
@blueprint.arguments(schemas.DefinitionQuery(), location="query")
@blueprint.response(
    200,
    {"type": "string", "format": "binary"},
    content_type="application/octet-stream",
)
def file(query: dict[str, str | None], key: str, version: int) -> Response:
    """The file as it was released, byte for byte."""
    with transaction() as tx:
        kind = query["kind"] or deployments.kind_of(tx, key)
        found = deployments.definition(tx, key, version, kind)
    response = Response(found.source, mimetype="application/octet-stream")
    name = found.file.rsplit("/", 1)[-1]
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.set_etag(found.content_hash)
    return response


def _told(found: DefinitionDetail) -> dict[str, Any]:
    text = text_of(found.source)
    is_drawn = found.kind in ("process", "decision")
    return vars(found) | {
        "xml": text if is_drawn else None,
        "source": None if is_drawn else text,
    }
