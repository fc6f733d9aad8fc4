"""Which backup a restore begins from, and whether it reaches the moment asked for."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from server.backup import store as backup_store
from server.backup.store import DUMP, PHYSICAL, Backup
from server.i18n import TIME_ZONE
from workflows.model import RasimError

ALMATY = ZoneInfo(TIME_ZONE)
WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


class NoBackup(RasimError):
    """There is no backup in {folder}. Make one: rasim backup"""


class NoSuchBackup(RasimError):
    """There is no backup {name}. There are: {known}."""


class NotAMoment(RasimError):
    """{told} is no moment. Write 2026-11-21T14:05 (by Almaty's clock), or with an
    offset."""


class InFuture(RasimError):
    """{told} is still to come."""


class TooEarly(RasimError):
    """There is no backup of before {told}. The earliest moment is {earliest}."""


class TooLate(RasimError):
    """The log of changes that was kept ends at {until}: {told} cannot be reached.
    Restore to an earlier moment, or without --to to the end of what was kept."""


class NoLog(RasimError):
    """{name} is a dump: it is restored as of {at} alone, so leave --to out."""


def moment(told: str) -> datetime:
    """A moment as people write it; without an offset by Almaty's clock.

    A day alone is none: it would be the midnight that it begins with.
    """
    try:
        if not WRITTEN.match(told):
            raise ValueError(told)
        found = datetime.fromisoformat(told)
    except ValueError as error:
        raise NotAMoment(told=told) from error
    return found if found.tzinfo else found.replace(tzinfo=ALMATY)


def choose(
    folder: Path, to: datetime | None, name: str | None, now: datetime
) -> Backup:
    """The newest backup that can be brought to the moment `to`; None: the newest.

    Raises what says why there is none.
    """
    known = backup_store.backups(folder)
    if not known:
        raise NoBackup(folder=str(folder))
    if name is not None:
        named = [one for one in known if one.name == name]
        if not named:
            names = ", ".join(one.name for one in known)
            raise NoSuchBackup(name=name, known=names)
        known = named
    if to is None:
        return known[-1]
    if to > now:
        raise InFuture(told=said(to))
    return _reaching(known, to)


def _reaching(known: list[Backup], to: datetime) -> Backup:
    kept = [one for one in known if one.manifest.kind == PHYSICAL]
    if not kept:
        at = said(known[-1].manifest.started_at)
        raise NoLog(name=known[-1].name, at=at)
    before = [one for one in kept if one.manifest.ended_at <= to]
    if not before:
        earliest = min(one.manifest.ended_at for one in kept)
        raise TooEarly(told=said(to), earliest=said(earliest))
    reaching = [one for one in before if until(one) >= to]
    if not reaching:
        raise TooLate(told=said(to), until=said(max(map(until, before))))
    return reaching[-1]


def until(backup: Backup) -> datetime:
    """The last moment that a backup and its log can be brought to."""
    if backup.manifest.kind == DUMP:
        return backup.manifest.started_at
    followed = backup_store.read_followed(backup.folder.parent)
    ended_at = backup.manifest.ended_at
    return max(followed.at, ended_at) if followed else ended_at


def said(told: datetime) -> str:
    return f"{told.astimezone(ALMATY):%Y-%m-%dT%H:%M:%S}"
