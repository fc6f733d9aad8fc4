"""Questions that are answered by a date, a time, or both."""

from datetime import date, datetime, time
from typing import Any

from server.forms_html import languages
from server.forms_html.asking import Asking
from server.i18n import gettext

PARTS = ("day", "month", "year")
WIDTHS = {"day": "2", "month": "2", "year": "4", "time": "5"}
CLOCK = "%H:%M"


def day(asked: Asking) -> dict[str, Any]:
    """A date as three inputs: nobody has to know an order or a separator."""
    params = _together(asked)
    params["items"] = _parts(asked, _day_of(asked.told))
    return {"kind": "date", "params": params}


def clock(asked: Asking) -> dict[str, Any]:
    """A time of day in one input, as clocks show it."""
    told = asked.told
    typed = told.strftime(CLOCK) if isinstance(told, time) else asked.typed()
    posted = asked.posted()
    params = asked.common() | {
        "label": asked.label(),
        "value": typed if posted is None else posted,
        "classes": "govuk-input--width-5",
        "autocomplete": "off",
        "spellcheck": False,
        "type": "text",
        "attributes": asked.focus(),
    }
    params.setdefault("hint", {"text": _like_this()})
    return {"kind": "input", "params": params}


def day_and_clock(asked: Asking) -> dict[str, Any]:
    """A date and a time side by side, as one question."""
    told = asked.told
    if isinstance(told, str):
        told = _iso(told)
    params = _together(asked)
    params.setdefault("hint", {"text": _like_this()})
    items = _parts(asked, _day_of(told))
    posted = asked.posted("-time")
    known = told.strftime(CLOCK) if isinstance(told, datetime) else ""
    label = asked.field.time_label
    time_of_day = languages.said(label) if label else gettext("Time")
    items.append(
        _part(asked, "time", time_of_day, known if posted is None else posted)
        | {"inputmode": "text"}
    )
    params["items"] = items
    return {"kind": "date", "params": params}


def _together(asked: Asking) -> dict[str, Any]:
    params = asked.common() | {"fieldset": asked.fieldset()}
    params["namePrefix"] = params.pop("name")
    return params


def _like_this() -> str:
    return gettext("For example, %(example)s", example="14:30")


def _parts(asked: Asking, known: date | None) -> list[dict[str, Any]]:
    labels = {"day": gettext("Day"), "month": gettext("Month"), "year": gettext("Year")}
    posted = {p: asked.posted(f"-{p}") for p in PARTS}
    if all(value is None for value in posted.values()) and known is not None:
        posted = {part: str(getattr(known, part)) for part in PARTS}
    return [_part(asked, part, labels[part], posted[part] or "") for part in PARTS]


def _part(asked: Asking, name: str, label: str, value: str) -> dict[str, Any]:
    is_wrong = " govuk-input--error" if asked.problem else ""
    return {
        "name": name,
        "label": label,
        "classes": f"govuk-input--width-{WIDTHS[name]}{is_wrong}",
        "value": value,
        "autocomplete": "off",
        "attributes": asked.focus() if name == PARTS[0] else {},
    }


def _day_of(told: Any) -> date | None:
    if isinstance(told, str):
        told = _iso(told)
    return told if isinstance(told, date) else None


def _iso(told: str) -> datetime | None:
    try:
        return datetime.fromisoformat(told)
    except ValueError:
        return None
