"""What a file is, by its bytes; what is not let in; which names are kept."""

import io

import pytest

from tests import document_files as files
from workflows import media_types
from workflows.media_types import (
    ENDINGS,
    ArchiveRefused,
    MacrosRefused,
    NotADocument,
    OldDocument,
    OversizedDocument,
    PageRefused,
    PictureRefused,
    SignatureRefused,
    SuspiciousDocument,
)

KAZAKH = "Өтініш қабылданды\n".encode()
GOOD = {
    media_types.PDF: files.pdf("One"),
    media_types.PNG: files.picture("PNG"),
    media_types.JPEG: files.picture("JPEG"),
    media_types.TIFF: files.picture("TIFF", frames=2),
    media_types.DOCX: files.docx(),
    media_types.XLSX: files.xlsx(),
    media_types.ODT: files.odt(),
    media_types.TEXT: KAZAKH,
}
BAD = {
    "a page": (files.HTML, NotADocument),
    "a page after a mark": (b"\xef\xbb\xbf\n " + files.HTML, NotADocument),
    "a wide page": (files.HTML.decode().encode("utf-16"), NotADocument),
    "a drawing with a script": (files.SVG, NotADocument),
    "a drawing with a head": (b'<?xml version="1.0"?>' + files.SVG, NotADocument),
    "a program": (b"\x7fELF" + bytes(100), NotADocument),
    "a program of Windows": (b"MZ" + bytes(200), NotADocument),
    "a script": (b"#!/bin/sh\nrm -rf /\n", NotADocument),
    "PHP in a text": (b"hello <?php system('id') ?>", NotADocument),
    "an archive": (files.packed({"a.txt": b"a"}), ArchiveRefused),
    "an archive that says it is DOCX": (
        files.packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b""}),
        NotADocument,
    ),
    "an old DOC": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), OldDocument),
    "an RTF": (b"{\\rtf1\\ansi a}", OldDocument),
    "a table of OpenOffice": (
        files.packed(
            {
                "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": b"<a/>",
            }
        ),
        OldDocument,
    ),
    "Pages of a Mac": (files.packed({"Index/Document.iwa": b"a"}), OldDocument),
    "a GIF": (files.picture("GIF"), PictureRefused),
    "a photo of an iPhone": (
        b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(99),
        PictureRefused,
    ),
    "a signed container": (
        bytes.fromhex("3082100006092a864886f70d010702a0") + bytes(99),
        SignatureRefused,
    ),
    "a saved page": (b"MIME-Version: 1.0\r\n\r\n<html>\r\n", PageRefused),
    "a PDF and an archive": (
        files.pdf() + files.packed({"a": b"b"}),
        SuspiciousDocument,
    ),
    "a JPEG and an archive": (
        files.picture("JPEG") + files.packed({"a": b"b"}),
        SuspiciousDocument,
    ),
    "an archive and a PDF": (
        files.packed({"%PDF-1.7": b"%PDF-1.7"} | {"a": b"b"}),
        SuspiciousDocument,
    ),
    "a JPEG, an archive and an end": (
        files.picture("JPEG") + files.packed({"a": b"b"}) + b"endstream",
        SuspiciousDocument,
    ),
    "a PDF behind a page": (files.HTML + files.pdf(), NotADocument),
    "a PDF behind a program": (b"MZ\0\r\n" + files.pdf(), NotADocument),
    "a cut archive": (files.docx()[:200], SuspiciousDocument),
    "a bomb": (files.bomb_docx(), OversizedDocument),
    "too many parts": (
        files.packed({f"p{n}": b"" for n in range(media_types.MOST_PARTS + 1)}),
        OversizedDocument,
    ),
    "a list without end": (
        media_types.ZIP_START + media_types.PART_MARK * 3 * media_types.MOST_PARTS,
        OversizedDocument,
    ),
    "macros": (files.docx(word__vbaProject_bin=b"x"), MacrosRefused),
    "bytes of nothing": (bytes(range(256)) * 4, NotADocument),
}


@pytest.mark.parametrize("media_type", GOOD)
def test_a_document_is_told_by_its_bytes_whatever_it_is_called(media_type):
    source = io.BytesIO(GOOD[media_type])

    found = media_types.of(source, "photo.exe")

    assert found == media_type
    assert source.tell() == 0


class Pieces(io.BytesIO):
    """A file that tells how much of it was asked for at once."""

    most = 0

    def read(self, size=-1, /):
        self.most = max(self.most, size if size >= 0 else len(self.getvalue()))
        return super().read(size)


FAR = media_types.HEAD_BYTES + 1  # the last byte of a letter lies in the next piece


@pytest.mark.parametrize(
    "content",
    [
        b"a" * (FAR - 2) + "ә".encode() * FAR,
        b"a" * (FAR - 2) + "Қ".encode()[:1] + "ня".encode("cp1251") * FAR,
    ],
)
def test_a_long_text_is_read_in_pieces(content):
    source = Pieces(content)

    assert media_types.of(source, "a.txt") == "text/plain"
    assert source.most <= media_types.HEAD_BYTES
    assert source.tell() == 0


