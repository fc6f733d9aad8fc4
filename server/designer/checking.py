"""Check and release: what is wrong with the files of a procedure, at its place."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from server.auth import require
from server.context import caller, transaction, world
from server.drawings import text_of
from server.edge import body_limit
from server.i18n import gettext
from workflows import deployments, safe_xml
from workflows.deployments import Release
from workflows.model import DeploymentRefused, Finding, Role

MAX_BYTES = 20 << 20
AUTHORS = (Role.DESIGNER, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Checked:
    """One file of the upload as the page shows it."""

    name: str
    drawing: str | None  # the BPMN, if it is one
    names: dict[str, str]  # element id -> how the file names it
    findings: list[Finding] = field(default_factory=list)

    @property
    def marks(self) -> dict[str, str]:
        """Element id -> the worst that was found there."""
        found: dict[str, str] = {}
        for one in self.findings:
            if one.element_id and found.get(one.element_id) != "error":
                found[one.element_id] = one.severity
        return found


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/procedures/check", "check", form)
    blueprint.add_url_rule("/procedures/check", "checked", check, methods=["POST"])


@require(*AUTHORS)
def form() -> str:
    return _page()


@body_limit(MAX_BYTES)
@require(*AUTHORS)
def check() -> str | Response | tuple[str, int]:
    """Tell all that is wrong; with `act=release`, release what has no error."""
    files = {
        part.filename: part.read()
        for part in request.files.getlist("files")
        if part.filename
    }
    if not files:
        return _page(problem=gettext("Choose the files of the procedure")), 422
    if request.form.get("act") != "release":
        with transaction() as tx:
            findings = deployments.rehearse(tx, world(), caller(), files)
        return _page(checked=_by_file(files, findings), findings=findings)
    try:
        with transaction() as tx:
            stored = deployments.release(tx, world(), caller(), files)
    except DeploymentRefused as refused:
        told = refused.findings
        return _page(checked=_by_file(files, told), findings=told), 422
    return redirect(_shown(stored), 303)


def _shown(release: Release) -> str:
    """Where what was released is seen: the procedure, or the list without one."""
    for part in release.definitions:
        if part.kind == "process":
            return url_for("designer.procedure", key=part.key)
    for part in release.definitions:
        if part.kind == "decision":
            return url_for("designer.decision", key=part.key)
    return url_for("designer.procedures")


def _by_file(files: dict[str, bytes], findings: Sequence[Finding]) -> list[Checked]:
    return [
        Checked(
            name,
            text_of(source) if name.endswith(".bpmn") else None,
            _names(name, source),
            [one for one in findings if one.file == name],
        )
        for name, source in files.items()
    ]


def _names(file: str, source: bytes) -> dict[str, str]:
    """What a drawing or decision model calls its elements, by id."""
    if not file.endswith((".bpmn", ".dmn")):
        return {}
    try:
        root = safe_xml.open_xml(source, file)
    except safe_xml.XmlRefused:  # told as a finding
        return {}
    return {
        str(one.get("id")): str(one.get("name"))
        for one in root.iter()
        if one.get("id") and one.get("name")
    }


def _page(**told: object) -> str:
    context: dict[str, object] = {"checked": [], "findings": [], "problem": None}
    return render_template(
        "designer/check.html", section="procedures", **(context | told)
    )
