"""What the service is told by its environment: read once, checked, passed down."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from server import document_settings, openid_settings
from server.document_settings import DocumentSettings
from server.openid_settings import OpenId
from workflows.model import RasimError

PACKAGED = Path(__file__).resolve().parent.parent
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"", "0", "false", "no", "off"})
SECRET_LENGTH = 32


class SettingRefused(RasimError):
    """{name}: {reason}. {mend}"""

    name: str


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations of the same code."""

    data: Path  # the embedded database, the documents, the secret; absolute
    database_url: str | None  # None: the embedded PostgreSQL of `data`
    host: str  # the address that the web server listens on
    port: int  # of the web server; 0: any free one
    web_processes: int
    web_threads: int  # of each web process
    workers: int  # worker processes of `rasim up`
    manual_clock: bool  # time stands still until somebody moves it; for tests
    demo: bool  # invented people and cases, shown on the sign-in page
    secret_key: (
        str  # signs sessions; empty until `rasim up` or the environment gives it
    )
    simulators_url: str | None  # base of the outside systems' stand-ins
    procedures: tuple[Path, ...]  # folders whose sub-folders are one release each
    log_level: str
    queue_log_days: int  # the queue's log is kept for so long
    idempotency_days: int  # and the key of a request, for its repeats
    documents: DocumentSettings
    openid: OpenId | None  # where people sign in elsewhere, if anywhere

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None
    ) -> "Settings":
        """Raise SettingRefused for the first value that is missing or malformed."""
        read = Reader(os.environ if environment is None else environment)
        data = read.folder("RASIM_DATA", Path("var"))
        return cls(
            data=data,
            database_url=read.database_url("DATABASE_URL"),
            host=read.text("RASIM_HOST", "127.0.0.1"),
            port=read.number("RASIM_PORT", 8000, 0, 65535),
            web_processes=read.number("RASIM_WEB_PROCESSES", 2, 1, 64),
            web_threads=read.number("RASIM_WEB_THREADS", 4, 1, 64),
            workers=read.number("RASIM_WORKERS", 1, 0, 64),
            manual_clock=read.flag("RASIM_MANUAL_CLOCK"),
            demo=read.flag("RASIM_DEMO"),
            secret_key=read.secret("RASIM_SECRET_KEY", secret_file(data)),
            simulators_url=read.http_url("RASIM_SIMULATORS_URL"),
            procedures=read.folders("RASIM_PROCEDURES", PACKAGED / "bpmn"),
            log_level=read.one_of("RASIM_LOG_LEVEL", "INFO", LOG_LEVELS),
            queue_log_days=read.number("RASIM_QUEUE_LOG_DAYS", 7, 1, 3650),
            idempotency_days=read.number("RASIM_IDEMPOTENCY_DAYS", 7, 1, 3650),
            documents=document_settings.read(read, data),
            openid=openid_settings.read(read),
        )

    def require_secret(self) -> str:
        """The key that signs sessions; SettingRefused if nobody has made one."""
        if not self.secret_key:
            mend = f"Set it to {SECRET_LENGTH} random letters or more."
            raise SettingRefused(name="RASIM_SECRET_KEY", reason="missing", mend=mend)
        return self.secret_key


def secret_file(data: Path) -> Path:
    """Where `rasim up` keeps the key that it made."""
    return data / "secret"


class Reader:
    """Named values of an environment, each read in its own way or refused by name."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    def refused(self, name: str, value: str, mend: str) -> SettingRefused:
        """What to raise for a value that a caller of ours found wrong."""
        return refused(name, value, mend)

    def text(self, name: str, default: str) -> str:
        return self.environment.get(name, "").strip() or default

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default).upper()
        if value not in choices:
            raise refused(name, value, f"Choose one of {', '.join(choices)}.")
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise refused(name, value, f"Give a whole number from {least} to {most}.")
        return int(value)

    def flag(self, name: str) -> bool:
        value = self.text(name, "").lower()
        if value not in YES | NO:
            raise refused(name, value, "Say 1 or 0.")
        return value in YES

    def folder(self, name: str, default: Path) -> Path:
        folder = Path(self.text(name, str(default))).expanduser().absolute()
        if folder.exists() and not folder.is_dir():
            raise refused(name, str(folder), "It is a file; name a folder.")
        return folder

    def folders(self, name: str, default: Path) -> tuple[Path, ...]:
        names = [part for part in self.text(name, "").split(os.pathsep) if part]
        folders = [Path(part).expanduser().absolute() for part in names] or [default]
        for folder in folders:
            if not folder.is_dir():
                raise refused(name, str(folder), "There is no such folder.")
        return tuple(folders)

    def secret(self, name: str, kept: Path) -> str:
        value = self.text(name, "")
        if not value and kept.is_file():
            # Only its owner may read it; the others get the error of a missing key.
            value = kept.read_text().strip() if os.access(kept, os.R_OK) else ""
        if value and len(value) < SECRET_LENGTH:
            mend = f"Give {SECRET_LENGTH} random letters or more."
            raise SettingRefused(name=name, reason="too short", mend=mend)
        return value

    def database_url(self, name: str) -> str | None:
        value = self.text(name, "")
        scheme = value.partition("://")[0]
        if value and scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
            # Never repeated in the message: it may hold a password.
            mend = "Write postgresql://user:password@host:port/database."
            raise SettingRefused(name=name, reason="not a PostgreSQL URL", mend=mend)
        return value.replace("postgres://", "postgresql://", 1) or None

    def http_url(self, name: str) -> str | None:
        value = self.text(name, "").rstrip("/")
        if value and not is_http(value):
            raise refused(name, value, "Write http://host:port.")
        return value or None


def is_http(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def refused(name: str, value: str, mend: str) -> SettingRefused:
    return SettingRefused(name=name, reason=f"{value!r} will not do", mend=mend)
