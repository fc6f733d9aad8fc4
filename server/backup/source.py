"""The PostgreSQL that is backed up: who may copy it, with which programs."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import namedtuple_row

from server.postgres.embedded import SUPERUSER, owner_url, url_in, url_of_running
from server.postgres.place import Place, find_place, wheel_programs
from server.settings import Settings
from workflows.model import DatabaseUnavailable, RasimError

DEBIAN = "/usr/lib/postgresql"
LONGEST_REASON = 600


class ProgramFailed(RasimError):
    """{program} did not succeed: {reason}"""


class NoProgram(RasimError):
    """PostgreSQL {major}'s {program} is not on this machine. Install
    postgresql-client-{major} (for a restore, postgresql-{major})."""


@dataclass(frozen=True)
class Source:
    """`url` is the service's database, as its owner; `admin` who may copy the whole
    cluster."""

    url: str
    admin: str
    place: Place | None  # of an embedded one

    @property
    def is_embedded(self) -> bool:
        return self.place is not None

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection[Any]]:
        """As who may copy, in the service's database. Raises DatabaseUnavailable."""
        parts: dict[str, Any] = {**conninfo_to_dict(self.admin)}
        parts["dbname"] = conninfo_to_dict(plain(self.url)).get("dbname")
        parts["connect_timeout"] = 5
        try:
            with psycopg.connect(
                make_conninfo(**parts), autocommit=True, row_factory=namedtuple_row
            ) as link:
                yield link
        except psycopg.OperationalError as error:
            raise DatabaseUnavailable from error


def one_row(link: psycopg.Connection[Any], query: str, *values: object) -> Any:
    """The row of a query that always has one."""
    row = link.execute(query.encode(), values or None).fetchone()
    if row is None:
        raise LookupError(query)
    return row


@contextmanager
def opened(settings: Settings) -> Iterator[Source]:
    """The database of these settings; an embedded one that sleeps is woken."""
    with owner_url(settings) as url:
        yield found(settings, url)


def found(settings: Settings, url: str) -> Source:
    """`rasim up` names the embedded one by its URL: told apart by what runs here."""
    if settings.database_url in (None, url_of_running(settings.data)):
        place = find_place(settings.data)
        return Source(url, url_in(place, SUPERUSER, SUPERUSER), place)
    return Source(url, plain(url), None)


def plain(url: str) -> str:
    """A URL as PostgreSQL's own programs read it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def program(name: str, major: int, *, place: Place | None = None) -> str:
    """The path of a program of PostgreSQL that fits a server of this release."""
    ours = place.programs if place else wheel_programs()
    own = Path(DEBIAN) / str(major) / "bin" / name
    near = shutil.which(name)
    candidates = [ours / name, own, *([Path(near)] if near else [])]
    for path in candidates:
        if path.exists() and release_of(path) == major:
            return str(path)
    raise NoProgram(program=name, major=major)


def release_of(path: Path) -> int | None:
    """The release that a program says to be of; None if it cannot be run."""
    try:
        answer = subprocess.run(
            [str(path), "--version"], capture_output=True, text=True, cwd="/"
        )
    except OSError:
        return None
    number = answer.stdout.rpartition(")")[2].split(".")[0].strip()
    return int(number) if number.isdecimal() else None


def newest(name: str, place: Place | None) -> str:
    """A program that reads servers of any release that we work with: the wheel's."""
    return str((place.programs if place else wheel_programs()) / name)


def environment_for(url: str) -> tuple[str, dict[str, str]]:
    """(connection string without the password, environment with it).

    Whoever lists processes sees arguments, and never this.
    """
    parts: dict[str, Any] = {**conninfo_to_dict(plain(url))}
    password = parts.pop("password", None)
    environment = dict(os.environ) | {"LC_ALL": "C"}
    if password:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo(**parts), environment


def run(command: Sequence[str], environment: dict[str, str]) -> None:
    """Run one of PostgreSQL's programs to its end; ProgramFailed with its last words"""
    answer = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if answer.returncode:
        words = " ".join((answer.stderr or answer.stdout).split())
        name = Path(command[0]).name
        raise ProgramFailed(program=name, reason=words[-LONGEST_REASON:])
