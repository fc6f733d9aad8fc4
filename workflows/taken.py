"""What a release takes of earlier ones: stored parts, each with the release it is of.

Bound when it is released, for good: the processes that its cases call, the models that
its own import, the decisions that they ask. Each works as in the release that it is of.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from workflows.store.tables import (
    definition_versions,
    release_parts,
    release_takes,
    releases,
)


@dataclass(frozen=True)
class Taken:
    """A stored part that a release takes, and the release that it is of."""

    kind: str
    key: str
    version_id: uuid.UUID
    release_id: uuid.UUID


def store(tx: sa.Connection, release_id: uuid.UUID, taken: Iterable[Taken]) -> None:
    """Write down what a release takes."""
    rows = [
        {
            "release_id": release_id,
            "kind": one.kind,
            "key": one.key,
            "definition_version_id": one.version_id,
            "from_release_id": one.release_id,
        }
        for one in taken
    ]
    if rows:
        tx.execute(sa.insert(release_takes), rows)


def is_same(tx: sa.Connection, release_id: uuid.UUID, taken: Iterable[Taken]) -> bool:
    """Whether a release takes exactly these."""
    takes = release_takes.c
    rows = tx.execute(
        sa.select(
            takes.kind, takes.key, takes.definition_version_id, takes.from_release_id
        ).where(takes.release_id == release_id)
    )
    return {Taken(*row) for row in rows} == set(taken)


def newest(kind: str, *columns: Any) -> sa.Select[Any]:
    """The newest version of each part of a kind, as the newest release has it.

    Besides `columns` it gives `of_release`, the release that a part is read with.
    """
    parts = definition_versions.c
    return (
        sa.select(*columns, releases.c.id.label("of_release"))
        .join(release_parts, release_parts.c.definition_version_id == parts.id)
        .join(releases, releases.c.id == release_parts.c.release_id)
        .ext(distinct_on(parts.key))
        .where(parts.kind == kind)
        .order_by(parts.key, parts.version.desc(), releases.c.number.desc())
    )


def of_release(
    release_id: uuid.UUID, kind: str, *columns: Any
) -> sa.CompoundSelect[Any]:
    """The parts of a kind that a release has: its own, and those that it takes."""
    parts, takes = definition_versions.c, release_takes.c
    own = (
        sa.select(*columns, release_parts.c.release_id.label("of_release"))
        .join(release_parts, release_parts.c.definition_version_id == parts.id)
        .where(release_parts.c.release_id == release_id, parts.kind == kind)
    )
    others = (
        sa.select(*columns, takes.from_release_id.label("of_release"))
        .join(release_takes, takes.definition_version_id == parts.id)
        .where(takes.release_id == release_id, takes.kind == kind)
    )
    return own.union_all(others)
