"""The OpenAPI document: what the views say, and what holds for every call.

Roles come from the rules of the routes, bounds from the schemas that read requests,
the words of errors from the table that answers them.
"""

import re
from collections.abc import Iterator
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask
from marshmallow import Schema
from werkzeug.http import HTTP_STATUS_CODES

from server import auth, errors, limits
from server.api import examples, idempotency, reading
from server.api.answers import Output
from server.api.blueprints import KNOWN_ROLES, REFUSES, ROLES, STORES_NOTHING
from workflows import model

REFERENCE = {"schema": {"$ref": f"{examples.SHORT}Problem"}}
RETRY_AFTER = {
    "description": "Seconds to wait.",
    "required": True,
    "schema": {"type": "integer", "minimum": 0},
}
REQUEST_ID = {
    "description": "The id of this request, as in the service's log.",
    "required": True,
    "schema": {"type": "string"},
}
REPLAYED = {
    "description": "There, and `true`, where this is the answer to an earlier request.",
    "required": False,
    "schema": {"type": "string", "enum": ["true"]},
}
CHALLENGE = {"required": True, "schema": {"type": "string"}}
# What each refusal is; the example is one error that leads to it, or its own words.
REFUSALS: dict[int, tuple[str, model.RasimError | str]] = {
    400: ("It cannot be read", "This is not JSON: Expecting value, line 1, column 1."),
    401: ("Without a valid token", auth.NotSignedIn()),
    403: ("Not for this caller", model.NotAllowed(action="claim", kind="task")),
    404: (
        "Not there, or not for the caller's offices",
        model.NotFound(kind="case", key=examples.CASE),
    ),
    409: (
        "Its state forbids it",
        model.MoveRefused(kind="task", state="completed", move="claimed"),
    ),
    413: ("Too large", "Send at most 1048576 bytes."),
    415: (
        "Of another type",
        "Send JSON, with the header Content-Type: application/json.",
    ),
    422: (
        "Something needs mending; `errors` names the fields",
        model.InputRefused(field="limit", reason="between 1 and 200"),
    ),
    429: ("Too many requests", limits.TooMany(seconds=5)),
    503: ("The service cannot answer now; try again", model.DatabaseUnavailable()),
}
HEADERS = {
    401: {"WWW-Authenticate": CHALLENGE},
    429: {"Retry-After": RETRY_AFTER},
    503: {"Retry-After": RETRY_AFTER},
}
WRITES = ("post", "delete")
EVERY_CALL = (400, 401, 429, 503)  # 400: a NUL in the address
VARIABLE = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


class Converter(OpenAPIConverter):
    """Output is whole: every field is required. TOLD: what no field says of itself."""

    def schema2jsonschema(self, schema: type[Schema] | Schema) -> dict[str, Any]:
        told: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]  # half annotated
        kind = schema if isinstance(schema, type) else type(schema)
        told |= getattr(kind, "TOLD", {})
        if issubclass(kind, Output):
            told["required"] = sorted(told["properties"])
        return told


class Plugin(MarshmallowPlugin):
    Converter = Converter


def schema_name(schema: type[Schema] | Schema | str) -> str:
    """As programs see it: without our mark of what is output."""
    if isinstance(schema, str):
        return schema
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Out")


def finished(document: dict[str, Any], app: Flask) -> dict[str, Any]:
    """What apispec made of the views, with what it cannot know."""
    parts = document["components"]
    # smorest's own way to page, which no call of ours takes.
    parts["schemas"].pop("PaginationMetadataSchema", None)
    parts["responses"] = {_named(status): _refusal(status) for status in REFUSALS}
    parts["headers"] = {"RequestId": REQUEST_ID, "Replayed": REPLAYED}
    parts.setdefault("parameters", {})["IdempotencyKey"] = _key()
    endpoints = _endpoints(app)
    for path, method, operation in _operations(document):
        endpoint = endpoints[path, method]
        operation["operationId"] = endpoint.removeprefix("api_").replace(".", "_")
        in_path = document["paths"][path].get("parameters", [])
        _read(operation, in_path, is_write=method in WRITES)
        _refuse(operation, has_id=bool(in_path))
        _allow(operation, auth.rule_of(app, endpoint))
        _show(operation, parts["schemas"])
    return document


