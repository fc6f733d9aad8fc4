"""The second step of one's own sign-in: set up, renew its recovery codes, turn off."""

import segno
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug import Response

from server import i18n
from server.account import proof
from server.auth import (
    authenticated,
    before_second_step,
    keep_session,
    safe_next,
    session_needs_second_step,
    session_token,
)
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
@before_second_step
def show() -> ResponseReturnValue:
    """Who was led here from another page goes on to it as soon as there is a step."""
    wanted = target()
    if wanted is not None and not session_needs_second_step():
        return redirect(wanted, 303)
    return page()


@authenticated
@before_second_step
def set_up() -> ResponseReturnValue:
    """The secret to scan: shown to who knows the password, and kept by no cache."""
    if not proof.is_given():
        return page("set-up", proof.refusal()), 422
    return _setup()


@authenticated
@before_second_step
def confirm() -> ResponseReturnValue:
    """The first code turns it on; sessions that began without one end.

    Without the slip of `set_up`, whoever finds a browser open would set up a telephone
    of their own.
    """
    if not proof.has_slip():
        return page("set-up", too_long()), 422
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
        return to_page()
    except InputRefused as refused:
        return _setup(i18n.say(refused))
    return told_codes(codes, token)


@authenticated
def renew() -> ResponseReturnValue:
    if not proof.is_given():
        return page("recovery-codes", proof.refusal()), 422
    try:
        with transaction() as tx:
            codes = second_factors.renew_codes(tx, services().clock, caller())
            token = sessions.alone(tx, caller().user_id, session_token())
    except InputRefused:  # turned off meanwhile
        return to_page()
    return told_codes(codes, token)


@authenticated
def turn_off() -> ResponseReturnValue:
    if services().settings.needs_second_factor:
        told = gettext(
            "A second step is required of everybody here: it stays on. "
            "Set up another telephone in place of this one."
        )
        return page("another", told), 422
    if not proof.is_given():
        return page("turn-off", proof.refusal()), 422
    if not passwords.is_long(request.form["current"]):
        told = gettext("Your password is too short to stand alone. Change it first.")
        return page("turn-off", told), 422
    with transaction() as tx:
        second_factors.turn_off(tx, services().clock, caller().user_id, caller())
        token = sessions.alone(tx, caller().user_id, session_token())
    changed = redirect(url_for("account.overview", said="codes_off"), 303)
    return keep_session(make_response(changed), token)


def target() -> str | None:
    """The page that somebody was led away from, to set up a second step first."""
    return safe_next(request.args.get("next"))


def to_page() -> Response:
    return redirect(url_for("account.codes", next=target()), 303)


def too_long() -> str:
    return gettext("This took too long. Type your password and begin anew.")


def page(asked: str = "", problem: str = "") -> str:
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
        is_required=services().settings.needs_second_factor,
        left=left,
        next=target(),
        problem=problem,
    )


def _setup(problem: str = "") -> Response:
    """The picture of one that waits for its first code."""
    try:
        with transaction() as tx:
            found = second_factors.begin(
                tx, services().clock, sealer(second_factors.PURPOSE), caller()
            )
    except second_factors.AlreadyOn:
        return to_page()
    return set_up_page(found, url_for("account.codes_confirm", next=target()), problem)


def set_up_page(
    found: second_factors.Setup, aim: str, problem: str, sealed: str = ""
) -> Response:
    """Kept by no cache, as every page of who is signed in."""
    picture = segno.make(found.uri, error="m").svg_inline(
        scale=5, light="#fff", svgclass="r-qr", lineclass=None
    )
    secret = found.secret
    return make_response(
        render_template(
            "account/codes_set_up.html",
            aim=aim,
            picture=Markup(picture),  # noqa: S704 - drawn by segno: squares alone
            problem=problem,
            sealed=sealed,
            secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            slip=proof.slip(),
        )
    )


def told_codes(codes: list[str], token: str) -> Response:
    page = render_template("account/recovery_codes.html", codes=codes, next=target())
    return keep_session(make_response(page), token)
