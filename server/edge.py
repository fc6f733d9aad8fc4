"""Every request at the edge: its id, its limits, its headers, its line in the log."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, request

from server import compression, context, headers
from server.measures import REQUEST_SECONDS

MAX_BODY_BYTES = 1 << 20
WATCHED = "health"  # machines that watch ask each process at an address of its own
LIMIT = "max_body_bytes"  # a view's own attribute, where the default is too small

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

View = TypeVar("View", bound=Callable[..., Any])

log = logging.getLogger("server.access")


def body_limit(most_bytes: int | Callable[[], int]) -> Callable[[View], View]:
    """Let a view read larger bodies than others; a function is asked each time."""

    def mark(view: View) -> View:
        setattr(view, LIMIT, most_bytes)
        return view

    return mark


def init_app(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.before_request(_begin)
    app.after_request(_end)
    headers.init_app(app)


def _begin() -> None:
    g.began = time.perf_counter()
    told = request.headers.get("X-Request-Id", "")
    g.request_id = told if _REQUEST_ID.fullmatch(told) else uuid.uuid4().hex
    if request.endpoint:
        view = current_app.view_functions[request.endpoint]
        most = getattr(view, LIMIT, MAX_BODY_BYTES)
        request.max_content_length = most() if callable(most) else most
    if request.blueprint != WATCHED and not context.is_at_home(request.host):
        abort(400, "This host is another's: the address is RASIM_ADDRESS.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        abort(415, "Send the body as it is, without Content-Encoding.")
    # PostgreSQL keeps no NUL; nothing that we look for can hold one.
    if "\0" in request.path or b"%00" in request.query_string:
        abort(400, "The address holds the character NUL.")


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = context.request_id()
    compression.shrink(response)
    _tell(response)
    return response


def _tell(response: Response) -> None:
    """One line a request, by route: an address may hold what is somebody's own."""
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else "(no route)"
    REQUEST_SECONDS.labels(request.method, route, response.status_code).observe(seconds)
    caller = context.caller_or_none()
    log.info(
        "request",
        extra={
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "milliseconds": round(seconds * 1000, 1),
            "user": str(caller.user_id) if caller else None,
        },
    )
