"""How one answer is read: a marshmallow field for each kind, its problems in codes."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from forms import choices, letters, numbers, patterns
from forms.model import Field, Kind, Scalar
from forms.problems import Problem

# What no page shows and PostgreSQL's JSON cannot hold; lines end in \n alone.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")
# Digits that a number may have: more is a slip or an attack, never an answer.
_LONGEST_NUMBER = 30
_LONGEST_CHOICE = 1_000  # characters of an option that the form does not list
MOST_CHOSEN = 1_000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MINUTE = re.compile(r"[0-9]{2}:[0-9]{2}(:00(\.0+)?)?\Z")
_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?){1,10}\Z"
)
LONGEST_EMAIL = 254  # RFC 5321


def answer_field(field: Field) -> fields.Field[Any]:
    """The marshmallow field that reads answers to `field`; None is always let in."""
    return _READERS[field.kind](field)


def _problem(code: str, **params: object) -> ValidationError:
    return ValidationError([Problem(code, params)])


class _Answer(fields.Field[Any]):
    """One question's answer; blank text is no answer."""

    def __init__(self, field: Field) -> None:
        super().__init__(allow_none=True)
        self.field = field

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> Any:
        if isinstance(value, str) and not value.strip():
            return None
        return self.read(value)

    def read(self, value: Any) -> Any:
        raise NotImplementedError


class _Text(_Answer):
    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise _problem("not_a_text")
        is_line = self.field.kind is not Kind.TEXTAREA
        text = letters.line(value) if is_line else letters.lines(value)
        if _UNPRINTABLE.search(text) or (is_line and "\n" in text):
            raise _problem("characters")
        self._measure(text)
        return text

    def _measure(self, text: str) -> None:
        limits = self.field.limits
        found = length_problem(text, limits.min_length, limits.max_length)
        if found is not None:
            raise ValidationError([found])
        if limits.pattern is None:
            return
        try:
            fits = patterns.fits(limits.pattern, text)
        except TimeoutError as e:
            raise _problem("pattern_unsettled") from e
        if not fits:
            problem = Problem("pattern", texts=limits.pattern_message)
            raise ValidationError([problem])


class _Number(_Answer):
    def read(self, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise _problem("not_a_number")
        if isinstance(value, int) and abs(value) >= 10**_LONGEST_NUMBER:
            raise _problem("not_a_number")
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        if not number.is_finite() or abs(number.adjusted()) > _LONGEST_NUMBER:
            raise _problem("not_a_number")
        if len(number.as_tuple().digits) > _LONGEST_NUMBER:
            raise _problem("not_a_number")
        self._measure(number)
        return number

    def _measure(self, number: Decimal) -> None:
        limits = self.field.limits
        found = size_problem(number, limits.minimum, limits.maximum)
        if found is not None:
            raise ValidationError([found])
        if limits.decimal_digits is not None:
            exponent = number.normalize().as_tuple().exponent
            if isinstance(exponent, int) and -exponent > limits.decimal_digits:
                raise _problem("too_many_digits", limit=limits.decimal_digits)
        if limits.step is not None and number % limits.step:
            raise _problem("not_a_step", step=limits.step)


class _Tick(_Answer):
    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise _problem("not_yes_or_no")
        return value


class _Choice(_Answer):
    def read(self, value: Any) -> Scalar:
        if self.field.options_from is None:
            option = choices.chosen(self.field.options, value)
            if option is not None:
                return option.value
            raise _problem("not_an_option")
        # What is on offer is known when the form is laid out.
        told = choices.scalar(value)
        is_number = isinstance(told, Decimal)
        if told is None or (is_number and not Decimal(str(told)).is_finite()):
            raise _problem("not_an_option")
        if isinstance(told, str) and not _is_short(told):
            raise _problem("not_an_option")
        return told


class _Choices(_Choice):
    """Several options, each once, in the order in which they are offered."""

    def read(self, value: Any) -> Any:
        if not isinstance(value, list | tuple) or len(value) > MOST_CHOSEN:
            raise _problem("not_a_list")
        read = [super(_Choices, self).read(each) for each in value]
        found = {choices.token(each): each for each in read}
        if self.field.options_from is None:
            order = [option.token for option in self.field.options]
            return [found[token] for token in order if token in found] or None
        return list(found.values()) or None


class _Date(_Answer):
    def read(self, value: Any) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str) and _DAY.match(value):
            try:
                return date.fromisoformat(value)
            except ValueError as e:
                raise _problem("not_a_date") from e
        raise _problem("not_a_date")


