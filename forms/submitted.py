"""Answers as an HTML form posts them: strings and missing ticks made into answers."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from forms.model import Field, Form, Kind

_DAY_FIRST = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})\Z")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?\Z")
_TICKED = frozenset({"on", "true", "1"})


def from_html(form: Form, posted: Mapping[str, str]) -> dict[str, Any]:
    """Answers for `validate`, from inputs that are named by the path of their question.

    Only inputs of this form are read: a page posts its token and button too. What
    cannot be read stays as it was typed, for `validate` to name the problem. A date
    may come as one input (2026-05-01 or 01.05.2026) or as three, `path-day`,
    `path-month` and `path-year`. Questions that are always read-only are left out;
    one that is read-only under a condition counts as sent only if its input was.
    """
    answers: dict[str, Any] = {}
    for field in form.fields:
        if field.readonly is True:
            continue
        if isinstance(field.readonly, str) and not _was_posted(field, posted):
            continue
        target = answers
        for key in field.keys[:-1]:
            target = target.setdefault(key, {})
        target[field.keys[-1]] = _answer(field, posted)
    return answers


def _was_posted(field: Field, posted: Mapping[str, str]) -> bool:
    return any(
        f"{field.path}{end}" in posted for end in ("", "-day", "-month", "-year")
    )


def _answer(field: Field, posted: Mapping[str, str]) -> Any:
    if field.kind is Kind.DATE:
        return _date(field, posted)
    typed = posted.get(field.path, "").strip()
    if field.kind is Kind.CHECKBOX:
        return typed in _TICKED if typed in _TICKED or not typed else typed
    if not typed:
        return None
    if field.kind is Kind.NUMBER:
        return _number(typed)
    if field.options:
        return next((o.value for o in field.options if o.token == typed), typed)
    return typed


def _number(typed: str) -> Decimal | str:
    """A number as people write it: 1 234,5 with any kind of space."""
    bare = re.sub(r"\s", "", typed).replace(",", ".").replace("\u2212", "-")
    try:
        return Decimal(bare) if _NUMBER.match(bare) else typed
    except InvalidOperation:
        return typed


def _date(field: Field, posted: Mapping[str, str]) -> str | None:
    pieces = [
        posted.get(f"{field.path}-{name}", "").strip()
        for name in ("day", "month", "year")
    ]
    typed = ".".join(pieces) if any(pieces) else posted.get(field.path, "").strip()
    found = _DAY_FIRST.match(typed)
    if found is None:
        return typed or None
    day, month, year = found.groups()
    return f"{year}-{int(month):02}-{int(day):02}"
