"""Timers that start cases: when they are due, asked without a case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows import feel
from workflows.engine.definitions import Definition
from workflows.engine.errors import EngineError, Fault
from workflows.engine.evaluation import Evaluator
from workflows.engine.running import RunningProcess


@dataclass(frozen=True)
class TimedStart:
    """`Case.start(..., start_event=element_id)` is expected at `due_at` (aware).

    `left` is how often it repeats after that, None for without end.
    """

    element_id: str
    due_at: datetime
    left: int | None = 0


# More repeats than a century has weeks: who begins earlier is told to begin later.
MOST_PASSED = 20_000


def first_start(
    definition: Definition,
    element_id: str,
    environment: feel.Environment,
    since: datetime | None = None,
) -> TimedStart:
    """When a timer start event is due first, counted from the environment's now.

    Of a cycle without end, what was due before `since` is passed over: it may have
    begun years ago. EngineError when the event is no timer, or its expression gives no
    time, or none within reach.
    """
    prepared = _prepared(definition, element_id, environment)
    if isinstance(prepared, datetime):
        return TimedStart(element_id, prepared)
    due_at, left = prepared["due"], prepared["left"]
    passed = 0
    while left is None and since is not None and due_at < since:
        if passed == MOST_PASSED:
            raise EngineError(
                reason=f"{element_id} would have repeated over {MOST_PASSED} times"
                " by now: let it begin later"
            )
        passed += 1
        due_at = _later(due_at, prepared["every"], environment)
    return TimedStart(element_id, due_at, left)


def next_start(
    definition: Definition, done: TimedStart, environment: feel.Environment
) -> TimedStart | None:
    """When it is due again after `done`, counted from when that was due, or None."""
    if done.left == 0:
        return None
    prepared = _prepared(definition, done.element_id, environment)
    due_at = _later(done.due_at, prepared["every"], environment)
    left = None if done.left is None else done.left - 1
    return TimedStart(done.element_id, due_at, left)


def _later(moment: datetime, every: str, environment: feel.Environment) -> datetime:
    try:
        return Evaluator(environment).later(moment, every)
    except Fault as fault:
        raise EngineError(reason=str(fault)) from fault


def _prepared(
    definition: Definition, element_id: str, environment: feel.Environment
) -> Any:
    trigger = definition.spec.start.triggered.get(element_id)
    if not hasattr(trigger, "kind"):
        raise EngineError(reason=f"{element_id} is no timer that starts a case")
    process = RunningProcess(definition, Evaluator(environment))
    process.plant()
    try:
        return trigger.prepare(process.task_tree)
    except Fault as fault:
        raise EngineError(reason=str(fault)) from fault
