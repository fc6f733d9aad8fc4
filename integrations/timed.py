"""HTTP connections whose whole answer has the time of one wait, its head too.

A socket's own timeout begins anew with each piece: who answers a letter at a time would
hold a thread for hours, and what is read before the body is read by the library.
"""

import http.client
import io
import socket
import time
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection


class _Until(io.RawIOBase):
    """What a socket is told until the time of its timeout, counted from now, is up."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._seconds = sock.gettimeout()
        self._until = time.monotonic() + (self._seconds or 0.0)
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._seconds is None:
            return self._raw.readinto(buffer)
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(left)
        try:
            return self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(self._seconds)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *told: Any, **named: Any) -> None:
        super().__init__(sock, *told, **named)
        self.fp.close()
        self.fp = io.BufferedReader(_Until(sock))


class _Plain(HTTPConnection):
    response_class = _Answer


class _Encrypted(HTTPSConnection):
    response_class = _Answer


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Encrypted


def pool(**how: Any) -> urllib3.PoolManager:
    """Connections by address; `how` as urllib3's own."""
    made = urllib3.PoolManager(**how)
    made.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}
    return made
