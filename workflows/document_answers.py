"""Documents as answers of a form: each must be one that was added for that question."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from forms import Document
from workflows.store.tables import document_contents, documents

PLACE = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Answered:
    """A document that was added as an answer, and to which question."""

    document: Document
    field: str  # the path in the form's file: `children[].passport`
    scan: str


def of_task(tx: sa.Connection, task_id: uuid.UUID) -> Mapping[str, Answered]:
    """What was added to a task as answers, by id."""
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


def field_of(path: str) -> str:
    """The question that an answer is to, wherever its list item stands now."""
    return PLACE.sub("[]", path)
