"""Logs: one JSON object a line on standard error, with personal data masked.

Masking happens in a filter of the root handler, so that no logger, of ours or of a
library, gets past it.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from flask import g, has_request_context

MASK = "***"

# Values under these keys never reach a log, whatever they look like.
PERSONAL_KEYS = frozenset(
    """
    name names full_name first_name last_name surname patronymic middle_name login
    applicant child parent person phone mobile email address birth_date birthday iin bin
    variables answers detail password password_hash token token_hash csrf_token secret
    secret_key authorization cookie set-cookie session correlation_key business_key
    аты тегі әкесінің_аты имя фамилия отчество
    """.split()
)

_KEYS = "|".join(sorted(map(re.escape, PERSONAL_KEYS), key=len, reverse=True))
_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_PATTERN = re.compile(
    rf"""
    (?P<uuid>\b[0-9a-f]{{8}}-(?:[0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}}\b)
  | (?P<token>\b(?:
        rasim_[A-Za-z0-9_-]{{40,}}|rsm_[A-Za-z0-9_-]+|whsec_[A-Za-z0-9+/=]+))
  | (?P<bearer>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]+
  | (?P<login>://)[^\s/@]+@
  | (?P<database>\b(?:DETAIL|CONTEXT):[ ][ ]|\[parameters:[ ])
        (?s:.*?)(?=\n\[SQL|\n\(Background|\n\n|\Z)
  | (?P<key>['"]?\b(?:{_KEYS})['"]?\s*[:=]\s*)(?:{_QUOTED}|[^\s,;)\]}}][^,;)\]}}\n]*)
  | (?P<email>\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
  | (?P<number>(?<!\d)\d{{6}}[ -]?\d{{6}}(?!\d))
  | (?P<phone>(?<![\w+])(?:\+?7|8)[ (-]{{0,2}}7\d{{2}}[ )-]{{0,2}}\d{{3}}
        [ -]?\d{{2}}[ -]?\d{{2}}(?!\d))
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Kept in front of the mask: what says which kind of thing was there.
_KEPT = ("bearer", "login", "database", "key")

# What a record has by itself; all else came as `extra`.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
}


def configure(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Make our handler the only one, for every logger of the process."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(MaskFilter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("gunicorn.error", "gunicorn.access", "werkzeug", "alembic"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
    # They tell of every request and poll; our own access line says what matters.
    for name in ("gunicorn.access", "werkzeug", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)


class MaskFilter(logging.Filter):
    """Masks a record in place: its message, what it carries, its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, Mapping):
            record.args = masked_values(record.args)
        elif record.args:
            record.args = tuple(
                masked_values(arg) if isinstance(arg, Mapping | list | tuple) else arg
                for arg in record.args
            )
        record.msg = mask(_message(record))
        record.args = None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = mask(
                "".join(traceback.format_exception(*record.exc_info))
            )
            record.exc_info = None
        if record.stack_info:
            record.stack_info = mask(record.stack_info)
        for key in vars(record).keys() - _STANDARD:
            setattr(record, key, masked_value(key, getattr(record, key)))
        return True


class JsonFormatter(logging.Formatter):
    """{"at", "level", "logger", "message"}, the request's id, and what `extra` said.

    `at` is the machine's time even under a manual clock: a log tells what truly was.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context() and "request_id" in g:
            line["request_id"] = g.request_id
        for key in sorted(vars(record).keys() - _STANDARD):
            line[key] = getattr(record, key)
        if record.exc_text:
            line["traceback"] = record.exc_text
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps(line, ensure_ascii=False, default=str)


def _message(record: logging.LogRecord) -> str:
    """The message with its arguments; a call that is wrong must not stop its caller."""
    try:
        return record.getMessage()
    except (KeyError, TypeError, ValueError):
        return f"{record.msg} (its arguments do not fit)"


def mask(text: str) -> str:
    """A text without IINs and BINs, phones, addresses of mail, tokens and passwords."""
    return _PATTERN.sub(_replace, text)


def masked_value(key: str, value: object) -> object:
    """A value as it may be logged under its key."""
    if key.casefold() in PERSONAL_KEYS:
        return MASK
    return masked_values(value)


def masked_values(value: Any) -> Any:
    """The same data with every personal value masked, whatever its depth."""
    if isinstance(value, Mapping):
        return {key: masked_value(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked_values(item) for item in value]
    if isinstance(value, bool | int | float) or value is None:
        # An IIN may come as a number.
        masked = mask(str(value))
        return masked if masked == MASK else value
    return mask(str(value))


def _replace(match: re.Match[str]) -> str:
    if match["uuid"]:
        return match["uuid"]
    kept = next((match[group] for group in _KEPT if match[group]), "")
    return f"{kept}{MASK}@" if match["login"] else f"{kept}{MASK}"
