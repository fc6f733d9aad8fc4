"""A case of the engine, known by its effects alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.property.model import Drawn
from tests.property.writer import document
from workflows import engine, feel

NOON = datetime(2026, 8, 20, 7, 0, tzinfo=UTC)
HIDDEN = ("numberOf", "rs_")  # of a running multi-instance, seen in it only


@dataclass
class Moment:
    """A clock that stands still until it is moved."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Open:
    """Something that waits for the world."""

    kind: str
    element: str
    process: str | None
    due: datetime | None = None
    name: str | None = None
    key: str | None = None
    given: str | None = None  # what a job is given


class Loaded:
    """A drawing that the engine has read; `again` loads it anew, as a new process."""

    def __init__(self, drawn: Drawn, parser: Any) -> None:
        self.read: dict[str, Any] = {}
        for key, scope in {**drawn.called, "p": drawn.scope}.items():
            xml = document(key, scope)
            self.read[key] = (xml, engine.read(xml, f"{key}.bpmn", parser)[0].trees)
        self.definition = self.again()

    def again(self) -> Any:
        known: dict[str, Any] = {}
        for key, (xml, trees) in self.read.items():
            known[key] = engine.load(xml, key, trees, known)
        return known["p"]


def plain(values: Mapping[str, Any], hidden: bool = True) -> str:
    """Variables as a text that is the same for equal ones."""
    kept = {
        name: value
        for name, value in values.items()
        if not (hidden and name.startswith(HIDDEN))
    }
    return str(sorted((name, shown(value)) for name, value in kept.items()))


def shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(shown(one) for one in value)}]"
    if isinstance(value, Decimal):
        return str(value + 0)  # there is one zero only
    return str(value)


class Followed:
    """The case, and what its effects have opened and not yet closed."""

    def __init__(self, loaded: Loaded, variables: Mapping[str, Any]) -> None:
        self.loaded = loaded
        self.clock = Moment()
        self.environment = feel.Environment(clock=self.clock)
        self.open: dict[UUID, Open] = {}
        self.held: dict[UUID, str] = {}
        self.thrown: list[tuple[str, str, str]] = []
        self.passed: list[str] = []
        self.ends = 0
        self.case = engine.Case.start(loaded.definition, variables, self.environment)
        self.take()
        self.saved = self.memory()

    def memory(self) -> Any:
        """What is written down after a step."""
        return (
            self.case.save(),
            dict(self.open),
            dict(self.held),
            list(self.thrown),
            list(self.passed),
            self.ends,
        )

    def save(self) -> None:
        self.saved = self.memory()

    def restore(self, fresh: bool) -> None:
        """The program was killed; only what was written down is left."""
        text, open_, held, thrown, passed, self.ends = self.saved
        self.open, self.held = dict(open_), dict(held)
        self.thrown, self.passed = list(thrown), list(passed)
        definition = self.loaded.again() if fresh else self.loaded.definition
        self.case = engine.Case.restore(definition, text, self.environment)

    def take(self) -> None:
        for effect in self.case.take_effects():
            self.follow(effect)

    def follow(self, effect: Any) -> None:
        match effect:
            case (
                engine.TaskClosed()
                | engine.JobClosed()
                | engine.TimerDisarmed()
                | engine.MessageForgotten()
                | engine.SignalForgotten()
            ):
                del self.open[effect.token]  # KeyError: closed without being open
            case engine.IncidentRaised() if effect.kind != "error":
                self.held[effect.token] = effect.element_id
            case engine.ElementCanceled():
                self.held.pop(effect.token, None)
            case engine.ElementCompleted():
                self.passed.append(effect.element_id)
            case engine.SignalThrown():
                seen = plain(effect.variables)
                self.thrown.append((effect.element_id, effect.name, seen))
            case engine.CaseEnded():
                self.ends += 1
            case _:
                self.may_open(effect)

    def may_open(self, effect: Any) -> None:
        match effect:
            case engine.TaskOpened():
                self.opened(effect, "task")
            case engine.JobOpened():
                self.opened(effect, "job", given=plain(effect.variables))
            case engine.TimerArmed():
                self.opened(effect, "timer", due=effect.due_at)
            case engine.MessageAwaited():
                key = effect.correlation_key
                self.opened(effect, "message", name=effect.name, key=key)
            case engine.SignalAwaited():
                self.opened(effect, "signal", name=effect.name)

    def opened(self, effect: Any, kind: str, **more: Any) -> None:
        self.open[effect.token] = Open(kind, effect.element_id, effect.process, **more)

    def do(self, token: UUID, action: str, given: Mapping[str, Any], code: str) -> Any:
        """One step; for a job that fails, whether its error was caught."""
        caught = None
        match action:
            case "finish":
                self.case.finish(token, given)
            case "fail":
                caught = self.case.throw_error(token, code, given)
            case "retry":
                del self.held[token]
                self.case.retry(token, given)
            case "fire":
                del self.open[token]
                self.case.fire(token)
            case "deliver":
                del self.open[token]
                self.case.deliver(token, given)
        self.take()
        return caught
