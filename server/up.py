"""Everything on one machine: `rasim up` is one command from nothing to a page."""

import http.client
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from server import secret_keys
from server.backup.program import FollowProgram
from server.holding import held
from server.postgres.embedded import EmbeddedPostgres
from server.postgres.place import FolderRefused
from server.processes import Program, Stopped, Supervisor, tell
from server.settings import OWNER_URL, Settings
from workflows.model import RasimError

LOOPBACK = "127.0.0.1"
READY_SECONDS = 120


class PortTaken(RasimError):
    """Port {port} is taken. Stop what listens there, or choose another with --port."""


class AlreadyUp(RasimError):
    """Another Rásim runs in {folder}. Stop it, or choose another with RASIM_DATA."""


class NotReady(RasimError):
    """The pages did not answer in {seconds} s; the messages above may say why."""


def up(settings: Settings) -> None:
    """Run until a signal says stop. Raises a RasimError that says what to mend."""
    port = find_port(settings.host, settings.port)
    with hold(settings.data):
        supervisor = Supervisor(settings.data / "processes.json", say)
        supervisor.take_signals()
        try:
            start(supervisor, settings, port)
            tell(f"Rásim: {where(settings, port)}")
            supervisor.wait(lambda: False)
        except Stopped:
            say("stopping")
        finally:
            supervisor.stop()


def start(supervisor: Supervisor, settings: Settings, port: int) -> None:
    environment = environment_for(settings, port)
    if settings.database_url is None:
        postgres = EmbeddedPostgres(settings.data)
        supervisor.add("postgres", postgres)
        environment["DATABASE_URL"] = postgres.service_url
        environment[OWNER_URL] = postgres.url
    if settings.database_url is None or settings.backup.is_named:
        command = rasim("backup", "--follow")
        supervisor.add("backup", FollowProgram(settings, command, environment))
    migrations = Program("migrations", rasim("db", "upgrade"), {**environment})
    environment.pop(OWNER_URL, None)  # for nobody who serves
    if settings.simulators_url is None:
        free = find_port(LOOPBACK, 0)
        environment["RASIM_SIMULATORS_URL"] = f"http://{LOOPBACK}:{free}"
        command = rasim("simulators", "--host", LOOPBACK, "--port", str(free))
        simulators = Program("simulators", command, environment)
        supervisor.add("simulators", simulators)
    supervisor.once(migrations)
    for name, command in preparations(settings):
        supervisor.once(Program(name, command, environment))
    for name, command in services(settings):
        supervisor.add(name, Program(name, command, environment))
    if not supervisor.wait(lambda: is_ready(settings.host, port), READY_SECONDS):
        raise NotReady(seconds=READY_SECONDS)
    supervisor.settled = True


def preparations(settings: Settings) -> Iterator[tuple[str, list[str]]]:
    """What runs once, in order, on the tables, before there is anything to serve."""
    for paths in releases(settings.procedures):
        yield "deploy", rasim("deploy", *map(str, paths))
    if settings.demo:
        yield "demo", rasim("demo", "seed")


def services(settings: Settings) -> Iterator[tuple[str, list[str]]]:
    yield "web", rasim("web")
    for number in range(1, settings.workers + 1):
        yield f"worker-{number}", rasim("worker")
    if settings.demo:
        yield "demo", rasim("demo", "stream")


def say(line: str) -> None:
    tell(f"rasim: {line}")


def releases(folders: tuple[Path, ...]) -> Iterator[list[Path]]:
    """Each procedure's drawings with its forms, which lie in a folder beside."""
    for folder in folders:
        for drawings in sorted(folder.iterdir()):
            if any(drawings.glob("*.bpmn")):
                forms = folder.parent / "forms" / drawings.name
                yield [drawings, forms] if forms.is_dir() else [drawings]


def rasim(*arguments: str) -> list[str]:
    # -P: a folder called `server` where somebody happens to stand is not ours.
    return [sys.executable, "-P", "-m", "server.cli", *arguments]


def environment_for(settings: Settings, port: int) -> dict[str, str]:
    """What the children are told: the same settings, with what was chosen filled in."""
    return {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "RASIM_DATA": str(settings.data),
        "RASIM_DEMO": str(int(settings.demo)),
        "RASIM_HOST": settings.host,
        "RASIM_MANUAL_CLOCK": str(int(settings.manual_clock)),
        "RASIM_PORT": str(port),
        "RASIM_SECRET_KEY": settings.secret_key or secret_keys.make(settings.data),
        **named(settings),
    }


def named(settings: Settings) -> Mapping[str, str]:
    given = {
        "DATABASE_URL": settings.database_url,
        OWNER_URL: settings.database_owner_url,
        "RASIM_SIMULATORS_URL": settings.simulators_url,
    }
    return {name: value for name, value in given.items() if value}


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """The folder is ours alone until we end, however we end."""
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            taken = AlreadyUp(folder=str(folder))
            stack.enter_context(held(folder / "lock", taken))
        except OSError as error:
            reason = error.strerror or str(error)
            raise FolderRefused(folder=str(folder), reason=reason) from error
        yield


def find_port(host: str, port: int) -> int:
    """The port, if nobody has it; for 0 any free one. Raises PortTaken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(port=port) from error
        found: int = probe.getsockname()[1]
        return found


def is_ready(host: str, port: int) -> bool:
    """Whether the pages can serve: database and migrations are there."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def where(settings: Settings, port: int) -> str:
    """What people type; behind a proxy also where the proxy finds the service."""
    here = f"http://{reachable(settings.host)}:{port}"
    if settings.public is None or settings.public.origin == here:
        return here
    return f"{settings.public.origin} (listens at {here})"


def reachable(host: str) -> str:
    return LOOPBACK if host in ("", "0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
