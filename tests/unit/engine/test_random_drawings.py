"""Random block-structured drawings against an oracle that knows nothing of tokens."""

import itertools
import random

import pytest
from engine_kit import MESSAGE, Run, drawing, el, els, flows, timer

from workflows import engine

DIAGRAMS = 200
CHUNK = 20
DEPTH = 4


class Drawn:
    """Draws one scope after another; `ast` is what the oracle gets."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.count = 0
        self.picks = {}

    def fresh(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def scope(self, depth, extra=""):
        """The inside of a process or sub-process, and its ast."""
        body, ways = [], []
        first, last, ast = self.block(depth, body, ways)
        start, end = self.fresh("s"), self.fresh("e")
        ways += [f"{start}->{first}", f"{last}->{end}"]
        drawn = els(f"startEvent:{start} endEvent:{end}") + "".join(body)
        return drawn + flows(*ways) + extra, ast

    def block(self, depth, body, ways):
        kinds = ["task", "work", "watched"]
        if depth:
            kinds += ["seq", "seq", "and", "split", "xor", "sub", "late", "esp"]
        kind = self.random.choice(kinds)
        return getattr(self, kind)(depth - 1, body, ways)

    def task(self, depth, body, ways):
        node = self.fresh("u")
        body.append(el("userTask", node))
        return node, node, ("task", node)

    def work(self, depth, body, ways):
        node = self.fresh("w")
        body.append(el(self.random.choice(["serviceTask", "sendTask"]), node))
        return node, node, ("task", node)

    def watched(self, depth, body, ways):
        """A user task with a boundary event."""
        node = self.fresh("u")
        body.append(el("userTask", node))
        return self.watch(node, ("task", node), 0, body, ways)

    def late(self, depth, body, ways):
        """A sub-process with a boundary event."""
        node = self.fresh("sp")
        inside, ast = self.scope(depth)
        body.append(el("subProcess", node, inside))
        return self.watch(node, ("sub", ast, None), depth, body, ways)

    def watch(self, node, ast, depth, body, ways):
        event, out = self.fresh("b"), self.fresh("m")
        cancels = self.random.random() < 0.5
        definition = self.random.choice([timer(), MESSAGE])
        body.append(
            el(
                "boundaryEvent",
                event,
                definition,
                attachedToRef=node,
                cancelActivity=str(cancels).lower(),
            )
        )
        body.append(el("task", out))
        first, last, handler = self.block(max(depth, 0), body, ways)
        ways.append(f"{node}->{out}")
        ways.append(f"{event}->{first}")
        if cancels:
            ways.append(f"{last}->{out}")
        repeats = definition == MESSAGE and not cancels
        return node, out, ("watch", ast, event, cancels, repeats, handler)

    def sub(self, depth, body, ways):
        node = self.fresh("sp")
        inside, ast = self.scope(depth)
        body.append(el("subProcess", node, inside))
        return node, node, ("sub", ast, None)

    def esp(self, depth, body, ways):
        """A sub-process with an event sub-process in it."""
        node, by_event, start = self.fresh("sp"), self.fresh("ep"), self.fresh("es")
        interrupts = self.random.random() < 0.5
        inner, more = [], []
        first, last, handler = self.block(max(depth - 1, 0), inner, more)
        end = self.fresh("e")
        begins = el(
            "startEvent", start, MESSAGE, isInterrupting=str(interrupts).lower()
        )
        content = (
            begins
            + els(f"endEvent:{end}")
            + "".join(inner)
            + flows(f"{start}->{first}", f"{last}->{end}", *more)
        )
        event = el("subProcess", by_event, content, triggeredByEvent="true")
        inside, ast = self.scope(depth, event)
        body.append(el("subProcess", node, inside))
        return node, node, ("sub", ast, (start, interrupts, handler))

    def seq(self, depth, body, ways):
        parts = [
            self.block(depth, body, ways) for _ in range(self.random.randint(2, 3))
        ]
        for one, other in itertools.pairwise(parts):
            ways.append(f"{one[1]}->{other[0]}")
        return parts[0][0], parts[-1][1], ("seq", [one[2] for one in parts])

    def and_(self, fork, depth, body, ways):
        opens, closes = self.fresh("g"), self.fresh("j")
        body += [el(fork, opens), el("parallelGateway", closes)]
        asts = []
        for _ in range(self.random.randint(2, 3)):
            first, last, ast = self.block(depth, body, ways)
            ways += [f"{opens}->{first}", f"{last}->{closes}"]
            asts.append(ast)
        return opens, closes, ("and", asts)

    def split(self, depth, body, ways):
        """Several flows out of a task."""
        return self.and_("task", depth, body, ways)

    def xor(self, depth, body, ways):
        opens, closes = self.fresh("g"), self.fresh("j")
        count = self.random.randint(2, 3)
        pick = self.picks[opens] = self.random.randrange(count)
        branches = [self.block(depth, body, ways) for _ in range(count)]
        default = f"{opens}_{branches[-1][0]}"
        body += [
            el("exclusiveGateway", opens, default=default),
            el("exclusiveGateway", closes),
        ]
        for number, (first, last, _) in enumerate(branches):
            condition = f" ? =pick.{opens} = {number}"
            way = f"{opens}->{first}"
            ways.append(way if number == count - 1 else way + condition)
            ways.append(f"{last}->{closes}")
        return opens, closes, branches[pick][2]


setattr(Drawn, "and", lambda self, *rest: self.and_("parallelGateway", *rest))


class Scope:
    """The oracle of a process or sub-process."""

    def __init__(self, ast, event=None):
        self.event, self.listens = event, event is not None
        self.loose = []  # what runs beside the main way
        self.loose.append(Block(ast, self))

    @property
    def done(self):
        return all(one.done for one in self.loose)

    def open(self):
        inside = [found for one in self.loose for found in one.open()]
        return inside + ([self.event[0]] if self.listens and not self.done else [])

    def act(self, name):
        if self.listens and not self.done and name == self.event[0]:
            _, interrupts, handler = self.event
            if interrupts:
                self.loose, self.listens = [], False
            self.loose.append(Scope(handler))
            return True
        return any(one.act(name) for one in self.loose)


class Block:
    """The oracle of one block inside a scope."""

    def __init__(self, ast, scope):
        self.ast, self.scope = ast, scope
        self.kind = ast[0]
        self.finished = False
        self.rest = list(ast[1]) if self.kind == "seq" else []
        self.parts = []
        if self.kind == "seq":
            self.parts = [Block(self.rest.pop(0), scope)]
        elif self.kind == "and":
            self.parts = [Block(one, scope) for one in ast[1]]
        elif self.kind == "sub":
            self.parts = [Scope(ast[1], ast[2])]
        elif self.kind == "watch":
            self.parts = [Block(ast[1], scope)]
            self.listens = True

    @property
    def done(self):
        if self.kind == "task":
            return self.finished
        return not self.rest and all(one.done for one in self.parts)

    def open(self):
        if self.kind == "task":
            return [] if self.finished else [self.ast[1]]
        inside = [found for one in self.parts for found in one.open()]
        hears = self.kind == "watch" and self.listens and not self.done
        return inside + ([self.ast[2]] if hears else [])

    def act(self, name):
        if self.kind == "task":
            hit = not self.finished and name == self.ast[1]
            self.finished = self.finished or hit
            return hit
        if self.kind == "watch" and self.listens and not self.done:
            _, _, event, cancels, repeats, handler = self.ast
            if name == event:
                self.listens = repeats
                if cancels:
                    self.parts = [Block(handler, self.scope)]
                else:
                    self.scope.loose.append(Block(handler, self.scope))
                return True
        hit = any(one.act(name) for one in self.parts)
        while hit and self.rest and all(one.done for one in self.parts):
            self.parts = [Block(self.rest.pop(0), self.scope)]
        return hit


def act(case, name):
    kind = case.waiting[case.token(name)][0]
    if kind == "timer":
        case.fire(name)
    elif kind == "message":
        case.message(name)
    else:
        case.do(name)


@pytest.mark.parametrize("chunk", range(DIAGRAMS // CHUNK))
def test_random_drawings_do_what_the_oracle_says(parser, chunk):
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        drawn = Drawn(seed)
        body, ast = drawn.scope(DEPTH)
        xml = drawing(body)
        trees = engine.read(xml, "random.bpmn", parser)[0].trees
        definition = engine.load(xml, "p", trees)
        case = Run(definition, {"pick": drawn.picks}, keep=seed % 2 == 0)
        oracle = Scope(ast)
        heard = 0

        while not oracle.done:
            assert case.open() == sorted(oracle.open()), seed
            names = sorted(set(oracle.open()))
            if heard > 3:
                names = [one for one in names if one[:1] not in "b" and one[:2] != "es"]
            name = drawn.random.choice(names)
            heard += name[:1] == "b" or name[:2] == "es"
            act(case, name)
            assert oracle.act(name), seed

        assert case.open() == [], seed
        assert case.case.completed, seed
        assert case.held() == [], seed
