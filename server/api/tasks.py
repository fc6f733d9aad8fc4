"""User tasks: the worklist, and what a person may do with a task."""

import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import jsonify
from flask.typing import ResponseReturnValue

from server.api import answers, schemas
from server.api.blueprints import tasks as blueprint
from server.api.idempotency import Subject, once
from server.auth import authenticated
from server.context import caller, transaction, world
from workflows import feel, task_rights, tasks, worklist
from workflows.model import NotFound, Page
from workflows.task_rows import TaskRow
from workflows.worklist import WorklistQuery
from workflows.worklist_statements import CLOSED

FORM = {
    "type": "default",
    "id": "decide",
    "components": [{"type": "textfield", "key": "grounds", "label": "Негіздеме"}],
}


@blueprint.get("")
@authenticated
@blueprint.arguments(schemas.TaskQuery(), location="query")
@blueprint.response(200, answers.TaskList())
@blueprint.says(refuses=(404,))
def search(query: dict[str, Any]) -> Page[TaskRow]:
    """The worklist of what the caller may see, the most urgent first."""
    if query["sort"] is None:
        query["sort"] = "-ended_at" if query["state"] in CLOSED else "deadline_at"
    with transaction() as tx:
        return worklist.page(tx, world(), caller(), WorklistQuery(**query))


@blueprint.get("/<uuid:task_id>")
@authenticated
@blueprint.response(200, answers.TaskDetailOut())
def show(task_id: uuid.UUID) -> dict[str, Any]:
    """One task with the variables that it may see."""
    with transaction() as tx:
        task = tasks.get(tx, world(), caller(), task_id)
        seen = tasks.variables(tx, world(), caller(), task_id)
    return vars(task) | {"variables": feel.plain(seen)}


@blueprint.get("/<uuid:task_id>/form")
@authenticated
@blueprint.response(
    200, {"type": "object"}, description="A form-js schema", example=FORM
)
def form(task_id: uuid.UUID) -> ResponseReturnValue:
    """The task's form as it was released with the case's version."""
    with transaction() as tx:
        _, source = tasks.form(tx, world(), caller(), task_id)
    if source is None:
        raise NotFound(kind="form", key=f"of task {task_id}")
    return jsonify(source)


@blueprint.post("/<uuid:task_id>/claim")
@authenticated
@blueprint.response(200, answers.TaskOut())
@blueprint.says(roles=task_rights.WORKERS, refuses=(409,))
def claim(task_id: uuid.UUID) -> TaskRow:
    """Take a task."""
    return _once(task_id, lambda tx: tasks.claim(tx, world(), caller(), task_id))


@blueprint.post("/<uuid:task_id>/release")
@authenticated
@blueprint.response(200, answers.TaskOut())
@blueprint.says(roles=task_rights.WORKERS, refuses=(409,))
def release(task_id: uuid.UUID) -> TaskRow:
    """Give a task back to its group."""
    return _once(task_id, lambda tx: tasks.release(tx, world(), caller(), task_id))


@blueprint.post("/<uuid:task_id>/assign")
@authenticated
@blueprint.arguments(schemas.Assignment())
@blueprint.response(200, answers.TaskOut())
@blueprint.says(roles=task_rights.SUPERVISORS, refuses=(409,))
def assign(body: dict[str, Any], task_id: uuid.UUID) -> TaskRow:
    """Give a task to somebody by login; supervisors do this."""
    return _once(
        task_id,
        lambda tx: tasks.assign(tx, world(), caller(), task_id, body["assignee"]),
    )


@blueprint.post("/<uuid:task_id>/delegate")
@authenticated
@blueprint.arguments(schemas.Delegation())
@blueprint.response(200, answers.TaskOut())
@blueprint.says(roles=task_rights.WORKERS, refuses=(409,))
def delegate(body: dict[str, Any], task_id: uuid.UUID) -> TaskRow:
    """Hand one's task to somebody who may do it; it can be brought back."""
    told = body["assignee"], body["note"]
    return _once(
        task_id, lambda tx: tasks.delegate(tx, world(), caller(), task_id, *told)
    )


@blueprint.post("/<uuid:task_id>/bring-back")
@authenticated
@blueprint.response(200, answers.TaskOut())
@blueprint.says(roles=task_rights.WORKERS, refuses=(409,))
def bring_back(task_id: uuid.UUID) -> TaskRow:
    """Give a task that was handed over back to who did so; they may, or supervisors."""
    return _once(task_id, lambda tx: tasks.bring_back(tx, world(), caller(), task_id))


@blueprint.post("/<uuid:task_id>/complete")
@authenticated
@blueprint.arguments(schemas.TaskCompletion(), required=False)
@blueprint.response(200, answers.TaskOut())
@blueprint.says(roles=task_rights.WORKERS, refuses=(409,))
def complete(body: dict[str, Any], task_id: uuid.UUID) -> TaskRow:
    """Complete a task with its answers and move the case on."""
    return _once(
        task_id,
        lambda tx: tasks.complete(tx, world(), caller(), task_id, body["variables"]),
    )


def _once(task_id: uuid.UUID, act: Callable[[sa.Connection], TaskRow]) -> TaskRow:
    return once(act, subject={"task": str(task_id)}, again=_again)


def _again(tx: sa.Connection, subject: Subject) -> TaskRow:
    return tasks.get(tx, world(), caller(), uuid.UUID(subject["task"]))
