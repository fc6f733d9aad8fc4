"""The JSON API: what other programs rely on, described by its own OpenAPI document."""

from importlib.metadata import version
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest import Api  # type: ignore[import-untyped]  # no annotations
from marshmallow import Schema

from server.api import (
    blueprints,
    clock,
    decisions,
    definitions,
    deployments,
    docs,
    documents,
    feel,
    idempotency,
    incidents,
    instances,
    interventions,
    jobs,
    lint,
    messages,
    signals,
    tasks,
)
from server.api.schemas import ProblemOut
from server.errors import PROBLEM_JSON

# Importing a module gives its blueprint its views.
VIEWS = (
    clock,
    decisions,
    definitions,
    deployments,
    documents,
    feel,
    incidents,
    instances,
    interventions,
    jobs,
    lint,
    messages,
    signals,
    tasks,
)
STORE_NOTHING = ("/evaluate", "/lint")  # so a repeat needs no key
ABOUT = (
    "Every call but this document takes `Authorization: Bearer TOKEN`; `rasim token"
    " create NAME` makes one, and revoking it takes effect within five seconds. Every"
    " error is `application/problem+json` (RFC 9457). Times are ISO 8601 with offset."
    f" A write takes an optional `{idempotency.HEADER}`: a repeat gives the first"
    " answer, made anew from what it was about."
)


class _Api(Api):  # type: ignore[misc]  # flask-smorest has no annotations
    """Without smorest's error answers: `server.errors` has ours."""

    ERROR_SCHEMA = ProblemOut

    def _register_error_handlers(self) -> None:
        return


def init_app(app: Flask) -> None:
    """Register every call and the document that describes them."""
    app.config.update(
        API_TITLE="Rásim",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )
    api = _Api(
        app,
        spec_kwargs={
            "info": _info(),
            "security": [{"token": []}],
            "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_schema_name),
        },
    )
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for blueprint in blueprints.ALL:
        api.register_blueprint(blueprint)
    app.register_blueprint(docs.blueprint)
    app.extensions[docs.DOCUMENT] = described(api.spec.to_dict())


def described(document: dict[str, Any]) -> dict[str, Any]:
    """The document with what holds for every call: errors, and keys of writes."""
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for response in document["components"].get("responses", {}).values():
        response["content"] = content
    # smorest's own way to page, which no call of ours takes.
    document["components"]["schemas"].pop("PaginationMetadataSchema", None)
    document["components"].setdefault("parameters", {})["IdempotencyKey"] = {
        "name": idempotency.HEADER,
        "in": "header",
        "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "A repeat of the same request under this key gives its answer.",
    }
    for path, operations in document["paths"].items():
        if "post" in operations and not path.endswith(STORE_NOTHING):
            operations["post"].setdefault("parameters", []).append(
                {"$ref": "#/components/parameters/IdempotencyKey"}
            )
        for operation in operations.values():
            if isinstance(operation, dict):
                if "422" in operation.get("responses", {}):
                    operation["responses"]["422"] = {
                        "description": "Some fields need mending",
                        "content": content,
                    }
    return document


def _schema_name(schema: type[Schema] | Schema | str) -> str:
    """As programs see it: without our mark of what is output."""
    if isinstance(schema, str):
        return schema
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Out")


def _info() -> dict[str, str]:
    return {"description": ABOUT, "x-release": version("rasim")}
