"""A task: what is asked of me, and on what ground?"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

import forms
from server import forms_html, norms_pages
from server.auth import require
from server.context import caller, transaction, world
from server.desk import known, telling
from server.sections import WORKERS
from workflows import steps, tasks
from workflows.model import AnswersRefused, TaskState
from workflows.task_rows import TaskRow
from workflows.vocabulary import Vocabulary


@dataclass(frozen=True)
class Opened:
    """A task with everything that its page shows, read in one transaction."""

    row: TaskRow
    form: forms.Form | None
    variables: Mapping[str, Any]
    evaluate: forms.Evaluate
    procedure_names: Mapping[str, str]
    words: Vocabulary
    told: telling.Telling

    def filling(
        self,
        posted: Mapping[str, str] | None = None,
        problems: Mapping[str, list[forms.Problem]] | None = None,
    ) -> forms_html.Filling | None:
        if self.form is None:
            return None
        return forms_html.Filling(
            self.form, self.variables, self.evaluate, posted, problems or {}
        )


def register(blueprint: Blueprint) -> None:
    for path, name, view, method in (
        ("", "task", show, "GET"),
        ("/fields", "fields", fields, "POST"),
        ("/claim", "claim", claim, "POST"),
        ("/release", "release", release, "POST"),
        ("", "complete", complete, "POST"),
    ):
        rule = f"/tasks/<uuid:task_id>{path}"
        blueprint.add_url_rule(rule, name, view, methods=[method])


@require(*WORKERS)
def show(task_id: uuid.UUID) -> str:
    with transaction() as tx:
        opened = _open(tx, task_id)
    return _page(opened, opened.filling())


@require(*WORKERS)
def fields(task_id: uuid.UUID) -> str:
    """The questions again, after an answer that may show or hide some of them."""
    with transaction() as tx:
        filling = _open(tx, task_id).filling(request.form)
    return forms_html.fields(filling) if filling else ""


@require(*WORKERS)
def claim(task_id: uuid.UUID) -> Response:
    with transaction() as tx:
        tasks.claim(tx, world(), caller(), task_id)
    return redirect(url_for("desk.task", task_id=task_id, said="claimed"))


@require(*WORKERS)
def release(task_id: uuid.UUID) -> Response:
    with transaction() as tx:
        tasks.release(tx, world(), caller(), task_id)
    return redirect(url_for("desk.worklist", said="released"))


@require(*WORKERS)
def complete(task_id: uuid.UUID) -> Response | tuple[str, int]:
    """Complete the task; answers that need mending come back with what is wrong."""
    try:
        with transaction() as tx:
            form, _ = tasks.form(tx, world(), caller(), task_id)
            answers = forms.from_html(form, request.form) if form else {}
            row = tasks.complete(tx, world(), caller(), task_id, answers)
    except AnswersRefused as refused:
        with transaction() as tx:
            opened = _open(tx, task_id)
        problems: Any = refused.data["errors"]
        return _page(opened, opened.filling(request.form, problems)), 422
    return redirect(url_for("desk.case", instance_id=row.instance_id, said="completed"))


def _open(tx: sa.Connection, task_id: uuid.UUID) -> Opened:
    row = tasks.get(tx, world(), caller(), task_id)
    form, _ = tasks.form(tx, world(), caller(), task_id)
    seen = steps.peek(tx, world(), row.instance_id)
    released = seen.released.of(row.called_process)
    return Opened(
        row=row,
        form=form,
        variables=tasks.variables(tx, world(), caller(), task_id),
        evaluate=tasks.evaluator(released, seen.environment),
        procedure_names=seen.released.names,
        words=seen.released.words,
        told=telling.read(tx, row.instance_id),
    )


def _page(opened: Opened, filling: forms_html.Filling | None) -> str:
    row = opened.row
    asked = opened.form.norms if opened.form else ()
    return render_template(
        "desk/task.html",
        answers=known.answers(opened.words, opened.variables),
        fields=forms_html.fields(filling) if filling else "",
        is_mine=row.assignee == caller().login,
        is_open=row.state in (TaskState.CREATED, TaskState.CLAIMED),
        may_work=_may_work(row),
        norms=norms_pages.links([*row.norms, *asked]),
        problems=forms_html.summary(filling) if filling else [],
        procedure=opened.procedure_names,
        reacts=filling is not None and filling.changes_itself(),
        row=row,
        section="tasks",
        told=opened.told,
        way=opened.told.way(row.called_process),
    )


def _may_work(row: TaskRow) -> bool:
    """Whether the caller's role is asked for; the use case has the last word."""
    if not row.candidate_groups:
        return True
    return any(group in caller().roles for group in row.candidate_groups)
