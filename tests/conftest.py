"""What many tests need: a real PostgreSQL, a migrated database of one's own."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from server.postgres.embedded import (
    SERVICE,
    SUPERUSER,
    USER,
    EmbeddedPostgres,
    url_in,
)
from tests import conformance
from workflows.store import schema
from workflows.store.session import Store


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested for want of data."""
    for suite in sorted(conformance.ABSENT):
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(
            f"The conformance suite {suite} is absent. Name its folder in "
            "RASIM_CONFORMANCE.",
            red=True,
        )


@pytest.fixture(scope="session")
def accounts() -> Iterator[tuple[str, str]]:
    """One server for the whole run: for who makes databases and owns what is in them,
    and for the service. `TEST_DATABASE_URL` names another one, and a role on it that
    may make databases and roles."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        name, password = f"service_{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
        _run(given, f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
        _run(given, f"GRANT {name} TO CURRENT_USER")  # as below
        service = sa.make_url(given).set(username=name, password=password)
        yield given, service.render_as_string(hide_password=False)
        _run(given, f"DROP ROLE {name}")
        return
    # Not below pytest's folder: that one is closed to the user that root lends it.
    folder = Path(tempfile.mkdtemp(prefix="rasim-test-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder, durable=False)
    try:
        server.start()
        # Who drops a database ends what the service left open in it.
        superuser = url_in(server.place, SUPERUSER, SUPERUSER)
        _run(superuser, f"GRANT {SERVICE} TO {USER}")
        yield server.url, server.service_url
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_url(accounts: tuple[str, str]) -> str:
    return accounts[0]


@pytest.fixture(scope="session")
def service_url(accounts: tuple[str, str]) -> str:
    return accounts[1]


@pytest.fixture(scope="session")
def template(postgres_url: str, service_url: str) -> Iterator[str]:
    """The name of a migrated database that is copied, never used."""
    name = f"template_{uuid.uuid4().hex[:8]}"
    _run(postgres_url, f'CREATE DATABASE "{name}"')
    store = Store(_at(postgres_url, name))
    schema.upgrade(store, datetime.now(UTC), sa.make_url(service_url).username)
    store.close()
    yield name
    _run(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def owner_url(postgres_url: str, template: str) -> Iterator[str]:
    """A database of this module's own, as who owns its tables."""
    name = f"test_{uuid.uuid4().hex[:8]}"
    _run(postgres_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield _at(postgres_url, name)
    _run(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def database_url(owner_url: str, service_url: str) -> str:
    """The same database as the service itself knows it: with no right to its tables
    but to read and write what it must."""
    return _at(service_url, str(sa.make_url(owner_url).database))


@pytest.fixture(scope="module")
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def owner(owner_url: str) -> Iterator[Store]:
    """For what the service never does: to break something, to clear a table."""
    opened = Store(owner_url, pool_size=2)
    yield opened
    opened.close()


def _run(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _at(url: str, name: str) -> str:
    base, _, query = url.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
