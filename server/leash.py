"""Starts a program that ends when its parent does, if asked as another user.

Run as a program of its own, so that nothing happens between fork and exec in a process
that has threads: `python -I -S leash.py PARENT SIGNAL UID GID PROGRAM ARGUMENT...`
"""

import ctypes
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals

PR_SET_PDEATHSIG = 1  # linux/prctl.h
SAME = -1  # keep the user that we are


@dataclass(frozen=True)
class Owner:
    """The user that a program runs as; by default the one who starts it."""

    uid: int = SAME
    gid: int = SAME

    @property
    def changes(self) -> bool:
        return self.uid != SAME


@dataclass(frozen=True)
class Leash:
    """`signal` reaches the program when the process that starts it is gone.

    Used from the main thread only: to Linux the parent is the thread that forked.
    """

    signal: Signals = Signals.SIGKILL
    owner: Owner = field(default_factory=Owner)

    def hold(self, command: Sequence[str]) -> list[str]:
        """The command that starts `command` on this leash, in a session of its own."""
        parent = str(os.getpid())
        owner = [str(self.owner.uid), str(self.owner.gid)]
        me = str(Path(__file__).resolve())
        head = [sys.executable, "-I", "-S", me, parent, str(int(self.signal)), *owner]
        return [*head, *command]


def main(arguments: Sequence[str]) -> None:
    parent, signal, uid, gid = (int(number) for number in arguments[:4])
    os.setsid()
    if uid != SAME:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After setuid, which clears it; kept by exec. Other systems have no such thing.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal)
        if os.getppid() != parent:
            sys.exit(1)
    program = list(arguments[4:])
    os.execv(program[0], program)  # noqa: S606 - no shell is what is wanted here


if __name__ == "__main__":
    main(sys.argv[1:])
