"""What a form-js schema allows as an answer: lengths, bounds, patterns."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from forms import patterns
from forms.entries import Entry
from forms.model import Kind, Limits
from forms.palette import KNOWN

LONGEST_LINE = 1_000  # characters of a text field whose form sets no limit
LONGEST_TEXT = 20_000
MINUTES = (1, 5, 10, 15, 30, 60)  # the intervals that form-js has

_WORDS = (Kind.TEXT, Kind.TEXTAREA)


def read(entry: Entry, kind: Kind) -> Limits:
    """The limits of one question; what is wrong is refused at the entry."""
    told = entry.mapping("validate")
    allowed = KNOWN[entry.raw["type"]].validate
    if entry.properties.get("rasim") is not None:
        allowed = allowed & {"required"}  # its own rules say the rest
    for name in sorted(told.keys() - allowed):
        entry.refuse(
            "unknown-property", f"validate `{name}` does not run here: remove it"
        )
    required = told.get("required", False)
    if not isinstance(required, bool):
        entry.refuse("validate", "`required` must be true or false")
    longest = LONGEST_TEXT if kind is Kind.TEXTAREA else LONGEST_LINE
    feel: dict[str, str] = {}
    longest_told = _count(entry, told, "maxLength", ("max_length", feel))
    if longest_told is None and kind in _WORDS:
        longest_told = longest
    limits = Limits(
        required=required is True,
        min_length=_count(entry, told, "minLength", ("min_length", feel)),
        max_length=longest_told,
        minimum=_number(entry, told, "min", ("minimum", feel)),
        maximum=_number(entry, told, "max", ("maximum", feel)),
        pattern=patterns.read(entry, told.get("pattern")),
        pattern_message=_pattern_message(entry, told),
        decimal_digits=_count(entry, entry.raw, "decimalDigits"),
        step=_number(entry, entry.raw, "increment"),
        from_today=entry.truth("disallowPassedDates", False),
        minutes=_minutes(entry),
        feel=feel,
    )
    _refuse_impossible(limits, entry)
    return limits


def _count(
    entry: Entry,
    told: Mapping[str, Any],
    name: str,
    or_feel: tuple[str, dict[str, str]] | None = None,
) -> int | None:
    value = told.get(name)
    if value is None or value == "" or _is_feel(entry, name, value, or_feel):
        return None
    if type(value) is int and 0 <= value <= 1_000_000:
        return value
    entry.refuse("validate", f"`{name}` must be a whole number, 0 or more")
    return None


def _number(
    entry: Entry,
    told: Mapping[str, Any],
    name: str,
    or_feel: tuple[str, dict[str, str]] | None = None,
) -> Decimal | None:
    value = told.get(name)
    if value is None or value == "" or _is_feel(entry, name, value, or_feel):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(str(value))
        if number.is_finite() and abs(number.adjusted()) <= 30:
            return number
    entry.refuse("validate", f"`{name}` must be a number")
    return None


def _is_feel(
    entry: Entry, name: str, value: object, or_feel: tuple[str, dict[str, str]] | None
) -> bool:
    """Whether it is FEEL, kept then under the limit's own name."""
    if or_feel is None or not isinstance(value, str) or not value.startswith("="):
        return False
    for source in entry.feel(f"validate.{name}", value):
        or_feel[1][or_feel[0]] = source
    return True


def _pattern_message(entry: Entry, told: Mapping[str, Any]) -> Any:
    message = told.get("patternErrorMessage", "")
    if not isinstance(message, str):
        entry.refuse("validate", "`patternErrorMessage` must be text")
        return None
    if not message.strip():
        return None
    return entry.texts("patternErrorMessage", message.strip())


def _minutes(entry: Entry) -> int:
    told = entry.raw.get("timeInterval", 1)
    if type(told) is int and told in MINUTES:
        return told
    entry.refuse("property-value", f"`timeInterval` must be one of {MINUTES}")
    return 1


def _refuse_impossible(limits: Limits, entry: Entry) -> None:
    shortest, longest = limits.min_length, limits.max_length
    if shortest is not None and longest is not None and shortest > longest:
        entry.refuse(
            "validate", f"no answer is {shortest} or more and {longest} or fewer long"
        )
    low, high = limits.minimum, limits.maximum
    if low is not None and high is not None and low > high:
        entry.refuse("validate", f"no number is {low} or more and {high} or less")
    if limits.step is not None and limits.step <= 0:
        entry.refuse("validate", "`increment` must be above 0")
