"""Answers as an HTML form posts them: strings and missing ticks made into answers."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from forms import letters
from forms.choices import free_token, of_free_token, token
from forms.model import (
    CHOICES,
    SEVERAL,
    Component,
    DynamicList,
    Field,
    Form,
    Group,
    Kind,
)
from forms.places import Keys, get, keys_of, path_of, put, spread
from forms.renumbering import Inputs, Posted, renumbered

_DAY_FIRST = re.compile(
    r"([0-9]{1,2})([./,-])([0-9]{1,2})\2([0-9]{4})(?:[жг]\.?)?\Z", re.IGNORECASE
)
_CLOCK = re.compile(r"([0-9]{1,2})[:.-]([0-9]{2})\Z")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)\Z")
# Thousands apart by commas or dots, where nothing else can be meant: 1,000 is one.
_GROUPED = re.compile(
    r"[+-]?[1-9][0-9]{0,2}"
    r"((,[0-9]{3})+\.[0-9]+|(,[0-9]{3}){2,}|(\.[0-9]{3})+,[0-9]+|(\.[0-9]{3}){2,})\Z"
)
_MINUSES = str.maketrans("\u2212\u2013", "--")  # a real one, and what Word makes of it
_TICKED = frozenset({"on", "true", "1"})
_ENDINGS = ("", "-day", "-month", "-year", "-hour", "-minute", "-time")


def from_html(form: Form, posted: Posted) -> dict[str, Any]:
    """Answers for `validate`, from inputs that are named by the path of their question.

    Only inputs of this form are read: a page posts its token and button too. What
    cannot be read stays as it was typed, for `validate` to name the problem. A date
    may come as one input (2026-05-01 or 01.05.2026) or as three, `path-day`,
    `path-month` and `path-year`; a time as one (09:30) or as `path-hour` and
    `path-minute`; both together as `path` (2026-05-01T09:30) or as a date and
    `path-time`. Several answers are one name posted several times. Questions that are
    always read-only are left out; one that is read-only under a condition counts as
    sent only if its input was. The buttons of lists are done: see `renumbered`.
    """
    answers: dict[str, Any] = {}
    _Reading(renumbered(form, posted), answers).read(form.components, ())
    return answers


def inputs(form: Form, answers: Mapping[str, Any]) -> Inputs:
    """What a page posts that shows these answers and that nobody touched."""
    found: Inputs = {}
    for spot in spread(form, answers):
        field = spot.component
        if isinstance(field, DynamicList):
            for index in range(spot.count):
                found[path_of((*spot.keys, index))] = ["1"]
        elif isinstance(field, Field) and field.readonly is False:
            value = get(answers, spot.keys)
            told = _tokens(field, value) if value is not None else []
            if told:
                found[spot.name] = told
    return found


class _Reading:
    def __init__(self, posted: Inputs, answers: dict[str, Any]) -> None:
        self.posted = posted
        self.answers = answers

    def read(self, components: Iterable[Component], rows: tuple[Keys, ...]) -> None:
        for component in components:
            if isinstance(component, Group):
                self.read(component.components, rows)
            elif isinstance(component, DynamicList):
                self._list(component, rows)
            elif isinstance(component, Field) and component.readonly is not True:
                keys = keys_of(component.path, rows)
                path = path_of(keys)
                if isinstance(component.readonly, str) and not self._has(path):
                    continue
                put(self.answers, keys, self._answer(component, path))

    def _list(self, component: DynamicList, rows: tuple[Keys, ...]) -> None:
        keys = keys_of(component.path, rows)
        count = 0
        while path_of((*keys, count)) in self.posted:
            count += 1
        put(self.answers, keys, [{} for _ in range(count)])
        for index in range(count):
            self.read(component.components, (*rows, (*keys, index)))

    def _has(self, path: str) -> bool:
        return any(f"{path}{ending}" in self.posted for ending in _ENDINGS)

    def _one(self, name: str) -> str:
        told = self.posted.get(name)
        return told[-1].strip() if told else ""

    def _answer(self, field: Field, path: str) -> Any:
        match field.kind:
            case Kind.DATE:
                return self._date(path)
            case Kind.TIME:
                return self._time(path)
            case Kind.DATETIME:
                return self._moment(path)
            case Kind.FILES:
                told = self.posted.get(path, ())
                return [each for each in told if each.strip()]
            case Kind.CHECKLIST | Kind.TAGLIST:
                told = self.posted.get(path, ())
                return [_chosen(field, each) for each in told if each.strip()]
        typed = self._one(path)
        if field.kind is Kind.CHECKBOX:
            return typed in _TICKED if typed in _TICKED or not typed else typed
        if not typed:
            return None
        if field.kind is Kind.NUMBER:
            return _number(typed)
        if field.kind in (Kind.RADIO, Kind.SELECT):
            return _chosen(field, typed)
        return typed

    def _pieces(self, path: str, *names: str) -> list[str]:
        return [self._one(f"{path}-{name}") for name in names]

    def _date(self, path: str) -> str | None:
        pieces = self._pieces(path, "day", "month", "year")
        return _day(".".join(pieces) if any(pieces) else self._one(path))

    def _time(self, path: str) -> str | None:
        pieces = self._pieces(path, "hour", "minute")
        typed = ":".join(pieces) if any(pieces) else self._one(path)
        return _clock(typed)

    def _moment(self, path: str) -> str | None:
        whole = self._one(path)
        pieces = self._pieces(path, "day", "month", "year")
        day = _day(".".join(pieces)) if any(pieces) else None
        clock = _clock(self._one(f"{path}-time")) or self._time(f"{path}-time")
        if day is None and clock is None:
            return whole or None
        return f"{day or ''}T{clock or ''}"


def _chosen(field: Field, typed: str) -> Any:
    """The value of the option whose token was posted; what is none stays as it came."""
    if field.options_from is not None:
        return of_free_token(typed)
    return next((o.value for o in field.options if o.token == typed), typed)


def _number(typed: str) -> Decimal | str:
    """A number as people write it: 1 234,5 with any kind of space."""
    bare = letters.bare(typed).translate(_MINUSES)
    if _GROUPED.match(bare):
        grouping = next(each for each in bare if each in ".,")
        bare = bare.replace(grouping, "")
    bare = bare.replace(",", ".")
    if not _NUMBER.match(bare):
        return typed
    number = Decimal(bare)
    return number if number else abs(number)  # there is no -0


def _day(typed: str) -> str | None:
    found = _DAY_FIRST.match(letters.bare(typed))
    if found is None:
        return typed or None
    day, _, month, year = found.groups()
    return f"{year}-{int(month):02}-{int(day):02}"


def _clock(typed: str) -> str | None:
    found = _CLOCK.match(letters.bare(typed))
    if found is None:
        return typed or None
    return f"{int(found[1]):02}:{found[2]}"


def _tokens(field: Field, value: Any) -> list[str]:
    """The strings that inputs hold for an answer."""
    if field.kind is Kind.FILES:
        return [str(get(each, ("id",)) or each) for each in value]
    if field.kind in CHOICES:
        write = token if field.options_from is None else free_token
        return [write(each) for each in (value if field.kind in SEVERAL else [value])]
    if isinstance(value, bool):
        return ["true"] if value or field.kind is not Kind.CHECKBOX else []
    if isinstance(value, datetime):
        return [value.isoformat(timespec="minutes")]
    if isinstance(value, time):
        return [value.isoformat(timespec="minutes")]
    if isinstance(value, date):
        return [value.isoformat()]
    return [str(value)]
