"""Files as people send them, and as those send them who mean harm."""

import io
import struct
import zipfile
import zlib

from PIL import Image

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Override PartName="/{part}" ContentType="{type}"/></Types>'
)
WORD = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
ODT = "application/vnd.oasis.opendocument.text"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


def pdf(*texts: str, pages: int = 0) -> bytes:
    """A PDF with a page for each text, or with so many equal pages."""
    texts = texts or ("Page",) * (pages or 1)
    bodies = [
        f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode("latin-1") for text in texts
    ]
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(len(texts)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(texts)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for place, body in enumerate(bodies):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            b"/Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>"
            % (5 + 2 * place)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body))
    return _pdf(objects)


def borrowing_pdf(text: str, font: str, kind: str = "TrueType") -> bytes:
    """A PDF that names its font and does not bring it, as programs of old write it:
    a byte for each letter, with the letter's name."""
    codes = {letter: 128 + at for at, letter in enumerate(dict.fromkeys(text))}
    names = " ".join(f"/uni{ord(letter):04X}" for letter in codes)
    body = f"BT /F1 24 Tf 72 720 Td <{bytes(codes[each] for each in text).hex()}> Tj ET"
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            (
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
                b"/Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            ),
            f"<< /Length {len(body)} >>\nstream\n{body}\nendstream".encode(),
            (
                f"<< /Type /Font /Subtype /{kind} /BaseFont /{font} /FirstChar 128 "
                f"/LastChar {127 + len(codes)} /Widths [{'600 ' * len(codes)}] "
                f"/FontDescriptor 6 0 R /Encoding << /Differences [128 {names}] >> >>"
            ).encode(),
            (
                f"<< /Type /FontDescriptor /FontName /{font} /Flags 32 /ItalicAngle 0 "
                "/FontBBox [0 -200 1000 900] /Ascent 900 /Descent -200 "
                "/CapHeight 700 /StemV 80 >>"
            ).encode(),
        ]
    )


def pdf_with(extra: bytes) -> bytes:
    """A PDF whose trailer says more, or whose only page draws `extra`."""
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(extra), extra),
        ]
    )


def encrypted_pdf() -> bytes:
    """A PDF that asks for a password: its keys fit none."""
    encrypt = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (
        b"41" * 32,
        b"42" * 32,
    )
    return pdf("Secret").replace(
        b"/Root 1 0 R", b"/Root 1 0 R /ID [<00> <00>] " + encrypt
    )


def bomb_pdf(megabytes: int = 600) -> bytes:
    """A PDF of a few kilobytes whose picture takes `megabytes` when it is unpacked."""
    width = height = int((megabytes * (1 << 20) / 3) ** 0.5)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(3 * width)) for _ in range(height))
    packed += packer.flush()
    draw = b"q 612 0 0 792 0 0 cm /I Do Q"
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            (
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
                b"/Resources << /XObject << /I 5 0 R >> >> >>"
            ),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(draw), draw),
            (
                b"<< /Type /XObject /Subtype /Image /Width %d /Height %d "
                b"/BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /FlateDecode "
                b"/Length %d >>\nstream\n%s\nendstream"
            )
            % (width, height, len(packed), packed),
        ]
    )


def endless_pdf(depth: int = 12, wide: int = 20) -> bytes:
    """A PDF whose page draws a form that draws twenty of another, `depth` deep."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
            b"/Resources << /XObject << /F 5 0 R >> >> >>"
        ),
        b"<< /Length 5 >>\nstream\n/F Do\nendstream",
    ]
    for level in range(depth):
        is_last = level == depth - 1
        draw = b"0 0 600 700 re f\n" if is_last else b"/F Do\n" * wide
        objects.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << "
            b"/XObject << /F %d 0 R >> >> /Length %d >>\nstream\n%s\nendstream"
            % (min(6 + level, 4 + depth), len(draw), draw)
        )
    return _pdf(objects)


def picture(
    kind: str = "PNG",
    size: tuple[int, int] = (40, 30),
    frames: int = 1,
    **told: bool,
) -> bytes:
    made = io.BytesIO()
    first, *rest = (
        Image.new("RGB", size, (20 * n % 255, 90, 120)) for n in range(frames)
    )
    more = {"save_all": True, "append_images": rest} if rest else {}
    first.save(made, kind, **more, **told)
    return made.getvalue()


def bomb_png(side: int = 30_000) -> bytes:
    """A PNG that is small as a file and side x side points when it is unpacked."""
    packer = zlib.compressobj(9)
    line = bytes(1 + side // 8 + 1)
    packed = b"".join(packer.compress(line) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + name
        + data
        + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def docx(**more: bytes) -> bytes:
    return packed(_listed("word/document.xml", WORD) | _named(more))


def xlsx(**more: bytes) -> bytes:
    return packed(_listed("xl/workbook.xml", SHEET) | _named(more))


def odt() -> bytes:
    return packed({"mimetype": ODT.encode(), "content.xml": b"<a/>"})


def bomb_docx(megabytes: int = 400) -> bytes:
    return packed(
        _listed("word/document.xml", WORD) | {"word/a.xml": bytes(megabytes << 20)}
    )


def packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _listed(part: str, type_: str) -> dict[str, bytes]:
    types = CONTENT_TYPES.format(part=part, type=type_).encode()
    return {"[Content_Types].xml": types, part: b"<document/>"}


def _named(more: dict[str, bytes]) -> dict[str, bytes]:
    """`word__vbaProject_bin` is the part word/vbaProject.bin."""
    return {n.replace("__", "/").replace("_", "."): each for n, each in more.items()}


def _pdf(objects: list[bytes]) -> bytes:
    made, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return made + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(made))
    )
