"""What a program is told about an error of HTTP itself, in English."""

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
)

# An address that none of the calls has.
NO_CALL = "There is no such call; they are at /api/v1/docs. An id is a whole UUID."
NO_CALL_SLASH = "There is no such call. Leave out the slash at the end."


def detail(error: HTTPException) -> str | None:
    """What is wrong with the request, and what to do."""
    told: Mapping[str, Any] = getattr(error, "data", None) or {}
    message = told.get("message")
    if message is not None:
        return str(message)
    if "messages" in told:
        return "Some fields need mending."
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        return f"This address takes {', '.join(sorted(error.valid_methods))}."
    if isinstance(error, RequestEntityTooLarge) and request.max_content_length:
        return f"Send at most {request.max_content_length} bytes."
    if isinstance(error, NotFound) and request.url_rule is None:
        return NO_CALL_SLASH if request.path.endswith("/") else NO_CALL
    return error.description
