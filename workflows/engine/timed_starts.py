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
    if left is None and since is not None:
        try:
            due_at = Evaluator(environment).not_before(since, due_at, prepared["every"])
        except Fault as fault:
            raise EngineError(reason=str(fault)) from fault
    return TimedStart(element_id, due_at, left)


def next_start(
    definition: Definition, done: TimedStart, environment: feel.Environment
) -> TimedStart | None:
    """When it is due again after `done`, counted from when that was due, or None."""
    if done.left == 0:
        return None
    prepared = _prepared(definition, done.element_id, environment)
    try:
        due_at = Evaluator(environment).later(done.due_at, prepared["every"])
    except Fault as fault:
        raise EngineError(reason=str(fault)) from fault
    left = None if done.left is None else done.left - 1
    return TimedStart(done.element_id, due_at, left)


def _prepared(
    definition: Definition, element_id: str, environment: feel.Environment
) -> Any:
    trigger = definition.spec.start.triggered.get(element_id)
    if not hasattr(trigger, "kind"):
        raise EngineError(reason=f"{element_id} is no timer that starts a case")
    process = RunningProcess(definition, Evaluator(environment))
    process.plant()
    try:
        return trigger.moments(process.task_tree)
    except Fault as fault:
        raise EngineError(reason=str(fault)) from fault
