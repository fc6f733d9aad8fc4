"""The program that draws pages: what it draws, and how harmful documents end in it."""

import io
import json
import subprocess
import sys
from itertools import pairwise

import pytest
from PIL import Image

from server.previews import PROGRAM
from tests import document_files as files

WIDTH = 900


def telephone(wide: int, high: int, photos: int = 1) -> bytes:
    """What a telephone's camera makes: many points, or several pictures in one JPEG."""
    made, photo = io.BytesIO(), Image.new("L", (wide, high), 90)
    if photos == 1:
        photo.save(made, "JPEG")
    else:
        more = [photo.resize((40, 30))] * (photos - 1)
        photo.save(made, "MPO", save_all=True, append_images=more)
    return made.getvalue()


SHOWN = {
    "a page": ("pdf", files.pdf("Hello", "Two"), 1, 2, "Hello"),
    "the second page": ("pdf", files.pdf("Hello", "Two"), 2, 2, "Two"),
    "the last of 10,000 pages": (
        "pdf",
        files.pdf(pages=10_000),
        10_000,
        10_000,
        "Page",
    ),
    "a PNG": ("picture", files.picture("PNG", (2000, 1500)), 1, 1, ""),
    "a JPEG": ("picture", files.picture("JPEG", (2000, 1500)), 1, 1, ""),
    "a photo of 108 megapixels": ("picture", telephone(12_000, 9_000), 1, 1, ""),
    "a photo with another for screens": ("picture", telephone(400, 300, 2), 1, 1, ""),
    "the third page of a TIFF": ("picture", files.picture("TIFF", frames=3), 3, 3, ""),
    "a picture that unpacks to 600 MB": ("pdf", files.bomb_pdf(600), 1, 1, ""),
}
LETTERS = "ЖжЁәҒғҚқҢңӨөҰүҺһі№"
ENDS = {
    "a password": ("pdf", files.encrypted_pdf(), 1, "locked"),
    "no PDF": ("pdf", b"%PDF-1.7 nothing", 1, "broken"),
    "a cut PDF": ("pdf", files.pdf("Hello")[:300], 1, "broken"),
    "a page that is not there": ("pdf", files.pdf("Hello"), 2, "nothing"),
    "a PNG of 900 million points": ("picture", files.bomb_png(), 1, "large"),
    "a photo of 108 megapixels in waves": (
        "picture",
        files.picture("JPEG", (12_000, 9_000), progressive=True),
        1,
        "large",
    ),
    "a cut PNG": ("picture", files.picture("PNG", (500, 500))[:200], 1, "broken"),
    "no picture": ("picture", b"GIF89a" + bytes(100), 1, "broken"),
    "a picture that is not there": ("picture", files.picture(), 2, "nothing"),
}


def draw(kind: str, content: bytes, page: int) -> tuple[int, dict, bytes]:
    done = subprocess.run(
        [sys.executable, "-I", str(PROGRAM), kind, str(page), str(WIDTH)],
        input=content,
        capture_output=True,
        env={},
        timeout=60,
        check=False,
    )
    head, _, picture = done.stdout.partition(b"\n")
    return done.returncode, json.loads(head) if head else {}, picture


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_is_drawn_with_its_text(name):
    kind, content, page, pages, text = SHOWN[name]

    code, told, picture = draw(kind, content, page)

    assert code == 0
    assert (told["pages"], told["text"]) == (pages, text)
    drawn = Image.open(io.BytesIO(picture))
    assert drawn.format == "WEBP"
    assert drawn.size == (told["width"], told["height"])
    assert drawn.width <= WIDTH + 1


def ink(picture: bytes, left: float = 0, right: float = 1) -> int:
    """How many points of a picture are dark, between two parts of its width."""
    drawn = Image.open(io.BytesIO(picture)).convert("L")
    box = (int(left * drawn.width), 0, int(right * drawn.width), drawn.height)
    return sum(drawn.crop(box).histogram()[:128])


@pytest.mark.parametrize(
    ("font", "kind"),
    [
        ("TimesNewRoman", "TrueType"),
        ("ArialMT", "TrueType"),
        ("Helvetica", "Type1"),
        ("NobodysOwn", "TrueType"),
    ],
)
def test_letters_that_their_document_does_not_bring_are_drawn(font, kind):
    content = files.borrowing_pdf(LETTERS, font, kind)

    _, told, picture = draw("pdf", content, 1)

    assert told["text"] == LETTERS
    # Each is 600 thousandths of 24 points wide, from 72 points on, on 612.
    edges = [(72 + 14.4 * place) / 612 for place in range(len(LETTERS) + 1)]
    drawn = [ink(picture, *pair) for pair in pairwise(edges)]
    assert all(dark > 20 for dark in drawn), drawn


def test_bold_letters_are_lent_bold():
    regular, bold = (
        ink(draw("pdf", files.borrowing_pdf("Жазба", font), 1)[2])
        for font in ("TimesNewRoman", "TimesNewRoman,Bold")
    )

    assert bold > regular * 1.1 > 0


def test_what_needs_no_letters_is_drawn_as_before():
    """Letters of Western Europe and signs are pdfium's own: nothing is lent."""
    latin = [
        draw("pdf", files.borrowing_pdf("Anna", font), 1)[2]
        for font in ("ArialMT", "TimesNewRoman")
    ]

    assert latin[0] != latin[1]


@pytest.mark.parametrize("name", ENDS)
def test_what_cannot_be_drawn_is_told_why(name):
    kind, content, page, why = ENDS[name]

    assert draw(kind, content, page) == (0, {"why": why}, b"")


def test_a_pdf_that_draws_without_end_is_stopped():
    code, told, _ = draw("pdf", files.endless_pdf(), 1)

    assert (code != 0, told) == (True, {})


def test_a_tall_page_does_not_become_a_tower():
    wide = files.pdf("Hello").replace(b"[0 0 612 792]", b"[0 0 10 9999999]")

    _, told, picture = draw("pdf", wide, 1)

    assert not picture or told["height"] <= 4 * WIDTH + 1


def test_the_program_can_open_nothing_once_it_reads(tmp_path):
    """What a document might make it do: read a file, call somebody, start a program."""
    probe = tmp_path / "probe.py"
    probe.write_text(
        "import json, os, runpy, socket, sys\n"
        f"program = runpy.run_path({str(PROGRAM)!r}, run_name='probe')\n"
        "program['give_up']()\n"
        "told = []\n"
        "for name, act in (\n"
        "    ('file', lambda: open('/etc/passwd')),\n"
        "    ('network', lambda: socket.socket()),\n"
        "    ('program', lambda: os.pipe()),\n"
        "):\n"
        "    try:\n"
        "        act()\n"
        "        told.append(name)\n"
        "    except OSError:\n"
        "        pass\n"
        "try:\n"
        "    bytearray(1 << 31)\n"
        "    told.append('memory')\n"
        "except MemoryError:\n"
        "    pass\n"
        "sys.stdout.write(json.dumps(told))\n"
    )

    done = subprocess.run(
        [sys.executable, "-I", str(probe)], capture_output=True, check=True, timeout=60
    )

    assert json.loads(done.stdout) == []
