"""Running the scenarios of procedures: what was expected, what came, what was visited.

A scenario runs on the engine alone, in memory: see `story`.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import forms.reading
from forms.problems import FormsError
from workflows import (
    calendars,
    calls,
    decision_models,
    decisions,
    engine,
    feel,
    procedure_file,
    release_files,
)
from workflows.decision_files import IMPORT_UNKNOWN
from workflows.engine.documents import BPMN, parse_document
from workflows.model import DeploymentRefused, Finding, InstanceState, RasimError
from workflows.scenario_file import Expectation, Scenario
from workflows.story import Procedure, Story, StoryStopped

NOWHERE = "nothing"


@dataclass(frozen=True)
class Mismatch:
    """What a scenario expected and what came; `place` is the step, from 1, or "end"."""

    place: str
    what: str
    expected: str
    actual: str


@dataclass(frozen=True)
class Outcome:
    """How one scenario went; `order` is that of its jobs' answers, if it told one."""

    procedure: str
    scenario: str
    seconds: float
    mismatches: tuple[Mismatch, ...] = ()
    order: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.mismatches


@dataclass(frozen=True)
class Coverage:
    """The elements and flows of one drawing, and those that no scenario came to."""

    procedure: str
    elements: frozenset[str]
    flows: frozenset[str]
    missed_elements: frozenset[str]
    missed_flows: frozenset[str]


@dataclass(frozen=True)
class Report:
    """Everything that a run of scenarios found."""

    outcomes: list[Outcome] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return all(outcome.passed for outcome in self.outcomes)

    @property
    def covered(self) -> bool:
        return not any(one.missed_elements or one.missed_flows for one in self.coverage)


@dataclass(frozen=True)
class Rehearsal:
    """A procedure with its scenarios, ready to run."""

    procedure: Procedure
    scenarios: list[Scenario]
    flows: frozenset[str]


def run(files: Mapping[str, bytes]) -> Report:
    """Run every scenario of the procedures in `files` (name -> content).

    Raises DeploymentRefused if the files would not be released, or hold no scenario.
    """
    report = Report()
    for rehearsal in load(files):
        visited: set[str] = set()
        for scenario in rehearsal.scenarios:
            for outcome, story in _played(rehearsal.procedure, scenario):
                report.outcomes.append(outcome)
                if story is not None:
                    visited |= story.entered | story.flows
        report.coverage.append(_coverage(rehearsal, visited))
    return report


def load(files: Mapping[str, bytes]) -> list[Rehearsal]:
    """The procedures that have a procedure.yaml, read as a release would read them."""
    parts, findings = release_files.check(files)
    found: list[Rehearsal] = []
    trees: dict[str, Any] = {}
    for part in parts:
        if part.kind == "form":
            trees.update(part.compiled["trees"])
    asked = {
        part.key: forms.reading.read(part.source, part.file)
        for part in parts
        if part.kind == "form"
    }
    drawn = {part.key: part for part in parts if part.kind == "process"}
    findings = [*map(_without_store, findings), *_unknown_calls(parts)]
    definitions: dict[str, engine.Definition] = {}
    if not any(one.severity == "error" for one in findings):
        definitions = _definitions(drawn.values(), decision_models.of_files(parts))
    for part in parts:
        if part.kind != "procedure":
            continue
        drawing = drawn.get(part.key)
        if drawing is None:
            findings.append(_without_drawing(part))
            continue
        if part.key not in definitions:
            continue
        read = procedure_file.read(part.source, part.file)
        procedure = Procedure(
            part.file, definitions[part.key], read.configuration_values(), asked, trees
        )
        found.append(Rehearsal(procedure, read.scenarios, _flows(drawing)))
    errors = [one for one in findings if one.severity == "error"]
    if not errors and not any(one.scenarios for one in found):
        errors.append(
            Finding("", None, "no-scenario", "error", "No procedure.yaml tells one.")
        )
    if errors:
        raise DeploymentRefused(findings=errors, count=len(errors))
    return found


def _definitions(
    drawn: Iterable[release_files.Part], decisions: Mapping[str, engine.Decision]
) -> dict[str, engine.Definition]:
    """The processes of the files by key; each may call all of them."""
    found: dict[str, engine.Definition] = {}
    for part in drawn:
        trees = part.compiled["trees"]
        found[part.key] = engine.load(part.source, part.key, trees, found, decisions)
    return found


def _unknown_calls(parts: list[release_files.Part]) -> list[Finding]:
    """What is wrong with what the processes of a story call or ask."""
    found = (*calls.among_files(parts), *decisions.among_files(parts))
    told = map(_without_store, found)
    return [one for one in told if one.severity == "error"]


def _without_store(found: Finding) -> Finding:
    """A story has no store: what may be stored elsewhere must be among the files."""
    is_elsewhere = found.rule in ("called-unknown", "decision-unknown", IMPORT_UNKNOWN)
    return replace(found, severity="error") if is_elsewhere else found


def _without_drawing(part: release_files.Part) -> Finding:
    message = (
        f"The process {part.key} is drawn in none of the files: name its folder, or "
        "correct `process`."
    )
    return Finding(part.file, None, "process-unknown", "error", message)


def _flows(drawing: release_files.Part) -> frozenset[str]:
    root = parse_document(drawing.source)
    return frozenset(
        str(flow.get("id"))
        for process in root.iter(BPMN + "process")
        if process.get("id") == drawing.key
        for flow in process.iter(BPMN + "sequenceFlow")
    )


def _coverage(rehearsal: Rehearsal, visited: set[str]) -> Coverage:
    elements = frozenset(rehearsal.procedure.definition.elements)
    return Coverage(
        procedure=rehearsal.procedure.definition.key,
        elements=elements,
        flows=rehearsal.flows,
        missed_elements=elements - visited,
        missed_flows=rehearsal.flows - visited,
    )


