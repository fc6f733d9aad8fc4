"""The decision models of a release: read in the order of their imports.

An import is that model of the release with its namespace, else the newest that is
stored, which is read with the imports that it was released with.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from workflows import decision_extensions, dmn, feel
from workflows.dmn_titles import titles
from workflows.model import Finding

SUFFIX = ".dmn"
OFFERED = (dmn.InvocableKind.DECISION, dmn.InvocableKind.SERVICE)

NOT_RUN = "decision-not-run"
IMPORT_UNKNOWN = "import-unknown"
TWICE = "decision-twice"


@dataclass(frozen=True)
class StoredModel:
    """One version of a model, as the release `release_id` has it."""

    namespace: str
    file: str
    source: bytes
    version_id: uuid.UUID
    release_id: uuid.UUID


class Store(Protocol):
    """The models of earlier releases."""

    def newest(self, namespace: str) -> StoredModel | None: ...

    def used(self, release_id: uuid.UUID, namespace: str) -> StoredModel | None:
        """The model of this namespace that the models of a release import."""


@dataclass(frozen=True)
class ReadModel:
    """A model of the release; `elements` as the release keeps each decision of it."""

    file: str
    source: bytes
    model: dmn.Model
    names: Mapping[str, str]
    elements: Mapping[str, "Offered"]

    @property
    def compiled(self) -> dict[str, Any]:
        """What is kept of the file as a whole, JSON-able."""
        return {
            "trees": dict(self.model.trees),
            "summary": dict(self.model.summary),
            "imports": [one.namespace for one in self.model.imports],
        }


@dataclass(frozen=True)
class Offered:
    """A decision or decision service; `compiled` is JSON-able."""

    names: Mapping[str, str]
    compiled: Mapping[str, Any]


def read(
    files: Mapping[str, bytes], parser: feel.Parser, store: Store | None
) -> tuple[list[ReadModel], list[Finding]]:
    """The models of the .dmn files, with all that is wrong with them.

    Without a store an import that no file brings is a warning: it may be stored.
    """
    reader = _Reader(files, parser, store)
    models = [reader.model(file) for file in sorted(files)]
    findings = [found for model in models for found in model.findings]
    for file, source in sorted(files.items()):
        findings += decision_extensions.check(source, file)
    offered = [reader.offered(model) for model in models]
    once, doubled = _each_id_once(offered)
    return once, [*findings, *reader.findings, *doubled]


class _Reader:
    def __init__(
        self, files: Mapping[str, bytes], parser: feel.Parser, store: Store | None
    ) -> None:
        self.files, self.parser, self.store = files, parser, store
        self.findings: list[Finding] = []
        self.alone = {
            file: dmn.read(source, file, parser) for file, source in files.items()
        }
        self.file_of = {
            model.namespace: file for file, model in reversed(self.alone.items())
        }
        self.whole: dict[str, dmn.Model] = {}
        self.imported: dict[str, Mapping[str, dmn.Model]] = {}

    def model(self, file: str, importers: tuple[str, ...] = ()) -> dmn.Model:
        """The model of a file, read with all that it imports."""
        found = self.whole.get(file)
        if found is not None:
            return found
        alone = self.alone[file]
        imported: dict[str, dmn.Model] = {}
        for wanted in alone.imports:
            model = self._import(file, wanted, (*importers, file))
            if model is not None:
                imported[wanted.namespace] = model
        if imported:
            alone = dmn.read(self.files[file], file, self.parser, imported)
        self.whole[file] = alone
        self.imported[alone.namespace] = imported
        return alone

    def offered(self, model: dmn.Model) -> ReadModel:
        source = self.files[model.file]
        named = titles(source)
        elements = {
            one.id: Offered(
                named.get(one.id) or _names(one.name),
                {
                    "namespace": model.namespace,
                    "summary": {
                        "kind": str(one.kind),
                        "name": one.name,
                        "requires": list(one.requires),
                        "not_run": self._why_not(model, one, set()),
                        "also_in": [],
                    },
                },
            )
            for one in model.decisions
            if one.kind in OFFERED
        }
        return ReadModel(model.file, source, model, _names(model.name), elements)

    def _import(
        self, file: str, wanted: dmn.Import, importers: tuple[str, ...]
    ) -> dmn.Model | None:
        beside = self.file_of.get(wanted.namespace)
        if beside in importers:
            way = " -> ".join([*importers[importers.index(beside) :], beside])
            self._tell(
                file,
                "import-circle",
                f"The decision models import each other in a circle: {way}. Move what "
                "both need into a model of its own.",
            )
            return None
        if beside is not None:
            return self.model(beside, importers)
        stored = self.store.newest(wanted.namespace) if self.store else None
        if stored is not None:
            return self._stored(stored)
        where = "not among these files; only a stored model could be meant"
        if self.store is not None:
            where = "neither in this release nor in an earlier one"
        self._tell(
            file,
            IMPORT_UNKNOWN,
            f"The model imports {wanted.name} ({wanted.namespace}), which is {where}: "
            "add its .dmn file, or correct the namespace.",
            "warning" if self.store is None else "error",
        )
        return None

    def _stored(self, stored: StoredModel) -> dmn.Model:
        """A stored model with its imports as they were when it was released."""
        model = dmn.read(stored.source, stored.file, self.parser)
        imported = {}
        for wanted in model.imports:
            assert self.store is not None  # noqa: S101  # the model is from there
            other = self.store.used(stored.release_id, wanted.namespace)
            if other is not None:
                imported[wanted.namespace] = self._stored(other)
        if imported:
            model = dmn.read(stored.source, stored.file, self.parser, imported)
        self.imported[model.namespace] = imported
        return model

    def _why_not(
        self, model: dmn.Model, wanted: dmn.Invocable, seen: set[tuple[str, str]]
    ) -> str | None:
        """Why a decision cannot run: its own reason, or that of what it requires."""
        if wanted.not_run is not None:
            return wanted.not_run
        seen.add((model.namespace, wanted.id))
        for other, required in self._required(model, wanted):
            if (other.namespace, required.id) not in seen:
                reason = self._why_not(other, required, seen)
                if reason is not None:
                    return reason
        return None

    def _required(
        self, model: dmn.Model, wanted: dmn.Invocable
    ) -> Iterator[tuple[dmn.Model, dmn.Invocable]]:
        for reference in wanted.requires:
            namespace, _, id_ = reference.rpartition("#")
            other: dmn.Model | None = model
            if namespace:
                other = self.imported.get(model.namespace, {}).get(namespace)
            if other is not None:
                yield from ((other, one) for one in other.decisions if one.id == id_)

    def _tell(
        self, file: str, rule: str, message: str, severity: str = "error"
    ) -> None:
        self.findings.append(Finding(file, None, rule, severity, message))


def _each_id_once(
    models: list[ReadModel],
) -> tuple[list[ReadModel], list[Finding]]:
    """The models, each decision id offered by the first of those that have it.

    Ids are of one model, and may be the same in another; who asks by an id knows none.
    """
    first: dict[str, ReadModel] = {}
    findings, once = [], []
    for one in models:
        kept = {}
        for key, offered in one.elements.items():
            owner = first.setdefault(key, one)
            if owner is one:
                kept[key] = offered
                continue
            owner_summary = owner.elements[key].compiled["summary"]
            owner_summary["also_in"].append(one.file)
            findings.append(
                Finding(
                    one.file,
                    key,
                    TWICE,
                    "warning",
                    f"The decision {key} is also in {owner.file}: asked by this id, "
                    "that one answers. This one is reached through models that import "
                    "it. Give one of them another id, if both are to be asked.",
                )
            )
        once.append(replace(one, elements=kept))
    return once, findings


def _names(name: str) -> dict[str, str]:
    return dict.fromkeys(("kk", "ru", "en"), name)
