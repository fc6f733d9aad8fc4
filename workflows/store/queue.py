"""PgQueuer on our own transaction: a job exists exactly when its step does."""

from collections.abc import Iterable

import psycopg
import sqlalchemy as sa
from pgqueuer.adapters.persistence.queries import SyncQueries
from pgqueuer.ports.driver import SyncDriver
from psycopg import RawCursor
from psycopg.rows import dict_row

from workflows.store.prepared import driver_of


class TransactionDriver(SyncDriver):
    """PgQueuer's driver over the connection of an open transaction."""

    def __init__(self, connection: psycopg.Connection[object]) -> None:
        self._connection = connection

    def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        cursor = RawCursor(self._connection, row_factory=dict_row)
        cursor.execute(query, args or None)
        return cursor.fetchall()


def enqueue(tx: sa.Connection, entries: Iterable[tuple[str, bytes]]) -> None:
    """Put (entrypoint, payload) entries on the queue, in the transaction `tx`."""
    pairs = list(entries)
    if not pairs:
        return
    SyncQueries(TransactionDriver(driver_of(tx))).enqueue(
        [entrypoint for entrypoint, _ in pairs],
        [payload for _, payload in pairs],
        [0] * len(pairs),
    )
