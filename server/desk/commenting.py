"""Comments on a case, and the page of those that mention me."""

import uuid

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from server import i18n, uploads
from server.auth import FORM_FIELD, keeps, require
from server.context import caller, caller_or_none, transaction, world
from server.desk import answering, conflicts, safekeeping
from server.edge import body_limit
from server.i18n import gettext
from server.sections import STAFF
from workflows import comments, instances
from workflows.comments import MOST_LETTERS, MentionUnknown
from workflows.model import DatabaseUnavailable, InputRefused, NotAllowed, NotFound

PAGE = 20
# As the inputs are called: beside answers to a form, no question is named so.
TEXT, PERSON, TASK = "-text", "-mention", "-task"
OWN = frozenset({TEXT, PERSON, TASK, FORM_FIELD})


def register(blueprint: Blueprint) -> None:
    for rule, name, view, method in (
        ("/cases/<uuid:instance_id>/comments", "comments", show, "GET"),
        ("/cases/<uuid:instance_id>/comments", "comment", add, "POST"),
        ("/comments/<uuid:comment_id>/remove", "comment_remove", remove, "POST"),
        ("/mentions", "mentions", mentions, "GET"),
        ("/mentions/<uuid:comment_id>", "mention", follow, "GET"),
        ("/mentions/seen", "mentions_seen", seen, "POST"),
    ):
        blueprint.add_url_rule(rule, name, view, methods=[method])
    blueprint.app_context_processor(lambda: {"unseen_mentions": unseen_mentions})


def unseen_mentions() -> int:
    """How many mentions the reader has not opened; asked once for each answer."""
    reader = caller_or_none()
    if reader is None or not reader.has(*STAFF):
        return 0
    if "unseen_mentions" not in g:
        try:
            with transaction() as tx:
                g.unseen_mentions = comments.unseen(tx, reader)
        except DatabaseUnavailable:  # the page of an error must come all the same
            g.unseen_mentions = 0
    return int(g.unseen_mentions)


@require(*STAFF)
def show(instance_id: uuid.UUID) -> str:
    """The comments of a case by themselves, with room to write one."""
    return _page(instance_id)


def sent_late(instance_id: uuid.UUID) -> ResponseReturnValue:
    """A comment whose sign-in has ended, or was begun anew: it can be sent again."""
    if caller_or_none() is None:
        return safekeeping.signed_out()
    _keep_answers()
    return _page(instance_id, gettext("It was not sent. Send it once more.")), 422


@keeps(sent_late)
@body_limit(uploads.some_files)
@require(*STAFF)
def add(instance_id: uuid.UUID) -> Response | tuple[str, int]:
    """Add it; answers to the task's form that come with it, as they do without
    scripts, are kept.
    """
    task_id = _task_id()
    person = request.form.get(PERSON, "")
    _keep_answers()
    try:
        with transaction() as tx:
            made = comments.add(
                tx,
                world(),
                caller(),
                instance_id,
                request.form.get(TEXT, ""),
                mentioned=[person] if person else [],
                task_id=task_id,
            )
    except MentionUnknown as error:
        return _page(instance_id, i18n.say(error)), 422
    except InputRefused:
        return _page(instance_id, _wrong_length()), 422
    except conflicts.AGAIN as error:
        return conflicts.again(error)
    if task_id is not None:
        address = url_for("desk.task", task_id=task_id, said="commented")
    else:
        address = url_for("desk.case", instance_id=instance_id, said="commented")
    return redirect(f"{address}#comment-{made}")


@body_limit(uploads.some_files)
@require(*STAFF)
def remove(comment_id: uuid.UUID) -> Response:
    _keep_answers()
    with transaction() as tx:
        case_id = comments.remove(tx, world(), caller(), comment_id)
    task_id = _task_id()
    if task_id is not None:
        return redirect(f"{url_for('desk.task', task_id=task_id)}#comments")
    return redirect(f"{url_for('desk.case', instance_id=case_id)}#comments")


@require(*STAFF)
def mentions() -> str:
    with transaction() as tx:
        cursor = request.args.get("cursor")
        page = comments.mentioning(tx, caller(), limit=PAGE, cursor=cursor)
    return render_template("desk/mentions.html", page=page, section="mentions")


@require(*STAFF)
def follow(comment_id: uuid.UUID) -> Response:
    """To the comment, which is seen from now on."""
    with transaction() as tx:
        case_id = comments.see(tx, world().clock, caller(), comment_id)
        cursor = comments.place_of(tx, caller(), comment_id)
    page = "desk.case" if cursor is None else "desk.comments"
    address = url_for(page, instance_id=case_id, cursor=cursor)
    return redirect(f"{address}#comment-{comment_id}")


@require(*STAFF)
def seen() -> Response:
    with transaction() as tx:
        comments.see(tx, world().clock, caller(), None)
    return redirect(url_for("desk.mentions"))


def _page(instance_id: uuid.UUID, error: str = "") -> str:
    with transaction() as tx:
        case = instances.get(tx, caller(), instance_id)
        cursor = request.args.get("cursor")
        clock = world().clock
        said = comments.of_case(tx, clock, caller(), instance_id, cursor=cursor)
        readers = comments.readers(tx, caller(), instance_id)
    return render_template(
        "desk/comments.html",
        chosen=request.form.get(PERSON, ""),
        comments=said,
        error=error,
        instance=case,
        readers=readers,
        section="cases",
        task_id=_task_id(),
        text=request.form.get(TEXT, ""),
    )


def _wrong_length() -> str:
    told = gettext("Write something, of at most %(most)s letters.")
    return told % {"most": i18n.number(MOST_LETTERS)}


def _task_id() -> uuid.UUID | None:
    """The task on whose page the comment was written, if there was one."""
    told = request.form.get(TASK) or request.args.get("task", "")
    try:
        return uuid.UUID(told)
    except ValueError:
        return None


def _keep_answers() -> None:
    """What was typed into the form of the task on whose page a button was pressed."""
    task_id = _task_id()
    if task_id is not None and len(request.form.keys() - OWN) > 0:
        try:
            safekeeping.keep_beside(task_id, answering.sent(task_id).posted)
        except (NotFound, NotAllowed):
            return  # it is no task of theirs, or none any more: nothing to keep it for
