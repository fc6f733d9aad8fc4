"""Filters of the worklist under a name: beside the list, shared, ordered, deleted."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from server import i18n
from server.auth import require
from server.context import caller, services, transaction
from server.desk import choices, filters
from server.desk.choices import Choices
from server.desk.filters import Filter
from server.sections import WORKERS
from workflows import saved_filters
from workflows.model import InputRefused
from workflows.saved_filters import SavedFilter
from workflows.worklist import WorklistQuery

COUNTED = 10  # filters whose tasks are counted each time; the others are listed


@dataclass(frozen=True)
class Link:
    """A saved filter as it stands beside the list."""

    id: uuid.UUID
    name: str
    href: str
    shared_by: str
    query: WorklistQuery
    is_shown: bool


@dataclass(frozen=True)
class Kept:
    """A saved filter as the page of all shows it; `words` tell what it restricts."""

    filter: SavedFilter
    href: str
    words: Sequence[str]
    may_rise: bool
    may_fall: bool

    @property
    def shared_by(self) -> str:
        return "" if self.filter.is_own else self.filter.owner_name

    @property
    def office_name(self) -> str:
        return i18n.name_in(self.filter.shared_with_names or {})


def register(blueprint: Blueprint) -> None:
    one = "/<uuid:filter_id>"
    for path, name, view, method in (
        ("", "filters", show, "GET"),
        ("", "keep_filter", keep, "POST"),
        (f"{one}/name", "rename_filter", rename, "POST"),
        (f"{one}/office", "share_filter", share, "POST"),
        (f"{one}/<any(up, down):way>", "move_filter", move, "POST"),
        (f"{one}/delete", "ask_delete_filter", ask_delete, "GET"),
        (f"{one}/delete", "delete_filter", delete, "POST"),
    ):
        blueprint.add_url_rule(f"/tasks/filters{path}", name, view, methods=[method])


def links(tx: sa.Connection, view: str, wanted: Filter) -> list[Link]:
    """The caller's filters; `view` and `wanted` are what the page shows."""
    shown = view, wanted
    return [
        Link(
            id=one.id,
            name=one.name,
            href=_href(one.query),
            shared_by="" if one.is_own else one.owner_name,
            query=one.query,
            is_shown=filters.of_query(one.query) == shown,
        )
        for one in saved_filters.listed(tx, caller())
    ]


@require(*WORKERS)
def show() -> str:
    return _page()


@require(*WORKERS)
def keep() -> Response | tuple[str, int]:
    """Save what the address asks for under the name that is sent."""
    view, wanted = filters.asked()
    query = wanted.query(view)
    try:
        with transaction() as tx:
            name = request.form.get("name", "")
            saved_filters.add(tx, services().clock, caller(), name, query)
    except InputRefused as refused:
        return _page(problem=i18n.say(refused)), 422
    return redirect(
        url_for("desk.worklist", said="kept", **filters.address(view, wanted))
    )


@require(*WORKERS)
def rename(filter_id: uuid.UUID) -> Response | tuple[str, int]:
    try:
        with transaction() as tx:
            name = request.form.get("name", "")
            saved_filters.rename(tx, caller(), filter_id, name)
    except InputRefused as refused:
        return _page(problem=i18n.say(refused)), 422
    return _done("renamed")


@require(*WORKERS)
def share(filter_id: uuid.UUID) -> Response:
    office = request.form.get("office", "")
    with transaction() as tx:
        if office:
            saved_filters.share(tx, caller(), filter_id, office)
        else:
            saved_filters.unshare(tx, caller(), filter_id)
    return _done("shared" if office else "unshared")


@require(*WORKERS)
def move(filter_id: uuid.UUID, way: str) -> Response:
    with transaction() as tx:
        own = [one.id for one in saved_filters.listed(tx, caller()) if one.is_own]
        if filter_id in own:
            place = own.index(filter_id)
            other = place - 1 if way == "up" else place + 1
            if 0 <= other < len(own):
                own[place], own[other] = own[other], own[place]
            saved_filters.reorder(tx, caller(), own)
    return _done("moved")


@require(*WORKERS)
def ask_delete(filter_id: uuid.UUID) -> str:
    with transaction() as tx:
        one = saved_filters.get(tx, caller(), filter_id)
    return render_template("desk/filter_delete.html", one=one, section="tasks")


@require(*WORKERS)
def delete(filter_id: uuid.UUID) -> Response:
    with transaction() as tx:
        saved_filters.delete(tx, caller(), filter_id)
    return _done("deleted")


def _done(said: str) -> Response:
    return redirect(url_for("desk.filters", said=said))


def _page(problem: str = "") -> str:
    with transaction() as tx:
        found = saved_filters.listed(tx, caller())
        options: Mapping[str, Choices] = {
            key: choices.choices(tx, Filter(process=key))
            for key in {one.query.process_key or "" for one in found} | {""}
        }
    own = [one.id for one in found if one.is_own]
    return render_template(
        "desk/filters.html",
        offices=options[""].offices[1:],
        problem=problem,
        saved=[_kept(one, own, options) for one in found],
        section="tasks",
    )


def _kept(
    one: SavedFilter, own: Sequence[uuid.UUID], options: Mapping[str, Choices]
) -> Kept:
    view, wanted = filters.of_query(one.query)
    said = choices.in_words(wanted, options[wanted.process])
    return Kept(
        filter=one,
        href=_href(one.query),
        words=[str(filters.VIEWS[view]), *said],
        may_rise=one.id in own[1:],
        may_fall=one.id in own[:-1],
    )


def _href(query: WorklistQuery) -> str:
    view, wanted = filters.of_query(query)
    arguments: dict[str, Any] = {"view": view, **wanted.arguments()}
    return url_for("desk.worklist", **arguments)
