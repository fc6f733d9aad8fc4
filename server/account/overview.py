"""The first page of one's account: who one is here, and what can be changed."""

from flask import Blueprint, render_template

from server.auth import authenticated
from server.context import caller, services, transaction
from workflows import credentials, offices, second_factors, substitutions
from workflows.callers import today


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("", "overview", overview)


@authenticated
def overview() -> str:
    clock = services().clock
    with transaction() as tx:
        names = offices.names_of(tx, [one.office_id for one in caller().memberships])
        stands_in = substitutions.by_substitute(tx, clock, caller())
        own = substitutions.of_person(tx, caller(), caller().user_id).items
        has_password = credentials.has_password(tx, caller().user_id)
        has_codes = second_factors.is_on(tx, caller().user_id)
    day = today(clock)
    return render_template(
        "account/overview.html",
        absent=[one for one in own if one.state(day) in ("now", "ahead")],
        has_codes=has_codes,
        has_password=has_password,
        memberships=[(one.role, names[one.office_id]) for one in caller().own],
        stands_in=stands_in,
        today=day,
    )
