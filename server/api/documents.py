"""Documents of cases: added to a task, listed by case, downloaded one by one."""

import uuid
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, g, request
from werkzeug.datastructures import FileStorage

from server import uploads
from server.api import answers, reading
from server.api.blueprints import documents as blueprint
from server.api.blueprints import instances, tasks
from server.api.idempotency import Subject, once, was_used
from server.auth import authenticated
from server.context import caller, services, transaction, world
from server.edge import body_limit
from workflows import documents, task_rights
from workflows.depot import Received
from workflows.documents import DocumentRow
from workflows.model import InputRefused, MoveRefused, Page

FIELD = "field"
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [uploads.FILE],
                    "properties": {
                        uploads.FILE: {"type": "string", "format": "binary"},
                        FIELD: {
                            "type": "string",
                            "description": "The question of the task's form that it"
                            " answers; without it, it is an attachment.",
                        },
                    },
                }
            }
        },
    }
}
DOWNLOAD = {"type": "string", "format": "binary"}


@tasks.post("/<uuid:task_id>/documents")
@body_limit(uploads.one_file)
@authenticated
@tasks.response(201, answers.DocumentOut())
@tasks.doc(**UPLOAD)  # type: ignore[untyped-decorator]  # it has no annotations
@tasks.says(roles=task_rights.WORKERS, refuses=(409,))
def add(task_id: uuid.UUID) -> DocumentRow:
    """Add a file to an open task that the caller may work on."""
    if request.mimetype != "multipart/form-data":
        abort(415, "Send the file as multipart/form-data, as the part `file`.")
    for name in (*request.form, *request.files):
        if name not in (uploads.FILE, FIELD):
            raise InputRefused(field=name, reason="only file and field are read")
    field = request.form.get(FIELD) or None
    if field is not None and (len(field) > reading.TEXT_MOST or "\0" in field):
        raise InputRefused(field=FIELD, reason="the path of a question")
    received = _received(task_id, uploads.sent())
    g.body = {"sha256": received.sha256, "name": received.name, FIELD: field}
    depot = services().depot
    return once(
        lambda tx: documents.add_to_task(
            tx, world(), depot, caller(), task_id, received, field=field
        ),
        subject=_subject,
        again=_again,
    )


@instances.get("/<uuid:instance_id>/documents")
@authenticated
@instances.arguments(reading.ListQuery(), location="query")
@instances.response(200, answers.DocumentList())
def search(query: dict[str, Any], instance_id: uuid.UUID) -> Page[DocumentRow]:
    """The documents of a case, the newest first."""
    with transaction() as tx:
        return documents.of_case(tx, caller(), instance_id, **query)


@blueprint.get("/<uuid:document_id>")
@authenticated
@blueprint.response(200, DOWNLOAD, content_type="*/*")
@blueprint.says(refuses=(422,))
def download(document_id: uuid.UUID) -> Response:
    """The bytes of one document, as a file to save."""
    return uploads.download(document_id)


def _received(task_id: uuid.UUID, file: FileStorage) -> Received:
    """Also for a task that is done since the first answer under the same key."""
    try:
        return uploads.receive_for_task(task_id, file)
    except MoveRefused:
        if not was_used():
            raise
        return uploads.receive_again(file)


def _subject(document: DocumentRow) -> Subject:
    return {"document": str(document.id)}


def _again(tx: sa.Connection, subject: Subject) -> DocumentRow:
    return documents.get(tx, caller(), uuid.UUID(subject["document"]))
