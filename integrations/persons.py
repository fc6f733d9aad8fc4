"""ЖТ МДҚ, the state database of natural persons: who somebody is and where registered.

Confirms what the application tells of applicant and child (BA 1.6 age, 1.9 documents
of the state systems, 1.14 served territory; ADM-4.2).
"""

from marshmallow import fields, validate

from integrations.operation import Day, Iin, Operation, Picked, Truth, Words

SYSTEM = "persons"
PROBLEMS = (
    "applicant_unknown",
    "applicant_dead",
    "applicant_name_differs",
    "child_unknown",
    "child_dead",
    "child_name_differs",
    "child_birth_date_differs",
)


class AskedApplicant(Picked):
    iin = Iin(required=True)
    name = Words(200, required=True)


class AskedChild(AskedApplicant):
    birth_date = Day(required=True)


class CheckAsks(Picked):
    applicant = fields.Nested(AskedApplicant, required=True)
    child = fields.Nested(AskedChild, required=True)


class CheckAnswer(Picked):
    """`found`: both are registered. The rest is of the child, null when unknown."""

    found = Truth(required=True)
    problems = fields.List(
        fields.String(validate=validate.OneOf(PROBLEMS)), required=True
    )
    name = Words(200, required=True, allow_none=True)
    birth_date = Day(required=True, allow_none=True)
    address = Words(500, required=True, allow_none=True)
    region = Words(100, required=True, allow_none=True)
    served_area_school_bin = Words(12, required=True, allow_none=True)


OPERATIONS = (
    Operation("persons.check", SYSTEM, "/v1/check", CheckAsks(), CheckAnswer()),
)
