"""One's own account: password, second step, sessions, absence."""

from datetime import date

from flask import Blueprint

from server import i18n
from server.account import (
    absence,
    another_telephone,
    codes,
    overview,
    password,
    session_list,
)

blueprint = Blueprint("account", __name__, url_prefix="/account")
for part in (overview, password, codes, another_telephone, session_list, absence):
    part.register(blueprint)


@blueprint.app_template_global("days")
def days(first: date, last: date) -> str:
    """Days from one to another, both included; one day is itself."""
    told = i18n.day(first)
    return told if first == last else f"{told} – {i18n.day(last)}"
