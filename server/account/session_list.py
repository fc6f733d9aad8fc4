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
from workflows import sessions
from workflows.model import NotFound
from workflows.sessions import SessionRow


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/sessions", "sessions", show)
    blueprint.add_url_rule("/sessions/end", "ask_end", ask_end)
    blueprint.add_url_rule("/sessions/end", "end_sessions", end, methods=["POST"])


@authenticated
def show() -> str:
    return render_template("account/sessions.html", rows=_rows(), browser=browser_name)


@authenticated
def ask_end() -> str:
    return _ask()


@authenticated
def end() -> ResponseReturnValue:
    """End the session that the address names, or all but this one."""
    session_id = _named()
    if proof.is_missing():
        return _ask(proof.refusal()), 422
    with transaction() as tx:
        if session_id is None:
            sessions.end_all(tx, caller().user_id, but=session_token())
        else:
            sessions.end(tx, caller().user_id, session_id)
    said = "others" if session_id is None else "ended"
    return redirect(url_for("account.sessions", said=said), 303)


def _named() -> uuid.UUID | None:
    told = request.args.get("session")
    try:
        return uuid.UUID(told) if told else None
    except ValueError as error:
        raise NotFound(kind="session", key=told) from error


def _rows() -> list[SessionRow]:
    with transaction() as tx:
        user_id, clock = caller().user_id, services().clock
        return sessions.of_user(tx, clock, user_id, session_token())


def _ask(problem: str = "") -> str:
    session_id = _named()
    rows = [row for row in _rows() if not row.is_this]
    if session_id is not None:
        rows = [row for row in rows if row.id == session_id]
        if not rows:
            raise NotFound(kind="session", key=session_id)
    one, all_ = gettext("End this session?"), gettext("End all the others?")
    return render_template(
        "account/sessions_end.html",
        aim=url_for("account.end_sessions", session=session_id),
        back=(url_for("account.sessions"), gettext("My sessions")),
        browser=browser_name,
        has_password=proof.has_password(),
        problem=problem,
        rows=rows,
        title=one if session_id else all_,
        told="",
    )
