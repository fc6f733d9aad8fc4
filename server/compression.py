"""Answers made small on their way: pages by gzip, bundled files as they were built."""

import gzip
import io
import secrets
from pathlib import Path

from flask import Flask, Request, Response, request, send_from_directory

SMALL = frozenset({"text/html", "application/xml", "image/svg+xml"})
LEAST_BYTES = 600  # below it the head of gzip costs more than it saves
LEVEL = 6
PADDING_BYTES = 100
# What server/assets/build.mjs lays beside a file, the smallest first.
BUILT = (("br", ".br"), ("gzip", ".gz"))
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def shrink(response: Response) -> None:
    """Send a page as gzip to a browser that reads it."""
    if (
        response.mimetype not in SMALL
        or response.is_streamed
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
    ):
        return
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) < LEAST_BYTES or not _accepts(request, "gzip"):
        return
    response.set_data(_zipped(body))
    response.headers["Content-Encoding"] = "gzip"
    tag, is_weak = response.get_etag()
    if tag is not None and not is_weak:
        # The same text in other bytes: equal only for the purposes of a weak tag.
        response.set_etag(tag, weak=True)


def send_built(app: Flask, filename: str) -> Response:
    """A static file, in the smallest form that was built and that is accepted."""
    folder, suffix = str(app.static_folder), Path(filename).suffix
    max_age = app.get_send_file_max_age(filename)
    for coding, ending in BUILT if suffix in TYPES else ():
        if _accepts(request, coding) and (Path(folder) / (filename + ending)).is_file():
            response = send_from_directory(
                folder, filename + ending, mimetype=TYPES[suffix], max_age=max_age
            )
            response.headers["Content-Encoding"] = coding
            break
    else:
        response = send_from_directory(folder, filename, max_age=max_age)
    response.vary.add("Accept-Encoding")
    return response


def _accepts(asked: Request, coding: str) -> bool:
    return asked.accept_encodings.quality(coding) > 0


def _zipped(body: bytes) -> bytes:
    """The body as gzip, longer by chance each time.

    A page has a token of its session and may repeat what its address says: from exact
    lengths, over many tries, the token could be guessed (BREACH). The chance is in the
    name of the file that the head of gzip has room for, and no reader looks at.
    """
    name = "a" * secrets.randbelow(PADDING_BYTES)
    packed = io.BytesIO()
    with gzip.GzipFile(name, "wb", LEVEL, packed, mtime=0) as file:
        file.write(body)
    return packed.getvalue()
