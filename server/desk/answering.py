"""Answers to a task's form as a page sends them: what is typed, files, buttons."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict

import forms
from server import forms_html, i18n, uploads
from server.context import caller, services, transaction, world
from server.forms_html.documents import UPLOAD
from workflows import document_answers, lookups, tasks
from workflows.depot import DocumentInfected
from workflows.documents import TooManyDocuments
from workflows.media_types import DocumentRefused

# What is told at the question: another file mends it.
REFUSED = (DocumentRefused, DocumentInfected, TooManyDocuments)


@dataclass
class Sent:
    """What a page sent: inputs, files kept among them; which files were not taken."""

    form: forms.Form | None
    posted: MultiDict[str, str]
    refused: dict[str, list[str]] = field(default_factory=dict)  # path -> sentences
    added: str = ""  # path of the question that the last file answers

    def answers(self) -> dict[str, Any]:
        """As `tasks.complete` takes them."""
        if self.form is None:
            return {}
        return forms.from_html(self.form, forms_html.several(self.posted))

    def changed(self) -> forms_html.Changed:
        """With what a button of the form does to it."""
        if self.added or self.form is None:
            return forms_html.Changed(self.posted, self.added, "added")
        return forms_html.changed(self.form, self.posted)


def sent(task_id: uuid.UUID) -> Sent:
    """What this request sends for the task's form; its files become documents.

    Each file is a transaction of its own: it stays where the rest must be mended.
    """
    with services().store.statement() as tx:
        form, _ = tasks.form(tx, world(), caller(), task_id)
    found = Sent(form, MultiDict(request.form))
    asked = form.fields if form is not None else ()
    questions = {each.path: each for each in asked if each.files is not None}
    for name, files in request.files.lists():
        path = name.removesuffix(UPLOAD)
        question = questions.get(document_answers.field_of(path))
        if question is not None:
            for file in files:
                _take(found, task_id, path, question, file)
    return found


def _take(
    found: Sent,
    task_id: uuid.UUID,
    path: str,
    question: forms.Field,
    file: FileStorage,
) -> None:
    if not file.filename:  # nothing was chosen
        return
    try:
        row = uploads.add_to_task(task_id, file, question.path)
    except REFUSED as error:
        found.refused.setdefault(path, []).append(i18n.say(error))
        return
    found.posted.add(path, str(row.id))
    found.added = path


def sources(task_id: uuid.UUID) -> forms.Sources:
    """What the task's form needs from outside the case, read when a page asks for it.

    A page is written when its transaction is over: each question has one of its own.
    """

    def options(name: str, params: Mapping[str, Any]) -> Sequence[forms.Option]:
        with transaction() as tx:
            return lookups.options(tx, name, params)

    @cache
    def document(document_id: str) -> forms.Document | None:
        with transaction() as tx:
            return lookups.sources(tx, task_id).documents(document_id)

    return forms.Sources(options, document)
