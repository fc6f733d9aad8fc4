"""The list of cases: found by number and state."""

from collections.abc import Mapping

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from werkzeug import Response

from server import alphabet, exports, i18n, moments, rendering, words
from server.auth import require
from server.context import caller, transaction, world
from server.i18n import gettext
from server.sections import STAFF
from server.sorting import Order, Part
from workflows import deployments, instances
from workflows.instances import InstanceRow
from workflows.model import InstanceState, Page

ORDER = Order[InstanceRow](
    "-opened",
    {
        "number": lambda row: row.business_key,
        # A fault goes before all else.
        "state": lambda row: (
            not row.incidents,
            alphabet.key(words.of(words.INSTANCE, row.state)),
        ),
        "procedure": lambda row: i18n.name_in(row.names, row.process_key),
        "office": lambda row: i18n.name_in(row.office_names, row.office),
        "opened": lambda row: row.started_at,
        "ended": lambda row: row.ended_at,
    },
)


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/cases", "cases", cases)
    blueprint.add_url_rule("/cases.csv", "cases_csv", cases_csv)


@require(*STAFF)
def cases() -> str | Response:
    with transaction() as tx:
        found = ORDER.page(_found(tx), request.args.get("cursor") or None)
        procedures = deployments.procedures(tx, caller())
        results = {row.id: _result(tx, row) for row in found.page.items}
    context = {
        "found": found,
        "page": found.page,
        "procedures": [
            (row.key, i18n.name_in(row.names, row.key)) for row in procedures
        ],
        "results": results,
        "section": "cases",
        "states": [
            (str(each), words.of(words.INSTANCE, each)) for each in InstanceState
        ],
    }
    if rendering.is_fragment():
        return rendering.live("desk/_cases.html", **context)
    return render_template("desk/cases.html", **context)


@require(*STAFF)
def cases_csv() -> Response:
    """The list as it is filtered and sorted, whole."""
    with transaction() as tx:
        rows = [_cells(row) for row in ORDER.whole(_found(tx))]
    head = [
        gettext("Application number"),
        gettext("Procedure"),
        gettext("State"),
        gettext("Office"),
        gettext("Opened"),
        gettext("Ended"),
    ]
    return exports.csv_file("cases", head, rows)


def _found(tx: sa.Connection) -> Part[InstanceRow]:
    def part(limit: int, cursor: str | None) -> Page[InstanceRow]:
        return instances.search(tx, caller(), limit=limit, cursor=cursor, **_wanted())

    return part


def _result(tx: sa.Connection, row: InstanceRow) -> Mapping[str, str] | None:
    """What came of a case, in the words of its procedure."""
    released = world().library.get(tx, row.release_id, row.version_id)
    return released.words.value("result", row.variables.get("result"))


def _wanted() -> dict[str, str | None]:
    """What the reader filters by; a state that does not exist filters nothing."""
    state = request.args.get("state") or None
    return {
        "process_key": request.args.get("process_key") or None,
        "state": state if state in set(InstanceState) else None,
        "business_key": request.args.get("q", "").strip() or None,
    }


def _cells(row: InstanceRow) -> list[str]:
    return [
        row.business_key or "",
        i18n.name_in(row.names, row.process_key),
        words.of(words.INSTANCE, row.state),
        i18n.name_in(row.office_names, row.office),
        moments.exact(row.started_at),
        moments.exact(row.ended_at) if row.ended_at else "",
    ]
