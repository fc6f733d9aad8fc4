"""A virus scanner that speaks clamd's protocol and knows one virus: the EICAR test."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from integrations.simulators.faults import Fault, Faults, Mode

SYSTEM = "scanner"
# Split, so that no scanner takes this file itself for what it looks for.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
THREAT = "Eicar-Test-Signature"
MOST_BYTES = 600 << 20
LONGEST_COMMAND = 64


class Scanner:
    """What is asked of it, by a fault or as it should be; `seen` counts the scans."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.seen = 0

    def serve(self, reader: BinaryIO, writer: BinaryIO) -> None:
        command = _command(reader)
        if command == b"PING":
            writer.write(b"PONG\0")
        elif command == b"INSTREAM":
            answer = self._scanned(reader)
            if answer is not None:
                writer.write(answer + b"\0")
        else:
            writer.write(b"UNKNOWN COMMAND\0")

    def _scanned(self, reader: BinaryIO) -> bytes | None:
        fault = self.faults.take(SYSTEM)
        if fault is not None and fault.mode is Mode.DOWN:
            return None
        content = _stream(reader)
        self.seen += 1
        if fault is not None:
            self._hold(fault)
            if fault.mode in (Mode.ERROR, Mode.REJECT):
                return b"INSTREAM size limit exceeded. ERROR"
            if fault.mode is Mode.GARBAGE:
                return b"\xff\xfe<html>"
        found = EICAR in content
        return f"stream: {THREAT} FOUND".encode() if found else b"stream: OK"

    def _hold(self, fault: Fault) -> None:
        if fault.mode in (Mode.SLOW, Mode.TIMEOUT):
            self.faults.hold(fault)


@contextmanager
def serving(
    scanner: Scanner, host: str = "127.0.0.1", port: int = 0, path: Path | None = None
) -> Iterator[int]:
    """Answer on a port (0: any free one, which this gives) or on a socket at `path`."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            reader, writer = self.rfile, cast(BinaryIO, self.wfile)
            scanner.serve(cast(BinaryIO, reader), writer)

    server: _LocalServer | _Server
    if path is not None:
        server = _LocalServer(str(path), Handler)
    else:
        server = _Server((host, port), Handler)
        port = server.socket.getsockname()[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield port
    finally:
        scanner.faults.clear()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _LocalServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def _command(reader: BinaryIO) -> bytes:
    """A command as clamd takes it: `zNAME` ends with NUL, `nNAME` with a line."""
    kind = reader.read(1)
    end = {b"z": b"\0", b"n": b"\n"}.get(kind, b"\n")
    told = b""
    while len(told) < LONGEST_COMMAND:
        letter = reader.read(1)
        if letter in (b"", end):
            break
        told += letter
    return told if kind in (b"z", b"n") else kind + told


def _stream(reader: BinaryIO) -> bytes:
    content = b""
    while True:
        head = reader.read(4)
        size = struct.unpack(">I", head)[0] if len(head) == 4 else 0
        if not size or len(content) + size > MOST_BYTES:
            return content
        content += reader.read(size)
