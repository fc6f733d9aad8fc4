"""Settings: what is read, and that what cannot be right is refused by name."""

import pytest

from server.environment import SettingRefused
from server.settings import Settings


def test_an_empty_environment_gives_the_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    settings = Settings.from_environment({})

    assert settings.data == tmp_path / "var"
    assert settings.database_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert not settings.manual_clock
    assert not settings.demo
    assert [folder.name for folder in settings.procedures] == ["bpmn"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://user@host/db"),
        ("DATABASE_URL", "host=localhost"),
        ("RASIM_DEMO", "perhaps"),
        ("RASIM_LOG_LEVEL", "loud"),
        ("RASIM_MANUAL_CLOCK", "2"),
        ("RASIM_PORT", "65536"),
        ("RASIM_PORT", "-1"),
        ("RASIM_PORT", "٨٠٠٠"),
        ("RASIM_PROCEDURES", "/no/such/folder"),
        ("RASIM_SECOND_FACTOR", "perhaps"),
        ("RASIM_SECOND_FACTOR", "1"),
        ("RASIM_SECRET_KEY", "short"),
        ("RASIM_SIMULATORS_URL", "ftp://host"),
        ("RASIM_SIMULATORS_URL", "http://[broken"),
        ("RASIM_WEB_THREADS", "0"),
        ("RASIM_WORKERS", "many"),
    ],
)
def test_a_malformed_value_is_refused_by_its_name(name, value):
    with pytest.raises(SettingRefused) as refusal:
        Settings.from_environment({name: value})

    assert refusal.value.name == name
    assert str(refusal.value).startswith(f"{name}: ")


def test_a_refused_database_url_keeps_its_password_to_itself():
    with pytest.raises(SettingRefused) as refusal:
        Settings.from_environment({"DATABASE_URL": "mysql://user:hunter2@host/db"})

    assert "hunter2" not in str(refusal.value)


def test_a_file_is_no_folder_for_data(tmp_path):
    file = tmp_path / "var"
    file.touch()

    with pytest.raises(SettingRefused, match="RASIM_DATA"):
        Settings.from_environment({"RASIM_DATA": str(file)})


def test_the_kept_secret_is_read_and_a_named_one_comes_first(tmp_path):
    kept, named = "k" * 40, "n" * 40
    (tmp_path / "secret").write_text(f"{kept}\n")
    data = {"RASIM_DATA": str(tmp_path)}

    assert Settings.from_environment(data).require_secret() == kept
    both = Settings.from_environment({**data, "RASIM_SECRET_KEY": named})
    assert both.require_secret() == named


def test_a_missing_secret_is_refused_where_one_is_needed(tmp_path):
    settings = Settings.from_environment({"RASIM_DATA": str(tmp_path)})

    with pytest.raises(SettingRefused, match="RASIM_SECRET_KEY: missing"):
        settings.require_secret()


def test_an_old_spelling_of_the_database_url_is_understood():
    settings = Settings.from_environment({"DATABASE_URL": "postgres://u:p@h/d"})

    assert settings.database_url == "postgresql://u:p@h/d"


@pytest.mark.parametrize(
    ("told", "is_needed"),
    [("", False), ("offered", False), ("required", True), (" REQUIRED ", True)],
)
def test_a_second_factor_is_offered_until_it_is_required(tmp_path, told, is_needed):
    environment = {"RASIM_DATA": str(tmp_path), "RASIM_SECOND_FACTOR": told}

    assert Settings.from_environment(environment).needs_second_factor is is_needed
