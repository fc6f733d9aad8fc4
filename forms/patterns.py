"""Regular expressions of a form: read, and matched in bounded time."""

import re
from functools import lru_cache

import regex

from forms.entries import Entry

LONGEST_PATTERN = 200
SECONDS = 0.2  # for one answer; a good pattern needs a thousandth of it

# A repeat of a repeat can take longer than the age of the universe on 40 letters.
_NESTED_REPEAT = re.compile(r"[+*}][^()]*\)(?:[+*]|\{\d*,)")
# One of several letters, unless it names those that may not stand there.
_CLASS = re.compile(r"\[(?!\^)(?:\\.|[^\]\\])+\]")
BESIDE_RUSSIAN = "әғқңөұүһіё"  # which no range of Russian letters has
# What form-js's own language lacks, or reads in another way than we would.
_FOREIGN = re.compile(r"\(\?(?![:=!<])|\\[AZzpPGKRXN]|\(\?P")


def read(entry: Entry, pattern: object) -> str | None:
    """The pattern of a question; what cannot run is refused at the entry."""
    if pattern is None or pattern == "":
        return None
    if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN:
        entry.refuse(
            "pattern", f"`pattern` must be text of {LONGEST_PATTERN} letters at most"
        )
        return None
    if _NESTED_REPEAT.search(pattern):
        entry.refuse("pattern", "a repeat of a repeat can hang: write it without")
        return None
    if _FOREIGN.search(pattern):
        entry.refuse("pattern", "it has what JavaScript's patterns lack: leave it out")
        return None
    try:
        _compiled(pattern)
    except regex.error as e:
        entry.refuse("pattern", f"`pattern` is not a regular expression: {e}")
        return None
    lacking = _lacking(pattern)
    if lacking:
        entry.notes.warn(
            entry.id,
            "pattern-alphabet",
            f"`pattern` takes Russian letters and not {lacking}, as in many names here",
        )
    return pattern


def fits(pattern: str, text: str) -> bool:
    """As `RegExp.test` of form-js: found anywhere, \\d and \\w are ASCII.

    Raises TimeoutError where it is not decided in SECONDS.
    """
    return _compiled(pattern).search(text, timeout=SECONDS) is not None


def _lacking(pattern: str) -> str:
    """Letters that no name can have where а to я can stand; а-я leaves them all out."""
    found: dict[str, None] = {}
    for one in _CLASS.findall(pattern):
        try:
            takes = _compiled(one).fullmatch
        except regex.error:  # it was cut out of a whole that runs
            continue
        for letters in (BESIDE_RUSSIAN, BESIDE_RUSSIAN.upper()):
            russian = "бш" if letters.islower() else "БШ"
            if all(map(takes, russian)):
                found |= dict.fromkeys(each for each in letters if not takes(each))
    return "".join(found)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> "regex.Pattern[str]":
    return regex.compile(pattern, regex.ASCII | regex.V0)
