"""A drawing as SVG in the reader's language, marked with how far a case went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from markupsafe import Markup

from server.diagrams import lines, shapes
from server.diagrams.lettering import LEADING, SIZES, Lettering, beside, fitted
from server.diagrams.reading import DRAWN_IN, Box, Element, Line, Plane, Shape

MARGIN = 16.0
LABEL_WIDTH = 96.0
WAY_LABEL_WIDTHS = (130.0, 170.0)  # where its drawn place is too low for more lines
LABEL_GAP = 4.0
SMALLEST_SCALE = 0.6  # below it nobody reads; a narrow screen scrolls instead
INSIDE = 6.0  # from the edge of a shape to its name
SIGN_HEIGHT = 20.0
BANDS = ("participant", "lane")
OUTSIDE = ("Event", "Gateway")
DATA = frozenset(
    {"dataObjectReference", "dataObject", "dataInput", "dataOutput"}
    | {"dataStoreReference"}
)


@dataclass(frozen=True)
class Marks:
    """How far a case went: states of elements, and flows taken at choices."""

    steps: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def of(self, element: Element) -> str:
        """The class of an element, as app.js sets it when the case moves on."""
        if element.kind != "sequenceFlow":
            state = self.steps.get(element.id)
            return f"step-{state}" if state else ""
        # A way is gone when both its ends were reached, if it was taken at a choice.
        source, target = element.source or "", element.target or ""
        is_reached = self.steps.get(source) == "done" and target in self.steps
        is_taken = element.id in self.chosen.get(source, [element.id])
        return "way-gone" if is_reached and is_taken else ""


def painted(plane: Plane, locale: str, marks: Marks) -> Markup:
    """One sheet as an `<svg>`. Its text comes from files and is escaped here."""
    areas = [each for each in plane.shapes if each.element.kind in BANDS]
    others = [each for each in plane.shapes if each.element.kind not in BANDS]
    around = [each for each in others if "subprocess" in each.element.flags]
    nodes = [each for each in others if each not in around]
    body = "".join(_area(each, locale) for each in areas)
    body += "".join(_node(each, locale, marks) for each in around)
    body += "".join(_way(each, marks) for each in plane.lines)
    body += "".join(_node(each, locale, marks) for each in nodes)
    body += "".join(_way_name(each, locale) for each in plane.lines)
    frame = _frame(plane, locale)
    size = f'width="{frame.width:.0f}" height="{frame.height:.0f}"'
    least = frame.width * SMALLEST_SCALE
    # The first one holds the place open: the second shrinks with its room, no further.
    return Markup(  # noqa: S704 - every name and id in it went through escape()
        f'<svg class="r-drawing__least" width="{least:.0f}" height="1" '
        f'aria-hidden="true" focusable="false"></svg><svg class="r-drawing" {size} '
        f'viewBox="{frame.x:.0f} {frame.y:.0f} {frame.width:.0f} {frame.height:.0f}" '
        f'font-size="12" fill="none" stroke="currentColor" aria-hidden="true" '
        f'focusable="false">{body}</svg>'
    )


def name_of(element: Element, locale: str) -> str:
    return element.names.get(locale) or element.names.get(DRAWN_IN, "")


def _area(shape: Shape, locale: str) -> str:
    """A pool or a lane; its name stands along its side."""
    name, box = name_of(shape.element, locale), shape.box
    svg = shapes.painted(shape)
    if not name:
        return svg
    if shape.element.kind == "participant" and shapes.is_folded_pool(shape):
        told = fitted(name, box.width - 2 * INSIDE, box.height)
        return _group(shape.element, "", svg + _text(told, *box.middle))
    if not shape.is_horizontal:
        told = fitted(name, box.width - 2 * INSIDE, shapes.BAND)
        return _group(
            shape.element, "", svg + _text(told, box.middle[0], box.y + shapes.BAND / 2)
        )
    told = fitted(name, box.height - 2 * INSIDE, shapes.BAND)
    x, y = box.x + shapes.BAND / 2, box.middle[1]
    turned = (
        f'<g transform="translate({x:g} {y:g}) rotate(-90)">{_text(told, 0, 0)}</g>'
    )
    return _group(shape.element, "", svg + turned)


def _node(shape: Shape, locale: str, marks: Marks) -> str:
    name = name_of(shape.element, locale)
    svg = shapes.painted(shape) + (_node_name(shape, name) if name else "")
    return _group(shape.element, marks.of(shape.element), svg)


def _node_name(shape: Shape, name: str) -> str:
    kind, box = shape.element.kind, shape.box
    if kind.endswith(OUTSIDE) or kind in DATA:
        return _text(*_outside(shape, name), is_over=True)
    if kind == "textAnnotation":
        told = fitted(name, box.width - 2 * INSIDE, box.height)
        return _text(told, box.x + INSIDE, box.middle[1], anchor="start")
    width = box.width - 2 * INSIDE
    if kind == "group" or ("subprocess" in shape.element.flags and shape.is_expanded):
        told = fitted(name, width, 3 * SIGN_HEIGHT)
        return _text(told, box.middle[0], box.y + INSIDE + told.height / 2)
    below = SIGN_HEIGHT if shapes.has_markers(shape) else 0
    told = fitted(name, width, box.height - INSIDE - below)
    return _text(told, box.middle[0], box.middle[1] - below / 2) + _whole(told, name)


def _outside(shape: Shape, name: str) -> tuple[Lettering, float, float]:
    """The name below an event, a gateway, data; or where the drawing has put it."""
    place = shape.label
    if place is not None:
        told = beside(name, (max(place.width, LABEL_WIDTH),), place.height)
        return told, place.middle[0], place.y + told.height / 2
    told = beside(name, (LABEL_WIDTH,), 0)
    bottom = shape.box.y + shape.box.height + LABEL_GAP
    return told, shape.box.middle[0], bottom + told.height / 2


def _way(line: Line, marks: Marks) -> str:
    return _group(line.element, marks.of(line.element), lines.painted(line))


def _way_name(line: Line, locale: str) -> str:
    name = name_of(line.element, locale)
    return _text(*_along(line, name), is_over=True) if name else ""


def _along(line: Line, name: str) -> tuple[Lettering, float, float]:
    if line.label is None:
        told = beside(name, (LABEL_WIDTH,), 0)
        x, y = lines.middle_of(line)
        return told, x, y - told.height / 2 - LABEL_GAP
    widths = (max(line.label.width, LABEL_WIDTH), *WAY_LABEL_WIDTHS)
    told = beside(name, widths, line.label.height)
    return told, line.label.middle[0], line.label.y + told.height / 2


def _frame(plane: Plane, locale: str) -> Box:
    """What the sheet takes, with the names beside shapes and a margin."""
    boxes = [each.box for each in plane.shapes]
    for shape in plane.shapes:
        name = name_of(shape.element, locale)
        kind = shape.element.kind
        if name and (kind.endswith(OUTSIDE) or kind in DATA):
            boxes.append(_around(*_outside(shape, name)))
    for line in plane.lines:
        boxes += [Box(x, y, 0, 0) for x, y in line.points]
        name = name_of(line.element, locale)
        if name:
            boxes.append(_around(*_along(line, name)))
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Box(
        left - MARGIN,
        top - MARGIN,
        right - left + 2 * MARGIN,
        bottom - top + 2 * MARGIN,
    )


def _around(told: Lettering, x: float, y: float) -> Box:
    width = LABEL_WIDTH
    return Box(x - width / 2, y - told.height / 2, width, told.height)


def _group(element: Element, state: str, svg: str) -> str:
    marked = f' class="{state}"' if state else ""
    ends = (
        f' data-from="{escape(element.source)}" data-to="{escape(element.target)}"'
        if element.kind == "sequenceFlow" and element.source and element.target
        else ""
    )
    return f'<g data-element-id="{escape(element.id)}"{ends}{marked}>{svg}</g>'


def _text(
    told: Lettering, x: float, y: float, *, anchor: str = "", is_over: bool = False
) -> str:
    """Lines around a middle; `is_over` what may lie across them."""
    step = told.size * LEADING
    # A letter stands on its line: about a third of its size is below the middle.
    top = y - told.height / 2 + step / 2 + told.size * 0.35
    rows = "".join(
        f'<tspan x="{_short(x)}" y="{_short(top + step * number)}">'
        f"{escape(line)}</tspan>"
        for number, line in enumerate(told.lines)
        if line
    )
    size = f' font-size="{told.size}"' if told.size != SIZES[0] else ""
    placed = f' text-anchor="{anchor}"' if anchor else ""
    name = ' class="o"' if is_over else ""
    return f"<text{name}{size}{placed}>{rows}</text>"


def _whole(told: Lettering, name: str) -> str:
    return f"<title>{escape(name)}</title>" if told.is_cut else ""


def _short(number: float) -> str:
    return f"{round(number, 1):g}" if abs(number) < 100_000 else f"{number:.0f}"
