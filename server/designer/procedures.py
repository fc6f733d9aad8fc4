"""Procedures: what runs, in which version, since when, and what each step rests on."""

from flask import Blueprint, Response, render_template, request

from server import exports, i18n, moments, norms_pages
from server.auth import require
from server.context import caller, transaction
from server.drawings import text_of
from server.i18n import gettext
from server.sections import STAFF
from server.sorting import Order
from workflows import deployments, listening
from workflows.deployments import DefinitionRow, ProcedureRow

YEAR_SECONDS = 31_536_000
# The two lists of the page share the address: a name tells which one is meant.
PROCEDURES = Order[ProcedureRow](
    "key",
    {
        "key": lambda row: row.key,
        "name": lambda row: i18n.name_in(row.names, row.key),
        "open_cases": lambda row: row.open_cases,
        "version": lambda row: row.version,
        "released": lambda row: row.released_at,
    },
)
DECISIONS = Order[DefinitionRow](
    "decision_key",
    {
        "decision_key": lambda row: row.key,
        "decision_name": lambda row: i18n.name_in(row.names, row.key),
        "decision_version": lambda row: row.version,
        "decision_released": lambda row: row.released_at,
    },
)


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/procedures", "procedures", procedures)
    blueprint.add_url_rule("/procedures.csv", "procedures_csv", procedures_csv)
    blueprint.add_url_rule("/procedures/<key>", "procedure", procedure)
    blueprint.add_url_rule(
        "/procedures/<key>/<int:version>/drawing.bpmn", "drawing", drawing
    )


@require(*STAFF)
def procedures() -> str:
    with transaction() as tx:
        rows = PROCEDURES.of(deployments.procedures(tx, caller()))
        decisions = DECISIONS.of(deployments.newest_decisions(tx))
    return render_template(
        "designer/procedures.html",
        decision_sort=DECISIONS.asked(),
        decisions=decisions,
        rows=rows,
        section="procedures",
        sort=PROCEDURES.asked(),
    )


@require(*STAFF)
def procedures_csv() -> Response:
    """The list as it is sorted."""
    with transaction() as tx:
        found = PROCEDURES.of(deployments.procedures(tx, caller()))
    head = [
        gettext("Procedure"),
        gettext("Code"),
        gettext("Cases in progress"),
        gettext("Version"),
        gettext("Released"),
    ]
    rows = [
        [
            i18n.name_in(row.names, row.key),
            row.key,
            str(row.open_cases),
            str(row.version),
            moments.exact(row.released_at),
        ]
        for row in found
    ]
    return exports.csv_file("procedures", head, rows)


@require(*STAFF)
def procedure(key: str) -> str:
    """One procedure in its newest version, or in the one that `?version=` names."""
    asked = request.args.get("version", type=int)
    with transaction() as tx:
        shown = deployments.definition(tx, key, asked)
        versions = deployments.versions_of(tx, key)
        rows = deployments.procedures(tx, caller())
        drawn = shown.summary.get("starts", [])
        starts = list(listening.of(tx, shown.id, drawn))
    live = next((row for row in rows if row.key == key), None)
    steps = [
        (element, norms_pages.links(element["norms"]))
        for element in shown.summary["elements"]
        if element["name"]
    ]
    return render_template(
        "designer/procedure.html",
        open_cases=live.open_cases if live else 0,
        section="procedures",
        shown=shown,
        starts=starts,
        steps=steps,
        versions=versions,
    )


@require(*STAFF)
def drawing(key: str, version: int) -> Response:
    """The drawing as it was released, in UTF-8; a version never changes."""
    with transaction() as tx:
        found = deployments.definition(tx, key, version)
    response = Response(text_of(found.source), mimetype="application/xml")
    response.headers["Cache-Control"] = f"private, max-age={YEAR_SECONDS}, immutable"
    return response
