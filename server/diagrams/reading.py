"""A BPMN file as it is to be seen: shapes and lines, with names in each language."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from server.diagrams.layout import BPMN, Layout, Sizes

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
PROPERTY = "{http://camunda.org/schema/zeebe/1.0}property"
DEFINITION = "EventDefinition"
TITLE = "title."
DRAWN_IN = "kk"  # names in the drawing itself; other languages are its properties
LOOPS = {
    "standardLoopCharacteristics": "loop",
    "multiInstanceLoopCharacteristics": "parallel",
}

FLAGS = (
    ("isInterrupting", "false", "goes on beside"),
    ("cancelActivity", "false", "goes on beside"),
    ("triggeredByEvent", "true", "by event"),
    ("isForCompensation", "true", "compensation"),
    ("instantiate", "true", "instantiates"),
    ("isCollection", "true", "collection"),
    ("eventGatewayType", "Parallel", "parallel"),
    ("associationDirection", "One", "One"),
    ("associationDirection", "Both", "Both"),
)


class NoDrawing(ValueError):
    """It is no XML, or has no elements: nothing of it can be shown."""


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Element:
    """What a shape or a line stands for."""

    id: str
    kind: str  # the element's name in BPMN
    names: dict[str, str]  # by locale; "kk" is the drawing's own
    event: str | None = None  # what an event is about: "timer"; None for nothing
    source: str | None = None
    target: str | None = None
    flags: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True)
class Shape:
    element: Element
    box: Box
    label: Box | None
    is_expanded: bool
    is_horizontal: bool
    has_marker: bool


@dataclass(frozen=True)
class Line:
    element: Element
    points: tuple[tuple[float, float], ...]
    label: Box | None


@dataclass(frozen=True)
class Plane:
    """One sheet of a drawing: the process, or the inside of a folded sub-process."""

    of: Element | None
    shapes: tuple[Shape, ...]  # what is outside before what is inside
    lines: tuple[Line, ...]


def read(source: bytes) -> list[Plane]:
    """The sheets of a BPMN file. NoDrawing where there is nothing to see."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise NoDrawing(str(error)) from error
    nodes = {
        str(node.get("id")): node
        for node in root.iter(f"{BPMN}*")
        if node.get("id") is not None
    }
    elements = {node_id: _element(node, nodes) for node_id, node in nodes.items()}
    planes = [
        plane
        for diagram in root.iter(f"{DI}BPMNPlane")
        if (plane := _plane(diagram, elements, nodes)).shapes
    ]
    # What a program wrote has no places for its shapes.
    return planes or [_laid_out(root, elements)]


def _laid_out(root: etree._Element, elements: dict[str, Element]) -> Plane:
    """The processes of a file one below the other, without pools and lanes."""
    shapes: list[Shape] = []
    lines: list[Line] = []
    top = 0.0
    for process in root.iterchildren(f"{BPMN}process"):
        layout = Layout(process, Sizes())
        for node_id, (x, y, width, height) in layout.shapes.items():
            if node_id in elements:
                box = Box(x, y + top, width, height)
                shapes.append(Shape(elements[node_id], box, None, True, True, True))
        for line_id, points in layout.edges.items():
            if line_id in elements:
                moved = tuple((x, y + top) for x, y in points)
                lines.append(Line(elements[line_id], moved, None))
        top += layout.height
    if not shapes:
        raise NoDrawing("there is no element to show")
    return Plane(None, tuple(shapes), tuple(lines))


def _plane(
    plane: etree._Element,
    elements: dict[str, Element],
    nodes: dict[str, etree._Element],
) -> Plane:
    shapes = [
        _shape(node, element)
        for node in plane.iterchildren(f"{DI}BPMNShape")
        if (element := elements.get(_local(node.get("bpmnElement")))) is not None
        and node.find(BOUNDS) is not None
    ]
    lines = [
        _line(node, element)
        for node in plane.iterchildren(f"{DI}BPMNEdge")
        if (element := elements.get(_local(node.get("bpmnElement")))) is not None
        and len(node.findall(WAYPOINT)) > 1
    ]
    folded = {
        shape.element.id
        for shape in shapes
        if not shape.is_expanded and "subprocess" in shape.element.flags
    }
    owner = elements.get(_local(plane.get("bpmnElement")))
    hidden = {one for one in elements if folded & set(_around(nodes[one]))}
    return Plane(
        of=owner,
        shapes=tuple(shape for shape in shapes if shape.element.id not in hidden),
        lines=tuple(line for line in lines if line.element.id not in hidden),
    )


