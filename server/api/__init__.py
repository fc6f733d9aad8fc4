"""The JSON API: what other programs rely on, described by its own OpenAPI document."""

from importlib.metadata import version

from flask import Flask
from flask_smorest import Api  # type: ignore[import-untyped]  # no annotations

from server.api import (
    blueprints,
    clock,
    decisions,
    definitions,
    deployments,
    docs,
    document,
    documents,
    feel,
    idempotency,
    incidents,
    instances,
    interventions,
    jobs,
    lint,
    messages,
    queue,
    signals,
    tasks,
    webhooks,
)
from server.api.answers import ProblemOut

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
    queue,
    signals,
    tasks,
    webhooks,
)
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
            "marshmallow_plugin": document.Plugin(document.schema_name),
        },
    )
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for blueprint in blueprints.ALL:
        api.register_blueprint(blueprint)
    app.register_blueprint(docs.blueprint)
    app.extensions[docs.DOCUMENT] = document.finished(api.spec.to_dict(), app)


def _info() -> dict[str, str]:
    return {"description": ABOUT, "x-release": version("rasim")}
