"""The second step of one's own sign-in: set up, renew its recovery codes, turn off."""

import segno
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug import Response

from server import i18n
from server.account import proof
from server.auth import authenticated, keep_session, session_token
from server.context import caller, sealer, services, transaction
from server.i18n import gettext
from workflows import credentials, passwords, second_factors, sessions
from workflows.model import InputRefused


def register(blueprint: Blueprint) -> None:
    path = "/second-step"
    blueprint.add_url_rule(path, "codes", show)
    for name, view in (
        ("set-up", set_up),
        ("confirm", confirm),
        ("recovery-codes", renew),
        ("turn-off", turn_off),
    ):
        endpoint = f"codes_{name.replace('-', '_')}"
        blueprint.add_url_rule(f"{path}/{name}", endpoint, view, methods=["POST"])


@authenticated
def show() -> str:
    return _page()


@authenticated
def set_up() -> ResponseReturnValue:
    """The secret to scan: shown to who knows the password, and kept by no cache."""
    if not proof.is_given():
        return _page("set-up", proof.refusal()), 422
    return _setup()


@authenticated
def confirm() -> ResponseReturnValue:
    """The first code turns it on; sessions that began without one end.

    Without the slip of `set_up`, whoever finds a browser open would set up a telephone
    of their own.
    """
    if not proof.has_slip():
        told = gettext("This took too long. Type your password and begin anew.")
        return _page("set-up", told), 422
    try:
        with transaction() as tx:
            codes = second_factors.confirm(
                tx,
                services().clock,
                sealer(second_factors.PURPOSE),
                caller(),
                request.form.get("code", ""),
            )
            token = sessions.alone(tx, caller().user_id, session_token())
    except second_factors.AlreadyOn:
        return redirect(url_for("account.codes"), 303)
    except InputRefused as refused:
        return _setup(i18n.say(refused))
    return _told(codes, token)


@authenticated
def renew() -> ResponseReturnValue:
    if not proof.is_given():
        return _page("recovery-codes", proof.refusal()), 422
    try:
        with transaction() as tx:
            codes = second_factors.renew_codes(tx, services().clock, caller())
            token = sessions.alone(tx, caller().user_id, session_token())
    except InputRefused:  # turned off meanwhile
        return redirect(url_for("account.codes"), 303)
    return _told(codes, token)


@authenticated
def turn_off() -> ResponseReturnValue:
    if not proof.is_given():
        return _page("turn-off", proof.refusal()), 422
    if not passwords.is_long(request.form["current"]):
        told = gettext("Your password is too short to stand alone. Change it first.")
        return _page("turn-off", told), 422
    with transaction() as tx:
        second_factors.turn_off(tx, services().clock, caller().user_id, caller())
        token = sessions.alone(tx, caller().user_id, session_token())
    changed = redirect(url_for("account.overview", said="codes_off"), 303)
    return keep_session(make_response(changed), token)


def _page(asked: str = "", problem: str = "") -> str:
    """`asked`: the form that `problem` belongs to."""
    with transaction() as tx:
        user_id = caller().user_id
        has_password = credentials.has_password(tx, user_id)
        is_on = second_factors.is_on(tx, user_id)
        left = second_factors.codes_left(tx, user_id)
    return render_template(
        "account/codes.html",
        asked=asked,
        has_password=has_password,
        is_on=is_on,
        left=left,
        problem=problem,
    )


def _setup(problem: str = "") -> Response:
    try:
        with transaction() as tx:
            found = second_factors.begin(
                tx, services().clock, sealer(second_factors.PURPOSE), caller()
            )
    except second_factors.AlreadyOn:
        return redirect(url_for("account.codes"), 303)
    picture = segno.make(found.uri, error="m").svg_inline(
        scale=5, light="#fff", svgclass="r-qr", lineclass=None
    )
    secret = found.secret
    return make_response(
        render_template(
            "account/codes_set_up.html",
            picture=Markup(picture),  # noqa: S704 - drawn by segno: squares alone
            problem=problem,
            secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            slip=proof.slip(),
        )
    )


def _told(codes: list[str], token: str) -> Response:
    page = render_template("account/recovery_codes.html", codes=codes)
    return keep_session(make_response(page), token)
