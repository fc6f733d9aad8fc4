"""Changing one's password: the old one, and twice a new one that is good enough."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server import i18n
from server.account import proof
from server.auth import (
    authenticated,
    before_new_password,
    keep_session,
    session_token,
)
from server.context import caller, services, transaction
from server.i18n import gettext
from workflows import credentials, passwords, second_factors
from workflows.model import InputRefused


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/password", "password", show)
    blueprint.add_url_rule("/password", "change_password", change, methods=["POST"])


@authenticated
@before_new_password
def show() -> str:
    return _page({})


@authenticated
@before_new_password
def change() -> ResponseReturnValue:
    """Other sessions end, and this one gets another name: whoever knew the old password
    is out, and so is whoever has a copy of the cookie."""
    told = request.form.get("password", "")
    if told != request.form.get("again", ""):
        return _page(
            {"again": gettext("The two are not the same. Type it again.")}
        ), 422
    if not proof.is_given():
        return _page({"current": proof.refusal()}), 422
    try:
        with transaction() as tx:
            token = credentials.change_password(
                tx, services().clock, caller(), told, session_token()
            )
    except InputRefused as refused:
        return _page({"password": i18n.say(refused)}), 422
    changed = redirect(url_for("account.overview", said="password"), 303)
    return keep_session(make_response(changed), token)


def _page(problems: dict[str, str]) -> str:
    with transaction() as tx:
        has_password = credentials.has_password(tx, caller().user_id)
        has_codes = second_factors.is_on(tx, caller().user_id)
    return render_template(
        "account/password.html",
        has_password=has_password,
        least=(passwords.LEAST_BESIDE_ANOTHER_FACTOR if has_codes else passwords.LEAST),
        problems=problems,
    )
