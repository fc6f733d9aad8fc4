"""What the API answers, field by field."""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, fields

from server.i18n import LOCALES
from workflows.deployments import KINDS
from workflows.model import IncidentState, InstanceState, JobState, TaskState

SEVERITIES = ("error", "warning")


def in_language(names: Mapping[str, str]) -> str | None:
    """The name that `Accept-Language` asks for, else the Kazakh one, else any."""
    asked = request.accept_languages.best_match(LOCALES)
    wanted = (asked, *LOCALES) if asked else LOCALES
    return next((names[one] for one in wanted if names.get(one)), None)


def _name(row: Any) -> str | None:
    """Of a row, or of its fields as a mapping."""
    return in_language(row["names"] if isinstance(row, Mapping) else row.names)


class Output(Schema):
    """Every field is in every answer. More may be added: no reader may refuse them."""

    class Meta:
        unknown = EXCLUDE


class EndOut(Output):
    kind = fields.String()
    code = fields.String(allow_none=True)


class InstanceOut(Output):
    id = fields.UUID()
    process_key = fields.String()
    version = fields.Integer()
    business_key = fields.String(allow_none=True)
    state = fields.String(metadata={"enum": [*InstanceState]})
    variables = fields.Raw(metadata={"type": "object"})
    started_at = fields.DateTime()
    ended_at = fields.DateTime(allow_none=True)
    office = fields.String()
    incidents = fields.List(fields.UUID())
    ended_by = fields.Nested(EndOut, allow_none=True)


class TaskOut(Output):
    id = fields.UUID()
    instance_id = fields.UUID()
    process_key = fields.String()
    element_id = fields.String()
    called_process = fields.String(allow_none=True)
    name = fields.Function(_name, metadata={"type": ["string", "null"]})
    state = fields.String(metadata={"enum": [*TaskState]})
    assignee = fields.String(allow_none=True)
    candidate_groups = fields.List(fields.String())
    office = fields.String()
    created_at = fields.DateTime()
    deadline_at = fields.DateTime(allow_none=True)
    due_at = fields.DateTime(allow_none=True)
    priority = fields.Integer()
    form_id = fields.String(allow_none=True)
    norms = fields.List(fields.String())


class TaskDetailOut(TaskOut):
    variables = fields.Raw(metadata={"type": "object"})


class EventOut(Output):
    seq = fields.Integer()
    type = fields.String()
    element_id = fields.String(allow_none=True)
    called_process = fields.String(allow_none=True)
    at = fields.DateTime()
    actor = fields.String()
    detail = fields.Raw(allow_none=True, metadata={"type": "object"})
    hash = fields.String()


class JobOut(Output):
    id = fields.UUID()
    instance_id = fields.UUID()
    element_id = fields.String()
    called_process = fields.String(allow_none=True)
    type = fields.String()
    state = fields.String(metadata={"enum": [*JobState]})
    attempts = fields.Integer()
    next_at = fields.DateTime(allow_none=True)
    last_error = fields.String(allow_none=True)


class IncidentOut(Output):
    id = fields.UUID()
    instance_id = fields.UUID()
    element_id = fields.String()
    called_process = fields.String(allow_none=True)
    kind = fields.String()
    message = fields.String()
    detail = fields.Raw(metadata={"type": "object"})
    opened_at = fields.DateTime()
    state = fields.String(metadata={"enum": [*IncidentState]})


class DefinitionOut(Output):
    key = fields.String()
    version = fields.Integer()
    kind = fields.String(metadata={"enum": [*KINDS]})


class DefinitionRowOut(DefinitionOut):
    name = fields.Function(_name, metadata={"type": ["string", "null"]})
    names = fields.Raw(metadata={"type": "object"})
    file = fields.String()
    released_at = fields.DateTime()
    content_hash = fields.String()


class DefinitionVersionOut(DefinitionRowOut):
    xml = fields.String(
        allow_none=True,
        metadata={"description": "Of a process or decision; else null."},
    )
    source = fields.String(
        allow_none=True, metadata={"description": "The file of any other part."}
    )


class DefinitionHistoryOut(DefinitionVersionOut):
    versions = fields.List(fields.Nested(DefinitionRowOut))


class FindingOut(Output):
    file = fields.String()
    element_id = fields.String(allow_none=True)
    rule = fields.String()
    severity = fields.String(metadata={"enum": [*SEVERITIES]})
    message = fields.String()


class ReleaseOut(Output):
    id = fields.String()
    definitions = fields.List(fields.Nested(DefinitionOut))
    findings = fields.List(fields.Nested(FindingOut))


class LintOut(Output):
    findings = fields.List(fields.Nested(FindingOut))
    deployable = fields.Boolean(
        metadata={"description": "Whether a deployment would accept the files."}
    )


class CorrelatedOut(Output):
    correlated = fields.Integer()


class SignalOut(Output):
    id = fields.String()


class ValueOut(Output):
    value = fields.Raw(allow_none=True)
    warnings = fields.List(fields.String())


class DecisionOut(Output):
    result = fields.Raw(
        allow_none=True,
        metadata={
            "description": "Numbers with all their digits; dates, times and durations "
            "as FEEL writes them.",
            "example": {"accepted": True, "until": "2026-08-25"},
        },
    )
    matched_rules = fields.List(
        fields.String(),
        metadata={
            "description": "Ids of the rules that matched, in the order of the table.",
            "example": ["rule_3"],
        },
    )


class ClockOut(Output):
    now = fields.DateTime()


class DocumentOut(Output):
    id = fields.UUID()
    instance_id = fields.UUID()
    task_id = fields.UUID(allow_none=True)
    kind = fields.String(metadata={"enum": ["answer", "attachment"]})
    field = fields.String(allow_none=True)
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer(metadata={"description": "In bytes."})
    sha256 = fields.String()
    scan = fields.String(metadata={"enum": ["unscanned", "clean", "infected"]})
    uploaded_by = fields.String()
    uploaded_at = fields.AwareDateTime()


class ProblemOut(Schema):
    """RFC 9457; beside its own members those that one type of problem has."""

    class Meta:
        unknown = EXCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    request_id = fields.String()
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "By path of the field that needs mending."},
    )
    findings = fields.List(
        fields.Nested(FindingOut), metadata={"description": "Of a release refused."}
    )
    reason = fields.String(metadata={"description": "Why a form or decision fails."})
    form = fields.String(metadata={"description": "The id of a form that fails."})
    component = fields.String(metadata={"description": "Where the form fails."})
    decision_id = fields.String(metadata={"description": "Of a decision that fails."})
    decision_name = fields.String()
    element = fields.String(
        allow_none=True, metadata={"description": "Where the decision fails."}
    )
    expression = fields.String(metadata={"description": "FEEL that fails."})
    position = fields.Integer(
        allow_none=True, metadata={"description": "Where in it, from 0."}
    )


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a list, which is answered page by page."""
    return Output.from_dict(
        {
            "items": fields.List(fields.Nested(item)),
            "next_cursor": fields.String(allow_none=True),
            "total": fields.Integer(),
            "total_is_capped": fields.Boolean(),
        },
        name=f"{item.__name__.removesuffix('Out')}List",
    )


InstanceList = page_of(InstanceOut)
TaskList = page_of(TaskOut)
EventList = page_of(EventOut)
JobList = page_of(JobOut)
IncidentList = page_of(IncidentOut)
DefinitionList = page_of(DefinitionRowOut)
DocumentList = page_of(DocumentOut)
