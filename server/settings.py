"""What the service is told by its environment: read once, checked, passed down."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from server import (
    document_settings,
    load_settings,
    openid_settings,
    public_address,
    secret_keys,
)
from server.backup import settings as backup_settings
from server.backup.settings import BackupSettings
from server.document_settings import DocumentSettings
from server.environment import SECRET_LENGTH, Reader, SettingRefused
from server.load_settings import LoadSettings, Network
from server.openid_settings import OpenId
from server.public_address import PublicAddress

PACKAGED = Path(__file__).resolve().parent.parent
OWNER_URL = "RASIM_DATABASE_OWNER_URL"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations of the same code."""

    data: Path  # the embedded database, the documents, the secret; absolute
    database_url: str | None  # None: the embedded PostgreSQL of `data`
    database_owner_url: str | None  # whose the tables are; None: the same account
    host: str  # the address that the web server listens on
    port: int  # of the web server; 0: any free one
    web_processes: int
    web_threads: int  # of each web process
    workers: int  # worker processes of `rasim up`
    calls_per_system: int  # of one worker, to one outside system at a time
    stop_seconds: int  # what is under way when we are told to stop has so long
    manual_clock: bool  # time stands still until somebody moves it; for tests
    demo: bool  # invented people and cases, shown on the sign-in page
    secret_key: (
        str  # signs sessions; empty until `rasim up` or the environment gives it
    )
    secret_keys_before: tuple[str, ...]  # what they sealed is opened, too
    simulators_url: str | None  # base of the outside systems' stand-ins
    procedures: tuple[Path, ...]  # folders whose sub-folders are one release each
    log_level: str
    first_password_hours: int  # one that an administrator gave opens for so long
    needs_second_factor: bool  # of everybody who signs in with a password
    queue_log_days: int  # the queue's log is kept for so long
    idempotency_days: int  # and the key of a request, for its repeats
    documents: DocumentSettings
    backup: BackupSettings
    load: LoadSettings
    webhook_networks: tuple[Network, ...]  # private ones that webhooks may reach
    public: PublicAddress | None  # what people type, where it is not host and port
    security_contact: str | None  # a URI: who is told of weaknesses, in security.txt
    openid: OpenId | None  # where people sign in elsewhere, if anywhere

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None
    ) -> "Settings":
        """Raise SettingRefused for the first value that is missing or malformed."""
        read = Reader(os.environ if environment is None else environment)
        data = read.folder("RASIM_DATA", Path("var"))
        public = public_address.read(read)
        return cls(
            data=data,
            database_url=read.database_url("DATABASE_URL"),
            database_owner_url=read.owner_url(OWNER_URL, "DATABASE_URL"),
            host=read.text("RASIM_HOST", "127.0.0.1"),
            port=read.number("RASIM_PORT", 8000, 0, 65535),
            web_processes=read.number("RASIM_WEB_PROCESSES", 2, 1, 64),
            web_threads=read.number("RASIM_WEB_THREADS", 4, 1, 64),
            workers=read.number("RASIM_WORKERS", 1, 0, 64),
            calls_per_system=read.number("RASIM_CALLS_PER_SYSTEM", 6, 1, 64),
            stop_seconds=read.number("RASIM_STOP_SECONDS", 15, 1, 600),
            manual_clock=read.flag("RASIM_MANUAL_CLOCK"),
            demo=read.flag("RASIM_DEMO"),
            secret_key=read.secret("RASIM_SECRET_KEY", data / secret_keys.SECRET),
            secret_keys_before=read.secrets(
                "RASIM_SECRET_KEY_BEFORE", secret_keys.before(data)
            ),
            simulators_url=read.http_url("RASIM_SIMULATORS_URL"),
            procedures=read.folders("RASIM_PROCEDURES", PACKAGED / "bpmn"),
            log_level=read.one_of("RASIM_LOG_LEVEL", "INFO", LOG_LEVELS),
            first_password_hours=read.number("RASIM_FIRST_PASSWORD_HOURS", 72, 1, 8760),
            needs_second_factor=_needs_second_factor(read),
            queue_log_days=read.number("RASIM_QUEUE_LOG_DAYS", 7, 1, 3650),
            idempotency_days=read.number("RASIM_IDEMPOTENCY_DAYS", 7, 1, 3650),
            documents=document_settings.read(read, data),
            backup=backup_settings.read(read, data),
            load=load_settings.read(read),
            webhook_networks=load_settings.webhook_networks(read),
            public=public,
            security_contact=read.contact("RASIM_SECURITY_CONTACT"),
            openid=openid_settings.read(read, has_address=public is not None),
        )

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The one that seals and signs, then those of before."""
        old = (each for each in self.secret_keys_before if each != self.secret_key)
        return self.secret_key, *old

    def require_secret(self) -> str:
        """The key that signs sessions; SettingRefused if nobody has made one."""
        if not self.secret_key:
            mend = f"Set it to {SECRET_LENGTH} random letters or more."
            raise SettingRefused(name="RASIM_SECRET_KEY", reason="missing", mend=mend)
        return self.secret_key


def _needs_second_factor(read: Reader) -> bool:
    """Offered to everybody, or required of everybody who signs in with a password."""
    choices = ("OFFERED", "REQUIRED")
    return read.one_of("RASIM_SECOND_FACTOR", "OFFERED", choices) == "REQUIRED"
