"""`rasim up`: what it refuses to begin, and what it tells its children."""

import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from server import up
from server.cli import main
from server.environment import SettingRefused
from server.postgres.place import FolderRefused
from server.processes import Program
from server.settings import PACKAGED, Settings


def settings_for(data: Path, **values: str) -> Settings:
    return Settings.from_environment({"RASIM_DATA": str(data), **values})


def test_a_taken_port_is_refused_with_its_mend():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(up.PortTaken, match=f"Port {port} is taken.*--port"):
            up.find_port("127.0.0.1", port)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"RASIM_HOST": "0.0.0.0"}, "http://127.0.0.1:8000"),  # noqa: S104 - a setting
        ({"RASIM_ADDRESS": "http://127.0.0.1:8000"}, "http://127.0.0.1:8000"),
        (
            {"RASIM_ADDRESS": "https://rasim.example.kz", "RASIM_HOST": "10.0.0.7"},
            "https://rasim.example.kz (listens at http://10.0.0.7:8000)",
        ),
    ],
)
def test_what_people_type_is_told(tmp_path, told, said):
    assert up.where(settings_for(tmp_path, **told), 8000) == said


def test_port_zero_is_any_free_one():
    assert up.find_port("127.0.0.1", 0) > 0
    assert up.find_port("127.0.0.1", 0) < 65536


def test_a_folder_holds_one_service_at_a_time(tmp_path):
    with up.hold(tmp_path / "var"):
        with pytest.raises(up.AlreadyUp, match="RASIM_DATA"), up.hold(tmp_path / "var"):
            pass

    with up.hold(tmp_path / "var"):
        assert (tmp_path / "var" / "lock").exists()


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()

    with (
        pytest.raises(FolderRefused, match="RASIM_DATA"),
        up.hold(tmp_path / "file/var"),
    ):
        pass


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first = up.environment_for(settings_for(tmp_path), 1)["RASIM_SECRET_KEY"]
    again = up.environment_for(settings_for(tmp_path), 1)["RASIM_SECRET_KEY"]

    assert first == again
    assert len(first) >= 32
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_children_read_the_same_settings(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    told = settings_for(
        tmp_path,
        RASIM_DEMO="1",
        RASIM_MANUAL_CLOCK="1",
        RASIM_SIMULATORS_URL="http://127.0.0.1:9",
        DATABASE_URL="postgresql://u:p@h/d",
    )

    theirs = Settings.from_environment(up.environment_for(told, 8123))

    assert theirs.port == 8123
    assert theirs.demo
    assert theirs.manual_clock
    assert theirs.simulators_url == told.simulators_url
    assert theirs.database_url == told.database_url
    assert theirs.secret_key


def test_each_procedure_is_released_with_its_forms():
    releases = list(up.releases((PACKAGED / "bpmn",)))

    names = [
        [path.relative_to(PACKAGED).parts[0] for path in each] for each in releases
    ]
    assert ["bpmn", "forms"] in names
    assert all(path.is_dir() for each in releases for path in each)


def test_a_service_that_does_not_answer_is_not_ready():
    assert not up.is_ready("127.0.0.1", up.find_port("127.0.0.1", 0))


@pytest.mark.parametrize("name", ["db", "simulators", "up", "web", "worker"])
def test_every_command_explains_itself(name):
    answer = CliRunner().invoke(main, [name, "--help"])

    assert answer.exit_code == 0, answer.output
    assert "Usage:" in answer.output


def test_wrong_usage_and_failure_have_exit_codes_of_their_own(tmp_path):
    run = CliRunner().invoke

    assert run(main, ["no-such-command"]).exit_code == 2
    assert run(main, ["up", "--port", "eight"]).exit_code == 2
    refused = run(main, ["db", "check"], env={"RASIM_PORT": "eight"})
    assert refused.exit_code == 1
    assert "RASIM_PORT" in refused.output
    lost = run(main, ["web"], env={"RASIM_DATA": str(tmp_path), "DATABASE_URL": ""})
    assert lost.exit_code == 1
    assert "rasim up" in lost.output


def test_a_taken_port_ends_the_command_with_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        environment = {**os.environ, "RASIM_DATA": str(tmp_path)}

        answer = CliRunner().invoke(main, ["up", "--port", str(port)], env=environment)

    assert answer.exit_code == 1
    assert answer.output == (
        f"Error: Port {port} is taken. "
        "Stop what listens there, or choose another with --port.\n"
    )


class Told:
    """A supervisor that starts nothing, and remembers what it was to start."""

    settled = False

    def __init__(self) -> None:
        self.programs: dict[str, Program] = {}

    def add(self, name: str, program: Program) -> None:
        self.programs[name] = program

    def once(self, program: Program) -> None:
        self.programs[program.name] = program

    def wait(self, *_: object) -> bool:
        return True


def test_who_serves_is_not_told_whose_the_tables_are(tmp_path, monkeypatch):
    owner = "postgresql://owner:secret@h/d"
    monkeypatch.setenv("RASIM_DATABASE_OWNER_URL", owner)
    told = settings_for(
        tmp_path,
        RASIM_DEMO="1",
        RASIM_BACKUP=str(tmp_path / "backup"),
        DATABASE_URL="postgresql://service:p@h/d",
        RASIM_DATABASE_OWNER_URL=owner,
    )
    supervisor = Told()

    up.start(supervisor, told, 8123)

    known = {
        name
        for name, program in supervisor.programs.items()
        if owner in program.environment.values()
    }
    assert known == {"migrations", "backup"}
    assert {"web", "worker-1", "deploy", "demo", "simulators"} <= {*supervisor.programs}


def test_the_owner_alone_is_no_database(tmp_path):
    with pytest.raises(SettingRefused, match=r"OWNER_URL: given alone.*DATABASE_URL"):
        settings_for(tmp_path, RASIM_DATABASE_OWNER_URL="postgresql://owner@h/d")
