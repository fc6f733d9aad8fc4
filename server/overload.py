"""Overload: who has waited too long is told so at once, before all of us falls over.

A request waits for a thread of its process. Served late it helps nobody: the one who
asked has gone, or asked again. So it is answered with 503 in no time, and the next one
is served while it is still wanted.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, request

from workflows.model import RasimError

WATCHED = "health"  # machines that watch are told the truth, however late

_waited = threading.local()


class Overloaded(RasimError):
    """So many ask at once that your request was not served. Nothing that was saved is
    lost, and what you have just sent was not taken: send it again in a moment."""


def init_app(app: Flask, longest_seconds: float) -> None:
    """Right after `edge.init_app`: nothing is done for a request that is too late."""

    def refuse_late() -> None:
        late = getattr(_waited, "seconds", 0.0) > longest_seconds
        if late and request.blueprint != WATCHED and request.endpoint != "static":
            raise Overloaded

    app.before_request(refuse_late)


@contextmanager
def having_waited(seconds: float) -> Iterator[None]:
    """In this thread, the request of the block has waited so long for its turn."""
    _waited.seconds = seconds
    try:
        yield
    finally:
        _waited.seconds = 0.0
