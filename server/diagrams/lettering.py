"""Names in a drawing: broken into lines that fit, without asking a browser."""

from dataclasses import dataclass
from functools import lru_cache

# Hundredths of the font's size that Golos Text's letters take, measured in Chromium.
WIDTHS = {
    20: "'",
    25: "`ijі ",
    30: "!,.:;IlІ",
    35: "f|",
    40: '"()-[]rt{}',
    45: "*г",
    50: "/1?\\_zзтьғ",
    55: "+7<=>JL^acksvxy~авксухчэяұүГҒ«»–",
    60: "02345689EFTZbdeghnopquбдеёйилнопрцъәқөһЕЁТҰ₸",
    65: "$&ABPSVXYңАБВЗРУХЧЬҮҺ",
    70: "#CDGKRмКЛСЭЯӘҚ",
    75: "HNOQUfыюДИЙНОПЦЪҢӨ—",
    80: "wжш",
    85: "%MщМФ",
    90: "mЫ",
    95: "WЖШЮ…",
    100: "@Щ",
    110: "№",
}
OTHER_WIDTH = 70
_WIDTH_OF = {letter: width for width, letters in WIDTHS.items() for letter in letters}
SIZES = (12, 11, 10)  # in a shape: the first one in which all fits
BESIDE = (11,)  # of what stands beside a shape or a line
LEADING = 1.2
CUT = "…"


@dataclass(frozen=True)
class Lettering:
    """Lines of one size, from top to bottom."""

    lines: tuple[str, ...]
    size: int
    is_cut: bool = False

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING


def width_of(text: str, size: float) -> float:
    """About how wide a text is, in the units of `size`."""
    return sum(_WIDTH_OF.get(letter, OTHER_WIDTH) for letter in text) * size / 100


@lru_cache(maxsize=20_000)
def beside(text: str, widths: tuple[float, ...], height: float) -> Lettering:
    """A text beside something: in the first width in which `height` is enough."""
    tried = [
        Lettering(tuple(_lines(text, one, BESIDE[0])), BESIDE[0]) for one in widths
    ]
    return next((one for one in tried if one.height <= height + 4), tried[0])


@lru_cache(maxsize=20_000)
def fitted(text: str, width: float, height: float) -> Lettering:
    """The text in lines of at most `width`; what does not fit in `height` is cut."""
    for size in SIZES:
        told = Lettering(tuple(_lines(text, width, size)), size)
        if told.height <= height:
            return told
    size = SIZES[-1]
    room = max(1, int(height // (size * LEADING)))
    kept = list(told.lines[:room])
    while width_of(kept[-1] + CUT, size) > width and len(kept[-1]) > 1:
        kept[-1] = kept[-1][:-1].rstrip()
    kept[-1] += CUT
    return Lettering(tuple(kept), size, is_cut=True)


def _lines(text: str, width: float, size: int) -> list[str]:
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if width_of(longer, size) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            *full, line = _pieces(word, width, size)
            lines += full
        lines.append(line)
    return lines


def _pieces(word: str, width: float, size: int) -> list[str]:
    """A word; one that is wider than a line is broken with hyphens."""
    pieces: list[str] = []
    while width_of(word, size) > width and len(word) > 3:
        end = len(word) - 1
        while end > 2 and width_of(word[:end] + "-", size) > width:
            end -= 1
        own = word.rfind("-", 2, end + 1) + 1
        pieces.append(word[:own] if own else word[:end] + "-")
        word = word[own or end :]
    return [*pieces, word]
