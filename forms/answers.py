"""How one answer is read: a marshmallow field for each kind, its problems in codes."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from forms import choices, numbers, patterns
from forms.model import Field, Kind, Scalar
from forms.problems import Problem

# What no page shows and PostgreSQL's JSON cannot hold; lines end in \n alone.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")
# Digits that a number may have: more is a slip or an attack, never an answer.
_LONGEST_NUMBER = 30


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
        text = value.replace("\r\n", "\n")
        is_line = self.field.kind is not Kind.TEXTAREA
        if _UNPRINTABLE.search(text) or (is_line and "\n" in text):
            raise _problem("characters")
        self._measure(text)
        return text

    def _measure(self, text: str) -> None:
        limits = self.field.limits
        if limits.min_length is not None and len(text) < limits.min_length:
            raise _problem("too_short", limit=limits.min_length)
        if limits.max_length is not None and len(text) > limits.max_length:
            raise _problem("too_long", limit=limits.max_length, length=len(text))
        if limits.pattern and not patterns.fits(limits.pattern, text):
            raise _problem("pattern")


class _Number(_Answer):
    def read(self, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
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
        if limits.minimum is not None and number < limits.minimum:
            raise _problem("too_small", limit=limits.minimum)
        if limits.maximum is not None and number > limits.maximum:
            raise _problem("too_large", limit=limits.maximum)
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
        for option in self.field.options:
            if choices.same(option.value, value):
                return option.value
        raise _problem("not_an_option")


class _Date(_Answer):
    def read(self, value: Any) -> date:
        if isinstance(value, str) and re.fullmatch(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value
        ):
            try:
                return date.fromisoformat(value)
            except ValueError as e:
                raise _problem("not_a_date") from e
        raise _problem("not_a_date")


class _StateNumber(_Answer):
    """An IIN or a BIN; spaces between digits are filling."""

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise _problem("not_a_text")
        bare = re.sub(r"[ \u00a0]", "", value)
        is_iin = self.field.kind is Kind.IIN
        fault = numbers.iin_fault(bare) if is_iin else numbers.bin_fault(bare)
        if fault is not None:
            raise _problem(f"{self.field.kind.value}_{fault}")
        return bare


class _Phone(_Answer):
    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise _problem("not_a_text")
        normal = numbers.phone_normal(value)
        if normal is None:
            raise _problem("phone")
        return normal


_READERS: Mapping[Kind, type[_Answer]] = {
    Kind.TEXT: _Text,
    Kind.TEXTAREA: _Text,
    Kind.NUMBER: _Number,
    Kind.CHECKBOX: _Tick,
    Kind.RADIO: _Choice,
    Kind.SELECT: _Choice,
    Kind.DATE: _Date,
    Kind.IIN: _StateNumber,
    Kind.BIN: _StateNumber,
    Kind.PHONE: _Phone,
}
