"""A folder of an earlier release has one account for all: the service gets its own at
the next start, and after a restore as well."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from server.backup import store as backup_store
from server.backup.store import PHYSICAL
from server.postgres.embedded import SERVICE, SUPERUSER, EmbeddedPostgres, url_in
from server.settings import Settings
from tests.integration.drilling import Drill, bring_to
from workflows.store import rights
from workflows.store.session import Store

BEFORE = "0014_first_passwords"
# Whatever is not the owner's own; what the bootstrap of a cluster makes is not ours.
STRANGERS = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relowner <> 'rasim'::regrole
    UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND proowner <> 'rasim'::regrole"""


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    """A folder as the release before left it: with the tables and the role of then."""
    folder = Path(tempfile.mkdtemp(prefix="rasim-before-"))
    folder.chmod(0o711)
    data = folder / "data"
    server = EmbeddedPostgres(data, durable=False)
    settings = Settings.from_environment({"RASIM_DATA": str(data)})
    drill = Drill(folder, settings, server)
    try:
        bring_to(server.start(), BEFORE)
        with psycopg.connect(superuser(server), autocommit=True) as link:
            link.execute(f"DROP ROLE {SERVICE}")
        (server.place.folder / f"{SERVICE}.password").unlink()
        yield drill
    finally:
        drill.stop()
        shutil.rmtree(server.place.folder, ignore_errors=True)
        shutil.rmtree(folder)


def superuser(server: EmbeddedPostgres) -> str:
    return url_in(server.place, SUPERUSER)


def test_a_backup_and_the_folder_itself_get_it_at_their_next_start(
    drill: Drill,
) -> None:
    made = drill.rasim("backup")
    tried = drill.restore()
    drill.postgres.stop()
    restored = EmbeddedPostgres(tried.target, durable=False)

    assert made.returncode == 0, made.stderr
    assert tried.answer.returncode == 0, tried.answer.stderr
    assert f"brought up from {BEFORE}" in tried.answer.stdout
    try:
        for server, data in (
            (drill.postgres, drill.settings.data),
            (restored, tried.target),
        ):
            server.start()
            done = drill.rasim("db", "upgrade", RASIM_DATA=str(data))
            assert f"account {SERVICE} has its rights" in done.stdout, done.stderr
            check(server)
    finally:
        restored.stop()
        shutil.rmtree(restored.place.folder)


def test_rasim_up_names_both_and_a_backup_is_of_its_own_database(drill: Drill) -> None:
    drill.postgres.start()
    accounts = {
        "DATABASE_URL": drill.postgres.service_url,
        "RASIM_DATABASE_OWNER_URL": drill.postgres.url,
    }

    made = drill.rasim("backup", **accounts)

    assert made.returncode == 0, made.stderr
    last = backup_store.backups(drill.settings.backup.folder)[-1]
    assert last.manifest.is_embedded
    assert last.manifest.kind == PHYSICAL


def check(server: EmbeddedPostgres) -> None:
    """The service works, and is not the owner; all else is the owner's."""
    store = Store(server.service_url, pool_size=1)
    with store.transaction() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM events").scalar() == 0
        tx.exec_driver_sql(
            "INSERT INTO outside_systems VALUES ('s', now(), now(), 0, '')"
        )
        assert rights.mighty(tx) is None
        tx.rollback()
    store.close()
    with psycopg.connect(superuser(server)) as link:
        assert link.execute(STRANGERS).fetchall() == []
