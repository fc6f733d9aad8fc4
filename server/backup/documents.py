"""Documents in a backup: each content once, under its hash, for all backups together.

In a bucket they are left where they are: its own versions are their backup.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from server import bootstrap
from server.settings import Settings
from workflows.ports import ContentMissing, DocumentStore
from workflows.store.session import Store
from workflows.store.tables import document_contents as contents
from workflows.store.tables import documents

# A row is there before its bytes are: looked at again for so long.
LATE = timedelta(minutes=1)
LOT = 1_000
PIECE_BYTES = 1 << 20


@dataclass
class Copied:
    """How much a backup holds, and what of it came just now; sizes in bytes."""

    count: int = 0
    size: int = 0
    new: int = 0
    until: datetime | None = None  # when the last of them came in


@dataclass(frozen=True)
class Missing:
    """A document that a case names and that is not there, or is not what it was."""

    sha256: str
    names: list[str]


def kept_in(settings: Settings, folder: Path) -> DocumentStore:
    """A document store in a folder, whatever these settings use themselves."""
    told = replace(settings.documents, folder=folder, bucket=None)
    return bootstrap.make_depot(replace(settings, documents=told)).files


def folder_of(settings: Settings) -> Path:
    return settings.backup.folder / "documents"


def copy_all(settings: Settings, url: str, *, since: datetime | None = None) -> Copied:
    """Copy what is not in the backup yet; what came in before `since` is known to be.

    What has no bytes is left out: it comes, or its sender comes again with it.
    """
    copied = Copied(until=since)
    if settings.documents.bucket is not None:
        return copied
    ours = kept_in(settings, folder_of(settings))
    live = bootstrap.make_depot(settings).files
    store = Store(url, pool_size=1)
    try:
        for row in _named(store, since - LATE if since else None):
            if not ours.exists(row.sha256):
                try:
                    with live.open(row.sha256) as source:
                        ours.put(source)
                except ContentMissing:
                    continue
                copied.new += 1
            copied.count += 1
            copied.size += row.size
            copied.until = max(copied.until or row.received_at, row.received_at)
    finally:
        store.close()
    return copied


def drop_unneeded(settings: Settings, url: str, horizon: datetime) -> int:
    """Delete what was dropped before the oldest backup began; how many."""
    ours, dropped = kept_in(settings, folder_of(settings)), 0
    store = Store(url, pool_size=1)
    try:
        with store.transaction() as tx:
            gone = tx.scalars(
                sa.select(contents.c.sha256).where(contents.c.dropped_at < horizon)
            ).all()
        for sha256 in gone:
            if ours.exists(sha256):
                ours.delete(sha256)
                dropped += 1
    finally:
        store.close()
    return dropped


def bring_back(settings: Settings, store: Store, target: DocumentStore) -> int:
    """Copy from the backup what a restored database names; how many came."""
    ours, brought = kept_in(settings, folder_of(settings)), 0
    for row in _named(store, None):
        if target.exists(row.sha256) or not ours.exists(row.sha256):
            continue
        with ours.open(row.sha256) as source:
            target.put(source)
        brought += 1
    return brought


def examine(store: Store, files: DocumentStore) -> tuple[int, list[Missing]]:
    """Read every content that a case names: how many are sound, and which are not."""
    sound, missing = 0, []
    named = _of_cases(store)
    for sha256, names in named.items():
        if _is_sound(files, sha256):
            sound += 1
        else:
            missing.append(Missing(sha256, names))
    return sound, missing


def _is_sound(files: DocumentStore, sha256: str) -> bool:
    digest = hashlib.sha256()
    try:
        with files.open(sha256) as source:
            while piece := source.read(PIECE_BYTES):
                digest.update(piece)
    except ContentMissing:
        return False
    return digest.hexdigest() == sha256


def _of_cases(store: Store) -> dict[str, list[str]]:
    """Contents of documents that nobody has removed, with the names they have."""
    with store.transaction() as tx:
        rows = tx.execute(
            sa.select(contents.c.sha256, sa.func.array_agg(documents.c.name))
            .join(documents, documents.c.sha256 == contents.c.sha256)
            .where(
                documents.c.deleted_at.is_(None),
                contents.c.dropped_at.is_(None),
                contents.c.scan != "infected",
            )
            .group_by(contents.c.sha256)
        ).all()
    return {sha256: list(names) for sha256, names in rows}


def _named(store: Store, since: datetime | None) -> Iterator[Any]:
    """Contents that should have bytes, in lots by their hash."""
    last = ""
    while True:
        query = (
            sa.select(contents.c.sha256, contents.c.size, contents.c.received_at)
            .where(
                contents.c.dropped_at.is_(None),
                contents.c.scan != "infected",
                contents.c.sha256 > last,
            )
            .order_by(contents.c.sha256)
            .limit(LOT)
        )
        if since is not None:
            query = query.where(contents.c.received_at >= since)
        with store.transaction() as tx:
            rows = tx.execute(query).all()
        yield from rows
        if len(rows) < LOT:
            return
        last = rows[-1].sha256
