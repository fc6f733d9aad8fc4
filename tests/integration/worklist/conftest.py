"""An empty worklist, and procedures with search variables."""

from collections.abc import Iterator, Mapping

import pytest
import sqlalchemy as sa

from server import bootstrap
from tests.integration.conftest import MONDAY, HeldClock
from tests.integration.house import House
from tests.integration.worklist.lists import Lists
from tests.load.worklist_drawings import files
from workflows import deployments
from workflows.callers import Caller
from workflows.store.session import Store
from workflows.store.tables import user_tasks
from workflows.world import World


@pytest.fixture(scope="module")
def procedures(store: Store) -> None:
    house = House(store, World(HeldClock(), bootstrap.queue_of), {})
    for release in files().values():
        with store.transaction() as tx:
            deployments.release(tx, house.world, None, release)


@pytest.fixture
def lists(
    store: Store,
    world: World,
    clock: HeldClock,
    callers: Mapping[str, Caller],
    procedures: None,
) -> Iterator[Lists]:
    yield Lists(store, world, callers, clock)
    with store.transaction() as tx:  # each test begins with an empty worklist
        tx.execute(
            sa.update(user_tasks)
            .where(user_tasks.c.state.in_(["created", "claimed"]))
            .values(state="canceled", ended_at=MONDAY)
        )
