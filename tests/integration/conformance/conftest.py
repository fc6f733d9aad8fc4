"""One service for all cases, on a manual clock, and somebody who may do everything."""

import pytest

from server import bootstrap
from server.settings import Settings
from tests.integration.api.callers import make_caller
from tests.integration.conformance.driver import Service
from workflows import people
from workflows.model import Role


@pytest.fixture(scope="module")
def service(database_url, store, tmp_path_factory):
    settings = Settings.from_environment(
        {
            "DATABASE_URL": database_url,
            "RASIM_DATA": str(tmp_path_factory.mktemp("data")),
            "RASIM_SECRET_KEY": "x" * 40,
            "RASIM_MANUAL_CLOCK": "1",
        }
    )
    app = bootstrap.create_app(settings)
    with store.transaction() as tx:
        people.add_office(tx, code="root", kind="ministry", names={"kk": "root"})
    yield Service(make_caller(app, store, "all", Role.ADMINISTRATOR, "root"))
    services = app.extensions["rasim"]
    services.store.close()
    services.clock.close()
