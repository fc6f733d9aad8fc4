"""One's own sessions: where one is signed in, and the end of what is not wanted.

To end others the password is asked for once more, where there is one: who finds a
browser open does not lock its owner out (ASVS 5.0, 7.5.2).
"""

import uuid

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.account import proof
from server.auth import authenticated, session_token
from server.browsers import browser_name
from server.context import caller, services, transaction
from server.i18n import gettext
from workflows import credentials, sessions
from workflows.model import NotFound
from workflows.sessions import SessionRow


def register(blueprint: Blueprint) -> None:
    one, others = "/sessions/<uuid:session_id>/end", "/sessions/end-others"
    blueprint.add_url_rule("/sessions", "sessions", show)
    blueprint.add_url_rule(one, "ask_end_session", ask_end)
    blueprint.add_url_rule(one, "end_session", end, methods=["POST"])
    blueprint.add_url_rule(others, "ask_end_others", ask_end_others)
    blueprint.add_url_rule(others, "end_others", end_others, methods=["POST"])


@authenticated
def show() -> str:
    return render_template("account/sessions.html", rows=_rows(), browser=browser_name)


@authenticated
def ask_end(session_id: uuid.UUID) -> str:
    return _ask_one(session_id)


@authenticated
def end(session_id: uuid.UUID) -> ResponseReturnValue:
    if not _is_proven():
        return _ask_one(session_id, proof.refusal()), 422
    with transaction() as tx:
        sessions.end(tx, caller().user_id, session_id)
    return redirect(url_for("account.sessions", said="ended"), 303)


@authenticated
def ask_end_others() -> str:
    return _ask_others()


@authenticated
def end_others() -> ResponseReturnValue:
    if not _is_proven():
        return _ask_others(proof.refusal()), 422
    with transaction() as tx:
        sessions.end_all(tx, caller().user_id, but=session_token())
    return redirect(url_for("account.sessions", said="others"), 303)


def _rows() -> list[SessionRow]:
    with transaction() as tx:
        user_id, clock = caller().user_id, services().clock
        return sessions.of_user(tx, clock, user_id, session_token())


def _is_proven() -> bool:
    return not _has_password() or proof.is_given()


def _has_password() -> bool:
    with transaction() as tx:
        return credentials.has_password(tx, caller().user_id)


def _ask_one(session_id: uuid.UUID, problem: str = "") -> str:
    found = [row for row in _rows() if row.id == session_id and not row.is_this]
    if not found:
        raise NotFound(kind="session", key=session_id)
    return _ask(gettext("End this session?"), found, problem)


def _ask_others(problem: str = "") -> str:
    found = [row for row in _rows() if not row.is_this]
    return _ask(gettext("End all the others?"), found, problem)


def _ask(title: str, rows: list[SessionRow], problem: str) -> str:
    return render_template(
        "account/sessions_end.html",
        aim=request.path,
        back=(url_for("account.sessions"), gettext("My sessions")),
        browser=browser_name,
        has_password=_has_password(),
        problem=problem,
        rows=rows,
        title=title,
        told="",
    )
