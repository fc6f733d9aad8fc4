"""The service's account of the database: enough for the service, and no more."""

import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from psycopg.errors import InsufficientPrivilege

from server.cli import main
from server.doctor import surroundings
from server.settings import Settings
from tests.drawn import ask, line
from tests.integration.house import House
from workflows import comments, history
from workflows.people import Caller
from workflows.store import rights, schema, tables
from workflows.store.session import RightsMissing, Store
from workflows.world import World

ROOT = Path(__file__).parents[3]
MONTH = datetime(2033, 5, 1, tzinfo=UTC)
OWNED = sa.text(
    "SELECT relname, relacl::text FROM pg_class"
    " WHERE relnamespace = current_schema()::regnamespace ORDER BY 1"
)


@pytest.fixture(scope="module")
def house(store: Store, callers: Mapping[str, Caller]) -> House:
    from tests.integration.conftest import HeldClock

    house = House(store, World(clock=HeldClock(), queue_of=lambda _: "q"), callers)
    house.release(a__bpmn=line("paper", ask("read")))
    return house


@pytest.fixture(scope="module")
def case(house: House) -> uuid.UUID:
    return house.start("paper")


@pytest.fixture
def link(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url) as link:
        yield link


@pytest.fixture
def role(database_url: str) -> str:
    return str(sa.make_url(database_url).username)


@pytest.fixture
def fresh(postgres_url: str, service_url: str) -> Iterator[SimpleNamespace]:
    """A database of this release before the service's account has any right in it."""
    name = f"fresh_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres_url, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
    urls = [sa.make_url(one).set(database=name) for one in (postgres_url, service_url)]
    owner, service = (one.render_as_string(hide_password=False) for one in urls)
    store = Store(owner, pool_size=2)
    schema.upgrade(store, MONTH)
    yield SimpleNamespace(owner=store, owner_url=owner, url=service)
    store.close()
    with psycopg.connect(postgres_url, autocommit=True) as link:
        link.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.parametrize(
    "statement",
    [
        f"{what} {table}{how}"
        for table in ("events", "events_rest", "people_changes", "queue_changes")
        for what, how in (
            ("UPDATE", " SET at = at"),
            ("DELETE FROM", ""),
            ("TRUNCATE", ""),
        )
    ]
    + [
        "UPDATE events SET detail = NULL, salt = NULL",
        "SELECT FROM events FOR UPDATE",
        "INSERT INTO events_rest SELECT * FROM events",
        "UPDATE releases SET id = id",
        "DELETE FROM release_parts",
        "UPDATE definition_versions SET key = key",
        "DELETE FROM process_instances",
        "DELETE FROM user_tasks",
        "DELETE FROM documents",
        "UPDATE alembic_version SET version_num = '0001_house'",
    ],
)
def test_what_has_happened_is_not_rewritten(
    link: psycopg.Connection, case: uuid.UUID, statement: str
) -> None:
    with pytest.raises(InsufficientPrivilege):
        link.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE users ADD COLUMN more text",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "ALTER TABLE user_tasks RENAME TO other",
        "DROP TABLE comments",
        "DROP TRIGGER events_append_only ON events",
        "TRUNCATE drafts",
        "CREATE TABLE mine (id int)",
        "CREATE INDEX ON users (name)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        (
            "CREATE OR REPLACE FUNCTION events_are_append_only() RETURNS trigger AS ''"
            " LANGUAGE plpgsql"
        ),
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "SET session_replication_role = replica",
        "SET ROLE {owner}",
        "COPY users TO PROGRAM 'cat'",
        "SELECT pg_read_file('PG_VERSION')",
    ],
)
def test_no_table_is_altered_and_no_other_right_is_taken(
    link: psycopg.Connection, owner_url: str, statement: str
) -> None:
    owner = sa.make_url(owner_url).username
    link.autocommit = True

    with pytest.raises(InsufficientPrivilege):
        link.execute(statement.format(owner=owner))


def test_a_right_is_not_given_to_oneself(link: psycopg.Connection, role: str) -> None:
    """PostgreSQL says by a warning alone that it gave nothing."""
    link.execute(f'GRANT UPDATE ON events TO "{role}"')

    held = link.execute("SELECT has_table_privilege('events', 'UPDATE')").fetchone()
    assert held == (False,)


def test_the_words_of_a_comment_alone_can_be_erased(
    house: House, case: uuid.UUID, callers: Mapping[str, Caller]
) -> None:
    with house.store.transaction() as tx:
        comment = comments.add(tx, house.world, callers["clerk"], case, "A secret")
        one = sa.select(tables.comments).where(tables.comments.c.id == comment)
        told = tx.execute(one).one()
    erase = sa.text("SELECT erase_comment(:case, :seq, :at)")

    with house.store.transaction() as tx:
        for event in tx.execute(
            sa.select(tables.events).where(tables.events.c.type != "comment.added")
        ).all():
            asked = {"case": event.instance_id, "seq": event.seq, "at": event.at}
            tx.execute(erase, asked)
        left = tx.scalar(
            sa.select(sa.func.count()).where(tables.events.c.detail.is_not(None))
        )
        comments.remove(tx, house.world, callers["clerk"], comment)
        after = [
            one.detail for one in history_of(tx, case) if one.seq == told.event_seq
        ]

        assert left is not None
        assert left > 1
        assert after == [None]
        assert list(history.verify(tx, case)) == []


def history_of(tx: sa.Connection, case: uuid.UUID) -> list[sa.Row]:
    return list(
        tx.execute(sa.select(tables.events).where(tables.events.c.instance_id == case))
    )


