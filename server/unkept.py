"""Where, in what a program sent, the value stands that nobody can keep."""

from collections.abc import Mapping
from typing import Any

from flask import g

from workflows import feel

VARIABLES = "variables"  # the field of a body that becomes FEEL values
DEEPEST = 10  # steps that are told; what is nested too deep is no path to read


def errors_of(error: feel.NotAValue) -> dict[str, Any]:
    """The field that needs mending; nothing where all that was sent is in order."""
    body = g.get("body")
    sent = body.get(VARIABLES) if isinstance(body, Mapping) else None
    if _is_kept(sent):
        return {}
    path = [VARIABLES]
    while len(path) < DEEPEST and (inner := _unkept(sent)) is not None:
        path.append(inner[0])
        sent = inner[1]
    return {"errors": {".".join(path): [error.reason]}}


def _unkept(value: Any) -> tuple[str, Any] | None:
    """The part of a value that cannot be kept by itself; None for no such part."""
    parts: Any = ()
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    return next(((str(key), one) for key, one in parts if not _is_kept(one)), None)


def _is_kept(value: Any) -> bool:
    try:
        feel.from_plain(value)
    except feel.NotAValue:
        return False
    return True
