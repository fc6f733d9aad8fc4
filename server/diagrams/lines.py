"""The lines of BPMN as SVG: ways, messages, associations, with their heads.

Heads are shapes of their own, not markers: a marker needs an id that no other drawing
on the page has, and not every program that prints SVG knows it.
"""

import math

from server.diagrams.reading import Line

Point = tuple[float, float]
CORNER = 5.0
DASHES = {
    "messageFlow": ' stroke-dasharray="9 5"',
    "association": ' stroke-dasharray="1 5"',
    "dataInputAssociation": ' stroke-dasharray="1 5"',
    "dataOutputAssociation": ' stroke-dasharray="1 5"',
}
FULL_HEAD = ((0, 0), (-11, -5), (-11, 5))
OPEN_HEAD = ((-9, -5), (0, 0), (-9, 5))
DIAMOND = ((0, 0), (8, -5), (16, 0), (8, 5))
SLASH = ((4, 6), (12, -6))


def painted(line: Line) -> str:
    """The SVG of a line, with what stands at its ends."""
    kind, flags = line.element.kind, line.element.flags
    d = f"M{_pair(line.points[0])}{_bends(line.points)}L{_pair(line.points[-1])}"
    way = f'<path class="l" d="{d}"{DASHES.get(kind, "")}/>'
    if kind == "sequenceFlow":
        return way + _head(line, FULL_HEAD, "h") + _tail(line)
    if kind == "messageFlow":
        x, y = line.points[0]
        begin = f'<circle class="b" cx="{x:g}" cy="{y:g}" r="4" stroke-width="1.5"/>'
        return way + begin + _head(line, FULL_HEAD, "b")
    if kind == "association" and not flags & {"One", "Both"}:
        return way
    heads = _head(line, OPEN_HEAD, "s", is_closed=False)
    if "Both" in flags:
        angle = _angle(line.points[1], line.points[0])
        heads += _path(OPEN_HEAD, line.points[0], angle, "s", is_closed=False)
    return way + heads


def middle_of(line: Line) -> Point:
    """The point half of the way along: where a name stands that has no place."""
    lengths = [
        math.dist(a, b) for a, b in zip(line.points, line.points[1:], strict=False)
    ]
    rest = sum(lengths) / 2
    for (x, y), (x2, y2), length in zip(
        line.points, line.points[1:], lengths, strict=False
    ):
        if rest <= length and length:
            part = rest / length
            return x + (x2 - x) * part, y + (y2 - y) * part
        rest -= length
    return line.points[-1]


def _tail(line: Line) -> str:
    angle = _angle(line.points[0], line.points[1])
    if "conditional" in line.element.flags:
        return _path(DIAMOND, line.points[0], angle, "b")
    if "default" in line.element.flags:
        return _path(SLASH, line.points[0], angle, "s", is_closed=False)
    return ""


def _head(
    line: Line, outline: tuple[Point, ...], name: str, *, is_closed: bool = True
) -> str:
    end = line.points[-1]
    # The last point may be there twice.
    before = next((each for each in reversed(line.points) if each != end), end)
    return _path(outline, end, _angle(before, end), name, is_closed=is_closed)


def _path(
    outline: tuple[Point, ...],
    at: Point,
    angle: float,
    name: str,
    *,
    is_closed: bool = True,
) -> str:
    turn = math.cos(angle), math.sin(angle)
    points = " ".join(
        _pair((at[0] + x * turn[0] - y * turn[1], at[1] + x * turn[1] + y * turn[0]))
        for x, y in outline
    )
    width = "" if name == "h" else ' stroke-width="1.5"'
    return f'<path class="{name}" d="M{points}{"z" if is_closed else ""}"{width}/>'


def _bends(points: tuple[Point, ...]) -> str:
    """The corners of a way, rounded."""
    told = ""
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        room = min(math.dist(before, at), math.dist(at, after)) / 2
        cut = min(CORNER, room)
        begin, end = _toward(at, before, cut), _toward(at, after, cut)
        told += f"L{_pair(begin)}Q{_pair(at)} {_pair(end)}"
    return told


def _toward(start: Point, goal: Point, by: float) -> Point:
    length = math.dist(start, goal)
    if not length:
        return start
    part = by / length
    return start[0] + (goal[0] - start[0]) * part, start[1] + (
        goal[1] - start[1]
    ) * part


def _angle(start: Point, end: Point) -> float:
    return math.atan2(end[1] - start[1], end[0] - start[0])


def _pair(point: Point) -> str:
    return f"{round(point[0], 1):g} {round(point[1], 1):g}"
