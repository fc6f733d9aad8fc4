"""FEEL's functions on points and ranges: `before`, `meets`, `overlaps`, `during`."""

import re
from decimal import DecimalException

from workflows.feel.errors import WrongValue
from workflows.feel.functions.conversion import reader
from workflows.feel.functions.registry import BUILTINS, builtin
from workflows.feel.operators import NUMBERS, less, same
from workflows.feel.values import Range, Run, Value

# A string literal, a call of a temporal function with one, an at-literal, or a number.
# Blanks are taken once and for all (`*+`): a text of blanks alone is no work.
_TEXT = r'"(?:[^"\\]|\\.)*"'
_END = rf"""(?:
    (?P<{{0}}_call>date\ and\ time|date|time|duration)\s*+
        \(\s*+(?P<{{0}}_of>{_TEXT})\s*+\)
    | @(?P<{{0}}_at>{_TEXT})
    | (?P<{{0}}_text>{_TEXT})
    | (?P<{{0}}_number>
        [+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{{{{1,4}}}})?
    )
    | null
)?"""
_RANGE = re.compile(
    rf"\s*+(?P<opening>[\[(\]])\s*+{_END.format('start')}\s*+\.\.\s*+"
    rf"{_END.format('end')}\s*+(?P<closing>[\])\[])\s*+",
    re.VERBOSE,
)
_ESCAPE = re.compile(r'\\([nrt"\\])')
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}

POINT = (
    "number|string|date|time|date and time|days and time duration"
    "|years and months duration|wide date|wide time|wide date and time"
)


@builtin("range(from: string)")
def range_of(run: Run, text: str) -> Value:
    """From `[1..3]` or `(@"2026-01-01"..@"2026-12-31"]`: literals alone are ends."""
    match = _RANGE.fullmatch(text)
    if match is None:
        raise WrongValue(f'"{text[:80]}" is not a range, such as [1..3]')
    start, end = _end(run, match, "start"), _end(run, match, "end")
    start_included, end_included = match["opening"] == "[", match["closing"] == "]"
    if start is None and (start_included or end is None):
        raise WrongValue(f'the range "{text[:80]}" has no start')
    if end is None and end_included:
        raise WrongValue(f'the range "{text[:80]}" has no end')
    if start is not None and end is not None and less(end, start):
        raise WrongValue("the range ends before it starts")
    return Range(start, end, start_included, end_included)


def _end(run: Run, match: re.Match[str], side: str) -> Value:
    if (number := match[f"{side}_number"]) is not None:
        try:
            return NUMBERS.create_decimal(number)
        except DecimalException as error:
            raise WrongValue("a number of the range is out of bounds") from error
    if (text := match[f"{side}_text"]) is not None:
        return _unquoted(text)
    if (text := match[f"{side}_at"]) is not None:
        return reader(run).parse_at_literal(_unquoted(text))
    if (text := match[f"{side}_of"]) is not None:
        (overload,) = [
            one
            for one in BUILTINS[match[f"{side}_call"]].overloads
            if one.takes_count(1) and one.misfit([text]) is None
        ]
        return overload.run(run, _unquoted(text))
    return None


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(lambda one: _LETTERS.get(one[1], one[1]), text[1:-1])


# An open end (`< 5`) lies before, or behind, every point. All below compare ends in
# full: a range of dates beside one of numbers is a wrong type in every function.


def _starts_before(one: Range, other: Range) -> bool:
    """Whether it begins earlier."""
    if other.start is None:
        return False
    if one.start is None or less(one.start, other.start):
        return True
    return (
        same(one.start, other.start) and one.start_included and not other.start_included
    )


def _ends_after(one: Range, other: Range) -> bool:
    if other.end is None:
        return False
    if one.end is None or less(other.end, one.end):
        return True
    return same(one.end, other.end) and one.end_included and not other.end_included


def _same_start(one: Range, other: Range) -> bool:
    return _equal(one.start, other.start) and one.start_included == other.start_included


def _same_end(one: Range, other: Range) -> bool:
    return _equal(one.end, other.end) and one.end_included == other.end_included


def _touches(earlier: Range, later: Range) -> bool:
    """Whether the last point of one is the first of the other."""
    return (
        earlier.end_included
        and later.start_included
        and earlier.end is not None
        and later.start is not None
        and _equal(earlier.end, later.start)
    )


def _reaches(earlier: Range, later: Range) -> bool:
    """Whether it does not end before the other begins."""
    if earlier.end is None or later.start is None:
        return True
    return less(later.start, earlier.end) or _touches(earlier, later)


def _equal(one: Value, other: Value) -> bool:
    if one is not None and other is not None:
        less(one, other)
    return same(one, other)


def _holds(span: Range, point: Value) -> bool:
    after = span.start is None or less(span.start, point)
    before = span.end is None or less(point, span.end)
    return (
        (after and before)
        or (span.start_included and _equal(span.start, point))
        or (span.end_included and _equal(span.end, point))
    )


