"""The embedded PostgreSQL: strange paths, kill -9, and nothing left behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from server.leash import Owner
from server.postgres.embedded import (
    EmbeddedPostgres,
    NoDatabase,
    PostgresFailed,
    database_url,
    owner_url,
    processes_in,
    require_owner_url,
    require_url,
    service_role,
    set_up,
    url_of_running,
    wait_until_gone,
)
from server.postgres.place import (
    SHORT,
    SOCKET,
    SOCKET_PATH_BYTES,
    FolderRefused,
    find_place,
    give,
    programs_for,
    reaches,
)
from server.postgres.sockets import open_sockets
from server.settings import Settings

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends a user")


@pytest.fixture(scope="module")
def shelf():
    """Not below pytest's folder: another run of pytest closes that one to the user
    that root lends."""
    folder = Path(tempfile.mkdtemp(prefix="rasim-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made(shelf):
    """A database as it is set up, which is copied: to make one takes seconds."""
    place = find_place(shelf / "made")
    set_up(place)
    return place.folder


@pytest.fixture
def bare(shelf):
    """A folder with a space and Kazakh letters in which nothing is yet."""
    return shelf / uuid.uuid4().hex[:6] / "құжат қоймасы"


@pytest.fixture
def data(bare, made):
    bare.mkdir(parents=True)
    bare.parent.chmod(0o711)
    bare.chmod(0o711)
    subprocess.run(["cp", "-a", str(made), str(bare)], check=True)
    return bare


@pytest.fixture
def server(data):
    server = EmbeddedPostgres(data, durable=False)
    yield server
    server.stop()


def answer(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    return row and row[0]


def test_it_starts_in_a_strange_folder_and_folds_kazakh_case(bare):
    server = EmbeddedPostgres(bare, durable=False)
    try:
        ask_it(server.start())
    finally:
        server.stop()


def ask_it(url: str) -> None:
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
        "from server.postgres.embedded import EmbeddedPostgres\n"
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
    after = EmbeddedPostgres(data, durable=False)
    assert answer(after.start(), "SELECT 1") == 1
    after.stop()
    assert after.place.sockets == after.place.folder or not after.place.sockets.exists()


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
    with pytest.raises(NoDatabase):
        require_owner_url(settings)
    server.start()
    assert require_url(settings) == server.service_url
    assert require_owner_url(settings) == server.url
    server.stop()
    assert url_of_running(data) is None


def test_of_its_two_accounts_one_owns_nothing(server):
    server.start()

    asked = (
        "SELECT array_to_string(ARRAY[rolsuper, rolcreatedb, rolcreaterole,"
        " rolreplication, rolbypassrls, pg_has_role(rolname, 'rasim', 'MEMBER')], ' ')"
        " FROM pg_roles WHERE rolname = current_user"
    )
    assert answer(server.service_url, asked) == "f f f f f f"
    assert answer(server.url, asked) == "f t f f f t"


def test_an_embedded_one_that_sleeps_is_woken_for_a_command_of_either(server, data):
    settings = Settings.from_environment({"RASIM_DATA": str(data)})

    with owner_url(settings) as url:
        assert answer(url, "SELECT current_user") == "rasim"
    with database_url(settings) as url:
        assert answer(url, "SELECT current_user") == "rasim_service"


@pytest.mark.parametrize(
    ("service", "owner", "role"),
    [
        ("postgresql://web@h/d", "postgresql://all@h/d", "web"),
        ("postgresql+psycopg://web@h/d", "postgresql://all@h/d", "web"),
        ("postgresql://all@h/d", "postgresql://all:p@h/d", None),
        ("postgresql:///d", "postgresql://all@h/d", None),
        (None, "postgresql://all@h/d", "rasim_service"),
    ],
)
def test_the_role_of_the_service_is_told_by_its_url(tmp_path, service, owner, role):
    told = {
        "RASIM_DATA": str(tmp_path),
        **({"DATABASE_URL": service} if service else {}),
    }

    assert service_role(Settings.from_environment(told), owner) == role


@pytest.fixture
def far(shelf, made):
    """A place whose socket would have too long a path."""
    data = shelf / f"{uuid.uuid4().hex[:6]}{'ұ' * 50}"
    data.mkdir(mode=0o711)
    subprocess.run(["cp", "-a", str(made), str(data)], check=True)
    return find_place(data)


def test_a_socket_whose_path_is_too_long_is_in_a_short_folder_until_the_stop(far):
    server = EmbeddedPostgres(far.folder.parent, durable=False)
    url = server.start()
    try:
        assert len(os.fsencode(far.sockets / SOCKET)) <= SOCKET_PATH_BYTES
        assert far.sockets.stat().st_mode & 0o777 == 0o700
        assert answer(url, "SELECT 1") == 1
    finally:
        server.stop()

    assert not far.sockets.exists()
    assert find_place(far.folder.parent) == far
    assert not far.sockets.exists()


def test_a_dead_ones_short_folder_is_taken_over(far):
    left_behind(far.sockets, far.owner)
    server = EmbeddedPostgres(far.folder.parent, durable=False)

    assert answer(server.start(), "SELECT 1") == 1

    server.stop()
    assert not far.sockets.exists()


def test_short_folders_of_others_are_cleared_when_they_are_long_dead(far, tmp_path):
    dead, fresh, foreign, alive = (
        Path(str(SHORT).format(uuid.uuid4().hex[:12])) for _ in range(4)
    )
    for one in (dead, fresh, foreign, alive):
        left_behind(one, far.owner)
    (foreign / "theirs").touch()
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            (alive / SOCKET).unlink()
            listener.bind(str(alive / SOCKET))
            listener.listen()
            for one in (dead, foreign, alive):
                os.utime(one, (0, 0))

            open_sockets(far)

            assert [one.exists() for one in (dead, fresh, foreign, alive)] == [
                *(False, True, True, True)
            ]
    finally:
        for one in (fresh, foreign, alive, far.sockets):
            shutil.rmtree(one)


def test_a_folder_is_open_to_many_who_try_at_once(tmp_path):
    """One that took it for closed would look for its database somewhere else."""
    with ThreadPoolExecutor(8) as threads:
        tries = list(threads.map(lambda _: reaches(tmp_path, Owner()), range(80)))

    assert all(tries)
    assert not list(tmp_path.iterdir())


def test_a_link_in_place_of_the_short_folder_is_not_followed(far, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o755)
    far.sockets.symlink_to(theirs)
    before = theirs.stat()
    try:
        for take in (open_sockets, lambda place: find_place(place.folder.parent)):
            with pytest.raises(FolderRefused, match="somebody else"):
                take(far)
    finally:
        far.sockets.unlink()

    after = theirs.stat()
    assert (after.st_uid, after.st_mode) == (before.st_uid, before.st_mode)


def left_behind(folder: Path, owner: Owner) -> None:
    """As a server leaves it that was killed."""
    folder.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(folder / SOCKET))
    (folder / f"{SOCKET}.lock").write_text("2147483647\n/nowhere\n0\n5432\n\n")
    for path in (folder, *folder.iterdir()):
        give(path, owner)


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
def test_programs_that_its_user_cannot_run_are_copied(bare, monkeypatch):
    place = find_place(bare)
    monkeypatch.setattr("server.postgres.place.runs", lambda *_: False)

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
