"""What a form-js schema allows as an answer: lengths, bounds, patterns."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from forms.model import Kind, Limits

Refuse = Callable[[str, str], None]

LONGEST_LINE = 1_000  # characters of a text field whose form sets no limit
LONGEST_TEXT = 20_000
LONGEST_PATTERN = 200

_WORDS = frozenset({"required", "minLength", "maxLength"})
ALLOWED: Mapping[Kind, frozenset[str]] = {
    Kind.TEXT: _WORDS | {"pattern", "validationType"},
    Kind.TEXTAREA: _WORDS,
    Kind.NUMBER: frozenset({"required", "min", "max"}),
}
# A repeat of a repeat can take longer than the age of the universe on 40 letters.
_NESTED_REPEAT = re.compile(r"[+*}][^()]*\)(?:[+*]|\{\d*,)")


def read(raw: Mapping[str, Any], kind: Kind, refuse: Refuse) -> Limits:
    """The limits of one component; what is wrong goes to `refuse(rule, message)`."""
    told = raw.get("validate", {})
    if not isinstance(told, dict):
        refuse("validate", "`validate` must be an object")
        told = {}
    for name in told.keys() - ALLOWED.get(kind, frozenset({"required"})):
        refuse("unknown-property", f"validate `{name}` does not run here: remove it")
    required, from_today = told.get("required", False), raw.get("disallowPassedDates")
    if not isinstance(required, bool):
        refuse("validate", "`required` must be true or false")
    if not isinstance(from_today, bool | None):
        refuse("property-value", "`disallowPassedDates` must be true or false")
    is_text = kind in (Kind.TEXT, Kind.TEXTAREA)
    longest = LONGEST_TEXT if kind is Kind.TEXTAREA else LONGEST_LINE
    limits = Limits(
        required=required is True,
        min_length=_count(told, "minLength", refuse),
        max_length=_count(told, "maxLength", refuse) or (longest if is_text else None),
        minimum=_number(told, "min", refuse),
        maximum=_number(told, "max", refuse),
        pattern=_pattern(told, refuse),
        decimal_digits=_count(raw, "decimalDigits", refuse),
        step=_number(raw, "increment", refuse),
        from_today=from_today is True,
    )
    _refuse_impossible(limits, refuse)
    return limits


def _count(told: Mapping[str, Any], name: str, refuse: Refuse) -> int | None:
    value = told.get(name)
    if value is None or value == "":
        return None
    if type(value) is int and value >= 0:
        return value
    refuse("validate", f"`{name}` must be a whole number, 0 or more")
    return None


def _number(told: Mapping[str, Any], name: str, refuse: Refuse) -> Decimal | None:
    value = told.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    refuse("validate", f"`{name}` must be a number")
    return None


def _pattern(told: Mapping[str, Any], refuse: Refuse) -> str | None:
    kind = told.get("validationType", "custom")
    if kind not in ("", "custom"):
        refuse("validate", f"validationType `{kind}` does not run: write a `pattern`")
    pattern = told.get("pattern")
    if pattern is None or pattern == "":
        return None
    if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN:
        refuse(
            "pattern", f"`pattern` must be text of {LONGEST_PATTERN} letters at most"
        )
        return None
    if _NESTED_REPEAT.search(pattern):
        refuse("pattern", "a repeat of a repeat can hang: write it without")
        return None
    try:
        re.compile(pattern, re.ASCII)
    except re.error as e:
        refuse("pattern", f"`pattern` is not a regular expression: {e}")
        return None
    return pattern


def _refuse_impossible(limits: Limits, refuse: Refuse) -> None:
    shortest, longest = limits.min_length, limits.max_length
    if shortest is not None and longest is not None and shortest > longest:
        refuse(
            "validate", f"no answer is {shortest} or more and {longest} or fewer long"
        )
    low, high = limits.minimum, limits.maximum
    if low is not None and high is not None and low > high:
        refuse("validate", f"no number is {low} or more and {high} or less")
    if limits.step is not None and limits.step <= 0:
        refuse("validate", "`increment` must be above 0")
