"""The one rule set: what is wrong with files, alone or as a deployment."""

import uuid
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

import sqlalchemy as sa

from workflows import (
    calls,
    decisions,
    known_names,
    references,
    release_files,
    release_needs,
)
from workflows.decision_files import Store
from workflows.model import Finding
from workflows.release_files import Part
from workflows.taken import Taken
from workflows.world import World


@dataclass(frozen=True)
class Outside:
    """What the rules know of the world beside the files; None is not known."""

    job_types: frozenset[str] | None = None
    norm_ids: Set[str] | None = None


@dataclass(frozen=True)
class Bound:
    """The stored parts that the cases of a release will need, and what is wrong."""

    version_ids: list[uuid.UUID]
    taken: list[Taken]
    findings: list[Finding]


def read(
    files: Mapping[str, bytes], norm_ids: Set[str] | None, store: Store | None = None
) -> tuple[list[Part], list[Finding]]:
    """The parts of a release, and what can be said of each by itself.

    `store` has the decision models that those of the release may import.
    """
    parts, findings = release_files.check(files, store)
    findings += known_names.check(parts) + references.check(parts, norm_ids)
    if not parts and not any(one.severity == "error" for one in findings):
        findings.append(
            Finding("", None, "empty", "error", "There is no file to release.")
        )
    return parts, findings


def bind(tx: sa.Connection, world: World, parts: list[Part]) -> Bound:
    """What the parts need of what is stored, and of the connectors."""
    version_ids, unbound = release_needs.bind(tx, parts)
    called, wrong = calls.bind(tx, parts)
    asked, unasked = decisions.bind(tx, parts)
    unknown = release_needs.unknown_jobs(parts, world.job_types)
    findings = unbound + wrong + unasked + unknown
    if version_ids:  # forms that another drawing had: their names are of this one now
        stored = release_needs.stored(tx, version_ids)
        findings += known_names.check([*parts, *stored])
    return Bound(version_ids, [*called, *asked], findings)


def check_alone(files: Mapping[str, bytes], outside: Outside) -> list[Finding]:
    """What can be said without a database: what is in no file may be stored."""
    parts, findings = read(files, outside.norm_ids)
    findings += calls.among_files(parts)
    findings += decisions.among_files(parts)
    findings += release_needs.forms_elsewhere(parts)
    findings += release_needs.unknown_jobs(parts, outside.job_types)
    return in_order(findings)


def is_deployable(findings: Iterable[Finding]) -> bool:
    return not any(one.severity == "error" for one in findings)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Each once, by file; in a file errors first, as they were found."""
    once = dict.fromkeys(findings)
    return sorted(once, key=lambda one: (one.file, one.severity != "error"))
