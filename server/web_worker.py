"""gunicorn's threads, as our web server uses them: each request says how it waited."""

import time
from functools import partial
from select import select
from selectors import EVENT_READ
from typing import Any

from gunicorn.http import wsgi  # type: ignore[import-untyped]  # it has none
from gunicorn.workers.gthread import (  # type: ignore[import-untyped]  # it has none
    STOP_KEEPALIVE_LINGER,
    ThreadWorker,
)

from server import overload

BANNER = "Rasim"  # what serves, and in which version, is nobody's business


class Worker(ThreadWorker):  # type: ignore[misc]  # untyped
    """Threads that serve, told how long each request has waited for one."""

    def init_process(self) -> None:
        wsgi.SERVER = BANNER  # the name has no setting
        super().init_process()

    def set_accept_enabled(self, enabled: bool) -> None:
        """Told to stop, it serves who has come, and the next are refused at once.

        gunicorn leaves the door open until the last request has ended: whoever comes
        meanwhile would wait for nothing, and be cut off.
        """
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            while select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()
        soon = time.monotonic() + STOP_KEEPALIVE_LINGER
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, soon)

    def enqueue_req(self, conn: Any) -> None:
        """A new connection gets a thread when its first bytes are there.

        gunicorn lets a thread wait for them, five seconds: a browser that opens a few
        connections in advance would hold all that there are.
        """
        if conn.initialized or conn.data_ready:
            conn.ready_at = time.monotonic()
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        lasts = self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER
        conn.timeout = time.monotonic() + lasts
        self.pending_conns.append(conn)
        ready = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, EVENT_READ, ready)

    def handle(self, conn: Any) -> Any:
        with overload.having_waited(time.monotonic() - conn.ready_at):
            return super().handle(conn)
