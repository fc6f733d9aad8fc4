"""Whether answers of the API are as its own document says."""

import re
from functools import cached_property
from typing import Any

from flask import Flask, Response, request
from jsonschema import Draft202012Validator, FormatChecker

from server.api.docs import DOCUMENT

VARIABLE = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


class Document:
    """The OpenAPI document of an application, ready to compare with."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.validators: dict[str, Draft202012Validator] = {}

    @cached_property
    def told(self) -> dict[str, Any]:
        return self.app.extensions[DOCUMENT]

    @cached_property
    def closed(self) -> dict[str, Any]:
        """The schemas as strict as they are complete: readers may not be so."""
        schemas = self.told["components"]["schemas"]
        return {
            name: {"additionalProperties": False} | schema
            for name, schema in schemas.items()
        }

    def operations(self):
        for path, methods in self.told["paths"].items():
            for method, operation in methods.items():
                if method != "parameters":
                    shared = methods.get("parameters", [])
                    given = [*shared, *operation.get("parameters", [])]
                    yield path, method, operation, [self.whole(one) for one in given]

    def whole(self, part: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in part:
            found: Any = self.told
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part

    def faults(self, value: Any, schema: dict[str, Any]) -> list[str]:
        """How a value differs from what its schema says, and what the schema omits."""
        key = repr(schema)
        if key not in self.validators:
            schema = schema | {"components": {"schemas": self.closed}}
            self.validators[key] = Draft202012Validator(
                schema, format_checker=FormatChecker()
            )
        errors = self.validators[key].iter_errors(value)
        return [f"{one.json_path}: {one.message}"[:300] for one in errors]

    def deviations(self, response: Response) -> list[str]:
        """How the answer to the current request differs from the document."""
        path = VARIABLE.sub(r"{\1}", request.url_rule.rule if request.url_rule else "")
        operation = self.told["paths"].get(path, {}).get(request.method.lower())
        if operation is None:
            return []
        if str(response.status_code) not in operation["responses"]:
            return [f"status {response.status_code}"]
        told = self.whole(operation["responses"][str(response.status_code)])
        found = [
            f"no header {name}"
            for name, header in told.get("headers", {}).items()
            if self.whole(header).get("required") and name not in response.headers
        ]
        if response.status_code == 204:
            return found if response.data == b"" else [*found, "a body"]
        content = told["content"].get(response.mimetype) or told["content"].get("*/*")
        if content is None:
            return [*found, f"content type {response.mimetype}"]
        if not response.mimetype.endswith("json"):
            return found
        return found + self.faults(response.get_json(), content["schema"])


def watched(app: Flask) -> list[str]:
    """From now on every answer is compared; what differs is added to the list."""
    document, found = Document(app), []

    @app.after_request
    def compare(response: Response) -> Response:
        # A fault of ours is no promise: the test that makes one says so itself.
        if response.status_code != 500 and not response.is_streamed:
            found.extend(
                f"{request.method} {request.path}, {response.status_code}: {one}"
                for one in document.deviations(response)
            )
        return response

    # The first of the list runs last of all: with the headers that `edge` adds.
    functions = app.after_request_funcs[None]
    functions.insert(0, functions.pop())
    return found
