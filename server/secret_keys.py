"""The secrets that `rasim up` keeps in its folder: the one of now, those of before."""

import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

SECRET, BEFORE = "secret", "secret.before"  # one on each line


def make(folder: Path) -> str:
    """A new secret of this installation's own; the one of now is one of before."""
    old = now(folder)
    if old is not None:
        _write(folder / BEFORE, [old, *before(folder)])
    fresh = secrets.token_urlsafe(48)
    _write(folder / SECRET, [fresh])
    return fresh


def now(folder: Path) -> str | None:
    return next(iter(_read(folder / SECRET)), None)


def before(folder: Path) -> tuple[str, ...]:
    """Those of before, the newest first."""
    return tuple(_read(folder / BEFORE))


def changed_at(folder: Path) -> datetime | None:
    """Since when there are any of before."""
    if not _read(folder / BEFORE):
        return None
    return datetime.fromtimestamp((folder / BEFORE).stat().st_mtime, UTC)


def forget(folder: Path) -> None:
    """What is sealed with those of before is lost."""
    (folder / BEFORE).unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """Bring the secrets to another folder; one that was there is one of before."""
    told = now(source)
    if told is None:
        return
    there = [*_read(target / SECRET), *_read(target / BEFORE)]
    old = [each for each in (*before(source), *there) if each != told]
    if old:
        _write(target / BEFORE, old)
    _write(target / SECRET, [told])


def _read(path: Path) -> list[str]:
    """Only its owner may read it; to others it is not there."""
    if not path.is_file() or not os.access(path, os.R_OK):
        return []
    return [line.strip() for line in path.read_text().splitlines() if line.strip()]


def _write(path: Path, lines: Iterable[str]) -> None:
    """Whole or not at all, and for its owner's eyes alone from the start."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text("".join(f"{line}\n" for line in dict.fromkeys(lines)))
    fresh.replace(path)
