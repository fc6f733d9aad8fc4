"""What was released, read once per process: a version never changes, so it stays."""

import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from forms import Form
from forms import read as read_form
from workflows import engine, feel
from workflows.model import NotFound
from workflows.store.tables import definition_versions, release_parts


@dataclass(frozen=True)
class Released:
    """One process of one release, ready to run, with the forms released with it."""

    release_id: uuid.UUID
    version_id: uuid.UUID
    version: int
    definition: engine.Definition
    names: Mapping[str, str]
    summary: Mapping[str, Any]
    trees: Mapping[str, Any]
    configuration: Mapping[str, Any]
    subject: str | None  # path of the variable that says whom a case is about
    forms: Mapping[str, Form]
    form_sources: Mapping[str, Any]

    @cached_property
    def elements(self) -> Mapping[str, Mapping[str, Any]]:
        """Element id -> {id, type, name, names, norms, ...}, as read at release."""
        return {element["id"]: element for element in self.summary["elements"]}

    def subject_of(self, variables: Mapping[str, Any]) -> str | None:
        """Whom a case is about, in a few words; None if it does not say."""
        found: Any = variables
        for name in (self.subject or "").split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if isinstance(found, str) else None

    def expression(self, text: str) -> feel.Expression:
        """A FEEL text of this release (without `=`), compiled from its stored tree."""
        return feel.compile_tree(self.trees[text], text)


class Library:
    """Every released process that this process has met."""

    def __init__(self) -> None:
        self._kept: dict[tuple[uuid.UUID, uuid.UUID], Released] = {}
        self._lock = threading.Lock()

    def get(
        self, tx: sa.Connection, release_id: uuid.UUID, version_id: uuid.UUID
    ) -> Released:
        found = self._kept.get((release_id, version_id))
        if found is None:
            found = _read(tx, release_id, version_id)
            with self._lock:
                self._kept[release_id, version_id] = found
        return found


def _read(tx: sa.Connection, release_id: uuid.UUID, version_id: uuid.UUID) -> Released:
    rows = tx.execute(
        sa.select(definition_versions)
        .join(
            release_parts,
            release_parts.c.definition_version_id == definition_versions.c.id,
        )
        .where(release_parts.c.release_id == release_id)
    ).all()
    process = next((row for row in rows if row.id == version_id), None)
    if process is None:
        raise NotFound(kind="definition", key=version_id)
    sources = {row.key: row for row in rows if row.kind == "form"}
    procedure = next(
        (row for row in rows if row.kind == "procedure" and row.key == process.key),
        None,
    )
    return Released(
        release_id=release_id,
        version_id=version_id,
        version=process.version,
        definition=engine.load(process.source, process.key, process.compiled["trees"]),
        names=process.names,
        summary=process.compiled["summary"],
        trees=_all_trees(rows),
        configuration=feel.from_plain(
            procedure.compiled["configuration"] if procedure else {}
        ),
        subject=procedure.compiled.get("subject") if procedure else None,
        forms={key: read_form(row.source, row.file) for key, row in sources.items()},
        form_sources={key: json.loads(row.source) for key, row in sources.items()},
    )


def _all_trees(rows: Any) -> dict[str, Any]:
    trees: dict[str, Any] = {}
    for row in rows:
        trees.update(row.compiled.get("trees", {}))
    return trees