def _played(
    procedure: Procedure, scenario: Scenario
) -> Iterator[tuple[Outcome, Story | None]]:
    """The scenario once, or once for each order that it asks for."""
    orders: Iterable[tuple[str, ...]] = [()]
    if scenario.every_order:
        orders = itertools.permutations(scenario.every_order)
    for order in orders:
        begun = time.perf_counter()
        story, mismatches = _play(procedure, scenario, order)
        seconds = time.perf_counter() - begun
        key = procedure.definition.key
        yield Outcome(key, scenario.name, seconds, tuple(mismatches), order), story


def _play(
    procedure: Procedure, scenario: Scenario, order: tuple[str, ...]
) -> tuple[Story | None, list[Mismatch]]:
    """Tell the story to its end, or to the step that cannot be."""
    mismatches: list[Mismatch] = []
    held = frozenset([*scenario.held, *order])
    story: Story | None = None
    place = "start"
    try:
        story = Story(procedure, scenario, calendars.WorkingCalendar(), held)
        for place in order:
            story.answer(place)
        for number, step in enumerate(scenario.steps, start=1):
            place = f"step {number} ({step})"
            if step.verb == "expect":
                mismatches += judge(story, step.of, place)
            else:
                story.do(step)
        mismatches += judge(story, scenario.expect, "end")
    except (StoryStopped, RasimError, FormsError) as e:
        mismatches.append(Mismatch(place, "the story goes on", "yes", str(e)))
    return story, mismatches


def judge(story: Story, expected: Expectation, place: str) -> list[Mismatch]:
    """What of `expected` does not hold now."""
    found: list[Mismatch] = []
    for what, look in _LOOKS.items():
        wanted = getattr(expected, what)
        if wanted is not None:
            for inner, there, came in look(story, wanted):
                name = f"{what}: {inner}" if inner else what
                found.append(Mismatch(place, name, _said(there), _said(came)))
    return found


Differences = Iterator[tuple[str, Any, Any]]


def _state(story: Story, wanted: InstanceState) -> Differences:
    state = InstanceState.COMPLETED if story.is_over else InstanceState.ACTIVE
    if state != wanted:
        yield "", wanted.value, state.value


def _completed(story: Story, wanted: list[str]) -> Differences:
    left = iter(story.completed)
    for element in wanted:
        if element not in left:
            yield element, f"completed, in the order {wanted}", story.completed
            return


def _never(story: Story, wanted: list[str]) -> Differences:
    for element in wanted:
        if element in story.entered:
            yield element, "never entered", "entered"


def _ended(story: Story, wanted: list[str]) -> Differences:
    if story.ended != wanted:
        yield "", wanted, story.ended


def _notified(story: Story, wanted: list[str]) -> Differences:
    if story.notified != wanted:
        yield "", wanted, story.notified


def _open(
    among: Callable[[Story], Iterable[str]],
) -> Callable[[Story, list[str]], Differences]:
    def differences(story: Story, wanted: list[str]) -> Differences:
        there = sorted(among(story))
        if there != sorted(wanted):
            yield "", sorted(wanted), there

    return differences


def _incidents(story: Story, wanted: list[Any]) -> Differences:
    there = {one.element: one.message for one in story.incidents.values()}
    if sorted(there) != sorted(one.element for one in wanted):
        yield "", [one.element for one in wanted], there or NOWHERE
        return
    for one in wanted:
        if one.says not in there[one.element]:
            yield one.element, f"a message with {one.says!r}", there[one.element]


def _deadlines(story: Story, wanted: Mapping[str, datetime]) -> Differences:
    for element, moment in wanted.items():
        there = story.deadlines.get(element)
        if there != moment:
            yield element, moment, there


def _timers(story: Story, wanted: Mapping[str, datetime]) -> Differences:
    there = {timer.element_id: timer.due_at for timer in story.timers.values()}
    if there != dict(wanted):
        yield "", dict(wanted), there


def _variables(story: Story, wanted: Mapping[str, Any]) -> Differences:
    for path, value in wanted.items():
        held: Any = story.variables
        for name in path.split("."):
            if not isinstance(held, dict) or name not in held:
                yield path, value, NOWHERE
                break
            held = held[name]
        else:
            if not _same(feel.plain(held), value):
                yield path, value, feel.plain(held)


def _asked(story: Story, wanted: Mapping[str, Any]) -> Differences:
    for element, variables in wanted.items():
        there = story.asked.get(element, NOWHERE)
        if not _same(there, variables):
            yield element, variables, there


_LOOKS: Mapping[str, Callable[[Story, Any], Differences]] = {
    "state": _state,
    "completed": _completed,
    "never": _never,
    "ended": _ended,
    "tasks": _open(lambda story: (one.element_id for one in story.tasks.values())),
    "jobs": _open(lambda story: (one.element_id for one in story.jobs.values())),
    "awaited": _open(lambda story: (one.name for one in story.awaited.values())),
    "incidents": _incidents,
    "notified": _notified,
    "deadlines": _deadlines,
    "timers": _timers,
    "variables": _variables,
    "asked": _asked,
}


def _same(left: Any, right: Any) -> bool:
    """Equal as JSON: true is not 1, and every part is looked at."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            _same(value, right[name]) for name, value in left.items()
        )
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _said(value: Any) -> str:
    """A value as the author of the scenario would write it."""
    if isinstance(value, datetime):
        return calendars.WorkingCalendar().local(value.astimezone(UTC)).isoformat()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{name}: {_said(held)}" for name, held in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_said, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
