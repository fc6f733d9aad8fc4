"""FEEL values as JSON: lossless for instance rows, plain for the API."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from workflows.feel import temporal, wide
from workflows.feel.errors import LimitReached, NotAValue
from workflows.feel.values import (
    Range,
    Value,
    WideDate,
    WideDateTime,
    WideTime,
    YearsMonths,
    kind,
)

# A context with this key is a value of another type; a user's own context with this
# key is written as the type "context", so that no data can pass for a tag.
TAG = "$feel"
_MARK = f'"{TAG}":'

# Deeper than any case; well below what the JSON module stands.
MAX_DEPTH = 100

# Decimals with more digits in front of the point are written as text: JSON readers, and
# Python itself, refuse longer integers.
MAX_DIGITS = 40


def dumps(value: Value) -> str:
    """JSON that `loads` turns into an equal value of the same type.

    NotAValue for a function, which cannot be kept, and for what is no FEEL value.
    """
    writer = _Writer()
    text = writer.write(value)
    if text.count(_MARK) == writer.tags:
        return text
    return _encode(_escaped(value))


def loads(text: str | bytes) -> Value:
    """The value that `dumps` wrote."""
    if isinstance(text, bytes):
        text = text.decode()
    return (_TAGGED if _MARK in text else _UNTAGGED).decode(text)


def from_plain(obj: Any) -> Value:
    """A FEEL value of plain JSON data; strings stay strings.

    NotAValue for NaN, infinities, keys that are no strings, other types, characters
    that a database cannot keep (NUL, lone surrogates) and nesting over MAX_DEPTH.
    """
    return _from_plain(obj, 0)


def plain(value: Value) -> Any:
    """JSON data for people and programs outside; dates and durations as ISO 8601.

    An integral number is an int, another one a float: what a float cannot hold exactly
    loses digits here, never in `dumps`.
    """
    convert = _PLAIN.get(type(value))
    if convert is None:
        raise NotAValue(f"{kind(value)} has no form outside")
    return convert(value)


def check_size(value: Value, max_size: int) -> None:
    """LimitReached when the value is too large or too deep to be written to a row.

    `max_size` counts the places written out: a value that shares its parts can be small
    in memory, and still fill a disk.
    """
    level, places, depth = [value], 0, 0
    while level:
        places, depth = places + len(level), depth + 1
        if depth > MAX_DEPTH:
            raise LimitReached(MAX_DEPTH, "levels of nesting")
        inner: list[Value] = []
        for part in level:
            if type(part) is list:
                inner += part
            elif type(part) is dict:
                inner += part.values()
            if places + len(inner) > max_size:
                raise LimitReached(max_size, "items")
        level = inner


class _Writer:
    """One call of the C encoder; counts the tags that are ours."""

    def __init__(self) -> None:
        self.tags = 0

    def write(self, value: Value) -> str:
        return _encode(value, self._default)

    def _default(self, value: Value) -> Any:
        # Runs for every number of a case, at every step: no call more than it needs.
        if type(value) is Decimal and value.is_finite():
            number = _of_finite(value)
            if number is not None:
                return number
        self.tags += 1
        return _tagged(value)


def _encode(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    try:
        return json.JSONEncoder(
            ensure_ascii=False,
            check_circular=False,
            allow_nan=False,
            separators=(",", ":"),
            default=default,
        ).encode(value)
    except RecursionError as error:
        raise NotAValue(f"it is nested deeper than {MAX_DEPTH}") from error
    except ValueError as error:
        raise NotAValue("it holds a number that is not finite") from error


def _number(value: Decimal) -> int | float | None:
    """The JSON number that reads back as `value`, if there is one."""
    return _of_finite(value) if value.is_finite() else None


@lru_cache(maxsize=8192)
def _of_finite(value: Decimal) -> int | float | None:
    """Equal decimals give the same: kept, for a case is saved again at every step."""
    if not value:
        return 0
    if value.adjusted() < MAX_DIGITS:
        whole = int(value)
        if whole == value:
            return whole
        near = float(value)
        if Decimal(repr(near)) == value:
            return near
    return None


def _tagged(value: Value) -> dict[str, Any]:
    write = _WRITERS.get(type(value))
    if write is None:
        raise NotAValue(f"{kind(value)} cannot be kept")
    tag, written = write(value)
    return {TAG: tag, "v": written}


def _escaped(value: Value) -> Any:
    """The long way, for data that has our tag as a key of its own."""
    if type(value) is dict:
        if TAG in value:
            pairs = [[key, _escaped(item)] for key, item in value.items()]
            return {TAG: "context", "v": pairs}
        return {key: _escaped(item) for key, item in value.items()}
    if type(value) is list:
        return [_escaped(item) for item in value]
    if type(value) is Decimal:
        number = _number(value)
        return _tagged(value) if number is None else number
    if value is None or type(value) in (bool, str, int):
        return value
    tagged = _tagged(value)
    return {**tagged, "v": _escaped(tagged["v"])}


def _write_number(value: Decimal) -> tuple[str, str]:
    if not value.is_finite():
        raise NotAValue(f"{value} is not a number")
    return "number", str(value)


def _write_datetime(value: datetime) -> tuple[str, str]:
    """A zone goes with its offset: the moment stays when the zone's law changes."""
    zone = f"@{value.tzinfo.key}" if isinstance(value.tzinfo, ZoneInfo) else ""
    return "datetime", value.isoformat() + zone


