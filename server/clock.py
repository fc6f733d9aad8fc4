"""The manual clock: it stands still until somebody moves it, for all processes at once.

Kept in a table, so that web and workers see the same moment; for tests alone.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from workflows.model import InputRefused
from workflows.ports import SystemClock
from workflows.store.session import Store
from workflows.store.tables import manual_clock

# Its own few connections: the clock is read while a use case holds one of the others,
# and must never wait for a pool that is full of use cases waiting for the clock.
CONNECTIONS = 2
LATEST = datetime.fromisoformat("9000-01-01T00:00:00+00:00")


class ManualClock:
    """A Clock over the table `manual_clock`; starts at the machine's present time."""

    def __init__(self, url: str) -> None:
        self._store = Store(url, pool_size=CONNECTIONS)

    def now(self) -> datetime:
        """Read each time: another process may have moved it."""
        with self._store.statement() as connection:
            now = connection.scalar(sa.select(manual_clock.c.now))
            if now is None:
                connection.execute(
                    insert(manual_clock)
                    .values(now=SystemClock().now())
                    .on_conflict_do_nothing()
                )
                now = connection.scalar(sa.select(manual_clock.c.now))
        if not isinstance(now, datetime):
            raise LookupError("the manual clock's row is gone")
        return now

    def ahead(self, field: str, moment: datetime) -> datetime:
        """The moment, if one may move there; InputRefused, naming `field`, if not."""
        if moment < self.now():
            raise InputRefused(field=field, reason="the clock only moves forward")
        if moment > LATEST:
            raise InputRefused(field=field, reason=f"not beyond {LATEST:%Y}")
        return moment

    def reach(self, moment: datetime) -> datetime:
        """Move forward to an aware moment, unless it has passed already; the time."""
        with self._store.transaction() as tx:
            moved: datetime = tx.execute(
                sa.update(manual_clock)
                .values(now=sa.func.greatest(manual_clock.c.now, moment))
                .returning(manual_clock.c.now)
            ).scalar_one()
        return moved

    def close(self) -> None:
        self._store.close()
