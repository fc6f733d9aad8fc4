"""Pages of documents as pictures: drawn once by a bounded process, then kept."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server import uploads
from server.context import services
from workflows.documents import DocumentRow
from workflows.media_types import PDF, PICTURES
from workflows.model import RasimError

PROGRAM = Path(__file__).with_name("preview_program.py")
WIDTHS = (900, 1400, 2000)  # points: three sizes to choose from
MOST_PAGE = 100_000
WALL_SECONDS = 15
WAIT_SECONDS = 10
MADE = "v2"  # of the pictures: another number makes all of them anew
# Each takes up to 700 MB and a core: no more at a time in one web process.
AT_ONCE = threading.BoundedSemaphore(2)


class PreviewRefused(RasimError):
    """This document cannot be shown here. Download it to open it."""


class PreviewLocked(PreviewRefused):
    """This document is locked with a password. Download it to open it."""


class PreviewBroken(PreviewRefused):
    """This document is damaged and cannot be shown. Ask for it once more."""


class PreviewTooLarge(PreviewRefused):
    """This page is too large to be shown here. Download the document to open it."""


class PreviewBusy(PreviewRefused):
    """Many documents are being opened just now. Try again in a moment."""


class NoSuchPage(PreviewRefused):
    """This document has no such page."""


REFUSALS: Mapping[str, type[PreviewRefused]] = {
    "locked": PreviewLocked,
    "broken": PreviewBroken,
    "large": PreviewTooLarge,
    "nothing": NoSuchPage,
}


@dataclass(frozen=True)
class Sheet:
    """One page of a document; `text` is what it says in letters, if it has any."""

    page: int
    pages: int
    text: str
    width: int
    height: int
    picture: bytes  # WebP


def is_shown(media_type: str) -> bool:
    """Whether documents of this type have pages that we draw."""
    return media_type == PDF or media_type in PICTURES


def sheet(row: DocumentRow, page: int, width: int) -> Sheet:
    """A page of a document that the caller may read; raises PreviewRefused.

    Also what reading it does: DocumentWaits, DocumentInfected, DocumentsUnavailable.
    """
    if not is_shown(row.media_type):
        raise PreviewRefused
    if width not in WIDTHS or not 1 <= page <= MOST_PAGE:
        raise NoSuchPage
    depot = services().depot
    label = f"{MADE}-{page}-{width}"
    if depot.is_readable(row.scan):
        kept = _kept(row, label)
        if kept is not None:
            return _sheet(page, *kept)
    with _turn(), uploads.opened(row) as source:
        told, picture = _draw(source.read(), row.media_type, page, width)
    if picture:
        depot.files.keep(row.sha256, f"{label}.webp", picture)
    if told.get("why") != "nothing":  # there is no end to the pages that are not there
        depot.files.keep(row.sha256, f"{label}.json", json.dumps(told).encode())
    return _sheet(page, told, picture)


@contextmanager
def _turn() -> Iterator[None]:
    """PreviewBusy where the turn does not come; until then nothing is read."""
    if not AT_ONCE.acquire(timeout=WAIT_SECONDS):
        raise PreviewBusy
    try:
        yield
    finally:
        AT_ONCE.release()


def _kept(row: DocumentRow, label: str) -> tuple[Mapping[str, Any], bytes] | None:
    files = services().depot.files
    told = files.kept(row.sha256, f"{label}.json")
    if told is None:
        return None
    read: Mapping[str, Any] = json.loads(told)
    picture = files.kept(row.sha256, f"{label}.webp")
    if picture is None and "why" not in read:
        return None
    return read, picture or b""


def _sheet(page: int, told: Mapping[str, Any], picture: bytes) -> Sheet:
    if "why" in told:
        raise REFUSALS.get(told["why"], PreviewRefused)
    return Sheet(
        page, told["pages"], told["text"], told["width"], told["height"], picture
    )


def _draw(
    content: bytes, media_type: str, page: int, width: int
) -> tuple[Mapping[str, Any], bytes]:
    """Ask the program; PreviewTooLarge where it ran out of what it is given."""
    kind = "pdf" if media_type == PDF else "picture"
    command = [sys.executable, "-I", str(PROGRAM), kind, str(page), str(width)]
    try:
        with tempfile.TemporaryFile() as made:
            done = subprocess.run(  # noqa: S603 - our program, our arguments
                command,
                input=content,
                stdout=made,
                stderr=subprocess.DEVNULL,
                timeout=WALL_SECONDS,
                env={},  # nothing of ours: no key, no address of a database
                cwd="/",
                check=False,
            )
            made.seek(0)
            head, picture = made.readline(), made.read()
    except subprocess.TimeoutExpired as error:
        raise PreviewTooLarge from error
    if done.returncode or not head:
        raise PreviewTooLarge
    told: Mapping[str, Any] = json.loads(head)
    return told, picture
