"""A task: what is asked of me, and on what ground?"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

import forms
from server import errors, forms_html, i18n, norms_pages, rendering, uploads
from server.auth import keeps, require
from server.context import caller, transaction, world
from server.desk import (
    answering,
    commenting,
    conflicts,
    documents,
    drafting,
    known,
    safekeeping,
    telling,
    typed,
)
from server.desk.documents import Panel
from server.edge import body_limit
from server.sections import WORKERS
from workflows import comments, drafts, steps, tasks
from workflows.comments import Comment, Reader
from workflows.form_faults import FormFailed
from workflows.model import AnswersRefused, Page
from workflows.task_rights import HeldByOther, Rights, TaskOver
from workflows.task_rows import OPEN, TaskRow
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
    rights: Rights
    draft: drafts.Draft | None
    comments: Page[Comment]
    documents: Panel
    readers: list[Reader]
    held: str  # who has the task, where that is somebody else
    sources: forms.Sources

    @property
    def is_open(self) -> bool:
        return self.row.state in OPEN

    def drafted(self) -> forms_html.Filling | None:
        """The form with what the caller typed last, if that was kept."""
        if self.draft is None or self.rights.refusal is not None:
            return self.filling()
        return self.filling(typed.filled(self.draft.fields))

    def filling(
        self,
        posted: forms_html.Posted | None = None,
        problems: forms_html.Problems | None = None,
        *,
        focus: str = "",
        done: str = "",
    ) -> forms_html.Filling | None:
        """The form with what was typed; `focus` and `done`: what a button changed."""
        if self.form is None:
            return None
        return forms_html.Filling(
            self.form,
            self.variables,
            self.evaluate,
            posted,
            problems or {},
            sources=self.sources,
            action=url_for("desk.fields", task_id=self.row.id),
            address_of=_address_of,
            picture_of=_picture_of,
            focus=focus,
            done=done,
        )


def _address_of(document_id: str) -> str:
    return url_for("desk.document", document_id=document_id)


def _picture_of(document_id: str) -> str:
    return url_for("desk.document_page", document_id=document_id, page=1)


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
    for path in ("fields", "claim", "release", "draft", "documents"):
        rule = f"/tasks/<uuid:task_id>/{path}"
        blueprint.add_url_rule(rule, "task_again", again)


@require(*WORKERS)
def again(task_id: uuid.UUID) -> Response:
    """The address of something that was sent, opened anew: the task as it is now."""
    return redirect(url_for("desk.task", task_id=task_id))


@require(*WORKERS)
def show(task_id: uuid.UUID) -> ResponseReturnValue:
    with transaction() as tx:
        opened = opened_by(tx, task_id)
    try:
        return page(opened, opened.drafted(), draft=opened.draft)
    except FormFailed as fault:
        return _without_form(task_id, fault)


@keeps(safekeeping.fields)
@body_limit(uploads.some_files)
@require(*WORKERS)
def fields(task_id: uuid.UUID) -> ResponseReturnValue:
    """The questions again: an answer shows or hides some, a button changes a list."""
    sent = answering.sent(task_id)
    changed = sent.changed()
    with transaction() as tx:
        opened = opened_by(tx, task_id)
    filling = opened.filling(
        changed.posted, sent.refused, focus=changed.focus, done=changed.done
    )
    try:
        if filling is not None and rendering.is_fragment():
            shown = forms_html.fields(filling)
            return render_template("desk/_task_fields.html", fields=shown)
        return page(opened, filling)  # without scripts: all of it
    except FormFailed as fault:
        return _without_form(task_id, fault)


@require(*WORKERS)
def claim(task_id: uuid.UUID) -> Response | tuple[str, int]:
    try:
        with transaction() as tx:
            tasks.claim(tx, world(), caller(), task_id)
    except conflicts.OURS as error:
        return conflicts.page(error, task_id)
    return redirect(url_for("desk.task", task_id=task_id, said="claimed"))


@require(*WORKERS)
def release(task_id: uuid.UUID) -> Response | tuple[str, int]:
    try:
        with transaction() as tx:
            tasks.release(tx, world(), caller(), task_id)
    except conflicts.OURS as error:
        return conflicts.page(error, task_id)
    return redirect(url_for("desk.worklist", said="released"))


@keeps(safekeeping.answers)
@body_limit(uploads.some_files)
@require(*WORKERS)
def complete(task_id: uuid.UUID) -> ResponseReturnValue:
    """Complete the task; answers that need mending come back with what is wrong."""
    try:
        sent = answering.sent(task_id)
        return _completed(task_id, sent)
    except AnswersRefused as refused:
        return _to_mend(task_id, refused, sent)
    except FormFailed as fault:
        return _without_form(task_id, fault)
    except TaskOver as over:
        with transaction() as tx:
            row = tasks.get(tx, world(), caller(), task_id)
            form, _ = tasks.form(tx, world(), caller(), task_id)
            is_repeat = drafts.is_repeat(tx, caller(), task_id, typed.posted(form))
        if is_repeat:  # of a double click the second comes here
            return _success(row)
        return conflicts.page(over, task_id, is_answer=True)
    except conflicts.OURS as error:
        return conflicts.page(error, task_id, is_answer=True)


def _completed(task_id: uuid.UUID, sent: answering.Sent) -> Response:
    if sent.refused:  # a file that was chosen and not taken is no answer left open
        raise AnswersRefused(errors=sent.refused)
    with transaction() as tx:
        row = tasks.complete(tx, world(), caller(), task_id, sent.answers())
        drafts.sent(tx, world().clock, caller(), task_id, typed.posted(sent.form))
    return _success(row)


def _success(row: TaskRow) -> Response:
    return redirect(url_for("desk.case", instance_id=row.instance_id, said="completed"))


def _to_mend(
    task_id: uuid.UUID, refused: AnswersRefused, sent: answering.Sent
) -> ResponseReturnValue:
    """The page with what was typed and what is wrong with it; a draft keeps it."""
    safekeeping.keep(task_id)
    with transaction() as tx:
        opened = opened_by(tx, task_id)
    problems: Any = refused.data["errors"]
    try:
        return page(opened, opened.filling(sent.posted, problems)), 422
    except FormFailed as fault:
        return _without_form(task_id, fault)


def _without_form(task_id: uuid.UUID, fault: FormFailed) -> ResponseReturnValue:
    """The task's page with what was typed, where its form is at fault.

    To htmx, which shows no error's body, a sentence above the questions: they stay.
    """
    errors.tell_designers(fault)
    if rendering.is_fragment():
        said = render_template("desk/_form_fault.html", fault=fault)
        return said, {"HX-Retarget": "#form-fault", "HX-Reswap": "innerHTML"}
    if request.method == "POST":
        safekeeping.keep(task_id)
    with transaction() as tx:
        opened = opened_by(tx, task_id)
    return page(opened, None, fault=fault), errors.kind_of(fault).status


def opened_by(tx: sa.Connection, task_id: uuid.UUID) -> Opened:
    row = tasks.get(tx, world(), caller(), task_id)
    form, _ = tasks.form(tx, world(), caller(), task_id)
    seen = steps.peek(tx, world(), row.instance_id)
    released = seen.released.of(row.called_process)
    rights = tasks.rights(tx, world(), caller(), task_id)
    held = ""
    if isinstance(rights.refusal, HeldByOther) or rights.absent is not None:
        held = conflicts.held(row, conflicts.taken(tx, row))
    return Opened(
        row=row,
        form=form,
        variables=tasks.variables(tx, world(), caller(), task_id),
        evaluate=tasks.evaluator(released, seen.environment),
        procedure_names=seen.released.names,
        words=seen.released.words,
        told=telling.read(tx, row.instance_id),
        rights=rights,
        draft=drafts.get(tx, caller(), task_id),
        documents=documents.panel(tx, row.instance_id, task_id),
        comments=comments.of_case(tx, world().clock, caller(), row.instance_id),
        readers=comments.readers(tx, caller(), row.instance_id),
        held=held,
        sources=answering.sources(task_id),
    )


def page(
    opened: Opened,
    filling: forms_html.Filling | None,
    *,
    draft: drafts.Draft | None = None,
    fault: FormFailed | None = None,
) -> str:
    """`draft`: that of which the page shows the answers; `fault`: why no form is."""
    row = opened.row
    asked = opened.form.norms if opened.form else ()
    refusal = opened.rights.refusal
    lost = opened.draft if refusal is not None or fault is not None else None
    return render_template(
        "desk/task.html",
        answers=known.answers(opened.words, opened.variables),
        changes=opened.told.since_last_task(),
        comments=opened.comments,
        documents=opened.documents,
        draft=drafting.shown(draft) if not lost else None,
        fault=fault,
        fields=forms_html.fields(filling) if filling else "",
        held=opened.held,
        instance=opened.told.instance,
        is_mine=row.assignee == caller().login,
        is_open=opened.is_open,
        norms=norms_pages.links([*row.norms, *asked]),
        over=conflicts.over(refusal) if isinstance(refusal, TaskOver) else "",
        problems=forms_html.summary(filling) if filling else [],
        procedure=opened.procedure_names,
        readers=opened.readers,
        reacts=filling is not None and filling.changes_itself(),
        refusal=i18n.say(refusal) if refusal else "",
        rights=opened.rights,
        row=row,
        section="tasks",
        text=request.form.get(commenting.TEXT, ""),
        takes_files=filling is not None and filling.takes_files(),
        told=opened.told,
        unsent=typed.told(opened.form, lost.fields) if lost else [],
        way=opened.told.way(row.called_process),
    )
