"""A case: where does it stand?"""

import uuid

from flask import Blueprint, render_template
from werkzeug import Response

from server import norms_pages, rendering
from server.auth import require
from server.context import transaction
from server.desk import faults, telling
from server.sections import STAFF
from workflows import deadline_list


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/cases/<uuid:instance_id>", "case", show)


@require(*STAFF)
def show(instance_id: uuid.UUID) -> str | Response:
    """The page; asked by htmx, only what changes on it."""
    with transaction() as tx:
        told = telling.read(tx, instance_id)
        due = deadline_list.of_case(tx, instance_id)
    context = {
        "deadlines": due,
        "faults": faults,
        "instance": told.instance,
        "norms": norms_pages.links(told.norm_ids),
        "section": "cases",
        "told": told,
    }
    if rendering.is_fragment():
        return rendering.live("desk/_case.html", is_live=True, **context)
    return render_template("desk/case.html", is_live=False, **context)
