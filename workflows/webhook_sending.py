"""Sending what webhooks are told: claimed, signed, posted, and tried again later.

A worker claims a few deliveries of each webhook and sends them one after the other, so
that one that is slow holds up no other; each arrives at least once, under an id that
stays the same.
"""

import base64
import hashlib
import hmac
import json
import logging
import time
import uuid
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from workflows.model import Role
from workflows.ports import Clock, NotDelivered, Postman
from workflows.sealing import Sealer
from workflows.store.prepared import array_of
from workflows.store.session import Store
from workflows.store.tables import webhook_deliveries, webhooks
from workflows.webhook_outbox import STATES
from workflows.webhooks import SECRET_PREFIX

# After each attempt that failed; with the last one it is three days later, and enough.
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 600, 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600)
)
# Nothing has arrived for so long when one is given up: the webhook is disabled.
GIVE_UP = timedelta(days=2)
EACH = 4  # deliveries of one webhook at a time
# Who has claimed it may be dead: then it is claimed again. Those of one webhook are
# tried well within it, however long each takes.
LEASE = timedelta(minutes=2)
GONE = 410
SEES = tuple(role.value for role in Role if role is not Role.APPLICANT)

log = logging.getLogger(__name__)

CLAIM = sa.text(
    """
    WITH chosen AS (
        SELECT webhooks.id FROM webhooks CROSS JOIN LATERAL (
            SELECT next_at FROM webhook_deliveries
            WHERE webhook_id = webhooks.id AND state = 'waiting' AND next_at <= :now
            ORDER BY next_at LIMIT 1) AS first
        WHERE disabled_at IS NULL AND webhooks.id <> ALL (CAST(:but AS uuid[]))
        ORDER BY first.next_at LIMIT :most),
    due AS (
        SELECT waiting.id FROM chosen CROSS JOIN LATERAL (
            SELECT id FROM webhook_deliveries
            WHERE webhook_id = chosen.id AND state = 'waiting' AND next_at <= :now
            ORDER BY next_at LIMIT :each FOR UPDATE SKIP LOCKED) AS waiting)
    UPDATE webhook_deliveries AS told
    SET attempts = attempts + 1, next_at = :lease
    FROM due, webhooks, users, offices
    WHERE told.id = due.id AND webhooks.id = told.webhook_id
        AND users.id = webhooks.owner_id AND offices.id = told.office_id
    RETURNING told.id, told.webhook_id, told.event, told.type, told.instance_id,
        told.seq, told.process_key, told.element_id, told.task_id, told.at,
        told.attempts, webhooks.url, webhooks.sealed_secret, offices.code AS office,
        users.disabled_at IS NULL AND EXISTS (
            SELECT FROM memberships WHERE user_id = webhooks.owner_id
            AND office_id = ANY (offices.path) AND role = ANY (:roles)) AS is_seen
    """
)


def claim(
    store: Store,
    now: datetime,
    *,
    but: Collection[uuid.UUID] = (),
    most: int | None = None,
) -> dict[uuid.UUID, list[Any]]:
    """What is due by the clock, by webhook: ours until the lease ends.

    Of `most` webhooks at most, those whose deliveries have waited longest, and none of
    the webhooks `but`.
    """
    asked = {"now": now, "lease": now + LEASE, "each": EACH, "roles": list(SEES)}
    with store.transaction() as tx:
        claimed = tx.execute(CLAIM, asked | {"but": array_of(but), "most": most}).all()
    found: dict[uuid.UUID, list[Any]] = {}
    for told in claimed:
        found.setdefault(told.webhook_id, []).append(told)
    return found


def send(
    store: Store, clock: Clock, sealer: Sealer, postman: Postman, claimed: Iterable[Any]
) -> None:
    """Send what was claimed of one webhook, one after the other."""
    for told in claimed:
        _send(store, clock, sealer, postman, told)


def send_waiting(store: Store, clock: Clock, sealer: Sealer, postman: Postman) -> int:
    """Send what is due by the clock, a few of each webhook; how many were tried."""
    found = claim(store, clock.now())
    for claimed in found.values():
        send(store, clock, sealer, postman, claimed)
    return sum(map(len, found.values()))


