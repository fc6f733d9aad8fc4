"""The yardstick: stock SpiffWorkflow in two processes, saved as JSON at each transition.

No HTTP, no queue, no history: a case is restored, moved one transition and saved in a
transaction of its own, as a service around stock SpiffWorkflow must at the least.
"""

import multiprocessing
import time
import uuid
from pathlib import Path
from typing import Any

import psycopg
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

DRAWING = Path(__file__).with_suffix(".bpmn")
PROCESSES = 2
# One transition each: start, then every answer that the case waits for, in this order.
ANSWERS: list[tuple[str, dict[str, Any]]] = [
    ("find_preschool", {"preschool": {"completed": True, "bin": "050540000155"}}),
    ("check_person", {"person": {"found": True, "address": "Алматы қаласы"}}),
    ("check_relation", {"relation": {"related": True, "relation": "mother"}}),
    ("check_education", {"education": {"other_application": None, "places": 12}}),
    ("check_health", {"health": {"passport": True, "vaccinated": True}}),
    ("decide", {"decision": {"accepted": True, "reason": None, "note": None}}),
    ("enrol", {"enrolment": {"id": "E-1", "at": "2026-06-01T10:00:00+05:00"}}),
    ("tell_accepted", {"message": "M-1"}),
    ("until_order", {}),
]
START = {
    "application": {"number": "A-1", "channel": "egov", "stays": False},
    "applicant": {"iin": "900203400137", "name": "Үлгі Ата-Ана", "phone": "+7701"},
    "child": {"iin": "210514500128", "name": "Үлгі Бала", "birth_date": "2021-05-14"},
    "school": {"bin": "030440000128", "name": "№ 1 жалпы орта білім беретін мектеп"},
}


def measure(database_url: str, seconds: float) -> tuple[float, float]:
    """(cases per second of both processes together, bytes of a saved case)."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS baseline")
        connection.execute("CREATE TABLE baseline (id uuid PRIMARY KEY, saved jsonb)")
    context = multiprocessing.get_context("spawn")
    with context.Pool(PROCESSES) as pool:
        found = pool.starmap(_run, [(database_url, seconds)] * PROCESSES)
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute("SELECT avg(pg_column_size(saved)) FROM baseline")
        size = float((row.fetchone() or (0,))[0] or 0)
        connection.execute("DROP TABLE baseline")
    return sum(cases / took for cases, took in found), size


def _run(database_url: str, seconds: float) -> tuple[int, float]:
    parser = BpmnParser()
    parser.add_bpmn_file(str(DRAWING))
    spec, subs = parser.get_spec("baseline"), parser.get_subprocess_specs("baseline")
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    with psycopg.connect(database_url) as connection:
        _case(connection, serializer, spec, subs)  # not counted: imports, plans
        cases, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            _case(connection, serializer, spec, subs)
            cases += 1
        return cases, time.perf_counter() - started


def _case(connection: Any, serializer: Any, spec: Any, subs: Any) -> None:
    id_ = uuid.uuid4()
    workflow = BpmnWorkflow(spec, subs)
    workflow.get_next_task(state=TaskState.READY).data.update(START)
    workflow.do_engine_steps()
    connection.execute(
        "INSERT INTO baseline VALUES (%s, %s)", (id_, _dumps(serializer, workflow))
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
            (_dumps(serializer, workflow), id_),
        )
        connection.commit()
    if not workflow.is_completed():
        raise RuntimeError("the yardstick did not end its case")


def _dumps(serializer: Any, workflow: Any) -> str:
    # to_dict + dumps, as its documentation shows; its serialize_json is faster, and
    # the faster one is used: the yardstick shall not be made shorter.
    return serializer.serialize_json(workflow)
