"""What the API takes and answers where a case is steered by hand."""

from marshmallow import fields

from server.api.answers import Output, in_language
from server.api.reading import Text, Variables
from server.api.schemas import Input
from workflows.instances import MOST_REASON
from workflows.standing import StepRow

STEP = "7f0c5c1e-2b1c-4a6e-9d5b-0c2f6a3f1b10"


def _name(row: StepRow) -> str | None:
    return in_language(row.names)


class Steering(Input):
    reason = Text(load_default=None, allow_none=True, most=MOST_REASON)


class Skip(Input):
    step = fields.UUID(required=True)
    reason = Text(required=True, most=MOST_REASON)
    variables = Variables(
        load_default=dict,
        metadata={"description": "What the step would have brought."},
    )


class Move(Input):
    step = fields.UUID(required=True)
    to = Text(required=True, metadata={"description": "The id of an element."})
    reason = Text(required=True, most=MOST_REASON)


class Repeat(Input):
    element_id = Text(required=True)
    reason = Text(required=True, most=MOST_REASON)


class StepOut(Output):
    step = fields.UUID(metadata={"description": "Names the place in what is done."})
    element_id = fields.String()
    process = fields.String(
        allow_none=True, metadata={"description": "The called process, if any."}
    )
    name = fields.Function(_name, metadata={"type": ["string", "null"]})
    kind = fields.String(
        metadata={
            "description": "task, job, timer, message, signal, events (the first of"
            " several), join, sub_process, call, several (done several times),"
            " undoing, or step (held by an incident)."
        }
    )
    path = fields.List(
        fields.String(), metadata={"description": "Sub-processes and calls around it."}
    )
    since = fields.DateTime(allow_none=True)
    due_at = fields.DateTime(allow_none=True)
    incident = fields.UUID(allow_none=True)
    can_skip = fields.Boolean()
    targets = fields.List(
        fields.String(), metadata={"description": "Elements that it can be moved to."}
    )


class StepsOut(Output):
    steps = fields.List(fields.Nested(StepOut))
    repeatable = fields.List(
        fields.String(),
        metadata={"description": "Done steps that the case can go back to."},
    )


WHY = "Құжаттар қолмен тексерілді"
SKIP_EXAMPLE = {
    "step": STEP,
    "reason": WHY,
    "variables": {"health": {"passport_052_2": True}},
}
MOVE_EXAMPLE = {"step": STEP, "to": "decide", "reason": WHY}
REPEAT_EXAMPLE = {"element_id": "find_preschool", "reason": WHY}
STEERING_EXAMPLE = {"reason": WHY}
STEPS_EXAMPLE = {
    "steps": [
        {
            "step": STEP,
            "element_id": "check_health",
            "process": None,
            "name": "Денсаулық паспортын тексеру",
            "kind": "job",
            "path": [],
            "since": "2026-06-01T05:00:00+00:00",
            "due_at": None,
            "incident": None,
            "can_skip": True,
            "targets": ["check_health"],
        }
    ],
    "repeatable": ["find_preschool"],
}
