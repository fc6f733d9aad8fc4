"""Regular expressions of XPath, told to the engine of PyPI `regex`.

What XPath does not know is refused here (look-ahead, `\\b`, possessive and fuzzy
quantifiers): the engine would read something else into it, in silence.
"""

import re

from workflows.feel.errors import WrongValue

# A block is `IsBasicLatin` to XPath; a category is one or two letters.
_PROPERTY = re.compile(r"\{(?:Is(?P<block>[A-Za-z0-9-]+)|(?P<category>[A-Z][a-z]?))\}")
_QUANTIFIER = re.compile(r"(?:[*+?]|\{([0-9]{1,5})(?:,([0-9]{0,5}))?\})\??")
_GROUP = re.compile(r"\((?:\?:)?")
# What `((a{1000}){1000}){1000}` stands for would fill the memory before it runs.
MAX_PARTS = 10_000
_SPACES = " \t\n\r"
_SHORT = {
    "s": r" \t\n\r",
    "d": r"\p{Nd}",
    "i": r"\p{L}\p{Nl}:_",
    "c": r"\p{L}\p{N}\p{M}:_.\-\u00b7",
}
# The others by what they leave out: a word is no punctuation, separator or control.
_NOT_WORD = r"\p{P}\p{Z}\p{C}"
_SIGNS = frozenset("\\|.?*+(){}-[]^$")
_CONTROLS = frozenset("nrt")


def translated(pattern: str, flags: str) -> str:
    """The pattern for `regex`, version 1; WrongValue at what is not XPath's."""
    if "x" in flags:
        pattern = _without_blanks(pattern)
    return _Translation(pattern, flags).all()


def _without_blanks(pattern: str) -> str:
    """As the flag `x` has it: everywhere but in a class of characters."""
    kept: list[str] = []
    depth, escaped = 0, False
    for character in pattern:
        if character in _SPACES and not depth:
            continue
        kept.append(character)
        if not escaped:
            depth += (character == "[") - (character == "]")
        escaped = character == "\\" and not escaped
    return "".join(kept)


