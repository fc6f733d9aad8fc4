"""The short folder of the embedded PostgreSQL's socket, from its start to its stop.

Who is killed leaves one behind: its own next start takes it over, anybody's clears it.
"""

import contextlib
import os
import socket
import time
from pathlib import Path

from server.postgres.place import (
    SHORT,
    SOCKET,
    FolderRefused,
    Place,
    check_owner,
    give,
    is_owned,
)

OURS = {SOCKET, f"{SOCKET}.lock"}
# Longer than any start takes: who begins has made its folder, but no socket in it yet.
ABANDONED_SECONDS = 3600


def open_sockets(place: Place) -> None:
    """Make the folder, if it is a short one. Raises FolderRefused."""
    if place.sockets == place.folder:
        return
    clear_abandoned(place)
    try:
        # Never given away before it is known to be ours: a stranger may have laid a
        # link there.
        with contextlib.suppress(FileExistsError):
            place.sockets.mkdir(mode=0o700)
        check_owner(place.sockets, place.owner)
        give(place.sockets, place.owner)
        place.sockets.chmod(0o700)
        os.utime(place.sockets)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FolderRefused(folder=str(place.sockets), reason=reason) from error


def close_sockets(place: Place) -> None:
    """Remove it when the server has ended; one that still answers keeps it."""
    if place.sockets != place.folder:
        remove(place.sockets)


def clear_abandoned(place: Place) -> None:
    """Folders of the same user in which nobody has listened for long."""
    before = time.time() - ABANDONED_SECONDS
    for folder in SHORT.parent.glob(SHORT.name.format("?" * 12)):
        with contextlib.suppress(OSError):  # it went meanwhile
            found = folder.lstat()
            if is_owned(found, place.owner) and found.st_mtime < before:
                remove(folder)


def remove(folder: Path) -> None:
    """Only what is PostgreSQL's goes, and nothing where somebody listens."""
    with contextlib.suppress(OSError):
        if {path.name for path in folder.iterdir()} <= OURS and not answers(folder):
            for path in tuple(folder.iterdir()):
                path.unlink()
            folder.rmdir()


def answers(folder: Path) -> bool:
    """Tried: a process's number tells nothing where others share the folder."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(folder / SOCKET))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True
