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

from server.postgres.embedded import EmbeddedPostgres
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
def postgres_url() -> Iterator[str]:
    """One server for the whole run; `TEST_DATABASE_URL` names another one."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    # Not below pytest's folder: that one is closed to the user that root lends it.
    folder = Path(tempfile.mkdtemp(prefix="rasim-test-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder, durable=False)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(postgres_url: str) -> str:
    """The name of a migrated database that is copied, never used."""
    name = f"template_{uuid.uuid4().hex[:8]}"
    _run(postgres_url, f'CREATE DATABASE "{name}"')
    store = Store(_at(postgres_url, name))
    schema.upgrade(store, datetime.now(UTC))
    store.close()
    return name


@pytest.fixture(scope="module")
def database_url(postgres_url: str, template: str) -> Iterator[str]:
    """A database of this module's own."""
    name = f"test_{uuid.uuid4().hex[:8]}"
    _run(postgres_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield _at(postgres_url, name)
    _run(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()


def _run(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _at(url: str, name: str) -> str:
    base, _, query = url.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
