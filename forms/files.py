"""Answers that are documents: looked up in the store, within the limits of a form."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from forms.documents import ENDINGS, Document, is_of
from forms.model import Field, Files
from forms.places import Spot
from forms.problems import Problem
from forms.sources import Sources


def look_up(
    spots: Sequence[Spot],
    typed: dict[str, Any],
    errors: dict[str, list[Problem]],
    sources: Sources,
) -> None:
    """Put documents in the place of their ids; what is wrong goes to `errors`."""
    for spot in spots:
        field = spot.component
        if not isinstance(field, Field) or field.files is None:
            continue
        told = typed.get(spot.name)
        if not told:
            continue
        found = [_of(field, sources.documents(each)) for each in told]
        known = [document for document in found if document is not None]
        problem = _problem(found, field.files)
        if problem is not None:
            errors.setdefault(spot.name, [problem])
        typed[spot.name] = [as_answer(document) for document in known] or None


def as_answer(document: Document) -> dict[str, Any]:
    """A document as it stands among the answers."""
    return {
        "id": document.id,
        "name": document.name,
        "type": document.media_type,
        "size": Decimal(document.size),
    }


def of_answer(told: Any) -> tuple[Document, ...]:
    """The documents of an answer, which `as_answer` has made."""
    return tuple(
        Document(each["id"], each["name"], each["type"], int(each["size"]))
        for each in (told if isinstance(told, list) else ())
        if isinstance(each, Mapping) and {"id", "name", "type", "size"} <= each.keys()
    )


def _of(field: Field, document: Document | None) -> Document | None:
    """The document, unless it was added for another question."""
    if document is None or document.field in (None, field.path):
        return document
    return None


def _problem(found: Sequence[Document | None], files: Files) -> Problem | None:
    if len(found) > files.most:
        return Problem("too_many_documents", {"limit": files.most})
    for document in found:
        if document is None:
            return Problem("document_unknown")
        if not any(is_of(document.media_type, each) for each in files.accept):
            accept = ", ".join(
                ending.removeprefix(".").upper()
                for ending, media_types in ENDINGS.items()
                if media_types[0] in files.accept
            )
            return Problem("document_type", {"accept": accept})
        if document.size > files.largest:
            megabytes = files.largest // (1024 * 1024)
            return Problem("document_large", {"megabytes": megabytes})
    return None
