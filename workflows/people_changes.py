"""What was done to people's accounts, by whom: written in the same transaction."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import listing
from workflows.callers import Caller
from workflows.model import Page
from workflows.ports import Clock
from workflows.store.tables import people_changes, users

SHOWN = 50


@dataclass(frozen=True)
class Change:
    """One thing that was done; `by` None: a command, or the provider of identities."""

    at: datetime
    what: str
    by: str | None
    by_name: str | None
    detail: Mapping[str, Any]


def record(
    tx: sa.Connection,
    clock: Clock,
    user_id: uuid.UUID,
    what: str,
    by: Caller | None = None,
    **detail: str,
) -> None:
    """Write down one change of a person's account; never a secret in `detail`."""
    tx.execute(
        sa.insert(people_changes).values(
            user_id=user_id,
            by_id=by.user_id if by else None,
            at=clock.now(),
            what=what,
            detail=detail,
        )
    )


def last_by(tx: sa.Connection, user_id: uuid.UUID, what: str) -> str | None:
    """The name of who did this last to an account; None: a command, or nobody."""
    return tx.scalar(
        sa.select(users.c.name)
        .select_from(people_changes)
        .outerjoin(users, users.c.id == people_changes.c.by_id)
        .where(people_changes.c.user_id == user_id, people_changes.c.what == what)
        .order_by(people_changes.c.seq.desc())
        .limit(1)
    )


def of(
    tx: sa.Connection, user_id: uuid.UUID, *, cursor: str | None = None
) -> Page[Change]:
    """The changes of one account, the newest first."""
    query = (
        sa.select(people_changes, users.c.login, users.c.name)
        .outerjoin(users, users.c.id == people_changes.c.by_id)
        .where(people_changes.c.user_id == user_id)
    )
    return listing.page(tx, query, [people_changes.c.seq.desc()], _row, SHOWN, cursor)


def _row(row: sa.Row[Any]) -> Change:
    return Change(row.at, row.what, row.login, row.name, row.detail)
