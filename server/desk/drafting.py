"""Drafts of the task page: saved as one types, or by a button, and thrown away."""

import uuid
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from server import moments, uploads
from server.auth import keeps, require
from server.context import caller, transaction, world
from server.desk import answering, conflicts, safekeeping
from server.edge import body_limit
from server.sections import WORKERS
from workflows import drafts, task_rights, tasks


def register(blueprint: Blueprint) -> None:
    path = "/tasks/<uuid:task_id>/draft"
    blueprint.add_url_rule(path, "draft", save, methods=["POST"])
    blueprint.add_url_rule(
        f"{path}/discard", "draft_discard", discard, methods=["POST"]
    )


@keeps(safekeeping.draft)
@body_limit(uploads.some_files)
@require(*WORKERS)
def save(task_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what was typed. The page's script is told in a sentence, as JSON."""
    if safekeeping.is_asked_by_script():
        return safekeeping.kept(task_id)
    # Files that were chosen are kept too: they become documents of their questions.
    draft = safekeeping.keep(task_id, answering.sent(task_id).posted)
    if draft is not None and draft.is_late:
        return _too_late(task_id)
    return redirect(url_for("desk.task", task_id=task_id, said="saved"))


def _too_late(task_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody had ended the task: who and when, and what was typed, which is kept."""
    try:
        with transaction() as tx:
            task = tasks.find(tx, caller(), task_id)
            task_rights.check_open(tx, task, "completed")
    except task_rights.TaskOver as over:
        return conflicts.page(over, task_id, is_answer=True)
    return redirect(url_for("desk.task", task_id=task_id, said="saved"))


@require(*WORKERS)
def discard(task_id: uuid.UUID) -> Response:
    with transaction() as tx:
        tasks.get(tx, world(), caller(), task_id)
        drafts.discard(tx, caller(), task_id)
    return redirect(url_for("desk.task", task_id=task_id, said="discarded"))


def shown(draft: drafts.Draft | None) -> dict[str, Any] | None:
    """What a page says of a draft that it shows."""
    if draft is None:
        return None
    return {"when": moments.moment(draft.saved_at, world().clock.now())}
