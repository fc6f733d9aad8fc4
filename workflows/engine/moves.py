"""An administrator's hand: where a case stands; a step is skipped, moved, repeated.

What is moved is canceled where it is and begins anew where it goes, in the same
process. Only what the drawing could have come to by itself is possible: `concurrency`
tells. A refusal is a `MoveNotPossible` and changes nothing.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from workflows.engine import concurrency, errors, events, scopes
from workflows.engine.elements import Start
from workflows.engine.errors import Fault, MoveNotPossible, TokenNotWaiting
from workflows.engine.parser import MADE_UP
from workflows.engine.standing import (
    by_event,
    can_skip,
    containers,
    marking,
    standing_in,
    stands,
)
from workflows.engine.tokens import HANDLER, INTO, Token

FUTURE = TaskState.FUTURE


def skip(process: Any, token_id: UUID, variables: Mapping[str, Any]) -> None:
    """The step ends as if it had been done, and leaves with `variables`.

    They are written past the element's own variables; its output mappings map a result
    that is not there, and are not asked. It is not remembered for compensation.
    """
    token = _find(process, token_id)
    element = token.task_spec.bpmn_id
    if not can_skip(token):
        raise errors.CannotSkip(element=element)
    if token.internal_data.get(HANDLER):
        undoing = token.parent
        token.cancel()
        undoing.task_spec.go_on(undoing)
        return
    spec: Any = token.task_spec
    try:
        if token.is_item:
            _skip_item(token, dict(variables))
            return
        routes = spec.choose(token, dict(variables))
    except Fault as fault:
        raise errors.NoWayOn(element=element, detail=fault.message) from fault
    scope = token.workflow
    specs = scope.spec.task_specs
    scopes.write(token, variables, own=False)
    for route in routes:
        child = scope.task_tree._add_child(specs[route.target], FUTURE)
        child.via = route.flow_id
        child.task_spec._update(child)
    token.cancel()
    scope.settle_if_empty()


def _skip_item(token: Token, variables: dict[str, Any]) -> None:
    """One of several times ends; what the whole collects is asked of it as ever."""
    spec: Any = token.task_spec
    outcome = spec.repetition.after(token, variables, variables)
    scopes.write(token, variables, own=False)
    spec.item_is_over(token, outcome)
    token.cancel()


@dataclass(frozen=True)
class _Plan:
    """Tokens of one scope that end, and the element of it that begins instead.

    `into` are the sub-processes to open and the element, the outermost first.
    """

    scope: Any
    ending: tuple[Token, ...]
    into: tuple[str, ...]

    def check(self) -> None:
        net = concurrency.net_of(self.scope.spec)
        goal = self.into[0]
        before = marking(self.scope)
        ending = {token.id for token in self.ending}
        staying = {id_: place for id_, place in before.items() if id_ not in ending}
        apart = net.apart(goal, list(staying.values()))
        if apart:
            raise errors.StandsElsewhere(element=self.into[-1], other=_id(apart[0]))
        missing: set[str] = set()
        after = Counter([*staying.values(), goal])
        if after != Counter(before.values()):
            missing = net.starving(after) - net.starving(before.values())
        inner = self.scope.home.subprocess_specs
        for around, name in itertools.pairwise(self.into):
            missing |= concurrency.net_of(inner[around]).starving([name])
        if missing:
            raise errors.WouldWaitForEver(element=self.into[-1], other=min(missing))

    def carry_out(self) -> None:
        scope = self.scope
        again = _heard_again(self)
        spec = scope.spec.task_specs[self.into[0]]
        goal = scope.task_tree._add_child(spec, FUTURE)
        if self.into[1:]:
            goal.internal_data[INTO] = list(self.into[1:])
        for token in self.ending:
            token.cancel()
        for listener, prepared in again:
            listener.arm(scope.task_tree, prepared)
        goal.task_spec._update(goal)


def move(process: Any, token_id: UUID, element_id: str) -> None:
    """A token ends where it is and goes to an element of its process."""
    plan = _plan_of_move(_find(process, token_id), element_id)
    plan.check()
    plan.carry_out()


def repeat(process: Any, element_id: str) -> None:
    """The case's own process goes back to an element.

    Everything ends that cannot be open at the same time: it came from there.
    """
    plan = _plan_of_repeat(process, element_id)
    plan.check()
    plan.carry_out()


def targets(process: Any, token_id: UUID) -> tuple[str, ...]:
    """The elements that this token can be moved to, in drawing order."""
    token = _find(process, token_id)
    home = scopes.process_of(token).home
    return tuple(one for one in home.elements if _may(_plan_of_move, token, one))


def repeatable(process: Any) -> tuple[str, ...]:
    """The elements that the case can go back to, done before or not."""
    elements = process.home.elements
    return tuple(one for one in elements if _may(_plan_of_repeat, process, one))


def _may(plan_of: Callable[[Any, str], _Plan], what: Any, element_id: str) -> bool:
    try:
        plan_of(what, element_id).check()
    except MoveNotPossible:
        return False
    return True


def _plan_of_move(token: Token, element_id: str) -> _Plan:
    process = scopes.process_of(token)
    path = _path(process.home, element_id)
    chain = containers(token)
    names = [one.task_spec.name for one in chain]
    shared = 0
    while shared < min(len(names), len(path)) and names[shared] == path[shared]:
        shared += 1
    leaving = [*chain[shared:], token]
    for one in leaving:
        _may_leave(one)
    for inside in leaving[1:]:
        _is_alone(inside, element_id)
    scope = leaving[0].workflow
    return _checked(scope, (leaving[0],), (*path[shared:], element_id))


def _plan_of_repeat(process: Any, element_id: str) -> _Plan:
    path = list(_path(process.home, element_id))
    scope = process
    while path:
        running = [one for one in standing_in(scope) if one.task_spec.name == path[0]]
        if not running:
            break
        inside = process.subprocesses.get(running[0].id)
        if len(running) > 1 or inside is None:
            raise errors.DoneSeveralTimes(element=path[0])
        path.pop(0)
        scope = inside
    into = (*path, element_id)
    net = concurrency.net_of(scope.spec)
    places = marking(scope)
    apart = set(net.apart(into[0], list(places.values())))
    ending = tuple(
        token
        for token in standing_in(scope)
        if places.get(token.id) in apart or _interrupted(token)
    )
    if not ending:
        raise errors.NothingToRepeat(element=element_id)
    return _checked(scope, ending, into)


def _checked(scope: Any, ending: tuple[Token, ...], into: tuple[str, ...]) -> _Plan:
    """The plan, if every element on the way in is one that can be begun so."""
    home, spec = scope.home, scope.spec
    for name in into[:-1]:
        around = spec.task_specs[name]
        if around.triggered_by_event:
            raise errors.BegunByEvent(element=into[-1])
        if around.repetition is not None:
            raise errors.DoneSeveralTimes(element=name)
        spec = home.subprocess_specs[name]
    _may_begin(spec, into[-1])
    return _Plan(scope, ending, into)


def _may_begin(spec: Any, name: str) -> None:
    goal = spec.task_specs[name]
    if isinstance(goal, Start):
        raise errors.BegunAtStart(element=name)
    if isinstance(goal, events.Listener) or getattr(goal, "triggered_by_event", False):
        raise errors.BegunByEvent(element=name)
    if concurrency.is_join(goal):
        raise errors.BringsTogether(element=name)
    if name in concurrency.net_of(spec).by_event:
        raise errors.BegunByEvent(element=name)


def _may_leave(token: Token) -> None:
    element = token.task_spec.bpmn_id
    if token is token.workflow.task_tree:
        raise errors.BegunAtStart(element=element)
    if token.is_item:
        raise errors.DoneSeveralTimes(element=element)
    if token.internal_data.get(HANDLER):
        raise errors.UndoesAStep(element=element)


def _is_alone(token: Token, goal: str) -> None:
    """A sub-process is left by its last token only: nothing is canceled unseen."""
    for other in standing_in(token.workflow):
        if other is not token:
            raise errors.StandsElsewhere(element=goal, other=other.task_spec.bpmn_id)


def _heard_again(plan: _Plan) -> list[tuple[Any, Any]]:
    """The events of a scope that are heard again, once what interrupted it ends."""
    if not any(_interrupted(token) for token in plan.ending):
        return []
    scope = plan.scope
    heard = {token.task_spec for token in scope.listeners.values()}
    silent = [one for one in scope.spec.listeners if one not in heard]
    try:
        return [(one, one.event_definition.prepare(scope.task_tree)) for one in silent]
    except Fault as fault:
        element = plan.ending[0].task_spec.bpmn_id
        raise errors.NoWayOn(element=element, detail=fault.message) from fault


def _interrupted(token: Token) -> bool:
    """Whether it is an event sub-process that has ended all else in its scope."""
    spec: Any = token.task_spec
    return by_event(token) and any(
        one.cancel_activity and one.routes[0].target == spec.name
        for one in token.workflow.spec.listeners
    )


def _path(home: Any, element_id: str) -> Sequence[str]:
    """The sub-processes around an element, the outermost first."""
    found: list[str] = []
    name = element_id if element_id in home.elements else ""
    while name not in home.spec.task_specs:
        specs = home.subprocess_specs.items()
        name = next((each for each, one in specs if name in one.task_specs), "")
        if not name:
            raise errors.NoSuchStep(element=element_id)
        found.insert(0, name)
    return found


def _id(place: concurrency.Place) -> str:
    name = place if isinstance(place, str) else place[0]
    return name.removesuffix(MADE_UP)


def _find(process: Any, token_id: UUID) -> Token:
    found: Token | None = process.find(token_id)
    if found is None or not stands(found):
        raise TokenNotWaiting(token=token_id, what="anything", reason="not standing")
    return found
