"""The rules on drawings, asked without a deployment: nothing is stored."""

from dataclasses import asdict
from typing import Any

from server.api import answers
from server.api.blueprints import lint as blueprint
from server.api.deployments import MAX_DEPLOYMENT_BYTES, UPLOAD, uploaded
from server.auth import require
from server.context import caller, transaction, world
from server.edge import body_limit
from workflows import deployments, linting
from workflows.model import Role


@blueprint.post("")
@body_limit(MAX_DEPLOYMENT_BYTES)
@require(Role.DESIGNER, Role.ADMINISTRATOR)
@blueprint.response(200, answers.LintOut())
@blueprint.doc(**UPLOAD)  # type: ignore[untyped-decorator]  # it has no annotations
@blueprint.says(stores_nothing=True)
def check() -> dict[str, Any]:
    """Tell what a deployment of these files would find; nothing is stored."""
    files = uploaded()
    with transaction() as tx:
        findings = deployments.rehearse(tx, world(), caller(), files)
    return {
        "findings": [asdict(finding) for finding in findings],
        "deployable": linting.is_deployable(findings),
    }
