"""What the API takes, field by field; nothing that is not named here."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    pre_load,
    validate,
    validates_schema,
)

from server.api.reading import Key, ListQuery, Moment, Text, Variables, Whole
from workflows.deployments import KINDS
from workflows.messages import TTL_MAX_SECONDS
from workflows.model import IncidentState, InstanceState, JobState, TaskState
from workflows.tasks import NOTE_LETTERS
from workflows.worklist import DUE, VIEWS
from workflows.worklist_statements import SORTS

TTL_DEFAULT_SECONDS = 3600
MOST_VERSION = 2**31 - 1  # what a column of the database holds
SEARCH = "search."  # what the parameters of search variables begin with


class Input(Schema):
    class Meta:
        unknown = RAISE


class InstanceStart(Input):
    process_key = Text(required=True)
    version = Whole(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, MOST_VERSION),
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
    due_before = Moment(load_default=None)
    due_from = Moment(load_default=None)
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
    """Who is to do a task in one's own place, and what they should know."""

    note = Text(load_default="", least=0, most=NOTE_LETTERS)


class Message(Input):
    name = Text(required=True)
    correlation_key = Key(load_default=None, allow_none=True)
    variables = Variables(load_default=dict)
    ttl_seconds = Whole(
        load_default=TTL_DEFAULT_SECONDS,
        validate=validate.Range(0, TTL_MAX_SECONDS),
    )


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
    TOLD: ClassVar = {"minProperties": 1, "maxProperties": 1}

    advance = Text(
        most=40, metadata={"description": "ISO 8601, days and time: PT8H, P2DT30M"}
    )
    now = Moment()

    @validates_schema
    def _one_way(self, data: Mapping[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Give either advance or now.")