def body_of(told: Any) -> bytes:
    """What is sent: which, where and when. Who it is about, the receiver asks us.

    The same for each attempt.
    """
    data = {
        "instance_id": str(told.instance_id),
        "seq": told.seq,
        "process_key": told.process_key,
        "office": told.office,
        "element_id": told.element_id,
        "task_id": None if told.task_id is None else str(told.task_id),
        "state": STATES.get(told.type),
    }
    at = told.at.astimezone(UTC).isoformat()
    body = {"type": told.event, "timestamp": at, "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def signed(secret: str, id_: str, body: bytes, timestamp: int) -> dict[str, str]:
    """The headers of Standard Webhooks. `timestamp`: seconds of the world's clock."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    said = f"{id_}.{timestamp}.".encode() + body
    mark = base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{mark}",
    }


def _send(
    store: Store, clock: Clock, sealer: Sealer, postman: Postman, told: Any
) -> None:
    if not told.is_seen:
        with store.transaction() as tx:
            _drop(tx, clock.now(), told)
        return
    secret = sealer.open(told.sealed_secret, clock.now())
    status, error = None, None
    if secret is None:
        error = "the service's secret has changed: make the webhook anew"
    else:
        body = body_of(told)
        # The machine's clock: the receiver compares it with its own.
        headers = signed(secret, str(told.id), body, int(time.time()))
        try:
            status = postman.post(told.url, headers, body)
        except NotDelivered as failure:
            error = str(failure)
    with store.transaction() as tx:
        if status is not None and 200 <= status < 300:
            _succeed(tx, clock.now(), told, status)
        else:
            _fail(tx, clock.now(), told, status, error)


def _succeed(tx: sa.Connection, now: datetime, told: Any, status: int) -> None:
    _end(tx, told, "delivered", now, last_status=status, last_error=None)
    tx.execute(
        sa.update(webhooks)
        .where(webhooks.c.id == told.webhook_id, webhooks.c.failing_since.is_not(None))
        .values(failing_since=None)
    )


def _fail(
    tx: sa.Connection, now: datetime, told: Any, status: int | None, error: str | None
) -> None:
    """Put it off, longer each time; at last give it up, and perhaps its webhook."""
    since = tx.scalar(
        sa.update(webhooks)
        .where(webhooks.c.id == told.webhook_id)
        .values(failing_since=sa.func.coalesce(webhooks.c.failing_since, now))
        .returning(webhooks.c.failing_since)
    )
    told_of = {"last_status": status, "last_error": error or f"answered {status}"}
    if status == GONE:
        _end(tx, told, "failed", now, **told_of)
        _disable(tx, now, told, "gone")
    elif told.attempts <= len(PAUSES):
        pause = PAUSES[told.attempts - 1]
        tx.execute(_this(told).values(next_at=now + pause, **told_of))
    else:
        _end(tx, told, "failed", now, **told_of)
        if since is not None and since <= now - GIVE_UP:
            _disable(tx, now, told, "failing")


def _drop(tx: sa.Connection, now: datetime, told: Any) -> None:
    """Its owner may not see this any more; whose rights are gone is told nothing."""
    _end(tx, told, "dropped", now, last_error="its owner may not see it any more")
    left = sa.text(
        """
        SELECT EXISTS (SELECT FROM webhooks
            JOIN users ON users.id = owner_id AND users.disabled_at IS NULL
            JOIN memberships ON user_id = owner_id AND role = ANY (:roles)
            JOIN offices AS held ON held.id = office_id
            JOIN offices AS watched ON watched.id = ANY (office_ids)
                AND (held.id = ANY (watched.path) OR watched.id = ANY (held.path))
            WHERE webhooks.id = :webhook)
        """
    )
    asked = {"webhook": told.webhook_id, "roles": list(SEES)}
    if not tx.scalar(left, asked):
        _disable(tx, now, told, "rights")


def _disable(tx: sa.Connection, now: datetime, told: Any, because: str) -> None:
    changed = tx.execute(
        sa.update(webhooks)
        .where(webhooks.c.id == told.webhook_id, webhooks.c.disabled_at.is_(None))
        .values(disabled_at=now, disabled_because=because)
    )
    if changed.rowcount:
        log.error("webhook %s is disabled: %s", told.webhook_id, because)


def _end(
    tx: sa.Connection, told: Any, state: str, now: datetime, **values: object
) -> None:
    tx.execute(_this(told).values(state=state, next_at=None, ended_at=now, **values))


def _this(told: Any) -> sa.Update:
    return sa.update(webhook_deliveries).where(
        webhook_deliveries.c.id == told.id, webhook_deliveries.c.state == "waiting"
    )
