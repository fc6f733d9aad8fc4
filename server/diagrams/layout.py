"""Places for a drawing that has none: columns along the flows, rows for ways."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count, pairwise

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
NODES = (
    *("Event", "Gateway", "ask"),
    *("callActivity", "subProcess", "SubProcess", "transaction"),
)
ATTACHED_GAP = 40  # between the middles of boundary events at one host
LANE_GAP = 8  # between lines that run below everything

Point = tuple[float, float]
Place = tuple[float, float, float, float]  # x, y, width, height
Flow = tuple[str, str, str]  # id, source, target


@dataclass(frozen=True)
class Sizes:
    """How large shapes are, and how far apart."""

    task: tuple[float, float] = (110, 80)
    event: tuple[float, float] = (36, 36)
    gateway: tuple[float, float] = (50, 50)
    gap_x: float = 56
    gap_y: float = 64
    pad: float = 28
    head: float = 24  # for the name of a sub-process


def is_node(node: etree._Element) -> bool:
    name = str(node.tag).removeprefix(BPMN)
    return str(node.tag).startswith(BPMN) and name.endswith(NODES)


class Layout:
    """Where the elements of one scope are, from its own corner: shapes and edges.

    `shapes`: id -> (x, y, width, height); `edges`: id -> points; those of the
    sub-processes inside are among them.
    """

    def __init__(self, scope: etree._Element, sizes: Sizes) -> None:
        self.sizes = sizes
        self.shapes: dict[str, Place] = {}
        self.edges: dict[str, list[Point]] = {}
        self.nodes = {str(one.get("id")): one for one in scope if is_node(one)}
        self.inside = {
            node_id: Layout(node, sizes)
            for node_id, node in self.nodes.items()
            if any(is_node(child) for child in node)
        }
        self.boundary = {
            node_id: str(node.get("attachedToRef"))
            for node_id, node in self.nodes.items()
            if node.tag == BPMN + "boundaryEvent"
        }
        self.flows = list(self._between(scope, "sequenceFlow"))
        self.leads = list(self._between(scope, "association"))
        self.apart = [
            node_id
            for node_id, node in self.nodes.items()
            if node.get("triggeredByEvent") == "true"
        ]
        self.lanes = count()
        self.column: dict[str, int] = {}
        self.row: dict[str, int] = {}
        self.back: set[tuple[str, str]] = set()
        self._columns()
        self._rows()
        self._place()
        self._attach()
        self._route()
        self._close()

    def _between(self, scope: etree._Element, name: str) -> Iterable[Flow]:
        for line in scope.iterchildren(BPMN + name):
            ends = str(line.get("sourceRef")), str(line.get("targetRef"))
            if self.nodes.keys() >= set(ends):
                yield str(line.get("id")), *ends

    # The grid -------------------------------------------------------------------------

    def _columns(self) -> None:
        """The longest way from a start; flows that lead back do not count."""
        ahead: dict[str, list[str]] = defaultdict(list)
        for _, source, target in self.flows:
            ahead[self.boundary.get(source, source)].append(target)
        handlers = [target for *_, target in self.leads]
        aside = {*self.boundary, *self.apart, *handlers}
        self.column = dict.fromkeys((one for one in self.nodes if one not in aside), 0)
        for node_id in self._in_order(ahead):
            for target in ahead[node_id]:
                forward = (node_id, target) not in self.back
                if forward and {node_id, target} <= self.column.keys():
                    self.column[target] = max(
                        self.column[target], self.column[node_id] + 1
                    )
        for _, event, handler in self.leads:
            host = self.boundary.get(event, event)
            self.column.setdefault(handler, self.column.get(host, 0))

    def _in_order(self, ahead: Mapping[str, list[str]]) -> list[str]:
        """Every node before those behind it; finds the flows that lead back."""
        order: list[str] = []
        is_open: dict[str, bool] = {}
        targets = {target for _, _, target in self.flows}
        # Without recursion: a chain of steps may be longer than the stack.
        for first in sorted(self.column, key=lambda one: one in targets):
            if first in is_open:
                continue
            is_open[first] = True
            trail = [(first, iter(ahead.get(first, ())))]
            while trail:
                node_id, rest = trail[-1]
                target = next(rest, None)
                if target is None:
                    is_open[node_id] = False
                    order.append(node_id)
                    trail.pop()
                elif is_open.get(target):
                    self.back.add((node_id, target))
                elif target not in is_open:
                    is_open[target] = True
                    trail.append((target, iter(ahead.get(target, ()))))
        return order[::-1]

    def _rows(self) -> None:
        self.taken: set[tuple[int, int]] = set()
        before: dict[str, list[str]] = defaultdict(list)
        for _, source, target in self.flows:
            if (self.boundary.get(source, source), target) not in self.back:
                before[target].append(source)
        for _, event, handler in self.leads:
            before[handler].append(event)
        for node_id in sorted(self.column, key=self.column.__getitem__):
            wishes = [
                self.row[self.boundary[one]] + 1
                if one in self.boundary
                else self.row[one]
                for one in before[node_id]
                if self.boundary.get(one, one) in self.row
            ]
            row = min(wishes, default=0)
            while (self.column[node_id], row) in self.taken:
                row += 1
            self.taken.add((self.column[node_id], row))
            self.row[node_id] = row

    # The shapes -----------------------------------------------------------------------

    def _size(self, node_id: str) -> tuple[float, float]:
        inside = self.inside.get(node_id)
        name = str(self.nodes[node_id].tag).removeprefix(BPMN)
        width, height = self.sizes.task
        if name.endswith("Event"):
            width, height = self.sizes.event
        elif name.endswith("Gateway"):
            width, height = self.sizes.gateway
        if inside:
            # Room for a name and for markers.
            width, height = inside.width, inside.height + 8 + self.sizes.head
        attached = list(self.boundary.values()).count(node_id)
        return max(width, ATTACHED_GAP * attached + 36 if attached else 0), height

    def _place(self) -> None:
        wide: dict[int, float] = defaultdict(int)
        high: dict[int, float] = defaultdict(int)
        for node_id, column in self.column.items():
            width, height = self._size(node_id)
            wide[column] = max(wide[column], width)
            high[self.row[node_id]] = max(high[self.row[node_id]], height)
        self.left = _starts(wide, self.sizes.gap_x, self.sizes.pad)
        top = _starts(high, self.sizes.gap_y, self.sizes.pad)
        for node_id, column in self.column.items():
            width, height = self._size(node_id)
            x = self.left[column] + (wide[column] - width) / 2
            y = top[self.row[node_id]] + (high[self.row[node_id]] - height) / 2
            self.shapes[node_id] = (x, y, width, height)
        self.wide = wide

    def _attach(self) -> None:
        hosts: dict[str, list[str]] = defaultdict(list)
        for event, host in self.boundary.items():
            if host in self.shapes:
                hosts[host].append(event)
        size, _ = self.sizes.event
        for host, events in hosts.items():
            x, y, width, height = self.shapes[host]
            # From the right, clear of the markers in the middle and of the way inside.
            for index, event in enumerate(reversed(events)):
                middle = x + width - 16 - ATTACHED_GAP * index
                corner = middle - size / 2, y + height - size / 2
                self.shapes[event] = (*corner, *self.sizes.event)

    # The edges ------------------------------------------------------------------------

    def _route(self) -> None:
        pad = self.sizes.pad
        self.bottom = max((y + h for _, y, _, h in self.shapes.values()), default=pad)
        for flow_id, source, target in self.flows:
            if source in self.shapes and target in self.shapes:
                self.edges[flow_id] = self._way(source, target)
        for lead_id, event, handler in self.leads:
            if event in self.shapes and handler in self.shapes:
                self.edges[lead_id] = self._down(event, handler)

    def _close(self) -> None:
        """What stands apart goes below; then the size, and the insides in place."""
        pad = self.sizes.pad
        points = [point for edge in self.edges.values() for point in edge]
        x, top = pad, max([self.bottom, *(y for _, y in points)]) + self.sizes.gap_y
        for node_id in self.apart:
            width, height = self._size(node_id)
            self.shapes[node_id] = (x, top, width, height)
            x += width + self.sizes.gap_x
        boxes = list(self.shapes.values())
        self.width = pad + max(
            [x + w for x, _, w, _ in boxes] + [x for x, _ in points], default=2 * pad
        )
        self.height = pad + max(
            [y + h for _, y, _, h in boxes] + [y for _, y in points], default=2 * pad
        )
        for node_id, inside in self.inside.items():
            if node_id in self.shapes:
                self._take_in(inside, *self.shapes[node_id][:2])

    def _take_in(self, inside: "Layout", x: float, y: float) -> None:
        y += self.sizes.head
        for node_id, (x1, y1, width, height) in inside.shapes.items():
            self.shapes[node_id] = (x1 + x, y1 + y, width, height)
        for edge_id, points in inside.edges.items():
            self.edges[edge_id] = [(x1 + x, y1 + y) for x1, y1 in points]

    def _free(self, row: int, first: int, last: int) -> bool:
        """Whether nothing stands in a row between two columns."""
        return not any((c, row) in self.taken for c in range(first + 1, last))

    def _way(self, source: str, target: str) -> list[Point]:
        x1, y1, w1, h1 = self.shapes[source]
        x2, y2, w2, h2 = self.shapes[target]
        host = self.boundary.get(source, source)
        first, last = self.column.get(host, 0), self.column.get(target, 0)
        row1, row2 = self.row.get(host, 0), self.row.get(target, 0)
        middle = y2 + h2 / 2
        if source in self.boundary:
            down = (x1 + w1 / 2, y1 + h1)
            if row2 > row1 and last > first and self._free(row2, first, last):
                return [down, (down[0], middle), (x2, middle)]
            return self._under(down, (x2 + w2 / 2, y2 + h2))
        leave, arrive = (x1 + w1, y1 + h1 / 2), (x2, middle)
        if last > first:
            if row1 == row2 and self._free(row1, first, last):
                return [leave, arrive]
            bend = self._bend(first, last, row1, row2)
            if bend is not None:
                return [leave, (bend, leave[1]), (bend, middle), arrive]
        return self._under((x1 + w1 / 2, y1 + h1), (x2 + w2 / 2, y2 + h2))

    def _bend(self, first: int, last: int, row1: int, row2: int) -> float | None:
        """Where a way changes its row: behind its source or before its target."""
        if row1 != row2 and self._free(row2, first, last):
            return self.left[first] + self.wide[first] + self.sizes.gap_x / 2
        if row1 != row2 and self._free(row1, first, last):
            return self.left[last] - self.sizes.gap_x / 2
        return None

    def _under(self, leave: Point, arrive: Point) -> list[Point]:
        lane = self.bottom + 10 + LANE_GAP * next(self.lanes)
        return [leave, (leave[0], lane), (arrive[0], lane), arrive]

    def _down(self, event: str, handler: str) -> list[Point]:
        x1, y1, w1, h1 = self.shapes[event]
        x2, y2, w2, _ = self.shapes[handler]
        return [(x1 + w1 / 2, y1 + h1), (x2 + w2 / 2, y2)]


def _starts(sizes: Mapping[int, float], gap: float, pad: float) -> dict[int, float]:
    columns = range(max(sizes, default=-1) + 1)
    starts = {0: pad}
    for before, after in pairwise((*columns, len(columns))):
        starts[after] = starts[before] + sizes.get(before, 0) + gap
    return starts
