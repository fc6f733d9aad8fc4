"""The restore drill: a backup, more work, everything lost, and back to a chosen minute.

On real time, a PostgreSQL and folders of the drill's own.
"""

import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server import bootstrap
from server.backup import store as backup_store
from server.postgres.embedded import EmbeddedPostgres, url_of_running
from server.settings import Settings
from tests.drawn import ask, job, line
from tests.integration.conftest import ToldConnectors
from tests.integration.drilling import (
    Drill,
    attach,
    names,
    opened,
    restored,
    size_of,
    told,
)
from tests.integration.house import House
from workflows import documents


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    """A case and its document, a backup, another case, the minute, a third case: then
    everything but the backup is lost."""
    # Not below pytest's folder: that one is closed to the user that root lends it.
    folder = Path(tempfile.mkdtemp(prefix="rasim-drill-"))
    folder.chmod(0o711)
    data = folder / "дерек қор"
    settings = Settings.from_environment({"RASIM_DATA": str(data)})
    drill = Drill(folder, settings, EmbeddedPostgres(data))
    try:
        with opened(settings, drill.postgres.start()) as house:
            _live(drill, house)
        drill.stop()
        shutil.rmtree(drill.postgres.place.folder)
        shutil.rmtree(data, ignore_errors=True)
        yield drill
    finally:
        drill.stop()
        shutil.rmtree(folder)


def _live(drill: Drill, house: House) -> None:
    house.release(a__bpmn=line("paper", ask("read"), job("tell", "notify.email")))
    drill.cases["before"] = house.start("paper")
    attach(drill, house, drill.cases["before"], b"before the backup")
    made = drill.rasim("backup")
    assert made.returncode == 0, made.stderr
    drill.moments["backup"] = datetime.now(UTC)
    drill.follow()
    drill.cases["between"] = house.start("paper")
    attach(drill, house, drill.cases["between"], b"after the backup")
    time.sleep(1.5)  # `--to` counts in seconds
    drill.moments["chosen"] = datetime.now(UTC)
    time.sleep(1.5)
    drill.cases["after"] = house.start("paper")
    house.complete(drill.cases["before"], "read")
    drill.moments["end"] = datetime.now(UTC)
    drill.moments["idle"] = drill.moments["end"] + timedelta(seconds=2)
    drill.wait_until_followed(drill.moments["idle"])


def test_what_was_before_the_minute_is_there_and_a_case_goes_on(drill: Drill) -> None:
    tried = drill.restore("--to", told(drill.moments["chosen"]))

    with restored(drill, tried) as (house, settings):
        assert names(drill, house) == {"before", "between"}
        assert house.open(drill.cases["before"]) == [(None, "read")]
        files = bootstrap.make_depot(settings).files
        with house.store.transaction() as tx:
            for name, content in (
                ("before", b"before the backup"),
                ("between", b"after the backup"),
            ):
                caller = house.callers["clerk"]
                (one,) = documents.of_case(tx, caller, drill.cases[name]).items
                with files.open(one.sha256) as file:
                    assert file.read() == content
        # The clerk completes the task, and a worker does what comes after it.
        case = drill.cases["between"]
        outside = ToldConnectors({"notify.email": lambda _: {}})
        house.complete(case, "read")
        house.work(case, outside)
        assert house.case(case).state == "completed"
        assert [call.instance_id for call in outside.calls] == [case]
    for line_ in ("schema", "2 of 2 hold", "2 of 2 are there", "nothing stuck"):
        assert line_ in tried.answer.stdout


def test_without_a_moment_everything_that_was_followed_comes_back(drill: Drill) -> None:
    tried = drill.restore()

    with restored(drill, tried) as (house, _):
        assert names(drill, house) == {"before", "between", "after"}
        assert house.open(drill.cases["before"]) == []


def test_a_moment_at_which_nothing_happened_is_reached(drill: Drill) -> None:
    tried = drill.restore("--to", told(drill.moments["idle"]))

    with restored(drill, tried) as (house, _):
        assert names(drill, house) == {"before", "between", "after"}


def test_the_last_backup_can_be_checked(drill: Drill) -> None:
    answer = drill.rasim("backup", "--check")

    assert answer.returncode == 0, answer.stderr
    assert "every file is as it was" in answer.stdout
    assert "log of changes: whole" in answer.stdout
    assert "documents: 2" in answer.stdout


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (lambda drill: drill.moments["backup"] - timedelta(hours=1), "The earliest"),
        (lambda _: datetime.now(UTC) + timedelta(days=1), "is still to come"),
        (lambda drill: datetime.now(UTC) - timedelta(seconds=1), "cannot be reached"),
    ],
    ids=["before the backup", "in the future", "after the log ends"],
)
def test_a_moment_that_cannot_be_reached_is_refused(
    drill: Drill, moment: Callable[[Drill], datetime], said: str
) -> None:
    tried = drill.restore("--to", told(moment(drill)))

    assert said in tried.refusal


