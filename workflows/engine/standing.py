"""Where a case stands: every place of it where a token waits for something."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workflows.engine import awaited, concurrency, events, joins
from workflows.engine.calls import CallActivity
from workflows.engine.compensation import CompensationThrow
from workflows.engine.elements import JobTask, SubProcess, UserTask
from workflows.engine.tokens import HANDLER, INCIDENT, Token


@dataclass(frozen=True)
class Standing:
    """One place where a case stands.

    `kind` is "task", "job", "timer", "message", "signal", "events" (the first of
    several), "join", "undoing", "sub_process", "call", "several" (an activity that
    runs several times, with its `items` beside it in the list) or "step" (held by an
    incident, which `incident` tells). `process` is the key of a called process, `path`
    the ids of the sub-processes and calls around it, the outermost first.
    """

    token: UUID
    element_id: str
    kind: str
    process: str | None = None
    path: tuple[str, ...] = ()
    incident: str | None = None
    is_item: bool = False
    can_skip: bool = True


KINDS: tuple[tuple[type, str], ...] = (
    (UserTask, "task"),
    (JobTask, "job"),
    (events.EventGateway, "events"),
    (joins.Join, "join"),
    (CompensationThrow, "undoing"),
    (SubProcess, "sub_process"),
    (CallActivity, "call"),
)
EVENTS = ((awaited.Timer, "timer"), (awaited.Message, "message"))


def standing(process: Any) -> tuple[Standing, ...]:
    """Everything that waits, but for what listens; each after what is around it."""
    return tuple(_told(process, process))


def _told(process: Any, scope: Any) -> Iterator[Standing]:
    for token in list(scope.tasks.values()):
        if not stands(token):
            continue
        outside = () if scope.parent_task is None else _around(scope.parent_task)
        yield Standing(
            token.id,
            token.task_spec.bpmn_id,
            _kind(token),
            None if scope.home is process.home else scope.home.key,
            outside,
            token.internal_data.get(INCIDENT),
            token.is_item,
            can_skip(token),
        )
        inside = process.subprocesses.get(token.id)
        if inside is not None:
            yield from _told(process, inside)


def _around(token: Token) -> tuple[str, ...]:
    parent = token.workflow.parent_task
    outside = () if parent is None else _around(parent)
    return (*outside, token.task_spec.bpmn_id)


def stands(token: Token) -> bool:
    if token.internal_data.get(INCIDENT):
        return True
    return token.waits and not token.listens


def _kind(token: Token) -> str:
    spec = token.task_spec
    if token.is_body:
        return "several"
    if not token.waits:
        return "step"
    if isinstance(spec, events.Catch):
        of_event = (name for kind, name in EVENTS if _awaits(spec, kind))
        return next(of_event, "signal")
    return next((name for kind, name in KINDS if isinstance(spec, kind)), "step")


def _awaits(spec: Any, kind: type) -> bool:
    return isinstance(spec.event_definition, kind)


def can_skip(token: Token) -> bool:
    """Whether it is one step, with one way behind it once the variables are known."""
    spec = token.task_spec
    waits_for_others = concurrency.is_join(spec) and token.waits
    at_once = isinstance(spec, events.EventGateway) or waits_for_others
    return token is not token.workflow.task_tree and not at_once


def by_event(token: Token) -> bool:
    return bool(getattr(token.task_spec, "triggered_by_event", False))


def marking(scope: Any) -> dict[UUID, concurrency.Place]:
    """Where tokens are in the net of the scope's drawing.

    What stands beside the flows is not in it: event sub-processes, the items of an
    activity, handlers of a compensation.
    """
    places: dict[UUID, concurrency.Place] = {}
    for token in standing_in(scope):
        if by_event(token):
            continue
        name = token.task_spec.name
        at_join = concurrency.is_join(token.task_spec) and token.waits
        places[token.id] = (name, token.via) if at_join else name
    return places


def standing_in(scope: Any) -> list[Token]:
    """The tokens of one scope that stand for themselves."""
    return [
        token
        for token in scope.tasks.values()
        if stands(token)
        and token is not scope.task_tree
        and not token.is_item
        and not token.internal_data.get(HANDLER)
    ]


def containers(token: Token) -> list[Token]:
    """The tokens of the sub-processes around a token, within its process."""
    found: list[Token] = []
    scope = token.workflow
    while not scope.is_called and scope.parent_task is not None:
        found.insert(0, scope.parent_task)
        scope = scope.parent_task.workflow
    return found


def places(process: Any) -> dict[UUID, tuple[str, str | None]]:
    """The element of each token, listeners too, and the key of its called process."""
    return {
        token.id: (
            token.task_spec.bpmn_id,
            None if scope.home is process.home else scope.home.key,
        )
        for scope in process.scopes
        for token in scope.tasks.values()
    }
