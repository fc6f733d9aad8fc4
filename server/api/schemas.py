"""What the API takes and what it answers, field by field; input apart from output."""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    pre_load,
    validate,
    validates_schema,
)

from server.api.reading import Key, ListQuery, Text, Variables
from server.i18n import LOCALES
from workflows.deployments import KINDS
from workflows.model import IncidentState, InstanceState, JobState, TaskState
from workflows.worklist import DUE, VIEWS
from workflows.worklist_statements import SORTS

TTL_DEFAULT_SECONDS = 3600
SEARCH = "search."  # what the parameters of search variables begin with


def in_language(names: Mapping[str, str]) -> str | None:
    """The name that `Accept-Language` asks for, else the Kazakh one, else any."""
    asked = request.accept_languages.best_match(LOCALES)
    wanted = (asked, *LOCALES) if asked else LOCALES
    return next((names[one] for one in wanted if names.get(one)), None)


def _name(row: Any) -> str | None:
    """Of a row, or of its fields as a mapping."""
    return in_language(row["names"] if isinstance(row, Mapping) else row.names)


class Input(Schema):
    class Meta:
        unknown = RAISE


# --- input ------------------------------------------------------------------------


class InstanceStart(Input):
    process_key = Text(required=True)
    version = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1)
    )
    business_key = Text(load_default=None, allow_none=True)
    office = Text(load_default=None, allow_none=True)
    variables = Variables(load_default=dict)


class InstanceQuery(ListQuery):
    process_key = Text(load_default=None)
    state = fields.String(
        load_default=None, validate=validate.OneOf(tuple(InstanceState))
    )
    business_key = Text(load_default=None)


class TaskQuery(ListQuery):
    state = fields.String(
        load_default=None,
        validate=validate.OneOf((*TaskState, "any")),
        metadata={"description": "Without it: created and claimed."},
    )
    candidate_group = Text(load_default=None)
    assignee = Text(load_default=None)
    process_key = Text(load_default=None)
    element_id = Text(load_default=None)
    office = Text(
        load_default=None,
        metadata={"description": "The code of an office; with all below it."},
    )
    instance_id = fields.UUID(load_default=None)
    due = fields.String(load_default=None, validate=validate.OneOf(DUE))
    due_before = fields.AwareDateTime(load_default=None)
    due_from = fields.AwareDateTime(load_default=None)
    breached = fields.Boolean(load_default=False)
    free = fields.Boolean(load_default=False)
    text = Text(
        load_default=None,
        metadata={"description": "Beginnings of words; of closed tasks, the number."},
    )
    search = fields.Dict(
        keys=Text(),
        values=Text(),
        load_default=dict,
        metadata={"description": "Given as `search.PATH=VALUE`, one for each path."},
    )
    view = fields.String(load_default="all", validate=validate.OneOf(VIEWS))
    sort = fields.String(
        load_default=None,
        validate=validate.OneOf(tuple(SORTS)),
        metadata={"description": "Without it: by deadline; closed ones by their end."},
    )

    @pre_load
    def gather(self, given: Any, **_: Any) -> dict[str, Any]:
        """`search.child.iin=...` is the entry `child.iin` of `search`."""
        found = {name: given[name] for name in given if not name.startswith(SEARCH)}
        paths = [name for name in given if name.startswith(SEARCH)]
        if paths:
            found["search"] = {name.removeprefix(SEARCH): given[name] for name in paths}
        return found


class TaskCompletion(Input):
    variables = Variables(load_default=dict)


class Assignment(Input):
    assignee = Text(required=True)


class Delegation(Assignment):
    """Who is to do a task in one's own place; `note`: at most 500 letters."""

    note = Text(load_default="")


class Message(Input):
    name = Text(required=True)
    correlation_key = Key(load_default=None, allow_none=True)
    variables = Variables(load_default=dict)
    ttl_seconds = fields.Integer(strict=True, load_default=TTL_DEFAULT_SECONDS)


class SignalThrow(Input):
    name = Text(required=True)
    variables = Variables(load_default=dict)


class JobQuery(ListQuery):
    state = fields.String(load_default=None, validate=validate.OneOf(tuple(JobState)))
    type_ = Text(load_default=None, data_key="type")
    instance_id = fields.UUID(load_default=None)


class IncidentQuery(ListQuery):
    instance_id = fields.UUID(load_default=None)
    state = fields.String(
        load_default=None, validate=validate.OneOf(tuple(IncidentState))
    )


class IncidentRetry(Input):
    variables = Variables(load_default=None, allow_none=True)


