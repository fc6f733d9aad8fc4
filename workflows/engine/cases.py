"""One case, from its start to its end: what the use cases may do with it.

Everything here is in memory and without I/O. Each change advances the case as far as
it goes without the world; `take_effects` tells what followed, `save` what is left.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from workflows import feel
from workflows.engine import awaited, events, moves, saving, scopes
from workflows.engine.definitions import Definition
from workflows.engine.effects import Effect
from workflows.engine.elements import Drawn, JobTask, UserTask
from workflows.engine.errors import DeadlineFailed, EngineError, Fault, TokenNotWaiting
from workflows.engine.evaluation import Evaluator
from workflows.engine.running import RunningProcess
from workflows.engine.standing import Standing, places, standing
from workflows.engine.tokens import DONE, INCIDENT, Token

# A straight chain of 10,000 elements passes; a drawing that turns in a circle is
# stopped within a second.
STEP_BUDGET = 20_000


class Case:
    """A running process. Made by `start` or `restore`."""

    step_budget = STEP_BUDGET

    def __init__(self, definition: Definition, process: RunningProcess) -> None:
        self.definition = definition
        self._process = process

    @classmethod
    def start(
        cls,
        definition: Definition,
        variables: Mapping[str, Any],
        environment: feel.Environment,
        start_event: str | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> Self:
        """A new case at its start event, advanced as far as it goes.

        `start_event` is one that an event triggers, which has come with `variables`:
        where it has output mappings, only what they name becomes variables of the case.
        `given` are variables of the case that did not come with the event.
        EngineError when the process has no such start, or none without trigger.
        """
        if start_event is None and definition.start is None:
            raise EngineError(reason=f"only an event can start {definition.key}")
        if start_event is not None and start_event not in definition.starts:
            raise EngineError(reason=f"{definition.key} has no start {start_event}")
        process = RunningProcess(definition, Evaluator(environment))
        process.data, came = _taken(given or {}), _taken(variables)
        if definition.maps_start(start_event):
            process.plant(start_event, came)
        else:
            process.data |= came
            process.plant(start_event)
        case = cls(definition, process)
        case.advance()
        return case

    @classmethod
    def restore(
        cls, definition: Definition, saved: str, environment: feel.Environment
    ) -> Self:
        """The case that `save` wrote, under the same version of its definition."""
        return cls(definition, saving.restore(definition, saved, environment))

    def advance(self) -> None:
        """Run every ready element; a fault holds its own element only.

        After `step_budget` steps, what is still ready gets an incident of kind
        "budget".
        """
        self._process.step(self.step_budget)

    def finish(self, token: UUID, result: Mapping[str, Any]) -> None:
        """A user task or job is done, with `result` as FEEL values.

        Should an output mapping fail, the work counts as done and its result is kept:
        the element waits with an incident of kind "mapping", nothing else has changed,
        and `retry` maps again. TokenNotWaiting when the token waits for no such thing.
        """
        found = self._waiting(token, "work", UserTask, JobTask)
        values = _taken(result)
        found.task_spec.closed(found, canceled=False)
        found.leave_with(values)
        self.advance()

    def throw_error(self, token: UUID, code: str, variables: Mapping[str, Any]) -> bool:
        """A job ended with a BPMN error; False, and no change, if nothing catches."""
        found = self._waiting(token, "a job", JobTask)
        values = _taken(variables)
        # Reported first, so that the interruption does not report it as canceled.
        mark = len(self._process.effects)
        found.task_spec.closed(found, canceled=False)
        found._state = TaskState.READY
        if not events.throw_outward(found, events.Error, code, values, by_job=True):
            found._state = TaskState.STARTED
            del self._process.effects[mark:]
            return False
        self.advance()
        return True

    def fire(self, token: UUID) -> None:
        """The moment of a timer has come."""
        self._came(token, "a timer", {}, awaited.Timer)

    def deliver(self, token: UUID, variables: Mapping[str, Any]) -> None:
        """The message or signal has come for which this token waits."""
        self._came(
            token, "a message", _taken(variables), awaited.Message, events.Signal
        )

    def retry(self, token: UUID, variables: Mapping[str, Any] | None = None) -> None:
        """Try an element with an incident again, after setting `variables`.

        Where its work is done and the answer is kept, they correct what it answered.
        """
        found = self._process.find(token)
        if found is None or not found.internal_data.get(INCIDENT):
            raise TokenNotWaiting(token=token, what="a retry", reason="no incident")
        values = _taken(variables or {})
        answered = found.internal_data.get(DONE, {})
        for name in answered.keys() & values.keys():
            answered[name] = values.pop(name)
        scopes.write(found, values, own=True)
        del found.internal_data[INCIDENT]
        self._process.ready_queue.append(found)
        self.advance()

    def cancel(self) -> None:
        """End the case from outside; there is no CaseEnded, for the caller knows."""
        self._process.cancel()
        self._process.ended_by = {"kind": "cancel", "code": None, "element_id": None}

    def save(self) -> str:
        """JSON of what is alive; its size does not follow what has happened."""
        return saving.save(self._process)

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of the case itself."""
        return dict(self._process.data)

    def deadline(self) -> str | datetime | None:
        """The deadline of the case itself: a term's text, or a moment; as drawn.

        DeadlineFailed when its expression gives neither.
        """
        process = self._process
        try:
            found: str | datetime | None = process.script_engine.deadline(
                process.task_tree, self.definition.deadline
            )
        except Fault as fault:
            raise DeadlineFailed(reason=str(fault)) from fault
        return found

    def visible(self, token: UUID) -> dict[str, Any]:
        """The variables that an element sees, its own and all around it."""
        found = self._process.find(token)
        if found is None:
            raise TokenNotWaiting(token=token, what="anything", reason="unknown")
        return scopes.visible(found)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The elements of the case's own drawing where tokens wait, each once.

        Without what listens, and without those of called processes.
        """
        running = [one for one in self._process.scopes if one.home is self.definition]
        tokens = (token for scope in running for token in scope.tasks.awake())
        specs = (one.task_spec for one in tokens if one.waits and not one.listens)
        return tuple(
            dict.fromkeys(each.bpmn_id for each in specs if isinstance(each, Drawn))
        )

    @property
    def standing(self) -> tuple[Standing, ...]:
        """Everywhere the case stands, called processes and items included."""
        return standing(self._process)

    def places(self) -> dict[UUID, tuple[str, str | None]]:
        """The element of each token, and the key of its process if it is called."""
        return places(self._process)

    def targets(self, token: UUID) -> tuple[str, ...]:
        """The elements that a token which stands can be moved to."""
        return moves.targets(self._process, token)

    def repeatable(self) -> tuple[str, ...]:
        """The elements that the case can go back to, done before or not."""
        return moves.repeatable(self._process)

    def skip(self, token: UUID, variables: Mapping[str, Any]) -> None:
        """End a step as if it had been done, with `variables`; see `moves`."""
        moves.skip(self._process, token, _taken(variables))
        self.advance()

    def move(self, token: UUID, element_id: str) -> None:
        """Take a token to another element of its process; see `moves`."""
        moves.move(self._process, token, element_id)
        self.advance()

    def repeat(self, element_id: str) -> None:
        """Go back to an element with all that came from there; see `moves`."""
        moves.repeat(self._process, element_id)
        self.advance()

    @property
    def completed(self) -> bool:
        return bool(self._process.completed)

    @property
    def ended_by(self) -> dict[str, Any] | None:
        return self._process.ended_by

    def take_effects(self) -> list[Effect]:
        """What happened since the last call, in order."""
        taken, self._process.effects = self._process.effects, []
        return taken

    def _waiting(self, token: UUID, what: str, *kinds: type) -> Token:
        found = self._process.find(token)
        waits = found is not None and found.waits and not found.is_body
        if found is None or not waits or not isinstance(found.task_spec, kinds):
            raise TokenNotWaiting(token=token, what=what, reason="not waiting")
        return found

    def _came(
        self, token: UUID, what: str, variables: dict[str, Any], *kinds: type
    ) -> None:
        found = self._waiting(token, what, events.Catch, events.Listener)
        if not isinstance(found.task_spec.event_definition, kinds):
            raise TokenNotWaiting(token=token, what=what, reason="not waiting")
        events.hear(found, variables)
        self.advance()


def _taken(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Variables as FEEL values: every number a decimal, every name a string."""
    for name in variables:
        if not isinstance(name, str):
            raise EngineError(reason=f"the variable name {name!r} is no string")
    return {name: _value(value) for name, value in variables.items()}


def _value(value: Any) -> Any:
    if type(value) is dict:
        return _taken(value)
    if type(value) is list:
        return [_value(item) for item in value]
    if type(value) is int:
        return Decimal(value)
    if type(value) is float:
        return Decimal(repr(value))
    return value
