"""The doctor on what is around the cases: each fault is made and named."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from server.backup import store as backup_store
from server.backup.store import PHYSICAL, Followed, Manifest
from server.cli import main
from server.doctor import surroundings, words
from server.settings import Settings
from workflows import people, second_factors
from workflows.doctor import CHECKS
from workflows.model import Role
from workflows.ports import FixedClock
from workflows.sealing import Sealer
from workflows.second_factors import PURPOSE
from workflows.store.session import Store

SECRET = "x" * 40
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> dict[str, str]:
    (tmp_path / "data").mkdir()
    return {
        "RASIM_DATA": str(tmp_path / "data"),
        "RASIM_SECRET_KEY": SECRET,
        "DATABASE_URL": database_url,
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return Settings.from_environment(environment)


@pytest.fixture
def backup(settings: Settings) -> Path:
    """The folder of a backup of an hour ago, followed since."""
    folder = settings.backup.folder / "0a0b0c0d" / backup_store.name_of(NOW)
    backup_store.make_folder(settings.backup.folder)
    folder.mkdir(parents=True)
    made_at = NOW - timedelta(hours=1)
    backup_store.write_manifest(folder, manifest(made_at))
    backup_store.write_followed(folder.parent, Followed(NOW, 1))
    return folder


def manifest(made_at: datetime) -> Manifest:
    return Manifest(
        kind=PHYSICAL,
        series="0a0b0c0d",
        started_at=made_at,
        ended_at=made_at,
        server_version=180004,
        segment_bytes=1 << 24,
        database="rasim",
        superuser="postgres",
        is_embedded=True,
        schema="0001",
        size=1,
        sha256="",
        documents=0,
        document_bytes=0,
        documents_kept=True,
    )


def codes(found: Iterator[object]) -> list[str]:
    return [asdict(ill)["code"] for ill in found]


def test_a_sound_machine_server_and_backup_have_nothing(
    store: Store, settings: Settings, backup: Path
) -> None:
    found = [
        *surroundings.of_machine(settings),
        *surroundings.of_server(store, settings),
        *surroundings.of_backups(settings, NOW),
    ]

    assert found == []
    assert surroundings.of_schema(store) is None


def test_migrations_that_are_behind(store: Store, owner: Store) -> None:
    with owner.transaction() as tx:
        (now,) = tx.execute(sa.text("SELECT version_num FROM alembic_version")).one()
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '0001_house'"))
    try:
        found = surroundings.of_schema(store)
    finally:
        with owner.transaction() as tx:
            back = sa.text("UPDATE alembic_version SET version_num = :now")
            tx.execute(back, {"now": now})

    assert found is not None
    assert (found.code, found.facts) == (
        "schema-behind",
        {"found": "0001_house", "wanted": now},
    )


@pytest.mark.parametrize(
    ("name", "statement", "code"),
    [
        ("CLOCK", "SELECT clock_timestamp() - interval '1 minute'", "clock-skew"),
        ("ROOM", "SELECT 20", "connections-few"),
        ("OLDEST_LOG", "SELECT now() - interval '30 days'", "queue-log-kept"),
        (
            "TABLES",
            "SELECT 'jobs' AS name, :many > 0 AS is_bloated, false AS is_unknown",
            "table-bloated",
        ),
        (
            "TABLES",
            "SELECT 'jobs' AS name, false AS is_bloated, :many > 0 AS is_unknown",
            "statistics-old",
        ),
        (
            "SLOTS",
            "SELECT 's' AS name, true AS is_lost, false AS active, 0 AS held",
            "backup-gap",
        ),
        (
            "SLOTS",
            "SELECT 's' AS name, false AS is_lost, false AS active, 2e9 AS held",
            "slot-holds",
        ),
    ],
)
def test_what_a_server_says_of_itself(
    store: Store,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    statement: str,
    code: str,
) -> None:
    """No test can turn a server's clock, or fill its tables: its answer is made up."""
    monkeypatch.setattr(surroundings, name, statement)

    assert codes(surroundings.of_server(store, settings)) == [code]


def test_staff_who_sign_in_with_a_password_alone(
    store: Store, environment: dict[str, str]
) -> None:
    now, password = FixedClock(NOW), "тау мен дала арасында"
    required = environment | {"RASIM_SECOND_FACTOR": "required"}
    with store.transaction() as tx:
        people.ensure_root(tx, code="moe", names={"kk": "М"})
        for login, role, secret in (
            ("alone", Role.CLERK, password),
            ("guarded", Role.ADMINISTRATOR, password),
            ("elsewhere", Role.DESIGNER, None),
            ("citizen", Role.APPLICANT, password),
            ("closed", Role.CLERK, password),
        ):
            people.add_user(tx, now, login=login, password=secret)
            people.add_membership(tx, login=login, role=role)
        sealer, guarded = Sealer(SECRET, PURPOSE), people.known(tx, "guarded")
        secret = second_factors.begin(tx, now, sealer, guarded).secret
        code = pyotp.TOTP(secret).at(NOW)
        second_factors.confirm(tx, now, sealer, guarded, code)
        close = sa.text("UPDATE users SET disabled_at = now() WHERE login = 'closed'")
        tx.execute(close)

    found = list(surroundings.of_server(store, Settings.from_environment(environment)))
    demanded = surroundings.of_server(store, Settings.from_environment(required))

    try:
        assert [(ill.code, ill.count, ill.ids) for ill in found] == [
            ("password-alone", 1, ["alone"])
        ]
        assert list(demanded) == []
    finally:
        with store.transaction() as tx:
            tx.execute(sa.text("DELETE FROM memberships"))


