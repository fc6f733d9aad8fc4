"""Parsing: FEEL text to a tree of plain data, with npm lezer-feel in a V8 isolate."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from types import TracebackType
from typing import Any, Self, TypeAlias

from py_mini_racer import JSEvalException, JSTimeoutException, MiniRacer

from workflows.feel.errors import FeelSyntaxError
from workflows.feel.functions import NAMES
from workflows.model import RasimError

# A node is [kind, from, to, text or list of nodes]; positions count characters of the
# text. `version` is of this form, not of the grammar: old releases keep their trees.
Node: TypeAlias = list[Any]
Tree: TypeAlias = dict[str, Any]
VERSION = 1

# The names behind a name, as in `child.name`: {"child": {"name": {}}}.
Shape: TypeAlias = Mapping[str, "Shape"]

MAX_LENGTH = 20_000
MAX_DEPTH = 150
PARSE_SECONDS = 5.0

BUNDLE = "lezer_feel.js"

# Texts that go to the isolate at once: each turn there costs more than a parse.
BATCH = 100
_ALL = """
globalThis.FEEL_all = (asked) => asked.map(([text, options]) => {
  try { return FEEL.parse(text, options); } catch (error) { return null; }
});
"""

_BLANKS = re.compile(r"\s+")
_PLAIN = re.compile(r"[\w ]+")
_KEYWORDS = frozenset(
    "and between else every external false for function if in instance not null of or "
    "return satisfies some then true".split()
)
_AROUND_SIGNS = re.compile(r"\s*([./\-'+]|\*\*?)\s*")
# Of our functions, lezer needs only those of several words; `not` it knows as a word.
_PHRASES = frozenset(name for name in NAMES if " " in name)

# lezer-feel does not know the type `range<...>`: it reads `list <...>` in its place.
_RANGE_TYPE = re.compile(
    r"(?P<before>\binstance\s+of\s+|[:<,]\s*|->\s*)range(?P<after>\s*<)"
)

_COMMENTS = frozenset({"LineComment", "BlockComment"})
_NAMES = frozenset({"VariableName", "PathName", "Name", "PropertyName"})
_ESCAPES = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|([nrtbf"\'\\/]))')
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}


class ParserNotBuilt(RasimError):
    """The FEEL parser {bundle} is missing: it is made at installation, by `make
    install`."""

    def __init__(self) -> None:
        super().__init__(bundle=BUNDLE)


class Parser:
    """A FEEL parser; owns a V8 isolate, which leaving the `with` block closes.

    Make it in the process that uses it: an isolate does not survive a fork, and one
    left open can hang the process at its exit.
    """

    def __init__(self) -> None:
        self._racer = MiniRacer()
        try:
            self._racer.eval(_bundle())
            self._racer.eval(_ALL)
        except BaseException:
            self._racer.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._racer.close()

    def parse(
        self,
        text: str,
        *,
        unary: bool = False,
        known_names: Iterable[str] = (),
        shapes: Mapping[str, Shape] | None = None,
    ) -> Tree:
        """The tree of an expression, or of unary tests (`> 5, [1..3]`).

        `known_names` are needed only for names that hold a keyword or a sign
        (`income or loss`, `pre-school`); those of our functions are known already.
        `shapes` are such names behind a dot, by the known name in front of it.
        FeelSyntaxError with the position of the first fault.
        """
        asked = _Asked.of(text, unary, known_names, shapes or {})
        asked.check_length()
        return self._tree(asked, self._raw(text, asked.options()))

    def parse_many(
        self,
        texts: Sequence[tuple[str, bool, frozenset[str]]],
        shapes: Mapping[str, Shape] | None = None,
    ) -> list[Tree | FeelSyntaxError]:
        """As `parse` of each (text, unary, known names), in a third of the time.

        What cannot be parsed gives its error in place of its tree.
        """
        found: list[Tree | FeelSyntaxError] = []
        for start in range(0, len(texts), BATCH):
            batch = [
                _Asked.of(text[: MAX_LENGTH + 1], unary, names, shapes or {})
                for text, unary, names in texts[start : start + BATCH]
            ]
            for asked, raw in zip(batch, self._raws(batch), strict=True):
                try:
                    if raw is None:
                        asked.check_length()
                        raw = self._raw(asked.text, asked.options())
                    found.append(self._tree(asked, raw))
                except FeelSyntaxError as error:
                    found.append(error)
        return found

    def _tree(self, asked: "_Asked", raw: Node) -> Tree:
        asked.check_length()
        if _has_faults(raw) and _RANGE_TYPE.search(asked.text):
            replaced = _RANGE_TYPE.sub(_as_list_type, asked.text)
            read = self._raw(replaced, asked.options())
            raw = raw if _has_faults(read) else read
        return asked.tree(raw)

    def _raws(self, batch: Sequence["_Asked"]) -> Sequence[Node | None]:
        """None for each that has to be asked by itself."""
        asked = [[one.text, one.options()] for one in batch]
        try:
            raws: Sequence[Node | None] = self._racer.call(
                "FEEL_all", asked, timeout_sec=PARSE_SECONDS
            )
        except (JSTimeoutException, JSEvalException):
            return [None] * len(batch)
        return raws

    def _raw(self, text: str, options: Mapping[str, Any]) -> Node:
        try:
            raw: Node | None = self._racer.call(
                "FEEL.parse", text, options, timeout_sec=PARSE_SECONDS
            )
        except JSTimeoutException as error:
            reason = f"reading it takes longer than {PARSE_SECONDS:g} seconds"
            raise FeelSyntaxError(reason, position=0, expression=text) from error
        except JSEvalException as error:
            reason = "its names cannot be told apart"
            raise FeelSyntaxError(reason, position=0, expression=text) from error
        if raw is None:
            reason = f"it is nested deeper than {MAX_DEPTH}"
            raise FeelSyntaxError(reason, position=0, expression=text)
        return raw


@dataclass(frozen=True)
class _Asked:
    """One text to parse, with the names that lezer has to be told."""

    text: str
    unary: bool
    known: list[str]
    shapes: Mapping[str, Shape]

    @classmethod
    def of(
        cls, text: str, unary: bool, names: Iterable[str], shapes: Mapping[str, Shape]
    ) -> Self:
        names = frozenset(names)
        held = {name: shapes[name] for name in sorted(names) if name in shapes}
        return cls(text, unary, sorted(_PHRASES | names), held)

    def check_length(self) -> None:
        if len(self.text) > MAX_LENGTH:
            reason = f"it is longer than {MAX_LENGTH} characters"
            raise FeelSyntaxError(reason, position=0, expression=self.text[:80])

    def options(self) -> dict[str, Any]:
        return {
            "unary": self.unary,
            "names": self.known,
            "shapes": self.shapes,
            "maxDepth": MAX_DEPTH,
        }

    def tree(self, raw: Node) -> Tree:
        """Our tree of lezer's; FeelSyntaxError at the first fault."""
        behind = names_within(self.shapes)
        originals = {_normal(name): name for name in (*behind, *self.known)}
        reduction = _Reduction(self.text, originals)
        try:
            reduction.refuse_faults(raw)
            node = reduction.node(raw)
        except FeelSyntaxError as error:
            raise error.within(self.text) from None
        return {"version": VERSION, "unary": self.unary, "node": node}


