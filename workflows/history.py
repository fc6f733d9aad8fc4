"""What happened to a case: append-only events, chained by hash.

hash(n) = SHA-256(hash(n-1) | the event without its details | commitment), where
commitment = SHA-256(salt | details). Erasing details and salt leaves the chain whole.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON

from workflows import listing, people, webhook_outbox
from workflows.model import Page
from workflows.store.tables import events as event_rows
from workflows.store.tables import process_instances

SALT_BYTES = 16
LOT = 500  # cases, when all of them are verified


def _insert() -> sa.Insert:
    """Adds the events of `events`, a JSON list of what `Chain.take` gives."""
    plain = ("type", "element_id", "called_process", "actor", "detail")
    binary = _BINARY
    kept = [event_rows.c.seq, *(event_rows.c[name] for name in plain), event_rows.c.at]
    added = sa.func.json_to_recordset(sa.bindparam("events", type_=JSON)).table_valued(
        *(sa.column(column.name, column.type) for column in kept),
        *(sa.column(name, sa.Text) for name in binary),
        name="added",
    )
    rows = added.render_derived(with_types=True)
    case_id = sa.bindparam("case_id", type_=event_rows.c.instance_id.type)
    return sa.insert(event_rows).from_select(
        ["instance_id", *(column.name for column in kept), *binary],
        sa.select(
            case_id,
            *(rows.c[column.name] for column in kept),
            *(sa.func.decode(rows.c[name], sa.text("'hex'")) for name in binary),
        ),
    )


_BINARY = ("salt", "commitment", "hash")
INSERT = _insert()
# As well, what webhooks are told of these events.
INSERT_AND_TELL = INSERT.add_cte(webhook_outbox.outbox())


@dataclass(frozen=True)
class EventRow:
    """One event as people and programs see it; `detail` is None when erased.

    `called_process` is the key of the called process whose drawing has the element,
    None for the case's own; `detail` says it too, as "process".
    """

    seq: int
    type: str
    element_id: str | None
    called_process: str | None
    at: datetime
    actor: str
    detail: dict[str, Any] | None
    hash: str


@dataclass(frozen=True)
class BrokenLink:
    """The first event of a case whose chain does not hold, and why."""

    instance_id: uuid.UUID
    seq: int
    reason: str


def first_hash(instance_id: uuid.UUID) -> bytes:
    return hashlib.sha256(instance_id.bytes).digest()


class Chain:
    """The head of one case's chain, and the events that a step adds to it."""

    def __init__(self, instance_id: uuid.UUID, seq: int, head: bytes) -> None:
        self.instance_id = instance_id
        self.seq = seq
        self.head = head
        self._rows: list[dict[str, Any]] = []

    def add(
        self,
        type_: str,
        at: datetime,
        actor: str,
        element_id: str | None = None,
        detail: Mapping[str, Any] | None = None,
        called_process: str | None = None,
    ) -> None:
        text = salt = None
        if detail:
            text = json.dumps(detail, ensure_ascii=False, separators=(",", ":"))
            salt = secrets.token_bytes(SALT_BYTES)
        self.seq += 1
        row = {
            "seq": self.seq,
            "type": type_,
            "element_id": element_id,
            "called_process": called_process,
            "at": at,
            "actor": actor,
            "detail": text,
            "salt": salt,
            "commitment": _commitment(salt, text),
        }
        self.head = row["hash"] = _link(self.head, row)
        self._rows.append(row)

    @property
    def is_written(self) -> bool:
        return not self._rows

    def take(self) -> str:
        """The events added since the last call, as INSERT takes them."""
        rows, self._rows = self._rows, []
        for row in rows:
            row["at"] = row["at"].isoformat()
            row["told_as"] = webhook_outbox.NAMES.get(row["type"])
            for name in _BINARY:
                row[name] = row[name] and row[name].hex()
        return json.dumps(rows, ensure_ascii=False)


def events(
    tx: sa.Connection,
    caller: people.Caller,
    instance_id: uuid.UUID,
    *,
    limit: int = 200,
    cursor: str | None = None,
) -> Page[EventRow]:
    """The events of a case that the caller may see, in order."""
    query = (
        sa.select(event_rows)
        .join(process_instances, process_instances.c.id == event_rows.c.instance_id)
        .where(
            event_rows.c.instance_id == instance_id,
            process_instances.c.office_id.in_(people.visible(caller)),
        )
    )
    return listing.page(tx, query, [event_rows.c.seq.asc()], _event, limit, cursor)