def _read_datetime(text: str) -> datetime:
    moment, _, zone = text.partition("@")
    read = _with_utc(datetime.fromisoformat(moment))
    return read.astimezone(ZoneInfo(zone)) if zone else read


def _write_time(value: time) -> tuple[str, str]:
    return "time", temporal.format_time(value)


def _with_utc(read: datetime) -> datetime:
    return read.replace(tzinfo=UTC) if read.tzinfo == UTC else read


def _write_duration(value: timedelta) -> tuple[str, list[int]]:
    return "duration", [value.days, value.seconds, value.microseconds]


def _write_range(value: Range) -> tuple[str, list[Value]]:
    return "range", [value.start, value.end, value.start_included, value.end_included]


_WRITERS: Mapping[type, Callable[[Any], tuple[str, Any]]] = {
    Decimal: _write_number,
    date: lambda value: ("date", value.isoformat()),
    time: _write_time,
    datetime: _write_datetime,
    timedelta: _write_duration,
    YearsMonths: lambda value: ("months", str(value.months)),
    Range: _write_range,
}

_READERS: Mapping[str, Callable[[Any], Value]] = {
    "number": Decimal,
    "date": date.fromisoformat,
    "time": temporal.parse_time,
    "datetime": _read_datetime,
    "duration": lambda parts: timedelta(*map(int, parts)),
    "months": lambda months: YearsMonths(int(months)),
    "range": lambda parts: Range(*parts),
    "context": dict,
}


def _read_object(obj: dict[str, Any]) -> Value:
    tag = obj.get(TAG)
    if tag is None:
        return obj
    read = _READERS.get(tag)
    if read is None or len(obj) != 2:
        raise NotAValue(f'it has the unknown tag "{tag}"')
    return read(obj["v"])


def _refuse_constant(text: str) -> Value:
    raise NotAValue(f"{text} is not a number")


# Kept as numbers are that are written: the same ones come again.
_read_int = lru_cache(maxsize=8192)(Decimal)
_UNTAGGED = json.JSONDecoder(
    parse_int=_read_int, parse_float=Decimal, parse_constant=_refuse_constant
)
_TAGGED = json.JSONDecoder(
    parse_int=_read_int,
    parse_float=Decimal,
    parse_constant=_refuse_constant,
    object_hook=_read_object,
)


def _from_plain(obj: Any, depth: int) -> Value:
    if obj is None or obj is True or obj is False:
        return obj
    if isinstance(obj, str):
        return _kept_text(obj)
    if isinstance(obj, int):
        return Decimal(int(obj))
    if isinstance(obj, float | Decimal):
        return _finite(obj)
    if depth >= MAX_DEPTH:
        raise NotAValue(f"it is nested deeper than {MAX_DEPTH}")
    if isinstance(obj, Mapping):
        return {_key(key): _from_plain(item, depth + 1) for key, item in obj.items()}
    if isinstance(obj, list | tuple):
        return [_from_plain(item, depth + 1) for item in obj]
    raise NotAValue(f"{type(obj).__name__} is not JSON")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise NotAValue(f"the key {key!r} is not a string")
    return _kept_text(key)


def _kept_text(text: str) -> str:
    if text.isascii():
        if "\0" in text:
            raise NotAValue("a string holds the character NUL")
        return str(text)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NotAValue("a string holds half of a surrogate pair") from error
    if "\0" in text:
        raise NotAValue("a string holds the character NUL")
    return str(text)


def _finite(number: float | Decimal) -> Decimal:
    if not math.isfinite(number):
        raise NotAValue(f"{number} is not a number")
    return number if isinstance(number, Decimal) else Decimal(repr(number))


def _plain_number(value: Decimal) -> int | float:
    if not value.is_finite() or value.adjusted() > 308:
        raise NotAValue("a number is too large for JSON")
    return int(value) if value == value.to_integral_value() else float(value)


_PLAIN: Mapping[type, Callable[[Any], Any]] = {
    type(None): lambda value: value,
    bool: lambda value: value,
    str: lambda value: value,
    Decimal: _plain_number,
    date: date.isoformat,
    time: temporal.format_time,
    datetime: datetime.isoformat,
    WideDate: wide.format_date,
    WideTime: wide.format_time,
    WideDateTime: wide.format_datetime,
    timedelta: temporal.format_duration,
    YearsMonths: str,
    list: lambda value: [plain(item) for item in value],
    dict: lambda value: {key: plain(item) for key, item in value.items()},
    Range: lambda value: {
        "start": plain(value.start),
        "end": plain(value.end),
        "start included": value.start_included,
        "end included": value.end_included,
    },
}
