"""One process at a time: a lock on a file that ends with whoever holds it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Taken(Exception):
    """Another process holds it."""


def take(path: Path) -> int:
    """Hold the file until the descriptor that this gives is closed; never waits.

    Raises Taken, and OSError where the file cannot be made.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise Taken from error
    return lock


@contextmanager
def held(path: Path, taken: Exception) -> Iterator[None]:
    """Hold the file meanwhile; `taken` is raised when another process holds it.

    Let go of at the end even where a child has a copy of the descriptor.
    """
    try:
        lock = take(path)
    except Taken as error:
        raise taken from error
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)
        os.close(lock)
