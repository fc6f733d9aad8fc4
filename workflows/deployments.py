"""Deployments: files are checked as one release and stored, or refused as one.

A part that did not change keeps its version; a release names every part that its
processes need, so a running case never meets a form that it was not released with.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from workflows import decisions, linting, listening, listing, people, taken
from workflows.model import (
    DeploymentRefused,
    Finding,
    InstanceState,
    NotFound,
    Page,
)
from workflows.release_files import Part
from workflows.store.prepared import Prepared
from workflows.store.tables import (
    definition_versions,
    process_instances,
    release_parts,
    releases,
)
from workflows.world import World

# Two deployments at once would both take the same next version.
ADVISORY_LOCK = 0x72656C
KINDS = ("process", "decision", "form", "procedure")


@dataclass(frozen=True)
class DefinitionRow:
    """One version of one part as people and programs see it."""

    id: uuid.UUID
    key: str
    kind: str
    version: int
    names: Mapping[str, str]
    file: str
    released_at: datetime
    content_hash: str


@dataclass(frozen=True)
class DefinitionDetail(DefinitionRow):
    """A version with its file, byte for byte, and what was read from it."""

    source: bytes
    summary: Mapping[str, Any]


@dataclass(frozen=True)
class ProcedureRow(DefinitionRow):
    """The newest version of a process, with how many of its cases are open."""

    open_cases: int


@dataclass(frozen=True)
class Release:
    """What a deployment stored, and the warnings that did not stop it."""

    id: uuid.UUID
    definitions: list[DefinitionRow]
    findings: list[Finding] = field(default_factory=list)


def release(
    tx: sa.Connection,
    world: World,
    caller: people.Caller | None,
    files: Mapping[str, bytes],
) -> Release:
    """Store the files as one release; DeploymentRefused tells why not, nothing stored.

    `caller` is None for the service itself. The same files again give the release that
    already is.
    """
    tx.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
    models = decisions.StoredModels(tx)
    parts, findings = linting.read(files, world.norm_ids, models)
    needs = linting.bind(tx, world, parts)
    findings = linting.in_order(findings + needs.findings)
    if not linting.is_deployable(findings):
        errors = [one for one in findings if one.severity == "error"]
        raise DeploymentRefused(findings=findings, count=len(errors))
    now, release_id = world.clock.now(), uuid.uuid4()
    versions = {row.key + row.kind: row for row in _newest_parts(tx, parts)}
    same = _same_release(tx, parts, versions, needs)
    if same is not None:
        return Release(same, _rows(tx, same), findings)
    tx.execute(
        sa.insert(releases).values(
            id=release_id,
            released_at=now,
            released_by=caller.user_id if caller else None,
        )
    )
    ids = [_store(tx, part, versions, release_id, now) for part in parts]
    tx.execute(
        sa.insert(release_parts),
        [
            {"release_id": release_id, "definition_version_id": id_}
            for id_ in {*ids, *needs.version_ids}
        ],
    )
    taken.store(tx, release_id, needs.taken)
    listening.listen(tx, world, caller, release_id, ids)
    return Release(release_id, _rows(tx, release_id), findings)


def rehearse(
    tx: sa.Connection,
    world: World,
    caller: people.Caller | None,
    files: Mapping[str, bytes],
) -> list[Finding]:
    """All that a deployment of the files would say; nothing is stored."""
    attempt = tx.begin_nested()
    try:
        return release(tx, world, caller, files).findings
    except DeploymentRefused as refused:
        return refused.findings
    finally:
        attempt.rollback()


def _newest() -> sa.Select[Any]:
    """Takes `key`, and `version` or null for the last one."""
    parts = definition_versions.c
    version = sa.bindparam("version", type_=parts.version.type)
    return (
        sa.select(releases.c.id.label("release_id"), parts.id)
        .join(release_parts, release_parts.c.release_id == releases.c.id)
        .join(definition_versions, parts.id == release_parts.c.definition_version_id)
        .where(
            parts.kind == sa.literal_column("'process'"),
            parts.key == sa.bindparam("key", type_=parts.key.type),
            sa.or_(version.is_(None), parts.version == version),
        )
        .order_by(parts.version.desc(), releases.c.number.desc())
        .limit(sa.literal_column("1"))
    )


NEWEST = Prepared(_newest())


def newest(
    tx: sa.Connection, key: str, version: int | None = None
) -> tuple[uuid.UUID, uuid.UUID]:
    """(release, definition version) that a new case of process `key` runs on."""
    asked = {"key": key, "version": version}
    row = NEWEST.run(tx, asked).fetchone()
    if row is None:
        raise NotFound(
            kind="procedure", key=key if version is None else f"{key} {version}"
        )
    return row[0], row[1]


def definitions(
    tx: sa.Connection, *, limit: int = 20, cursor: str | None = None
) -> Page[DefinitionRow]:
    """Every version of every part, by key, the newest version first."""
    order = [
        definition_versions.c.key.asc(),
        definition_versions.c.version.desc(),
        definition_versions.c.id.asc(),
    ]
    return listing.page(tx, _columns(), order, _row, limit, cursor)


def procedures(tx: sa.Connection, caller: people.Caller) -> list[ProcedureRow]:
    """The newest version of each process, with the caller's open cases of it."""
    open_cases = (
        sa.select(sa.func.count())
        .where(
            process_instances.c.process_key == definition_versions.c.key,
            process_instances.c.state.in_(
                [InstanceState.ACTIVE, InstanceState.SUSPENDED]
            ),
            process_instances.c.office_id.in_(people.visible(caller)),
        )
        .scalar_subquery()
    )
    rows = tx.execute(
        _columns()
        .add_columns(open_cases.label("open_cases"))
        .where(definition_versions.c.kind == "process")
        .ext(distinct_on(definition_versions.c.key))
        .order_by(definition_versions.c.key, definition_versions.c.version.desc())
    ).all()
    return [ProcedureRow(**vars(_row(row)), open_cases=row.open_cases) for row in rows]


