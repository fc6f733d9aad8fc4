"""The offices as a tree: one at a time, with its hours, its days and its people."""

from flask import Blueprint, render_template, request

from server.auth import require
from server.context import caller, services, transaction
from server.people import words
from workflows import office_tree
from workflows.callers import today
from workflows.model import Role


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/offices", "offices", offices)


@require(Role.ADMINISTRATOR)
def offices() -> str:
    with transaction() as tx:
        found = office_tree.branch(
            tx, caller(), request.args.get("at") or None, today(services().clock)
        )
    return render_template(
        "people/offices.html", branch=found, kinds=words.KINDS, section="people"
    )
