"""The list of people: found by name, office, role and state; as a file, too."""

from dataclasses import replace

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from werkzeug import Response

from server import exports, i18n, moments, words
from server.auth import require
from server.context import caller, services, transaction
from server.i18n import gettext
from server.people.words import STATES
from server.sorting import Order, Ordered, Part
from workflows import office_tree, people_list, people_sessions
from workflows.model import Page, Role
from workflows.people_list import PeopleQuery, PersonRow

ORDER = Order[PersonRow](
    "login",
    {
        "name": lambda row: row.name,
        "login": lambda row: row.login,
        "state": lambda row: people_list.STATES.index(row.state),
        "created_at": lambda row: row.created_at,
    },
    usual="name",
)


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/people", "people", people)
    blueprint.add_url_rule("/people.csv", "people_csv", people_csv)


@require(Role.ADMINISTRATOR)
def people() -> str:
    query = _query()
    with transaction() as tx:
        found = _found(tx, query)
        offices = office_tree.proposed(tx, caller())
        is_over_all = people_sessions.is_over_all(tx, caller())
    return render_template(
        "people/people.html",
        is_over_all=is_over_all,
        offices=offices,
        found=found,
        page=found.page,
        query=query,
        roles=[(str(role), words.of(words.ROLES, role)) for role in Role],
        section="people",
        states=[(state, words.of(STATES, state)) for state in people_list.STATES],
    )


@require(Role.ADMINISTRATOR)
def people_csv() -> Response:
    """The list as it is filtered and sorted, whole."""
    with transaction() as tx:
        rows = [_cells(row) for row in ORDER.whole(_part(tx, _query()))]
    head = [
        gettext("Full name"),
        gettext("User name"),
        gettext("State"),
        gettext("Roles"),
        gettext("Since"),
    ]
    return exports.csv_file("people", head, rows)


def _found(tx: sa.Connection, query: PeopleQuery) -> Ordered[PersonRow]:
    """A page of the list; one too long for the alphabet is left to the database."""
    cursor, sort = request.args.get("cursor") or None, ORDER.asked()
    long = _part(tx, query, sort) if sort in people_list.SORTS else None
    return ORDER.page(_part(tx, query), cursor, long)


def _part(
    tx: sa.Connection, query: PeopleQuery, sort: str = ORDER.first
) -> Part[PersonRow]:
    def part(limit: int, cursor: str | None) -> Page[PersonRow]:
        return _page(tx, replace(query, sort=sort, limit=limit, cursor=cursor))

    return part


def _page(tx: sa.Connection, query: PeopleQuery) -> Page[PersonRow]:
    return people_list.page(tx, services().clock, caller(), query)


def _query() -> PeopleQuery:
    """What the reader asks for; a role or a state that does not exist is not asked."""

    def one_of(name: str, known: set[str]) -> str | None:
        asked = request.args.get(name, "")
        return asked if asked in known else None

    return PeopleQuery(
        text=request.args.get("q", "").strip() or None,
        office=request.args.get("office", "").strip() or None,
        role=one_of("role", {str(role) for role in Role}),
        state=one_of("state", set(people_list.STATES)),
    )


def _cells(row: PersonRow) -> list[str]:
    held = (
        f"{words.of(words.ROLES, one.role)}: {i18n.name_in(one.office_names)}"
        for one in row.held
    )
    return [
        row.name,
        row.login,
        words.of(STATES, row.state),
        "; ".join(held),
        moments.exact(row.created_at),
    ]
