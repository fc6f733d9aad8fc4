"""What was typed is kept, whatever becomes of its form: as a draft, or in a page.

A form may come too late: its sign-in has ended, or was begun anew meanwhile. Nothing is
done with it then but to keep what was typed; `auth.keeps` asks for that, and only for a
form that a page of ours sent.
"""

import re
import uuid

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from server import i18n, rendering
from server.auth import FORM_FIELD, csrf_token
from server.context import caller, caller_or_none, transaction, world
from server.desk import typed
from server.i18n import gettext
from workflows import drafts, tasks
from workflows.model import RasimError

CHOICE = re.compile(r"[a-z0-9_.\-]*")


def keep(
    task_id: uuid.UUID, sent: MultiDict[str, str] | None = None
) -> drafts.Draft | None:
    """Save what the request sends as the caller's draft; None: there is nothing to.

    `sent` is that together with the documents that its files have become.
    """
    with transaction() as tx:
        form, _ = tasks.form(tx, world(), caller(), task_id)
        fields = typed.posted(form, sent)
        return drafts.save(tx, world(), caller(), task_id, fields)


def keep_beside(task_id: uuid.UUID, sent: MultiDict[str, str]) -> None:
    """Answers came along with something else: they are kept, if there are any."""
    with transaction() as tx:
        form, _ = tasks.form(tx, world(), caller(), task_id)
        fields = typed.posted(form, sent)
        is_typed = any(one.strip() for values in fields.values() for one in values)
        if is_typed or drafts.get(tx, caller(), task_id) is not None:
            drafts.save(tx, world(), caller(), task_id, fields)


def kept(task_id: uuid.UUID) -> tuple[Response, int]:
    """Save, and say so to the page's script, with the token that its forms need now."""
    try:
        draft = keep(task_id)
    except RasimError as error:
        told = gettext("Not saved: %(reason)s", reason=i18n.say(error))
        return jsonify(said=told), 422
    if draft is None:
        said = gettext("Sent already")
    elif draft.is_late:
        said = gettext(
            "The task is over: these answers cannot be sent. They are kept as your "
            "draft; open the task anew."
        )
    else:
        said = gettext("Saved %(when)s", when=i18n.clock_time(draft.saved_at))
    is_late = draft is not None and draft.is_late
    return jsonify(said=said, token=csrf_token()), 409 if is_late else 200


def is_asked_by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def answers(task_id: uuid.UUID) -> ResponseReturnValue:
    """Answers become a draft; for nobody signed in, a page that keeps them for now."""
    if caller_or_none() is None:
        return signed_out()
    keep(task_id)
    return redirect(url_for("desk.task", task_id=task_id, said="kept"), 303)


def beside(task_id: uuid.UUID) -> ResponseReturnValue | None:
    """A document comes with answers where no script runs; else with nothing to keep."""
    return None if rendering.is_fragment() else answers(task_id)


def fields(task_id: uuid.UUID) -> ResponseReturnValue:
    """The questions stay as they are: the line of the draft says what is the matter."""
    return "", 204


def draft(task_id: uuid.UUID) -> ResponseReturnValue | None:
    """A draft is kept as if its token were good; its page is told the new one."""
    if not is_asked_by_script():
        return answers(task_id)
    return kept(task_id) if caller_or_none() else None


def signed_out() -> tuple[str, int]:
    """What was typed, in a form that sends it again after signing in elsewhere."""
    fields = [
        (name, value)
        for name, values in request.form.lists()
        if name != FORM_FIELD
        for value in values
    ]
    # Who is not signed in is told no questions; a choice without its own says nothing.
    values = [value for _, value in fields if not CHOICE.fullmatch(value.strip())]
    return render_template("desk/signed_out.html", fields=fields, typed=values), 401
