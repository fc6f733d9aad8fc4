"""One person's page: their roles and account, and what an administrator may do."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server import i18n, words
from server.auth import require
from server.browsers import browser_name
from server.context import caller, services, transaction
from server.i18n import gettext
from server.people.words import CHANGES, given_roles
from workflows import (
    office_tree,
    offices,
    people_care,
    people_changes,
    people_list,
    people_sessions,
    substitutions,
)
from workflows.model import InputRefused, Role

# What is done to an account without any question, by the last word of its address.
ACTS = {
    "disable": people_care.disable,
    "enable": people_care.enable,
    "unlock": people_care.unlock,
    "reset-second-step": people_care.reset_second_factor,
}

AT = ("role", "office")

log = logging.getLogger(__name__)


def register(blueprint: Blueprint) -> None:
    path = "/people/<uuid:user_id>"
    blueprint.add_url_rule("/people/new", "new", new)
    blueprint.add_url_rule("/people/new", "add", add, methods=["POST"])
    blueprint.add_url_rule(path, "person", person)
    for name, view in (
        ("roles", give_role),
        ("roles/take", take_role),
        ("first-password", first_password),
        ("account/<act>", do),
    ):
        endpoint = view.__name__
        blueprint.add_url_rule(f"{path}/{name}", endpoint, view, methods=["POST"])


@require(Role.ADMINISTRATOR)
def new() -> str:
    return _new_page({})


@require(Role.ADMINISTRATOR)
def add() -> ResponseReturnValue:
    told = {name: request.form.get(name, "") for name in ("login", "name", *AT)}
    try:
        with transaction() as tx:
            user_id = people_care.add(tx, services().clock, caller(), **told)
    except InputRefused as refused:
        return _new_page(_problem(refused)), 422
    _tell("add", user_id)
    return redirect(url_for("people.person", user_id=user_id, said="added"), 303)


@require(Role.ADMINISTRATOR)
def person(user_id: uuid.UUID) -> str:
    return _page(user_id, {})


@require(Role.ADMINISTRATOR)
def give_role(user_id: uuid.UUID) -> ResponseReturnValue:
    try:
        with transaction() as tx:
            people_care.give_role(tx, services().clock, caller(), user_id, **_at())
    except InputRefused as refused:
        return _page(user_id, _problem(refused)), 422
    return _done("give_role", user_id, "given")


@require(Role.ADMINISTRATOR)
def take_role(user_id: uuid.UUID) -> ResponseReturnValue:
    try:
        with transaction() as tx:
            people_care.take_role(tx, services().clock, caller(), user_id, **_at())
    except InputRefused as refused:
        return _page(user_id, {"held": _problem(refused)["role"]}), 422
    return _done("take_role", user_id, "taken")


@require(Role.ADMINISTRATOR)
def first_password(user_id: uuid.UUID) -> str:
    """Shown in the answer itself, once: it is in no address and no cookie."""
    with transaction() as tx:
        clock = services().clock
        lasts = timedelta(hours=services().settings.first_password_hours)
        password = people_care.give_first_password(tx, clock, caller(), user_id, lasts)
    _tell("first_password", user_id)
    return _page(user_id, {}, password)


@require(Role.ADMINISTRATOR)
def do(user_id: uuid.UUID, act: str) -> ResponseReturnValue:
    if act not in ACTS:
        abort(404)
    with transaction() as tx:
        ACTS[act](tx, services().clock, caller(), user_id)
    return _done(act, user_id, act)


def _done(what: str, user_id: uuid.UUID, said: str) -> ResponseReturnValue:
    _tell(what, user_id)
    return redirect(url_for("people.person", user_id=user_id, said=said), 303)


def _tell(what: str, user_id: uuid.UUID) -> None:
    log.info(
        "an account was changed",
        extra={"change": what, "user": str(user_id), "by": str(caller().user_id)},
    )


def _at() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in AT}


def _problem(refused: InputRefused) -> dict[str, str]:
    reason = gettext(str(refused.data["reason"]))
    return {str(refused.data["field"]): f"{reason[:1].upper()}{reason[1:]}."}


def _new_page(problems: dict[str, str]) -> str:
    with transaction() as tx:
        proposed = office_tree.proposed(tx, caller())
    return render_template(
        "people/new.html",
        offices=proposed,
        problems=problems,
        roles=given_roles(),
        section="people",
        typed=request.form,
    )


def _page(user_id: uuid.UUID, problems: dict[str, str], password: str = "") -> str:
    with transaction() as tx:
        found = people_list.get(tx, services().clock, caller(), user_id)
        cursor = request.args.get("cursor") or None
        changes = people_changes.of(tx, user_id, cursor=cursor)
        named = _offices_of(tx, changes.items)
        proposed = office_tree.proposed(tx, caller())
        speaks_for = substitutions.speaks_for(tx, caller(), user_id)
        is_me = user_id == caller().user_id
        is_theirs = found.is_whole and not is_me
        rows = (
            people_sessions.of_person(tx, services().clock, caller(), user_id)
            if is_theirs
            else []
        )
    return render_template(
        "people/person.html",
        browser=browser_name,
        changes=[
            (one, words.of(CHANGES, one.what), _detail(one, named))
            for one in changes.items
        ],
        changes_page=changes,
        is_me=is_me,
        needs_second_factor=services().settings.needs_second_factor,
        offices=proposed,
        password=password,
        person=found,
        problems=problems,
        roles=given_roles(),
        row=found.row,
        section="people",
        sessions=rows,
        speaks_for=speaks_for,
        typed=request.form,
    )


def _offices_of(
    tx: sa.Connection, changes: Sequence[people_changes.Change]
) -> dict[str, str]:
    """What the offices are called where roles were given or taken, by code."""
    codes = {one.detail["office"] for one in changes if "office" in one.detail}
    named = offices.names_by_code(tx, codes)
    return {code: i18n.name_in(names, code) for code, names in named.items()}


def _detail(change: people_changes.Change, named: Mapping[str, str]) -> str:
    """What was given or taken, and where; whoever was named, and for when."""
    detail = change.detail
    if "role" in detail:
        code = detail["office"]
        return f"{words.of(words.ROLES, detail['role'])}, {named.get(code, code)}"
    if "substitute" in detail:
        ends = (date.fromisoformat(detail[each]) for each in ("from_on", "to_on"))
        days = dict.fromkeys(i18n.day(each) for each in ends)
        return f"{detail['substitute']}, {' – '.join(days)}"
    return str(detail.get("issuer", ""))
