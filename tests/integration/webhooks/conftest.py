"""A house with webhooks, and a postman who does as he is told."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.drawn import ask, line, step
from tests.integration.house import House
from tests.integration.webhooks.hooks import ToldPostman
from workflows.store.tables import webhook_deliveries
from workflows.store.tables import webhooks as webhook_rows

SCRIPT = '<zeebe:script expression="=gone" resultVariable="x"/>'


@pytest.fixture
def house(store, owner, world, callers) -> Iterator[House]:
    """Two procedures are released; each test has webhooks of its own."""
    made = House(store, world, callers)
    made.release(hooked__bpmn=line("hooked", ask("a", None, "А"), ask("b", None, "Б")))
    made.release(faulty__bpmn=line("faulty", step("scriptTask", "s", SCRIPT, "Есеп")))
    yield made
    with owner.transaction() as tx:
        tx.execute(sa.delete(webhook_deliveries))
        tx.execute(sa.delete(webhook_rows))


@pytest.fixture
def postman() -> ToldPostman:
    return ToldPostman()
