"""What a file is by its content, whatever its name says; and which names are kept.

Only what a clerk reads is let in: no page that could run, no archive, no macros.
"""

import codecs
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO

from workflows.model import RasimError

PDF, PNG, JPEG, TIFF = "application/pdf", "image/png", "image/jpeg", "image/tiff"
TEXT, CSV = "text/plain", "text/csv"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = _OFFICE + "wordprocessingml.document"
XLSX = _OFFICE + "spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"

# The first ending is the one that a file of the type gets if its name has none of them.
ENDINGS: Mapping[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
    TIFF: (".tif", ".tiff"),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    ODT: (".odt",),
    TEXT: (".txt",),
    CSV: (".csv",),
}
PICTURES = frozenset({PNG, JPEG, TIFF})
# What the first bytes alone tell; a TIFF may be in either order, and of either size.
MARKS: Mapping[bytes, str] = {
    b"%PDF-": PDF,
    b"\x89PNG\r\n\x1a\n": PNG,
    b"\xff\xd8\xff": JPEG,
    b"II*\0": TIFF,
    b"MM\0*": TIFF,
    b"II+\0": TIFF,
    b"MM\0+": TIFF,
}

HEAD_BYTES = 64 * 1024
LONGEST_NAME = 150  # characters
PDF_WITHIN_BYTES = 1024  # readers look for the beginning of a PDF so far
ZIP_START = b"PK\x03\x04"
# Whoever opens a packed document unpacks it: no more than a large one really has.
MOST_PARTS = 5_000
PART_MARK = b"PK\x01\x02"  # of each entry in the list of parts
MOST_UNPACKED_BYTES = 300 << 20
# What reading a packed document raises; RuntimeError: a part under a password,
# NotImplementedError: a way of packing that no clerk's program uses.
BROKEN_PACKING = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OSError,
    KeyError,
)
MOST_TIMES_LARGER = 200
LARGEST_LIST_BYTES = 1 << 20  # of the parts of a packed document, in words
MAIN_PARTS = {
    DOCX: ("word/document.xml", b"wordprocessingml.document.main+xml"),
    XLSX: ("xl/workbook.xml", b"spreadsheetml.sheet.main+xml"),
}
MACROS = re.compile(r"(^|/)(vbaproject\.bin|basic/)", re.IGNORECASE)
# How pages, drawings and scripts begin; text that does so could run where it is opened.
_RUNS = re.compile(
    rb"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php|math)"
    rb"|^#!|^%!PS|^\{\\rtf",
    re.IGNORECASE,
)
# What Windows opens as a device, whatever its ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class DocumentRefused(RasimError):
    """This file is not taken."""


class NotADocument(DocumentRefused):
    """Only PDF, PNG, JPEG, TIFF, DOCX, XLSX, ODT, TXT and CSV are taken here."""


class SuspiciousDocument(DocumentRefused):
    """This file pretends to be something else. Save it anew and try again."""


class OversizedDocument(DocumentRefused):
    """This file is packed so tightly that opening it would fill a computer."""


class MacrosRefused(DocumentRefused):
    """This document holds macros. Save it without them and try again."""


def of(source: IO[bytes], name: str) -> str:
    """The media type of a content, read from its bytes; `source` is left at its start.

    Raises NotADocument, SuspiciousDocument, OversizedDocument or MacrosRefused. The
    name decides only between plain text and a table of it.
    """
    source.seek(0)
    head = source.read(HEAD_BYTES)
    try:
        return _of(source, head, name)
    finally:
        source.seek(0)


def cleaned(name: str, media_type: str) -> str:
    """A name to keep: no folders, nothing unseen, with an ending of its type."""
    text = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    # Categories C*: controls, half characters, and marks that turn a name around.
    text = "".join(each for each in text if unicodedata.category(each)[0] != "C")
    text = re.sub(r'[<>:"|?*\s]+', " ", text).strip().rstrip(" .")
    stem, dot, ending = text.rpartition(".")
    endings = ENDINGS[media_type]
    if not dot or f".{ending.lower()}" not in endings:
        stem, ending = text, endings[0][1:]
    stem = stem.strip(" .") or "document"
    if _DEVICES.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem[: LONGEST_NAME - len(ending) - 1].strip()}.{ending}"


