"""The page of programs: webhooks and tokens of one's offices, sorted, as files too."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from werkzeug import Response

from server import exports, moments, words
from server.auth import require
from server.context import caller, services, transaction
from server.i18n import gettext, lazy_gettext
from server.sorting import Order, Part
from server.words import Words
from workflows import tokens, webhooks
from workflows.model import Page, Role
from workflows.tokens import TokenRow
from workflows.webhooks import WebhookRow

_ = lazy_gettext
SOON = timedelta(days=14)  # in which a token's end is near: time to make the next
STATES: Words = {
    "active": _("works"),
    "failing": _("nothing arrives"),
    "disabled": _("turned off"),
}
BECAUSE: Words = {
    "failing": _(
        "Nothing has arrived for days. See to the receiver, then turn it on again."
    ),
    "gone": _("The receiver wants to be told nothing more."),
    "rights": _("Its owner may not see this any more."),
}
NEED = ("disabled", "failing", "active")
# The two lists of the page share the address: a name tells which one is meant.
HOOKS = Order[WebhookRow](
    "hook_state",
    {
        "hook_url": lambda row: row.url,
        "hook_owner": lambda row: row.owner_name or row.owner,
        "hook_state": lambda row: NEED.index(row.state),
        "hook_waiting": lambda row: row.waiting,
        "hook_failed": lambda row: row.failed,
    },
)
TOKENS = Order[TokenRow](
    "token_ends",
    {
        "token_owner": lambda row: row.name or row.login,
        "token_label": lambda row: row.label,
        # What never ends is last.
        "token_ends": lambda row: (row.expires_at is None, row.expires_at),
        "token_used": lambda row: row.last_used_at,
    },
)


def register(blueprint: Blueprint) -> None:
    rule = blueprint.add_url_rule
    rule("/programs", "programs", programs)
    rule("/programs/webhooks.csv", "webhooks_csv", webhooks_csv)
    rule("/programs/tokens.csv", "tokens_csv", tokens_csv)


@require(Role.ADMINISTRATOR)
def programs() -> str:
    with transaction() as tx:
        found = TOKENS.page(_tokens(tx), _cursor("tokens"))
        hooks = HOOKS.page(_hooks(tx), _cursor("hooks"))
    return render_template(
        "people/programs.html",
        because=BECAUSE,
        hooks=hooks,
        section="people",
        soon=services().clock.now() + SOON,
        tokens=found,
        webhook_states=STATES,
    )


@require(Role.ADMINISTRATOR)
def webhooks_csv() -> Response:
    """The list as it is sorted, whole."""
    with transaction() as tx:
        found = HOOKS.whole(_hooks(tx))
    head = [
        gettext("Address"),
        gettext("Account"),
        gettext("User name"),
        gettext("State"),
        gettext("Reason"),
        gettext("Nothing arrives since"),
        gettext("Waiting"),
        gettext("Given up"),
        gettext("Made"),
    ]
    rows = [
        [
            row.url,
            row.owner_name,
            row.owner,
            words.of(STATES, row.state),
            words.of(BECAUSE, row.because) if row.because else "",
            moments.exact(row.failing_since) if row.failing_since else "",
            str(row.waiting),
            str(row.failed),
            moments.exact(row.created_at),
        ]
        for row in found
    ]
    return exports.csv_file("webhooks", head, rows)


@require(Role.ADMINISTRATOR)
def tokens_csv() -> Response:
    """The list as it is sorted, whole; of a token no more than its first letters."""
    with transaction() as tx:
        found = TOKENS.whole(_tokens(tx))
    head = [
        gettext("Account"),
        gettext("User name"),
        gettext("What it is for"),
        gettext("Begins with"),
        gettext("Made"),
        gettext("Ends"),
        gettext("Last use"),
    ]
    rows = [
        [
            row.name,
            row.login,
            row.label,
            row.hint,
            moments.exact(row.created_at),
            moments.exact(row.expires_at) if row.expires_at else "",
            moments.exact(row.last_used_at) if row.last_used_at else "",
        ]
        for row in found
    ]
    return exports.csv_file("tokens", head, rows)


def _hooks(tx: sa.Connection) -> Part[WebhookRow]:
    def part(limit: int, cursor: str | None) -> Page[WebhookRow]:
        return webhooks.search(tx, caller(), sort="state", limit=limit, cursor=cursor)

    return part


def _tokens(tx: sa.Connection) -> Part[TokenRow]:
    def part(limit: int, cursor: str | None) -> Page[TokenRow]:
        return tokens.of_people(
            tx, services().clock, caller(), limit=limit, cursor=cursor
        )

    return part


def _cursor(name: str) -> str | None:
    """Where a list goes on: one of the two is read on at a time."""
    if request.args.get("list") != name:
        return None
    return request.args.get("cursor") or None
