"""The pages of the desk, for people with browsers."""

from collections.abc import Iterator, Mapping

import pytest

from server import bootstrap
from server.settings import Settings
from tests.integration.house import House
from tests.integration.task_page.clerks import Desks
from workflows.people import Caller
from workflows.store.session import Store


@pytest.fixture(scope="module")
def desks(
    store: Store,
    database_url: str,
    callers: Mapping[str, Caller],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desks]:
    told = {
        "DATABASE_URL": database_url,
        "RASIM_DATA": str(tmp_path_factory.mktemp("data")),
        "RASIM_SECRET_KEY": "x" * 40,
        "RASIM_DEMO": "1",
    }
    app = bootstrap.create_app(Settings.from_environment(told))
    services = app.extensions["rasim"]
    yield Desks(app, House(store, services.world, callers))
    services.store.close()
