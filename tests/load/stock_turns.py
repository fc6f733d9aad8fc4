"""The same sizes in stock SpiffWorkflow: what it builds, and the price of its turns.

A program of its own, for what it is given may be too much for it. It prints JSON.
"""

import io
import json
import statistics
import subprocess
import sys
import time
from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tests.load import long_drawings
from tests.load.promises import Findings, milliseconds

PAIRS, ELEMENTS, TURNS = 12, 2_000, 1_000
COMPARED = 20  # turns at either end
SECONDS = 12.0  # for the turns; SpiffWorkflow takes longer with each
PATIENCE_SECONDS = 60
ITS_COUNT = "<bpmn:script>turns = turns + 1</bpmn:script>"


def measure(found: Findings) -> None:
    """Stock SpiffWorkflow on the same drawings; nothing is promised of it."""
    found.part("stock SpiffWorkflow, beside these, without HTTP and database")
    for name in ("pairs", "chain", "turns"):
        program = subprocess.run(
            [sys.executable, "-m", __spec__.name, name],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        if program.returncode:
            last = program.stderr.strip().rpartition("\n")[2]
            found.told(f"{name}: it failed with {last.partition(': ')[2][:60]}")
        else:
            found.told(f"{name}: {json.loads(program.stdout)}")


def _pairs() -> str:
    workflow = BpmnWorkflow(_spec(long_drawings.pairs(PAIRS), "scale_pairs"))
    workflow.do_engine_steps()
    return f"{len(workflow.tasks)} tasks after the start of {PAIRS} pairs"


def _chain() -> str:
    drawing = long_drawings.chain("scale_chain", ELEMENTS, ends_with_task=False)
    workflow = BpmnWorkflow(_spec(drawing, "scale_chain"))
    began = time.perf_counter()
    while ready := workflow.get_tasks(state=TaskState.READY):
        ready[0].run()
    took = time.perf_counter() - began
    return f"{ELEMENTS} elements in {took:.1f} s, completed: {workflow.completed}"


def _turns() -> str:
    """The drawn loop, restored and saved each turn, as a service must."""
    workflow: Any = BpmnWorkflow(
        _spec(long_drawings.drawn_loop(TURNS), "scale_drawn_loop")
    )
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    workflow.get_next_task(state=TaskState.READY).data["turns"] = 0
    workflow.do_engine_steps()
    saved = serializer.serialize_json(workflow)
    small = len(saved)
    took: list[float] = []
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until and len(took) < TURNS:
        began = time.perf_counter()
        workflow = serializer.deserialize_json(saved)
        task = workflow.get_next_task(spec_name="look", state=TaskState.READY)
        if task is None:
            break
        task.run()
        workflow.do_engine_steps()
        saved = serializer.serialize_json(workflow)
        took.append(time.perf_counter() - began)
    first, last = (
        statistics.median(part) for part in (took[:COMPARED], took[-COMPARED:])
    )
    return (
        f"{len(took)} of {TURNS} taken in {SECONDS:.0f} s at most;"
        f" first {milliseconds(first)}, last {milliseconds(last)} ({last / first:.0f}"
        f" times); saved {small} to {len(saved)} bytes"
    )


def _spec(drawing: bytes, key: str) -> Any:
    text = drawing.decode().replace(long_drawings.COUNT, ITS_COUNT)
    parser = BpmnParser()
    parser.add_bpmn_io(io.BytesIO(text.replace("=turns &lt;", "turns &lt;").encode()))
    return parser.get_spec(key)


if __name__ == "__main__":
    told = {"pairs": _pairs, "chain": _chain, "turns": _turns}[sys.argv[1]]()
    sys.stdout.write(json.dumps(told))
