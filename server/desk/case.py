"""A case: where does it stand?"""

import uuid

from flask import Blueprint, render_template
from werkzeug import Response

from server import norms_pages, rendering
from server.auth import require
from server.context import caller, transaction, world
from server.desk import documents, faults, telling
from server.sections import STAFF
from workflows import comments, deadline_list
from workflows.model import NotFound


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/cases/<uuid:instance_id>", "case", show)
    blueprint.add_url_rule("/cases/<uuid:instance_id>/called/<key>", "called", called)


@require(*STAFF)
def show(instance_id: uuid.UUID) -> str | Response:
    """The page; asked by htmx, only what changes on it."""
    with transaction() as tx:
        told = telling.read(tx, instance_id)
        due = deadline_list.of_case(tx, instance_id)
        shown = documents.panel(tx, instance_id)
        said = comments.of_case(tx, world().clock, caller(), instance_id)
        readers = comments.readers(tx, caller(), instance_id)
    context = {
        "comments": said,
        "deadlines": due,
        "documents": shown,
        "faults": faults,
        "instance": told.instance,
        "norms": norms_pages.links(told.norm_ids),
        "readers": readers,
        "section": "cases",
        "told": told,
    }
    if rendering.is_fragment():
        return rendering.live("desk/_case.html", is_live=True, **context)
    return render_template("desk/case.html", is_live=False, **context)


@require(*STAFF)
def called(instance_id: uuid.UUID, key: str) -> str | Response:
    """A process that the case has called: its drawing, and how far it came there."""
    with transaction() as tx:
        told = telling.read(tx, instance_id)
    way = told.way(key)
    if way is None:
        raise NotFound(kind="procedure", key=key)
    context = {
        "instance": told.instance,
        "section": "cases",
        "told": told,
        "way": way,
    }
    if rendering.is_fragment():
        return rendering.live("desk/_called.html", **context)
    return render_template("desk/called.html", **context)
