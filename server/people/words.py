"""Words for people, their accounts and what was done to them."""

from server.i18n import lazy_gettext
from server.words import ROLES, Words
from workflows.people_care import GIVEN

_ = lazy_gettext

STATES: Words = {
    "active": _("open account"),
    "locked": _("locked out"),
    "disabled": _("closed"),
}

KINDS: Words = {
    "ministry": _("ministry"),
    "region": _("region"),
    "district": _("district"),
    "school": _("school"),
    "operator": _("operator"),
}

CHANGES: Words = {
    "person_added": _("The account was made"),
    "role_given": _("A role was given"),
    "role_taken": _("A role was taken away"),
    "disabled": _("The account was closed"),
    "enabled": _("The account was opened again"),
    "first_password": _("A first password was given"),
    "password_changed": _("The password was changed"),
    "second_factor_on": _("The second step was turned on"),
    "second_factor_moved": _("The second step was set up on another telephone"),
    "second_factor_off": _("The second step was turned off"),
    "recovery_codes_renewed": _("New recovery codes were made"),
    "token_made": _("A token was made"),
    "token_revoked": _("A token was revoked"),
    "session_ended": _("A session was ended"),
    "sessions_ended": _("All sessions were ended"),
    "unlocked": _("The lock was taken off"),
    "identity_linked": _("The account was linked to a provider"),
    "substitute_named": _("A substitute was named"),
    "substitution_ended": _("A substitution was ended early"),
}


def given_roles() -> list[tuple[str, str]]:
    """(role, word) of what an administrator may give."""
    return [(str(role), str(ROLES[role])) for role in GIVEN]