@pytest.mark.parametrize("told_", ["кеше", "2026-11-21", "14:05", "21.11.2026 14:05"])
def test_what_is_no_moment_is_refused(drill: Drill, told_: str) -> None:
    assert f"{told_} is no moment" in drill.restore("--to", told_).refusal


def test_what_to_do_next_can_be_copied_into_a_shell(drill: Drill) -> None:
    target = drill.folder / "жаңа орын"

    answer = drill.rasim("restore", "--into", str(target))

    shutil.rmtree(EmbeddedPostgres(target).place.folder)
    shutil.rmtree(target, ignore_errors=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.splitlines()[-1].endswith(f"RASIM_DATA='{target}' rasim up")


def test_a_target_that_is_not_empty_is_refused(drill: Drill) -> None:
    target = drill.folder / "full"
    target.mkdir()
    (target / "theirs").write_text("kept")

    answer = drill.rasim("restore", "--into", str(target))

    assert answer.returncode == 1
    assert "is not empty" in answer.stderr
    assert [path.name for path in target.iterdir()] == ["theirs"]
    assert (target / "theirs").read_text() == "kept"


@contextmanager
def spoiled(drill: Drill) -> Iterator[tuple[Path, dict[str, str]]]:
    """A copy of all backups, to be spoiled; the only backup in it, and its setting."""
    copy = drill.folder / f"spoiled-{uuid.uuid4().hex[:6]}"
    shutil.copytree(drill.settings.backup.folder, copy)
    try:
        (backup,) = backup_store.backups(copy)
        yield backup.folder, {"RASIM_BACKUP": str(copy)}
    finally:
        shutil.rmtree(copy)


def test_a_truncated_backup_is_named_and_nothing_is_made(drill: Drill) -> None:
    with spoiled(drill) as (backup, setting):
        file = max((backup / "database" / "base").rglob("*"), key=size_of)
        os.truncate(file, file.stat().st_size // 2)

        tried, checked = (
            drill.restore(**setting),
            drill.rasim("backup", "--check", **setting),
        )

    assert f"{file.name} has" in tried.refusal
    assert checked.returncode == 1
    assert file.name in checked.stderr


def test_a_changed_byte_of_a_backup_is_found(drill: Drill) -> None:
    with spoiled(drill) as (backup, setting):
        file = max((backup / "database" / "base").rglob("*"), key=size_of)
        with file.open("r+b") as opened_:
            opened_.seek(100)
            byte = opened_.read(1)[0]
            opened_.seek(100)
            opened_.write(bytes([byte ^ 1]))

        tried = drill.restore(**setting)

    assert f"{file.name} was changed" in tried.refusal


def test_a_missing_segment_of_the_log_is_named(drill: Drill) -> None:
    with spoiled(drill) as (backup, setting):
        segments = sorted((backup.parent / "wal").glob("0*"))
        needed = segments[-1]
        needed.unlink()

        tried = drill.restore("--to", told(drill.moments["chosen"]), **setting)
        checked = drill.rasim("backup", "--check", **setting)

    name = needed.name.removesuffix(".partial")
    assert f"{name} is missing" in tried.refusal
    assert checked.returncode == 1
    assert name in checked.stderr


def test_a_damaged_part_of_the_log_is_named(drill: Drill) -> None:
    with spoiled(drill) as (backup, setting):
        last = max((backup.parent / "wal").glob("0*"))
        with last.open("r+b") as file:
            file.seek(8192)
            file.write(bytes(last.stat().st_size - 8192))

        tried = drill.restore("--to", told(drill.moments["chosen"]), **setting)

    name = last.name.removesuffix(".partial")
    assert f"is damaged in {name}" in tried.refusal


def test_a_document_that_is_missing_is_named_and_all_else_is_restored(
    drill: Drill,
) -> None:
    with spoiled(drill) as (backup, setting):
        file = next((backup.parent.parent / "documents").glob("??/??/*"))
        file.unlink()

        tried = drill.restore(**setting)

    assert tried.answer.returncode == 1
    assert f"{file.name} (a.txt) is missing" in tried.answer.stdout
    assert "1 of 2 are there" in tried.answer.stdout
    assert url_of_running(tried.target) is None
    place = EmbeddedPostgres(tried.target).place
    assert (place.data / "PG_VERSION").exists()
    shutil.rmtree(place.folder)
