"""That it is still the owner who sits there: the password, asked for once more."""

import logging

from flask import request

from server.context import caller, services, transaction
from server.i18n import gettext
from workflows import credentials

log = logging.getLogger(__name__)


def is_given() -> bool:
    """Whether the form's `current` is the caller's password; failures count."""
    with transaction() as tx:
        found = credentials.is_confirmed(
            tx, services().clock, caller(), request.form.get("current", "")
        )
    if not found:
        log.warning("a password was not confirmed")
    return found


def refusal() -> str:
    return gettext(
        "This is not your password. After ten failures wait a quarter of an hour."
    )
