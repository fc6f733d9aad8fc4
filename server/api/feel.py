"""FEEL, tried out by those who draw procedures."""

from typing import Any

from server.api import answers, schemas
from server.api.blueprints import feel as blueprint
from server.auth import require
from server.context import services
from workflows import feel
from workflows.model import Role


@blueprint.post("/evaluate")
@require(Role.DESIGNER, Role.ADMINISTRATOR)
@blueprint.arguments(schemas.Evaluation())
@blueprint.response(200, answers.ValueOut())
@blueprint.says(stores_nothing=True)
def evaluate(body: dict[str, Any]) -> dict[str, Any]:
    """The value of an expression; whatever a procedure would refuse is refused."""
    text = body["expression"].strip().removeprefix("=").strip()
    with feel.Parser() as parser:
        tree = parser.parse(text)
    variables = {
        name: feel.from_plain(value) for name, value in body["variables"].items()
    }
    value = feel.compile_tree(tree, text).evaluate(
        variables, feel.Environment(clock=services().clock)
    )
    return {"value": feel.plain(value), "warnings": []}
