"""The offices as a tree: one at a time, with its hours, its days and its people."""

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from werkzeug import Response

from server import exports, i18n
from server import words as all_words
from server.auth import require
from server.context import caller, services, transaction
from server.i18n import gettext
from server.people import words
from server.sorting import Order, Part
from workflows import office_tree
from workflows.callers import today
from workflows.model import Page, Role
from workflows.office_tree import Branch, Office

ORDER = Order[Office](
    "code",
    {
        "code": lambda row: row.code,
        "name": lambda row: i18n.name_in(row.names, row.code),
        "kind": lambda row: all_words.of(words.KINDS, row.kind),
        "days": lambda row: row.overrides,
        "offices": lambda row: row.offices,
        "people": lambda row: row.people,
    },
)


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/offices", "offices", offices)
    blueprint.add_url_rule("/offices.csv", "offices_csv", offices_csv)


@require(Role.ADMINISTRATOR)
def offices() -> str:
    with transaction() as tx:
        branch = _branch(tx)
        cursor = request.args.get("cursor") or None
        found = ORDER.page(_below(tx, branch), cursor)
    return render_template(
        "people/offices.html",
        branch=branch,
        found=found,
        kinds=words.KINDS,
        section="people",
    )


@require(Role.ADMINISTRATOR)
def offices_csv() -> Response:
    """The offices right below one, as they are sorted, whole."""
    with transaction() as tx:
        found = ORDER.whole(_below(tx, _branch(tx)))
    head = [
        gettext("Office"),
        gettext("Code"),
        gettext("Kind"),
        gettext("Hours"),
        gettext("Own days"),
        gettext("Offices below"),
        gettext("People"),
    ]
    rows = [
        [
            i18n.name_in(row.names, row.code),
            row.code,
            all_words.of(words.KINDS, row.kind),
            f"{row.opens_at:%H:%M}–{row.closes_at:%H:%M}",
            *map(str, (row.overrides, row.offices, row.people)),
        ]
        for row in found
    ]
    return exports.csv_file("offices", head, rows)


def _branch(tx: sa.Connection) -> Branch:
    day = today(services().clock)
    return office_tree.branch(tx, caller(), request.args.get("at") or None, day)


def _below(tx: sa.Connection, branch: Branch) -> Part[Office]:
    def part(limit: int, cursor: str | None) -> Page[Office]:
        return office_tree.right_below(
            tx, caller(), branch.office, limit=limit, cursor=cursor
        )

    return part
