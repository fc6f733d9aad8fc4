"""Absence: who stands in for whom, and when; one's own, or that of a subordinate."""

import uuid
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from server.auth import authenticated
from server.context import caller, services, transaction
from server.i18n import gettext
from workflows import people, substitutions
from workflows.callers import LENT, Caller, today
from workflows.model import InputRefused, Role


def register(blueprint: Blueprint) -> None:
    path = "/absence"
    blueprint.add_url_rule(path, "absence", show)
    blueprint.add_url_rule(path, "add_absence", add, methods=["POST"])
    blueprint.add_url_rule(
        f"{path}/<uuid:substitution_id>/end", "end_absence", end, methods=["POST"]
    )


@authenticated
def show() -> str:
    return _page({})


@authenticated
def add() -> ResponseReturnValue:
    try:
        with transaction() as tx:
            substitutions.add(
                tx,
                services().clock,
                caller(),
                user_id=_whose().user_id,
                substitute=request.form.get("substitute", ""),
                from_on=_first_day(),
                to_on=_last_day(),
            )
    except InputRefused as refused:
        field = str(refused.data["field"])
        return _page({field: _sentence(str(refused.data["reason"]))}), 422
    return redirect(_back("added"), 303)


@authenticated
def end(substitution_id: uuid.UUID) -> Response:
    with transaction() as tx:
        substitutions.end(tx, services().clock, caller(), substitution_id)
    return redirect(_back("ended"), 303)


def _page(problems: dict[str, str]) -> str:
    whose = _whose()
    day = today(services().clock)
    with transaction() as tx:
        cursor = request.args.get("cursor") or None
        page = substitutions.of_person(tx, caller(), whose.user_id, cursor=cursor)
        colleagues = substitutions.colleagues(tx, whose.user_id)
        own = _is_own(whose)
        stands_in = (
            substitutions.by_substitute(tx, services().clock, caller()) if own else []
        )
    return render_template(
        "account/absence.html",
        can_lend=any(one.role in LENT for one in whose.own),
        colleagues=colleagues,
        is_own=own,
        problems=problems,
        page=page,
        stands_in=stands_in,
        supervises=any(one.role == Role.SUPERVISOR for one in caller().own),
        today=day,
        typed=request.form,
        whose=whose,
    )


def _sentence(reason: str) -> str:
    told = gettext(reason)
    return f"{told[:1].upper()}{told[1:]}."


def _whose() -> Caller:
    """Whose absence the address means; the use cases say who may ask."""
    login = request.args.get("of", "").strip()
    if not login or people.login_of(login) == caller().login:
        return caller()
    with transaction() as tx:
        return people.known(tx, login)


def _is_own(whose: Caller) -> bool:
    return whose.user_id == caller().user_id


def _back(said: str) -> str:
    return url_for("account.absence", of=request.args.get("of"), said=said)


def _first_day() -> date:
    try:
        return date.fromisoformat(request.form.get("from_on", ""))
    except ValueError as error:
        raise InputRefused(field="from_on", reason="choose the first day") from error


def _last_day() -> date:
    try:
        return date.fromisoformat(request.form.get("to_on", ""))
    except ValueError as error:
        raise InputRefused(field="to_on", reason="choose the last day") from error