def verify(
    tx: sa.Connection, instance_id: uuid.UUID | None = None
) -> Iterator[BrokenLink]:
    """The first broken link of each case that has one; of all cases without an id."""
    heads = sa.select(
        process_instances.c.id,
        process_instances.c.event_seq,
        process_instances.c.event_hash,
    )
    if instance_id is not None:
        heads = heads.where(process_instances.c.id == instance_id)
    # Millions are not held at once, and not asked for one by one.
    found = tx.execute(heads, execution_options={"yield_per": LOT})
    for lot in found.partitions():
        chains = _chains(tx, [head.id for head in lot])
        for head in lot:
            rows = chains.get(head.id, [])
            broken = _verify_one(rows, head.id, head.event_seq, head.event_hash)
            if broken is not None:
                yield broken


def count(tx: sa.Connection, instance_id: uuid.UUID | None = None) -> int:
    """How many chains there are: one a case."""
    query = sa.select(sa.func.count()).select_from(process_instances)
    if instance_id is not None:
        query = query.where(process_instances.c.id == instance_id)
    return tx.scalar(query) or 0


def erase_details(tx: sa.Connection, instance_id: uuid.UUID) -> int:
    """Erase what the events of a case say of people; how many events lost details.

    `tx` is that of the tables' owner: the service's own account may not.
    """
    return tx.execute(
        sa.update(event_rows)
        .where(
            event_rows.c.instance_id == instance_id, event_rows.c.detail.is_not(None)
        )
        .values(detail=None, salt=None)
    ).rowcount


def _chains(
    tx: sa.Connection, instance_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[Mapping[Any, Any]]]:
    """The events of each of these cases, in order."""
    rows = tx.execute(
        sa.select(event_rows)
        .where(event_rows.c.instance_id.in_(instance_ids))
        .order_by(event_rows.c.seq)
    )
    chains: dict[uuid.UUID, list[Mapping[Any, Any]]] = {}
    for row in rows.mappings():
        chains.setdefault(row["instance_id"], []).append(row)
    return chains


def _verify_one(
    rows: Sequence[Mapping[Any, Any]],
    instance_id: uuid.UUID,
    last_seq: int,
    head: bytes,
) -> BrokenLink | None:
    link, seq = first_hash(instance_id), 0
    for row in rows:
        seq += 1
        if row["seq"] != seq:
            return BrokenLink(instance_id, seq, "an event is missing")
        erased = row["detail"] is None
        if not erased and row["commitment"] != _commitment(row["salt"], row["detail"]):
            return BrokenLink(instance_id, seq, "the details were changed")
        link = _link(link, row)
        if row["hash"] != link:
            return BrokenLink(instance_id, seq, "the event was changed")
    if seq != last_seq or link != head:
        return BrokenLink(instance_id, seq + 1, "the end of the chain was cut")
    return None


def _commitment(salt: bytes | None, text: str | None) -> bytes | None:
    if text is None or salt is None:
        return None
    return hashlib.sha256(salt + text.encode()).digest()


def _link(previous: bytes, row: Mapping[Any, Any]) -> bytes:
    at: datetime = row["at"]
    told = [
        row["seq"],
        row["type"],
        row["element_id"],
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        row["actor"],
    ]
    if row["called_process"] is not None:
        told.append(row["called_process"])
    said = json.dumps(told, ensure_ascii=False)
    return hashlib.sha256(
        previous + said.encode() + (row["commitment"] or b"")
    ).digest()


def _event(row: sa.Row[Any]) -> EventRow:
    detail = json.loads(row.detail) if row.detail else None
    if row.called_process is not None:
        detail = (detail or {}) | {"process": row.called_process}
    return EventRow(
        seq=row.seq,
        type=row.type,
        element_id=row.element_id,
        called_process=row.called_process,
        at=row.at,
        actor=row.actor,
        detail=detail,
        hash=row.hash.hex(),
    )
