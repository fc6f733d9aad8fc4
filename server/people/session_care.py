"""Sessions as an administrator ends them: on a person's page, and all there are."""

import logging
import uuid

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.account import proof
from server.auth import require, session_token
from server.context import caller, services, transaction
from server.i18n import gettext, ngettext
from workflows import people_sessions
from workflows.model import Role

log = logging.getLogger(__name__)


def register(blueprint: Blueprint) -> None:
    path, every = "/people/<uuid:user_id>/sessions", "/sessions"
    blueprint.add_url_rule(f"{path}/end", "end_sessions", end_all, methods=["POST"])
    blueprint.add_url_rule(
        f"{path}/<uuid:session_id>/end", "end_session", end, methods=["POST"]
    )
    blueprint.add_url_rule(every, "everybodys", everybodys)
    blueprint.add_url_rule(every, "end_everybodys", end_everybodys, methods=["POST"])


@require(Role.ADMINISTRATOR)
def end(user_id: uuid.UUID, session_id: uuid.UUID) -> ResponseReturnValue:
    with transaction() as tx:
        people_sessions.end(tx, services().clock, caller(), user_id, session_id)
    _tell("session_ended", user=str(user_id))
    return _back(user_id, "session")


@require(Role.ADMINISTRATOR)
def end_all(user_id: uuid.UUID) -> ResponseReturnValue:
    with transaction() as tx:
        people_sessions.end_all(tx, services().clock, caller(), user_id)
    _tell("sessions_ended", user=str(user_id))
    return _back(user_id, "sessions")


@require(Role.ADMINISTRATOR)
def everybodys() -> str:
    return _page()


@require(Role.ADMINISTRATOR)
def end_everybodys() -> ResponseReturnValue:
    """The password is asked for once more, where there is one."""
    with transaction() as tx:
        people_sessions.everybodys(tx, services().clock, caller(), session_token())
    if proof.is_missing():
        return _page(proof.refusal()), 422
    with transaction() as tx:
        ended = people_sessions.end_everybodys(
            tx, services().clock, caller(), session_token()
        )
    _tell("everybodys_sessions_ended", sessions=ended.sessions, people=ended.people)
    return redirect(url_for("people.people", said="sessions"), 303)


def _page(problem: str = "") -> str:
    with transaction() as tx:
        clock = services().clock
        found = people_sessions.everybodys(tx, clock, caller(), session_token())
    told = gettext(
        "For when sessions or keys may have been stolen. Everybody signs in anew, and"
        " what they typed and did not save is lost. Your own session here goes on;"
        " programs work on with their tokens."
    )
    people = ngettext("%(num)s person", "%(num)s people", found.people)
    facts = [(gettext("Sessions now"), found.sessions), (gettext("Whose"), people)]
    return render_template(
        "account/sessions_end.html",
        aim=request.path,
        back=(url_for("people.people"), gettext("People")),
        facts=facts if found.sessions else [],
        has_password=proof.has_password(),
        problem=problem,
        rows=[],
        section="people",
        title=gettext("End the sessions of everybody?"),
        told=told,
    )


def _back(user_id: uuid.UUID, said: str) -> ResponseReturnValue:
    return redirect(url_for("people.person", user_id=user_id, said=said), 303)


def _tell(what: str, **told: str | int) -> None:
    said = {"change": what, "by": str(caller().user_id), **told}
    log.warning("sessions were ended by an administrator", extra=said)
