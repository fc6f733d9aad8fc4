"""Which elements of one drawing can be open at the same time, and what feeds a join.

A net of places: one for each element, and one for each flow into a gateway that
brings tokens together. It is asked when an administrator moves a case: no other way
to a place leads past the flows.
"""

import itertools
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from workflows.engine.elements import ExclusiveGateway, Route
from workflows.engine.events import EventGateway
from workflows.engine.joins import InclusiveGateway, Join, ParallelGateway

Place = str | tuple[str, str | None]


class Net:
    """The places of one scope's drawing and what may follow on each."""

    def __init__(self, spec: Any) -> None:
        self._specs = spec.task_specs
        starts = [spec.start.chosen_start, *spec.start.triggered]
        self._starts: list[Place] = [one for one in starts if one is not None]

    def inputs(self, join: str) -> list[Place]:
        return [(join, flow) for flow in self._specs[join].incoming_flows]

    @cached_property
    def _steps(self) -> dict[Place, list[tuple[Place, ...]]]:
        """Place -> what one token there may become, each a choice of its own."""
        steps: dict[Place, list[tuple[Place, ...]]] = {}
        for name, spec in self._specs.items():
            routes: tuple[Route, ...] = getattr(spec, "routes", ())
            ways = [self._entered(route) for route in routes]
            found: list[tuple[Place, ...]] = [tuple(ways)] if ways else []
            if isinstance(spec, ExclusiveGateway | EventGateway):
                found = [(way,) for way in ways]
            for event in getattr(spec, "boundary", ()):
                stays = () if event.cancel_activity else (name,)
                found.append((*stays, event.name))
            steps[name] = found
            if is_join(spec):
                for place in self.inputs(name):
                    steps[place] = []  # a join may need more than one: `_merged`
        return steps

    def _entered(self, route: Route) -> Place:
        joined = is_join(self._specs[route.target])
        return (route.target, route.flow_id) if joined else route.target

    @cached_property
    def together(self) -> dict[Place, set[Place]]:
        """Place -> those that may have a token at the same time.

        Starts with what one token becomes at once, and follows both of each pair. A
        parallel join goes on beside what each of its inputs may be beside of; an
        inclusive one beside what it does not wait for.
        """
        found: dict[Place, set[Place]] = {place: set() for place in self._steps}
        new: list[tuple[Place, Place]] = []

        def add(one: Place, other: Place) -> None:
            if other not in found[one]:
                found[one].add(other)
                found[other].add(one)
                new.append((one, other))

        for place in self._reached(self._starts):
            for became in self._steps[place]:
                for one, other in itertools.combinations(became, 2):
                    add(one, other)
        while new:
            pair = new.pop()
            for one, other in (pair, pair[::-1]):
                for after in self._next(one, other, found):
                    add(after, other)
        return found

    def _next(
        self, one: Place, other: Place, together: dict[Place, set[Place]]
    ) -> list[Place]:
        """Where a token at `one` may come to in a step while another is at `other`."""
        after = list(itertools.chain.from_iterable(self._steps[one]))
        merged = self._merged(one, other, together)
        return after if merged is None else [*after, merged]

    def _merged(
        self, one: Place, other: Place, together: dict[Place, set[Place]]
    ) -> Place | None:
        """The join that may fire out of `one` while a token is at `other`."""
        if isinstance(one, str):
            return None
        join = one[0]
        if isinstance(self._specs[join], ParallelGateway):
            beside = all(other in together[place] for place in self.inputs(join))
            return join if beside else None
        ahead = self._fed(other, join)
        return join if not ahead or one in ahead else None

    def _reached(
        self, begin: Iterable[Place], around: str | None = None
    ) -> dict[Place, None]:
        """The places that tokens may come to, not through the join `around`."""
        seen: dict[Place, None] = dict.fromkeys(begin)
        ahead = list(seen)
        while ahead:
            place = ahead.pop()
            after = [one for became in self._steps[place] for one in became]
            if not isinstance(place, str) and place[0] != around:
                after.append(place[0])
            for one in after:
                if one not in seen:
                    seen[one] = None
                    ahead.append(one)
        return seen

    def _fed(self, place: Place, join: str) -> set[Place]:
        """The inputs of a join that a token may come to, not through the join."""
        reached = self._reached([place], around=join)
        return {one for one in self.inputs(join) if one in reached}

    def apart(self, place: Place, others: Sequence[Place]) -> list[Place]:
        """Those of `others` that no token can be at while one is at `place`."""
        return [other for other in others if other not in self.together[place]]

    def starving(self, places: Sequence[Place]) -> set[str]:
        """The parallel joins that would wait for ever, with tokens at `places`.

        Such a join can get a token from one of them, and on another of its flows none:
        not from the same, nor from one that can come there while the first one waits.
        """
        joins = [
            name
            for name, spec in self._specs.items()
            if isinstance(spec, ParallelGateway) and is_join(spec)
        ]
        found = set()
        for number, place in enumerate(places):
            others = [*places[:number], *places[number + 1 :]]
            for join in joins:
                fed = self._fed(place, join)
                if fed and not all(
                    one in fed or self._comes(others, one, place)
                    for one in self.inputs(join)
                ):
                    found.add(join)
        return found

    def _comes(self, others: Iterable[Place], wanted: Place, beside: Place) -> bool:
        """Whether one of `others` may come to a place while a token is `beside`."""
        allowed = self.together[beside]
        seen = {other for other in others if other in allowed}
        ahead = list(seen)
        while ahead:
            place = ahead.pop()
            if place == wanted:
                return True
            after = [one for became in self._steps[place] for one in became]
            if not isinstance(place, str):
                after.append(place[0])
            new = {one for one in after if one in allowed} - seen
            seen |= new
            ahead += new
        return False


def is_join(spec: Any) -> bool:
    """Whether tokens wait at a gateway for each other."""
    return (
        isinstance(spec, Join)
        and isinstance(spec, ParallelGateway | InclusiveGateway)
        and len(spec.incoming_flows) > 1
    )