@pytest.mark.parametrize(
    "end",
    [b"\x00", b"\x1b\x07", "ж".encode() + b"\x98\xff", b"\x7f"],
)
def test_what_is_no_text_is_found_at_its_very_end(end):
    with pytest.raises(NotADocument):
        media_types.of(io.BytesIO(b"a" * FAR * 3 + end), "a.txt")


def test_a_table_is_text_by_its_bytes_and_csv_by_its_name():
    assert media_types.of(io.BytesIO(b"a;b\n1;2\n"), "t.CSV") == media_types.CSV
    assert media_types.of(io.BytesIO(b"a;b\n1;2\n"), "t.txt") == media_types.TEXT


def test_a_table_that_a_spreadsheet_saved_in_cyrillic_is_taken():
    content = "ФИО;класс\nИванов;1\n".encode("cp1251")

    assert media_types.of(io.BytesIO(content), "t.csv") == media_types.CSV


@pytest.mark.parametrize(
    "text",
    ["\ufeffАты;ЖСН\n", "001231500123;Ару\n", "BMW", "(а) тізім", "I I", "{1}"],
)
def test_a_text_is_taken_however_it_begins(text):
    """A mark of UTF-8, an IIN of 2000 and letters that begin a file of other kinds."""
    assert media_types.of(io.BytesIO(text.encode()), "t.csv") == media_types.CSV


def test_an_address_in_a_letter_is_no_part_of_a_page():
    content = b"From: <head@school.kz>, <scripts@school.kz>\nTo: <mathematics@a.kz>\n"

    assert media_types.of(io.BytesIO(content), "letter.txt") == media_types.TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_what_excel_calls_unicode_text_is_taken(encoding):
    content = ("\ufeffАты\tЖСН\r\nӘсел\t" + "Қ" * FAR).encode(encoding)

    assert media_types.of(io.BytesIO(content), "t.csv") == media_types.CSV


@pytest.mark.parametrize(
    "before",
    [
        b"\xef\xbb\xbf",
        b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n",
        b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n",
    ],
)
def test_a_pdf_of_a_bank_or_a_printer_begins_a_little_later(before):
    content = io.BytesIO(before + files.pdf("One"))

    assert media_types.of(content, "a.pdf") == media_types.PDF


ATTACHED = b"9 0 obj\nstream\n%s\nendstream\nendobj\nxref\ntrailer\n%%%%EOF\n"
CHANCE = b"PK\x05\x06" + bytes(range(1, 30))  # four letters, and nothing of an archive


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (files.pdf() + ATTACHED % files.docx(), media_types.PDF),
        (files.pdf() + CHANCE, media_types.PDF),
        (files.picture("JPEG") + b"MotionPhoto_Data" + CHANCE, media_types.JPEG),
        (files.picture("PNG") + CHANCE[:6], media_types.PNG),
    ],
)
def test_what_a_scanner_or_a_phone_puts_behind_is_no_archive(content, media_type):
    assert media_types.of(io.BytesIO(content), "a") == media_type


@pytest.mark.parametrize(
    ("parts", "media_type"),
    [
        (("[Content_Types].xml", "word/document2.xml"), media_types.DOCX),
        (("[content_types].xml", "Word\\Document.xml"), media_types.DOCX),
        (("[Content_Types].xml", "xl/Workbook.xml"), media_types.XLSX),
    ],
)
def test_documents_of_other_programs_are_told_by_their_parts(parts, media_type):
    kind = files.WORD if media_type == media_types.DOCX else files.SHEET
    types = files.CONTENT_TYPES.format(part=parts[1], type=kind).encode()
    content = files.packed({parts[0]: types, parts[1]: b"<document/>"})

    assert media_types.of(io.BytesIO(content), "a.zip") == media_type


@pytest.mark.parametrize("name", BAD)
def test_what_could_run_or_pretends_is_refused(name):
    content, error = BAD[name]

    with pytest.raises(error):
        media_types.of(io.BytesIO(content), "report.pdf")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\boot.ini", "boot.ini.pdf"),
        ("C:\\Users\\a\\Анықтама.PDF", "Анықтама.PDF"),
        ("photo.exe", "photo.exe.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("a\0.pdf", "a.pdf"),
        ('"quoted".pdf', "quoted.pdf"),
        ("....", "document.pdf"),
        ("", "document.pdf"),
        (".pdf", "document.pdf"),
        ("%2e%2e%2fx.pdf", "%2e%2e%2fx.pdf"),
        ("е\u0306.pdf", "ӗ.pdf"),
    ],
)
def test_a_name_is_kept_without_what_leads_elsewhere(sent, kept):
    assert media_types.cleaned(sent, media_types.PDF) == kept


def test_a_long_name_is_cut_before_its_ending():
    kept = media_types.cleaned("ә" * 400 + ".pdf", media_types.PDF)

    assert len(kept) == media_types.LONGEST_NAME
    assert kept.endswith("ә.pdf")


def test_every_type_that_is_taken_has_an_ending():
    assert set(GOOD) | {media_types.CSV} == set(ENDINGS)
