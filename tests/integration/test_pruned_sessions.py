"""Sessions that are over go after some days; those of people who are at work stay."""

from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa

from tests.integration.conftest import HeldClock
from workflows import sessions
from workflows.people import Caller
from workflows.store import pruning
from workflows.store.session import Store
from workflows.store.tables import sessions as rows


def test_only_sessions_that_ended_long_ago_are_dropped(
    store: Store, clock: HeldClock, callers: Mapping[str, Caller]
) -> None:
    with store.transaction() as tx:
        for login, days in (("clerk", 30), ("clerk2", 2), ("admin", 0)):
            begun_at = clock.now() - timedelta(days=days)
            who = callers[login].user_id
            sessions.start(tx, who, begun_at, "password", login)

    pruning.prune(store, clock.now(), queue_log_days=7, idempotency_days=7)

    with store.transaction() as tx:
        left = tx.scalars(sa.select(rows.c.browser).order_by(rows.c.browser)).all()
    assert left == ["admin", "clerk2"]
