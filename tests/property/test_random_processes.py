"""Random processes do in the engine what the oracle says.

`RASIM_DRAWINGS` says how many; `make oracle` runs 10,000 in several processes.
"""

import itertools

import pytest

from tests.property.runs import DRAWINGS, check
from tests.property.world import Tally
from workflows import feel

CHUNK = 20


@pytest.fixture(scope="module")
def parser():
    with feel.Parser() as parser:
        yield parser


@pytest.mark.parametrize("first", range(0, DRAWINGS, CHUNK))
def test_random_processes_do_what_the_oracle_says(parser, first):
    tally = Tally()

    for seed in range(first, min(first + CHUNK, DRAWINGS)):
        check(seed, parser, tally)

    assert tally.steps > tally.drawings
    assert tally.endless < tally.drawings / 4


def test_the_drawings_have_all_that_runs(parser):
    """No kind of element or event may fall out of the generator unseen."""
    from tests.property.blocks import Sketch
    from tests.property.shrinking import scopes

    nodes = [
        node
        for seed in range(300)
        for scope in scopes(Sketch(seed).process())
        for node in scope.nodes
    ]

    assert {one.kind for one in nodes} == KINDS
    seen = {(one.kind, one.event.kind) for one in nodes if one.event is not None}
    assert seen >= EVENTS
    assert any(one.undone_by is not None for one in nodes)
    repeats = [one.repeat for one in nodes if one.repeat is not None]
    assert {(one.over is None, one.sequential) for one in repeats} == {
        (True, True),
        (False, True),
        (False, False),
    }


KINDS = {
    *("task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask"),
    *("scriptTask", "subProcess", "callActivity", "eventSubProcess", "startEvent"),
    *("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"),
    *("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "endEvent"),
}
CAUGHT = ("timer", "message", "signal")
THROWN = ("none", "message", "signal", "escalation", "compensate")
EVENTS = {
    *itertools.product(("boundaryEvent", "startEvent"), CAUGHT),
    *itertools.product(("boundaryEvent", "startEvent"), ("error", "escalation")),
    *itertools.product(("intermediateCatchEvent",), (*CAUGHT, "link")),
    *itertools.product(("intermediateThrowEvent",), (*THROWN, "link")),
    *itertools.product(("endEvent",), (*THROWN, "error", "terminate")),
}
