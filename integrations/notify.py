"""Messages to people: by SMS, or to a personal account (BA 1.11, 1.18)."""

from marshmallow import fields, validate

from integrations.operation import Operation, Picked, Words

SYSTEM = "notify"
LOCALES = ("kk", "ru", "en")


class AskedApplication(Picked):
    number = Words(50, required=True)


class SendAsks(Picked):
    """`to`: a telephone (+77..), or the name of an account or office.

    `template` names the message; `text` is its wording where the process has one.
    `application` lets the operator of messages find the case.
    """

    to = Words(200, required=True)
    template = Words(100, required=True)
    locale = fields.String(required=True, validate=validate.OneOf(LOCALES))
    text = Words(2_000, allow_none=True)
    application = fields.Nested(AskedApplication, allow_none=True)


class SendAnswer(Picked):
    message_id = Words(50, required=True)


OPERATIONS = (Operation("notify", SYSTEM, "/v1/send", SendAsks(), SendAnswer()),)
