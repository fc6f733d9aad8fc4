"""The shapes of BPMN as SVG, each with the signs that belong to it, without its name.

Classes, which the style sheet knows: `b` a body, `s` a sign in outline, `f` a filled
one, `w` a sign on a filled one.
"""

from collections.abc import Callable, Iterator

from server.diagrams import symbols
from server.diagrams.reading import Box, Shape

THIN, END = 1.5, 4.0
EVENT_RADIUS = 18.0
TASK_CORNER = 8
DASHED, DOTTED = ' stroke-dasharray="5 4"', ' stroke-dasharray="1 4"'
BAND = 30.0  # of a pool's or a lane's name
BOTTOM = 11.0  # from the lower edge to the middle of the markers


def painted(shape: Shape) -> str:
    """The SVG of a shape, by its kind; a rectangle for what BPMN does not know."""
    return _painter(shape)(shape)


def _painter(shape: Shape) -> Callable[[Shape], str]:
    kind = shape.element.kind
    if kind in PAINTERS:
        return PAINTERS[kind]
    if kind.endswith("Event"):
        return _event
    if kind.endswith("Gateway"):
        return _gateway
    return _activity


def _event(shape: Shape) -> str:
    kind, flags = shape.element.kind, shape.element.flags
    (x, y), radius = shape.box.middle, min(shape.box.width, shape.box.height) / 2
    is_thrown = kind in ("endEvent", "intermediateThrowEvent")
    is_between = kind in (
        "boundaryEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
    )
    dashes = DASHED if "goes on beside" in flags else ""
    width = END if kind == "endEvent" else THIN if is_between else 2
    rings = f'<circle class="b" r="{radius:g}" stroke-width="{width:g}"{dashes}/>'
    if is_between:
        rings += f'<circle class="s" r="{radius - 3.5:g}" stroke-width="1.5"{dashes}/>'
    sign = _event_sign(shape.element.event, is_thrown=is_thrown)
    if sign and radius != EVENT_RADIUS:
        sign = f'<g transform="scale({radius / EVENT_RADIUS:.3g})">{sign}</g>'
    return f'<g transform="translate({x:g} {y:g})">{rings}{sign}</g>'


def _event_sign(event: str | None, *, is_thrown: bool) -> str:
    if event == "message":
        return _envelope(is_filled=is_thrown)
    if event == "terminate":
        return f'<circle class="f" r="{symbols.TERMINATE_RADIUS}"/>'
    path = symbols.EVENTS.get(event or "")
    if path is None:
        return ""
    if event == "timer":
        return _path(path, "s")
    return _path(path, "f" if is_thrown else "s")


def _envelope(*, is_filled: bool) -> str:
    body, flap = symbols.ENVELOPE
    if is_filled:
        return _path(body, "f") + _path(flap, "w")
    return _path(body + flap, "s")


def _gateway(shape: Shape) -> str:
    kind, flags = shape.element.kind, shape.element.flags
    (x, y), half = shape.box.middle, shape.box.width / 2
    body = f'<path class="b" d="M0-{half:g} {half:g} 0 0 {half:g}-{half:g} 0z"/>'
    sign = ""
    if kind == "inclusiveGateway":
        sign = f'<circle class="s" r="{symbols.INCLUSIVE_RADIUS}" stroke-width="3"/>'
    elif kind == "eventBasedGateway":
        sign = _event_based(flags)
    elif kind != "exclusiveGateway" or shape.has_marker:
        sign = (
            f'<path class="s" stroke-width="4" d="{symbols.GATEWAYS.get(kind, "")}"/>'
        )
    return f'<g transform="translate({x:g} {y:g})">{body}{sign}</g>'


def _event_based(flags: frozenset[str]) -> str:
    outer, inner = symbols.EVENT_BASED_RADII
    rings = f'<circle class="s" r="{outer}" stroke-width="1.5"/>'
    if "instantiates" not in flags:
        rings += f'<circle class="s" r="{inner}" stroke-width="1.5"/>'
    sign = symbols.CROSS if "parallel" in flags else symbols.PENTAGON
    return f'{rings}<g transform="scale(.7)">{_path(sign, "s")}</g>'


def _activity(shape: Shape) -> str:
    element, box = shape.element, shape.box
    width = 4 if element.kind == "callActivity" else 2
    dashes = DOTTED if "by event" in element.flags else ""
    svg = _rectangle(box, f' class="b" stroke-width="{width}"{dashes}', TASK_CORNER)
    if element.kind == "transaction":
        inner = Box(box.x + 3.5, box.y + 3.5, box.width - 7, box.height - 7)
        svg += _rectangle(inner, ' class="s" stroke-width="1.5"', TASK_CORNER - 2)
    return svg + _task_sign(element.kind, box) + _markers(shape)


def _task_sign(kind: str, box: Box) -> str:
    if kind in ("sendTask", "receiveTask"):
        mail = _envelope(is_filled=kind == "sendTask")
        sign = f'<g transform="{symbols.MAIL_AT}">{mail}</g>'
    elif kind in symbols.TASKS:
        sign = _path(symbols.TASKS[kind], "s")
    else:
        return ""
    return f'<g transform="translate({box.x + 6:g} {box.y + 6:g})">{sign}</g>'


