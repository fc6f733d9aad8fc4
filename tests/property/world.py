"""Lives through one random drawing, in the engine and in the oracle, and compares."""

import copy
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from tests.property.drawing import WORLD
from tests.property.followed import NOON, Followed, Loaded, Open, plain
from tests.property.model import Drawn, Node, Scope
from tests.property.oracle import Machine, Wait
from tests.property.writer import KEYS

STEPS = 40
ORDERS = 1000  # in which tokens that move at the same time are tried


class Deviation(Exception):
    """The engine and the oracle disagree."""


@dataclass
class Tally:
    """What a run of drawings has seen."""

    drawings: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    kills: int = 0
    redone: int = 0
    reordered: int = 0
    ended: int = 0
    endless: int = 0
    passed: Counter[str] = field(default_factory=Counter)  # kinds of what ran


def nodes_of(scope: Scope) -> list[Node]:
    found = list(scope.nodes)
    for node in found:
        found += [node.undone_by] if node.undone_by is not None else []
        found += node.body.nodes if node.body is not None else []
    return found


@dataclass(frozen=True)
class Step:
    """What the world does to what is open; `number` is the oracle's."""

    number: int
    action: str
    element: str
    given: dict[str, Any]
    code: str = ""
    minutes: int = 0

    def __str__(self) -> str:
        return f"{self.action} {self.element} {plain(self.given)} {self.code}"


