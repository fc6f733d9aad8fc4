"""A drawing's file as text: by its byte order mark, else as it declares itself."""

import codecs
import re

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DECLARED = re.compile(rb"""^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']""")


def text_of(source: bytes) -> str:
    """The file's text; what is no text in its encoding shows as replaced characters.

    Where the encoding is UTF-8, encoding the text again gives the same bytes.
    """
    encoding = next((name for mark, name in MARKS if source.startswith(mark)), None)
    if encoding is None:
        declared = DECLARED.match(source)
        encoding = declared.group(1).decode("ascii") if declared else "utf-8"
    try:
        return source.decode(encoding, "replace")
    except LookupError:
        return source.decode("utf-8", "replace")