def _markers(shape: Shape) -> str:
    names = list(_marker_names(shape))
    x, y = shape.box.middle[0], shape.box.y + shape.box.height - BOTTOM
    left = x - symbols.MARKER_GAP * (len(names) - 1) / 2
    return "".join(
        f'<g transform="translate({left + symbols.MARKER_GAP * place:g} {y:g})">'
        f"{_path(symbols.MARKERS[name], 's')}</g>"
        for place, name in enumerate(names)
    )


def _marker_names(shape: Shape) -> Iterator[str]:
    flags = shape.element.flags
    yield from (name for name in ("loop", "parallel", "sequential") if name in flags)
    if "compensation" in flags:
        yield "compensation"
    if "subprocess" in flags and not shape.is_expanded:
        yield "collapsed"
    if shape.element.kind == "adHocSubProcess":
        yield "adhoc"


def has_markers(shape: Shape) -> bool:
    """Whether signs stand at the bottom of an activity, where its name must not be."""
    return next(_marker_names(shape), None) is not None


def _pool(shape: Shape) -> str:
    box = shape.box
    svg = _rectangle(box, ' class="b" stroke-width="1.5"')
    if not is_folded_pool(shape):
        svg += (
            f'<path class="s" stroke-width="1.5" d="M{box.x + BAND:g} {box.y:g}'
            f'v{box.height:g}"/>'
            if shape.is_horizontal
            else f'<path class="s" stroke-width="1.5" d="M{box.x:g} {box.y + BAND:g}'
            f'h{box.width:g}"/>'
        )
    if "many" in shape.element.flags:
        x, y = box.middle[0], box.y + box.height - BOTTOM
        sign = _path(symbols.MARKERS["parallel"], "s")
        svg += f'<g transform="translate({x:g} {y:g})">{sign}</g>'
    return svg


def is_folded_pool(shape: Shape) -> bool:
    """A pool that only stands for somebody outside: nothing is drawn in it."""
    side = shape.box.height if shape.is_horizontal else shape.box.width
    return not shape.is_expanded or side <= 2 * BAND + 10


def _lane(shape: Shape) -> str:
    return _rectangle(shape.box, ' class="b" stroke-width="1"')


def _data(shape: Shape) -> str:
    x, y, width, height = _corners(shape.box)
    fold = min(10.0, width / 3)
    svg = (
        f'<path class="b" d="M{x:g} {y:g}h{width - fold:g}l{fold:g} {fold:g}'
        f'v{height - fold:g}h-{width:g}z"/><path class="s" stroke-width="1.5" '
        f'd="M{x + width - fold:g} {y:g}v{fold:g}h{fold:g}"/>'
    )
    if shape.element.kind in ("dataInput", "dataOutput"):
        name = "f" if shape.element.kind == "dataOutput" else "s"
        arrow = _path("M2 5h7V1.5L15 7.5 9 13.500V10H2z", name)
        svg += f'<g transform="translate({x + 3:g} {y + 4:g})">{arrow}</g>'
    if "collection" in shape.element.flags:
        place = f"translate({x + width / 2:g} {y + height - BOTTOM + 2:g})"
        svg += f'<g transform="{place}">{_path(symbols.MARKERS["parallel"], "s")}</g>'
    return svg


def _store(shape: Shape) -> str:
    x, y, width, height = _corners(shape.box)
    half, cap = width / 2, height / 8
    arc = f"a{half:g} {cap:g} 0 0 0 {width:g} 0"
    rest = height - 2 * cap
    return (
        f'<path class="b" d="M{x:g} {y + cap:g}a{half:g} {cap:g} 0 0 1 {width:g} 0'
        f'v{rest:g}a{half:g} {cap:g} 0 0 1-{width:g} 0z"/><path class="s" '
        f'stroke-width="1.5" d="M{x:g} {y + cap:g}{arc}M{x:g} {y + 2 * cap:g}{arc}"/>'
    )


def _note(shape: Shape) -> str:
    x, y, _, height = _corners(shape.box)
    return f'<path class="s" d="M{x + 10:g} {y:g}H{x:g}v{height:g}h10"/>'


def _group(shape: Shape) -> str:
    return _rectangle(
        shape.box, ' class="s" stroke-width="1.5" stroke-dasharray="8 4 1 4"', 8
    )


def _rectangle(box: Box, rest: str, corner: float = 0) -> str:
    x, y, width, height = _corners(box)
    rounded = f' rx="{corner:g}"' if corner else ""
    sized = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    return f"<rect {sized}{rounded}{rest}/>"


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.width, box.height


def _path(d: str, name: str) -> str:
    return f'<path class="{name}" d="{d}"/>'


PAINTERS: dict[str, Callable[[Shape], str]] = {
    "participant": _pool,
    "lane": _lane,
    "dataObjectReference": _data,
    "dataObject": _data,
    "dataInput": _data,
    "dataOutput": _data,
    "dataStoreReference": _store,
    "textAnnotation": _note,
    "group": _group,
}
