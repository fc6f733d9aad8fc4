"""Where backups go, when they are made, and how many are kept."""

import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from server.environment import Reader, refused

FOLDER = "RASIM_BACKUP"
AT = "RASIM_BACKUP_AT"
KEPT = "RASIM_BACKUPS_KEPT"


@dataclass(frozen=True)
class BackupSettings:
    """`folder` should be on another disk than the data; `at` is a time in Almaty."""

    folder: Path
    is_named: bool  # somebody chose the folder; else it lies beside the data
    at: time | None  # of the daily backup; None: nobody makes one by itself
    kept: int


def read(reader: Reader, data: Path) -> BackupSettings:
    """Raise SettingRefused for the first value that will not do."""
    return BackupSettings(
        folder=reader.folder(FOLDER, data.with_name(f"{data.name}-backup")),
        is_named=bool(reader.text(FOLDER, "")),
        at=_time(reader),
        kept=reader.number(KEPT, 7, 1, 1000),
    )


def _time(reader: Reader) -> time | None:
    told = reader.text(AT, "")
    if not told:
        return None
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", told):
        raise refused(AT, told, "Write a time of the day: 02:00.")
    return time.fromisoformat(told)
