"""FEEL as forms read it: strict, but where a question is still open it gives null."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflows import feel

_NULL = re.compile(r"\bnull\b")


def evaluate(
    expression: feel.Expression,
    values: Mapping[str, Any],
    environment: feel.Environment,
) -> feel.Value:
    """The value of an expression of a form.

    A page is looked at while half of its questions are open, and `count * 2` of an open
    count is nothing yet, as in form-js: where strict FEEL refuses a null, the standard
    has its say. Unknown names and values of wrong types stay errors.
    """
    try:
        return expression.evaluate(values, environment)
    except feel.WrongType as error:
        if not _NULL.search(error.actual):
            raise
    return expression.evaluate(values, replace(environment, lenient=True))
