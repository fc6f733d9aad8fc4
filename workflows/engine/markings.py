"""What can become of a scope: the markings of its net that its token game can reach."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from workflows.engine.nets import Kind, Net, Node, Way

# Splits with more optional ways are looked at in part: each alone, and all together.
MOST_OPTIONAL = 6

TOKENS = 30

# A token is at a node or, before a join, on a way; `loose` ones do not count as work.
Place: TypeAlias = Node | Way
Marking: TypeAlias = frozenset[tuple[Place, bool]]

NONE: Marking = frozenset()
PENDING = (Kind.CHOICE, Kind.SPLIT)
JOINS = (Kind.JOIN, Kind.OR_JOIN)


@dataclass
class Explored:
    """What was seen. Unless `complete`, more markings can be reached than were.

    `bounded`: there were more markings than could be looked at.
    `stuck`: a join -> (its ways that have a token, those that never get one any more),
    of a marking in which tokens are before joins only. `piled`: where two tokens of the
    work came together.
    """

    complete: bool = True
    bounded: bool = False
    ends: bool = False
    reached: set[Node] = field(default_factory=set)
    stuck: dict[Node, tuple[list[Way], list[Way]]] = field(default_factory=dict)
    piled: dict[Node, None] = field(default_factory=dict)


class Game:
    """The token game of a net, as the engine plays it.

    What takes no time goes first; then parallel joins, then inclusive ones; only when
    none of them can go on does something happen at a place.
    """

    def __init__(self, net: Net) -> None:
        self.net = net
        self.explored = Explored()
        places: list[Place] = [*net.nodes, *(w for one in net.nodes for w in one.ins)]
        self.order = {place: number for number, place in enumerate(places)}
        self.joins = [node for node in net.nodes if node.kind in JOINS]
        self.reach = {
            node: _reach(node) for node in self.joins if node.kind is Kind.OR_JOIN
        }

    def explore(self, most: int) -> Explored:
        """Look at `most` markings at the most, of TOKENS tokens each on average.

        What comes after a marking of n tokens takes n * n to make: a fan of a thousand
        is left to the reduction.
        """
        left = most * TOKENS
        explored = self.explored
        seen: set[Marking] = set()
        waiting: list[Marking] = []
        for start in self.net.starts:
            waiting += self._put(NONE, [(start, False)])
        while waiting:
            marking = waiting.pop()
            if marking in seen:
                continue
            left -= len(marking) ** 2
            if len(seen) == most or left < 0:
                explored.complete, explored.bounded = False, True
                break
            seen.add(marking)
            if not marking:
                explored.ends = True
                continue
            after = self._after(marking)
            if after is None:
                self._note_stuck(marking)
            else:
                waiting += after
        return explored

    def _after(self, marking: Marking) -> list[Marking] | None:
        """The markings that come next; None where nothing can happen any more."""
        tokens = sorted(marking, key=lambda one: self.order[one[0]])
        for token in tokens:
            if isinstance(token[0], Node) and token[0].kind in PENDING:
                return self._leave(marking, token)
        fired = self._join(marking, tokens)
        if any(_kind(place) is Kind.STOP for place, _ in tokens):
            return [NONE, *(fired or self._at_once(marking, tokens))]
        if fired is not None:
            return fired
        working = [one for one in tokens if isinstance(one[0], Node)]
        if not working:
            return None
        return [new for token in working for new in self._leave(marking, token)]

    def _join(
        self, marking: Marking, tokens: list[tuple[Place, bool]]
    ) -> list[Marking] | None:
        """The markings after a join; None if none of them can go on."""
        held: dict[Node, list[tuple[Place, bool]]] = {}
        for token in tokens:
            if isinstance(token[0], Way):
                held.setdefault(token[0].target, []).append(token)
        for join, there in held.items():
            if join.kind is Kind.JOIN and len(there) == len(join.ins):
                return self._fire(marking, join, there)
        ready = [join for join in held if join.kind is Kind.OR_JOIN]
        ready = [join for join in ready if self._may_fire(marking, join)]
        if not ready:
            return None
        return [new for one in ready for new in self._fire(marking, one, held[one])]

    def _at_once(
        self, marking: Marking, tokens: list[tuple[Place, bool]]
    ) -> Iterator[Marking]:
        """What may still happen before the end of all."""
        for token in tokens:
            if isinstance(token[0], Node) and token[0].at_once:
                yield from self._leave(marking, token)

    def _leave(self, marking: Marking, token: tuple[Place, bool]) -> list[Marking]:
        node, loose = token
        assert isinstance(node, Node)  # noqa: S101  # a way is left by a join's firing
        rest = marking - {token}
        after = []
        for ways in self._options(node):
            targets = [(way.target, loose or way.loose) for way in ways]
            after += self._put(rest, targets, ways)
        return after

    def _options(self, node: Node) -> Iterator[list[Way]]:
        if node.kind is Kind.CHOICE:
            yield from ([way] for way in node.outs)
        elif node.kind is Kind.SPLIT:
            yield from self._splits(node)
        else:
            yield node.outs

    def _splits(self, node: Node) -> Iterator[list[Way]]:
        default = [way for way in node.outs if way.default]
        always = [way for way in node.outs if not way.optional and not way.default]
        optional = [way for way in node.outs if way.optional]
        if always or default:
            yield always + default
        sizes = range(1, len(optional) + 1)
        if len(optional) > MOST_OPTIONAL:
            self.explored.complete = False
            sizes = (1, len(optional))  # type: ignore[assignment]  # as any numbers
        for size in sizes:
            for taken in itertools.combinations(optional, size):
                if self._can_be_together(taken):
                    yield always + list(taken)

    def _can_be_together(self, ways: tuple[Way, ...]) -> bool:
        flows = [way.begins for way in ways if len(way.begins) == 1]
        pairs = itertools.combinations((one for (one,) in flows), 2)
        return not any(frozenset(pair) in self.net.exclusive for pair in pairs)

    def _fire(
        self, marking: Marking, join: Node, tokens: list[tuple[Place, bool]]
    ) -> list[Marking]:
        self.explored.reached.add(join)
        loose = all(one for _, one in tokens)
        way = join.only_out
        return self._put(marking - set(tokens), [(way.target, loose)], [way])

    def _put(
        self,
        marking: Marking,
        targets: list[tuple[Node, bool]],
        ways: list[Way] | None = None,
    ) -> list[Marking]:
        """The marking with these tokens more, in a list; empty if two would meet."""
        tokens = set(marking)
        for number, (target, loose) in enumerate(targets):
            way = ways[number] if ways else None
            gone = 0
            while target.kind is Kind.MERGE:
                self.explored.reached.add(target)
                way = target.only_out
                target = way.target
                gone += 1
                if gone > len(self.order):  # a circle without a place in it
                    self.explored.complete = False
                    return []
            if target.kind is Kind.END:
                self.explored.reached.add(target)
                continue
            place: Place = target
            if target.kind in JOINS:
                assert way is not None  # noqa: S101  # a start has a place of its own
                place = way
            else:
                self.explored.reached.add(target)
            if target.kind is Kind.STOP:
                loose = False
            elif (place, True) in tokens or (place, False) in tokens:
                self.explored.complete = False
                if not loose and (place, False) in tokens:
                    self.explored.piled[target] = None
                return []
            tokens.add((place, loose))
        return [frozenset(tokens)]

    def _may_fire(self, marking: Marking, join: Node) -> bool:
        """As in `joins.InclusiveGateway`."""
        filled = {place for place, _ in marking} & set(join.ins)
        reach = self.reach[join]
        for place, _ in marking:
            node = place.target if isinstance(place, Way) else place
            if node is join:
                continue
            ways = reach.get(node)
            if ways is not None and ways.isdisjoint(filled):
                return False
        return True

    def _note_stuck(self, marking: Marking) -> None:
        held: dict[Node, list[Way]] = {}
        for place, _ in marking:
            if isinstance(place, Way):
                held.setdefault(place.target, []).append(place)
        for join in sorted(held, key=lambda one: self.order[one]):
            ways = held[join]
            filled = [way for way in join.ins if way in ways]
            missing = [way for way in join.ins if way not in ways]
            self.explored.stuck.setdefault(join, (filled, missing))


def runnable(net: Net) -> set[Node]:
    """All nodes that a token may come to, and perhaps more.

    Whether two tokens can be there at the same time is not asked.
    """
    reached: set[Node] = set(net.starts)
    arrived: dict[Node, set[Way]] = {}
    waiting = list(net.starts)
    while waiting:
        for way in waiting.pop().outs:
            target = way.target
            came = arrived.setdefault(target, set())
            came.add(way)
            full = target.kind is not Kind.JOIN or len(came) == len(target.ins)
            if full and target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


def _kind(place: Place) -> Kind | None:
    return None if isinstance(place, Way) else place.kind


def _reach(join: Node) -> dict[Node, set[Way]]:
    """Node -> the ways into the join that a token there may come on."""
    reached: dict[Node, set[Way]] = {}
    for way in join.ins:
        seen, ahead = {way.source}, [way.source]
        while ahead:
            node = ahead.pop()
            reached.setdefault(node, set()).add(way)
            if node is not join:
                new = {one.source for one in node.ins} - seen
                seen |= new
                ahead += new
    return reached
