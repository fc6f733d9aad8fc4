"""Search terms: the words by which people find a task, and what they type for it.

A term is `word=path`: a word of the value of a declared search variable. Words of the
business key and of the subject have no path. A word that is typed without a variable
finds by its beginning, whatever the path.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import category

from forms import numbers
from workflows import lookalikes

PREFIX_LETTERS = 3  # a shorter word is looked for as a whole
WORD_LETTERS = 64
WORDS_OF_A_VALUE = 16
TERMS = 96  # of a task
# What may stand around a word without being part of it.
EDGES = ".,;:!?()[]{}<>«»„“”\"'`’#*_|—–"
NO_LETTERS = str.maketrans({"=": " ", "\0": " "})
PARTS = re.compile(r"[-/–—_.]+")
DAY = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")


def of(found: Mapping[str, Any], others: Iterable[str | None]) -> list[str]:
    """The terms of search variables, `found` by path, and of texts without a path."""
    terms: dict[str, None] = {}
    for path, value in found.items():
        for word in words(value):
            terms[f"{word}={path}"] = None
    have = {term.rpartition("=")[0] for term in terms}
    for text in others:
        for word in words(text):
            if word not in have:
                terms[f"{word}="] = None
    return list(terms)[:TERMS]


def at(variables: Mapping[str, Any], path: str) -> Any:
    """The value at a path such as `child.name`; None where there is none."""
    found: Any = variables
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def words(value: Any) -> list[str]:
    """The words of a FEEL value as they are kept; a list has those of its items."""
    if isinstance(value, list):
        told = [word for each in value for word in words(each)]
    else:
        told = list(_words(value))
    return list(dict.fromkeys(told))[:WORDS_OF_A_VALUE]


def _words(value: Any) -> Iterator[str]:
    match value:
        case None:
            return
        case bool():
            yield str(value).lower()
        case Decimal():
            yield canonical(value)
        case datetime() | date() | time():
            yield fold(value.isoformat())
        case str():
            yield from _of_text(value)
        case _:
            return


def _of_text(text: str) -> Iterator[str]:
    for whole in map(lookalikes.plain, _split(text)):
        yield whole
        # Half of a double name finds it, and so does the end of a number.
        parts = PARTS.split(whole)
        if len(parts) > 1:
            yield from (part for part in parts if len(part) >= PREFIX_LETTERS)


def fold(text: str) -> str:
    """One spelling for all: NFKC, no capitals, single spaces, no `=`, NUL or №.

    And nothing unseen (category Cf), such as the soft hyphens of Word.
    """
    seen = (each for each in text.replace("№", " ") if category(each) != "Cf")
    plain = unicodedata.normalize("NFKC", "".join(seen))  # NFKC would make № "No"
    return " ".join(plain.translate(NO_LETTERS).casefold().split())


def _split(text: str) -> Iterator[str]:
    for word in fold(text).split(" "):
        whole = word.strip(EDGES)[:WORD_LETTERS]
        if any(letter.isalnum() for letter in whole):
            yield whole


def canonical(number: Decimal) -> str:
    """A number as it is kept: 1, 1.0 and 1.00 are the same."""
    if not number:
        return "0"
    # Written out, 1e999999 would be a million letters long.
    if not number.is_finite() or abs(number.adjusted()) >= WORD_LETTERS:
        return str(number).lower()
    return f"{number.normalize():f}"


def asked(text: str, path: str | None = None) -> str | None:
    """What is typed, as a tsquery that finds tasks with all of its words.

    With a path, whole words of that variable; without one, the beginnings of words.
    None where there is no word in it.
    """
    found = list(dict.fromkeys(_split(text)))
    each = [_either(word, path) for word in found]
    query = " & ".join(each[:WORDS_OF_A_VALUE]) or None
    whole = _in_groups(text)
    if query is None or whole is None or found == [whole]:
        return query
    return f"({query}) | {_either(whole, path)}"


def _in_groups(text: str) -> str | None:
    """An IIN or a telephone that is typed in groups: 150317 600121, 8 (701) 123-45-67.

    As the word that forms keep; None where the text is not one such number.
    """
    bare = numbers.state_number(text)
    if re.fullmatch(r"[0-9]{12}", bare):
        return bare
    return numbers.telephone_normal(text)


def _either(word: str, path: str | None) -> str:
    spelt = [word, *_also(word)]
    told = " | ".join(_lexeme(one, path) for one in spelt)
    return f"({told})" if len(spelt) > 1 else told


def _also(word: str) -> Iterator[str]:
    """Other spellings as they are kept: of a word, a number, a telephone or a day."""
    told = lookalikes.plain(word)
    if told != word:
        yield told  # the word itself was kept so once
    if (number := lookalikes.as_number(word)) is not None:
        yield number
    phone = numbers.telephone_normal(word) or ""
    if phone.startswith("+7") and phone != word:
        yield phone
    if day := DAY.fullmatch(word):
        yield f"{day[3]}-{day[2]}-{day[1]}"
        return
    try:
        amount = Decimal(word.replace(",", "."))
    except InvalidOperation:
        return
    kept = canonical(amount)
    if kept != word:
        yield kept


def _lexeme(word: str, path: str | None) -> str:
    if path is not None:
        return quoted(f"{word}={path}")
    if len(word) < PREFIX_LETTERS:
        return f"{quoted(f'{word}=')}:*"
    return f"{quoted(word)}:*"


def quoted(term: str) -> str:
    """A term as a tsvector and a tsquery are written."""
    escaped = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
