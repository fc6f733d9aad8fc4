"""Signing in and out of the pages."""

import logging
from dataclasses import dataclass

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from server import context, i18n
from server.auth import SESSION_COOKIE, authenticated, public, safe_next
from workflows import credentials, people
from workflows.model import Role

blueprint = Blueprint("sign_in", __name__)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demonstration whom a visitor may be."""

    login: str
    name: str
    roles: frozenset[Role]
    office: str


@blueprint.get("/sign-in")
@public
def form() -> ResponseReturnValue:
    target = safe_next(request.args.get("next"))
    if context.caller_or_none() is not None:
        return redirect(target or "/", 303)
    return _page(next=target)


@blueprint.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    login, password = request.form.get("login", ""), request.form.get("password", "")
    target = safe_next(request.form.get("next"))
    clock = context.services().clock
    with context.transaction() as tx:
        signed_in = credentials.sign_in(tx, clock, login, password)
    if signed_in is None:
        log.warning("a sign-in was refused")
        # What was typed may be a password in the wrong box: it is not shown again.
        return _page(failed=True, next=target), 422
    return _welcome(signed_in, target)


@blueprint.post("/sign-in/demo")
@public
def enter_demo() -> ResponseReturnValue:
    """One click, and only in the demonstration."""
    if not context.services().settings.demo:
        abort(404)
    clock = context.services().clock
    with context.transaction() as tx:
        signed_in = credentials.sign_in_demo(tx, clock, request.form.get("login", ""))
    if signed_in is None:
        return _page(failed=True), 422
    return _welcome(signed_in, safe_next(request.form.get("next")))


@blueprint.post("/sign-out")
@authenticated
def leave() -> ResponseReturnValue:
    with context.transaction() as tx:
        credentials.sign_out(tx, request.cookies[SESSION_COOKIE])
    response = redirect("/sign-in", 303)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Lax")
    # The browser forgets what it kept of the pages, for the next person at it.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _page(
    *,
    failed: bool = False,
    next: str | None = None,
) -> Response:
    demo: list[DemoPerson] = []
    if context.services().settings.demo:
        with context.transaction() as tx:
            demo = _demo_people(people.demo_people(tx))
    page = render_template(
        "sign_in.html", failed=failed, next=next, login="", demo_people=demo
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _demo_people(found: list[people.DemoPerson]) -> list[DemoPerson]:
    return [
        DemoPerson(
            one.caller.login,
            one.caller.name,
            one.caller.roles,
            i18n.name_in(one.office_names),
        )
        for one in found
    ]


def _welcome(signed_in: credentials.SignedIn, target: str | None) -> Response:
    log.info("signed in", extra={"user": str(signed_in.user_id)})
    response = make_response(redirect(target or "/", 303))
    response.set_cookie(
        SESSION_COOKIE,
        signed_in.token,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response