def test_a_queue_log_that_nobody_prunes(store: Store, settings: Settings) -> None:
    with store.transaction() as tx:
        tx.execute(
            sa.text(
                "INSERT INTO pgqueuer_log (created, job_id, status, priority,"
                " entrypoint) VALUES (now() - interval '30 days', 1, 'exception', 0,"
                " 'x')"
            )
        )
    try:
        found = codes(surroundings.of_server(store, settings))
    finally:
        with store.transaction() as tx:
            tx.execute(sa.text("DELETE FROM pgqueuer_log"))

    assert found == ["queue-log-kept"]


def test_an_old_list_of_time_zones(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surroundings, "TIME_ZONE", "Asia/Omsk")

    assert codes(surroundings.of_machine(settings)) == ["zone-old"]


def test_a_nearly_full_disk(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surroundings, "LEAST_FREE_BYTES", 1 << 60)
    monkeypatch.setattr(surroundings, "LEAST_FREE_PART", 2)

    (found,) = surroundings.of_machine(settings)

    assert (found.code, found.ids) == ("disk-full", [str(settings.data)])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"RASIM_DATA": "/proc/no-such-folder"}, "folder-closed"),
        ({"RASIM_SECRET_KEY": ""}, "secret-missing"),
        ({"RASIM_HOST": "0.0.0.0"}, "address-unset"),  # noqa: S104 - only read
    ],
)
def test_wrong_settings(
    environment: dict[str, str], changed: dict[str, str], code: str
) -> None:
    settings = Settings.from_environment(environment | changed)

    assert codes(surroundings.of_machine(settings)) == [code]


def test_a_folder_of_measures_that_is_not_there(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "none"))

    assert codes(surroundings.of_machine(settings)) == ["metrics-folder"]


def test_no_backup(settings: Settings) -> None:
    assert codes(surroundings.of_backups(settings, NOW)) == ["backup-none"]


def test_an_old_backup_that_nobody_follows(settings: Settings, backup: Path) -> None:
    found = surroundings.of_backups(settings, NOW + timedelta(days=2))

    assert codes(found) == ["backup-old", "backup-silent"]


def test_a_backup_that_others_may_read(settings: Settings, backup: Path) -> None:
    settings.backup.folder.chmod(0o755)

    assert codes(surroundings.of_backups(settings, NOW)) == ["backup-open"]


def test_a_backup_that_cannot_be_read(settings: Settings, backup: Path) -> None:
    (backup / "manifest.json").write_text("{")

    (found,) = surroundings.of_backups(settings, NOW)

    assert (found.code, found.ids) == ("backup-damaged", [backup.name])


def test_the_command_tells_what_to_do_in_the_readers_language(
    environment: dict[str, str],
) -> None:
    run = CliRunner()

    plain = run.invoke(main, ["doctor"], env=environment | {"RASIM_LANG": "kk"})
    told = run.invoke(
        main, ["doctor", "--json"], env=environment | {"RASIM_LANG": "ru"}
    )

    assert plain.exit_code == told.exit_code == 1
    assert "backup-none" in plain.stdout
    assert "Не істеу керек:" in plain.stdout
    (finding,) = json.loads(told.stdout)["findings"]
    assert finding["code"] == "backup-none"
    assert finding["do"].startswith("Укажите в RASIM_BACKUP")


def test_a_sound_service_exits_with_0(environment: dict[str, str]) -> None:
    sound = environment | {"RASIM_DEMO": "1", "RASIM_LANG": "en"}

    answer = CliRunner().invoke(main, ["doctor", "--mend"], env=sound)

    assert (answer.exit_code, answer.stdout) == (0, "Nothing to mend.\n")


def test_a_database_that_is_silent_is_a_finding(environment: dict[str, str]) -> None:
    silent = {"DATABASE_URL": "postgresql://rasim@127.0.0.1:1/rasim"}

    answer = CliRunner().invoke(main, ["doctor", "--json"], env=environment | silent)

    assert answer.exit_code == 1
    codes_ = [one["code"] for one in json.loads(answer.stdout)["findings"]]
    assert codes_ == ["database-silent", "backup-none"]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_finding_is_told_in_the_language(language: str) -> None:
    texts = words.translator(language)

    assert set(CHECKS) <= set(words.WORDS)
    for pair in words.WORDS.values():
        for text in pair:
            assert texts.gettext(text) != text


@pytest.mark.parametrize(
    ("told", "language"),
    [
        ({"RASIM_LANG": "kk", "LANG": "ru_RU.UTF-8"}, "kk"),
        ({"LANG": "kk_KZ.UTF-8"}, "kk"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_of_a_terminal(told: dict[str, str], language: str) -> None:
    assert words.locale(told) == language