class _Translation:
    """One pass over a pattern; `at` is the next character."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.flags = flags
        self.at = 0
        self.opened: list[bool] = []
        self.closed = 0
        # How many parts every open bracket stands for; the pattern as a whole first.
        self.parts = [0]

    def all(self) -> str:
        parts = []
        while self.at < len(self.pattern):
            parts.append(self._part())
        if self.opened:
            raise self._refusal("a bracket is not closed")
        return "".join(parts)

    def _part(self) -> str:
        """An atom with what repeats it, a bracket, or a sign."""
        character, weight = self.pattern[self.at], 1
        if character == "(":
            return self._group()
        if character == "|" or (character == "^" and not self._repeats(1)):
            self.at += 1
            return character
        if character == ")":
            if not self.opened:
                raise self._refusal("a bracket is closed that was not opened")
            self.closed += self.opened.pop()
            weight = self.parts.pop()
        atom = self._atom()
        found = _QUANTIFIER.match(self.pattern, self.at)
        self._count(weight, found)
        if found is None:
            return atom
        self.at = found.end()
        if self._repeats(0):
            raise self._refusal("it repeats what is repeated")
        return atom + found[0]

    def _count(self, weight: int, repeated: re.Match[str] | None) -> None:
        times = (
            max(map(int, filter(None, repeated.groups())))
            if (repeated and repeated[1])
            else 1
        )
        self.parts[-1] += weight * times
        if self.parts[-1] > MAX_PARTS:
            raise self._refusal(f"it stands for more than {MAX_PARTS} characters")

    def _repeats(self, ahead: int) -> bool:
        return self.pattern[self.at + ahead : self.at + ahead + 1] in (*"*+?{",)

    def _group(self) -> str:
        match = _GROUP.match(self.pattern, self.at)
        assert match is not None  # noqa: S101 the caller has seen the bracket
        self.at = match.end()
        if self._repeats(0):
            raise self._refusal("of what begins with (? only (?: is known")
        self.opened.append(match[0] == "(")
        self.parts.append(0)
        return match[0]

    def _atom(self) -> str:
        character = self.pattern[self.at]
        self.at += 1
        if character == "\\":
            return self._escape()
        if character == "[":
            return self._class()
        if character == ".":
            return r"[\s\S]" if "s" in self.flags else r"[^\n\r]"
        if character == "$":
            return "$" if "m" in self.flags else r"\Z"
        if character in "*+?{}]^":
            raise self._refusal(f"{character} cannot stand there")
        return character if character in ")" else _literal(character)

    def _escape(self) -> str:
        character = self._next()
        if "1" <= character <= "9":
            return self._back_reference(character)
        if character in _CONTROLS:
            return "\\" + character
        inside = self._inside(character)
        return inside if inside.startswith("\\") and len(inside) == 2 else f"[{inside}]"

    def _back_reference(self, digits: str) -> str:
        """To a group that is closed; of the digits, as many as there are groups."""
        while (more := self.pattern[self.at : self.at + 1]).isascii() and (
            more.isdigit() and int(digits + more) <= self.closed
        ):
            digits += more
            self.at += 1
        if int(digits) > self.closed:
            raise self._refusal(f"there is no group {digits} before it")
        return rf"(?:\{digits})"

    def _inside(self, character: str) -> str:
        """What an escape stands for within a class of characters."""
        if character in "pP":
            return self._property(character)
        if character in _SIGNS or character in _CONTROLS:
            return "\\" + character
        if character in _SHORT:
            return _SHORT[character]
        if character == "w":
            return f"[^{_NOT_WORD}]"
        if character == "W":
            return _NOT_WORD
        if character.lower() in _SHORT:
            return f"[^{_SHORT[character.lower()]}]"
        raise self._refusal(f"\\{character} is not known")

    def _property(self, sign: str) -> str:
        match = _PROPERTY.match(self.pattern, self.at)
        if match is None:
            raise self._refusal(f"\\{sign} takes {{Lu}} or {{IsCyrillic}}")
        self.at = match.end()
        name = f"In{match['block']}" if match["block"] else match["category"]
        return f"\\{sign}{{{name}}}"

    def _class(self) -> str:
        """Behind its `[`: `[^a-z-[aeiou]]` is all but a to z, without the vowels."""
        negated = self._take("^")
        parts: list[str] = []
        without = ""
        while not self._take("]"):
            if self._take("-["):
                without = self._class()
                if not parts or not self._take("]"):
                    raise self._refusal("a class ends behind what it leaves out")
                break
            parts.append(self._member())
        if not parts:
            raise self._refusal("a class of characters is empty")
        members = f"[{'^' if negated else ''}{''.join(parts)}]"
        return f"[{members}--{without}]" if without else members

    def _member(self) -> str:
        first = self._one()
        follows = self.pattern[self.at + 1 : self.at + 2]
        if not self.pattern.startswith("-", self.at) or follows in ("]", "["):
            return first
        if len(first) > 2 or not follows:
            return first
        self.at += 1
        last = self._one()
        if len(last) > 2:
            raise self._refusal("a range of characters ends with a class")
        return f"{first}-{last}"

    def _one(self) -> str:
        character = self._next()
        if character == "\\":
            return self._inside(self._next())
        if character == "[":
            raise self._refusal("[ in a class is written \\[")
        return _literal(character)

    def _next(self) -> str:
        if self.at >= len(self.pattern):
            raise self._refusal("it ends too early")
        self.at += 1
        return self.pattern[self.at - 1]

    def _take(self, text: str) -> bool:
        found = self.pattern.startswith(text, self.at)
        self.at += len(text) * found
        return found

    def _refusal(self, reason: str) -> WrongValue:
        pattern = self.pattern[:80]
        return WrongValue(
            f'"{pattern}" is not a pattern: {reason}, at its character {self.at}'
        )


def _literal(character: str) -> str:
    """So that no sign has a meaning of its own to the engine (`--`, `&&`, `#`)."""
    plain = character.isalnum() or character in " \n\r\t" or ord(character) > 127
    return character if plain else f"\\{character}"
