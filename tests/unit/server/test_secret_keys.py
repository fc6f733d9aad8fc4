"""The keys that `rasim up` keeps: made, exchanged, taken along, forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from server import secret_keys
from server.environment import SettingRefused
from server.settings import Settings
from workflows.sealing import Sealer

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OLD, OLDER, NEW = "o" * 40, "p" * 40, "n" * 40


def test_a_new_key_keeps_those_of_before_for_its_owner_alone(tmp_path):
    first, second, third = (secret_keys.make(tmp_path) for _ in range(3))

    assert secret_keys.now(tmp_path) == third
    assert secret_keys.before(tmp_path) == (second, first)
    for name in ("secret", "secret.before"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    secret_keys.forget(tmp_path)
    assert secret_keys.before(tmp_path) == ()
    assert secret_keys.changed_at(tmp_path) is None
    assert secret_keys.now(tmp_path) == third


def test_the_keys_of_older_backups_are_taken_along(tmp_path):
    data, backup, restored = (tmp_path / each for each in ("data", "backup", "back"))
    for folder in (data, backup, restored):
        folder.mkdir()
    first = secret_keys.make(data)
    secret_keys.copy(data, backup)
    second = secret_keys.make(data)
    secret_keys.forget(data)

    secret_keys.copy(data, backup)
    secret_keys.copy(data, backup)
    secret_keys.copy(backup, restored)

    assert secret_keys.now(restored) == second
    assert secret_keys.before(restored) == (first,)


def test_nothing_is_taken_from_where_nothing_is(tmp_path):
    secret_keys.copy(tmp_path / "none", tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_keys_of_before_come_from_the_setting_and_the_folder(tmp_path):
    (tmp_path / "secret.before").write_text(f"{OLDER}\n")
    told = {"RASIM_DATA": str(tmp_path), "RASIM_SECRET_KEY": NEW}
    told["RASIM_SECRET_KEY_BEFORE"] = f"{OLD}, {NEW},"

    assert Settings.from_environment(told).secret_keys == (NEW, OLD, OLDER)


@pytest.mark.parametrize("told", ["short", f"{OLD},short", "a key of words, in two"])
def test_a_key_of_before_that_is_none_is_refused_and_not_repeated(told):
    with pytest.raises(SettingRefused, match="RASIM_SECRET_KEY_BEFORE") as refused:
        Settings.from_environment({"RASIM_SECRET_KEY_BEFORE": told})

    assert "short" not in str(refused.value).replace("too short", "")


def test_what_an_old_key_sealed_is_opened_and_sealed_anew_as_of_its_moment():
    sealed = Sealer(OLD, "test").seal("мәтін", NOW)
    both = Sealer(NEW, "test", [OLDER, OLD])

    assert both.open(sealed, NOW) == "мәтін"
    assert not both.is_current(sealed)
    renewed = both.renewed(sealed)
    assert both.is_current(renewed)
    later, within = NOW + timedelta(minutes=5), timedelta(minutes=4)
    alone = Sealer(NEW, "test")
    assert alone.open(renewed, later) == "мәтін"
    assert alone.open(renewed, later, within) is None
    assert Sealer(OLD, "test").open(renewed, NOW) is None


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAA", "\ud800"])
def test_what_no_key_opens_is_not_renewed(sealed):
    both = Sealer(NEW, "test", [OLD])

    assert both.renewed(sealed) is None
    assert both.open(sealed, NOW) is None
    assert not both.is_current(sealed)
    for other in (Sealer(OLD, "another"), Sealer("q" * 40, "test")):
        assert both.renewed(other.seal("x", NOW)) is None
