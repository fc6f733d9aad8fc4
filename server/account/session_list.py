"""One's own sessions: where one is signed in, and the end of what is not wanted."""

import uuid

from flask import Blueprint, redirect, render_template, url_for
from werkzeug import Response

from server.auth import authenticated, session_token
from server.context import caller, services, transaction
from server.i18n import gettext
from workflows import sessions

# In this order: each says of itself that it is the later ones, too.
BROWSERS = (
    ("YaBrowser", "Yandex"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/sessions", "sessions", show)
    blueprint.add_url_rule(
        "/sessions/<uuid:session_id>/end", "end_session", end, methods=["POST"]
    )
    blueprint.add_url_rule(
        "/sessions/end-others", "end_others", end_others, methods=["POST"]
    )


@authenticated
def show() -> str:
    with transaction() as tx:
        rows = sessions.of_caller(tx, services().clock, caller(), session_token())
    return render_template("account/sessions.html", rows=rows, browser=browser_name)


@authenticated
def end(session_id: uuid.UUID) -> Response:
    with transaction() as tx:
        sessions.end(tx, caller(), session_id)
    return redirect(url_for("account.sessions", said="ended"), 303)


@authenticated
def end_others() -> Response:
    with transaction() as tx:
        sessions.end_all(tx, caller().user_id, but=session_token())
    return redirect(url_for("account.sessions", said="others"), 303)


def browser_name(agent: str) -> str:
    """What a browser says of itself, in words: "Firefox, Windows"."""
    found = [
        next((name for mark, name in table if mark in agent), "")
        for table in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or gettext("an unknown browser")
