"""What is kept for some days only is dropped after them, and nothing else is."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from server import worker
from server.settings import Settings
from tests.integration.conftest import HeldClock
from workflows.people import Caller
from workflows.store import pruning
from workflows.store.session import Store
from workflows.store.tables import idempotency_keys
from workflows.world import World

DAYS = 3


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment(
        {
            "RASIM_DATA": str(tmp_path),
            "RASIM_QUEUE_LOG_DAYS": str(DAYS),
            "RASIM_IDEMPOTENCY_DAYS": str(DAYS),
        }
    )


@pytest.fixture(autouse=True)
def kept(store: Store, clock: HeldClock, callers: Mapping[str, Caller]) -> None:
    """Of each kind three old rows and two young ones; a day lies between them."""
    with store.transaction() as tx:
        tx.execute(sa.text("DELETE FROM pgqueuer_log"))
        tx.execute(sa.delete(idempotency_keys))
        for number, days in enumerate((DAYS + 0.5,) * 3 + (DAYS - 0.5,) * 2):
            tx.execute(
                sa.text(
                    "INSERT INTO pgqueuer_log (created, job_id, status, priority,"
                    " entrypoint) VALUES (now() - :age, :number, 'exception', 0, 'x')"
                ),
                {"age": timedelta(days=days), "number": number},
            )
            tx.execute(
                sa.insert(idempotency_keys).values(
                    user_id=callers["portal"].user_id,
                    key=str(number),
                    request_hash=b"",
                    status=201,
                    subject={},
                    created_at=clock.now() - timedelta(days=days),
                )
            )


def test_the_workers_upkeep_drops_what_is_old_and_keeps_the_rest(
    store: Store, world: World, settings: Settings
) -> None:
    is_behind = worker.keep_up(store, world, settings)

    assert not is_behind
    assert _left(store) == (2, 2)


def test_a_lot_at_a_time_is_dropped_until_nothing_is_old(
    store: Store, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "LOT", 2)

    first = worker.keep_up(store, world, settings)
    after = _left(store)
    second = worker.keep_up(store, world, settings)

    assert (first, after) == (True, (3, 3))
    assert (second, _left(store)) == (False, (2, 2))


def _left(store: Store) -> tuple[int, int]:
    with store.transaction() as tx:
        log = tx.scalar(sa.text("SELECT count(*) FROM pgqueuer_log")) or 0
        keys = tx.scalar(sa.select(sa.func.count()).select_from(idempotency_keys)) or 0
    return log, keys
