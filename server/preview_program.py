"""Draws one page of a document that nobody trusts: a program of its own, soon over.

`python -I preview_program.py KIND PAGE WIDTH` reads the document from standard input
and writes one line of JSON, then the picture. Before it reads, it gives up memory,
time, files and the network; what a document then breaks is this process alone.
"""

import ctypes
import io
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

import font_source_serif_pro as serif  # type: ignore[import-untyped]  # it has none
import pypdfium2
from PIL import Image, ImageFile, ImageOps
from pypdfium2 import raw as pdfium

MEMORY_BYTES = 700 << 20
CPU_SECONDS = 6
MADE_BYTES = 32 << 20
MOST_POINTS = 60_000_000  # of a picture, before it is made smaller
TALLEST = 4  # times its width, of what is drawn
LONGEST_TEXT = 20_000  # characters of a page
QUALITY = 80
NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000  # linux/sched.h
READ_BYTES = 600 << 20

Told = dict[str, Any]
FACES = ("SourceSerifPro-Regular.ttf", "SourceSerifPro-Bold.ttf")
BOLD_FROM = 600  # of the weights of letters
SYMBOLS = 2  # the character set of signs, which no letter takes the place of
SYSTEM_FONTS = dict(pdfium.FPDF_SYSFONTINFO._fields_)


class Refused(Exception):
    """`why`: locked, broken, large, or nothing (there is no such page)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Lender:
    """Lends letters to a PDF that has none of its own for the text that it shows.

    Without fonts pdfium draws those of Western Europe alone, and Cyrillic not at all.
    """

    def __init__(self) -> None:
        folder = Path(serif.font_directory)
        self._faces = [(folder / name).read_bytes() for name in FACES]
        self._info = pdfium.FPDF_SYSFONTINFO(version=1)
        # The smallest table of answers that pdfium asks for; all else is "nothing".
        for name, answer in (
            ("MapFont", self._choose),
            ("GetFontData", self._read),
            ("GetFont", lambda *_: None),
            ("GetFaceName", lambda *_: 0),
            ("GetFontCharset", lambda *_: 1),
            ("DeleteFont", lambda *_: None),
            ("EnumFonts", lambda *_: None),
            ("Release", lambda *_: None),
        ):
            setattr(self._info, name, SYSTEM_FONTS[name](answer))

    def lend(self) -> None:
        pdfium.FPDF_SetSystemFontInfo(ctypes.byref(self._info))

    def _choose(self, *asked: Any) -> int | None:
        """A face by its number from 1: (info, weight, italic, character set, ...)."""
        if asked[3] == SYMBOLS:
            return None
        return 2 if asked[1] >= BOLD_FROM else 1

    def _read(self, _info: Any, face: int, tag: int, buffer: Any, size: int) -> int:
        """The bytes of a face, or of one table of it; how many there are."""
        wanted = _table(self._faces[face - 1], tag)
        if buffer and size >= len(wanted):
            ctypes.memmove(buffer, wanted, len(wanted))
        return len(wanted)


def _table(face: bytes, tag: int) -> bytes:
    """One table of a font by its name of four letters, the whole for 0."""
    if tag == 0:
        return face
    for place in range(int.from_bytes(face[4:6], "big")):
        entry = face[12 + 16 * place : 28 + 16 * place]
        if entry[:4] == tag.to_bytes(4, "big"):
            begin, length = (
                int.from_bytes(entry[at : at + 4], "big") for at in (8, 12)
            )
            return face[begin : begin + length]
    return b""


def is_cyrillic(text: str) -> bool:
    return any("\u0400" <= letter <= "\u052f" for letter in text)


def give_up() -> None:
    """From here on nothing can be opened, started, sent or kept."""
    if sys.platform == "linux":
        # Where the kernel allows it; without files there is no way out anyway.
        ctypes.CDLL(None).unshare(NEW_USER | NEW_NETWORK)
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, MADE_BYTES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def page_of_pdf(
    content: bytes, page: int, width: int, lender: Lender
) -> tuple[Told, Image.Image]:
    document = _opened(content)
    count = len(document)
    if not 1 <= page <= count:
        raise Refused("nothing" if count else "broken")
    try:
        text = document[page - 1].get_textpage().get_text_bounded()
        if is_cyrillic(text):
            # Letters are chosen while a page is read: it is read anew.
            lender.lend()
            document = _opened(content)
        sheet = document[page - 1]
        wide, high = sheet.get_size()
        if wide <= 0 or high <= 0:
            raise Refused("broken")
        scale = min(width / wide, TALLEST * width / high)
        drawn = sheet.render(scale=scale, may_draw_forms=False).to_pil()
    except pypdfium2.PdfiumError as error:
        raise Refused("broken") from error
    return {"pages": count, "text": text[:LONGEST_TEXT]}, drawn.convert("RGB")


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        is_locked = "password" in str(error).lower()
        raise Refused("locked" if is_locked else "broken") from error


def page_of_picture(content: bytes, page: int, width: int) -> tuple[Told, Image.Image]:
    Image.MAX_IMAGE_PIXELS = None  # ours is stricter
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF")) as file:
            # What a telephone's JPEG holds beside its photo is for screens, no page.
            count = getattr(file, "n_frames", 1) if file.format == "TIFF" else 1
            if not 1 <= page <= count:
                raise Refused("nothing")
            if page > 1:
                file.seek(page - 1)
            points = file.width * file.height
            file.draft("RGB", (width, TALLEST * width))
            # A telephone's 200 megapixels are read at a fraction of their size, but for
            # a JPEG that comes in waves, which is in memory whole.
            if "progressive" not in file.info:
                points = file.width * file.height
            if points > MOST_POINTS:
                raise Refused("large")
            upright = ImageOps.exif_transpose(file)
            upright.thumbnail((width, TALLEST * width))
            return {"pages": count, "text": ""}, _on_white(upright)
    except (OSError, ValueError, SyntaxError, EOFError, AttributeError) as error:
        raise Refused("broken") from error


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("I", "I;16", "F"):  # of scanners: sixteen bits a point
        picture = picture.convert("I").point(lambda value: value / 256, "L")
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(white, clear).convert("RGB")


def main(kind: str, page: int, width: int) -> None:
    os.nice(5)
    # What Python and its libraries load late could not be loaded after this.
    "".encode("utf-16-le")
    Image.init()
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.new("RGB", (1, 1)).save(io.BytesIO(), "WEBP")
    source, target = sys.stdin.buffer, sys.stdout.buffer
    lender = Lender()
    give_up()
    try:
        content = source.read(READ_BYTES)
        if kind == "pdf":
            told, drawn = page_of_pdf(content, page, width, lender)
        else:
            told, drawn = page_of_picture(content, page, width)
        made = io.BytesIO()
        drawn.save(made, "WEBP", quality=QUALITY, method=2)
        told |= {"width": drawn.width, "height": drawn.height}
    except Refused as refused:
        told, made = {"why": refused.why}, io.BytesIO()
    except MemoryError:
        told, made = {"why": "large"}, io.BytesIO()
    target.write(json.dumps(told).encode() + b"\n" + made.getvalue())
    target.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
