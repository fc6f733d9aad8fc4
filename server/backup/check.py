"""Whether the last backup would do: read through, joined by its log, young enough."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.backup import choice as backup_choice
from server.backup import documents as backup_documents
from server.backup import store as backup_store
from server.backup.choice import said
from server.backup.recovery import log_of
from server.backup.store import PHYSICAL, Backup, BackupDamaged
from server.settings import Settings

OLD = timedelta(hours=26)  # a day, and what a backup takes
SILENT = timedelta(minutes=5)


@dataclass
class Report:
    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def check(settings: Settings, now: datetime) -> Report:
    """Read the last backup and what follows it. Raises NoBackup, BackupDamaged."""
    backup = backup_choice.choose(settings.backup.folder, None, None, now)
    report = Report([f"{backup.folder}"])
    _check_age(report, backup, now)
    try:
        backup_store.verify(backup)
        report.lines.append("database: every file is as it was")
    except BackupDamaged as damaged:
        report.wrong.append(str(damaged))
    else:
        if backup.manifest.kind == PHYSICAL:
            _check_log(report, backup, now)
    if backup.manifest.documents_kept:
        _check_documents(settings, report, backup)
    return report


def _check_age(report: Report, backup: Backup, now: datetime) -> None:
    age = now - backup.manifest.ended_at
    report.lines.append(
        f"made at {said(backup.manifest.ended_at)}, {age.total_seconds() / 3600:.1f}"
        " hours ago"
    )
    if age > OLD:
        report.wrong.append(
            "It is older than a day: run `rasim backup` daily, or set RASIM_BACKUP_AT."
        )


def _check_log(report: Report, backup: Backup, now: datetime) -> None:
    log, until = log_of(backup), backup_choice.until(backup)
    if log.missing:
        report.wrong.append(
            f"{log.missing} is missing in {backup.wal}: make a new backup."
        )
        return
    report.lines.append(f"log of changes: whole, up to {said(until)}")
    if now - until > SILENT:
        report.wrong.append(
            "Nobody follows the log of changes: start `rasim up`, or `rasim backup"
            " --follow` beside web and workers."
        )


def _check_documents(settings: Settings, report: Report, backup: Backup) -> None:
    folder = backup_documents.folder_of(settings)
    sound, wrong = 0, []
    for path in sorted(folder.glob("??/??/*")):
        if len(path.name) == 64:
            if backup_store.digest_of(path) == path.name:
                sound += 1
            else:
                wrong.append(path.name)
    report.lines.append(f"documents: {sound}")
    if sound + len(wrong) < backup.manifest.documents:
        missing = backup.manifest.documents - sound - len(wrong)
        report.wrong.append(f"{missing} documents are missing in {folder}.")
    report.wrong += [f"document {name} was changed" for name in wrong]
