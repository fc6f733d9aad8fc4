"""Documents in a folder: each content once, under its SHA-256, written whole or not."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from workflows.ports import ContentMissing, DocumentsUnavailable, Stored

PIECE_BYTES = 1 << 20
STALE_SECONDS = 24 * 3600  # what a killed process left half written
OURS = 0o700  # folders; files are 0600 by `mkstemp`, and so can never be run
NAME = re.compile(r"[0-9a-f]{64}")
LABEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class DocumentFolder:
    """A document store in the file system: `ab/cd/abcd...`, labels after a dot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.incoming = folder / "incoming"

    def put(self, source: IO[bytes]) -> Stored:
        digest, size = hashlib.sha256(), 0
        with _told(), self._written() as (file, settle):
            while piece := source.read(PIECE_BYTES):
                digest.update(piece)
                size += len(piece)
                file.write(piece)
            name = digest.hexdigest()
            settle(self.path(name))
        return Stored(name, size)

    def open(self, sha256: str) -> IO[bytes]:
        with _told():
            try:
                return self.path(sha256).open("rb")
            except FileNotFoundError as error:
                raise ContentMissing from error

    def exists(self, sha256: str) -> bool:
        with _told():
            return self.path(sha256).is_file()

    def delete(self, sha256: str) -> None:
        with _told():
            path = self.path(sha256)
            path.unlink(missing_ok=True)
            for made in path.parent.glob(f"{sha256}.*"):
                made.unlink(missing_ok=True)

    def keep(self, sha256: str, label: str, made: bytes) -> None:
        with _told(), self._written() as (file, settle):
            file.write(made)
            settle(self.path(sha256, label))

    def kept(self, sha256: str, label: str) -> bytes | None:
        with _told():
            try:
                return self.path(sha256, label).read_bytes()
            except FileNotFoundError:
                return None

    def path(self, sha256: str, label: str = "") -> Path:
        """Where a content is; ValueError for what cannot be the name of one."""
        name = checked(sha256, label)
        return self.folder / sha256[:2] / sha256[2:4] / name

    @contextmanager
    def _written(self) -> Iterator[tuple[IO[bytes], "_Settle"]]:
        """A file to write, and what gives it its name when all is on the disk."""
        self.incoming.mkdir(mode=OURS, parents=True, exist_ok=True)
        self._sweep()
        descriptor, path = tempfile.mkstemp(dir=self.incoming)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file, _Settle(file, Path(path))
        finally:
            Path(path).unlink(missing_ok=True)

    def _sweep(self) -> None:
        until = time.time() - STALE_SECONDS
        for left in self.incoming.iterdir():
            with suppress(FileNotFoundError):  # another process was faster
                if left.stat().st_mtime < until:
                    left.unlink(missing_ok=True)


class _Settle:
    def __init__(self, file: IO[bytes], path: Path) -> None:
        self.file, self.path = file, path

    def __call__(self, target: Path) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        target.parent.mkdir(mode=OURS, parents=True, exist_ok=True)
        self.path.replace(target)
        # A name is on the disk when its folder is.
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def checked(sha256: str, label: str = "") -> str:
    """The name of a content, or of what was made from it: never a way elsewhere."""
    if not NAME.fullmatch(sha256):
        raise ValueError("a content is named by its SHA-256")
    if not label:
        return sha256
    if not LABEL.fullmatch(label):
        raise ValueError(f"{label!r} is no label")
    return f"{sha256}.{label}"


@contextmanager
def _told() -> Iterator[None]:
    """DocumentsUnavailable for a disk that is full, gone or closed to us."""
    try:
        yield
    except OSError as error:
        raise DocumentsUnavailable from error
