"""What the API takes and answers about webhooks."""

from marshmallow import fields, validate

from server.api.answers import Output, page_of
from server.api.reading import ListQuery, Text
from server.api.schemas import Input
from workflows.webhook_addresses import MOST_LETTERS
from workflows.webhook_outbox import EVENTS

URL = "https://registry.example.kz/rasim"
HOOK = "0c8d3f5e-7b21-4a96-b3de-51f0a8c94e62"
STATES = ("active", "failing", "disabled")
DELIVERY_STATES = ("waiting", "delivered", "failed", "dropped")
WEBHOOK_EXAMPLE = {
    "id": HOOK,
    "owner": "registry",
    "url": URL,
    "events": ["case.ended", "task.created"],
    "process_key": "first_grade_admission",
    "offices": ["school-1"],
    "state": "active",
    "because": None,
    "failing_since": None,
    "waiting": 0,
    "failed": 0,
    "created_at": "2026-06-01T05:00:00+00:00",
}
NEW_EXAMPLE = WEBHOOK_EXAMPLE | {
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
}
CREATION_EXAMPLE = {
    "url": URL,
    "events": ["case.ended", "task.created"],
    "process_key": "first_grade_admission",
    "office": "school-1",
}
DELIVERY_EXAMPLE = {
    "id": "5d1f7c80-93ab-4e2d-8f46-c7b05e9a1d34",
    "event": "task.created",
    "instance_id": "3f2b8c1e-5a47-4c39-9d0e-6b1f7a2c8d54",
    "at": "2026-06-01T05:00:00+00:00",
    "state": "waiting",
    "attempts": 2,
    "next_at": "2026-06-01T05:01:05+00:00",
    "last_status": 502,
    "last_error": "answered 502",
    "ended_at": None,
}


class WebhookCreation(Input):
    url = Text(
        required=True,
        most=MOST_LETTERS,
        metadata={"description": "Begins with https:// and leads out into the world."},
    )
    events = fields.List(
        fields.String(validate=validate.OneOf(EVENTS)),
        required=True,
        validate=validate.Length(1, len(EVENTS)),
    )
    process_key = Text(load_default=None, allow_none=True)
    office = Text(
        load_default=None,
        allow_none=True,
        metadata={"description": "With all below it; else all that the caller sees."},
    )


class DeliveryQuery(ListQuery):
    state = fields.String(load_default=None, validate=validate.OneOf(DELIVERY_STATES))


class WebhookOut(Output):
    id = fields.UUID()
    owner = fields.String()
    url = fields.String()
    events = fields.List(fields.String())
    process_key = fields.String(allow_none=True)
    offices = fields.List(fields.String())
    state = fields.String(metadata={"enum": [*STATES]})
    because = fields.String(
        allow_none=True,
        metadata={
            "enum": ["failing", "gone", "rights", None],
            "description": "Why it is disabled: nothing arrived for days, the receiver "
            "answered 410, or the owner sees nothing there any more.",
        },
    )
    failing_since = fields.DateTime(allow_none=True)
    waiting = fields.Integer(metadata={"description": "Deliveries that wait."})
    failed = fields.Integer(metadata={"description": "Deliveries given up."})
    created_at = fields.DateTime()


class NewWebhookOut(WebhookOut):
    secret = fields.String(
        allow_none=True,
        metadata={"description": "Signs what is sent. Told in this answer alone."},
    )


class DeliveryOut(Output):
    id = fields.UUID(metadata={"description": "What is sent has it as webhook-id."})
    event = fields.String()
    instance_id = fields.UUID()
    at = fields.DateTime(metadata={"description": "When it happened."})
    state = fields.String(metadata={"enum": [*DELIVERY_STATES]})
    attempts = fields.Integer()
    next_at = fields.DateTime(allow_none=True)
    last_status = fields.Integer(allow_none=True)
    last_error = fields.String(allow_none=True)
    ended_at = fields.DateTime(allow_none=True)


WebhookList = page_of(WebhookOut)
DeliveryList = page_of(DeliveryOut)
PAGE = {"next_cursor": None, "total": 1, "total_is_capped": False}
LIST_EXAMPLE = {"items": [WEBHOOK_EXAMPLE], **PAGE}
DELIVERIES_EXAMPLE = {"items": [DELIVERY_EXAMPLE], **PAGE}
