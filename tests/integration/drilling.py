"""A service of a drill of its own, backed up and restored by the commands."""

import io
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import command
from click.testing import CliRunner

from server import bootstrap
from server.backup import store as backup_store
from server.cli import main
from server.postgres.embedded import EmbeddedPostgres
from server.settings import Settings
from tests.integration.conftest import SCHOOL
from tests.integration.house import House
from workflows import depot as depots
from workflows import documents, people
from workflows.model import Role
from workflows.ports import SystemClock
from workflows.store import schema
from workflows.store.session import Store
from workflows.store.tables import process_instances
from workflows.world import World

ALMATY = ZoneInfo("Asia/Almaty")
PATIENCE_SECONDS = 60.0
PEOPLE = {
    "clerk": (Role.CLERK, SCHOOL),
    "portal": (Role.SERVICE, "root"),
    "admin": (Role.ADMINISTRATOR, "root"),
}


@dataclass
class Drill:
    """One service on real time, as the drill speaks of it."""

    folder: Path
    settings: Settings
    postgres: EmbeddedPostgres
    cases: dict[str, uuid.UUID] = field(default_factory=dict)
    moments: dict[str, datetime] = field(default_factory=dict)
    follower: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("RASIM_") and name != "DATABASE_URL"
        }
        return kept | {"RASIM_DATA": str(self.settings.data)}

    def rasim(self, *arguments: str, **settings: str) -> "Answer":
        """A command, in this process: it would take seconds to load."""
        kept = self.environment | settings
        told = {name: kept.get(name) for name in (*os.environ, *kept)}
        done = CliRunner().invoke(main, arguments, env=told, prog_name="rasim")
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Answer(done.exit_code, done.stdout, done.stderr)

    def restore(self, *arguments: str, **settings: str) -> "Tried":
        """Into a new folder of its own."""
        target = self.folder / f"new-{uuid.uuid4().hex[:6]}"
        answer = self.rasim("restore", "--into", str(target), *arguments, **settings)
        return Tried(target, answer)

    def follow(self) -> None:
        command = [sys.executable, "-P", "-m", "server.cli", "backup", "--follow"]
        self.follower = subprocess.Popen(command, env=self.environment)

    def wait_until_followed(self, moment: datetime) -> None:
        """What was committed by then is in the backup."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            for path in self.settings.backup.folder.glob("*/followed.json"):
                followed = backup_store.read_followed(path.parent)
                if followed is not None and followed.at >= moment:
                    return
            time.sleep(0.1)
        raise AssertionError("nobody follows the log")

    def stop(self) -> None:
        if self.follower is not None:
            self.follower.terminate()
            self.follower.wait(PATIENCE_SECONDS)
            self.follower = None
        self.postgres.stop()


@dataclass(frozen=True)
class Answer:
    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Tried:
    """A restore, and what became of the folder that it was to make."""

    target: Path
    answer: Answer

    @property
    def refusal(self) -> str:
        assert self.answer.returncode == 1, self.answer.stdout
        assert not self.target.exists()
        return self.answer.stderr


@contextmanager
def opened(settings: Settings, url: str) -> Iterator[House]:
    """The service on a database: its people are made if there are none."""
    store = Store(url)
    try:
        if not _has_people(store):
            schema.upgrade(store, datetime.now(UTC))
            _make_people(store)
        with store.transaction() as tx:
            callers = {login: people.known(tx, login) for login in PEOPLE}
        world = World(clock=SystemClock(), queue_of=bootstrap.queue_of)
        yield House(store, world, callers)
    finally:
        store.close()


def _has_people(store: Store) -> bool:
    with store.transaction() as tx:
        found = tx.exec_driver_sql("SELECT to_regclass('users')").scalar()
    return found is not None


def _make_people(store: Store) -> None:
    with store.transaction() as tx:
        people.add_office(tx, code="root", kind="ministry", names={})
        people.add_office(tx, code=SCHOOL, kind="school", names={}, parent="root")
        for login, (role, office) in PEOPLE.items():
            people.add_user(tx, SystemClock(), login=login)
            people.add_membership(tx, login=login, role=role, office=office)


def attach(drill: Drill, house: House, case: uuid.UUID, content: bytes) -> None:
    depot = bootstrap.make_depot(drill.settings)
    received = depots.receive(
        house.store, depot, house.world.clock, io.BytesIO(content), "a.txt"
    )
    (task,) = house.tasks(case)
    with house.store.transaction() as tx:
        documents.add_to_task(
            tx, house.world, depot, house.callers["clerk"], task.id, received
        )


@contextmanager
def restored(drill: Drill, tried: Tried) -> Iterator[tuple[House, Settings]]:
    """The service as `rasim up` would start it on what was restored."""
    assert tried.answer.returncode == 0, tried.answer.stdout + tried.answer.stderr
    settings = Settings.from_environment({"RASIM_DATA": str(tried.target)})
    server = EmbeddedPostgres(tried.target)
    try:
        server.start()
        upgraded = drill.rasim("db", "upgrade", RASIM_DATA=str(tried.target))
        assert "rasim_service has its rights" in upgraded.stdout
        with opened(settings, server.service_url) as house:
            yield house, settings
    finally:
        server.stop()
        shutil.rmtree(server.place.folder)


def bring_to(url: str, version: str) -> None:
    """Make the tables of an earlier release."""
    store = Store(url, pool_size=1)
    config = schema._config()
    with store.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        connection.commit()
    store.close()


def told(moment: datetime) -> str:
    """As an administrator writes it, by Almaty's clock."""
    return f"{moment.astimezone(ALMATY):%Y-%m-%dT%H:%M:%S}"


def names(drill: Drill, house: House) -> set[str]:
    """Which of the drill's cases are there."""
    with house.store.transaction() as tx:
        there = set(tx.scalars(sa.select(process_instances.c.id)).all())
    return {name for name, case in drill.cases.items() if case in there}


def size_of(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
