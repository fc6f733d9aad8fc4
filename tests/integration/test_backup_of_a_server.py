"""Backups of a PostgreSQL of somebody's own: as far as its role may, and into another.

The server is an embedded one that the settings know by its URL alone.
"""

import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from server.backup import source as backup_source
from server.backup import store as backup_store
from server.backup import taking
from server.holding import held
from server.postgres.embedded import SUPERUSER, EmbeddedPostgres, url_in
from server.settings import Settings
from tests.drawn import ask, job, line
from tests.integration.conftest import ToldConnectors
from tests.integration.drilling import Drill, attach, bring_to, names, opened, told
from workflows.store import rights
from workflows.store.session import Store


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    """A case with its document, on a server."""
    folder = Path(tempfile.mkdtemp(prefix="rasim-server-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "server", durable=False)
    settings = Settings.from_environment({"RASIM_DATA": str(folder / "data")})
    drill = Drill(folder, settings, server)
    try:
        with opened(settings, server.start()) as house:
            house.release(
                a__bpmn=line("paper", ask("read"), job("tell", "notify.email"))
            )
            drill.cases["before"] = house.start("paper")
            attach(drill, house, drill.cases["before"], b"before the backup")
        yield drill
    finally:
        drill.stop()
        shutil.rmtree(server.place.folder, ignore_errors=True)
        shutil.rmtree(folder)


@pytest.fixture
def backups(drill: Drill) -> Iterator[dict[str, str]]:
    """A folder for backups of one test, as a setting."""
    folder = drill.folder / f"backups-{uuid.uuid4().hex[:6]}"
    yield {"RASIM_BACKUP": str(folder)}
    shutil.rmtree(folder, ignore_errors=True)
    with psycopg.connect(superuser(drill), autocommit=True) as link:
        link.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
        )


@pytest.fixture
def empty(drill: Drill) -> str:
    """The URL of an empty database beside."""
    name = f"empty_{uuid.uuid4().hex[:6]}"
    with psycopg.connect(drill.postgres.url, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
    return url_in(drill.postgres.place, database=name)


def superuser(drill: Drill) -> str:
    return url_in(drill.postgres.place, SUPERUSER)


def test_a_role_that_may_not_copy_the_server_is_told_what_is_missing(
    drill: Drill, backups: dict[str, str]
) -> None:
    answer = drill.rasim("backup", DATABASE_URL=drill.postgres.url, **backups)

    assert answer.returncode == 1
    assert "ALTER ROLE rasim REPLICATION" in answer.stderr
    assert "rasim backup --dump" in answer.stderr
    assert not list(Path(backups["RASIM_BACKUP"]).glob("*/*/manifest.json"))


def test_a_dump_goes_into_an_empty_database_and_a_case_goes_on(
    drill: Drill, backups: dict[str, str], empty: str
) -> None:
    made = drill.rasim("backup", "--dump", DATABASE_URL=drill.postgres.url, **backups)
    assert made.returncode == 0, made.stderr
    target = drill.folder / "other"

    done = drill.rasim("restore", "--into", empty, RASIM_DATA=str(target), **backups)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of 1 are there, as sent" in done.stdout
    check_that_it_goes_on(drill, empty)


def test_a_backup_of_an_earlier_release_is_brought_up(
    drill: Drill, backups: dict[str, str], empty: str
) -> None:
    """In it, a person whose unused first password had no end."""
    earlier = f"{empty.partition('?')[0].rpartition('/')[2]}_earlier"
    with psycopg.connect(drill.postgres.url, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{earlier}"')
    url = url_in(drill.postgres.place, database=earlier)
    bring_to(url, "0013_queue")
    with psycopg.connect(url) as link:
        link.execute(
            "WITH made AS (INSERT INTO users (id, login, name, locale, created_at,"
            " must_change_password) VALUES (gen_random_uuid(), 'a', 'A', 'kk', now(),"
            " true) RETURNING id) INSERT INTO people_changes (id, user_id, at, what)"
            " SELECT gen_random_uuid(), id, '2026-01-01+00', 'first_password' FROM made"
        )

    made = drill.rasim("backup", "--dump", DATABASE_URL=url, **backups)
    done = drill.rasim("restore", "--into", empty, **backups)
    with psycopg.connect(empty) as link:
        until = link.execute("SELECT first_password_until FROM users").fetchone()

    assert made.returncode == 0, made.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    assert "brought up from 0013_queue" in done.stdout
    assert until == (datetime(2026, 1, 4, tzinfo=UTC),)


def test_the_accounts_of_another_server_have_their_rights_there(
    drill: Drill, backups: dict[str, str], empty: str
) -> None:
    """A dump has neither roles nor rights."""
    drill.rasim("backup", "--dump", DATABASE_URL=drill.postgres.url, **backups)
    service = empty.replace(
        drill.postgres.url.partition("@")[0],
        drill.postgres.service_url.partition("@")[0],
    )
    told_ = {"DATABASE_URL": service, "RASIM_DATABASE_OWNER_URL": empty, **backups}

    done = drill.rasim("restore", "--into", empty, **told_)

    assert done.returncode == 0, done.stdout + done.stderr
    check_that_it_goes_on(drill, service)
    store = Store(service, pool_size=1)
    with store.transaction() as tx:
        assert rights.mighty(tx) is None
    store.close()
    again = drill.rasim("backup", "--dump", **told_)
    assert again.returncode == 0, again.stderr


def test_a_dump_has_one_moment_alone(
    drill: Drill, backups: dict[str, str], empty: str
) -> None:
    drill.rasim("backup", "--dump", DATABASE_URL=drill.postgres.url, **backups)

    into_database = drill.rasim(
        "restore", "--into", empty, "--to", told(datetime.now(UTC)), **backups
    )
    target = drill.folder / "new"
    into_folder = drill.rasim("restore", "--into", str(target), **backups)

    assert "is a dump" in into_database.stderr
    assert "goes into an empty database" in into_folder.stderr
    assert not target.exists()


def test_backups_of_one_second_are_two(
    drill: Drill, backups: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that stands for five seconds."""
    began, until = datetime.now(UTC), time.monotonic() + 5

    def now(_: object) -> datetime:
        return began if time.monotonic() < until else datetime.now(UTC)

    monkeypatch.setattr(taking, "_now", now)

    for _ in range(2):
        made = drill.rasim(
            "backup", "--dump", DATABASE_URL=drill.postgres.url, **backups
        )
        assert made.returncode == 0, made.stderr

    assert len(backup_store.backups(Path(backups["RASIM_BACKUP"]))) == 2


def test_a_copy_of_the_server_goes_into_an_empty_database(
    drill: Drill,
    backups: dict[str, str],
    empty: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = superuser(drill)
    made = drill.rasim("backup", DATABASE_URL=url, **backups)
    assert made.returncode == 0, made.stderr
    target = drill.folder / "third"
    # Of a restore that was killed, of one that runs, and what is a way elsewhere.
    beside = drill.folder / "temporary"
    killed, runs, link = (beside / f"rasim-restore-{name}" for name in "abc")
    for one in (killed, runs):
        one.mkdir(parents=True)
        (one / "database.dump").touch()
    link.symlink_to(drill.folder)
    monkeypatch.setattr(tempfile, "tempdir", str(beside))

    with held(runs / "lock", AssertionError()):
        done = drill.rasim(
            "restore", "--into", empty, RASIM_DATA=str(target), **backups
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert {*beside.iterdir()} == {runs, link}
    assert (runs / "database.dump").exists()
    check_that_it_goes_on(drill, empty)


def test_a_backup_whose_documents_have_no_place_is_none(
    drill: Drill, backups: dict[str, str]
) -> None:
    folder = Path(backups["RASIM_BACKUP"])
    folder.mkdir(mode=0o700)
    (folder / "documents").touch()  # where a folder must be

    made = drill.rasim("backup", "--dump", DATABASE_URL=drill.postgres.url, **backups)

    assert made.returncode == 1
    assert "cannot hold backups" in made.stderr
    assert not list(folder.glob("*/*"))


def test_a_database_whose_documents_did_not_come_is_told(
    drill: Drill, backups: dict[str, str], empty: str
) -> None:
    drill.rasim("backup", "--dump", DATABASE_URL=drill.postgres.url, **backups)
    target = drill.folder / "fourth"
    target.mkdir()
    (target / "documents").touch()  # where a folder must be

    done = drill.rasim("restore", "--into", empty, RASIM_DATA=str(target), **backups)

    assert done.returncode == 1
    assert "but not its documents" in done.stderr


def test_a_copy_of_the_server_becomes_a_cluster_for_its_own_programs(
    drill: Drill, backups: dict[str, str]
) -> None:
    drill.rasim("backup", DATABASE_URL=superuser(drill), **backups)
    target = drill.folder / "cluster"

    done = drill.rasim("restore", "--into", str(target), **backups)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Start PostgreSQL 18 on this folder" in done.stdout
    shutil.rmtree(EmbeddedPostgres(target).place.folder)


def test_a_database_with_tables_is_never_overwritten(
    drill: Drill, backups: dict[str, str]
) -> None:
    drill.rasim("backup", "--dump", DATABASE_URL=drill.postgres.url, **backups)

    done = drill.rasim("restore", "--into", drill.postgres.url, **backups)

    assert done.returncode == 1
    assert "the database rasim is not empty" in done.stderr


def test_only_so_many_backups_are_kept_and_their_log_goes_with_them(
    drill: Drill, backups: dict[str, str]
) -> None:
    folder = Path(backups["RASIM_BACKUP"])
    setting = {"DATABASE_URL": superuser(drill), "RASIM_BACKUPS_KEPT": "1", **backups}
    drill.rasim("backup", **setting)
    (first,) = folder.glob("*/*/manifest.json")
    old = first.parent.parent / "wal" / "000000010000000000000001"
    old.touch()

    second = drill.rasim("backup", **setting)

    (left,) = folder.glob("*/*/manifest.json")
    assert left != first
    assert left.parent.parent == first.parent.parent  # of the same server
    assert f"dropped {first.parent.name}" in second.stdout
    assert not old.exists()


def test_passwords_are_no_arguments(drill: Drill) -> None:
    told_, environment = backup_source.environment_for(superuser(drill))

    assert "password" not in told_
    assert environment["PGPASSWORD"] in superuser(drill)


def check_that_it_goes_on(drill: Drill, url: str) -> None:
    with opened(drill.settings, url) as house:
        assert names(drill, house) == {"before"}
        case = drill.cases["before"]
        house.complete(case, "read")
        house.work(case, ToldConnectors({"notify.email": lambda _: {}}))
        assert house.case(case).state == "completed"
