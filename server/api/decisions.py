"""Decisions, asked from outside: nothing is stored."""

import json
from typing import Any

from flask import Response, current_app

from server.api import answers, schemas
from server.api.blueprints import decisions as blueprint
from server.api.values import encoded
from server.auth import authenticated
from server.context import caller, services, transaction, world
from workflows import feel
from workflows.model import NotAllowed, Role


@blueprint.post("/<path:key>/evaluate")
@authenticated
@blueprint.arguments(schemas.DecisionEvaluation())
@blueprint.response(200, answers.DecisionOut())
@blueprint.says(refuses=(403,), stores_nothing=True)
def evaluate(body: dict[str, Any], key: str) -> Response:
    """Evaluate the newest version of a decision or decision service, by its id."""
    lenient = body["lenient"]
    if lenient and not caller().has(Role.ADMINISTRATOR):
        raise NotAllowed(action="evaluate leniently", kind="decision")
    with transaction() as tx:
        ready = world().library.models.newest(tx, key)
    variables = ready.inputs.read(body["variables"], lenient=lenient)
    environment = feel.Environment(clock=services().clock, lenient=lenient)
    outcome = ready.evaluate(variables, environment)
    rules = json.dumps(outcome.matched_rules, ensure_ascii=False)
    text = f'{{"result": {encoded(outcome.value)}, "matched_rules": {rules}}}'
    return current_app.response_class(text, mimetype="application/json")
