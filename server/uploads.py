"""Documents at the edge: a file of a request becomes one of a case, and goes out."""

import uuid
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import IO

from flask import Response, request, send_file
from werkzeug.datastructures import FileStorage

from server.context import caller, services, transaction, world
from workflows import depot as depots
from workflows import documents
from workflows.depot import DocumentInfected, Received
from workflows.documents import DocumentRow
from workflows.model import InputRefused

FILE = "file"  # the part of a request that has it
FILE_BESIDE = "-file"  # its name beside answers to a form: no question is named so
OVERHEAD_BYTES = 64 * 1024  # of a request around its file
FILES_AT_ONCE = 5  # of a form that is posted whole
# What a browser does with it, should it ever show it: nothing.
APART = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def one_file() -> int:
    """How large a request with one file may be, in bytes."""
    return services().depot.most_bytes + OVERHEAD_BYTES


def some_files() -> int:
    return FILES_AT_ONCE * services().depot.most_bytes + (1 << 20)


def sent() -> FileStorage:
    """The file of this request; InputRefused if there is none."""
    file = request.files.get(FILE_BESIDE, request.files.get(FILE))
    if file is None or not file.filename:
        raise InputRefused(field=FILE, reason="choose a file")
    return file


def receive_for_task(task_id: uuid.UUID, file: FileStorage) -> Received:
    """The file's content, kept; its task may be given documents by who asks."""
    with transaction() as tx:
        instance_id = documents.check_task(tx, world(), caller(), task_id)
    return _received(instance_id, file)


def receive_for_case(instance_id: uuid.UUID, file: FileStorage) -> Received:
    with transaction() as tx:
        documents.check_case(tx, caller(), instance_id)
    return _received(instance_id, file)


def receive_again(file: FileStorage) -> Received:
    """A file that was received before: nobody is told anew what is wrong with it."""
    store, depot = services().store, services().depot
    return depots.receive(store, depot, services().clock, file.stream, _name(file))


def add_to_task(
    task_id: uuid.UUID, file: FileStorage, field: str | None = None
) -> DocumentRow:
    received = receive_for_task(task_id, file)
    with transaction() as tx:
        return documents.add_to_task(
            tx, world(), services().depot, caller(), task_id, received, field=field
        )


def add_to_case(instance_id: uuid.UUID, file: FileStorage) -> DocumentRow:
    received = receive_for_case(instance_id, file)
    with transaction() as tx:
        return documents.add_to_case(
            tx, world(), services().depot, caller(), instance_id, received
        )


def download(document_id: uuid.UUID) -> Response:
    """The document as a file to save; never as a page."""
    with transaction() as tx:
        row = documents.get(tx, caller(), document_id)
    response = send_file(
        opened(row),
        mimetype=row.media_type,
        as_attachment=True,
        download_name=row.name,
        conditional=False,
        etag=False,
    )
    response.content_length = row.size
    response.headers.update(APART)
    return response


def opened(row: DocumentRow) -> IO[bytes]:
    """The bytes of a document that the caller may see; its case is told of a virus."""
    store, depot = services().store, services().depot
    try:
        return depots.opened(store, depot, services().clock, row.sha256)
    except DocumentInfected:
        if row.scan != depots.INFECTED:
            documents.tell_infected(store, world(), row.sha256)
        raise


def _name(file: FileStorage) -> str:
    """Its name as it was meant: programs in Java send =?UTF-8?B?...?= (RFC 2047)."""
    name = file.filename or ""
    try:
        return str(make_header(decode_header(name))) if "=?" in name else name
    except (LookupError, ValueError, HeaderParseError):
        return name


def _received(instance_id: uuid.UUID, file: FileStorage) -> Received:
    store, depot = services().store, services().depot
    try:
        return depots.receive(store, depot, services().clock, file.stream, _name(file))
    except DocumentInfected as error:
        with transaction() as tx:
            documents.tell_refused(
                tx, world(), caller(), instance_id, error.data["threat"]
            )
        raise
