"""Each case of the matrix is played straight, and saved and restored at every step."""

import re

import pytest

from workflows import engine
from workflows.engine import dialect
from workflows.engine.documents import BPMN
from workflows.engine.rules import NODES

from .case import Refused, Runs
from .matrix import rows
from .play import play, xml_of

ROWS = list(rows())
RUN = {name: case for name, *_, case in ROWS if isinstance(case, Runs)}
REFUSED = {name: case for name, *_, case in ROWS if isinstance(case, Refused)}


@pytest.mark.parametrize("keep", [True, False], ids=["straight", "restored"])
@pytest.mark.parametrize("name", RUN)
def test_runs_as_the_standard_says(parser, name, keep):
    play(RUN[name], parser, keep=keep)


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_its_id_and_a_mend(parser, name):
    case = REFUSED[name]

    with pytest.raises(engine.DrawingRefused) as refusal:
        engine.read(xml_of(case), "d.bpmn", parser)

    found = [one for one in refusal.value.findings if one.severity == "error"]
    assert (case.rule, case.at) in {(one.rule, one.element_id) for one in found}
    assert all(one.message.count(".") >= 1 for one in found)


def test_every_element_that_runs_is_drawn_in_a_case_that_runs():
    drawn = " ".join(xml_of(case).decode() for case in RUN.values())
    tags = set(re.findall(r"<bpmn:(\w+)", drawn))
    extensions = set(re.findall(r"<zeebe:(\w+)", drawn))
    events = {one for one in dialect.ELEMENTS if one.endswith("EventDefinition")}
    running = {tag.removeprefix(BPMN) for tag in NODES} | events
    running |= dialect.EXPRESSION_TEXTS

    assert running - tags == set()
    assert set(dialect.EXTENSIONS) - extensions == ELSEWHERE


# Tested by what it opens, in test_work.py and test_drawings.py.
ELSEWHERE = frozenset(
    """assignmentDefinition formDefinition header priorityDefinition properties property
    taskHeaders taskSchedule userTask versionTag""".split()
)


def test_every_case_has_a_name_of_its_own():
    assert len(ROWS) == len(RUN) + len(REFUSED)
