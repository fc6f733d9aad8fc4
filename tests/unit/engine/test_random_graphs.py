"""Random drawings without block structure against the token game of the standard.

The oracle has its tokens on sequence flows and looks for paths, as BPMN 2.0.2 words it
(table 13.3); the engine has them at elements, and knows beforehand what they reach.
"""

import itertools
import random
from collections import Counter

import pytest
from engine_kit import Run, el, els, flows

GRAPHS = 200
CHUNK = 20
TAGS = {
    "u": "userTask",
    "x": "exclusiveGateway",
    "a": "parallelGateway",
    "o": "inclusiveGateway",
}


class Graph:
    """Nodes in an order in which all flows lead forward."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        kinds = self.random.choices("uxao", weights=(4, 2, 2, 4), k=14)
        self.nodes = [f"{kind}{number}" for number, kind in enumerate(kinds)]
        self.flows = set()
        for number, node in enumerate(self.nodes[:-1]):
            ahead = self.nodes[number + 1 : number + 6]
            most = 1 if node[0] == "u" else 3
            count = self.random.randint(1, min(most, len(ahead)))
            self.flows |= {(node, one) for one in self.random.sample(ahead, count)}
        self.flows = sorted(self.flows)
        self.picks = {}
        for node in self.nodes:
            count = len(self.outgoing(node))
            if node[0] == "x" and count > 1:
                self.picks[node] = [self.random.randrange(count)]
            elif node[0] == "o" and count > 1:
                few = self.random.randint(1, count)
                self.picks[node] = self.random.sample(range(count), few)

    def outgoing(self, node):
        return [flow for flow in self.flows if flow[0] == node]

    def incoming(self, node):
        return [flow for flow in self.flows if flow[1] == node]

    def inputs(self, node):
        first = [("s", node)] if node == self.nodes[0] else []
        return first + self.incoming(node)

    def taken(self, node):
        ways = self.outgoing(node)
        return [ways[one] for one in self.picks.get(node, range(len(ways)))]

    def body(self):
        drawn = [els("startEvent:s"), flows(f"s->{self.nodes[0]}")]
        drawn += [el(TAGS[node[0]], node) for node in self.nodes]
        for node in self.nodes:
            for number, (_, target) in enumerate(self.outgoing(node)):
                way = f"{node}->{target}"
                if node in self.picks:
                    way += f" ? =list contains(pick.{node}, {number})"
                drawn.append(flows(way))
        lost = [node for node in self.nodes if not self.inputs(node)]
        if lost:  # no drawing has a node without a way in: one that is never taken
            drawn.append(els("task:island") + flows("island->island"))
            drawn += [flows(f"island->{node}") for node in lost]
        return "".join(drawn)


class Game:
    """The token game: `on` are the tokens on flows, `busy` the tasks that are open."""

    def __init__(self, graph):
        self.graph = graph
        self.on = Counter([("s", graph.nodes[0])])
        self.busy = Counter()
        self.play()

    def done(self, task):
        self.busy[task] -= 1
        self.emit(task)
        self.play()

    def emit(self, node):
        self.on.update(self.graph.taken(node))

    def play(self):
        while True:
            moved = any(self.enter(flow) for flow in sorted(self.on.elements()))
            moved = any(self.join(node) for node in self.graph.nodes) or moved
            if not moved:
                ready = [node for node in self.graph.nodes if self.may_fire(node)]
                for node in ready:
                    self.consume(node)
                    self.emit(node)
                if not ready:
                    return

    def enter(self, flow):
        node = flow[1]
        joins = node[0] in "ao" and len(self.inputs(node)) > 1
        if joins or not self.on[flow]:
            return False
        self.on[flow] -= 1
        if node[0] == "u":
            self.busy[node] += 1
        else:
            self.emit(node)
        return True

    def inputs(self, node):
        return self.graph.inputs(node)

    def join(self, node):
        inputs = self.inputs(node)
        ready = node[0] == "a" and len(inputs) > 1
        if not ready or not all(self.on[flow] for flow in inputs):
            return False
        self.consume(node)
        self.emit(node)
        return True

    def consume(self, node):
        for flow in self.inputs(node):
            self.on[flow] -= bool(self.on[flow])

    def may_fire(self, node):
        inputs = self.inputs(node)
        filled = {flow for flow in inputs if self.on[flow]}
        if node[0] != "o" or len(inputs) < 2 or not filled:
            return False
        starts = [flow for flow, count in self.on.items() if count]
        starts += [
            flow
            for task, count in self.busy.items()
            if count
            for flow in self.graph.outgoing(task)
        ]
        ends = [self.ends(flow, node) for flow in starts]
        return all(not (one - filled) or one & filled for one in ends)

    def ends(self, start, gateway):
        """The incoming flows of the gateway on which a path from `start` may end."""
        found, seen, ahead = set(), {start}, [start]
        while ahead:
            flow = ahead.pop()
            if flow[1] == gateway:
                found.add(flow)
                continue
            new = set(self.graph.outgoing(flow[1])) - seen
            seen |= new
            ahead += new
        return found

    def open(self):
        return sorted(self.busy.elements())


def check(define, seed):
    graph = Graph(seed)
    picks = {"pick": graph.picks}
    case = Run(define(graph.body()), picks, keep=seed % 2 == 0)
    game = Game(graph)
    for _ in itertools.count():
        assert case.open() == game.open(), seed
        assert case.held() == [], seed
        if not game.open():
            break
        task = graph.random.choice(game.open())
        case.do(task)
        game.done(task)
    assert case.case.completed == (not +game.on), seed


@pytest.mark.parametrize("chunk", range(GRAPHS // CHUNK))
def test_random_graphs_do_what_the_token_game_says(define, chunk):
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        check(define, seed)
