"""What a folder of backups holds: series, base backups, logs of changes, documents.

    documents/ab/cd/...      contents by their SHA-256, of all backups together
    SERIES/wal/              PostgreSQL's log of changes, as it streams in
    SERIES/followed.json     up to which moment that log is complete
    SERIES/20261121T140500Z/ one backup: manifest.json and database/ or database.dump

A series is one running cluster with its replication slot. A restored copy has no slot:
it begins a series of its own, so that the two never write into one log.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workflows.model import RasimError

FORMAT = 1
SERIES = re.compile(r"[0-9a-f]{8}")
NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z")
PIECE_BYTES = 1 << 20
PHYSICAL, DUMP = "physical", "dump"


class BackupDamaged(RasimError):
    """The backup {name} is damaged: {reason}. Use another one: rasim restore --from."""


class BackupFolderRefused(RasimError):
    """The folder {folder} cannot hold backups: {reason}. Name one with RASIM_BACKUP."""


@dataclass(frozen=True)
class Manifest:
    """What one backup holds; sizes in bytes, moments by the database's clock."""

    kind: str  # PHYSICAL or DUMP
    series: str
    started_at: datetime
    ended_at: datetime
    server_version: int  # 180004
    segment_bytes: int  # of the log of changes
    database: str
    superuser: str  # the cluster's first role
    is_embedded: bool
    schema: str | None  # the newest migration
    size: int
    sha256: str  # of PostgreSQL's own manifest, or of the dump
    documents: int
    document_bytes: int
    documents_kept: bool  # False: a bucket keeps them, and they are not here
    findings: list[str] = field(default_factory=list)  # of the doctor, by then
    format: int = FORMAT

    @property
    def major(self) -> int:
        return self.server_version // 10_000


@dataclass(frozen=True)
class Backup:
    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def database(self) -> Path:
        is_dump = self.manifest.kind == DUMP
        return self.folder / ("database.dump" if is_dump else "database")

    @property
    def wal(self) -> Path:
        return self.folder.parent / "wal"


@dataclass(frozen=True)
class Followed:
    """All that was committed until `at` lies in the log before `lsn`."""

    at: datetime
    lsn: int


def backups(folder: Path) -> list[Backup]:
    """Every complete backup, the oldest first. Raises BackupDamaged."""
    found = [
        Backup(path.parent, read_manifest(path))
        for path in folder.glob("*/*/manifest.json")
        if SERIES.fullmatch(path.parent.parent.name)
        and NAME.fullmatch(path.parent.name)
    ]
    return sorted(found, key=lambda one: (one.manifest.ended_at, one.name))


def has_any(folder: Path) -> bool:
    return any(folder.glob("*/*/manifest.json"))


def read_manifest(path: Path) -> Manifest:
    try:
        told = json.loads(path.read_bytes())
        for name in ("started_at", "ended_at"):
            told[name] = datetime.fromisoformat(told[name])
        if told["format"] != FORMAT:
            raise ValueError(f"its format is {told['format']}")
        return Manifest(**told)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"manifest.json: {error}"
        raise BackupDamaged(name=path.parent.name, reason=reason) from error


def write_json(path: Path, told: dict[str, Any]) -> None:
    """Whole or not at all, and on the disk when this returns."""
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(told, file, indent=2, default=_plain)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    write_json(folder / "manifest.json", asdict(manifest))


def read_followed(series: Path) -> Followed | None:
    """None where no log was ever followed; a half-written file there cannot be."""
    try:
        told = json.loads((series / "followed.json").read_bytes())
    except FileNotFoundError:
        return None
    return Followed(datetime.fromisoformat(told["at"]), told["lsn"])


def write_followed(series: Path, followed: Followed) -> None:
    write_json(series / "followed.json", asdict(followed))


def sync_folder(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> Path:
    """Nobody but us may look inside: what is in a backup is all there is of people."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BackupFolderRefused(folder=str(folder), reason=reason) from error
    return folder


def name_of(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def verify(backup: Backup) -> None:
    """Read all of it; BackupDamaged for the first file that is not as it was."""
    manifest = backup.manifest
    listing = backup.database
    if manifest.kind == PHYSICAL:
        listing = listing / "backup_manifest"
    try:
        is_whole = digest_of(listing) == manifest.sha256
    except OSError as error:
        raise _damaged(backup, f"{listing.name} is missing") from error
    if not is_whole:
        raise _damaged(backup, f"{listing.name} was changed")
    if manifest.kind == PHYSICAL:
        for name, size, digest in _files(listing):
            _verify_one(backup, name, size, digest)


def wal_range(backup: Backup) -> tuple[int, int, int]:
    """(timeline, first LSN, last LSN) that a physical backup needs to be sound."""
    told = json.loads((backup.database / "backup_manifest").read_bytes())
    (one,) = told["WAL-Ranges"]
    return one["Timeline"], lsn(one["Start-LSN"]), lsn(one["End-LSN"])


def lsn(told: str) -> int:
    """A place in the log as a number: "0/3000028"."""
    high, _, low = told.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def prune(folder: Path, kept: int) -> list[str]:
    """Drop all but the last backups, and what of the log nothing needs; their names."""
    known = backups(folder)
    dropped, left = known[:-kept], known[-kept:]
    for backup in dropped:
        # No half of a backup may look like one: what names it goes first.
        (backup.folder / "manifest.json").unlink()
        shutil.rmtree(backup.folder)
    for series in {backup.folder.parent for backup in known}:
        own = [one for one in left if one.folder.parent == series]
        if not own and series != known[-1].folder.parent:
            shutil.rmtree(series)
        elif own and own[0].manifest.kind == PHYSICAL:
            _prune_log(own[0])
    return [backup.name for backup in dropped]


def _prune_log(oldest: Backup) -> None:
    timeline, first, _ = wal_range(oldest)
    keep_from = segment(timeline, first, oldest.manifest.segment_bytes)
    for path in oldest.wal.glob("*"):
        # Names sort as the log runs; the first eight digits are the timeline.
        if re.fullmatch(r"[0-9A-F]{24}", path.name) and path.name[8:] < keep_from[8:]:
            path.unlink()


def segment(timeline: int, place: int, segment_bytes: int) -> str:
    """The name of the file of the log that holds a place."""
    number = place // segment_bytes
    each = 0x1_0000_0000 // segment_bytes
    return f"{timeline:08X}{number // each:08X}{number % each:08X}"


def _files(listing: Path) -> Iterator[tuple[str, int, str]]:
    """(path, size, SHA-256) of every file, as `pg_basebackup` wrote them down."""
    for one in json.loads(listing.read_bytes())["Files"]:
        name = one.get("Path") or bytes.fromhex(one["Encoded-Path"]).decode()
        yield name, one["Size"], one["Checksum"]


def _verify_one(backup: Backup, name: str, size: int, digest: str) -> None:
    path = backup.database / name
    try:
        found = path.stat().st_size
    except FileNotFoundError as error:
        raise _damaged(backup, f"{name} is missing") from error
    if found != size:
        raise _damaged(backup, f"{name} has {found} bytes, not {size}")
    if digest_of(path) != digest:
        raise _damaged(backup, f"{name} was changed")


def _damaged(backup: Backup, reason: str) -> BackupDamaged:
    return BackupDamaged(name=backup.name, reason=reason)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not JSON: {type(value)}")


def is_private(folder: Path) -> bool:
    """Whether nobody but its owner may look inside."""
    return not folder.stat().st_mode & 0o077
