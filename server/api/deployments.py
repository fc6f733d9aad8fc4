"""Deployments: files become a release, or are refused with all that is wrong."""

import hashlib
from dataclasses import asdict

from flask import abort, g, request

from server.api import answers
from server.api.blueprints import deployments as blueprint
from server.api.idempotency import Subject, once
from server.auth import require
from server.context import caller, world
from server.edge import body_limit
from workflows import deployments
from workflows.deployments import Release
from workflows.model import InputRefused, Role

FILES = "files"
MAX_DEPLOYMENT_BYTES = 20 << 20
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FILES],
                    "properties": {
                        FILES: {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": ".bpmn, .dmn, .form.json, procedure.yaml",
                        }
                    },
                }
            }
        },
    }
}


@blueprint.post("")
@body_limit(MAX_DEPLOYMENT_BYTES)
@require(Role.DESIGNER, Role.ADMINISTRATOR)
@blueprint.response(201, answers.ReleaseOut())
@blueprint.doc(**UPLOAD)  # type: ignore[untyped-decorator]  # it has no annotations
def release() -> Subject:
    """Release files together; a part that did not change keeps its version."""
    files = uploaded()
    g.body = {
        name: hashlib.sha256(source).hexdigest() for name, source in files.items()
    }
    return once(
        lambda tx: _told(deployments.release(tx, world(), caller(), files)),
        subject=lambda answer: answer,
        again=lambda _, subject: subject,
    )


def uploaded() -> dict[str, bytes]:
    """The files of the request by name; InputRefused says what is wrong with it."""
    if request.mimetype != "multipart/form-data":
        abort(415, "Send the files as multipart/form-data, each as a part `files`.")
    for name in (*request.form, *request.files):
        if name != FILES:
            raise InputRefused(field=name, reason="only parts named files are read")
    if FILES in request.form:
        raise InputRefused(field=FILES, reason="every part needs a file name")
    files: dict[str, bytes] = {}
    for part in request.files.getlist(FILES):
        name = (part.filename or "").replace("\xa0", " ")  # as Word and Finder have it
        if not name or len(name) > 255 or not name.isprintable():
            raise InputRefused(field=FILES, reason="every part needs a file name")
        if name in files:
            raise InputRefused(field=FILES, reason=f"{name} is there twice")
        files[name] = part.read()
    if not files:
        raise InputRefused(field=FILES, reason="send at least one file")
    return files


def _told(release: Release) -> Subject:
    """Plain data, for the answer and for its repeat: drawings hold no personal data."""
    return {
        "id": str(release.id),
        "definitions": [
            {"key": one.key, "version": one.version, "kind": one.kind}
            for one in release.definitions
        ],
        "findings": [asdict(finding) for finding in release.findings],
    }
