"""A case told in words: where it stands, which steps it went, what happened when."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server import exports, i18n, words
from server.context import caller, world
from server.desk import faults, flows, rulings
from server.desk.ways import Drawings, Way, ways
from server.i18n import gettext
from workflows import history, incidents, instances, job_list, people, steps, worklist
from workflows.engine.standing import Standing
from workflows.history import EventRow
from workflows.incidents import IncidentRow
from workflows.instances import InstanceRow
from workflows.job_list import JobRow
from workflows.model import IncidentState, InstanceState, JobState, TaskState
from workflows.task_rows import TaskRow
from workflows.vocabulary import Vocabulary
from workflows.worklist import WorklistQuery

OPEN_JOBS = (JobState.TODO, JobState.DOING)
OPEN_TASKS = (TaskState.CREATED, TaskState.CLAIMED)
PAGE = 200
RULED = "decision.evaluated"
# Told by an event of their own, or of no interest to a reader.
SILENT = frozenset(
    {"userTask", "businessRuleTask", "parallelGateway", "inclusiveGateway"}
)


@dataclass(frozen=True)
class Line:
    """One event in words; `tone` is the end of a CSS class."""

    at: datetime
    text: str
    who: str
    note: str = ""
    tone: str = ""
    raw: str = ""  # what a program said, for those who mend it
    link: tuple[str, str] | None = None  # (address, name) of what it rests on
    type: str = ""  # of the event


@dataclass(frozen=True)
class Since:
    """What happened since somebody completed a task of the case last."""

    last: Line
    lines: list[Line]  # the newest first


@dataclass(frozen=True)
class Telling:
    """What the pages say about one case."""

    instance: InstanceRow
    sentence: str
    tone: str
    lines: list[Line]  # the newest first
    ways: list[Way]  # in its own drawing first, then in those of called processes
    tasks: list[TaskRow]
    jobs: list[JobRow]
    incidents: list[IncidentRow]
    left_out: Mapping[str, int]  # how many more of "tasks", "jobs", "incidents"
    drawings: Drawings
    norm_ids: list[str]

    @property
    def own(self) -> Way:
        return self.ways[0]

    @property
    def called(self) -> list[Way]:
        return self.ways[1:]

    def since_last_task(self) -> Since | None:
        """What is new since the case was last at a desk; None if it never was.

        What people did with tasks meanwhile is no news of the case.
        """
        for place, line in enumerate(self.lines):
            if line.type == "task.completed":
                newer = self.lines[:place]
                news = [one for one in newer if not one.type.startswith("task.")]
                return Since(line, news)
        return None

    def way(self, process: str | None) -> Way | None:
        """The way in one drawing; None where the case never came."""
        return next((way for way in self.ways if way.process == process), None)

    def name(self, element_id: str, process: str | None = None) -> str:
        return self.drawings.name(element_id, process)


def read(tx: sa.Connection, instance_id: uuid.UUID) -> Telling:
    """Everything of a case that the caller may see; NotFound if that is nothing."""
    instance = instances.get(tx, caller(), instance_id)
    seen = steps.peek(tx, world(), instance_id)
    drawings = Drawings(seen.released)
    is_over = instance.state in (InstanceState.COMPLETED, InstanceState.CANCELED)
    standing = () if is_over else seen.case.standing
    query = WorklistQuery(state="any", instance_id=instance_id, limit=PAGE)
    tasks = worklist.page(tx, world(), caller(), query)
    jobs = job_list.search(tx, caller(), instance_id=instance_id, limit=PAGE)
    found = incidents.search(tx, caller(), instance_id=instance_id, limit=PAGE)
    events = list(
        exports.every(
            lambda cursor: history.events(
                tx, caller(), instance_id, limit=PAGE, cursor=cursor
            )
        )
    )
    gone = ways(drawings, events, found.items, standing)
    sentence, tone = _Standing(
        instance, tasks.items, jobs.items, found.items, drawings, standing
    ).sentence()
    said = {way.process: flows.names(tx, seen.released.of(way.process)) for way in gone}
    lines = _Teller(drawings, said, _names(tx, events)).lines(events)
    norm_ids = (norm for way in gone for norm in way.norms(is_over=is_over))
    return Telling(
        instance=instance,
        sentence=sentence,
        tone=tone,
        lines=lines[::-1],
        ways=gone,
        tasks=tasks.items,
        jobs=jobs.items,
        incidents=found.items,
        left_out={
            "tasks": tasks.total - len(tasks.items),
            "jobs": jobs.total - len(jobs.items),
            "incidents": found.total - len(found.items),
        },
        drawings=drawings,
        norm_ids=list(dict.fromkeys(norm_ids)),
    )


@dataclass(frozen=True)
class _Standing:
    """What is open in a case, to say in one sentence where it stands."""

    instance: InstanceRow
    tasks: list[TaskRow]
    jobs: list[JobRow]
    faults: list[IncidentRow]
    drawings: Drawings
    standing: Sequence[Standing]

    def sentence(self) -> tuple[str, str]:
        """The sentence and its tone."""
        match self.instance.state:
            case InstanceState.COMPLETED:
                return _ended(self.instance, self.drawings.released.words)
            case InstanceState.CANCELED:
                return gettext("The case was canceled"), "soon"
            case InstanceState.SUSPENDED:
                return gettext("The case is stopped for a time"), "soon"
        for fault in self.faults:
            if fault.state == IncidentState.OPEN:
                step = self.drawings.name(fault.element_id, fault.called_process)
                return gettext("A fault holds the case: %(step)s", step=step), "bad"
        return self._waits(), "live"

    def _waits(self) -> str:
        for row in self.tasks:
            if row.state in OPEN_TASKS:
                return _waits_for_person(row)
        asked = [row.type for row in self.jobs if row.state in OPEN_JOBS]
        if asked:
            listed = ", ".join(dict.fromkeys(words.system(each) for each in asked))
            return gettext("An answer is awaited: %(systems)s", systems=listed)
        for place in self.standing:
            element = self.drawings.element(place.element_id, place.process)
            if element is not None and element["type"].endswith("Event"):
                step = self.drawings.name(place.element_id, place.process)
                return gettext("The case waits: %(step)s", step=step)
        return gettext("The case waits for the next event")


def _waits_for_person(row: TaskRow) -> str:
    step = i18n.name_in(row.names, row.element_id)
    if row.assignee_name:
        return gettext(
            "%(step)s: %(who)s is working on it", who=row.assignee_name, step=step
        )
    return gettext("Waits for a clerk: %(step)s", step=step)


def _ended(instance: InstanceRow, called: Vocabulary) -> tuple[str, str]:
    ended_by = instance.ended_by or {}
    if ended_by.get("kind") == "error":
        return gettext("The case ended with an error"), "bad"
    result = called.value("result", instance.variables.get("result"))
    if result is not None:
        said = i18n.name_in(result)
        return gettext("The case is completed: %(result)s", result=said), "good"
    return gettext("The case is completed"), "good"


def _names(tx: sa.Connection, events: list[EventRow]) -> dict[str, str]:
    """Login -> name of everyone who acted; a login that is gone stays a login."""
    logins = {event.actor for event in events if _is_person(event.actor)}
    # A task is given to somebody, or done in somebody's place.
    details = [event.detail or {} for event in events if event.type.startswith("task.")]
    logins |= {told[name] for told in details for name in ("to", "for") if name in told}
    return people.names_of(tx, logins)


def _begun_by(detail: Mapping[str, Any]) -> str:
    """The event that began a case; nothing where somebody applied."""
    if "message" in detail:
        return gettext("A message comes: %(name)s", name=detail["message"])
    if "signal" in detail:
        return gettext("A signal is given: %(name)s", name=detail["signal"])
    return gettext("Begun by the clock") if "due_at" in detail else ""


def _is_person(actor: str) -> bool:
    """Whether an event names somebody; else it is a job, or the clock."""
    return ":" not in actor and actor not in ("", "clock", "message", "signal")


@dataclass(frozen=True)
class _Teller:
    drawings: Drawings
    flows: Mapping[str | None, flows.Names]
    names: Mapping[str, str]

    def lines(self, events: list[EventRow]) -> list[Line]:
        told = (self._line(event) for event in events)
        return [line for line in told if line is not None]

    def _line(self, event: EventRow) -> Line | None:
        if event.type == "element.completed":
            return self._completed(event)
        tell = SENTENCES.get(event.type)
        if tell is None:
            return None
        text, tone = tell
        said = text(self._step(event)) if event.element_id else text("")
        return Line(
            event.at,
            said,
            self._who(event),
            self._note(event),
            tone,
            faults.raw(self._reason(event)),
            rulings.link(event.detail or {}) if event.type == RULED else None,
            event.type,
        )

    def _completed(self, event: EventRow) -> Line | None:
        element = self._element(event)
        if not element or element["type"] in SILENT or not element["name"]:
            return None
        step = self._step(event)
        said = step
        if element["type"].endswith("Gateway"):
            said = gettext(
                "The way was chosen: %(step)s %(way)s", step=step, way=self._way(event)
            )
        elif element["type"].endswith(("Task", "callActivity")):
            said = gettext("Done: %(step)s", step=step)
        return Line(event.at, said, self._who(event), "", "good")

    def _way(self, event: EventRow) -> str:
        """What the arrows that were taken say, if they say anything."""
        taken = (event.detail or {}).get("flows", [])
        named = self.flows.get(event.called_process, {})
        said = [i18n.name_in(named[id_]) for id_ in taken if id_ in named]
        return f"– {', '.join(said)}" if said else ""

    def _step(self, event: EventRow) -> str:
        """The element's name; what is none of them is the process itself."""
        if event.element_id is None or not self._element(event):
            return gettext("The whole case")
        return self.drawings.name(event.element_id, event.called_process)

    def _element(self, event: EventRow) -> Mapping[str, Any]:
        """The element of an event; empty where it is none."""
        return self.drawings.element(event.element_id, event.called_process) or {}

    def _who(self, event: EventRow) -> str:
        kind, _, rest = event.actor.partition(":")
        element = self._element(event)
        if kind == "job":  # what followed from an answer is not the system's own act
            return words.system(rest) if element.get("job_type") == rest else ""
        if event.type in ("task.created", "element.canceled", RULED):
            return ""
        if not _is_person(event.actor):
            return ""
        return self.names.get(event.actor, event.actor)

    def _note(self, event: EventRow) -> str:
        detail = event.detail or {}
        job_type = self._element(event).get("job_type")
        if event.type == "job.failed":
            return faults.attempt(job_type, detail.get("attempt"))
        if event.type == "incident.opened":
            return faults.cause(job_type, detail.get("cause"))
        if event.type == "instance.started":
            return _begun_by(detail)
        if event.type == RULED:
            return rulings.note(detail)
        if event.type.startswith("task."):
            return self._handed(detail)
        if event.type.startswith("document."):
            return str(detail.get("name", detail.get("threat", "")))
        if event.type == "comment.added":
            return str(detail.get("text", gettext("The words were erased.")))
        if event.type.startswith(("step.", "instance.")) and detail.get("reason"):
            return gettext("Reason: %(reason)s", reason=detail["reason"])
        return ""

    def _handed(self, detail: Mapping[str, Any]) -> str:
        """To whom a task went, in whose place it was done, and what was said of it."""
        said = []
        if "to" in detail:
            who = self.names.get(detail["to"], detail["to"])
            said.append(gettext("To: %(who)s", who=who))
        if "for" in detail:
            who = self.names.get(detail["for"], detail["for"])
            said.append(gettext("In place of: %(who)s", who=who))
        return ". ".join([*said, *([detail["note"]] if detail.get("note") else [])])

    def _reason(self, event: EventRow) -> str:
        detail = event.detail or {}
        kept = {"job.failed": "reason", "incident.opened": "message"}.get(event.type)
        return str(detail.get(kept, "")) if kept else ""


