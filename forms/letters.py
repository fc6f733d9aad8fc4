"""How people's letters and digits come, and how they are kept: one spelling for all.

What is seen stays as it was typed; only what cannot be seen is made one.
"""

import re
import unicodedata

# Marks that take no place: of Word (soft hyphen), of messengers and of address books,
# which put marks of direction around a telephone. Joiners stay: emoji are made of them.
_UNSEEN = re.compile(r"[\xad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# Of Word, of macOS and of old programs; \x85 is theirs as well.
_OTHER_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_NEVER_KEPT = re.compile(r"[\x00\ud800-\udfff]")
_OTHER_SPACES = re.compile(r"[\xa0\u2007\u202f]")  # where a line must not break


def line(text: str) -> str:
    """One line: no-break spaces are spaces, and a break that no line has is one too."""
    return _OTHER_SPACES.sub(" ", _OTHER_LINE_ENDS.sub(_line_end, _one(text)))


def lines(text: str) -> str:
    """Several lines, which end in \\n alone."""
    return _OTHER_LINE_ENDS.sub("\n", _one(text))


def said(text: str) -> str:
    """What somebody wrote in a box, as it is kept: without spaces around, and without
    what a database cannot hold.

    Browsers send \\r\\n for each line's end and count it once: so does a limit, then.
    """
    return _NEVER_KEPT.sub("", lines(text)).strip()


def bare(text: str) -> str:
    """Without spaces, and with digits of every script as 0 to 9: 1 234 is 1234."""
    seen = re.sub(r"\s", "", _UNSEEN.sub("", text))
    return "".join(
        str(unicodedata.digit(each)) if unicodedata.category(each) == "Nd" else each
        for each in seen
    )


def _one(text: str) -> str:
    """Letters that Unicode spells in several ways are one (NFC): й of a Mac is й."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def _line_end(found: "re.Match[str]") -> str:
    """A line that somebody ended stays ended, for the reader of a line to refuse."""
    return "\n" if found[0] in ("\r\n", "\r") else " "
