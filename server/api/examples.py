"""Examples of what is sent and answered, put together from the schemas."""

from collections.abc import Mapping
from typing import Any

SHORT = "#/components/schemas/"
CASE = "3f2b8c1e-5a47-4c39-9d0e-6b1f7a2c8d54"
TASK = "b7d9e0a2-1c64-4f8b-8e35-90a4c6d2f713"
APPLICATION: Mapping[str, Any] = {
    "application": {
        "number": "2026-000001",
        "filed_at": "2026-04-01T10:00:00+05:00",
        "channel": "egov",
        "language": "kk",
        "stays": False,
    },
    "applicant": {
        "iin": "850101300123",
        "name": "Айгүл Серікқызы",
        "phone": "+77012345678",
        "locale": "kk",
    },
    "child": {
        "iin": "190315500127",
        "name": "Дана Ержанқызы",
        "birth_date": "2019-03-15",
    },
    "school": {"bin": "010140000127", "name": "№ 1 мектеп"},
}
DAY = "2026-06-01T05:00:00+00:00"
DRAWN = '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions ...'
# By the name of a field; SCHEMA.FIELD where one means something of its own. Of what is
# sent, a field that may be left out is shown only if it is named as SCHEMA.FIELD.
VALUES: Mapping[str, Any] = {
    "InstanceStart.business_key": "2026-000001",
    "InstanceStart.office": "school-1",
    "InstanceStart.variables": APPLICATION,
    "TaskCompletion.variables": {"decision": "accept"},
    "Message.name": "documents_arrived",
    "Message.correlation_key": "2026-000001",
    "Message.variables": {"documents": 3},
    "Message.ttl_seconds": 3600,
    "SignalThrow.name": "admission_closed",
    "SignalThrow.variables": {"closed_on": "2026-08-25"},
    "IncidentRetry.variables": {"school": {"bin": "010140000127"}},
    "Evaluation.expression": "child.age + 1",
    "Evaluation.variables": {"child": {"age": 6}},
    "DecisionEvaluation.variables": {"grade": 1, "filed on": "2026-06-01"},
    "DecisionEvaluation.lenient": False,
    "Delegation.assignee": "deputy",
    "Delegation.note": "Еңбек демалысындамын",
    "ClockMove.advance": "PT8H",
    "Steering.reason": "Ата-ана өтінішін қайтарып алды",
    "Value.value": 7,
    "Definition.version": 1,
    "DefinitionRow.key": "first_grade_admission",
    "DefinitionVersion.source": None,
    "DefinitionHistory.source": None,
    "DefinitionHistory.versions": [],
    "Finding.element_id": "gateway_1",
    "Finding.severity": "warning",
    "Finding.message": "The gateway has one way out.",
    "Release.findings": [],
    "Event.type": "task.claimed",
    "Event.detail": {"task": TASK},
    "Job.type": "notify",
    "Job.last_error": None,
    "QueuedType.type": "nobd.check",
    "QueuedType.pause_reason": None,
    "QueuedType.paused_at": None,
    "QueuedType.paused_by": None,
    "OutsideSystem.system": "nobd",
    "OutsideSystem.is_open": True,
    "OutsideSystem.last_error": "nobd did not answer: ReadTimeoutError",
    "Worker.host": "server-7",
    "Worker.state": "working",
    "Worker.running": {"nobd": 2},
    "Incident.element_id": "calculate",
    "Incident.kind": "expression",
    "Incident.message": "The expression fails.",
    "Incident.detail": {"expression": "1 + null"},
    "Correlated.correlated": 1,
    "Document.field": None,
    "Document.kind": "attachment",
    "Document.name": "анықтама.pdf",
    "Document.media_type": "application/pdf",
    "Document.scan": "clean",
    "Steps.repeatable": [],
    "Lint.deployable": True,
    "Lint.findings": [],
    "Decision.matched_rules": ["rule_3"],
    "actor": "clerk",
    "assignee": "clerk",
    "attempts": 1,
    "business_key": "2026-000001",
    "called_process": None,
    "candidate_groups": ["admission-commission"],
    "content_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "deadline_at": "2026-06-15T13:30:00+00:00",
    "due_at": None,
    "element_id": "decide",
    "ended_at": None,
    "ended_by": None,
    "file": "first_grade_admission.bpmn",
    "form_id": "decide",
    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "id": TASK,
    "incidents": [],
    "instance_id": CASE,
    "key": "first_grade_admission",
    "kind": "process",
    "name": "Шешім қабылдау",
    "names": {"kk": "Бірінші сыныпқа қабылдау", "ru": "Приём в первый класс"},
    "next_at": None,
    "next_cursor": None,
    "norms": ["ADM-12"],
    "office": "school-1",
    "priority": 50,
    "process_key": "first_grade_admission",
    "rule": "gateway-one-way",
    "seq": 1,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size": 20480,
    "task_id": TASK,
    "total": 1,
    "total_is_capped": False,
    "uploaded_by": "clerk",
    "variables": APPLICATION,
    "version": 1,
    "warnings": [],
    "xml": DRAWN,
    "files": ['{"type": "default", "id": "note", "components": []}'],
}
FORMATS = {"uuid": TASK, "date-time": DAY, "binary": "..."}
KINDS: Mapping[str, Any] = {"string": "...", "boolean": False, "object": {}}


def of(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> Any:
    """An example of `schema`, which has a name if it is one of `schemas`."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SHORT)
        return of(schemas[name], schemas, name)
    if "example" in schema:
        return schema["example"]
    if "anyOf" in schema:
        return of(schema["anyOf"][0], schemas)
    if "properties" in schema:
        return _object(schema, schemas, name)
    if "array" in kinds_of(schema):
        return [of(schema["items"], schemas)]
    return _single(schema)


def kinds_of(schema: Mapping[str, Any]) -> list[str]:
    """Its types, however they are written."""
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)


def _object(
    schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str
) -> dict[str, Any]:
    made = {}
    for field, told in schema["properties"].items():
        own = f"{name}.{field}"
        if own in VALUES:
            made[field] = VALUES[own]
        elif field not in schema.get("required", ()):
            continue
        elif field in VALUES:
            made[field] = VALUES[field]
        else:
            made[field] = of(told, schemas)
    return made


def _single(schema: Mapping[str, Any]) -> Any:
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    if "enum" in schema:
        return schema["enum"][0]
    if "integer" in kinds_of(schema):
        return max(1, schema.get("minimum", 1))
    return next((KINDS[kind] for kind in kinds_of(schema) if kind in KINDS), None)
