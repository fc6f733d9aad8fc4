"""Which elements of one drawing can be open at the same time, and what feeds a join.

A net of places: one for each element, and one for each flow into a gateway that
brings tokens together. It is asked when an administrator moves a case: no other way
to a place leads past the flows.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
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
        self._feeding: dict[Place, set[Place]] = {}

    @cached_property
    def by_event(self) -> frozenset[str]:
        """Elements that no token is put before: arms of a gateway, handlers."""
        specs = self._specs.values()
        arms = {
            route.target
            for one in specs
            if isinstance(one, EventGateway)
            for route in one.routes
        }
        handlers = {getattr(one, "handler", None) for one in specs}
        return frozenset(arms | {str(one) for one in handlers if one is not None})

    def inputs(self, join: str) -> Sequence[Place]:
        return self._inputs[join]

    @cached_property
    def _inputs(self) -> dict[str, tuple[Place, ...]]:
        return {
            name: tuple((name, flow) for flow in spec.incoming_flows)
            for name, spec in self._specs.items()
            if is_join(spec)
        }

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

        for place in self._reached():
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

    def _reached(self) -> dict[Place, None]:
        """The places that tokens may come to from the starts."""
        seen: dict[Place, None] = dict.fromkeys(self._starts)
        ahead = list(seen)
        while ahead:
            place = ahead.pop()
            after = list(itertools.chain.from_iterable(self._steps[place]))
            if not isinstance(place, str):
                after.append(place[0])
            new = [one for one in after if one not in seen]
            seen.update(dict.fromkeys(new))
            ahead += new
        return seen

    @cached_property
    def _before(self) -> dict[Place, set[Place]]:
        """Place -> those from which a token comes there in one step."""
        before: dict[Place, set[Place]] = {place: set() for place in self._steps}
        for place, steps in self._steps.items():
            for one in itertools.chain.from_iterable(steps):
                before[one].add(place)
            if not isinstance(place, str):
                before[place[0]].add(place)
        return before

    def _feeds(self, wanted: Place) -> set[Place]:
        """The places from which a token may come to a join's input.

        Not through the join itself, though from it, back around.
        """
        found = self._feeding.get(wanted)
        if found is None:
            found, ahead = {wanted}, [wanted]
            while ahead:
                new = self._before[ahead.pop()] - found
                found |= new
                ahead += (one for one in new if one != wanted[0])
            self._feeding[wanted] = found
        return found

    def _fed(self, place: Place, join: str) -> set[Place]:
        """The inputs of a join that a token may come to, not through the join."""
        return {one for one in self.inputs(join) if place in self._feeds(one)}

    def apart(self, place: Place, others: Sequence[Place]) -> list[Place]:
        """Those of `others` that no token can be at while one is at `place`."""
        return [other for other in others if other not in self.together[place]]

    def starving(self, places: Iterable[Place]) -> set[str]:
        """The parallel joins that would wait for ever, with tokens at `places`.

        Such a join can get a token from one of them, and on another of its flows none:
        not from the same, nor from one that can come there while the first one waits.
        """
        found = set()
        tokens = Counter(places)
        for place in tokens:
            others = (tokens - Counter([place])).keys()
            come: set[Place] | None = None
            for join in self._joins:
                fed = self._fed(place, join)
                if not fed:
                    continue
                if come is None:
                    come = self._coming(others, place)
                if not come.issuperset(set(self.inputs(join)) - fed):
                    found.add(join)
        return found

    @cached_property
    def _joins(self) -> list[str]:
        """The gateways that wait for a token on each of their flows."""
        return [
            name
            for name, spec in self._specs.items()
            if isinstance(spec, ParallelGateway) and is_join(spec)
        ]

    def _coming(self, others: Iterable[Place], beside: Place) -> set[Place]:
        """Where tokens at `others` may come to while one is `beside`."""
        allowed = self.together[beside]
        seen = {other for other in others if other in allowed}
        ahead = list(seen)
        while ahead:
            place = ahead.pop()
            after = set(itertools.chain.from_iterable(self._steps[place]))
            if not isinstance(place, str):
                after.add(place[0])
            new = (after & allowed) - seen
            seen |= new
            ahead += new
        return seen


@lru_cache(maxsize=512)
def net_of(spec: Any) -> Net:
    """The net of a specification, which never changes."""
    return Net(spec)


def is_join(spec: Any) -> bool:
    """Whether tokens wait at a gateway for each other."""
    return (
        isinstance(spec, Join)
        and isinstance(spec, ParallelGateway | InclusiveGateway)
        and len(spec.incoming_flows) > 1
    )
