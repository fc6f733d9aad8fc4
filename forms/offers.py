"""What FEEL and the lists of others decide of one question: its options and limits."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from forms import choices
from forms.model import Field, Limits, Option
from forms.problems import ValueUnclear
from forms.settling import Evaluate
from forms.sources import Sources

Context = Mapping[str, Any]
NO_OPTIONS = "a list of {label, value}, or of values, each once"


def options(
    field: Field, path: str, context: Context, evaluate: Evaluate, sources: Sources
) -> tuple[Option, ...]:
    """What is on offer now. Null offers nothing: what it hangs on is not answered yet.

    Raises ValueUnclear for FEEL that gives no list of options.
    """
    told = field.options_from
    if told is None:
        return field.options
    if told.lookup is not None:
        params = {name: evaluate(feel, context) for name, feel in told.params.items()}
        if any(value is None for value in params.values()):
            return ()
        return tuple(sources.lookup(told.lookup, params))
    value = evaluate(told.feel or "null", context)
    if value is None:
        return ()
    found = choices.computed(value)
    if found is None:
        raise ValueUnclear(path, told.feel or "", value, NO_OPTIONS)
    return found


def limits(field: Field, path: str, context: Context, evaluate: Evaluate) -> Limits:
    """The limits with FEEL worked out; null sets none. ValueUnclear for no number."""
    if not field.limits.feel:
        return field.limits
    found: dict[str, Any] = {"feel": {}}
    for name, feel in field.limits.feel.items():
        value = evaluate(feel, context)
        is_length = name.endswith("length")
        if value is None:
            continue
        if not isinstance(value, Decimal) or (is_length and value != int(value)):
            raise ValueUnclear(path, feel, value, "a number")
        length = int(value) if is_length else value
        if name == "max_length" and field.limits.max_length is not None:
            length = min(int(value), field.limits.max_length)
        found[name] = length
    return replace(field.limits, **found)
