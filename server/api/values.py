"""FEEL values as the API answers them: exact numbers, temporal values as FEEL text."""

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from workflows import feel
from workflows.feel import temporal, wide
from workflows.feel.values import WideDate, WideDateTime, WideTime

PLAIN_DIGITS = 40  # numbers beyond are written with an exponent


def encoded(value: feel.Value) -> str:
    """JSON of a FEEL value, numbers with all their digits; NotAValue for a function."""
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            return _number(value)
        case list():
            return f"[{', '.join(map(encoded, value))}]"
        case dict():
            pairs = (f"{encoded(key)}: {encoded(held)}" for key, held in value.items())
            return f"{{{', '.join(pairs)}}}"
        case feel.Range():
            return encoded(
                {
                    "start": value.start,
                    "end": value.end,
                    "start included": value.start_included,
                    "end included": value.end_included,
                }
            )
        case _:
            return json.dumps(_temporal(value), ensure_ascii=False)


def _number(value: Decimal) -> str:
    if abs(value.adjusted()) > PLAIN_DIGITS:
        sign, digits, exponent = value.as_tuple()
        kept = "".join(map(str, digits)).rstrip("0") or "0"
        short = (sign, tuple(map(int, kept)), int(exponent) + len(digits) - len(kept))
        return str(Decimal(short))
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _temporal(value: feel.Value) -> str:
    """As FEEL's `string()` writes it, with the zone by its name.

    Far years and nanoseconds are there in lenient evaluation alone.
    """
    match value:
        case datetime():
            return temporal.format_datetime(value)
        case date():
            return value.isoformat()
        case time():
            return temporal.format_time(value)
        case timedelta():
            return temporal.format_duration(value)
        case feel.YearsMonths():
            return str(value)
        case WideDateTime():
            return wide.format_datetime(value)
        case WideDate():
            return wide.format_date(value)
        case WideTime():
            return wide.format_time(value)
    return str(feel.plain(value))
