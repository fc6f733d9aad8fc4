"""A case told in words: where it stands, which steps it went, what happened when."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server import exports, i18n, words
from server.context import caller, world
from server.desk import faults, flows
from server.i18n import gettext
from workflows import history, incidents, instances, job_list, people, steps, tasks
from workflows.history import EventRow
from workflows.incidents import IncidentRow
from workflows.instances import InstanceRow
from workflows.job_list import JobRow
from workflows.model import IncidentState, InstanceState, JobState, TaskState
from workflows.tasks import TaskRow, WorklistQuery

OPEN_JOBS = (JobState.TODO, JobState.DOING)
OPEN_TASKS = (TaskState.CREATED, TaskState.CLAIMED)
PAGE = 200
# Told by an event of their own, or of no interest to a reader.
SILENT = frozenset({"userTask", "parallelGateway", "inclusiveGateway"})


@dataclass(frozen=True)
class Line:
    """One event in words; `tone` is the end of a CSS class."""

    at: datetime
    text: str
    who: str
    note: str = ""
    tone: str = ""
    raw: str = ""  # what a program said, for those who mend it


@dataclass(frozen=True)
class Telling:
    """What the pages say about one case."""

    instance: InstanceRow
    sentence: str
    tone: str
    lines: list[Line]  # the newest first
    steps: dict[str, str]  # element id -> done, active, failed
    chosen: dict[str, list[str]]  # element id -> flows taken where there was a choice
    step_words: list[tuple[str, str]]  # step in words, its state: in drawing order
    tasks: list[TaskRow]
    jobs: list[JobRow]
    incidents: list[IncidentRow]
    elements: Mapping[str, Mapping[str, Any]]
    norm_ids: list[str]

    @property
    def marks(self) -> dict[str, Any]:
        """What the diagram needs to colour itself."""
        return {"steps": self.steps, "chosen": self.chosen}

    def name(self, element_id: str) -> str:
        return _name(self.elements, element_id)


def read(tx: sa.Connection, instance_id: uuid.UUID) -> Telling:
    """Everything of a case that the caller may see; NotFound if that is nothing."""
    instance = instances.get(tx, caller(), instance_id)
    seen = steps.peek(tx, world(), instance_id)
    elements = seen.released.elements
    is_over = instance.state in (InstanceState.COMPLETED, InstanceState.CANCELED)
    waiting = () if is_over else seen.case.waiting
    query = WorklistQuery(state="any", instance_id=instance_id, limit=PAGE)
    task_rows = tasks.worklist(tx, world(), caller(), query).items
    job_rows = job_list.search(tx, caller(), instance_id=instance_id, limit=PAGE).items
    faults = incidents.search(tx, caller(), instance_id=instance_id, limit=PAGE).items
    events = list(
        exports.every(
            lambda cursor: history.events(
                tx, caller(), instance_id, limit=PAGE, cursor=cursor
            )
        )
    )
    standing = _standing(events, faults, waiting)
    sentence, tone = _Standing(
        instance, task_rows, job_rows, faults, elements, waiting
    ).sentence()
    lines = _Teller(elements, flows.names(tx, seen.released), _names(tx, events)).lines(
        events
    )
    return Telling(
        instance=instance,
        sentence=sentence,
        tone=tone,
        lines=lines[::-1],
        steps=standing,
        chosen=_chosen(events),
        step_words=_step_words(elements, standing),
        tasks=task_rows,
        jobs=job_rows,
        incidents=faults,
        elements=elements,
        norm_ids=_norms(elements, standing, is_over),
    )


def _name(elements: Mapping[str, Mapping[str, Any]], element_id: str) -> str:
    element = elements.get(element_id)
    return i18n.name_in(element["names"], element_id) if element else element_id


def _standing(
    events: list[EventRow], faults: list[IncidentRow], waiting: Sequence[str]
) -> dict[str, str]:
    """The state of each element that was reached; what is worse or later wins."""
    found = {
        event.element_id: "done"
        for event in events
        if event.type == "element.completed" and event.element_id
    }
    found.update(dict.fromkeys(waiting, "active"))
    broken = [row for row in faults if row.state == IncidentState.OPEN]
    found.update({row.element_id: "failed" for row in broken})
    return found


def _chosen(events: list[EventRow]) -> dict[str, list[str]]:
    return {
        event.element_id: list(event.detail["flows"])
        for event in events
        if event.element_id and event.detail and "flows" in event.detail
    }


def _step_words(
    elements: Mapping[str, Mapping[str, Any]], standing: Mapping[str, str]
) -> list[tuple[str, str]]:
    """The steps reached, as a list beside the diagram says them."""
    return [
        (_name(elements, element_id), standing[element_id])
        for element_id, element in elements.items()
        if element_id in standing and element["name"]
    ]


def _norms(
    elements: Mapping[str, Mapping[str, Any]],
    standing: Mapping[str, str],
    is_over: bool,
) -> list[str]:
    """What the case rests on now; when it is over, what its whole way rested on."""
    reached = (
        element
        for element_id, element in elements.items()
        if element_id in standing and (is_over or standing[element_id] != "done")
    )
    return list(dict.fromkeys(norm for each in reached for norm in each["norms"]))


@dataclass(frozen=True)
class _Standing:
    """What is open in a case, to say in one sentence where it stands."""

    instance: InstanceRow
    tasks: list[TaskRow]
    jobs: list[JobRow]
    faults: list[IncidentRow]
    elements: Mapping[str, Mapping[str, Any]]
    waiting: Sequence[str]

    def sentence(self) -> tuple[str, str]:
        """The sentence and its tone."""
        match self.instance.state:
            case InstanceState.COMPLETED:
                return _ended(self.instance)
            case InstanceState.CANCELED:
                return gettext("The case was canceled"), "soon"
            case InstanceState.SUSPENDED:
                return gettext("The case is stopped for a time"), "soon"
        for fault in self.faults:
            if fault.state == IncidentState.OPEN:
                step = _name(self.elements, fault.element_id)
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
        for element_id in self.waiting:
            if self.elements[element_id]["type"].endswith("Event"):
                step = _name(self.elements, element_id)
                return gettext("The case waits: %(step)s", step=step)
        return gettext("The case waits for the next event")


def _waits_for_person(row: TaskRow) -> str:
    step = i18n.name_in(row.names, row.element_id)
    if row.assignee_name:
        return gettext(
            "%(step)s: %(who)s is working on it", who=row.assignee_name, step=step
        )
    return gettext("Waits for a clerk: %(step)s", step=step)


def _ended(instance: InstanceRow) -> tuple[str, str]:
    ended_by = instance.ended_by or {}
    if ended_by.get("kind") == "error":
        return gettext("The case ended with an error"), "bad"
    result = instance.variables.get("result")
    known = words.VALUES.get(f"result={result}")
    if known is not None:
        return gettext("The case is completed: %(result)s", result=known), "good"
    return gettext("The case is completed"), "good"


def _names(tx: sa.Connection, events: list[EventRow]) -> dict[str, str]:
    """Login -> name of everyone who acted; a login that is gone stays a login."""
    logins = {event.actor for event in events if _is_person(event.actor)}
    found = ((login, people.by_login(tx, login)) for login in logins)
    return {login: person.name for login, person in found if person is not None}


def _is_person(actor: str) -> bool:
    """Whether an event names somebody; else it is a job, or the clock."""
    return ":" not in actor and actor not in ("", "clock", "message", "signal")


@dataclass(frozen=True)
class _Teller:
    elements: Mapping[str, Mapping[str, Any]]
    flows: flows.Names
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
        )

    def _completed(self, event: EventRow) -> Line | None:
        element = self.elements.get(event.element_id or "")
        if element is None or element["type"] in SILENT or not element["name"]:
            return None
        step = self._step(event)
        said = step
        if element["type"].endswith("Gateway"):
            said = gettext(
                "The way was chosen: %(step)s %(way)s", step=step, way=self._way(event)
            )
        elif element["type"].endswith("Task"):
            said = gettext("Done: %(step)s", step=step)
        return Line(event.at, said, self._who(event), "", "good")

    def _way(self, event: EventRow) -> str:
        """What the arrows that were taken say, if they say anything."""
        taken = (event.detail or {}).get("flows", [])
        said = [i18n.name_in(self.flows[id_]) for id_ in taken if id_ in self.flows]
        return f"– {', '.join(said)}" if said else ""

    def _step(self, event: EventRow) -> str:
        """The element's name; what is none of them is the process itself."""
        if event.element_id is None or event.element_id not in self.elements:
            return gettext("The whole case")
        return _name(self.elements, event.element_id)

    def _who(self, event: EventRow) -> str:
        kind, _, rest = event.actor.partition(":")
        element = self.elements.get(event.element_id or "", {})
        if kind == "job":  # what followed from an answer is not the system's own act
            return words.system(rest) if element.get("job_type") == rest else ""
        if event.type in ("task.created", "element.canceled"):
            return ""
        if not _is_person(event.actor):
            return ""
        return self.names.get(event.actor, event.actor)

    def _note(self, event: EventRow) -> str:
        detail = event.detail or {}
        job_type = self.elements.get(event.element_id or "", {}).get("job_type")
        if event.type == "job.failed":
            return faults.attempt(job_type, detail.get("attempt"))
        if event.type == "incident.opened":
            return faults.cause(job_type, detail.get("cause"))
        return ""

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
    "task.completed": (
        lambda s: gettext("Task completed: %(step)s", step=s),
        "good",
    ),
    "job.failed": (
        lambda s: gettext("No answer from the system: %(step)s", step=s),
        "",
    ),
    "job.retried": (lambda s: gettext("Asked again: %(step)s", step=s), ""),
    "message.received": (
        lambda s: gettext("A message came: %(step)s", step=s),
        "live",
    ),
    "signal.received": (lambda s: gettext("A signal came: %(step)s", step=s), "live"),
    "signal.thrown": (lambda s: gettext("A signal was given: %(step)s", step=s), ""),
    "incident.opened": (lambda s: gettext("A fault: %(step)s", step=s), "bad"),
    "incident.retried": (lambda s: gettext("Tried again: %(step)s", step=s), ""),
    "deadline.missed": (
        lambda s: gettext("The deadline has passed: %(step)s", step=s),
        "bad",
    ),
}
