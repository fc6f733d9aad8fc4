"""Random block-structured drawings against an oracle that knows nothing of tokens."""

import itertools
import random

import pytest
from drawing_oracle import Scope
from engine_kit import (
    MESSAGE,
    SIGNAL,
    Run,
    el,
    els,
    flows,
    loop,
    multi,
    timer,
    zeebe,
)

DIAGRAMS = 200
CHUNK = 20
DEPTH = 4


class Drawn:
    """Draws one scope after another; `ast` is what the oracle gets."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.count = 0
        self.picks = {}
        self.called = {}

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
            kinds += ["or", "or", "many", "turns", "race", "call", "calls", "hears"]
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

    def many(self, depth, body, ways):
        """A multi-instance sub-process, watched or not."""
        node = self.fresh("sp")
        inside, ast = self.scope(depth)
        repeated, ast = self.items(node, ast)
        body.append(el("subProcess", node, repeated + inside))
        if self.random.random() < 0.5:
            return self.watch(node, ast, depth - 1, body, ways)
        return node, node, ast

    def turns(self, depth, body, ways):
        """A sub-process that loops a number of times."""
        node, count = self.fresh("sp"), self.random.randint(1, 3)
        inside, ast = self.scope(depth)
        repeated = loop(loopMaximum=str(count)).replace('"lc"', f'"{node}lc"')
        body.append(el("subProcess", node, repeated + inside))
        return node, node, ("many", ast, None, count, True)

    def call(self, depth, body, ways):
        """A call activity."""
        node, key = self.fresh("ca"), self.fresh("p")
        self.called[key], ast = self.scope(depth)
        called = zeebe(f'<zeebe:calledElement processId="{key}"/>')
        body.append(el("callActivity", node, called))
        return node, node, ("sub", ast, None)

    def calls(self, depth, body, ways):
        """A call activity for each item of a list, watched or not."""
        node, key = self.fresh("ca"), self.fresh("p")
        self.called[key], inside = self.scope(depth)
        called = zeebe(f'<zeebe:calledElement processId="{key}"/>')
        repeated, ast = self.items(node, inside)
        body.append(el("callActivity", node, called + repeated))
        if self.random.random() < 0.5:
            return self.watch(node, ast, depth - 1, body, ways)
        return node, node, ast

    def hears(self, depth, body, ways):
        """A receive task for each item of a list."""
        node = self.fresh("r")
        repeated, ast = self.items(node, ("task", node))
        body.append(el("receiveTask", node, repeated, messageRef="msg2"))
        return node, node, ast

    def items(self, node, inside):
        """A multi-instance, and its ast."""
        count, sequential = self.random.randint(1, 3), self.random.random() < 0.5
        repeated = multi(
            str(sequential).lower(),
            inputCollection=f"=[{','.join(map(str, range(1, count + 1)))}]",
            inputElement=f"it_{node}",
        )
        return repeated, ("many", inside, f"it_{node}", count, sequential)

    def race(self, depth, body, ways):
        """An event-based gateway whose ways meet again."""
        opens, closes = self.fresh("g"), self.fresh("j")
        body += [el("eventBasedGateway", opens), el("exclusiveGateway", closes)]
        arms = []
        for definition in self.random.sample([MESSAGE, timer(), SIGNAL], 2):
            event = self.fresh("c")
            body.append(el("intermediateCatchEvent", event, definition))
            first, last, ast = self.block(depth, body, ways)
            ways += [f"{opens}->{event}->{first}", f"{last}->{closes}"]
            arms.append((event, ast))
        return opens, closes, ("race", arms)

    def or_(self, depth, body, ways):
        """An inclusive gateway and its join."""
        opens, closes = self.fresh("g"), self.fresh("j")
        count = self.random.randint(2, 3)
        picked = self.random.sample(range(count), self.random.randint(1, count))
        self.picks[opens] = picked
        body += [el("inclusiveGateway", opens), el("inclusiveGateway", closes)]
        asts = []
        for number in range(count):
            first, last, ast = self.block(depth, body, ways)
            ways.append(f"{opens}->{first} ? =list contains(pick.{opens}, {number})")
            ways.append(f"{last}->{closes}")
            if number in picked:
                asts.append(ast)
        return opens, closes, ("and", asts)

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
setattr(Drawn, "or", Drawn.or_)


def places(case):
    """Token -> (element, which item of which multi-instance it is in)."""
    found = {}
    for token, (_, name) in case.waiting.items():
        seen = case.case.visible(token)
        path = [(one, int(seen[one])) for one in seen if one.startswith("it_")]
        found[token] = (name, tuple(sorted(path)))
    return found


def act(case, place):
    """Do what is open at this place."""
    token = next(token for token, one in places(case).items() if one == place)
    kind = case.waiting[token][0]
    if kind in ("task", "job"):
        case.case.finish(token, {})
    else:
        del case.waiting[token]
        if kind == "timer":
            case.case.fire(token)
        else:
            case.case.deliver(token, {})
    case.after()


def is_watch(place):
    return place[0].startswith("es") or (place[0][0] == "b")


def check(define, seed):
    drawn = Drawn(seed)
    body, ast = drawn.scope(DEPTH)
    case = Run(
        define(body, called=drawn.called), {"pick": drawn.picks}, keep=seed % 2 == 0
    )
    oracle = Scope(ast)
    heard = set()  # each once: two runs of one handler could not be told apart

    while not oracle.done:
        assert sorted(places(case).values()) == sorted(oracle.open()), seed
        choice = sorted(set(oracle.open()))
        place = drawn.random.choice([one for one in choice if one not in heard])
        if is_watch(place):
            heard.add(place)
        act(case, place)
        assert oracle.act(place), seed

    assert case.open() == [], seed
    assert case.case.completed, seed
    assert case.held() == [], seed


@pytest.mark.parametrize("chunk", range(DIAGRAMS // CHUNK))
def test_random_drawings_do_what_the_oracle_says(define, chunk):
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        check(define, seed)
