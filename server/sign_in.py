"""Signing in and out of the pages: password, then a code where one is asked for."""

import json
import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from server import context, cookies, i18n
from server.auth import (
    SESSION_COOKIE,
    authenticated,
    before_new_password,
    before_second_step,
    keep_session,
    public,
    safe_next,
    session_token,
)
from workflows import credentials, people, second_factors, sessions
from workflows.credentials import FirstPasswordOver, SecondStep
from workflows.model import Role
from workflows.sessions import SignedIn

STEP_COOKIE = "rasim_step"  # who told the password and owes the code
STEP_PURPOSE = "second step"
STEP_LASTS = timedelta(minutes=5)

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
        found = credentials.sign_in(tx, clock, login, password, browser())
    if isinstance(found, FirstPasswordOver):
        return _page(over=found, next=target), 422
    if found is None:
        # What was typed may be a password in the wrong box: it is not shown again.
        return _page(failed=True, next=target), 422
    if isinstance(found, SecondStep):
        return _to_second_step(found, target)
    return welcome(found, target)


@blueprint.get("/sign-in/code")
@public
def code() -> ResponseReturnValue:
    if _step() is None:
        return redirect(url_for("sign_in.form"), 303)
    return _code_page()


@blueprint.post("/sign-in/code")
@public
def enter_code() -> ResponseReturnValue:
    kept = _step()
    if kept is None:
        return redirect(url_for("sign_in.form"), 303)
    step, target = kept
    with context.transaction() as tx:
        found = credentials.finish_sign_in(
            tx,
            context.services().clock,
            context.sealer(second_factors.PURPOSE),
            step,
            request.form.get("code", ""),
            browser(),
        )
    if found is None:
        return _code_page(failed=True), 422
    response = welcome(found, target)
    cookies.forget(response, STEP_COOKIE)
    return response


@blueprint.post("/sign-in/demo")
@public
def enter_demo() -> ResponseReturnValue:
    """One click, and only in the demonstration."""
    if not context.services().settings.demo:
        abort(404)
    clock = context.services().clock
    login = request.form.get("login", "")
    with context.transaction() as tx:
        found = credentials.sign_in_demo(tx, clock, login, browser())
    if found is None:
        log.warning("a sign-in was refused", extra={"how": "demo"})
        return _page(failed=True), 422
    return welcome(found, safe_next(request.form.get("next")))


@blueprint.post("/sign-out")
@authenticated
@before_new_password
@before_second_step
def leave() -> ResponseReturnValue:
    with context.transaction() as tx:
        sessions.sign_out(tx, session_token())
    response = redirect("/sign-in", 303)
    cookies.forget(response, SESSION_COOKIE)
    # The browser forgets what it kept of the pages, for the next person at it.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def welcome(signed_in: SignedIn, target: str | None) -> Response:
    said = {"user": str(signed_in.user_id), "how": signed_in.how}
    log.info("signed in", extra=said)
    before = session_token()
    if before:  # what the cookie is written over would live on without its browser
        with context.transaction() as tx:
            sessions.sign_out(tx, before)
    return keep_session(make_response(redirect(target or "/", 303)), signed_in.token)


def browser() -> str:
    """What the browser says of itself, for the page of one's sessions."""
    return request.user_agent.string


def _page(
    *,
    failed: bool = False,
    over: FirstPasswordOver | None = None,
    next: str | None = None,
) -> Response:
    demo: list[DemoPerson] = []
    if context.services().settings.demo:
        with context.transaction() as tx:
            demo = _demo_people(people.demo_people(tx))
    return _fresh(
        render_template(
            "sign_in.html",
            failed=failed,
            over=over,
            next=next,
            login="",
            demo_people=demo,
        )
    )


def _code_page(*, failed: bool = False) -> Response:
    return _fresh(render_template("sign_in_code.html", failed=failed))


def _fresh(page: str) -> Response:
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _to_second_step(step: SecondStep, target: str | None) -> Response:
    told = json.dumps([str(step.user_id), step.proof, target])
    response = make_response(redirect(url_for("sign_in.code"), 303))
    sealed = context.sealer(STEP_PURPOSE).seal(told, context.services().clock.now())
    cookies.keep(response, STEP_COOKIE, sealed)
    return response


def _step() -> tuple[SecondStep, str | None] | None:
    """Who owes the code, and where they go then; None: nobody, or too long ago."""
    sealed = cookies.read(STEP_COOKIE) or ""
    now = context.services().clock.now()
    told = context.sealer(STEP_PURPOSE).open(sealed, now, STEP_LASTS)
    if told is None:
        return None
    user_id, proof, target = json.loads(told)
    return SecondStep(uuid.UUID(user_id), proof), target


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