def _of(source: IO[bytes], head: bytes, name: str) -> str:
    if head.startswith(ZIP_START):
        if b"%PDF-" in head[:PDF_WITHIN_BYTES]:
            raise SuspiciousDocument
        return _packed(source)
    for mark, media_type in MARKS.items():
        if head.startswith(mark):
            # An archive is found from its end: such a file would be two at once.
            source.seek(0)
            if zipfile.is_zipfile(source):
                raise SuspiciousDocument
            return media_type
    # By all its letters: the first may be those of any kind of file, as in "BMW".
    if _is_text(source):
        return CSV if name.lower().endswith(".csv") else TEXT
    raise NotADocument


def _is_text(source: IO[bytes]) -> bool:
    """Whether all of it is text, and none that a program runs.

    UTF-8 or Windows-1251, in which spreadsheets here save CSV.
    """
    source.seek(0)
    head = source.read(HEAD_BYTES)
    if _RUNS.search(head.lstrip(b"\xef\xbb\xbf \t\r\n")):
        return False
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return _is_harmless(source, encoding)
        except UnicodeDecodeError:
            continue
    return False


def _is_harmless(source: IO[bytes], encoding: str) -> bool:
    """Whether no program runs it, read so; UnicodeDecodeError where it is not so.

    Read in pieces: a large file is never in memory whole.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    begins, is_clean = "", True
    source.seek(0)
    while piece := source.read(HEAD_BYTES):
        text = decoder.decode(piece)
        is_clean = is_clean and not _CONTROLS.search(text)
        begins += text[: HEAD_BYTES - len(begins)]
    decoder.decode(b"", final=True)
    return is_clean and not _RUNS.search(begins.lstrip().encode("utf-8", "replace"))


def _packed(source: IO[bytes]) -> str:
    """The type of a packed document by its parts; none is unpacked but their list."""
    # Counted before it is read: in memory an entry takes ten times its place here.
    if _count(source, PART_MARK) > 2 * MOST_PARTS:
        raise OversizedDocument
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as archive:
            return _packed_type(archive)
    except BROKEN_PACKING as error:
        raise SuspiciousDocument from error


def _count(source: IO[bytes], mark: bytes) -> int:
    """How often the mark may be in it: what lies in two pieces counts as well."""
    source.seek(0)
    found, before = 0, b""
    while piece := source.read(HEAD_BYTES):
        found += (before + piece).count(mark)
        before = piece[1 - len(mark) :]
    return found


def _packed_type(archive: zipfile.ZipFile) -> str:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if (
        len(parts) > MOST_PARTS
        or unpacked > MOST_UNPACKED_BYTES
        or unpacked > MOST_TIMES_LARGER * max(packed, 100_000)
    ):
        raise OversizedDocument
    names = [part.filename for part in parts]
    if len(set(names)) != len(names):
        raise SuspiciousDocument  # two readers may take either of two
    if any(MACROS.search(name) for name in names):
        raise MacrosRefused
    if "[Content_Types].xml" in names:
        listed = _read(archive, "[Content_Types].xml")
        if b"macroenabled" in listed.lower():
            raise MacrosRefused
        for media_type, (part, mark) in MAIN_PARTS.items():
            if part in names and mark in listed:
                return media_type
    elif names[:1] == ["mimetype"] and "content.xml" in names:
        if _read(archive, "mimetype").decode("ascii", "replace").strip() == ODT:
            return ODT
    raise NotADocument


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part, to a limit: what a list says of its own size is not believed."""
    with archive.open(name) as part:
        content = part.read(LARGEST_LIST_BYTES + 1)
    if len(content) > LARGEST_LIST_BYTES:
        raise OversizedDocument
    return content
