"""Makes a failing drawing small: takes parts away for as long as it still fails."""

import itertools
import pickle
import sys
from collections.abc import Callable, Iterator

from tests.property.model import Drawn, Event, Flow, Node, Scope

Fails = Callable[[Drawn], bool]


def shrunk(drawn: Drawn, fails: Fails) -> Drawn:
    """The smallest drawing found that still fails."""
    sys.setrecursionlimit(20_000)  # a drawing is pickled along its flows
    smaller: Drawn | None = drawn
    while smaller is not None:
        drawn, smaller = smaller, next(filter(fails, edits(smaller)), None)
    return drawn


def scopes(drawn: Drawn) -> list[Scope]:
    found = [drawn.scope, *drawn.called.values()]
    for scope in found:
        found += [node.body for node in scope.nodes if node.body is not None]
    return found


def edits(drawn: Drawn) -> Iterator[Drawn]:
    """Each a copy with one part less."""
    frozen = pickle.dumps(drawn)
    for number, scope in enumerate(scopes(drawn)):
        for at, edit in itertools.product(range(len(scope.nodes)), (drop, *STRIPS)):
            copy: Drawn = pickle.loads(frozen)  # noqa: S301  # our own, made above
            inside = scopes(copy)[number]
            if edit(inside, inside.nodes[at]):
                yield copy


def drop(scope: Scope, node: Node) -> bool:
    """Without the node; what came to it goes on to where its first flow led."""
    if node.kind == "startEvent":
        return False
    onward = node.outgoing[0].target if node.outgoing else None
    for flow in list(node.outgoing):
        unlink(scope, flow)
    for boundary in list(node.boundaries):
        drop(scope, boundary)
    if node.host is not None:
        node.host.boundaries.remove(node)
    for flow in list(node.incoming):
        known = [one.target for one in flow.source.outgoing]
        if onward is None or onward in known or onward is flow.source:
            unlink(scope, flow)
        else:
            flow.target, flow.id = onward, f"{flow.source.id}_{onward.id}"
            onward.incoming.append(flow)
    scope.nodes.remove(node)
    return True


def unlink(scope: Scope, flow: Flow) -> None:
    scope.flows.remove(flow)
    flow.source.outgoing.remove(flow)
    flow.target.incoming.remove(flow)
    if flow.source.default is flow:
        flow.source.default = None


def unrepeated(scope: Scope, node: Node) -> bool:
    had, node.repeat = node.repeat, None
    return had is not None


def unmapped(scope: Scope, node: Node) -> bool:
    had = bool(node.inputs or node.outputs)
    node.inputs, node.outputs = [], []
    return had


def not_undone(scope: Scope, node: Node) -> bool:
    had, node.undone_by = node.undone_by, None
    return had is not None


def plain_end(scope: Scope, node: Node) -> bool:
    if node.kind != "endEvent" or node.event is None or node.event.kind == "none":
        return False
    node.event, node.inputs, node.outputs = Event("none"), [], []
    return True


STRIPS = (unrepeated, unmapped, not_undone, plain_end)
