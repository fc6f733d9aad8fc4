"""Decisions ready to run: the models of a release, compiled once per process."""

import json
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from workflows import decisions, dmn, engine, feel
from workflows.decision_inputs import Inputs
from workflows.dmn.elements import Drawn
from workflows.dmn.reader import read_drawn
from workflows.model import NotFound
from workflows.release_files import Part
from workflows.safe_xml import parse_xml
from workflows.store.tables import definition_versions, release_parts

MOST_KEPT = 32_768  # characters of an explanation in the history
MOST_NAMED = 100  # decisions of one that is longer


@dataclass(frozen=True)
class Loaded:
    """One model of one release; `around` are it and all that it imports."""

    definitions: dmn.Definitions
    source: bytes
    around: Mapping[str, Drawn] = field(repr=False)
    rule_numbers: Mapping[str, int] = field(repr=False)  # from 1, by id


@dataclass(frozen=True)
class Ready:
    """One version of a decision, with its model; `key` is its id."""

    key: str
    version: int
    names: Mapping[str, str]
    file: str
    summary: Mapping[str, Any]
    namespace: str
    model: Loaded = field(repr=False)

    @property
    def inputs(self) -> Inputs:
        return Inputs(self.namespace, self.model.around)

    def evaluate(
        self, variables: Mapping[str, feel.Value], environment: feel.Environment
    ) -> dmn.Outcome:
        """DecisionError where it has no value."""
        return self.model.definitions.evaluate(self.key, variables, environment)

    def __call__(
        self, variables: Mapping[str, Any], environment: feel.Environment
    ) -> engine.Decided:
        """As the engine asks, with the version that answered."""
        try:
            outcome = self.evaluate(variables, environment)
        except dmn.DecisionError as error:
            reason = str(error)
            if error.decision_id != self.key:  # an input, or what it requires
                reason = f'The decision "{self.summary["name"]}" has no value. {reason}'
            raise engine.DecisionFailed(reason=reason, detail=told(error)) from error
        return engine.Decided(outcome.value, self._explained(outcome.explanation))

    def _explained(self, explanation: Mapping[str, Any]) -> dict[str, Any]:
        """As the history of a case keeps it: without values where they are large."""
        numbers = self.model.rule_numbers
        inner = [
            one | {"rule_numbers": [numbers.get(rule) for rule in one["matched_rules"]]}
            for one in explanation["decisions"]
        ]
        if len(json.dumps(inner)) > MOST_KEPT:
            kept = ("id", "name", "rule_numbers")
            inner = [{name: one[name] for name in kept} for one in inner[-MOST_NAMED:]]
        return {"version": self.version, "names": dict(self.names), "decisions": inner}


def told(error: dmn.DecisionError) -> dict[str, Any]:
    """What failed, beside the sentence that says so; JSON-able."""
    found: dict[str, Any] = {
        "decision_id": error.decision_id,
        "decision_name": error.decision_name,
        "element": error.element_id,
        "reason": error.reason,
    }
    if error.error is not None:
        found |= {
            "expression": error.error.expression,
            "position": error.error.position,
        }
    return found


class Models:
    """The models of every release that this process has met."""

    def __init__(self) -> None:
        self._kept: dict[uuid.UUID, Mapping[str, Loaded]] = {}
        self._lock = threading.Lock()

    def of(self, tx: sa.Connection, release_id: uuid.UUID) -> Mapping[str, Loaded]:
        """The models of a release, by namespace, its imports among them."""
        found = self._kept.get(release_id)
        if found is None:
            found = self._load(tx, release_id)
            with self._lock:
                self._kept[release_id] = found
        return found

    def asked(
        self, tx: sa.Connection, release_id: uuid.UUID, keys: Iterable[str]
    ) -> dict[str, Ready]:
        """The decisions that a process of this release names, ready to be asked."""
        wanted = list(keys)
        if not wanted:
            return {}
        there = decisions.of_release(tx, release_id, decisions.DECISION)
        return {key: self._ready(tx, *there[key]) for key in wanted if key in there}

    def newest(self, tx: sa.Connection, key: str, version: int | None = None) -> Ready:
        """A decision in its newest version, or in the one asked for; NotFound."""
        return self._ready(tx, *decisions.newest(tx, key, version))

    def _ready(self, tx: sa.Connection, row: Any, release_id: uuid.UUID) -> Ready:
        model = self.of(tx, release_id).get(row.namespace)
        if model is None:
            raise NotFound(kind="decision model", key=row.namespace)
        return Ready(
            row.key, row.version, row.names, row.file, row.summary, row.namespace, model
        )

    def _load(self, tx: sa.Connection, release_id: uuid.UUID) -> Mapping[str, Loaded]:
        columns = definition_versions.c
        rows = tx.execute(
            sa.select(columns.key, columns.source, columns.file, columns.compiled)
            .join(release_parts, release_parts.c.definition_version_id == columns.id)
            .where(
                release_parts.c.release_id == release_id,
                columns.kind == decisions.MODEL,
            )
        )
        own = {row.key: row for row in rows}
        taken = decisions.of_release(tx, release_id, decisions.MODEL)
        found = {
            key: self.of(tx, other)[key]
            for key, (_, other) in taken.items()
            if other != release_id
        }

        def load(namespace: str) -> Loaded:
            if namespace not in found:
                found[namespace] = _loaded(
                    own[namespace],
                    {one: load(one) for one in own[namespace].compiled["imports"]},
                )
            return found[namespace]

        for namespace in own:
            load(namespace)
        return found


def of_files(parts: Iterable[Part]) -> dict[str, Ready]:
    """The decisions of files that are not stored, ready to be asked; version 0."""
    parts = list(parts)
    models: dict[str, Loaded] = {}
    drawn = {part.key: part for part in parts if part.kind == decisions.MODEL}

    def load(namespace: str) -> Loaded:
        if namespace not in models:
            part = drawn[namespace]
            imported = {one: load(one) for one in part.compiled["imports"]}
            models[namespace] = _loaded(part, imported)
        return models[namespace]

    return {
        part.key: Ready(
            part.key,
            0,
            part.names,
            part.file,
            part.compiled["summary"],
            part.compiled["namespace"],
            load(part.compiled["namespace"]),
        )
        for part in parts
        if part.kind == decisions.DECISION
    }


def _loaded(row: Any, imported: Mapping[str, Loaded]) -> Loaded:
    """Compile a model; a release has no circle of imports."""
    source = bytes(row.source)
    inner = {namespace: one.definitions for namespace, one in imported.items()}
    around: dict[str, Drawn] = {}
    numbers: dict[str, int] = {}
    for one in imported.values():
        around |= one.around
        numbers |= one.rule_numbers
    root = parse_xml(source)
    around[row.key] = read_drawn(root, row.file)[0]
    for table in root.iter("{*}decisionTable"):
        for number, rule in enumerate(table.iterchildren("{*}rule"), 1):
            numbers[rule.get("id") or f"rule {number}"] = number
    definitions = dmn.load(source, row.compiled["trees"], inner)
    return Loaded(definitions, source, around, numbers)