def _operations(
    document: dict[str, Any],
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield path, method, operation


def _endpoints(app: Flask) -> dict[tuple[str, str], str]:
    return {
        (VARIABLE.sub(r"{\1}", rule.rule), method.lower()): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }


def _read(
    operation: dict[str, Any], in_path: list[dict[str, Any]], *, is_write: bool
) -> None:
    """Parameters as they are written in an address: a null cannot be."""
    told = operation.get("parameters", [])
    # OpenAPI has no word for a name that goes on after a point: said in the text.
    spread = [one for one in told if one["schema"].get("type") == "object"]
    for one in spread:
        words = f"{one['name'].capitalize()}: {one['description'].lower()}"
        operation["description"] = _joined(operation.get("description"), words)
    kept = [one for one in told if one not in spread]
    for one in (*kept, *in_path):
        one["schema"] = _without_null(one["schema"])
        if one in in_path and one["schema"] == {"type": "string"}:
            one["schema"]["maxLength"] = reading.TEXT_MOST
        example = one["schema"].pop("example", None)
        one["example"] = example or _example_of(one)
    if is_write and not operation.pop(STORES_NOTHING, False):
        kept.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if kept:
        operation["parameters"] = kept


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    told = {key: one for key, one in schema.items() if (key, one) != ("default", None)}
    if isinstance(told.get("type"), list):
        (told["type"],) = (kind for kind in told["type"] if kind != "null")
    if "enum" in told:
        told["enum"] = [one for one in told["enum"] if one is not None]
    return told


def _example_of(parameter: dict[str, Any]) -> Any:
    schema, name = parameter["schema"], parameter["name"]
    if schema.get("format") or "enum" in schema or schema["type"] != "string":
        return schema.get("default", examples.of(schema, {}))
    return examples.VALUES.get(name, name)


def _refuse(operation: dict[str, Any], *, has_id: bool) -> None:
    """Every status that the call may answer instead."""
    statuses = {*EVERY_CALL, *operation.pop(REFUSES, ())}
    if operation.get("parameters"):
        statuses.add(422)
    if has_id:
        statuses.add(404)
    if "requestBody" in operation:
        statuses |= {413, 415, 422}
    responses = operation["responses"]
    for told in ("default", "422"):
        responses.pop(told, None)
    for status in sorted(statuses):
        responses[str(status)] = {"$ref": f"#/components/responses/{_named(status)}"}
    operation["responses"] = dict(sorted(responses.items()))


def _allow(operation: dict[str, Any], rule: auth.Rule | None) -> None:
    """The roles of which the caller needs one at the office that it is about."""
    roles = operation.pop(ROLES, None) or (rule.roles if rule else ()) or KNOWN_ROLES
    operation["x-roles"] = sorted(map(str, roles))
    words = f"For {', '.join(operation['x-roles'])}."
    operation["description"] = _joined(operation.get("description"), words)
    if operation["x-roles"] != sorted(map(str, KNOWN_ROLES)):
        refused = {"$ref": f"#/components/responses/{_named(403)}"}
        responses = operation["responses"] | {"403": refused}
        operation["responses"] = dict(sorted(responses.items()))


def _show(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """An example of what is sent and of each answer."""
    for media in operation.get("requestBody", {}).get("content", {}).values():
        media.setdefault("example", examples.of(media["schema"], schemas))
    is_once = any("$ref" in one for one in operation.get("parameters", ()))
    for response in operation["responses"].values():
        if "$ref" in response:
            continue
        response["headers"] = {
            "X-Request-Id": {"$ref": "#/components/headers/RequestId"}
        }
        if is_once:
            response["headers"][idempotency.REPLAYED] = {
                "$ref": "#/components/headers/Replayed"
            }
        for media in response.get("content", {}).values():
            media.setdefault("example", examples.of(media["schema"], schemas))


def _refusal(status: int) -> dict[str, Any]:
    description, cause = REFUSALS[status]
    told: dict[str, Any]
    if isinstance(cause, str):
        told = {"type": "about:blank", "title": HTTP_STATUS_CODES[status]}
        told |= {"status": status, "detail": cause}
    else:
        kind = errors.kind_of(cause)
        told = {"type": kind.type, "title": kind.title, "status": kind.status}
        told |= {"detail": str(cause)} | errors.members(cause)
    return {
        "description": description,
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
        | HEADERS.get(status, {}),
        "content": {errors.PROBLEM_JSON: REFERENCE | {"example": told}},
    }


def _named(status: int) -> str:
    return f"Refused{status}"


def _key() -> dict[str, Any]:
    return {
        "name": idempotency.HEADER,
        "in": "header",
        "required": False,
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "pattern": "^[!-~]+$",
        },
        "description": "A repeat of the same request under this key gives its answer.",
        "example": "5b0e8a52-9d1c-4a37-b0d5-2f61c9a7e840",
    }


def _joined(text: str | None, more: str) -> str:
    return f"{text}\n\n{more}" if text else more