class _Reduction:
    """Turns lezer's tree into ours: without comments, names and literals as text."""

    def __init__(self, text: str, originals: Mapping[str, str]) -> None:
        self.text = text
        self.originals = originals
        self.offsets = _offsets(text)

    def refuse_faults(self, raw: Node) -> None:
        """FeelSyntaxError at the first node that lezer could not read."""
        kind, start, end, children = raw
        if kind == "⚠":
            start, end = self._at(start), self._at(end)
            raise FeelSyntaxError(self._unexpected(start, end), position=start)
        for child in children:
            self.refuse_faults(child)

    def node(self, raw: Node) -> Node:
        kind, start, end, children = raw
        start, end = self._at(start), self._at(end)
        source = self.text[start:end]
        if kind in _NAMES:
            return [kind, start, end, self._name(source)]
        if kind == "StringLiteral":
            return [kind, start, end, _unescaped(source, start)]
        if kind == "NumericLiteral":
            return [kind, start, end, _BLANKS.sub("", source)]
        if kind == "ListType" and source.startswith("range"):
            kind = "RangeType"
        inner = [self.node(child) for child in children if child[0] not in _COMMENTS]
        if inner or kind in _EMPTY:
            return [kind, start, end, inner]
        return [kind, start, end, _BLANKS.sub(" ", source)]

    def _name(self, source: str) -> str:
        if source.startswith("`"):
            return source[1:-1]
        name = _BLANKS.sub(" ", source)
        return self.originals.get(_normal(name), name)

    def _unexpected(self, start: int, end: int) -> str:
        found = self.text[start:end].strip() or self.text[start : start + 20].strip()
        return f'"{found[:20]}" is not expected here' if found else "it ends too early"

    def _at(self, offset: int) -> int:
        return offset if self.offsets is None else self.offsets[offset]


# Nodes that may be empty, and then have no text of their own.
_EMPTY = frozenset({"PositionalParameters", "FormalParameters", "ArgumentTypes"})


@functools.cache
def _bundle() -> str:
    file = resources.files("workflows.feel") / BUNDLE
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ParserNotBuilt from error


def _as_list_type(match: re.Match[str]) -> str:
    """Of the same length, so that every position stays."""
    return f"{match['before']}list {match['after']}"


def _has_faults(raw: Node) -> bool:
    return raw[0] == "⚠" or any(_has_faults(child) for child in raw[3])


def is_odd(name: str) -> bool:
    """Whether a name holds a sign or a keyword, so that lezer has to know it."""
    return not _PLAIN.fullmatch(name) or not _KEYWORDS.isdisjoint(name.split())


def names_within(shapes: Mapping[str, Shape]) -> Iterator[str]:
    for shape in shapes.values():
        yield from shape
        yield from names_within(shape)


@functools.lru_cache(maxsize=4096)
def _normal(name: str) -> str:
    """As lezer-feel compares names: signs stand apart, blanks count once."""
    single = _BLANKS.sub(" ", name)
    return _BLANKS.sub(" ", _AROUND_SIGNS.sub(r" \1 ", single)).strip()


def _offsets(text: str) -> list[int] | None:
    """JavaScript's offsets (UTF-16 units) to ours, where they differ."""
    if all(ord(character) < 0x10000 for character in text):
        return None
    offsets = []
    for index, character in enumerate(text):
        offsets += [index] * (2 if ord(character) >= 0x10000 else 1)
    return [*offsets, len(text)]


def _unescaped(source: str, start: int) -> str:
    """The string that a literal stands for; an unknown escape (`\\d`) stays."""
    try:
        text = _ESCAPES.sub(_character, source[1:-1])
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except (ValueError, OverflowError) as error:
        reason = "an escape in the string stands for no character"
        raise FeelSyntaxError(reason, position=start) from error


def _character(match: re.Match[str]) -> str:
    short, long, letter = match.groups()
    if letter:
        return _LETTERS.get(letter, letter)
    return chr(int(short or long, 16))
