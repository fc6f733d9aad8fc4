"""Decisions: which version each asker gets, bound for good; ready to be evaluated.

A decision belongs to the model of its file, and is evaluated within its own release:
with the models that it was released with, or that were the newest then.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from workflows import taken
from workflows.decision_files import NOT_RUN, TWICE, StoredModel
from workflows.model import Finding, NotFound
from workflows.release_files import Part
from workflows.store.tables import definition_versions
from workflows.taken import Taken

MODEL, DECISION = "model", "decision"


@dataclass(frozen=True)
class StoredModels:
    """The models of earlier releases, as `decision_files` asks for them."""

    tx: sa.Connection

    def newest(self, namespace: str) -> StoredModel | None:
        row = _newest(self.tx, MODEL, [namespace]).get(namespace)
        return None if row is None else self._model(row, row.of_release)

    def used(self, release_id: uuid.UUID, namespace: str) -> StoredModel | None:
        found = of_release(self.tx, release_id, MODEL).get(namespace)
        return None if found is None else self._model(*found)

    def _model(self, row: Any, release_id: uuid.UUID) -> StoredModel:
        source = self.tx.scalars(
            sa.select(definition_versions.c.source).where(
                definition_versions.c.id == row.id
            )
        ).one()
        return StoredModel(row.key, row.file, bytes(source), row.id, release_id)


def bind(tx: sa.Connection, parts: list[Part]) -> tuple[list[Taken], list[Finding]]:
    """What the parts of a release take of earlier ones, with what is wrong.

    What is among the parts themselves is not in the answer.
    """
    brought = {(part.kind, part.key) for part in parts}
    wanted: dict[str, set[str]] = {MODEL: set(), DECISION: set()}
    for part in parts:
        if part.kind == MODEL:
            wanted[MODEL] |= set(part.compiled["imports"])
        elif part.kind == "process":
            wanted[DECISION] |= set(part.compiled["summary"]["decisions"])
    found: list[Taken] = []
    known = _drawn(parts)
    for kind, keys in wanted.items():
        missing = [key for key in keys if (kind, key) not in brought]
        for key, row in _newest(tx, kind, missing).items():
            found.append(Taken(kind, key, row.id, row.of_release))
            if kind == DECISION:
                known[key] = row.summary
    return found, [*_wrong(parts, known, is_all=True), *_moved(tx, parts)]


def _moved(tx: sa.Connection, parts: list[Part]) -> Iterator[Finding]:
    """Warnings: an id that until now was that of a decision of another model."""
    own = {part.key: part for part in parts if part.kind == DECISION}
    for key, row in _newest(tx, DECISION, own).items():
        part = own[key]
        if row.namespace != part.compiled["namespace"]:
            yield Finding(
                part.file,
                key,
                "decision-moved",
                "warning",
                f"Until now the decision {key} is that of another model, {row.file} "
                f"({row.namespace}). Who asks by this id gets this one from now on; "
                "processes keep theirs until they are released again. Give it another "
                "id, if it is another decision.",
            )


def among_files(parts: list[Part]) -> list[Finding]:
    """What is wrong with what the processes of files ask, as far as they can tell.

    A decision that is in none of them is a warning: it may be stored.
    """
    return list(_wrong(parts, _drawn(parts), is_all=False))


def kept(part: Part) -> bytes:
    """The file as it is stored with a part: once a model, not with each decision."""
    return b"" if part.kind == DECISION else part.source


def file_of(tx: sa.Connection, row: Any) -> bytes:
    """The file of a part, byte for byte; of a decision, that of its model."""
    if row.kind != DECISION:
        return bytes(row.source)
    parts = definition_versions.c
    query = sa.select(parts.source).where(
        parts.kind == MODEL,
        parts.key == row.compiled["namespace"],
        parts.content_hash == row.content_hash,
    )
    return bytes(tx.scalars(query.limit(1)).one())


def of_release(
    tx: sa.Connection, release_id: uuid.UUID, kind: str
) -> dict[str, tuple[Any, uuid.UUID]]:
    """The models or decisions of a release by key, each with the release it is of."""
    query = taken.of_release(release_id, kind, *_columns())
    return {row.key: (row, row.of_release) for row in tx.execute(query)}


def newest(
    tx: sa.Connection, key: str, version: int | None = None
) -> tuple[Any, uuid.UUID]:
    """(row, release) of a decision in its newest version, or in the one asked for."""
    found = _newest(tx, DECISION, [key], version).get(key)
    if found is None:
        raise NotFound(
            kind="decision", key=key if version is None else f"{key} {version}"
        )
    return found, found.of_release


def _newest(
    tx: sa.Connection, kind: str, keys: Iterable[str], version: int | None = None
) -> dict[str, Any]:
    """The newest version of each part, as the newest release has it."""
    parts = definition_versions.c
    query = taken.newest(kind, *_columns()).where(parts.key.in_(list(keys)))
    if version is not None:
        query = query.where(parts.version == version)
    return {row.key: row for row in tx.execute(query)}


def _columns() -> list[Any]:
    """Without the file and its trees, which may be large."""
    parts = definition_versions.c
    return [
        parts.id,
        parts.key,
        parts.version,
        parts.names,
        parts.file,
        parts.compiled["summary"].label("summary"),
        parts.compiled["namespace"].as_string().label("namespace"),
    ]


def _drawn(parts: list[Part]) -> dict[str, Mapping[str, Any]]:
    return {
        part.key: part.compiled["summary"] for part in parts if part.kind == DECISION
    }


def _wrong(
    parts: list[Part], known: Mapping[str, Mapping[str, Any]], *, is_all: bool
) -> Iterator[Finding]:
    for part in parts:
        if part.kind != "process":
            continue
        for element in part.compiled["summary"]["elements"]:
            key = element.get("decision")
            if key is not None:
                yield from _asked(part, element["id"], key, known.get(key), is_all)


def _asked(
    part: Part,
    element_id: str,
    key: str,
    summary: Mapping[str, Any] | None,
    is_all: bool,
) -> Iterator[Finding]:
    """What is wrong with one business rule task and the decision that it asks."""
    if summary is None:
        where = "not among these files; only a stored version could be asked"
        if is_all:
            where = "neither in this release nor in an earlier one"
        yield Finding(
            part.file,
            element_id,
            "decision-unknown",
            "error" if is_all else "warning",
            f"{element_id} asks the decision {key}, which is {where}: add its .dmn "
            "file, or correct the decision's id.",
        )
    elif summary["not_run"]:
        yield Finding(
            part.file,
            element_id,
            NOT_RUN,
            "error",
            f"{element_id} asks the decision {key}, which cannot be evaluated: "
            f"{summary['not_run']}",
        )
    elif summary["also_in"]:
        others = ", ".join(summary["also_in"])
        yield Finding(
            part.file,
            element_id,
            TWICE,
            "error",
            f"{element_id} asks the decision {key}, and another one of this id is in "
            f"{others}. Give one of them another id.",
        )