def test_a_month_that_the_service_makes_is_the_owners(
    store: Store, owner: Store, role: str
) -> None:
    with store.transaction() as tx:
        schema.make_partitions(tx, MONTH)

    with owner.transaction() as tx:
        asked = sa.text(
            "SELECT pg_get_userbyid(relowner) = current_user,"
            " has_table_privilege(:role, oid, 'SELECT, INSERT, UPDATE, DELETE')"
            " FROM pg_class WHERE relname = 'events_2033_05'"
        )
        assert tx.execute(asked, {"role": role}).one() == (True, False)


def test_every_table_has_its_rights_said(owner: Store, role: str) -> None:
    with owner.transaction() as tx:
        found = tx.execute(rights.GIVEN, {"role": role}).all()
    given = {
        row.name: frozenset(row.rights)
        for row in found
        if not row.is_sequence and not row.name.startswith("events_")
    }

    assert given == rights.RIGHTS
    assert {*tables.offices.metadata.tables} <= {*rights.RIGHTS}
    assert all(not row.rights for row in found if row.name.startswith("events_"))


@pytest.mark.parametrize(
    ("right", "pattern"),
    [
        ("DELETE", r"\b(?:sa\.delete\(|DELETE FROM )([a-z_]+)"),
        ("UPDATE", r"\b(?:sa\.update\(|UPDATE )([a-z_]+)"),
    ],
)
def test_what_the_code_changes_it_may_change(right: str, pattern: str) -> None:
    """As far as a statement names its table; the rest the other tests run."""
    apart = {"store/migrations", "workflows/history.py"}
    found: dict[str, str] = {}
    for path in sorted([*ROOT.glob("workflows/**/*.py"), *ROOT.glob("server/**/*.py")]):
        if not any(each in str(path) for each in apart):
            for name in re.findall(pattern, path.read_text("utf-8")):
                found[name] = path.name

    named = {one: found[one] for one in found if one in rights.RIGHTS}
    assert len(named) > 15
    assert {one: named[one] for one in named if right not in rights.RIGHTS[one]} == {}


def test_one_command_gives_the_rights_and_repeated_changes_nothing(
    fresh: SimpleNamespace, role: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = {
        "RASIM_DATA": str(tmp_path),
        "DATABASE_URL": fresh.url,
        "RASIM_DATABASE_OWNER_URL": fresh.owner_url,
    }
    service = Store(fresh.url, pool_size=1)
    with (
        pytest.raises(RightsMissing, match="rasim db upgrade"),
        service.transaction() as tx,
    ):
        tx.execute(sa.select(tables.users))

    answers, seen = [], []
    for _ in range(2):
        answers.append(CliRunner().invoke(main, ["db", "upgrade"], env=told))
        with fresh.owner.transaction() as tx:
            seen.append(tx.execute(OWNED).all())

    assert f"The service's account {role} has its rights." in answers[0].output
    assert seen[0] == seen[1]
    with service.transaction() as tx:
        assert tx.execute(sa.select(tables.users)).all() == []
        assert rights.mighty(tx) is None
    # One of the same name as ours would be before it on the way to it.
    with pytest.raises(RightsMissing), service.transaction() as tx:
        tx.exec_driver_sql("CREATE TEMPORARY TABLE events (id int)")
    service.close()


def test_rights_beyond_are_taken_again(fresh: SimpleNamespace, role: str) -> None:
    with fresh.owner.transaction() as tx:
        tx.exec_driver_sql(f'GRANT ALL ON events, events_rest, users TO "{role}"')
        tx.exec_driver_sql("GRANT CREATE ON SCHEMA public TO PUBLIC")
        tx.exec_driver_sql("GRANT EXECUTE ON FUNCTION make_partition(date) TO PUBLIC")

    schema.upgrade(fresh.owner, MONTH, role)

    with fresh.owner.transaction() as tx:
        given = {
            row.name: {*row.rights} for row in tx.execute(rights.GIVEN, {"role": role})
        }
        assert given["events"] == rights.ADD
        assert given["events_rest"] == set()
        assert given["users"] == rights.CHANGE
        may = sa.text(
            "SELECT has_schema_privilege(:role, 'public', 'CREATE'),"
            " (SELECT array_to_string(proacl, ' ') FROM pg_proc"
            " WHERE proname = 'make_partition')"
        )
        created, functions = tx.execute(may, {"role": role}).one()
    assert created is False
    assert not re.search(r"(^| )=X", functions)


def test_a_role_that_is_not_there_is_named(fresh: SimpleNamespace) -> None:
    with pytest.raises(rights.NoSuchRole, match="CREATE ROLE nobody_yet"):
        schema.upgrade(fresh.owner, MONTH, "nobody_yet")


def test_who_does_not_own_the_tables_is_told_whose_they_are(
    fresh: SimpleNamespace, role: str
) -> None:
    schema.upgrade(fresh.owner, MONTH, role)
    service = Store(fresh.url, pool_size=2)

    schema.upgrade(service, MONTH, role)  # nothing is missing
    with fresh.owner.transaction() as tx:
        tx.exec_driver_sql(
            "UPDATE alembic_version SET version_num = '0014_first_passwords'"
        )
    with pytest.raises(schema.NotTheOwner, match="RASIM_DATABASE_OWNER_URL"):
        schema.upgrade(service, MONTH, role)
    service.close()


def test_the_doctor_finds_one_account_for_all(
    database_url: str, owner_url: str, tmp_path: Path
) -> None:
    def found(url: str) -> list[str]:
        told = {"DATABASE_URL": url, "RASIM_DATA": str(tmp_path)}
        settings = Settings.from_environment(told)
        store = Store(url, pool_size=1)
        try:
            return [one.code for one in surroundings.of_server(store, settings)]
        finally:
            store.close()

    assert "database-owner" in found(owner_url)
    assert "database-owner" not in found(database_url)