class DefinitionQuery(Input):
    kind = fields.String(
        load_default=None,
        validate=validate.OneOf(KINDS),
        metadata={"description": "Without it the first of these that has the key."},
    )


class Evaluation(Input):
    expression = Text(required=True, most=10_000)
    variables = Variables(load_default=dict)


class DecisionEvaluation(Input):
    variables = Variables(
        load_default=dict,
        metadata={
            "description": "By the names of the inputs. Where an input is declared a "
            "date, time, date and time or duration, a string is read as one.",
            "example": {"grade": 1, "filed on": "2026-06-01", "own class": True},
        },
    )
    lenient = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        metadata={
            "description": "Administrators: FEEL gives null where the standard does."
        },
    )


class ClockMove(Input):
    advance = Text(
        most=40, metadata={"description": "ISO 8601, days and time: PT8H, P2DT30M"}
    )
    now = fields.AwareDateTime()

    @validates_schema
    def _one_way(self, data: Mapping[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Give either advance or now.")


# --- output -----------------------------------------------------------------------


class EndOut(Schema):
    kind = fields.String()
    code = fields.String(allow_none=True)


class InstanceOut(Schema):
    id = fields.UUID()
    process_key = fields.String()
    version = fields.Integer()
    business_key = fields.String(allow_none=True)
    state = fields.String()
    variables = fields.Raw(metadata={"type": "object"})
    started_at = fields.DateTime()
    ended_at = fields.DateTime(allow_none=True)
    office = fields.String()
    incidents = fields.List(fields.UUID())
    ended_by = fields.Nested(EndOut, allow_none=True)


class TaskOut(Schema):
    id = fields.UUID()
    instance_id = fields.UUID()
    process_key = fields.String()
    element_id = fields.String()
    called_process = fields.String(allow_none=True)
    name = fields.Function(_name, metadata={"type": "string"})
    state = fields.String()
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


class EventOut(Schema):
    seq = fields.Integer()
    type = fields.String()
    element_id = fields.String(allow_none=True)
    called_process = fields.String(allow_none=True)
    at = fields.DateTime()
    actor = fields.String()
    detail = fields.Raw(allow_none=True, metadata={"type": "object"})
    hash = fields.String()


class JobOut(Schema):
    id = fields.UUID()
    instance_id = fields.UUID()
    element_id = fields.String()
    called_process = fields.String(allow_none=True)
    type = fields.String()
    state = fields.String()
    attempts = fields.Integer()
    next_at = fields.DateTime(allow_none=True)
    last_error = fields.String(allow_none=True)


class IncidentOut(Schema):
    id = fields.UUID()
    instance_id = fields.UUID()
    element_id = fields.String()
    called_process = fields.String(allow_none=True)
    kind = fields.String()
    message = fields.String()
    detail = fields.Raw(metadata={"type": "object"})
    opened_at = fields.DateTime()
    state = fields.String()


class DefinitionOut(Schema):
    key = fields.String()
    version = fields.Integer()
    kind = fields.String()


class DefinitionRowOut(DefinitionOut):
    name = fields.Function(_name, metadata={"type": "string"})
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


class FindingOut(Schema):
    file = fields.String()
    element_id = fields.String(allow_none=True)
    rule = fields.String()
    severity = fields.String()
    message = fields.String()


class ReleaseOut(Schema):
    id = fields.String()
    definitions = fields.List(fields.Nested(DefinitionOut))
    findings = fields.List(fields.Nested(FindingOut))


class LintOut(Schema):
    findings = fields.List(fields.Nested(FindingOut))
    deployable = fields.Boolean(
        metadata={"description": "Whether a deployment would accept the files."}
    )


class CorrelatedOut(Schema):
    correlated = fields.Integer()


class SignalOut(Schema):
    id = fields.String()


class ValueOut(Schema):
    value = fields.Raw(allow_none=True)
    warnings = fields.List(fields.String())


class DecisionOut(Schema):
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


class ClockOut(Schema):
    now = fields.DateTime()


class ProblemOut(Schema):
    """RFC 9457."""

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
    findings = fields.List(fields.Nested(FindingOut))


def _page_of(item: type[Schema]) -> type[Schema]:
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item)),
            "next_cursor": fields.String(allow_none=True),
            "total": fields.Integer(),
            "total_is_capped": fields.Boolean(),
        },
        name=f"{item.__name__.removesuffix('Out')}List",
    )


InstanceList = _page_of(InstanceOut)
TaskList = _page_of(TaskOut)
EventList = _page_of(EventOut)
JobList = _page_of(JobOut)
IncidentList = _page_of(IncidentOut)
DefinitionList = _page_of(DefinitionRowOut)
