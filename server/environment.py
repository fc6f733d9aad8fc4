"""The environment's named values: each read in its own way, or refused by its name."""

import os
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from workflows.model import RasimError

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"", "0", "false", "no", "off"})
SECRET_LENGTH = 32
CONTACT = re.compile(r"mailto:[^\s@]+@[^\s@]+|https://[^\s/]+\S*|tel:\+[0-9-]+", re.A)


class SettingRefused(RasimError):
    """{name}: {reason}. {mend}"""

    name: str


class Reader:
    """Named values of an environment, each read in its own way or refused by name."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

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

    def secrets(self, name: str, kept: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the environment, between commas, and those that are kept."""
        told = [each.strip() for each in self.text(name, "").split(",")]
        if any(0 < len(each) < SECRET_LENGTH for each in told):
            mend = f"Give the keys of before, each {SECRET_LENGTH} letters or more,"
            mend += " with commas between."
            raise SettingRefused(name=name, reason="too short", mend=mend)
        return tuple(dict.fromkeys([*filter(None, told), *kept]))

    def database_url(self, name: str) -> str | None:
        value = self.text(name, "")
        scheme = value.partition("://")[0]
        if value and scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
            # Never repeated in the message: it may hold a password.
            mend = "Write postgresql://user:password@host:port/database."
            raise SettingRefused(name=name, reason="not a PostgreSQL URL", mend=mend)
        return value.replace("postgres://", "postgresql://", 1) or None

    def owner_url(self, name: str, beside: str) -> str | None:
        """Of the same database; without that of the service it says of no database."""
        value = self.database_url(name)
        if value and not self.database_url(beside):
            mend = f"Name the service's own account in {beside}."
            raise SettingRefused(name=name, reason="given alone", mend=mend)
        return value

    def http_url(self, name: str) -> str | None:
        value = self.text(name, "").rstrip("/")
        if value and not is_http(value):
            raise refused(name, value, "Write http://host:port.")
        return value or None

    def contact(self, name: str) -> str | None:
        """A URI by which somebody is told something."""
        value = self.text(name, "")
        if value and not (value.isascii() and CONTACT.fullmatch(value)):
            raise refused(name, value, "Write mailto:name@host, https://… or tel:+7…")
        return value or None


def is_http(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def refused(name: str, value: str, mend: str) -> SettingRefused:
    return SettingRefused(name=name, reason=f"{value!r} will not do", mend=mend)


def is_here(host: str) -> bool:
    """Whether it is this machine: what goes there is seen by nobody between."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
