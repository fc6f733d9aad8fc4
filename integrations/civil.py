"""АХАЖ, the civil registry: whether the applicant is parent or representative.

Only a parent or legal representative is a recipient of the service (ADM-2.2).
"""

from marshmallow import fields, validate

from integrations.operation import Iin, Operation, Picked, Truth, Words

SYSTEM = "civil"
RELATIONS = ("mother", "father", "guardian")


class AskedPerson(Picked):
    iin = Iin(required=True)


class CheckAsks(Picked):
    applicant = fields.Nested(AskedPerson, required=True)
    child = fields.Nested(AskedPerson, required=True)


class CheckAnswer(Picked):
    """`relation` and the number of the act that shows it; null when not related."""

    related = Truth(required=True)
    relation = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(RELATIONS)
    )
    act_number = Words(50, required=True, allow_none=True)


OPERATIONS = (
    Operation("civil.check", SYSTEM, "/v1/check", CheckAsks(), CheckAnswer()),
)
