"""Programs that act for an account: its tokens, and for administrators its webhooks.

A token is shown in the answer that made it, once: it is in no address and no cookie.
"""

import logging
import uuid

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server import program_lists
from server.auth import require
from server.context import caller, services, transaction
from server.i18n import gettext, lazy_gettext, ngettext
from server.sorting import Order
from server.words import Words
from workflows import people_list, tokens, webhooks
from workflows.model import InputRefused, Page, Role
from workflows.tokens import TokenRow

_ = lazy_gettext
OWNERS = (
    Role.CLERK,
    Role.SUPERVISOR,
    Role.DESIGNER,
    Role.ADMINISTRATOR,
    Role.SERVICE,
)
DAYS = (7, 30, tokens.DAYS_USUAL, 180, tokens.DAYS_MOST)
TOKEN_STATES: Words = {
    "live": _("valid"),
    "expired": _("expired"),
    "revoked": _("revoked"),
}
PROBLEMS = {
    "label": _("Say what the token is for, in 100 letters at most."),
    "days": _("Choose how long it works."),
}

LIVE = "state"  # its own order: what works first, each the newest first
TOKENS = Order[TokenRow](
    LIVE,
    {
        "label": lambda row: row.label,
        "state": lambda row: tuple(TOKEN_STATES).index(row.state),
        "made": lambda row: row.created_at,
        "ends": lambda row: (row.expires_at is None, row.expires_at),
        "used": lambda row: row.last_used_at,
    },
)

log = logging.getLogger(__name__)
blueprint = Blueprint("programs", __name__)
program_lists.register(blueprint)


@blueprint.get("/account/tokens")
@require(*OWNERS)
def mine() -> str:
    return _page(caller().user_id)


@blueprint.post("/account/tokens")
@require(*OWNERS)
def make_mine() -> ResponseReturnValue:
    return _made(caller().user_id)


@blueprint.get("/account/tokens/<uuid:token_id>/revoke")
@require(*OWNERS)
def ask_revoke_mine(token_id: uuid.UUID) -> str:
    return _ask_revoke(caller().user_id, token_id)


@blueprint.post("/account/tokens/<uuid:token_id>/revoke")
@require(*OWNERS)
def revoke_mine(token_id: uuid.UUID) -> ResponseReturnValue:
    _revoke(caller().user_id, token_id)
    return redirect(url_for("programs.mine", said="revoked"), 303)


@blueprint.get("/people/<uuid:user_id>/tokens")
@require(Role.ADMINISTRATOR)
def of_person(user_id: uuid.UUID) -> str:
    return _page(user_id)


@blueprint.post("/people/<uuid:user_id>/tokens")
@require(Role.ADMINISTRATOR)
def make(user_id: uuid.UUID) -> ResponseReturnValue:
    return _made(user_id)


@blueprint.get("/people/<uuid:user_id>/tokens/<uuid:token_id>/revoke")
@require(Role.ADMINISTRATOR)
def ask_revoke(user_id: uuid.UUID, token_id: uuid.UUID) -> str:
    return _ask_revoke(user_id, token_id)


@blueprint.post("/people/<uuid:user_id>/tokens/<uuid:token_id>/revoke")
@require(Role.ADMINISTRATOR)
def revoke(user_id: uuid.UUID, token_id: uuid.UUID) -> ResponseReturnValue:
    _revoke(user_id, token_id)
    aim = url_for("programs.of_person", user_id=user_id, said="revoked")
    return redirect(aim, 303)


@blueprint.post("/programs/webhooks/<uuid:webhook_id>/enable")
@require(Role.ADMINISTRATOR)
def enable(webhook_id: uuid.UUID) -> ResponseReturnValue:
    with transaction() as tx:
        webhooks.enable(tx, services().clock, caller(), webhook_id)
    return redirect(url_for("programs.programs", said="enabled"), 303)


@blueprint.get("/programs/webhooks/<uuid:webhook_id>/delete")
@require(Role.ADMINISTRATOR)
def ask_delete(webhook_id: uuid.UUID) -> str:
    with transaction() as tx:
        hook = webhooks.get(tx, caller(), webhook_id)
    return render_template(
        "people/program_end.html",
        aim=request.path,
        back=(url_for("programs.programs"), gettext("Programs")),
        section="people",
        name=hook.url,
        title=gettext("Delete the webhook?"),
        told=gettext(
            "It is told nothing more, not even what waits. To be told again its "
            "program makes a new one."
        ),
        word=gettext("Delete"),
    )


@blueprint.post("/programs/webhooks/<uuid:webhook_id>/delete")
@require(Role.ADMINISTRATOR)
def delete(webhook_id: uuid.UUID) -> ResponseReturnValue:
    with transaction() as tx:
        webhooks.remove(tx, services().clock, caller(), webhook_id)
    return redirect(url_for("programs.programs", said="deleted"), 303)


def _made(user_id: uuid.UUID) -> ResponseReturnValue:
    label, days = request.form.get("label", ""), request.form.get("days", "")
    try:
        with transaction() as tx:
            token = tokens.create_for(
                tx,
                services().clock,
                caller(),
                user_id,
                days=int(days) if days.isascii() and days.isdigit() else 0,
                label=label,
            )
    except InputRefused as refused:
        field = str(refused.data["field"])
        return _page(user_id, {field: str(PROBLEMS[field])}), 422
    _tell("token_made", user_id)
    return _page(user_id, token=token)


def _ask_revoke(user_id: uuid.UUID, token_id: uuid.UUID) -> str:
    is_mine, clock = user_id == caller().user_id, services().clock
    with transaction() as tx:
        found = tokens.live(tx, clock, caller(), user_id, token_id)
    back = (
        (url_for("programs.mine"), gettext("My tokens"))
        if is_mine
        else (url_for("programs.of_person", user_id=user_id), gettext("Tokens"))
    )
    return render_template(
        "people/program_end.html",
        aim=request.path,
        back=back,
        name=f"{found.label} ({found.hint}…)".strip(),
        section=None if is_mine else "people",
        title=gettext("Revoke the token?"),
        told=gettext(
            "The program that has it is let in no more. To let it in again, make a new "
            "token and give it to the program."
        ),
        word=gettext("Revoke"),
    )


def _revoke(user_id: uuid.UUID, token_id: uuid.UUID) -> None:
    with transaction() as tx:
        tokens.revoke_for(tx, services().clock, caller(), user_id, token_id)
    _tell("token_revoked", user_id)


def _tell(what: str, user_id: uuid.UUID) -> None:
    log.info(
        "an account was changed",
        extra={"change": what, "user": str(user_id), "by": str(caller().user_id)},
    )


def _page(
    user_id: uuid.UUID, problems: dict[str, str] | None = None, token: str = ""
) -> str:
    is_mine, clock = user_id == caller().user_id, services().clock
    with transaction() as tx:
        person = None if is_mine else people_list.get(tx, clock, caller(), user_id)

        def part(limit: int, cursor: str | None) -> Page[TokenRow]:
            return tokens.of_user(
                tx, clock, caller(), user_id, limit=limit, cursor=cursor
            )

        found = TOKENS.page(part, request.args.get("cursor") or None)
    return render_template(
        "account/tokens.html",
        days=[(str(one), ngettext("%(num)s day", "%(num)s days", one)) for one in DAYS],
        is_changed=person is None or person.is_whole,
        person=person.row if person else None,
        problems=problems or {},
        found=found,
        section="people" if person else None,
        soon=clock.now() + program_lists.SOON,
        states=TOKEN_STATES,
        token=token,
        typed=request.form if problems else {"days": str(tokens.DAYS_USUAL)},
    )
