"""What forms need from outside their case: schools to choose from, documents added."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import Any

import sqlalchemy as sa

import forms
from workflows import document_answers
from workflows.model import RasimError
from workflows.store.tables import offices

MOST_OPTIONS = 1_000  # a page that offers more is no help


class TooManyOptions(RasimError):
    """The list {name} has more than {limit} entries: the form must say `under` which
    office they are."""


class UnknownList(RasimError, LookupError):
    """There is no list {name} to choose from."""


def sources(tx: sa.Connection, task_id: uuid.UUID) -> forms.Sources:
    """For the form of a task, on its page and when it is completed.

    A document may be handed in with the task and for the question that it was added to.
    """
    known: dict[str, forms.Document] = {}
    is_read = False

    def find(document_id: str) -> forms.Document | None:
        nonlocal is_read
        if not is_read:
            for key, found in document_answers.of_task(tx, task_id).items():
                known[key] = replace(found.document, field=found.field)
            is_read = True
        return known.get(document_id)

    return forms.Sources(lookup=partial(options, tx), documents=find)


def options(
    tx: sa.Connection, name: str, params: Mapping[str, Any]
) -> Sequence[forms.Option]:
    """The list `name` now; "school" takes `under`, the code of an office above them.

    Raises UnknownList for a list that is not there.
    """
    if name != "school":
        raise UnknownList(name=name)
    chosen = sa.select(offices.c.code, offices.c.names).where(
        offices.c.kind == "school"
    )
    if "under" in params:
        above = sa.select(offices.c.id).where(offices.c.code == str(params["under"]))
        # A path has every office from the root down.
        chosen = chosen.where(above.scalar_subquery() == sa.any_(offices.c.path))
    order = (offices.c.names["kk"].astext, offices.c.code)
    rows = tx.execute(chosen.order_by(*order).limit(MOST_OPTIONS + 1)).all()
    if len(rows) > MOST_OPTIONS:
        raise TooManyOptions(name=name, limit=MOST_OPTIONS)
    return [_option(row.code, row.names) for row in rows]


def trusting(answers: Mapping[str, Any]) -> forms.Sources:
    """For a scenario, which has no database: what it answers is there.

    A document's id is a file name, whose ending tells what it is: `passport.png`.
    """
    told = [forms.Option(text, text, forms.Texts(text)) for text in _texts(answers)]

    def find(document_id: str) -> forms.Document:
        ending = PurePath(document_id).suffix.lower()
        media_types = forms.ENDINGS.get(ending, forms.ENDINGS[".pdf"])
        return forms.Document(document_id, document_id, media_types[0], 1)

    return forms.Sources(lookup=lambda name, params: told, documents=find)


def _option(code: str, names: Mapping[str, str]) -> forms.Option:
    kazakh = names.get("kk") or code
    return forms.Option(
        code, code, forms.Texts(kazakh, names.get("ru"), names.get("en"))
    )


def _texts(held: Any) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    elif isinstance(held, Mapping):
        for each in held.values():
            yield from _texts(each)
    elif isinstance(held, list):
        for each in held:
            yield from _texts(each)
