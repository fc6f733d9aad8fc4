"""The yardstick: stock SpiffWorkflow, two processes, JSON saved at each transition.

No HTTP, no queue, no history: a case is restored, moved one transition and saved in a
transaction of its own, as a service around stock SpiffWorkflow must at the least.
"""

import json
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

DRAWING = Path(__file__).with_suffix(".bpmn")
PROCESSES = 2
# `json`, not `jsonb`: it keeps the text as it is, which costs the yardstick least, and
# the order of keys, which SpiffWorkflow rests on.
TABLE = "CREATE TABLE baseline (id uuid PRIMARY KEY, saved json NOT NULL)"

SCHOOL = {"bin": "030440000128", "name": "№ 1 жалпы білім беретін мектеп"}
START = {
    "application": {
        "number": "B-00000001",
        "filed_at": "2026-06-01T05:00:00.000000+00:00",
        "channel": "egov",
        "language": "kk",
        "stays": False,
    },
    "applicant": {
        "iin": "900203400137",
        "name": "Үлгіова Ата-Ана Үлгіқызы",
        "phone": "+77010000001",
        "locale": "kk",
    },
    "child": {
        "iin": "210514500128",
        "name": "Үлгіов Бала Үлгіұлы",
        "birth_date": "2021-05-14",
    },
    "school": SCHOOL,
}
# One transition each: every answer that a case waits for until its place is held. What
# is answered is what the procedure keeps of the same answers.
ANSWERS: list[tuple[str, dict[str, Any]]] = [
    ("find_preschool", {"preschool": {"completed": False, "bin": None}}),
    (
        "check_person",
        {
            "person": {
                "found": True,
                "problems": [],
                "address": "Алматы қаласы, Абай даңғылы, 10",
                "served_area_school_bin": "030440000128",
            }
        },
    ),
    ("check_relation", {"relation": {"related": True, "relation": "mother"}}),
    (
        "check_education",
        {
            "education": {
                "other_application": None,
                "free_places": 12,
                "class_language": "kk",
            }
        },
    ),
    (
        "check_health",
        {
            "health": {
                "passport_052_2": True,
                "immunisation_065": True,
                "checked_on": "2026-06-01",
            }
        },
    ),
    ("decide", {"decision": {"accepted": True, "reason": None, "note": None}}),
    (
        "enrol",
        {
            "enrolment": {
                "id": "E-00000000-0000-0000-0000-000000000000",
                "enrolled_at": "2026-06-01T10:00:00+05:00",
            }
        },
    ),
    ("tell_accepted", {"result": "accepted"}),
]
TRANSITIONS = 1 + len(ANSWERS)  # the start is one too


@dataclass(frozen=True)
class Measured:
    """What the yardstick did in `seconds`, both processes together."""

    cases: int
    seconds: float
    cpu_seconds: float  # of the two processes, without PostgreSQL
    saved_bytes: float  # of one case that waits at the end, before PostgreSQL packs it

    @property
    def rate(self) -> float:
        return self.cases / self.seconds

    def __add__(self, other: "Measured") -> "Measured":
        return Measured(
            self.cases + other.cases,
            self.seconds + other.seconds,
            self.cpu_seconds + other.cpu_seconds,
            other.saved_bytes,
        )


def measure(database_url: str, seconds: float) -> Measured:
    """Run both processes for `seconds`. Raises RuntimeError if one of them fails."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS baseline")
        connection.execute(TABLE)
        found = _both(database_url, seconds)
        row = connection.execute("SELECT avg(length(saved::text)) FROM baseline")
        size = float((row.fetchone() or (0,))[0] or 0)
        connection.execute("DROP TABLE baseline")
    return Measured(
        cases=sum(one["cases"] for one in found),
        seconds=sum(one["seconds"] for one in found) / len(found),
        cpu_seconds=sum(one["cpu_seconds"] for one in found),
        saved_bytes=size,
    )


def _both(database_url: str, seconds: float) -> list[dict[str, Any]]:
    # Programs, not a pool: what one of them says when it fails is seen, and it ends.
    command = [sys.executable, "-m", __spec__.name, database_url, str(seconds)]
    programs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    try:
        said = [program.communicate(timeout=seconds + 60)[0] for program in programs]
    finally:
        for program in programs:
            program.kill()
    if any(program.returncode for program in programs):
        raise RuntimeError("the yardstick failed; its messages are above")
    return [json.loads(text) for text in said]


def run(database_url: str, seconds: float) -> dict[str, float]:
    """What this process did: cases, and the seconds that they took."""
    parser = BpmnParser()
    parser.add_bpmn_file(str(DRAWING))
    spec, subs = parser.get_spec("baseline"), parser.get_subprocess_specs("baseline")
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    with psycopg.connect(database_url) as connection:
        _case(connection, serializer, spec, subs)  # not counted: imports, plans
        cases, started, spent = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() - started < seconds:
            _case(connection, serializer, spec, subs)
            cases += 1
        return {
            "cases": cases,
            "seconds": time.perf_counter() - started,
            "cpu_seconds": time.process_time() - spent,
        }


def _case(connection: Any, serializer: Any, spec: Any, subs: Any) -> None:
    id_ = uuid.uuid4()
    workflow = BpmnWorkflow(spec, subs)
    workflow.get_next_task(state=TaskState.READY).data.update(START)
    workflow.do_engine_steps()
    # serialize_json is its fastest way to text; to_dict and json.dumps take longer.
    connection.execute(
        "INSERT INTO baseline VALUES (%s, %s)",
        (id_, serializer.serialize_json(workflow)),
    )
    connection.commit()
    for element, answer in ANSWERS:
        row = connection.execute(
            "SELECT saved::text FROM baseline WHERE id = %s FOR UPDATE", (id_,)
        ).fetchone()
        workflow = serializer.deserialize_json(row[0])
        task = workflow.get_next_task(spec_name=element, state=TaskState.READY)
        task.data.update(answer)
        task.run()
        workflow.refresh_waiting_tasks()
        workflow.do_engine_steps()
        connection.execute(
            "UPDATE baseline SET saved = %s WHERE id = %s",
            (serializer.serialize_json(workflow), id_),
        )
        connection.commit()
    waiting = {
        task.task_spec.name for task in workflow.get_tasks(state=TaskState.WAITING)
    }
    if not {"until_order", "application_withdrawn"} <= waiting:
        raise RuntimeError(f"the yardstick's case waits for {waiting}")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(sys.argv[1], float(sys.argv[2]))))
