"""The health system: a child's passport 052-2/у and immunisation 065/у (BA 1.9)."""

from marshmallow import fields

from integrations.operation import Day, Iin, Operation, Picked, Truth

SYSTEM = "health"


class AskedChild(Picked):
    iin = Iin(required=True)


class CheckAsks(Picked):
    child = fields.Nested(AskedChild, required=True)


class CheckAnswer(Picked):
    """Whether each form is there and filled, as of the day `checked_on`."""

    passport_052_2 = Truth(required=True)
    immunisation_065 = Truth(required=True)
    checked_on = Day(required=True)


OPERATIONS = (
    Operation("health.check", SYSTEM, "/v1/check", CheckAsks(), CheckAnswer()),
)
