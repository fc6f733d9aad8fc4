"""Letters that look alike in Latin and Cyrillic, and words that mix the two.

Who has no Kazakh keyboard types Latin i for і and ə for ә; who has it on types the
number of a case, A-2026-0B, with Cyrillic letters. On paper the two are one word.
"""

# Latin letters without capitals, and the Cyrillic ones that people take for them.
_PAIRS = "aа bв cс eе hһ iі kк mм oо pр tт xх yу əә ǝә ɵө ëё"
_CYRILLIC = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})
_LATIN = str.maketrans(
    {pair[1]: pair[0] for pair in reversed(_PAIRS.split()) if pair[0].isascii()}
    | {"н": "h"}
)
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼʻ`´′", "'"))


def plain(word: str) -> str:
    """The word of one alphabet, with ё as е and one apostrophe; it has no capitals.

    A mixed word is Cyrillic if a letter of it can be nothing else.
    """
    told = word.translate(_APOSTROPHES)
    if _has_latin(told) and _has_cyrillic(told):
        told = told.translate(_CYRILLIC if _is_surely_cyrillic(told) else _LATIN)
    return told.replace("ё", "е")


def as_number(word: str) -> str | None:
    """The number that somebody typed with Cyrillic letters; None for another word."""
    if not any(each.isdigit() for each in word) or _is_surely_cyrillic(word):
        return None
    told = word.translate(_LATIN)
    return told if told != word else None


def _is_cyrillic(letter: str) -> bool:
    return "\u0400" <= letter <= "\u052f"


def _has_cyrillic(word: str) -> bool:
    return any(map(_is_cyrillic, word))


def _has_latin(word: str) -> bool:
    return any("a" <= each <= "z" or each in "əǝɵë" for each in word)


def _is_surely_cyrillic(word: str) -> bool:
    return _has_cyrillic(word.translate(_LATIN))
