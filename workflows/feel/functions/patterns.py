"""Regular expressions of XPath, which FEEL uses, on the engine of PyPI `regex`.

`regex` and not `re`, because only it can be stopped: a pattern such as `(a+)+b` takes
longer than any case lives.
"""

import functools
from collections.abc import Iterator

import regex

from workflows.feel.errors import LimitReached, WrongValue
from workflows.feel.functions.xpath import translated

# Of the processor: the bound holds for any pattern; ordinary ones take microseconds.
SECONDS = 0.25

Pattern = regex.Pattern[str]


def found(text: str, pattern: str, flags: str) -> bool:
    try:
        return compiled(pattern, flags).search(text, timeout=SECONDS) is not None
    except TimeoutError as error:
        raise _stopped() from error


def split(text: str, pattern: str) -> list[str]:
    separator = _that_takes_something(compiled(pattern, ""))
    try:
        pieces, end = [], 0
        for match in separator.finditer(text, timeout=SECONDS):
            pieces.append(text[end : match.start()])
            end = match.end()
    except TimeoutError as error:
        raise _stopped() from error
    return [*pieces, text[end:]]


def replaced(text: str, pattern: str, replacement: str, flags: str, limit: int) -> str:
    """`$0` to `$9` in the replacement are groups, `\\$` and `\\\\` the signs."""
    search = _that_takes_something(compiled(pattern, flags))
    parts = list(_parts(replacement, search.groups, literal="q" in flags))
    pieces, end, size = [], 0, 0
    try:
        for match in search.finditer(text, timeout=SECONDS):
            pieces.append(text[end : match.start()])
            pieces += [
                (match[part] or "") if isinstance(part, int) else part for part in parts
            ]
            size += sum(map(len, pieces[-len(parts) - 1 :]))
            if size > limit:
                raise LimitReached(limit, "characters")
            end = match.end()
    except TimeoutError as error:
        raise _stopped() from error
    return "".join(pieces) + text[end:]


@functools.lru_cache(maxsize=512)
def compiled(pattern: str, flags: str) -> Pattern:
    """WrongValue for a pattern or a flag that XPath does not know."""
    if set(flags) - set("smixq"):
        raise WrongValue(f'the flags "{flags}" are not among s, m, i, x, q')
    options = regex.V1
    options |= regex.MULTILINE if "m" in flags else 0
    options |= regex.IGNORECASE if "i" in flags else 0
    try:
        if "q" in flags:
            return regex.compile(regex.escape(pattern), options)
        return regex.compile(translated(pattern, flags), options)
    except (regex.error, RecursionError, OverflowError) as error:
        raise WrongValue(f'"{pattern[:80]}" is not a pattern') from error


def _parts(replacement: str, groups: int, *, literal: bool) -> Iterator[str | int]:
    characters = iter(replacement)
    for character in characters:
        if literal or character not in "\\$":
            yield character
            continue
        following = next(characters, "")
        if character == "\\" and following in ("\\", "$"):
            yield following
        elif character == "$" and following.isascii() and following.isdigit():
            yield int(following) if int(following) <= groups else ""
        else:
            raise WrongValue(f'the replacement "{replacement[:80]}" cannot be read')


def _that_takes_something(pattern: Pattern) -> Pattern:
    if pattern.search("", timeout=SECONDS):
        raise WrongValue("the pattern matches the empty string")
    return pattern


def _stopped() -> LimitReached:
    return LimitReached(int(SECONDS * 1000), "milliseconds of searching")
