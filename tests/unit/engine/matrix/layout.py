"""Lays out the small drawings of the matrix: columns along the flows, rows for ways."""

from collections import defaultdict
from itertools import count

from workflows.engine.documents import BPMN

GAP_X, GAP_Y, PAD = 26, 32, 16
TASK, EVENT, GATEWAY = (76, 52), (36, 36), (44, 44)
NODES = ("Event", "Gateway", "ask", "callActivity", "subProcess", "SubProcess")
NODES += ("transaction",)


def is_node(node):
    name = str(node.tag).removeprefix(BPMN)
    return str(node.tag).startswith(BPMN) and name.endswith(NODES)


def size_of(node):
    name = str(node.tag).removeprefix(BPMN)
    if name.endswith("Event"):
        return EVENT
    return GATEWAY if name.endswith("Gateway") else TASK


class Layout:
    """Where the elements of one scope are, from its own corner: shapes and edges.

    `shapes`: id -> (x, y, width, height); `edges`: id -> points; those of the
    sub-processes inside are among them.
    """

    def __init__(self, scope):
        self.shapes, self.edges = {}, {}
        nodes = {one.get("id"): one for one in scope if is_node(one)}
        self.inside = {
            node_id: Layout(node)
            for node_id, node in nodes.items()
            if any(is_node(child) for child in node)
        }
        self.boundary = {
            node_id: node.get("attachedToRef")
            for node_id, node in nodes.items()
            if node.tag == BPMN + "boundaryEvent"
        }
        self.nodes = nodes
        self.flows = [
            (flow.get("id"), flow.get("sourceRef"), flow.get("targetRef"))
            for flow in scope.iterchildren(BPMN + "sequenceFlow")
            if flow.get("sourceRef") in nodes and flow.get("targetRef") in nodes
        ]
        self.leads = [
            (one.get("id"), one.get("sourceRef"), one.get("targetRef"))
            for one in scope.iterchildren(BPMN + "association")
            if one.get("sourceRef") in nodes and one.get("targetRef") in nodes
        ]
        self.lanes = count()
        self._columns()
        self._rows()
        self._place()
        self._route()

    # The grid -------------------------------------------------------------------------

    def _columns(self):
        """The longest way from a start; flows that lead back do not count."""
        ahead = defaultdict(list)
        for _, source, target in self.flows:
            ahead[self.boundary.get(source, source)].append(target)
        self.apart = [
            node_id
            for node_id, node in self.nodes.items()
            if node.get("triggeredByEvent") == "true"
        ]
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

    def _in_order(self, ahead):
        """Every node before those behind it; finds the flows that lead back."""
        order, state, self.back = [], {}, set()

        def visit(node_id):
            state[node_id] = "open"
            for target in ahead[node_id]:
                if state.get(target) == "open":
                    self.back.add((node_id, target))
                elif target not in state:
                    visit(target)
            state[node_id] = "done"
            order.insert(0, node_id)

        targets = {target for _, _, target in self.flows}
        for node_id in sorted(self.column, key=lambda one: one in targets):
            if node_id not in state:
                visit(node_id)
        return order

    def _rows(self):
        taken = set()
        self.row = {}
        before = defaultdict(list)
        for _, source, target in self.flows:
            if (self.boundary.get(source, source), target) not in self.back:
                before[target].append(source)
        for _, event, handler in self.leads:
            before[handler].append(event)
        for node_id in sorted(self.column, key=self.column.get):
            wishes = [
                self.row[self.boundary[one]] + 1
                if one in self.boundary
                else self.row[one]
                for one in before[node_id]
                if self.boundary.get(one, one) in self.row
            ]
            row = min(wishes, default=0)
            while (self.column[node_id], row) in taken:
                row += 1
            taken.add((self.column[node_id], row))
            self.row[node_id] = row
        self.taken = taken

    # The shapes -----------------------------------------------------------------------

    def _size(self, node_id):
        inside = self.inside.get(node_id)
        width, height = size_of(self.nodes[node_id])
        if inside:
            width, height = inside.width, inside.height + 8  # room for markers
        attached = list(self.boundary.values()).count(node_id)
        return max(width, 40 * attached + 36), height

    def _place(self):
        wide, high = defaultdict(int), defaultdict(int)
        for node_id, column in self.column.items():
            width, height = self._size(node_id)
            wide[column] = max(wide[column], width)
            high[self.row[node_id]] = max(high[self.row[node_id]], height)
        self.left = _starts(wide, GAP_X)
        self.top = _starts(high, GAP_Y)
        for node_id, column in self.column.items():
            width, height = self._size(node_id)
            x = self.left[column] + (wide[column] - width) / 2
            y = self.top[self.row[node_id]] + (high[self.row[node_id]] - height) / 2
            self.shapes[node_id] = (x, y, width, height)
        self.wide, self.high = wide, high
        hosts = defaultdict(list)
        for event, host in self.boundary.items():
            if host in self.shapes:
                hosts[host].append(event)
        for host, events in hosts.items():
            x, y, width, height = self.shapes[host]
            # From the right, clear of the markers in the middle and of the way inside.
            for index, event in enumerate(reversed(events)):
                middle = x + width - 16 - 40 * index
                self.shapes[event] = (middle - 18, y + height - 18, *EVENT)

    # The edges ------------------------------------------------------------------------

    def _route(self):
        self.bottom = max((y + h for _, y, _, h in self.shapes.values()), default=PAD)
        for flow_id, source, target in self.flows:
            if source in self.shapes and target in self.shapes:
                self.edges[flow_id] = self._way(source, target)
        for lead_id, event, handler in self.leads:
            if event in self.shapes and handler in self.shapes:
                self.edges[lead_id] = self._down(event, handler)
        points = [point for edge in self.edges.values() for point in edge]
        below = max([self.bottom, *(y for _, y in points)])
        x, top = PAD, below + GAP_Y
        for node_id in self.apart:
            width, height = self._size(node_id)
            self.shapes[node_id] = (x, top, width, height)
            x += width + GAP_X
        boxes = list(self.shapes.values())
        self.width = PAD + max(
            [x + w for x, _, w, _ in boxes] + [x for x, _ in points], default=2 * PAD
        )
        self.height = PAD + max(
            [y + h for _, y, _, h in boxes] + [y for _, y in points], default=2 * PAD
        )
        for node_id, inside in self.inside.items():
            if node_id in self.shapes:
                self._take_in(inside, *self.shapes[node_id][:2])

    def _take_in(self, inside, x, y):
        for node_id, (x1, y1, width, height) in inside.shapes.items():
            self.shapes[node_id] = (x1 + x, y1 + y, width, height)
        for edge_id, points in inside.edges.items():
            self.edges[edge_id] = [(x1 + x, y1 + y) for x1, y1 in points]

    def _free(self, row, first, last):
        """Whether nothing stands in a row between two columns."""
        return not any((c, row) in self.taken for c in range(first + 1, last))

    def _way(self, source, target):
        x1, y1, w1, h1 = self.shapes[source]
        x2, y2, w2, h2 = self.shapes[target]
        host = self.boundary.get(source, source)
        first, last = self.column[host], self.column.get(target, 0)
        row1, row2 = self.row[host], self.row.get(target, 0)
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
            if row1 != row2 and self._free(row2, first, last):
                bend = self.left[first] + self.wide[first] + GAP_X / 2
                return [leave, (bend, leave[1]), (bend, middle), arrive]
            if row1 != row2 and self._free(row1, first, last):
                bend = self.left[last] - GAP_X / 2
                return [leave, (bend, leave[1]), (bend, middle), arrive]
        return self._under((x1 + w1 / 2, y1 + h1), (x2 + w2 / 2, y2 + h2))

    def _under(self, leave, arrive):
        lane = self.bottom + 10 + 8 * next(self.lanes)
        return [leave, (leave[0], lane), (arrive[0], lane), arrive]

    def _down(self, event, handler):
        x1, y1, w1, h1 = self.shapes[event]
        x2, y2, w2, _ = self.shapes[handler]
        return [(x1 + w1 / 2, y1 + h1), (x2 + w2 / 2, y2)]


def _starts(sizes, gap):
    starts, at = {}, PAD
    for index in range(max(sizes, default=-1) + 1):
        starts[index] = at
        at += sizes[index] + gap
    return starts
