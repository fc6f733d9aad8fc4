"""A place for the scale bench: the service, its database, and people who may all."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from server import bootstrap
from server.postgres.embedded import SUPERUSER, USER, EmbeddedPostgres, url_in
from server.settings import Settings
from tests.load import service
from tests.load.client import Client
from workflows import credentials, people
from workflows.model import Role
from workflows.store.session import Store
from workflows.world import World

OFFICE = "scale-office"


@dataclass(frozen=True)
class Place:
    """Everything that a measurement speaks with."""

    client: Client
    token: str  # of a program that may do what clerks and designers may
    database: psycopg.Connection[Any]
    store: Store  # for what a worker does, done here and timed
    world: World
    running: service.Service

    def deploy(self, name: str, source: bytes) -> None:
        self.client.deploy(self.token, {f"{name}.bpmn": source})

    def start(self, key: str, variables: Mapping[str, Any]) -> uuid.UUID:
        body = {"process_key": key, "office": OFFICE, "variables": variables}
        found = self.client.call("POST", "/api/v1/instances", self.token, body)
        return uuid.UUID(found["id"])

    def task(self, case: uuid.UUID) -> uuid.UUID | None:
        """An open task of the case; asked of the database, so that it costs little."""
        found = self.database.execute(
            "SELECT id FROM user_tasks WHERE instance_id = %s AND state = 'created'"
            " LIMIT 1",
            (case,),
        ).fetchone()
        return found[0] if found else None

    def complete(self, task: uuid.UUID) -> None:
        path = f"/api/v1/tasks/{task}/complete"
        self.client.call("POST", path, self.token, {"variables": {}})

    def saved(self, case: uuid.UUID) -> tuple[str, str]:
        """The state of the case, and what is saved of it."""
        found = self.database.execute(
            "SELECT state, saved FROM process_instances WHERE id = %s", (case,)
        ).fetchone()
        if found is None:
            raise RuntimeError(f"case {case} is gone")
        return found[0], found[1]

    def number(self, query: Any, *values: Any) -> float:
        found = self.database.execute(query, values).fetchone()
        return float((found or (0,))[0] or 0)


@contextmanager
def opened() -> Iterator[Place]:
    """A durable PostgreSQL and `rasim up` in a folder that is thrown away."""
    folder = Path(tempfile.mkdtemp(prefix="rasim-scale-"))
    folder.chmod(0o711)  # root lends the database's part to another user
    postgres = EmbeddedPostgres(folder)
    try:
        postgres.start()
        _keep_commit_times(postgres)
        pid = postgres.pid
        if pid is None:
            raise RuntimeError("PostgreSQL has ended")
        with service.running(folder, postgres.url, pid) as running:
            yield from _furnished(folder, postgres.url, running)
    finally:
        postgres.stop()
        shutil.rmtree(folder)


def _furnished(folder: Path, url: str, running: service.Service) -> Iterator[Place]:
    settings = Settings.from_environment(
        {"DATABASE_URL": url, "RASIM_DATA": str(folder), "RASIM_LOG_LEVEL": "WARNING"}
    )
    with (
        bootstrap.opened(settings) as (store, world),
        psycopg.connect(url, autocommit=True) as database,
    ):
        token = _settle(store, world)
        client = Client(running.url)
        yield Place(client, token, database, store, world, running)


def _settle(store: Store, world: World) -> str:
    names = dict.fromkeys(("kk", "ru", "en"), OFFICE)
    with store.transaction() as tx:
        people.ensure_root(tx, code=OFFICE, names=names)
        people.add_user(tx, world.clock, login="scale")
        for role in (Role.CLERK, Role.DESIGNER, Role.SERVICE, Role.ADMINISTRATOR):
            people.add_membership(tx, login="scale", role=role, office=OFFICE)
        return credentials.create_token(tx, world.clock, "scale", valid_for=None)


def _keep_commit_times(postgres: EmbeddedPostgres) -> None:
    """The database tells when each row was committed; it must be started for that."""
    url = url_in(postgres.place, SUPERUSER, SUPERUSER)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        # Millions of rows are loaded without looking at what each points to.
        connection.execute(
            sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(
                sql.Identifier(USER)
            )
        )
        connection.execute("ALTER SYSTEM SET max_wal_size = '8GB'")
        # What a machine for millions of cases has at the least.
        connection.execute("ALTER SYSTEM SET shared_buffers = '1GB'")
    postgres.stop()
    postgres.start()
