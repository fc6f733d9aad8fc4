"""Idempotency keys: a repeated write gives the first answer and has no second effect.

Kept are a keyed hash of the request and the ids that the answer is made again from,
never the answer: it may hold personal data. A write that was refused keeps nothing, so
its repeat is a new try.
"""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import after_this_request, g, request
from flask.wrappers import Response
from sqlalchemy.dialects.postgresql import JSONB, UUID, insert

from server import context
from workflows.model import InputRefused
from workflows.store.prepared import Prepared
from workflows.store.tables import idempotency_keys

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

# Made once: they run for every write.
CLAIM = Prepared(
    insert(idempotency_keys).on_conflict_do_nothing().returning(idempotency_keys.c.key),
    "user_id",
    "key",
    "request_hash",
    "status",
    "subject",
    "created_at",
)
REMEMBER = Prepared(
    sa.update(idempotency_keys)
    .where(
        idempotency_keys.c.user_id == sa.bindparam("caller", type_=UUID),
        idempotency_keys.c.key == sa.bindparam("used", type_=sa.Text),
    )
    .values(subject=sa.bindparam("told", type_=JSONB))
)

Answer = TypeVar("Answer")
Subject = Mapping[str, Any]


class KeyReused(InputRefused):
    """The Idempotency-Key was used for another request: {reason}."""


def once(
    run: Callable[[sa.Connection], Answer],
    *,
    subject: Callable[[Answer], Subject] | Subject,
    again: Callable[[sa.Connection, Subject], Answer],
) -> Answer:
    """Run a write in one transaction; a repeat under the same key answers `again`.

    `subject`: what `again` finds the answer by; where it is known beforehand, the
    thing itself, which saves a statement. A concurrent repeat waits until the first
    is decided: the insert of the key blocks on the other transaction's.
    """
    key = request.headers.get(HEADER)
    with context.transaction() as tx:
        if key is None:
            return run(tx)
        known = _claim(tx, key, {} if callable(subject) else subject)
        if known is not None:
            after_this_request(_mark)
            return again(tx, known)
        answer = run(tx)
        if callable(subject):
            told = json.dumps(dict(subject(answer)))
            REMEMBER.run(tx, {"caller": _caller_id(), "used": key, "told": told})
        return answer


def was_used() -> bool:
    """Whether the request's key has an answer; `once` says whether it is this one's."""
    key = request.headers.get(HEADER)
    if key is None or not _KEY.fullmatch(key):
        return False
    with context.transaction() as tx:
        return tx.scalar(sa.select(sa.exists().where(*_mine(key)))) is True


def _claim(tx: sa.Connection, key: str, subject: Subject) -> Subject | None:
    """The subject of the first answer; None when this request is the first."""
    if not _KEY.fullmatch(key):
        raise InputRefused(field=HEADER, reason="1 to 255 visible ASCII characters")
    fingerprints = _fingerprints()
    claim = {
        "user_id": _caller_id(),
        "key": key,
        "request_hash": fingerprints[0],
        "status": 0,
        "subject": json.dumps(dict(subject)),
        "created_at": context.services().clock.now(),
    }
    if CLAIM.run(tx, claim).fetchone() is not None:
        return None
    first = tx.execute(sa.select(idempotency_keys).where(*_mine(key))).one()
    told = first.request_hash
    if not any(hmac.compare_digest(told, each) for each in fingerprints):
        raise KeyReused(field=HEADER, reason="choose a new key for a new request")
    found: Subject = first.subject
    return found


def _mine(key: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return (
        idempotency_keys.c.user_id == _caller_id(),
        idempotency_keys.c.key == key,
    )


def _caller_id() -> uuid.UUID:
    return context.caller().user_id


def _fingerprints() -> list[bytes]:
    """Keyed, so that nobody with the table alone can try out whose data it was.

    By the key of now, then by those of before: a repeat is known after a change.
    """
    said = json.dumps(
        [request.method, request.path, g.get("body")], sort_keys=True, default=_exact
    )
    keys = context.services().settings.secret_keys
    return [hmac.digest(key.encode(), said.encode(), hashlib.sha256) for key in keys]


def _exact(number: object) -> dict[str, str]:
    """A number as no text is written: what holds a NUL is never kept."""
    return {"\0": str(number)}


def _mark(response: Response) -> Response:
    response.headers[REPLAYED] = "true"
    return response
