"""Questions that are answered by a date, a time, or both."""

from datetime import date
from typing import Any

from server.forms_html.asking import Asking
from server.i18n import gettext

PARTS = ("day", "month", "year")
WIDTHS = {"day": "2", "month": "2", "year": "4"}


def day(asked: Asking) -> dict[str, Any]:
    """A date as three inputs: nobody has to know an order or a separator."""
    params = asked.common() | {"fieldset": asked.fieldset()}
    params["namePrefix"] = params.pop("name")
    params["items"] = _parts(asked)
    return {"kind": "date", "params": params}


def _parts(asked: Asking) -> list[dict[str, Any]]:
    labels = {"day": gettext("Day"), "month": gettext("Month"), "year": gettext("Year")}
    values = _values(asked)
    is_wrong = " govuk-input--error" if asked.problem else ""
    return [
        {
            "name": part,
            "label": labels[part],
            "classes": f"govuk-input--width-{WIDTHS[part]}{is_wrong}",
            "value": values[part],
            "autocomplete": "off",
        }
        for part in PARTS
    ]


def _values(asked: Asking) -> dict[str, str]:
    posted = {p: asked.filling.posted_one(f"{asked.name}-{p}") for p in PARTS}
    if any(value is not None for value in posted.values()):
        return {part: value or "" for part, value in posted.items()}
    told = asked.told
    if isinstance(told, str):
        told = _iso(told)
    if not isinstance(told, date):
        return dict.fromkeys(PARTS, "")
    return {"day": str(told.day), "month": str(told.month), "year": str(told.year)}


def _iso(told: str) -> date | None:
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None
