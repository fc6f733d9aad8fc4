"""Documents as answers of a form: each must be one that was added for that question."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forms import Document, Field, Form, Problem
from forms.places import get, spread
from workflows.model import AnswersRefused
from workflows.store.tables import document_contents, documents

PLACE = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Answered:
    """A document that was added as an answer, and to which question."""

    document: Document
    field: str  # the path in the form's file: `children[].passport`
    scan: str


def of_task(tx: sa.Connection, task_id: uuid.UUID) -> Mapping[str, Answered]:
    """What was added to a task as answers, by id; not what a virus was found in."""
    rows = tx.execute(
        sa.select(
            documents.c.id,
            documents.c.name,
            documents.c.field,
            document_contents.c.media_type,
            document_contents.c.size,
            document_contents.c.scan,
        )
        .join(document_contents, document_contents.c.sha256 == documents.c.sha256)
        .where(
            documents.c.task_id == task_id,
            documents.c.kind == "answer",
            documents.c.deleted_at.is_(None),
            document_contents.c.scan != "infected",
        )
    )
    return {
        str(row.id): Answered(
            Document(str(row.id), row.name, row.media_type, row.size),
            row.field,
            row.scan,
        )
        for row in rows
    }


def asks_for_documents(form: Form) -> bool:
    return any(field.files is not None for field in form.fields)


def take(
    tx: sa.Connection,
    form: Form,
    task_id: uuid.UUID,
    answers: Mapping[str, Any],
    now: datetime,
    *,
    must_be_clean: bool,
) -> list[Answered]:
    """The documents of these answers stay; those that no answer names any more go.

    The latter are given back. AnswersRefused for one that nobody has scanned so far,
    where somebody must.
    """
    added = of_task(tx, task_id)
    named = dict(_named(form, answers))
    waiting = {key for key, one in added.items() if one.scan != "clean"}
    if must_be_clean and waiting.intersection(named):
        paths = {path for key, path in named.items() if key in waiting}
        problem = Problem("document_waits")
        raise AnswersRefused(errors={path: [problem] for path in sorted(paths)})
    left = [key for key in added if key not in named]
    if left:
        tx.execute(
            sa.update(documents)
            .where(documents.c.id.in_([uuid.UUID(key) for key in left]))
            .values(deleted_at=now)
        )
    return [added[key] for key in left]


def _named(form: Form, answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(id of a document, path of its question) of every document among answers."""
    for spot in spread(form, answers):
        if isinstance(spot.component, Field) and spot.component.files is not None:
            for told in get(answers, spot.keys) or ():
                yield told["id"], spot.name


def field_of(path: str) -> str:
    """The question that an answer is to, wherever its list item stands now."""
    return PLACE.sub("[]", path)
