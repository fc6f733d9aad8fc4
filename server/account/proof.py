"""That it is still the owner who sits there: the password, asked for once more."""

import logging
from datetime import timedelta

from flask import request

from server.context import caller, sealer, services, transaction
from server.i18n import gettext
from workflows import credentials

SLIP = "slip"  # the field of a form that follows one with the password
SLIP_PURPOSE = "password told"
SLIP_LASTS = timedelta(minutes=15)

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


def is_missing() -> bool:
    """Whether the caller has a password, and the form does not tell it."""
    return has_password() and not is_given()


def has_password() -> bool:
    """Whether there is one to be asked for."""
    with transaction() as tx:
        return credentials.has_password(tx, caller().user_id)


def slip() -> str:
    """For the next form of who has just told the password, in place of telling it."""
    now = services().clock.now()
    return sealer(SLIP_PURPOSE).seal(str(caller().user_id), now)


def has_slip() -> bool:
    """Whether the form has a slip of the caller's that still counts."""
    told, now = request.form.get(SLIP, ""), services().clock.now()
    return sealer(SLIP_PURPOSE).open(told, now, SLIP_LASTS) == str(caller().user_id)


def refusal() -> str:
    return gettext(
        "This is not your password. After ten failures wait a quarter of an hour."
    )
