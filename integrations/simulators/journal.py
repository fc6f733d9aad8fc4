"""What the simulated systems have done: each effect once by its key, kept in a file."""

import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCK_WAIT_SECONDS = 10.0


@dataclass
class Effect:
    """One effect. `requests` counts every request that came with its key."""

    key: str
    kind: str
    subject: str
    at: str
    question: dict[str, Any]
    answer: dict[str, Any]
    requests: int = 1

    def as_told(self) -> dict[str, Any]:
        """What the log tells of it: no question, which holds personal data."""
        told = dict(vars(self))
        del told["question"]
        return told


class KeyReused(Exception):
    """This Idempotency-Key came before with another question."""


class StateMismatch(Exception):
    """A state folder that belongs to other people: another seed or year."""


class Journal:
    """Effects in memory, and one line of JSON for each in an append-only file.

    A line is written before its answer is given, so that a killed simulator knows what
    it has told. It is not forced to the disk: a process may die, the machine may not.
    """

    def __init__(self, path: Path | None, header: Mapping[str, Any]) -> None:
        self.lock = threading.RLock()
        self._effects: dict[str, Effect] = {}
        self._file: int | None = None
        if path is not None:
            self._open(path, dict(header))

    @property
    def effects(self) -> list[Effect]:
        """A snapshot, in the order in which they happened."""
        with self.lock:
            return list(self._effects.values())

    def once(
        self,
        key: str,
        kind: str,
        question: dict[str, Any],
        make: Callable[[], Effect],
    ) -> tuple[Effect, bool]:
        """The effect with this key, and whether `make` just brought it about.

        `make` runs under the lock; what it raises leaves no trace. Raises KeyReused.
        """
        with self.lock:
            known = self._effects.get(key)
            if known is None:
                effect = make()
                self._write({"effect": vars(effect)})
                self._effects[key] = effect
                return effect, True
            if known.kind != kind or known.question != question:
                raise KeyReused
            self._write({"repeat": key})
            known.requests += 1
            return known, False

    def close(self) -> None:
        """Gives the file back; a closed journal must not be used."""
        with self.lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _open(self, path: Path, header: dict[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        _lock(self._file, path)
        lines = path.read_bytes().split(b"\n")
        # A kill in the middle of a write leaves half a line, whose answer nobody got.
        if lines[-1]:
            os.ftruncate(self._file, os.fstat(self._file).st_size - len(lines[-1]))
        found = [json.loads(line) for line in lines[:-1]]
        if not found:
            self._write({"header": header})
        elif found[0] != {"header": header}:
            raise StateMismatch(
                f"{path} was made with {found[0].get('header')}, not {header}: "
                "use the same seed and year, or another state folder"
            )
        for entry in found[1:]:
            self._replay(entry)

    def _replay(self, entry: dict[str, Any]) -> None:
        if "repeat" in entry:
            self._effects[entry["repeat"]].requests += 1
        else:
            effect = Effect(**entry["effect"])
            self._effects[effect.key] = effect

    def _write(self, entry: dict[str, Any]) -> None:
        if self._file is not None:
            os.write(self._file, json.dumps(entry, ensure_ascii=False).encode() + b"\n")


def _lock(file: int, path: Path) -> None:
    """Waits for the file: a killed simulator's worker lives on for a second."""
    ends_at = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > ends_at:
                os.close(file)
                raise RuntimeError(f"{path} is in use by another simulator") from None
            time.sleep(0.05)
