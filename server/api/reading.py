"""Reading requests: JSON with exact numbers, nothing unknown, every refusal named."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Request, abort, g
from marshmallow import RAISE, Schema, ValidationError, fields, missing, validate
from webargs.flaskparser import FlaskParser

from workflows import feel

TEXT_MOST = 255
LIMIT_DEFAULT = 20
LIMIT_MOST = 200
MOMENT_WORDS = (
    "Not a time with its offset, as 2026-06-01T10:00:00+05:00;"
    " in an address + is written %2B."
)
WHOLE_DIGITS = 20
DIGITS = re.compile(r"[+-]?[0-9]{1,20}")


class Parser(FlaskParser):
    """webargs, but an unknown field is refused wherever it is written."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(
        FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, RAISE
    )

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """ValidationError for what is there twice: nobody knows which is meant."""
        twice = [name for name, all_ in req.args.lists() if len(all_) > 1]
        if twice:
            words = "It is there twice: give it once."
            raise ValidationError({name: [words] for name in twice})
        return super().load_querystring(req, schema)

    def load_json(self, req: Request, schema: Schema) -> Any:
        """415 for what is not JSON by its own word, 400 for what is not in fact."""
        body = req.get_data()
        if not body:
            return missing
        if not req.is_json:
            abort(415, "Send JSON, with the header Content-Type: application/json.")
        g.body = _decoded(body)
        return g.body


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(
            body,
            parse_float=_number,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        abort(400, f"This is not JSON: {error.msg}, {place}.")
    except RecursionError:
        abort(400, "This JSON is nested too deep.")
    except ValueError as error:  # no UTF-8, NaN, a number without end, a name twice
        abort(400, f"This is not JSON: {error}.")


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("a number is too large or too small") from None


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A name that is there twice has two values, and readers take different ones."""
    made = dict(pairs)
    if len(made) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the name {twice[:TEXT_MOST]!a} is there twice")
    return made


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


class Text(fields.String):
    """Text that the database can keep: bounded, no NUL, no half of a character."""

    def __init__(self, *, most: int = TEXT_MOST, least: int = 1, **kwargs: Any) -> None:
        kwargs.setdefault("validate", validate.Length(least, most))
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        if text is not None and ("\0" in text or not _is_whole(text)):
            raise ValidationError("It holds a character that cannot be kept.")
        return text


class Key(Text):
    """Text or a number, which is read as FEEL writes it: 5.0 is the key "5"."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if type(value) in (int, Decimal):
            number = Decimal(value)
            if abs(number.adjusted()) > TEXT_MOST:  # written out it fills the memory
                raise ValidationError("This number is too long.")
            value = feel.shown_number(number)
        return super()._deserialize(value, *args, **kwargs)


def _is_whole(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


class Whole(fields.Integer):
    """A whole number of JSON, which some languages write 1.0; no text and no truth."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, Decimal) and abs(value.adjusted()) < WHOLE_DIGITS:
            value = int(value) if value == int(value) else value
        return super()._deserialize(value, *args, **kwargs)


class Count(fields.Integer):
    """A whole number as an address has it: digits, and no other way to write them."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not DIGITS.fullmatch(str(value)):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, *args, **kwargs)


class Moment(fields.AwareDateTime):
    """A time with its offset. In an address a bare + is a space: so the words say."""

    def __init__(self, **kwargs: Any) -> None:
        told: dict[str, Any] = dict.fromkeys(
            ("invalid", "invalid_awareness"), MOMENT_WORDS
        )
        super().__init__(error_messages=told, **kwargs)


class Variables(fields.Dict):
    """A JSON object; the use case turns it into FEEL values."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keys=Text(), **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, *args, **kwargs)  # type: ignore[no-untyped-call]  # marshmallow's Dict has no annotations here
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            name, told = next(iter(error.messages.items()))
            words = f"The name {str(name)[:TEXT_MOST]!a}: {told['key'][0]}"
            raise ValidationError(words) from error


class ListQuery(Schema):
    """What every list takes."""

    class Meta:
        unknown = RAISE

    limit = Count(load_default=LIMIT_DEFAULT, validate=validate.Range(1, LIMIT_MOST))
    cursor = Text(load_default=None, most=2000)
