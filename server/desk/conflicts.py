"""What was not done with a task, told so that nothing typed is lost: why, by whom."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import Response, make_response, render_template, request

from server import errors, i18n, moments
from server.auth import FORM_FIELD
from server.context import caller, transaction, world
from server.desk import safekeeping, typed
from server.exports import every
from server.i18n import gettext
from workflows import drafts, history, people, tasks
from workflows.duties import DutyRefused
from workflows.engine import SavedByOther
from workflows.model import (
    DatabaseUnavailable,
    MoveRefused,
    NotAllowed,
    RasimError,
    TaskState,
)
from workflows.task_rights import HeldByOther, NoneToReturnTo, TaskOver
from workflows.task_rows import OPEN, TaskRow

# What a task's page answers itself, with what was typed; all else is told as usual.
AGAIN = (DatabaseUnavailable, SavedByOther)
OURS = (MoveRefused, NotAllowed, *AGAIN)
TAKEN = ("task.claimed", "task.assigned", "task.delegated", "task.brought_back")
GIVEN = ("task.assigned", "task.delegated")
PAGE = 200


@dataclass(frozen=True)
class Taken:
    """How a task came to its holder."""

    at: datetime
    by: str  # name
    is_given: bool  # somebody gave it to the holder


def page(error: RasimError, task_id: uuid.UUID, *, is_answer: bool = False) -> Response:
    """The page in place of what was asked for; `is_answer`: a form was sent."""
    if isinstance(error, AGAIN):
        return again(error)
    with transaction() as tx:
        row = tasks.get(tx, world(), caller(), task_id)
        form, _ = tasks.form(tx, world(), caller(), task_id)
        sentence = _sentence(tx, error, row)
    facts = typed.told(form, typed.posted(form)) if is_answer else []
    kept = _kept(task_id) if facts else None
    body = render_template(
        "desk/not_done.html",
        facts=facts,
        is_kept=kept is not None,
        is_open=row.state in OPEN,
        is_sent=is_answer,
        row=row,
        section="tasks",
        sentence=sentence,
        title=_title(error, is_sent=is_answer),
    )
    # To a reader it is no matter of rights that somebody else took the task meanwhile.
    is_late = isinstance(error, HeldByOther)
    return make_response(body, 409 if is_late else errors.kind_of(error).status)


def again(error: RasimError) -> Response:
    """The database gives no answer just now: the same is sent again by a button."""
    fields = [
        (name, value)
        for name, values in request.form.lists()
        if name != FORM_FIELD
        for value in values
    ]
    body = render_template(
        "desk/not_now.html",
        fields=fields,
        section="tasks",
        sentence=i18n.say(error),
    )
    headers = {"Retry-After": str(errors.RETRY_AFTER_SECONDS)}
    return make_response(body, errors.kind_of(error).status, headers)


def _kept(task_id: uuid.UUID) -> drafts.Draft | None:
    """What was typed becomes a draft, where it may; the page shows it in any case."""
    try:
        return safekeeping.keep(task_id)
    except RasimError:
        return None


def _title(error: RasimError, *, is_sent: bool) -> str:
    if isinstance(error, DutyRefused):
        return gettext("Another person must do this")
    if isinstance(error, NotAllowed) and not isinstance(error, HeldByOther):
        return gettext("You may not do this")
    if isinstance(error, NoneToReturnTo):
        return gettext("The task cannot be brought back")
    if is_sent:
        return gettext("Your answers were not sent")
    return gettext("Somebody was faster")


def _sentence(tx: sa.Connection, error: RasimError, row: TaskRow) -> str:
    if isinstance(error, TaskOver):
        return over(error)
    if isinstance(error, NoneToReturnTo):
        return i18n.say(error)
    if isinstance(error, HeldByOther) or (
        isinstance(error, MoveRefused) and row.state == TaskState.CLAIMED
    ):
        return held(row, taken(tx, row))
    return i18n.say(error)


def over(error: TaskOver) -> str:
    """Who ended a task, and when."""
    at, who = error.data["at"], error.data["who"]
    when = moments.moment(at, world().clock.now()) if isinstance(at, datetime) else ""
    if error.data["state"] == TaskState.CANCELED or who is None:
        return gettext(
            "The case went another way: this task is not needed any more (%(when)s).",
            when=when,
        )
    if error.data["login"] == caller().login:
        return gettext(
            "You have completed this task already: %(when)s. Other answers to it "
            "cannot be taken.",
            when=when,
        )
    return gettext("%(who)s completed this task: %(when)s.", who=who, when=when)


def held(row: TaskRow, how: Taken | None) -> str:
    """Who has a task, and since when."""
    who = row.assignee_name
    if how is None:
        return gettext("%(who)s has this task.", who=who)
    when = moments.moment(how.at, world().clock.now())
    if how.is_given:
        return gettext(
            "%(who)s has this task: %(by)s gave it to them %(when)s.",
            who=who,
            by=how.by,
            when=when,
        )
    return gettext("%(who)s took this task: %(when)s.", who=who, when=when)


def taken(tx: sa.Connection, row: TaskRow) -> Taken | None:
    """How the task came to who has it now; None where the history does not say."""
    found: history.EventRow | None = None
    for event in every(
        lambda cursor: history.events(
            tx, caller(), row.instance_id, limit=PAGE, cursor=cursor
        )
    ):
        if event.type in TAKEN and _is_of(event.detail, row.id):
            found = event
    if found is None:
        return None
    name = people.names_of(tx, [found.actor]).get(found.actor, found.actor)
    return Taken(found.at, name, found.type in GIVEN)


def _is_of(detail: Mapping[str, object] | None, task_id: uuid.UUID) -> bool:
    return detail is not None and detail.get("task") == str(task_id)
