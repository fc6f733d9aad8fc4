"""The way to the database: whether others on it could read or change what passes."""

import logging
import os

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from server.environment import is_here

# With any less libpq takes a server that has no certificate, or anybody's.
SAFE = ("verify-full", "verify-ca")

log = logging.getLogger(__name__)


def open_to(url: str) -> str | None:
    """The host to which one connects without knowing that it is the one meant.

    None for a server of this machine, and where `sslmode` demands its certificate.
    """
    try:
        told = conninfo_to_dict(
            url.replace("postgresql+psycopg://", "postgresql://", 1)
        )
    except ProgrammingError:
        return None  # whoever connects with it says what is wrong
    if (told.get("sslmode") or os.environ.get("PGSSLMODE")) in SAFE:
        return None
    hosts = str(told.get("hostaddr") or told.get("host") or "").split(",")
    return next((host for host in hosts if not _is_here(host)), None)


def warn(url: str | None, owner_url: str | None) -> None:
    """Into the log, when web or worker starts."""
    if owner_url is not None:
        log.warning(
            "RASIM_DATABASE_OWNER_URL is for rasim db upgrade, backup and restore: take"
            " it from the environment of web and workers"
        )
    host = open_to(url) if url else None
    if host is not None:
        log.warning(
            "the way to the database at %s is open: add ?sslmode=verify-full to"
            " DATABASE_URL",
            host,
        )


def _is_here(host: str) -> bool:
    """A socket's folder, this machine by name or number, or nothing: a socket."""
    return not host or host[0] in "/@" or is_here(host)
