"""Serving the simulators: as a program of their own, or in a thread of a test."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from gunicorn.app.base import (  # type: ignore[import-untyped]  # gunicorn has no types
    BaseApplication,
)
from werkzeug.serving import WSGIRequestHandler, make_server

from integrations.people import DEFAULT_COUNT
from integrations.simulators import scanner
from integrations.simulators.app import Simulators, build

THREADS = 32
KEEP_ALIVE_SECONDS = 75  # longer than a connector leaves a connection idle
GRACEFUL_SECONDS = 2


class _Program(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """One gunicorn worker with threads: the state of effects lives in one process."""

    def __init__(
        self, address: str, made_with: dict[str, Any], scanner: tuple[str, int] | None
    ) -> None:
        self._address = address
        self._made_with = made_with
        self._scanner = scanner
        self._open = ExitStack()  # until the process ends
        super().__init__()

    def load_config(self) -> None:
        for name, value in (
            ("bind", self._address),
            ("workers", 1),
            ("worker_class", "gthread"),
            ("threads", THREADS),
            ("keepalive", KEEP_ALIVE_SECONDS),
            ("graceful_timeout", GRACEFUL_SECONDS),
            ("loglevel", "warning"),
            ("control_socket_disable", True),
        ):
            self.cfg.set(name, value)

    def load(self) -> Simulators:
        # Built in the worker: it, not the master, holds the state folder's lock.
        made = build(**self._made_with)
        if self._scanner is not None:
            host, port = self._scanner
            looks = scanner.serving(scanner.Scanner(made.faults), host, port)
            self._open.enter_context(looks)
        return made


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """A test's requests are not worth a line each."""


def run(
    host: str,
    port: int,
    seed: int,
    state_folder: Path | None = None,
    *,
    count: int = DEFAULT_COUNT,
    on: date | None = None,
    latency_seconds: float = 0.0,
    scanner_port: int | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT; does not come back. Call it in a main thread.

    On `scanner_port` a virus scanner answers as clamd would.
    """
    made_with = {
        "seed": seed,
        "state_folder": state_folder,
        "count": count,
        "on": on,
        "latency_seconds": latency_seconds,
    }
    looks = None if scanner_port is None else (host, scanner_port)
    host = f"[{host}]" if ":" in host else host
    _Program(f"{host}:{port}", made_with, looks).run()


@contextmanager
def serving(app: Simulators, host: str = "127.0.0.1") -> Iterator[str]:
    """The address of `app` on a free port, as long as the block lasts."""
    server = make_server(host, 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        app.faults.clear()
        server.shutdown()
        thread.join()
        server.server_close()
        app.close()
