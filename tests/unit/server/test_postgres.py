"""The embedded PostgreSQL: strange paths, kill -9, and nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from server.leash import Owner
from server.postgres import (
    EmbeddedPostgres,
    NoDatabase,
    PostgresFailed,
    processes_in,
    require_url,
    url_of_running,
    wait_until_gone,
)
from server.postgres_place import (
    SOCKET_PATH_BYTES,
    FolderRefused,
    find_place,
    programs_for,
    reaches,
    socket_folder,
)
from server.settings import Settings

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends a user")


@pytest.fixture
def data(tmp_path):
    """A folder that PostgreSQL's user can reach, with a space and Kazakh letters."""
    for folder in [tmp_path, *tmp_path.parents]:
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o111)
    return tmp_path / "құжат қоймасы"


@pytest.fixture
def server(data):
    server = EmbeddedPostgres(data, durable=False)
    yield server
    server.stop()


def answer(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    return row and row[0]


def test_it_starts_in_a_strange_folder_and_folds_kazakh_case(server):
    url = server.start()

    assert answer(url, "SELECT lower('ҚАЗАҚ ТІЛІ, ӘҢҒӨҮҰҺ')") == "қазақ тілі, әңғөүұһ"
    assert answer(url, "SHOW server_version_num") >= "180000"
    assert answer(url, "SELECT usesuper FROM pg_user WHERE usename = user") is False


def test_nobody_gets_in_without_the_password_or_over_the_network(server):
    url = server.start()

    assert answer(url, "SHOW listen_addresses") == ""
    password = url.partition("rasim:")[2].partition("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url.replace(password, "guess"))


def test_by_default_a_commit_is_on_disk(data):
    server = EmbeddedPostgres(data)
    try:
        url = server.start()

        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert answer(url, f"SHOW {setting}") == "on"
    finally:
        server.stop()


def test_after_kill_9_it_starts_again_with_what_was_committed(server):
    url = server.start()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")

    os.kill(server.pid, signal.SIGKILL)
    server.process.wait(5)
    assert not server.is_running()
    assert server.start() == url

    assert answer(url, "SELECT one FROM kept") == 1


def test_a_pid_file_that_names_a_stranger_does_not_stop_it(server):
    server.start()
    os.kill(server.pid, signal.SIGKILL)
    server.process.wait(5)
    wait_until_gone(server.place.data, 10)
    pid_file = server.place.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))

    assert answer(server.start(), "SELECT 1") == 1


def test_it_ends_with_the_process_that_started_it(data):
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from server.postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)\n"
        "server.start(); print('up', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout.readline() == "up\n"
        inside = find_place(data).data
        assert processes_in(inside)
        starter.kill()

    assert wait_until_gone(inside, 10)


def test_a_stop_leaves_no_process_and_no_socket(server):
    server.start()
    place = server.place

    server.stop()

    assert not processes_in(place.data)
    assert not list(place.sockets.glob(".s.PGSQL*"))


def test_others_find_a_running_one_and_are_told_when_there_is_none(server, data):
    settings = Settings.from_environment({"RASIM_DATA": str(data)})

    with pytest.raises(NoDatabase):
        require_url(settings)
    url = server.start()
    assert require_url(settings) == url
    server.stop()
    assert url_of_running(data) is None


def test_a_socket_whose_path_is_too_long_moves_to_a_short_folder(tmp_path):
    folder = tmp_path / ("ұ" * 50)
    folder.mkdir()

    short = socket_folder(folder, Owner())

    try:
        assert len(os.fsencode(short / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(str(short / ".s.PGSQL.5432"))
        assert short == socket_folder(folder, Owner())
        assert short.stat().st_mode & 0o777 == 0o700
    finally:
        (short / ".s.PGSQL.5432").unlink()
        short.rmdir()


def test_a_folder_that_cannot_be_made_is_refused_with_its_mend(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(FolderRefused, match="RASIM_DATA"):
        find_place(tmp_path / "file" / "below")


@AS_ROOT
def test_root_lends_it_a_user_and_a_folder_that_the_user_can_reach(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    place = find_place(closed)

    try:
        assert place.owner.uid > 0
        assert not place.folder.is_relative_to(closed)
        assert reaches(place.folder, place.owner)
        assert find_place(closed) == place
    finally:
        place.folder.rmdir()
        place.folder.parent.rmdir()


@AS_ROOT
def test_programs_that_its_user_cannot_run_are_copied(data, monkeypatch):
    place = find_place(data)
    monkeypatch.setattr("server.postgres_place.runs", lambda *_: False)

    programs = programs_for(place.folder, place.owner)

    monkeypatch.undo()
    assert programs.is_relative_to(place.folder)
    command = ["setpriv", f"--reuid={place.owner.uid}", "--clear-groups"]
    version = [*command, str(programs / "postgres"), "--version"]
    said = subprocess.run(version, capture_output=True, text=True, check=True).stdout
    assert "PostgreSQL" in said


def test_two_processes_never_share_a_folder(server, data):
    server.start()
    other = EmbeddedPostgres(data, durable=False)

    with pytest.raises(PostgresFailed, match="another process uses"):
        other.start()

    assert server.is_running()
    server.stop()
    try:
        assert answer(other.start(), "SELECT 1") == 1
    finally:
        other.stop()


def test_starting_twice_is_starting_once(server):
    url = server.start()
    pid = server.pid

    assert server.start() == url
    assert server.pid == pid