# What an event is in words, and its tone; the step's name goes in.
SENTENCES: Mapping[str, tuple[Callable[[str], str], str]] = {
    "instance.started": (lambda _: gettext("The case was opened"), "live"),
    "instance.completed": (lambda _: gettext("The case is completed"), "good"),
    "instance.canceled": (lambda _: gettext("The case was canceled"), "bad"),
    "instance.suspended": (lambda _: gettext("The case was stopped for a time"), ""),
    "instance.resumed": (lambda _: gettext("The case goes on"), "live"),
    "element.canceled": (lambda s: gettext("No longer needed: %(step)s", step=s), ""),
    "task.created": (lambda s: gettext("A task came up: %(step)s", step=s), "live"),
    "task.claimed": (lambda s: gettext("Taken in work: %(step)s", step=s), ""),
    "task.released": (lambda s: gettext("Given back: %(step)s", step=s), ""),
    "task.assigned": (lambda s: gettext("Assigned: %(step)s", step=s), ""),
    "task.delegated": (lambda s: gettext("Handed over: %(step)s", step=s), ""),
    "task.brought_back": (lambda s: gettext("Brought back: %(step)s", step=s), ""),
    "comment.added": (lambda _: gettext("A comment"), ""),
    "document.added": (lambda _: gettext("A document was added"), ""),
    "document.deleted": (lambda _: gettext("A document was removed"), ""),
    "document.refused": (
        lambda _: gettext("A file with a virus was not taken"),
        "bad",
    ),
    "document.infected": (
        lambda _: gettext("A virus was found in a document; the file is gone"),
        "bad",
    ),
    "comment.removed": (lambda _: gettext("A comment was taken back"), ""),
    "task.completed": (
        lambda s: gettext("Task completed: %(step)s", step=s),
        "good",
    ),
    RULED: (lambda s: gettext("Decided by rules: %(step)s", step=s), "good"),
    "step.skipped": (lambda s: gettext("Skipped by hand: %(step)s", step=s), ""),
    "step.moved": (lambda s: gettext("Moved by hand to: %(step)s", step=s), ""),
    "step.repeated": (lambda s: gettext("Gone back by hand to: %(step)s", step=s), ""),
    "job.failed": (
        lambda s: gettext("No answer from the system: %(step)s", step=s),
        "",
    ),
    "job.retried": (lambda s: gettext("Asked again: %(step)s", step=s), ""),
    "job.late": (
        lambda s: gettext("Done outside when no longer needed: %(step)s", step=s),
        "bad",
    ),
    "message.received": (
        lambda s: gettext("A message came: %(step)s", step=s),
        "live",
    ),
    "signal.received": (lambda s: gettext("A signal came: %(step)s", step=s), "live"),
    "signal.thrown": (lambda s: gettext("A signal was given: %(step)s", step=s), ""),
    "incident.opened": (lambda s: gettext("A fault: %(step)s", step=s), "bad"),
    "incident.retried": (lambda s: gettext("Tried again: %(step)s", step=s), ""),
    "case.mended": (lambda _: gettext("Put right by the administrator's check"), ""),
    "deadline.missed": (
        lambda s: gettext("The deadline has passed: %(step)s", step=s),
        "bad",
    ),
}