class _Time(_Answer):
    def read(self, value: Any) -> time:
        found = value if isinstance(value, time) else _minute(value)
        if found is None or found.tzinfo is not None or found.second:
            raise _problem("not_a_time")
        _keep_interval(found, self.field)
        return found.replace(microsecond=0)


class _DateTime(_Answer):
    def read(self, value: Any) -> datetime:
        found = value if isinstance(value, datetime) else None
        if isinstance(value, str) and value[10:11] == "T" and _DAY.match(value[:10]):
            minute = _minute(value[11:])
            try:
                day = date.fromisoformat(value[:10])
            except ValueError as e:
                raise _problem("not_a_moment") from e
            found = datetime.combine(day, minute) if minute is not None else None
        if found is None or found.tzinfo is not None or found.second:
            raise _problem("not_a_moment")
        _keep_interval(found.time(), self.field)
        return found.replace(microsecond=0)


class _Files(_Answer):
    """Ids of documents, each once; which they are is known when they are looked up."""

    def read(self, value: Any) -> list[str] | None:
        if not isinstance(value, list | tuple) or len(value) > MOST_CHOSEN:
            raise _problem("not_documents")
        found: dict[str, None] = {}
        for each in value:
            told = each.get("id") if isinstance(each, Mapping) else each
            if not isinstance(told, str) or not told or not _is_short(told):
                raise _problem("not_documents")
            found[told] = None
        return list(found) or None


class _StateNumber(_Answer):
    """An IIN or a BIN; spaces and dashes between digits are filling."""

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise _problem("not_a_text")
        bare = numbers.state_number(value)
        is_iin = self.field.kind is Kind.IIN
        fault = numbers.iin_fault(bare) if is_iin else numbers.bin_fault(bare)
        if fault is not None:
            raise _problem(f"{self.field.kind.value}_{fault}")
        return bare


class _Phone(_Answer):
    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise _problem("not_a_text")
        is_mobile = self.field.kind is Kind.PHONE
        normal = (
            numbers.phone_normal(value)
            if is_mobile
            else numbers.telephone_normal(value)
        )
        if normal is None:
            raise _problem("phone" if is_mobile else "telephone")
        return normal


class _Email(_Answer):
    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise _problem("not_a_text")
        bare = _mailbox(letters.line(value).strip())
        if len(bare) > LONGEST_EMAIL or not _EMAIL.match(bare):
            raise _problem("email")
        return bare


_READERS: Mapping[Kind, type[_Answer]] = {
    Kind.TEXT: _Text,
    Kind.TEXTAREA: _Text,
    Kind.NUMBER: _Number,
    Kind.CHECKBOX: _Tick,
    Kind.RADIO: _Choice,
    Kind.SELECT: _Choice,
    Kind.CHECKLIST: _Choices,
    Kind.TAGLIST: _Choices,
    Kind.DATE: _Date,
    Kind.TIME: _Time,
    Kind.DATETIME: _DateTime,
    Kind.FILES: _Files,
    Kind.IIN: _StateNumber,
    Kind.BIN: _StateNumber,
    Kind.PHONE: _Phone,
    Kind.EMAIL: _Email,
    Kind.TELEPHONE: _Phone,
}


def length_problem(text: str, least: int | None, most: int | None) -> Problem | None:
    if least is not None and len(text) < least:
        return Problem("too_short", {"limit": least})
    if most is not None and len(text) > most:
        return Problem("too_long", {"limit": most, "length": len(text)})
    return None


def size_problem(
    number: Decimal, least: Decimal | None, most: Decimal | None
) -> Problem | None:
    if least is not None and number < least:
        return Problem("too_small", {"limit": least})
    if most is not None and number > most:
        return Problem("too_large", {"limit": most})
    return None


def _is_short(text: str) -> bool:
    return len(text) <= _LONGEST_CHOICE and not _UNPRINTABLE.search(text)


def _mailbox(address: str) -> str:
    """With its domain as mail is sent to it: мектеп.қаз in letters of the network."""
    mailbox, at, domain = address.rpartition("@")
    try:
        return f"{mailbox}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address  # and no address it is


def _minute(value: Any) -> time | None:
    """A time of day as `09:30`; None for what is none."""
    if not isinstance(value, str) or not _MINUTE.match(value):
        return None
    try:
        return time.fromisoformat(value[:5])
    except ValueError:
        return None


def _keep_interval(found: time, field: Field) -> None:
    if (found.hour * 60 + found.minute) % field.limits.minutes:
        raise _problem("not_an_interval", minutes=field.limits.minutes)