def newest_decisions(tx: sa.Connection) -> list[DefinitionRow]:
    """The newest version of each decision, by key."""
    rows = tx.execute(
        _columns()
        .where(definition_versions.c.kind == decisions.DECISION)
        .ext(distinct_on(definition_versions.c.key))
        .order_by(definition_versions.c.key, definition_versions.c.version.desc())
    )
    return [_row(row) for row in rows]


def versions_of(
    tx: sa.Connection, key: str, kind: str = "process"
) -> list[DefinitionRow]:
    """All versions of one part, the newest first; NotFound when there is none."""
    rows = tx.execute(
        _columns()
        .where(definition_versions.c.key == key, definition_versions.c.kind == kind)
        .order_by(definition_versions.c.version.desc())
    ).all()
    if not rows:
        raise NotFound(kind="definition", key=key)
    return [_row(row) for row in rows]


def kind_of(tx: sa.Connection, key: str) -> str:
    """The first of KINDS that has a part of this key; NotFound."""
    columns = definition_versions.c
    query = sa.select(columns.kind).distinct().where(columns.key == key)
    there = set(tx.scalars(query))
    for kind in KINDS:
        if kind in there:
            return kind
    raise NotFound(kind="definition", key=key)


def definition(
    tx: sa.Connection, key: str, version: int | None = None, kind: str = "process"
) -> DefinitionDetail:
    """One version (the newest without a number) with its file."""
    query = (
        sa.select(definition_versions)
        .where(definition_versions.c.key == key, definition_versions.c.kind == kind)
        .order_by(definition_versions.c.version.desc())
        .limit(1)
    )
    if version is not None:
        query = query.where(definition_versions.c.version == version)
    row = tx.execute(query).one_or_none()
    if row is None:
        named = key if version is None else f"{key} {version}"
        raise NotFound(kind="definition", key=named)
    return DefinitionDetail(
        **vars(_row(row)),
        source=decisions.file_of(tx, row),
        summary=row.compiled.get("summary", {}),
    )


def _newest_parts(tx: sa.Connection, parts: list[Part]) -> list[sa.Row[Any]]:
    columns = definition_versions.c
    keys = [(part.kind, part.key) for part in parts]
    query = (
        sa.select(
            columns.id,
            columns.kind,
            columns.key,
            columns.version,
            columns.content_hash,
        )
        .ext(distinct_on(columns.kind, columns.key))
        .where(sa.tuple_(columns.kind, columns.key).in_(keys))
        .order_by(columns.kind, columns.key, columns.version.desc())
    )
    return list(tx.execute(query))


def _same_release(
    tx: sa.Connection,
    parts: list[Part],
    versions: Mapping[str, sa.Row[Any]],
    needs: linting.Bound,
) -> uuid.UUID | None:
    """The release that already has exactly these parts and needs, if there is one."""
    ids = set(needs.version_ids)
    for part in parts:
        row = versions.get(part.key + part.kind)
        if row is None or row.content_hash != part.content_hash:
            return None
        ids.add(row.id)
    found = tx.scalars(
        sa.select(release_parts.c.release_id)
        .join(releases, releases.c.id == release_parts.c.release_id)
        .group_by(release_parts.c.release_id, releases.c.number)
        .having(
            sa.func.count() == len(ids),
            sa.func.bool_and(release_parts.c.definition_version_id.in_(ids)),
        )
        .order_by(releases.c.number.desc())
    )
    same = (uuid.UUID(str(one)) for one in found)
    return next((one for one in same if taken.is_same(tx, one, needs.taken)), None)


def _store(
    tx: sa.Connection,
    part: Part,
    versions: Mapping[str, sa.Row[Any]],
    release_id: uuid.UUID,
    now: datetime,
) -> uuid.UUID:
    """The id of the part's version; a new one only if the file changed."""
    last = versions.get(part.key + part.kind)
    if last is not None and last.content_hash == part.content_hash:
        return uuid.UUID(str(last.id))
    id_ = uuid.uuid4()
    tx.execute(
        sa.insert(definition_versions).values(
            id=id_,
            key=part.key,
            kind=part.kind,
            version=last.version + 1 if last else 1,
            content_hash=part.content_hash,
            release_id=release_id,
            file=part.file,
            source=decisions.kept(part),
            names=dict(part.names),
            compiled=dict(part.compiled),
            released_at=now,
        )
    )
    return id_


def _columns() -> sa.Select[Any]:
    """Of every part that people see; a decision model is seen as its decisions."""
    columns = definition_versions.c
    return sa.select(
        columns.id,
        columns.key,
        columns.kind,
        columns.version,
        columns.names,
        columns.file,
        columns.released_at,
        columns.content_hash,
    ).where(columns.kind != decisions.MODEL)


def _rows(tx: sa.Connection, release_id: uuid.UUID) -> list[DefinitionRow]:
    rows = tx.execute(
        _columns()
        .join(
            release_parts,
            release_parts.c.definition_version_id == definition_versions.c.id,
        )
        .where(release_parts.c.release_id == release_id)
        .order_by(definition_versions.c.kind, definition_versions.c.key)
    ).all()
    return [_row(row) for row in rows]


def _row(row: sa.Row[Any]) -> DefinitionRow:
    return DefinitionRow(
        id=row.id,
        key=row.key,
        kind=row.kind,
        version=row.version,
        names=row.names,
        file=row.file,
        released_at=row.released_at,
        content_hash=row.content_hash.hex(),
    )