def _around(node: etree._Element) -> Iterator[str]:
    return (str(each.get("id")) for each in node.iterancestors() if each.get("id"))


def _shape(node: etree._Element, element: Element) -> Shape:
    bounds = node.find(BOUNDS)
    assert bounds is not None  # noqa: S101 - the caller has looked
    return Shape(
        element=element,
        box=_box(bounds),
        label=_label(node),
        is_expanded=node.get("isExpanded", "true") != "false",
        is_horizontal=node.get("isHorizontal", "true") != "false",
        has_marker=node.get("isMarkerVisible") == "true",
    )


def _line(node: etree._Element, element: Element) -> Line:
    points = tuple(
        (_number(point, "x"), _number(point, "y")) for point in node.findall(WAYPOINT)
    )
    return Line(element, points, _label(node))


def _label(node: etree._Element) -> Box | None:
    bounds = node.find(f"{DI}BPMNLabel/{BOUNDS}")
    return None if bounds is None else _box(bounds)


def _box(bounds: etree._Element) -> Box:
    x, y, width, height = (
        _number(bounds, name) for name in ("x", "y", "width", "height")
    )
    return Box(x, y, width, height)


def _number(node: etree._Element, name: str) -> float:
    try:
        return float(node.get(name, "0"))
    except ValueError as error:
        raise NoDrawing(f"{name} is no number") from error


def _element(node: etree._Element, nodes: dict[str, etree._Element]) -> Element:
    kind = str(node.tag).removeprefix(BPMN)
    return Element(
        id=str(node.get("id")),
        kind=kind,
        names=_names(node, kind, nodes),
        event=_event(node, kind, nodes),
        source=_end(node, "sourceRef"),
        target=_end(node, "targetRef"),
        flags=frozenset(_flags(node, kind, nodes)),
    )


def _names(
    node: etree._Element, kind: str, nodes: dict[str, etree._Element]
) -> dict[str, str]:
    own = node.get("name")
    if kind == "textAnnotation":
        own = node.findtext(f"{BPMN}text")
    elif kind == "group":
        value = nodes.get(_local(node.get("categoryValueRef")))
        own = value.get("value") if value is not None else None
    names = {DRAWN_IN: own} if own else {}
    for told in node.iterfind(f"{BPMN}extensionElements//{PROPERTY}"):
        key, value_ = str(told.get("name")), told.get("value")
        if key.startswith(TITLE) and value_:
            names[key.removeprefix(TITLE)] = value_
    return names


def _event(
    node: etree._Element, kind: str, nodes: dict[str, etree._Element]
) -> str | None:
    if not kind.endswith("Event"):
        return None
    told = [
        str(child.tag).removeprefix(BPMN).removesuffix(DEFINITION)
        for child in _definitions(node, nodes)
    ]
    if len(told) > 1:
        is_parallel = node.get("parallelMultiple") == "true"
        return "parallelMultiple" if is_parallel else "multiple"
    return told[0] if told else None


def _definitions(
    node: etree._Element, nodes: dict[str, etree._Element]
) -> Iterator[etree._Element]:
    for child in node.iterchildren(f"{BPMN}*"):
        if str(child.tag).endswith(DEFINITION):
            yield child
        elif child.tag == f"{BPMN}eventDefinitionRef":
            referred = nodes.get(_local(child.text))
            if referred is not None:
                yield referred


def _flags(
    node: etree._Element, kind: str, nodes: dict[str, etree._Element]
) -> Iterator[str]:
    yield from (flag for name, value, flag in FLAGS if node.get(name) == value)
    if kind in ("subProcess", "adHocSubProcess", "transaction"):
        yield "subprocess"
    if (
        kind == "participant"
        and node.find(f"{BPMN}participantMultiplicity") is not None
    ):
        yield "many"
    for name, flag in LOOPS.items():
        loop = node.find(BPMN + name)
        if loop is not None:
            yield "sequential" if loop.get("isSequential") == "true" else flag
    if kind == "sequenceFlow":
        yield from _flow_flags(node, nodes.get(_local(node.get("sourceRef"))))


def _flow_flags(node: etree._Element, source: etree._Element | None) -> Iterator[str]:
    if source is None:
        return
    if source.get("default") == node.get("id"):
        yield "default"
    has_condition = node.find(f"{BPMN}conditionExpression") is not None
    if has_condition and not str(source.tag).endswith("Gateway"):
        yield "conditional"


def _end(node: etree._Element, name: str) -> str | None:
    told = node.get(name) or node.findtext(BPMN + name)
    return _local(told) or None


def _local(name: str | None) -> str:
    """An id that may be written with a prefix."""
    return (name or "").strip().rpartition(":")[2]
