"""ҰББДҚ, the national education database: preschool classes, places, enrolments.

Preschool class of the same school (ADM-4.1), one application for a child (BA 1.16),
free places (BA 1.13), enrolment, and the place freed on withdrawal (ADM-6).
"""

from marshmallow import fields, validate

from integrations.operation import Bin, Iin, Operation, Picked, Truth, Words

SYSTEM = "nobd"
LANGUAGES = ("kk", "ru")


class AskedChild(Picked):
    iin = Iin(required=True)


class AskedSchool(Picked):
    bin = Bin(required=True)


class AskedNumber(Picked):
    number = Words(50, required=True)


class AskedApplication(AskedNumber):
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))


class PreschoolAsks(Picked):
    child = fields.Nested(AskedChild, required=True)


class PreschoolAnswer(Picked):
    """`bin` of the organisation whose preschool class the child attended, or null."""

    completed = Truth(required=True)
    bin = Bin(required=True, allow_none=True)


class CheckAsks(Picked):
    child = fields.Nested(AskedChild, required=True)
    school = fields.Nested(AskedSchool, required=True)
    application = fields.Nested(AskedApplication, required=True)


class CheckAnswer(Picked):
    """`other_application`: number of another live application for the child, or null.

    `class_language` is that of the class with `free_places`: the one asked for, if the
    school teaches in it.
    """

    other_application = Words(50, required=True, allow_none=True)
    free_places = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, 10_000)
    )
    class_language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))


class PlaceAsks(Picked):
    child = fields.Nested(AskedChild, required=True)
    school = fields.Nested(AskedSchool, required=True)
    application = fields.Nested(AskedNumber, required=True)


class EnrolAnswer(Picked):
    enrolment_id = Words(50, required=True)
    enrolled_at = fields.AwareDateTime(required=True, format="iso")


class FreeAnswer(Picked):
    freed = Truth(required=True)


OPERATIONS = (
    Operation(
        "nobd.preschool", SYSTEM, "/v1/preschool", PreschoolAsks(), PreschoolAnswer()
    ),
    Operation("nobd.check", SYSTEM, "/v1/check", CheckAsks(), CheckAnswer()),
    Operation(
        "nobd.enrol",
        SYSTEM,
        "/v1/enrol",
        PlaceAsks(),
        EnrolAnswer(),
        business=frozenset({"no_free_places", "already_enrolled"}),
    ),
    Operation(
        "nobd.free",
        SYSTEM,
        "/v1/free",
        PlaceAsks(),
        FreeAnswer(),
        business=frozenset({"not_enrolled"}),
    ),
)
