"""The order of words in Kazakh and Russian: ә after а, қ after к, І after ы."""

LETTERS = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
# Behind Latin letters and digits, which keep their own order.
_PLACES = {letter: 0x10000 + place for place, letter in enumerate(LETTERS)}


def key(text: str) -> list[int]:
    """What to sort texts by, for `sorted(..., key=...)`; capitals are no matter."""
    return [_PLACES.get(letter, ord(letter)) for letter in text.casefold()]
