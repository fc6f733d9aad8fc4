"""What a file is by its content, whatever its name says; and which names are kept.

Only what a clerk reads is let in: no page that could run, no archive, no macros.
"""

import codecs
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping, Sequence
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
PDF_BEGINS = re.compile(rb"%PDF-[12]\.[0-9]\s")
ZIP_START = b"PK\x03\x04"
# Of the end of an archive, which may have a comment of up to 64 KB behind it.
ZIP_END, ZIP_END_BYTES, LONGEST_COMMENT = b"PK\x05\x06", 22, (1 << 16) - 1
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
# Some programs number the main part, or write its name with other capitals.
MAIN_PARTS = {
    DOCX: (
        re.compile(r"word/document\d*\.xml"),
        b"wordprocessingml.document.main+xml",
    ),
    XLSX: (re.compile(r"xl/workbook\d*\.xml"), b"spreadsheetml.sheet.main+xml"),
}
LIST_OF_PARTS = "[content_types].xml"
MACROS = re.compile(r"(^|/)(vbaproject\.bin|basic/)", re.IGNORECASE)
# How pages, drawings and scripts begin; text that does so could run where it is opened.
# A name ends there as for a browser: <head@school.kz> is somebody's address.
_RUNS = re.compile(
    rb"<(!doctype|html|head|body|script|svg|iframe|object|embed|math)([\s/>]|\Z)"
    rb"|<\?(xml|php)|^#!|^%!PS|^\{\\rtf",
    re.IGNORECASE,
)
# What Windows opens as a device, whatever its ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
# What people send that is not taken, by its first bytes, and what they are told.
PHOTOS = frozenset({b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1", b"avif"})
SIGNED = bytes.fromhex("06092a864886f70d010702")  # PKCS #7 signed data
APPLE_PART = ".iwa"  # of Pages, Numbers and Keynote
OPEN_OFFICE = "application/vnd.oasis.opendocument."
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class DocumentRefused(RasimError):
    """This file is not taken."""


class NotADocument(DocumentRefused):
    """Only PDF, PNG, JPEG, TIFF, DOCX, XLSX, ODT, TXT and CSV are taken here."""


class SuspiciousDocument(DocumentRefused):
    """This file pretends to be something else. Save it anew and try again."""


class PictureRefused(NotADocument):
    """This picture is HEIC, WebP, GIF or BMP. Save it as JPEG or PNG and try again; an
    iPhone takes JPEG with Settings, Camera, Formats, Most Compatible."""


class OldDocument(NotADocument):
    """This document has a password, or is of a kind that is not taken: DOC, XLS, PPTX,
    RTF, ODS. Save it as PDF, without a password, and try again."""


class ArchiveRefused(NotADocument):
    """This is an archive. Take the documents out of it and add each by itself."""


class PageRefused(NotADocument):
    """This is a web page, or has parts of one. Print it to PDF and try again."""


class SignatureRefused(NotADocument):
    """This is a signature, or a document inside of one. Add the document itself."""


class OversizedDocument(DocumentRefused):
    """This file is packed so tightly that opening it would fill a computer."""


class MacrosRefused(DocumentRefused):
    """This document holds macros. Save it without them and try again."""


_REFUSALS: Sequence[tuple[bytes, type[NotADocument]]] = (
    (b"GIF8", PictureRefused),
    (b"RIFF", PictureRefused),
    (b"BM", PictureRefused),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OldDocument),
    (b"{\\rtf", OldDocument),
    (b"Rar!\x1a", ArchiveRefused),
    (b"7z\xbc\xaf'\x1c", ArchiveRefused),
    (b"\x1f\x8b", ArchiveRefused),
    (b"PK\x05\x06", ArchiveRefused),
)


def of(source: IO[bytes], name: str) -> str:
    """The media type of a content, read from its bytes; `source` is left at its start.

    Raises NotADocument or one that says more, SuspiciousDocument, OversizedDocument or
    MacrosRefused. The name decides only between plain text and a table of it.
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
            return _alone(source, media_type)
    if _is_late_pdf(head):
        return _alone(source, PDF)
    # By all its letters: the first may be those of any kind of file, as in "BMW".
    if _is_text(source):
        return CSV if name.lower().endswith(".csv") else TEXT
    raise _refusal(head)


def _alone(source: IO[bytes], media_type: str) -> str:
    """The type, where it is not an archive as well: such a file would be two at once.

    An archive is found from its end, and by its list of parts: by chance one photo of
    60,000 has the four letters alone. What ends before a PDF does is attached to it.
    """
    size = source.seek(0, io.SEEK_END)
    source.seek(max(0, size - ZIP_END_BYTES - LONGEST_COMMENT))
    tail = source.read()
    end = tail.rfind(ZIP_END)
    if end < 0 or len(tail) - end < ZIP_END_BYTES:
        return media_type
    beyond = tail[end + ZIP_END_BYTES :]
    comment = int.from_bytes(
        tail[end + ZIP_END_BYTES - 2 : end + ZIP_END_BYTES], "little"
    )
    is_attached = len(beyond) != comment and b"endstream" in beyond
    if (media_type == PDF and is_attached) or not _has_parts(source):
        return media_type
    raise SuspiciousDocument


def _has_parts(source: IO[bytes]) -> bool:
    if _count(source, PART_MARK) > 2 * MOST_PARTS:
        return True  # whatever they are: they are not read
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as archive:
            return bool(archive.infolist())
    except BROKEN_PACKING:
        return False


def _is_late_pdf(head: bytes) -> bool:
    """Whether a PDF begins behind what banks and printers put before it: a mark of
    UTF-8, an empty line, the lines of a letter between programs. No other file."""
    found = PDF_BEGINS.search(head, 0, PDF_WITHIN_BYTES + 16)
    if found is None or found.start() > PDF_WITHIN_BYTES:
        return False
    before = head[: found.start()]
    return not (_CONTROLS.search(before.decode("latin-1")) or _RUNS.search(before))


def _refusal(head: bytes) -> NotADocument:
    """Why it is not taken, as one who is at home in offices would tell."""
    for mark, refusal in _REFUSALS:
        if head.startswith(mark):
            return refusal()
    if head[4:8] == b"ftyp" and head[8:12] in PHOTOS:
        return PictureRefused()
    if SIGNED in head[:64]:
        return SignatureRefused()
    if _RUNS.search(head.lstrip(b"\xef\xbb\xbf \t\r\n")):
        return PageRefused()
    return NotADocument()


def _is_text(source: IO[bytes]) -> bool:
    """Whether all of it is text, and none that a program runs.

    UTF-8 or Windows-1251, in which spreadsheets here save CSV; with its mark also
    UTF-16, which Excel and Notepad call Unicode.
    """
    source.seek(0)
    head = source.read(HEAD_BYTES)
    if _RUNS.search(head.lstrip(b"\xef\xbb\xbf \t\r\n")):
        return False
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1251"):
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
    # Names in a packed document are the same in any capitals; some have the bars of
    # Windows.
    names = [part.filename.replace("\\", "/").lower() for part in parts]
    if len(set(names)) != len(names):
        raise SuspiciousDocument  # two readers may take either of two
    if any(MACROS.search(name) for name in names):
        raise MacrosRefused
    if LIST_OF_PARTS in names:
        return _of_microsoft(archive, names, parts[names.index(LIST_OF_PARTS)].filename)
    if names[:1] == ["mimetype"]:
        told = _read(archive, "mimetype").decode("ascii", "replace").strip()
        if told == ODT and "content.xml" in names:
            return ODT
        raise OldDocument if told.startswith(OPEN_OFFICE) else ArchiveRefused
    is_of_apple = any(name.endswith(APPLE_PART) for name in names)
    raise OldDocument if is_of_apple else ArchiveRefused


def _of_microsoft(
    archive: zipfile.ZipFile, names: Sequence[str], list_name: str
) -> str:
    listed = _read(archive, list_name)
    if b"macroenabled" in listed.lower():
        raise MacrosRefused
    for media_type, (part, mark) in MAIN_PARTS.items():
        if mark in listed and any(part.fullmatch(name) for name in names):
            return media_type
    raise OldDocument


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part, to a limit: what a list says of its own size is not believed."""
    with archive.open(name) as part:
        content = part.read(LARGEST_LIST_BYTES + 1)
    if len(content) > LARGEST_LIST_BYTES:
        raise OversizedDocument
    return content
