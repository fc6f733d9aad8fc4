"""A link to PostgreSQL that takes its time: so many seconds more for each statement.

It reads the protocol's frames as they pass, so that a statement is held back however
many of them are sent together, and counts what went through.
"""

import asyncio
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psycopg
import sqlalchemy as sa

HOST = "127.0.0.1"
# Requests that come before the protocol is spoken: for TLS, for GSS, to cancel.
SSL, GSS, CANCEL = 80877103, 80877104, 80877102
# What the server does something for, and what it answers a batch at.
EXECUTE, QUERY, SYNC, TERMINATE = b"E", b"Q", b"S", b"X"
CHUNK = 65536


@dataclass
class Passed:
    """What went through in one stretch of time."""

    statements: int = 0  # BEGIN and COMMIT are some
    round_trips: int = 0  # times that a client waited for an answer
    longest: int = 0  # statements of the transaction that had most


@dataclass
class Link:
    """Where clients connect to instead of the server."""

    url: str  # the one that was given, by way of this link
    delay_seconds: float = 0.0  # may change while it is used
    passed: Passed = field(default_factory=Passed)

    def count_anew(self) -> Passed:
        """What is counted from now on."""
        self.passed = Passed()
        return self.passed


@contextmanager
def slow_link(url: str) -> Iterator[Link]:
    """A link to the server of this URL, in a thread of its own; no delay at first."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    where = str(parts["host"]), int(parts.get("port") or 5432)
    link, ready, loop = Link(""), threading.Event(), asyncio.new_event_loop()
    open_: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            open_.add(task)
            task.add_done_callback(open_.discard)
        with suppress(asyncio.CancelledError):  # the link ends before the talk
            await _serve(link, where, reader, writer)

    async def run() -> None:
        server = await asyncio.start_server(serve, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        link.url = (
            sa.make_url(url)
            .set(host=HOST, port=port, query={"sslmode": "disable"})
            .render_as_string(hide_password=False)
        )
        ready.set()
        await stop.wait()
        server.close()
        for task in [*open_]:
            task.cancel()
        await asyncio.gather(*open_, return_exceptions=True)

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    ready.wait()
    try:
        yield link
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _serve(
    link: Link,
    where: tuple[str, int],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    try:
        answers, server = await _connected(*where)
    except OSError:  # it is not there just now: neither are we
        writer.close()
        return
    talk = _Talk(link)
    both = [
        asyncio.create_task(talk.ask(reader, server)),
        asyncio.create_task(talk.answer(answers, writer)),
    ]
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        server.close()
        writer.close()


async def _connected(
    host: str, port: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if host.startswith("/"):
        return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
    return await asyncio.open_connection(host, port)


class _Talk:
    """One connection, read frame by frame on its way to the server."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._is_answered = True
        self._in_transaction = 0  # statements, since BEGIN

    async def ask(
        self, reader: asyncio.StreamReader, server: asyncio.StreamWriter
    ) -> None:
        await self._greet(reader, server)
        is_batch_late = False
        while True:
            head = await reader.readexactly(5)
            (length,) = struct.unpack("!i", head[1:])
            frame = head + await reader.readexactly(length - 4)
            kind = frame[:1]
            if self._is_answered and kind != TERMINATE:
                self._is_answered = False
                self._link.passed.round_trips += 1
            # To prepare a statement and not to run it is a wait, too.
            if kind in (EXECUTE, QUERY) or (kind == SYNC and not is_batch_late):
                self._count(frame)
                is_batch_late = True
                await asyncio.sleep(self._link.delay_seconds)
            if kind in (QUERY, SYNC):
                is_batch_late = False
            server.write(frame)
            await server.drain()

    def _count(self, frame: bytes) -> None:
        passed = self._link.passed
        passed.statements += 1
        if frame[5:].startswith(b"BEGIN"):
            self._in_transaction = 0
        self._in_transaction += 1
        if frame[5:].startswith(b"COMMIT"):
            passed.longest = max(passed.longest, self._in_transaction)

    async def answer(
        self, reader: asyncio.StreamReader, client: asyncio.StreamWriter
    ) -> None:
        while chunk := await reader.read(CHUNK):
            self._is_answered = True
            client.write(chunk)
            await client.drain()

    async def _greet(
        self, reader: asyncio.StreamReader, server: asyncio.StreamWriter
    ) -> None:
        """What comes before frames have a kind."""
        code = SSL
        while code in (SSL, GSS):
            head = await reader.readexactly(8)
            length, code = struct.unpack("!ii", head)
            server.write(head + await reader.readexactly(length - 8))
            await server.drain()
