"""One case of a scenario, run in memory: the engine is real, the world is told.

No database and no queue: a job is answered as soon as it is open, a timer fires when
the story's clock passes it, and the case is saved and restored between any two steps.
An element of a called process is spoken of as `process/element`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial, singledispatchmethod
from typing import Any
from uuid import UUID

from forms import validation
from forms.model import Form
from forms.problems import AnswersInvalid
from workflows import calendars, engine, feel, form_feel, lookups
from workflows.model import RasimError
from workflows.ports import FixedClock
from workflows.scenario_file import Answer, Scenario, Step

CASE = "case"  # stands for the case itself among the deadlines
NOTIFY = "notify"  # the type of jobs that send a message made from a template
MOST_MOVES = 5_000  # a drawing that turns in a circle would never end its story


class StoryStopped(RasimError):
    """{reason}"""

    reason: str


@dataclass(frozen=True)
class Procedure:
    """What a story needs of a release, read from its files."""

    file: str
    definition: engine.Definition
    configuration: Mapping[str, Any]
    forms: Mapping[str, Form]
    trees: Mapping[str, Any]  # of the forms' expressions


@dataclass(frozen=True)
class OpenIncident:
    """A step that cannot go on; `of_job` if an outside system is why."""

    element: str
    message: str
    of_job: bool


class Story:
    """The case and its world as they stand; `do` makes the next thing happen."""

    def __init__(
        self,
        procedure: Procedure,
        scenario: Scenario,
        calendar: calendars.WorkingCalendar,
        held: frozenset[str],
    ) -> None:
        self.procedure = procedure
        self.now = scenario.at.astimezone(UTC)
        self.completed: list[str] = []
        self.entered: set[str] = set()
        self.flows: set[str] = set()
        self.ended: list[str] = []
        self.notified: list[str] = []
        self.asked: dict[str, Any] = {}
        self.deadlines: dict[str, datetime] = {}
        self.tasks: dict[UUID, engine.TaskOpened] = {}
        self.jobs: dict[UUID, engine.JobOpened] = {}
        self.timers: dict[UUID, engine.TimerArmed] = {}
        self.awaited: dict[UUID, engine.MessageAwaited | engine.SignalAwaited] = {}
        self.incidents: dict[UUID, OpenIncident] = {}
        self.variables: dict[str, Any] = {}
        self.is_over = False
        self._calendar = calendar
        self._held = held
        self._answers = dict(scenario.answers)
        self._saved = ""
        self._moves = 0
        self._begin(scenario)

    def do(self, step: Step) -> None:
        """Make a step of the scenario happen; StoryStopped if it cannot."""
        match step.verb:
            case "complete":
                self._complete(step)
            case "advance":
                term = calendars.parse_term(step.of)
                self._move_to(calendars.term_end(term, self.now, self._calendar).at)
            case "until":
                self._move_to(step.of.astimezone(UTC))
            case "deliver" | "signal":
                self._deliver(step)
            case "answer":
                self.answer(step.of, step.answer)
            case "retry":
                self._retry(step)
            case _:
                raise StoryStopped(reason=f"nobody can {step.verb}")
        self._settle()

    def answer(self, element: str, answer: Answer | None = None) -> None:
        """The outside system of a held job answers, as told or as it always does."""
        job = self._one(self.jobs, element, "a job")
        self._answer(job, answer or self._usual(job))
        self._settle()

    def _begin(self, scenario: Scenario) -> None:
        configuration = dict(self.procedure.configuration)
        variables = {"configuration": configuration} | scenario.start
        started = engine.Case.start(
            self.procedure.definition,
            {name: feel.from_plain(value) for name, value in variables.items()},
            self._environment(),
            scenario.start_event,
        )
        term = self._end_of(started.deadline())
        if term is not None:
            self.deadlines[CASE] = term
        self._take(started)
        self._settle()

    def _complete(self, step: Step) -> None:
        task = self._one(self.tasks, step.of, "a task")
        try:
            answers = self._validated(task, step.answers)
        except AnswersInvalid as e:
            refused = {
                path: ", ".join(str(problem) for problem in problems)
                for path, problems in e.errors.items()
            }
            if step.refused is None or set(step.refused) != set(refused):
                raise StoryStopped(
                    reason=f"the form of {step.of} refuses: {refused}"
                ) from e
            return
        if step.refused is not None:
            raise StoryStopped(
                reason=f"the form of {step.of} was to refuse {step.refused}, and takes "
                "the answers"
            )
        self._on(lambda case: case.finish(task.token, answers))

    def _validated(
        self, task: engine.TaskOpened, answers: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The answers as the form types them; a task without a form takes any JSON."""
        if task.form_id is not None:
            form = self.procedure.forms.get(task.form_id)
            if form is None:
                raise StoryStopped(
                    reason=f"the form {task.form_id} of {task.element_id} is not among "
                    "the files: name its folder too"
                )
            seen, sources = self._case().visible(task.token), lookups.trusting(answers)
            return validation.validate(form, answers, seen, self._evaluate, sources)
        return {name: feel.from_plain(value) for name, value in answers.items()}

    def _evaluate(self, text: str, values: Mapping[str, Any]) -> object:
        source = text.removeprefix("=").strip()
        expression = feel.compile_tree(self.procedure.trees[source], source)
        return form_feel.evaluate(expression, values, self._environment())

    def _deliver(self, step: Step) -> None:
        kind = engine.SignalAwaited if step.verb == "signal" else engine.MessageAwaited
        wanted = kind, step.of, step.key
        tokens = [token for token, one in self.awaited.items() if _heard(one) == wanted]
        if len(tokens) != step.received:
            said = step.of if step.key is None else f"{step.of} with key {step.key!r}"
            times = f"{len(tokens)} times, not {step.received}"
            raise StoryStopped(reason=f"{said} is awaited {times}")
        variables = _values(step.variables)
        for token in tokens:  # one that hears it may end the wait of another
            if self.awaited.pop(token, None) is not None:
                self._on(partial(engine.Case.deliver, token=token, variables=variables))

    def _retry(self, step: Step) -> None:
        tokens = [
            token for token, one in self.incidents.items() if one.element == step.of
        ]
        if not tokens:
            raise StoryStopped(reason=f"{step.of} has no incident to retry")
        incident = self.incidents.pop(tokens[0])
        if not incident.of_job:
            self._on(lambda case: case.retry(tokens[0]))
            return
        job = self.jobs[tokens[0]]
        self._answer(job, step.answer or self._usual(job))

    def _answer(self, job: engine.JobOpened, answer: Answer) -> None:
        """What a worker would do with it, all its attempts at once."""
        self.asked[job.element_id] = feel.plain(job.variables)
        faults = answer.times if answer.times is not None else job.retries
        reason = answer.refusal
        if answer.fault is not None and faults >= max(job.retries, 1):
            reason = answer.fault
        if reason is not None:
            self.incidents[job.token] = OpenIncident(job.element_id, reason, True)
        elif answer.error is not None:
            self._throw(job, answer)
        else:
            if job.type == NOTIFY:
                self.notified.append(str(job.variables.get("template")))
            result = _values(answer.result or {})
            self._on(lambda case: case.finish(job.token, result))

    def _throw(self, job: engine.JobOpened, answer: Answer) -> None:
        case = self._case()
        variables = _values(answer.variables)
        if case.throw_error(job.token, answer.error or "", variables):
            self._take(case)
            return
        reason = f"error {answer.error} is caught nowhere"
        self.incidents[job.token] = OpenIncident(job.element_id, reason, True)

    def _usual(self, job: engine.JobOpened) -> Answer:
        try:
            return self._answers[job.type]
        except KeyError:
            raise StoryStopped(
                reason=f"{job.element_id} asks {job.type}, and the scenario has no "
                f"answer for it: add answers.{job.type}"
            ) from None

    def _settle(self) -> None:
        """Answer every job that is not held and fire what is due, until all waits."""
        while True:
            job = next((one for one in self.jobs.values() if self._may(one)), None)
            if job is not None:
                self._answer(job, self._usual(job))
                continue
            timer = self._next_timer(self.now)
            if timer is None:
                return
            self._fire(timer)

    def _may(self, job: engine.JobOpened) -> bool:
        return job.element_id not in self._held and job.token not in self.incidents

    def _move_to(self, moment: datetime) -> None:
        """Move the clock, stopping at each timer on the way."""
        if moment < self.now:
            raise StoryStopped(
                reason=f"the clock stands at {self.now.isoformat()} and cannot go back "
                f"to {moment.isoformat()}"
            )
        while (timer := self._next_timer(moment)) is not None:
            self.now = max(self.now, timer.due_at)
            self._fire(timer)
            self._settle()
        self.now = moment

    def _next_timer(self, until: datetime) -> engine.TimerArmed | None:
        due = [timer for timer in self.timers.values() if timer.due_at <= until]
        return min(due, key=lambda timer: timer.due_at, default=None)

    def _fire(self, timer: engine.TimerArmed) -> None:
        self.timers.pop(timer.token)
        self._on(lambda case: case.fire(timer.token))

    def _environment(self) -> feel.Environment:
        return feel.Environment(clock=FixedClock(self.now), calendar=self._calendar)

    def _case(self) -> engine.Case:
        return engine.Case.restore(
            self.procedure.definition, self._saved, self._environment()
        )

    def _on(self, action: Callable[[engine.Case], None]) -> None:
        self._moves += 1
        if self._moves > MOST_MOVES:
            raise StoryStopped(
                reason=f"the case has moved {MOST_MOVES} times: a circle"
            )
        case = self._case()
        action(case)
        self._take(case)

    def _take(self, case: engine.Case) -> None:
        for effect in case.take_effects():
            self._note(_placed(effect))
        self.variables = case.variables
        self.is_over = case.completed
        self._saved = case.save()

    def _one(self, among: Mapping[UUID, Any], element: str, what: str) -> Any:
        found = [one for one in among.values() if one.element_id == element]
        if not found:
            there = sorted({one.element_id for one in among.values()}) or "none"
            raise StoryStopped(reason=f"{element} has not {what} open; open: {there}")
        return found[0]

    def _type_of(self, effect: engine.ElementCompleted) -> str:
        """The type of an element, looked up in the drawing that has it."""
        definition = self.procedure.definition
        if effect.process is not None:
            definition = definition.called[effect.process]
        return definition.elements[effect.element_id.rpartition("/")[2]].type

    def _end_of(self, said: str | datetime | None) -> datetime | None:
        """The end of a term in words, or the moment itself."""
        if not isinstance(said, str):
            return said
        begun = calendars.arrival(self.now, self._calendar)
        return calendars.term_end(calendars.parse_term(said), begun, self._calendar).at

    @singledispatchmethod
    def _note(self, effect: engine.Effect) -> None:
        """An effect that leaves no trace in a story."""

    @_note.register
    def _(self, effect: engine.ElementEntered) -> None:
        self.entered.add(effect.element_id)

    @_note.register
    def _(self, effect: engine.ElementCompleted) -> None:
        self.entered.add(effect.element_id)
        self.completed.append(effect.element_id)
        self.flows.update(effect.flows)
        if self._type_of(effect) == "endEvent":
            self.ended.append(effect.element_id)

    @_note.register
    def _(self, effect: engine.ElementCanceled) -> None:
        self.incidents.pop(effect.token, None)

    @_note.register
    def _(self, effect: engine.TaskOpened) -> None:
        self.tasks[effect.token] = effect
        end = self._end_of(effect.deadline)
        if end is not None:
            self.deadlines[effect.element_id] = end

    @_note.register
    def _(self, effect: engine.TaskClosed) -> None:
        self.tasks.pop(effect.token, None)

    @_note.register
    def _(self, effect: engine.JobOpened) -> None:
        self.jobs[effect.token] = effect

    @_note.register
    def _(self, effect: engine.JobClosed) -> None:
        self.jobs.pop(effect.token, None)

    @_note.register
    def _(self, effect: engine.TimerArmed) -> None:
        self.timers[effect.token] = effect

    @_note.register
    def _(self, effect: engine.TimerDisarmed) -> None:
        self.timers.pop(effect.token, None)

    @_note.register
    def _(self, effect: engine.MessageAwaited | engine.SignalAwaited) -> None:
        self.awaited[effect.token] = effect

    @_note.register
    def _(self, effect: engine.MessageForgotten | engine.SignalForgotten) -> None:
        self.awaited.pop(effect.token, None)

    @_note.register
    def _(self, effect: engine.IncidentRaised) -> None:
        self.incidents[effect.token] = OpenIncident(
            effect.element_id, effect.message, False
        )


def _placed(effect: engine.Effect) -> engine.Effect:
    """An effect whose ids cannot be taken for those of the case's own drawing."""
    process = getattr(effect, "process", None)
    if process is None:
        return effect
    changes: dict[str, Any] = {}
    if hasattr(effect, "element_id"):
        changes["element_id"] = f"{process}/{effect.element_id}"
    if isinstance(effect, engine.ElementCompleted):
        changes["flows"] = tuple(f"{process}/{flow}" for flow in effect.flows)
    return replace(effect, **changes)


def _values(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: feel.from_plain(value) for name, value in plain.items()}


def _heard(waits: engine.MessageAwaited | engine.SignalAwaited) -> tuple[Any, ...]:
    return type(waits), waits.name, getattr(waits, "correlation_key", None)
