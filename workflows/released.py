"""What was released, read once per process: a version never changes, so it stays."""

import json
import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from forms import Form
from forms import read as read_form
from workflows import calls, decisions, engine, feel, search_terms, vocabulary
from workflows.decision_models import Models
from workflows.model import NotFound
from workflows.store.tables import definition_versions, release_parts, release_takes


@dataclass(frozen=True)
class Released:
    """One process of one release, ready to run, with the forms released with it.

    `called` are the processes that its cases may run, itself among them, by key; one
    that an earlier release brought has the forms of that release.
    """

    release_id: uuid.UUID
    version_id: uuid.UUID
    version: int
    definition: engine.Definition
    names: Mapping[str, str]
    summary: Mapping[str, Any]
    trees: Mapping[str, Any]
    configuration: Mapping[str, Any]
    subject: str | None  # path of the variable that says whom a case is about
    # By what people look for a case: path -> its name in three languages.
    search_variables: Mapping[str, Mapping[str, str]]
    own_words: vocabulary.Vocabulary
    forms: Mapping[str, Form]
    form_sources: Mapping[str, Any]
    called: Mapping[str, "Released"] = field(repr=False, compare=False)

    def of(self, process: str | None) -> "Released":
        """The process whose drawing has an element: None for the case's own."""
        return self if process is None else self.called[process]

    @cached_property
    def elements(self) -> Mapping[str, Mapping[str, Any]]:
        """Element id -> {id, type, name, names, norms, ...}, as read at release."""
        return {element["id"]: element for element in self.summary["elements"]}

    @cached_property
    def words(self) -> vocabulary.Vocabulary:
        """What the variables of its cases are called."""
        called = (one.own_words for one in self.called.values())
        return vocabulary.together(self.own_words, called)

    def subject_of(self, variables: Mapping[str, Any]) -> str | None:
        """Whom a case is about, in a few words; None if it does not say."""
        found = search_terms.at(variables, self.subject or "")
        return found if isinstance(found, str) else None

    def searched(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What the search variables are, by path."""
        return {
            path: search_terms.at(variables, path) for path in self.search_variables
        }

    def expression(self, text: str) -> feel.Expression:
        """A FEEL text of this release (without `=`), compiled from its stored tree."""
        return feel.compile_tree(self.trees[text], text)


class Library:
    """Every released process that this process has met."""

    def __init__(self) -> None:
        self._kept: dict[tuple[uuid.UUID, uuid.UUID], Released] = {}
        self._lock = threading.Lock()
        self.models = Models()

    def get(
        self, tx: sa.Connection, release_id: uuid.UUID, version_id: uuid.UUID
    ) -> Released:
        found = self._kept.get((release_id, version_id))
        if found is None:
            found = _read(tx, self.models, release_id, version_id)
            with self._lock:
                self._kept[release_id, version_id] = found
        return found


def _read(
    tx: sa.Connection, models: Models, release_id: uuid.UUID, version_id: uuid.UUID
) -> Released:
    """The process with all that it may call; each definition knows all of them."""
    rows = _rows(tx, release_id)
    processes = {row.key: row for row in rows if row.kind == "process"}
    key = next((row.key for row in processes.values() if row.id == version_id), None)
    if key is None:
        raise NotFound(kind="definition", key=version_id)
    summaries = {each: row.compiled["summary"] for each, row in processes.items()}
    definitions: dict[str, engine.Definition] = {}
    called: dict[str, Released] = {}
    for each in calls.reached(key, summaries):
        row = processes[each]
        definitions[each] = engine.load(
            row.source,
            each,
            row.compiled["trees"],
            definitions,
            models.asked(tx, row.of_release, summaries[each].get("decisions", ())),
        )
        called[each] = _released(row, rows, definitions[each], called)
    return called[key]


def _released(
    process: sa.Row[Any],
    rows: Sequence[sa.Row[Any]],
    definition: engine.Definition,
    called: Mapping[str, Released],
) -> Released:
    """A process with the forms and the procedure file of the release that it is of."""
    beside = [row for row in rows if row.of_release == process.of_release]
    sources = {row.key: row for row in beside if row.kind == "form"}
    procedure = next(
        (row for row in beside if row.kind == "procedure" and row.key == process.key),
        None,
    )
    compiled = procedure.compiled if procedure else {}
    read_forms = {key: read_form(row.source, row.file) for key, row in sources.items()}
    return Released(
        release_id=process.of_release,
        version_id=process.id,
        version=process.version,
        definition=definition,
        names=process.names,
        summary=process.compiled["summary"],
        trees=_all_trees([process, *sources.values()]),
        configuration=feel.from_plain(compiled.get("configuration", {})),
        subject=compiled.get("subject"),
        search_variables=compiled.get("search_variables", {}),
        own_words=vocabulary.read(compiled.get("variables", []), read_forms.values()),
        forms=read_forms,
        form_sources={key: json.loads(row.source) for key, row in sources.items()},
        called=called,
    )


def _rows(tx: sa.Connection, release_id: uuid.UUID) -> list[sa.Row[Any]]:
    """The parts of a release, the processes that it calls, and the parts beside those.

    `of_release` is the release that a part was read with.
    """
    calls_of = (
        sa.select(release_takes)
        .where(
            release_takes.c.release_id == release_id,
            release_takes.c.kind == calls.PROCESS,
        )
        .cte()
    )
    parts = sa.select(
        definition_versions, release_parts.c.release_id.label("of_release")
    ).join(
        release_parts, release_parts.c.definition_version_id == definition_versions.c.id
    )
    parts = parts.where(
        definition_versions.c.kind.not_in((decisions.MODEL, decisions.DECISION))
    )
    own = parts.where(release_parts.c.release_id == release_id)
    theirs = parts.where(
        release_parts.c.release_id.in_(sa.select(calls_of.c.from_release_id)),
        (definition_versions.c.kind != "process")
        | sa.exists().where(
            calls_of.c.from_release_id == release_parts.c.release_id,
            calls_of.c.definition_version_id == definition_versions.c.id,
        ),
    )
    return list(tx.execute(own.union_all(theirs)))


def _all_trees(rows: Iterable[sa.Row[Any]]) -> dict[str, Any]:
    trees: dict[str, Any] = {}
    for row in rows:
        trees.update(row.compiled.get("trees", {}))
    return trees
