"""Looking for viruses with ClamAV's daemon: it gets the bytes, never a path."""

import socket
import struct
from contextlib import closing
from dataclasses import dataclass
from typing import IO

from workflows.ports import Scan, Verdict

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 60.0
PIECE_BYTES = 64 * 1024
LONGEST_ANSWER = 1024
COMMAND = b"zINSTREAM\0"
PREFIX = "stream: "
FOUND, CLEAN = " FOUND", "stream: OK"
UNAVAILABLE = Scan(Verdict.UNAVAILABLE)


@dataclass(frozen=True)
class ClamDaemon:
    """clamd at `host` and `port`, or at the socket `path`."""

    host: str = ""
    port: int = 0
    path: str = ""

    def scan(self, source: IO[bytes]) -> Scan:
        """UNAVAILABLE for a daemon that is away, silent, broken or refuses the size."""
        try:
            with closing(self._connected()) as connection:
                connection.sendall(COMMAND)
                while piece := source.read(PIECE_BYTES):
                    connection.sendall(struct.pack(">I", len(piece)) + piece)
                connection.sendall(struct.pack(">I", 0))
                return _verdict(_answer(connection))
        except OSError:
            return UNAVAILABLE

    def _connected(self) -> socket.socket:
        if self.path:
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(CONNECT_SECONDS)
            try:
                connection.connect(self.path)
            except OSError:
                connection.close()
                raise
        else:
            connection = socket.create_connection(
                (self.host, self.port), timeout=CONNECT_SECONDS
            )
        connection.settimeout(ANSWER_SECONDS)
        return connection


def _answer(connection: socket.socket) -> str:
    told = b""
    while not told.endswith(b"\0") and len(told) < LONGEST_ANSWER:
        piece = connection.recv(LONGEST_ANSWER)
        if not piece:
            break
        told += piece
    return told.rstrip(b"\0\n").decode("utf-8", "replace")


def _verdict(answer: str) -> Scan:
    """What `stream: OK` and `stream: NAME FOUND` mean; any other word is no verdict."""
    if answer == CLEAN:
        return Scan(Verdict.CLEAN)
    if answer.startswith(PREFIX) and answer.endswith(FOUND):
        return Scan(Verdict.INFECTED, answer[len(PREFIX) : -len(FOUND)] or "?")
    return UNAVAILABLE