class Life:
    """One case; `seed` decides what happens to it, whatever is drawn."""

    def __init__(
        self,
        drawn: Drawn,
        loaded: Loaded,
        seed: int,
        tally: Tally,
        story: list[object],
    ) -> None:
        self.random = random.Random(seed)
        self.tally = tally
        self.nodes = {
            node.id: node
            for scope in (drawn.scope, *drawn.called.values())
            for node in nodes_of(scope)
        }
        self.story = story
        self.heard: Counter[str] = Counter()
        self.pairs: dict[int, UUID] = {}  # what is open, the oracle's and the engine's
        self.faults: dict[int, UUID] = {}  # and what has an incident
        first = begin(drawn, None)
        self.machine: Machine
        self.case = Followed(loaded, drawn.variables)
        self.agree(None, first, lambda order: begin(drawn, order))

    # What happens

    def live(self) -> None:
        for _ in range(STEPS):
            choice = None if self.machine.ended else self.choose()
            if choice is None:
                break
            self.story.append(choice)
            self.step(choice)
            self.tally.steps += 1
        self.tally.ended += self.machine.ended
        for name, times in self.machine.passed.items():
            self.tally.passed[self.nodes[name].described] += times

    def step(self, step: Step) -> None:
        before = self.machine
        self.clock_passes(step)
        first = played(before, step, None, self.case.clock)
        fate = self.random.random()
        if fate < 0.3:
            self.tally.kills += 1
            self.case.restore(fresh=fate < 0.1)
        if 0.2 < fate < 0.4:  # done, but not written down: done once more
            self.tally.redone += 1
            self.told(step)
            lost = self.state()
            self.case.restore(fresh=False)
            caught = self.told(step)
            self.same(lost, self.state())
        else:
            caught = self.told(step)
        again = partial(played, before, step, clock=self.case.clock)
        self.agree(caught, first, again)
        self.case.save()

    def clock_passes(self, step: Step) -> None:
        clock = self.case.clock
        clock.at += timedelta(minutes=step.minutes)
        wait = self.machine.waits.get(step.number)
        if wait is not None and wait.due is not None:
            clock.at = max(clock.at, wait.due)

    def told(self, step: Step) -> Any:
        token = {**self.pairs, **self.faults}[step.number]
        return self.case.do(token, step.action, step.given, step.code)

    def choose(self) -> Step | None:
        """What happens next: work more often than what is rarely heard."""
        machine = self.machine
        things: list[tuple[int, str, str]] = [
            (wait.number, wait.kind, wait.element)
            for wait in machine.waits.values()
            if wait.kind in ("task", "job") or self.heard[wait.element] < 2
        ]
        things += [
            (number, "held", one.at)
            for number, one in machine.held.items()
            if self.heard[one.at] < 8
        ]
        if not things:
            return None
        weights = [3 if kind in ("task", "job") else 1 for _, kind, _ in things]
        number, kind, element = self.random.choices(things, weights)[0]
        if kind not in ("task", "job"):
            self.heard[element] += 1
        minutes = self.random.choice([0, 0, 5])
        if kind == "job" and self.random.random() < 0.25:
            code = self.random.choice(["E1", "E2", "E9"])
            some = self.values(element, few=True)
            return Step(number, "fail", element, some, code, minutes)
        actions = {"timer": "fire", "held": "retry", "task": "finish", "job": "finish"}
        given = {} if kind == "timer" else self.values(element)
        action = actions.get(kind, "deliver")
        return Step(number, action, element, given, minutes=minutes)

    def values(self, element: str, few: bool = False) -> dict[str, Any]:
        node = self.nodes[element]
        names = [one for one in WORLD if self.random.random() < 0.3]
        if not few:
            names += node.needs
            inputs = [one for one, _ in node.inputs if one[0] != "n" and one != "key"]
            names += [one for one in inputs if self.random.random() < 0.2]
        return {name: Decimal(self.random.randint(0, 4)) for name in names}

    # What is compared

    def agree(self, caught: Any, first: Any, play: Any) -> None:
        """Find an order of tokens in which the oracle comes to the engine's state."""
        told = None
        for turn in range(ORDERS):
            machine, theirs = play(random.Random(turn)) if turn else first
            wrong = self.differs(machine) or (
                f"error caught: {caught}, not {theirs}" if caught != theirs else None
            )
            if wrong is None:
                self.machine = machine
                self.machine.order = None
                self.tally.reordered += bool(turn)
                return
            told = told or wrong
        raise Deviation(told)

    def differs(self, machine: Machine) -> str | None:
        case = self.case
        mine = {
            "ended": (machine.ended, machine.ended_by),
            "held": sorted(one.at for one in machine.held.values()),
            "variables": plain(machine.top.vars.values, hidden=False),
            "thrown": sorted((a, b, plain(c)) for a, b, c in machine.thrown),
            "passed": Counter(machine.passed),
        }
        theirs = {
            "ended": (case.case.completed, case.case.ended_by),
            "held": sorted(case.held.values()),
            "variables": plain(case.case.variables, hidden=False),
            "thrown": sorted(case.thrown),
            "passed": Counter(case.passed),
        }
        for name, value in mine.items():
            if value != theirs[name]:
                return f"{name}:\n engine {theirs[name]}\n oracle {value}"
        if machine.ended and (case.open or case.ends != 1):
            return f"left behind: {case.open}, ended {case.ends} times"
        return self.pair(machine)

    def pair(self, machine: Machine) -> str | None:
        """Match what is open, one by one; what was matched before stays so."""
        case, pairs = self.case, {}
        tokens = {token: (one, self.seen(token)) for token, one in case.open.items()}
        for number, wait in machine.waits.items():
            key = (as_open(wait), plain(wait.seen))
            known = self.pairs.get(number)
            if known is not None and tokens.get(known) == key:
                found = known
            elif known is not None:
                return f"open:\n engine {tokens.get(known)}\n oracle {key}"
            else:
                old = set(self.pairs.values())
                found = next(
                    (
                        token
                        for token, one in tokens.items()
                        if one == key and token not in old
                    ),
                    None,
                )
            if found is None:
                theirs = sorted(str(one) for one in tokens.values())
                return f"open:\n oracle {key}\n engine " + "\n        ".join(theirs)
            pairs[number] = found
            del tokens[found]
        if tokens:
            return f"open in the engine only: {list(tokens.values())}"
        self.pair_faults(machine)
        self.pairs = pairs
        return None

    def pair_faults(self, machine: Machine) -> None:
        free = dict(self.case.held)
        found = {}
        for number, one in machine.held.items():
            known = self.faults.get(number)
            if known not in free:
                known = next(t for t, e in free.items() if e == one.at)
            found[number] = known
            del free[known]
        self.faults = found

    def same(self, lost: Any, again: Any) -> None:
        for one, other in zip(lost, again, strict=True):
            if one != other:
                raise Deviation(f"done twice, another outcome:\n {one}\n {other}")

    def seen(self, token: UUID) -> str:
        return plain(self.case.case.visible(token))

    def state(self) -> Any:
        """All that can be seen of the case, without its tokens' ids."""
        case = self.case
        return (
            sorted((str(one), self.seen(token)) for token, one in case.open.items()),
            sorted(case.held.values()),
            plain(case.case.variables),
            sorted(case.passed),
            sorted(case.thrown),
            case.case.completed,
            case.case.ended_by,
        )


def as_open(wait: Wait) -> Open:
    return Open(
        wait.kind,
        wait.element,
        wait.process,
        wait.due,
        wait.name if wait.kind in ("message", "signal") else None,
        KEYS[wait.name] if wait.kind == "message" and wait.name else None,
        None if wait.given is None else plain(wait.given),
    )


def begin(drawn: Drawn, order: random.Random | None) -> tuple[Machine, None]:
    return Machine(drawn.scope, drawn.called, drawn.variables, NOON, order), None


def played(
    before: Machine, step: Step, order: random.Random | None, clock: Any
) -> tuple[Machine, bool | None]:
    """The oracle after a step, on a copy of what it was before."""
    machine = copy.deepcopy(before)
    machine.now, machine.order = clock.at, order
    caught = None
    if step.action == "fail":
        caught = machine.fail(step.number, step.code, step.given)
    elif step.action == "retry":
        machine.retry(step.number, step.given)
    else:
        machine.finish(step.number, step.given)
    return machine, caught
