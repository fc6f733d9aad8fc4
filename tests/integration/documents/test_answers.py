"""Documents that answer a question: those of this task alone, clean, and no others."""

import uuid
from typing import Any

import pytest

from tests import document_files as files
from tests.integration.documents.conftest import QUESTION, Archive
from workflows.documents import DocumentRow
from workflows.model import AnswersRefused


def answer(*rows: DocumentRow | str) -> dict[str, Any]:
    ids = [row if isinstance(row, str) else str(row.id) for row in rows]
    return {"papers": {"passport": ids}}


def codes(archive: Archive, *rows: DocumentRow | str) -> list[str]:
    """What keeps the task from being completed with these documents."""
    with pytest.raises(AnswersRefused) as refused:
        archive.house.complete(archive.case, "it", **answer(*rows))
    (path,) = refused.value.errors
    assert path == QUESTION
    return [problem.code for problem in refused.value.errors[path]]  # type: ignore[attr-defined]  # forms.Problem


def passport(
    archive: Archive, mark: str = "", question: str | None = QUESTION
) -> DocumentRow:
    content = files.pdf(f"Passport {mark or uuid.uuid4().hex}")
    return archive.add(content, "passport.pdf", question=question)


def test_a_documents_facts_in_the_case_are_ours_whoever_sends_them(
    archive: Archive,
) -> None:
    row = passport(archive)

    archive.house.complete(archive.case, "it", **answer(row))

    (told,) = archive.house.case(archive.case).variables["papers"]["passport"]
    assert told["id"] == str(row.id)
    assert told["name"] == "passport.pdf"
    assert told["size"] == row.size
    assert archive.listed()[0].kind == "answer"


def test_a_document_of_another_question_or_case_or_none_is_unknown(
    archive: Archive,
) -> None:
    other = passport(archive, question="papers.photo")
    attached = passport(archive, question=None)

    assert codes(archive, other) == ["document_unknown"]
    assert codes(archive, attached) == ["document_unknown"]
    assert codes(archive, str(uuid.uuid4())) == ["document_unknown"]
    assert codes(archive, "../../etc/passwd") == ["document_unknown"]


def test_a_document_that_nobody_has_scanned_does_not_count_yet(
    archive: Archive,
) -> None:
    archive.scan()
    archive.break_scanner()
    row = passport(archive)
    assert codes(archive, row) == ["document_waits"]

    archive.faults.clear()
    archive.look()

    archive.house.complete(archive.case, "it", **answer(row))
    assert archive.house.case(archive.case).state == "completed"


def test_the_questions_own_limits_hold(archive: Archive) -> None:
    text = archive.add(b"plain text", "a.txt", question=QUESTION)
    assert codes(archive, text) == ["document_type"]

    assert codes(archive, *(passport(archive) for _ in range(3))) == [
        "too_many_documents"
    ]


def test_what_no_answer_names_any_more_leaves_the_case(archive: Archive) -> None:
    kept, dropped = passport(archive), passport(archive)

    archive.house.complete(archive.case, "it", **answer(kept))

    assert [row.id for row in archive.listed()] == [kept.id]
    assert archive.told() == ["document.added"] * 2 + ["document.deleted"]
    events = archive.house.events(archive.case)
    gone = next(one for one in events if one.type == "document.deleted")
    assert gone.detail is not None
    assert gone.detail["document"] == str(dropped.id)
