"""Contents of documents: received, looked at, kept under their hash, dropped again.

Nothing here knows cases. Bytes move outside transactions; what is known of them is a
row, which is there before the bytes are and stays after they have gone.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from workflows import media_types
from workflows.media_types import DocumentRefused
from workflows.model import RasimError
from workflows.ports import (
    Clock,
    ContentMissing,
    DocumentStore,
    DocumentsUnavailable,
    Scan,
    Verdict,
    VirusScanner,
)
from workflows.store.session import Store
from workflows.store.tables import document_contents as contents
from workflows.store.tables import documents

PIECE_BYTES = 256 * 1024
IN_MEMORY_BYTES = 512 * 1024  # of what comes in; the rest waits on the disk
GRACE = timedelta(days=1)
PRUNED_AT_ONCE = 100
SCANNED_AT_ONCE = 20
UNSCANNED, CLEAN, INFECTED = "unscanned", "clean", "infected"


class DocumentEmpty(DocumentRefused):
    """This file is empty. Choose another one."""


class DocumentTooLarge(DocumentRefused):
    """This file is larger than {megabytes} MB. Make it smaller, or divide it."""


class DocumentInfected(DocumentRefused):
    """A virus was found in this file: {threat}. It was not kept."""


class DocumentWaits(RasimError):
    """This document is still to be checked for viruses. Try again in a minute."""


@dataclass(frozen=True)
class Depot:
    """Where contents are kept, who looks at them, and how much is taken."""

    files: DocumentStore
    scanner: VirusScanner | None  # None: nobody looks, and pages say so
    most_bytes: int
    most_per_case: int

    def is_readable(self, scan: str) -> bool:
        """Whether a content may be read: with a scanner, only one it found clean."""
        return scan == CLEAN or (scan == UNSCANNED and self.scanner is None)


@dataclass(frozen=True)
class Received:
    """A content that has come in and is kept, for a day if nothing refers to it."""

    sha256: str
    size: int
    media_type: str
    name: str
    scan: str


def receive(
    store: Store, depot: Depot, clock: Clock, source: IO[bytes], name: str
) -> Received:
    """Take in a file: measured, told by its content, scanned, kept.

    Raises DocumentEmpty, DocumentTooLarge, DocumentInfected, DocumentsUnavailable and
    what `media_types.of` does; then nothing is kept. Call it outside a transaction.
    """
    with _spooled(source, depot.most_bytes) as (spool, sha256, size):
        media_type = media_types.of(spool, name)
        scan = Scan(Verdict.UNAVAILABLE)
        if depot.scanner is not None:
            scan = depot.scanner.scan(spool)
            spool.seek(0)
        row = {"sha256": sha256, "size": size, "media_type": media_type}
        with store.transaction() as tx:
            state, threat = _reserve(tx, row, scan, clock.now())
        if state == INFECTED:
            raise DocumentInfected(threat=threat)
        depot.files.put(spool)
    kept_as = media_types.cleaned(name, media_type)
    return Received(sha256, size, media_type, kept_as, state)


def opened(store: Store, depot: Depot, clock: Clock, sha256: str) -> IO[bytes]:
    """The bytes of a content that may be read; scanned now if nobody has so far.

    Raises DocumentWaits, DocumentInfected, ContentMissing, DocumentsUnavailable. Call
    it outside a transaction.
    """
    with store.transaction() as tx:
        row = tx.execute(sa.select(contents).where(contents.c.sha256 == sha256)).one()
    if row.scan == INFECTED:
        raise DocumentInfected(threat=row.threat)
    if not depot.is_readable(row.scan) and look_at(store, depot, clock, sha256) is None:
        raise DocumentWaits
    return depot.files.open(sha256)


def look_at(store: Store, depot: Depot, clock: Clock, sha256: str) -> str | None:
    """Scan a kept content; None while the scanner does not answer.

    DocumentInfected: its bytes are gone then, and everybody who asks is told.
    """
    if depot.scanner is None:
        return None
    with depot.files.open(sha256) as source:
        scan = depot.scanner.scan(source)
    if scan.verdict is Verdict.UNAVAILABLE:
        return None
    with store.transaction() as tx:
        tx.execute(
            sa.update(contents)
            .where(contents.c.sha256 == sha256)
            .values(scan=scan.verdict.value, threat=scan.threat, scanned_at=clock.now())
        )
    if scan.verdict is Verdict.INFECTED:
        # Where the bytes cannot be deleted now, nobody is given them all the same.
        with suppress(DocumentsUnavailable):
            depot.files.delete(sha256)
        raise DocumentInfected(threat=scan.threat)
    return scan.verdict.value


def look_at_waiting(store: Store, depot: Depot, clock: Clock) -> Iterator[str]:
    """Scan what came in while the scanner was away; each content found infected.

    By chance: one that the scanner never takes must not stand before all others.
    """
    if depot.scanner is None:
        return
    with store.transaction() as tx:
        waiting = tx.scalars(
            sa.select(contents.c.sha256)
            .where(contents.c.scan == UNSCANNED, contents.c.dropped_at.is_(None))
            .order_by(sa.func.random())
            .limit(SCANNED_AT_ONCE)
        ).all()
    for sha256 in waiting:
        try:
            if look_at(store, depot, clock, sha256) is None:
                return  # it is still away
        except DocumentInfected:
            yield sha256
        except ContentMissing:
            continue  # reserved, and not there yet


def prune(store: Store, depot: Depot, now: datetime) -> int:
    """Drop contents that nothing has referred to for a day; how many.

    The row is held while its bytes are deleted, so that whoever sends the same content
    waits and brings it again. The price: a transaction as long as one deletion.
    """
    dropped = 0
    until = now - GRACE
    is_used = (
        sa.select(documents.c.id)
        .where(
            documents.c.sha256 == contents.c.sha256,
            documents.c.deleted_at.is_(None) | (documents.c.deleted_at >= until),
        )
        .exists()
    )
    unused = (
        sa.select(contents.c.sha256)
        .where(contents.c.received_at < until, contents.c.dropped_at.is_(None))
        .where(~is_used)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while dropped < PRUNED_AT_ONCE:
        with store.transaction() as tx:
            sha256 = tx.scalar(unused)
            if sha256 is None:
                break
            depot.files.delete(sha256)
            tx.execute(
                sa.update(contents)
                .where(contents.c.sha256 == sha256)
                .values(dropped_at=now)
            )
        dropped += 1
    return dropped


def _reserve(
    tx: sa.Connection, row: dict[str, Any], scan: Scan, now: datetime
) -> tuple[str, str | None]:
    """The row of a content that is about to be kept; its state and threat."""
    is_scanned = scan.verdict is not Verdict.UNAVAILABLE
    seen = {
        "scan": scan.verdict.value if is_scanned else UNSCANNED,
        "threat": scan.threat,
        "scanned_at": now if is_scanned else None,
    }
    gone_at = now if scan.verdict is Verdict.INFECTED else None
    given = insert(contents).values(**row, **seen, received_at=now, dropped_at=gone_at)
    # What a scanner has said before holds until it says something else.
    again = {"received_at": now, "dropped_at": gone_at, **(seen if is_scanned else {})}
    kept = tx.execute(
        given.on_conflict_do_update(
            index_elements=[contents.c.sha256], set_=again
        ).returning(contents.c.scan, contents.c.threat)
    ).one()
    return kept.scan, kept.threat


@contextmanager
def _spooled(source: IO[bytes], most: int) -> Iterator[tuple[IO[bytes], str, int]]:
    """What comes in, on the disk if it is large; its hash and size."""
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as spool:
        while piece := source.read(PIECE_BYTES):
            size += len(piece)
            if size > most:
                raise DocumentTooLarge(megabytes=most >> 20)
            digest.update(piece)
            spool.write(piece)
        if not size:
            raise DocumentEmpty
        spool.seek(0)
        yield spool, digest.hexdigest(), size
