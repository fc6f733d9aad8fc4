"""The OpenAPI document and a page that tells it to people, without scripts."""

from typing import Any

from flask import Blueprint, Response, current_app, json, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from server import errors
from server.api.blueprints import PREFIX
from server.auth import public

DOCUMENT = "rasim.openapi"
blueprint = Blueprint("api_docs", __name__, url_prefix=PREFIX)


@blueprint.get("/openapi.json")
@public
def document() -> ResponseReturnValue:
    response = Response(
        json.dumps(current_app.extensions[DOCUMENT]), mimetype="application/json"
    )
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/docs")
@public
def page() -> str:
    told = current_app.extensions[DOCUMENT]
    return render_template(
        "api/docs.html",
        info=told["info"],
        tags=told.get("tags", []),
        operations=_operations(told),
        schemas=told["components"]["schemas"],
        kinds={kind.slug: kind for kind in errors.TABLE.values()}.values(),
        marked=_marked,
        prefix=PREFIX,
        reference=_reference,
        shown=_shown,
    )


def _operations(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"method": method.upper(), "path": path, **operation}
        | {
            "parameters": [_whole(one, told) for one in _parameters(paths, operation)],
            "responses": {
                status: _whole(one, told)
                for status, one in operation["responses"].items()
            },
        }
        for path, paths in told["paths"].items()
        for method, operation in paths.items()
        if method != "parameters"
    ]


def _parameters(
    paths: dict[str, Any], operation: dict[str, Any]
) -> list[dict[str, Any]]:
    return [*paths.get("parameters", []), *operation.get("parameters", [])]


def _whole(part: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` stands for."""
    if "$ref" not in part:
        return part
    found: Any = told
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _marked(told: str) -> Markup:
    """Words of the document, with what stands between backticks as code."""
    parts = told.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part
        for place, part in enumerate(parts)
    )


def _shown(example: Any) -> str:
    """An example as it is sent, in lines."""
    return json.dumps(example, indent=2, ensure_ascii=False, sort_keys=False)


def _reference(schema: dict[str, Any] | None) -> str:
    """A schema as a reader sees it: its name, or its type."""
    if not schema:
        return ""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(_reference(one) for one in schema["anyOf"])
    kind = schema.get("type", "")
    kinds = kind if isinstance(kind, list) else [kind]
    said = " | ".join(map(str, kinds))
    if "array" in kinds:
        said = said.replace("array", f"[{_reference(schema.get('items'))}]")
    if schema.get("format"):
        said += f" ({schema['format']})"
    if schema.get("enum"):
        said += ": " + ", ".join(str(one) for one in schema["enum"])
    return said
