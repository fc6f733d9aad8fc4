"""Giving a task to somebody: assigned, handed over, brought back."""

import uuid
from collections.abc import Callable

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from forms import letters
from server.auth import require
from server.context import caller, transaction, world
from server.desk import conflicts
from server.i18n import gettext
from server.sections import WORKERS
from workflows import tasks
from workflows.model import InputRefused, NotAllowed
from workflows.tasks import NOTE_LETTERS

HANDED = "handed"


def register(blueprint: Blueprint) -> None:
    for path, name, view, method in (
        ("/people", "task_people", choose, "GET"),
        ("/assign", "assign", assign, "POST"),
        ("/delegate", "delegate", delegate, "POST"),
        ("/bring-back", "bring_back", bring_back, "POST"),
    ):
        rule = f"/tasks/<uuid:task_id>{path}"
        blueprint.add_url_rule(rule, name, view, methods=[method])


@require(*WORKERS)
def choose(task_id: uuid.UUID) -> str:
    """Whom the task may be given to; a search by name."""
    return _choice(task_id)


@require(*WORKERS)
def assign(task_id: uuid.UUID) -> Response | tuple[str, int]:
    return _give(
        task_id, lambda tx, login: tasks.assign(tx, world(), caller(), task_id, login)
    )


@require(*WORKERS)
def delegate(task_id: uuid.UUID) -> Response | tuple[str, int]:
    note = request.form.get("note", "")
    return _give(
        task_id,
        lambda tx, login: tasks.delegate(tx, world(), caller(), task_id, login, note),
        note,
    )


@require(*WORKERS)
def bring_back(task_id: uuid.UUID) -> Response | tuple[str, int]:
    try:
        with transaction() as tx:
            tasks.bring_back(tx, world(), caller(), task_id)
    except conflicts.OURS as error:
        return conflicts.page(error, task_id)
    return redirect(url_for("desk.task", task_id=task_id, said="brought-back"))


def _give(
    task_id: uuid.UUID, act: Callable[[sa.Connection, str], object], note: str = ""
) -> Response | tuple[str, int]:
    """Do it for the person who was chosen; else ask again, or tell who was faster."""
    login = request.form.get("person", "")
    if not login:
        return _choice(task_id, gettext("Choose a person.")), 422
    if len(letters.said(note)) > NOTE_LETTERS:
        told = gettext("The note is too long: at most %(most)s letters.")
        return _choice(task_id, told % {"most": NOTE_LETTERS}), 422
    try:
        with transaction() as tx:
            act(tx, login)
    except InputRefused:
        told = gettext("This person cannot be given the task. Choose another one.")
        return _choice(task_id, told), 422
    except conflicts.OURS as error:
        return conflicts.page(error, task_id)
    return redirect(url_for("desk.task", task_id=task_id, said=HANDED))


def _choice(task_id: uuid.UUID, error: str = "") -> str:
    text = request.values.get("q", "")
    with transaction() as tx:
        row = tasks.get(tx, world(), caller(), task_id)
        rights = tasks.rights(tx, world(), caller(), task_id)
        if not (rights.may_delegate or rights.may_assign):
            raise NotAllowed(action="assign", kind="task")
        people = tasks.candidates(tx, caller(), task_id, text)
    # Who has the task hands it over, and may bring it back; else it is assigned.
    return render_template(
        "desk/task_people.html",
        error=error,
        is_handed=rights.may_delegate,
        most_letters=NOTE_LETTERS,
        note=request.form.get("note", ""),
        people=[one for one in people if one.login != row.assignee],
        row=row,
        section="tasks",
        text=text,
    )