@builtin(f"before(point1: {POINT}, point2: {POINT})")
def point_before_point(run: Run, point1: Value, point2: Value) -> Value:
    return less(point1, point2)


@builtin(f"before(point: {POINT}, range: range)")
def point_before_range(run: Run, point: Value, span: Range) -> Value:
    if span.start is None:
        return False
    return less(point, span.start) or (
        same(point, span.start) and not span.start_included
    )


@builtin(f"before(range: range, point: {POINT})")
def range_before_point(run: Run, span: Range, point: Value) -> Value:
    if span.end is None:
        return False
    return less(span.end, point) or (same(point, span.end) and not span.end_included)


@builtin("before(range1: range, range2: range)")
def range_before_range(run: Run, range1: Range, range2: Range) -> Value:
    return not _reaches(range1, range2)


@builtin(f"after(point1: {POINT}, point2: {POINT})")
def point_after_point(run: Run, point1: Value, point2: Value) -> Value:
    return less(point2, point1)


@builtin(f"after(point: {POINT}, range: range)")
def point_after_range(run: Run, point: Value, span: Range) -> Value:
    return range_before_point(run, span, point)


@builtin(f"after(range: range, point: {POINT})")
def range_after_point(run: Run, span: Range, point: Value) -> Value:
    return point_before_range(run, point, span)


@builtin("after(range1: range, range2: range)")
def range_after_range(run: Run, range1: Range, range2: Range) -> Value:
    return range_before_range(run, range2, range1)


@builtin("meets(range1: range, range2: range)")
def meets(run: Run, range1: Range, range2: Range) -> Value:
    return _touches(range1, range2)


@builtin("met by(range1: range, range2: range)")
def met_by(run: Run, range1: Range, range2: Range) -> Value:
    return _touches(range2, range1)


@builtin("overlaps(range1: range, range2: range)")
def overlaps(run: Run, range1: Range, range2: Range) -> Value:
    return _reaches(range1, range2) and _reaches(range2, range1)


@builtin("overlaps before(range1: range, range2: range)")
def overlaps_before(run: Run, range1: Range, range2: Range) -> Value:
    return (
        _starts_before(range1, range2)
        and _reaches(range1, range2)
        and not _ends_after(range1, range2)
    )


@builtin("overlaps after(range1: range, range2: range)")
def overlaps_after(run: Run, range1: Range, range2: Range) -> Value:
    """It begins inside of the other, and ends with it or after it."""
    return (
        _starts_before(range2, range1)
        and _reaches(range2, range1)
        and not _ends_after(range2, range1)
    )


@builtin(f"finishes(point: {POINT}, range: range)")
def point_finishes(run: Run, point: Value, span: Range) -> Value:
    return span.end is not None and _equal(span.end, point) and span.end_included


@builtin("finishes(range1: range, range2: range)")
def range_finishes(run: Run, range1: Range, range2: Range) -> Value:
    return _same_end(range1, range2) and not _starts_before(range1, range2)


@builtin(f"finished by(range: range, point: {POINT})")
def finished_by_point(run: Run, span: Range, point: Value) -> Value:
    return point_finishes(run, point, span)


@builtin("finished by(range1: range, range2: range)")
def finished_by_range(run: Run, range1: Range, range2: Range) -> Value:
    return range_finishes(run, range2, range1)


@builtin(f"includes(range: range, point: {POINT})")
def includes_point(run: Run, span: Range, point: Value) -> Value:
    return _holds(span, point)


@builtin("includes(range1: range, range2: range)")
def includes_range(run: Run, range1: Range, range2: Range) -> Value:
    starts = not _starts_before(range2, range1)
    return not _ends_after(range2, range1) and starts


@builtin(f"during(point: {POINT}, range: range)")
def point_during(run: Run, point: Value, span: Range) -> Value:
    return _holds(span, point)


@builtin("during(range1: range, range2: range)")
def range_during(run: Run, range1: Range, range2: Range) -> Value:
    return includes_range(run, range2, range1)


@builtin(f"starts(point: {POINT}, range: range)")
def point_starts(run: Run, point: Value, span: Range) -> Value:
    return span.start is not None and _equal(span.start, point) and span.start_included


@builtin("starts(range1: range, range2: range)")
def range_starts(run: Run, range1: Range, range2: Range) -> Value:
    return _same_start(range1, range2) and not _ends_after(range1, range2)


@builtin(f"started by(range: range, point: {POINT})")
def started_by_point(run: Run, span: Range, point: Value) -> Value:
    return point_starts(run, point, span)


@builtin("started by(range1: range, range2: range)")
def started_by_range(run: Run, range1: Range, range2: Range) -> Value:
    return range_starts(run, range2, range1)


@builtin(f"coincides(point1: {POINT}, point2: {POINT})")
def points_coincide(run: Run, point1: Value, point2: Value) -> Value:
    return _equal(point1, point2)


@builtin("coincides(range1: range, range2: range)")
def ranges_coincide(run: Run, range1: Range, range2: Range) -> Value:
    return _same_start(range1, range2) and _same_end(range1, range2)
